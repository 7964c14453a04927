package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// waitLimit is far above what anything here takes.
const waitLimit = 30 * time.Second

// eventually waits for something that another goroutine brings about.
func eventually(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for limit := time.After(waitLimit); !reached(); {
		select {
		case <-limit:
			t.Fatalf("%s: not within %s", what, waitLimit)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// TestTenNodesStartAtOnceOnAnEmptyDatabase: all come up, and the schema is made
// once.
func TestTenNodesStartAtOnceOnAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	where := testdb.Empty(t)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			db, err := store.Open(t.Context(), where.Options(clock))
			if err == nil {
				err = errors.Join(db.Update(t.Context(), func(tx *store.Tx) error { return tx.Touch(t.Context(), store.NounOther, "") }), db.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := rows(t, where.SQL(t), `SELECT CAST(count(*) AS TEXT) FROM goose_db_version WHERE version_id = 1`); got[0] != "1" {
		t.Errorf("the first migration ran %s times", got[0])
	}
	if got := revision(t, where.Open(t, clock)); got != 10 {
		t.Errorf("revision %d, want 10", got)
	}
}

// TestADatabaseOfAnotherProgramIsLeftAlone: as when DATABASE_URL still names the
// database of the server that Burgee replaces.
func TestADatabaseOfAnotherProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	where := testdb.Empty(t)
	raw := where.SQL(t)
	if _, err := raw.ExecContext(t.Context(), `CREATE TABLE users (id INTEGER)`); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), where.Options(clock))
	if err == nil || !strings.Contains(err.Error(), "tables that are not Burgee's") {
		t.Errorf("%v, want a refusal that says why", err)
	}
	if got := rows(t, raw, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'`); !slices.Equal(got, []string{"users"}) {
		t.Errorf("tables %v, want what was there", got)
	}
}

// TestNodesWriteOneChain: revisions and events of several nodes are 1, 2, 3 and
// so on, and each node hears of every one, in order and once.
func TestNodesWriteOneChain(t *testing.T) {
	t.Parallel()
	where := testdb.NewPostgres(t)
	const nodes, each = 3, 25
	var group sync.WaitGroup
	var all [nodes]*log
	for i := range nodes {
		all[i] = follow(t, where.Open(t, clock))
	}
	for i, l := range all {
		group.Go(func() {
			for n := range each {
				l.write(t, fmt.Sprint(i, "-", n))
			}
		})
	}
	group.Wait()
	for i, l := range all {
		l.wantComplete(t, fmt.Sprint("node ", i), nodes*each)
	}
	if head, err := verify(t, all[0].db, store.ChainHead{}); err != nil || head.ID != nodes*each {
		t.Errorf("head %v, %v", head, err)
	}
}

// log is what one node hears of changes.
type log struct {
	db        *store.DB
	mu        sync.Mutex
	revisions []int64
	keys      []string
}

// follow makes a node listen until the test ends, and waits until it does.
func follow(t *testing.T, db *store.DB) *log {
	t.Helper()
	l := &log{db: db}
	db.Subscribe(func(_ context.Context, c store.Commit) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !c.Complete {
			return errors.New("the feed lost its place")
		}
		l.revisions = append(l.revisions, c.Revision)
		for _, change := range c.Changes {
			l.keys = append(l.keys, change.Key)
		}
		return nil
	})
	ctx, stop := context.WithCancel(t.Context())
	var listening sync.WaitGroup
	listening.Go(func() { db.Listen(ctx, func(error) {}) })
	t.Cleanup(func() {
		stop()
		listening.Wait()
	})
	eventually(t, "listening", db.Listening)
	return l
}

func (l *log) write(t *testing.T, key string) {
	t.Helper()
	err := l.db.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(
			tx.Record(t.Context(), access.System(), store.Event{Type: "made"}, nil, nil),
			tx.Touch(t.Context(), store.NounFeature, key))
	})
	if err != nil {
		t.Error(err)
	}
}

func (l *log) seen() (revisions []int64, keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.revisions), slices.Clone(l.keys)
}

// wantComplete wants a log of so many changes, each once, in order of revision.
func (l *log) wantComplete(t *testing.T, who string, changes int) {
	t.Helper()
	eventually(t, who+" hears of every change", func() bool { return l.db.Seen() == int64(changes) })
	revisions, keys := l.seen()
	for i := 1; i < len(revisions); i++ {
		if revisions[i] <= revisions[i-1] {
			t.Errorf("%s: revision %d after %d", who, revisions[i], revisions[i-1])
		}
	}
	slices.Sort(keys)
	if n := len(keys); n != changes || len(slices.Compact(keys)) != changes {
		t.Errorf("%s heard of %d changes, want %d, each once", who, n, changes)
	}
}

