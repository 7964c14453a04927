package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
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
// this one are cut again and again, then refused, then held without an answer. It misses
// nothing, hears nothing twice, says that it does not listen while it does not,
// and comes back by itself.
func TestFeedSurvivesACutConnection(t *testing.T) {
	t.Parallel()
	where := testdb.NewPostgres(t)
	writer := &log{db: where.Open(t, clock)}
	wire := testdb.NewProxy(t, testdb.Socket(t))
	options := where.Options(clock)
	options.URL = wire.URL(t, where.URL)
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
				wire.Cut()
			}
		}
		reader.wantComplete(t, fmt.Sprint("after cut ", cut), written)
	}
	wire.Refuse(true)
	wire.Cut()
	eventually(t, "noticing that nothing is heard", func() bool { return !db.Listening() })
	writer.write(t, fmt.Sprint(written))
	if err := db.CatchUp(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("catching up without a connection: %v, want unavailable", err)
	}
	wire.Refuse(false)
	reader.wantComplete(t, "after an absence", written+1)
	eventually(t, "listening again", db.Listening)
	wire.Hold(true)
	writer.write(t, fmt.Sprint(written+1))
	if err := db.CatchUp(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("catching up on connections that pass nothing on: %v, want unavailable", err)
	}
	wire.Hold(false)
	reader.wantComplete(t, "after a silence", written+2)
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

// TestWhatMayPassByItself: a start waits for a server that cannot be reached or
// is not ready, and for nothing that somebody must mend, of which the error says
// what it is.
func TestWhatMayPassByItself(t *testing.T) {
	t.Parallel()
	server := testdb.StartServer(t, "max_connections=20")
	ruled := server.New(t)
	hba := "local all guest scram-sha-256\nlocal all stranger reject\nlocal all all trust\n"
	if err := os.WriteFile(filepath.Join(server.Dir, "data", "pg_hba.conf"), []byte(hba), 0o600); err != nil {
		t.Fatal(err)
	}
	raw := testdb.Database{URL: ruled}.SQL(t)
	if _, err := raw.ExecContext(t.Context(), `SELECT pg_reload_conf(); CREATE ROLE guest LOGIN PASSWORD 'right'; CREATE ROLE poor LOGIN; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO poor`); err != nil {
		t.Fatal(err)
	}
	wire := testdb.NewProxy(t, server.Socket())
	as := func(user string) string { return strings.Replace(ruled, "burgee@", user+"@", 1) }
	for _, c := range []struct {
		name, address, says string
		away                bool
	}{
		{"nobody listens", "postgres://burgee@127.0.0.1:1/x", "127.0.0.1:1", true},
		{"no such host", "postgres://burgee@nowhere.invalid/x", "nowhere.invalid", true},
		{"wrong password", as("guest:wrong"), "does not accept the user or the password", false},
		{"not let in", as("stranger"), "pg_hba.conf", false},
		{"no such database", server.URL("missing"), "make it first, with CREATE DATABASE", false},
		{"no such schema", ruled + "&search_path=missing", "make one first, with CREATE SCHEMA", false},
		{"no rights", as("poor"), "may not do what Burgee needs", false},
		{"no TLS", strings.Replace(wire.URL(t, ruled), "sslmode=disable", "sslmode=require", 1), "refused TLS", false},
	} {
		db, err := store.Open(t.Context(), store.Options{URL: c.address, Now: clock})
		if err == nil {
			t.Errorf("%s: it opens: %v", c.name, db.Close())
			continue
		}
		if got := store.Away(err); got != c.away || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%s: away %v, want %v: %v", c.name, got, c.away, err)
		}
	}
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
