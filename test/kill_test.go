package test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // a second reader of the file, to look beneath the API
)

const (
	killRounds      = 50
	killRoundsShort = 5
	killWriters     = 4
)

// TestKilledServerKeepsAcknowledgedWrites (R4): the real program is killed 50
// times while four clients write through the Admin API. After each restart
// every write that was acknowledged is there with its event, a write that was
// cut off is there whole or not at all, and the database is sound.
func TestKilledServerKeepsAcknowledgedWrites(t *testing.T) {
	dir := t.TempDir()
	rounds := killRounds
	if testing.Short() {
		rounds = killRoundsShort
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, seed))
	t.Logf("seed %d", seed)
	book := newLedger()
	for round := range rounds {
		began := time.Now()
		p := start(t, dir)
		ready := time.Since(began)
		book.check(t, p)
		checkFile(t, dir)
		if t.Failed() {
			t.Fatalf("after kill %d", round)
		}
		book.writeUntilKilled(t.Context(), p, fmt.Sprintf("r%02d", round), time.Duration(30+random.IntN(90))*time.Millisecond)
		if round%10 == 9 || round == rounds-1 {
			t.Logf("killed %d times, %d writes acknowledged, %d cut off; ready in %v", round+1, book.acknowledged(), book.cutOff(), ready.Round(time.Millisecond))
		}
	}
	p := start(t, dir)
	book.check(t, p)
	checkFile(t, dir)
	if least := rounds * killWriters; book.acknowledged() < least {
		t.Errorf("only %d writes were acknowledged in %d rounds: too few to prove anything (want %d)", book.acknowledged(), rounds, least)
	}
}