// TestFeedSurvivesACutConnection: while another node writes, the connections of
// this one are cut again and again, and then held without an answer. It misses
// nothing, hears nothing twice, says that it does not listen while it does not,
// and comes back by itself.
func TestFeedSurvivesACutConnection(t *testing.T) {
	t.Parallel()
	where := testdb.NewPostgres(t)
	writer := &log{db: where.Open(t, clock)}
	wire := newProxy(t, testdb.Socket(t))
	options := where.Options(clock)
	options.URL = strings.Replace(where.URL, filepath.Dir(testdb.Socket(t)), wire.dir, 1)
	db, err := store.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	reader := follow(t, db)
	written := 0
	for cut := range 5 {
		for range 10 {
			writer.write(t, fmt.Sprint(written))
			written++
			if written%10 == 5 {
				wire.cut()
			}
		}
		reader.wantComplete(t, fmt.Sprint("after cut ", cut), written)
	}
	wire.refuse(true)
	wire.cut()
	eventually(t, "noticing that nothing is heard", func() bool { return !db.Listening() })
	writer.write(t, fmt.Sprint(written))
	if err := db.CatchUp(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("catching up without a connection: %v, want unavailable", err)
	}
	wire.refuse(false)
	reader.wantComplete(t, "after an absence", written+1)
	eventually(t, "listening again", db.Listening)
}

// proxy stands between a node and PostgreSQL, on a socket of its own.
type proxy struct {
	dir     string
	mu      sync.Mutex
	open    []net.Conn
	refused bool
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	p := &proxy{dir: t.TempDir()}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(p.dir, filepath.Base(to)))
	if err != nil {
		t.Fatal(err)
	}
	var pipes sync.WaitGroup
	pipes.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := new(net.Dialer).DialContext(t.Context(), "unix", to)
			if err != nil || !p.admit(near, far) {
				_ = near.Close()
				continue
			}
			for from, to := range map[net.Conn]net.Conn{near: far, far: near} {
				pipes.Go(func() {
					_, _ = io.Copy(to, from) // it ends when either side is cut
					_ = to.Close()
				})
			}
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.cut()
		pipes.Wait()
	})
	return p
}

func (p *proxy) admit(pair ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refused {
		for _, c := range pair {
			_ = c.Close()
		}
		return false
	}
	p.open = append(p.open, pair...)
	return true
}

// refuse makes the proxy close new connections at once, or no longer.
func (p *proxy) refuse(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = yes
}

// cut closes all connections that are open.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		_ = c.Close()
	}
	p.open = nil
}

// TestACountNeitherWaitsNorMakesWait: a tally is committed while an update of
// another node is under way.
func TestACountNeitherWaitsNorMakesWait(t *testing.T) {
	t.Parallel()
	ctx, where := t.Context(), testdb.NewPostgres(t)
	here, there := where.Open(t, clock), where.Open(t, clock)
	err := here.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Touch(ctx, store.NounOther, ""); err != nil {
			return err
		}
		for _, db := range []*store.DB{here, there} {
			err := db.Tally(ctx, func(tx *store.Tx) error {
				return tx.SeeApplications(ctx, []store.Application{{Name: "app", SeenAt: at}})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := here.Tally(ctx, func(tx *store.Tx) error { return tx.Touch(ctx, store.NounOther, "") }); err == nil {
		t.Error("a tally took a revision")
	}
}

// TestADeadlockIsTriedAgain: two transactions that wait for each other both end
// well.
func TestADeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	ctx, where := t.Context(), testdb.NewPostgres(t)
	dbs := []*store.DB{where.Open(t, clock), where.Open(t, clock)}
	see := func(tx *store.Tx, app string) error {
		return tx.SeeApplications(ctx, []store.Application{{Name: app, SeenAt: at}})
	}
	var group, met sync.WaitGroup
	met.Add(2)
	for i, db := range dbs {
		group.Go(func() {
			first := true
			err := db.Tally(ctx, func(tx *store.Tx) error {
				if err := see(tx, []string{"a", "b"}[i]); err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait()
				}
				return see(tx, []string{"b", "a"}[i])
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// TestErrorsSayWhatHappened: kinds that doors turn into answers, and never a
// password.
func TestErrorsSayWhatHappened(t *testing.T) {
	t.Parallel()
	ctx, where := t.Context(), testdb.NewPostgres(t)
	db := where.Open(t, clock)
	for name, c := range map[string]struct {
		work func(*store.Tx) error
		want fault.Kind
	}{
		"NUL":            {func(tx *store.Tx) error { return addField(ctx, tx, "a\x00b") }, fault.Invalid},
		"no UTF-8":       {func(tx *store.Tx) error { return addField(ctx, tx, "a\xffb") }, fault.Invalid},
		"no such parent": {func(tx *store.Tx) error { return tx.SetEnabled(ctx, "none", "none", true) }, fault.Conflict},
		"twice":          {func(tx *store.Tx) error { return errors.Join(addField(ctx, tx, "a"), addField(ctx, tx, "a")) }, fault.Conflict},
	} {
		if err := db.Update(ctx, c.work); !fault.Is(err, c.want) {
			t.Errorf("%s: %v, want kind %d", name, err, c.want)
		}
	}
	for _, address := range []string{
		"postgres://ada:pa55word@127.0.0.1:1/x?connect_timeout=1", "postgres://ada:pa55word@127.0.0.1:port/x", "postgres://ada:pa55word@%zz/x",
		where.URL + "&password=pa55word&options=-c%20nonsense%3D1",
	} {
		_, err := store.Open(ctx, store.Options{URL: address, Now: clock})
		if err == nil || strings.Contains(err.Error(), "pa55word") {
			t.Errorf("%v, want an error without the password", err)
		}
	}
}