// checkFile asks the database file itself: its pages, its references, its rows.
func checkFile(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.db"))
	if err != nil || len(files) != 1 {
		t.Fatalf("database files in the data directory: %v, %v", files, err)
	}
	db, err := sql.Open("sqlite", "file:"+files[0]+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	wantRows(t, db, map[string]string{
		"SELECT group_concat(integrity_check) FROM pragma_integrity_check": "ok",
		"SELECT count(*) FROM pragma_foreign_key_check":                    "0",
	})
	checkRows(t, db)
}

// checkRows asks the database itself: each flag and token has one event of its
// creation, and the other way round.
func checkRows(t *testing.T, db *sql.DB) {
	t.Helper()
	wantRows(t, db, map[string]string{
		"SELECT count(*) FROM feature WHERE (SELECT count(*) FROM event WHERE type = 'feature-created' AND feature = feature.name) <> 1":                                                                     "0",
		"SELECT count(*) FROM event WHERE type = 'feature-created' AND feature NOT IN (SELECT name FROM feature)":                                                                                            "0",
		"SELECT (SELECT count(*) FROM api_token) + (SELECT count(*) FROM event WHERE type = 'api-token-deleted') - (SELECT count(*) FROM event WHERE type = 'api-token-created')":                            "0",
		"SELECT count(*) FROM event WHERE revision > (SELECT value FROM revision)":                                                                                                                           "0",
		"SELECT (SELECT count(*) FROM strategy) - (SELECT count(*) FROM event WHERE type = 'feature-strategy-add')":                                                                                          "0",
		"SELECT count(*) FROM event WHERE type LIKE 'feature-%' AND revision NOT IN (SELECT revision FROM change WHERE noun = 'feature')":                                                                    "0",
		"SELECT count(*) FROM feature_environment WHERE enabled AND NOT EXISTS (SELECT 1 FROM strategy s WHERE s.feature = feature_environment.feature AND s.environment = feature_environment.environment)": "0",
	})
}

// wantRows compares the one value of each query with what it must be.
func wantRows(t *testing.T, db *sql.DB, queries map[string]string) {
	t.Helper()
	for query, want := range queries {
		var got string
		if err := db.QueryRowContext(t.Context(), query).Scan(&got); err != nil {
			t.Errorf("%s: %v", query, err)
		} else if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// entry is what the clients know of one flag. A write whose answer did not
// arrive may or may not have happened.
type entry struct {
	strategies, maybeStrategies int
	on, onKnown                 bool
}

// ledger is what was acknowledged. It is safe for concurrent use.
type ledger struct {
	mu       sync.Mutex
	flags    map[string]*entry
	maybe    map[string]bool // flags and tokens whose creation was cut off
	tokens   []string
	refusals []error
	acks     int
	lost     int
	// away says that the database goes away now and then: an answer 503 is then
	// none, and a writer goes on with something else.
	away bool
	// refused are writes whose answer was 503.
	refused int
}

func newLedger() *ledger { return &ledger{flags: map[string]*entry{}, maybe: map[string]bool{}} }

func (l *ledger) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acks
}

func (l *ledger) cutOff() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// writeUntilKilled lets the writers work for a while and kills the process
// under them.
func (l *ledger) writeUntilKilled(ctx context.Context, p *process, label string, after time.Duration) {
	var writers sync.WaitGroup
	for w := range killWriters {
		writers.Go(func() { l.write(ctx, p, fmt.Sprintf("%s-w%d", label, w)) })
	}
	time.Sleep(after)
	p.kill()
	writers.Wait()
}

// write changes things, one after the other, until the server is gone.
func (l *ledger) write(ctx context.Context, p *process, label string) {
	for n := 0; ctx.Err() == nil && l.writeFlag(ctx, p, fmt.Sprintf("%s-f%d", label, n)); n++ {
	}
}

// writeFlag makes a flag and changes it, and says whether to go on with another.
func (l *ledger) writeFlag(ctx context.Context, p *process, name string) bool {
	const flags = "/api/admin/projects/default/features"
	environment := flags + "/" + name + "/environments/development"
	strategy := object{"name": "flexibleRollout", "parameters": object{"rollout": "50", "stickiness": "default", "groupId": name}}
	steps := []struct {
		path   string
		body   any
		record func(known bool)
	}{
		{flags, object{"name": name}, func(known bool) { l.created(name, known) }},
		{environment + "/strategies", strategy, func(known bool) { l.added(name, known) }},
		{environment + "/on", nil, func(known bool) { l.switched(name, true, known) }},
		{environment + "/strategies", strategy, func(known bool) { l.added(name, known) }},
		{environment + "/off", nil, func(known bool) { l.switched(name, false, known) }},
		{"/api/admin/api-tokens", object{"tokenName": name, "type": "client", "environment": "development"}, func(known bool) { l.issued(name, known) }},
		{environment + "/on", nil, func(known bool) { l.switched(name, true, known) }},
	}
	for _, step := range steps {
		status, text, err := p.call(ctx, http.MethodPost, step.path, step.body)
		if err == nil && status == http.StatusServiceUnavailable && l.away {
			l.note(step.record, false)
			l.refusedOne()
			time.Sleep(pause)
			return true
		}
		if err == nil && status >= 300 {
			l.refuse(fmt.Errorf("POST %s: %d %s", step.path, status, text))
			return false
		}
		if !l.note(step.record, err == nil) {
			return false
		}
	}
	return true
}

// refusedOne counts an answer 503.
func (l *ledger) refusedOne() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused++
}

// refusals503 is how many writes were answered 503.
func (l *ledger) refusals503() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

// note records one write, acknowledged or cut off, and says whether to go on.
func (l *ledger) note(record func(known bool), known bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	record(known)
	if known {
		l.acks++
	} else {
		l.lost++
	}
	return known
}

// refuse keeps an answer that was no success, for check to complain about.
func (l *ledger) refuse(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusals = append(l.refusals, err)
}

// The recorders below are called with the lock held.

func (l *ledger) created(name string, known bool) {
	if known {
		l.flags[name] = &entry{onKnown: true}
		return
	}
	l.maybe[name] = true
}

func (l *ledger) added(name string, known bool) {
	if known {
		l.flags[name].strategies++
		return
	}
	l.flags[name].maybeStrategies++
}

func (l *ledger) switched(name string, on, known bool) {
	l.flags[name].on, l.flags[name].onKnown = on, known
}

func (l *ledger) issued(name string, known bool) {
	if known {
		l.tokens = append(l.tokens, name)
		return
	}
	l.maybe[name] = true
}

// check compares the ledger with what the server serves.
func (l *ledger) check(t *testing.T, p *process) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var definitions struct {
		Features []struct {
			Name       string
			Enabled    bool
			Strategies []object
		}
	}
	reader := p.newToken(t, "client", "reader")
	p.do(t, http.MethodGet, "/api/client/features", nil, &definitions, "Authorization", reader)
	seen := map[string]bool{}
	for _, f := range definitions.Features {
		seen[f.Name] = true
		known, acknowledged := l.flags[f.Name]
		switch {
		case acknowledged && known.onKnown && f.Enabled != known.on:
			t.Errorf("%s: enabled is %v, acknowledged was %v", f.Name, f.Enabled, known.on)
		case acknowledged && (len(f.Strategies) < known.strategies || len(f.Strategies) > known.strategies+known.maybeStrategies):
			t.Errorf("%s: %d strategies, acknowledged were %d, cut off %d", f.Name, len(f.Strategies), known.strategies, known.maybeStrategies)
		case !acknowledged && l.maybe[f.Name] && (f.Enabled || len(f.Strategies) > 0):
			t.Errorf("%s: a flag whose creation was cut off has more than its creation", f.Name)
		}
	}
	for name := range l.flags {
		if !seen[name] {
			t.Errorf("%s: acknowledged, and gone", name)
		}
	}
	for _, err := range l.refusals {
		t.Errorf("a write was refused: %v", err)
	}
	l.checkTokens(t, p)
}

func (l *ledger) checkTokens(t *testing.T, p *process) {
	t.Helper()
	var listed struct {
		Tokens []struct{ TokenName string }
	}
	p.do(t, http.MethodGet, "/api/admin/api-tokens", nil, &listed)
	var names []string
	for _, token := range listed.Tokens {
		names = append(names, token.TokenName)
	}
	slices.Sort(names)
	for _, name := range l.tokens {
		if _, found := slices.BinarySearch(names, name); !found {
			t.Errorf("token %s: acknowledged, and gone", name)
		}
	}
}
