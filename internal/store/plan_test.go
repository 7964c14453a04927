package store_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// spy is a driver that notes every query.
type spy struct {
	engine driver.Driver
	source string

	mu      sync.Mutex
	queries []query
}

// query is one with its arguments.
type query struct {
	text string
	args []any
}

// Connect implements [driver.Connector].
func (s *spy) Connect(context.Context) (driver.Conn, error) {
	conn, err := s.engine.Open(s.source)
	return spyConn{conn, s}, err
}

// Driver implements [driver.Connector].
func (s *spy) Driver() driver.Driver { return s.engine }

func (s *spy) took() []query {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.queries = nil }()
	return s.queries
}

type spyConn struct {
	driver.Conn

	spy *spy
}

// CheckNamedValue implements [driver.NamedValueChecker]: PostgreSQL's driver takes
// lists.
func (c spyConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v) //nolint:wrapcheck // as it is
	}
	return driver.ErrSkip
}

// QueryContext implements [driver.QueryerContext].
func (c spyConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	noted := query{text: text}
	for _, arg := range args {
		noted.args = append(noted.args, arg.Value)
	}
	c.spy.mu.Lock()
	c.spy.queries = append(c.spy.queries, noted)
	c.spy.mu.Unlock()
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args) //nolint:forcetypeassert // a test may panic
}

// BeginTx implements [driver.ConnBeginTx].
func (c spyConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o) //nolint:forcetypeassert // a test may panic
}

// numbered opens a database with 4 projects of 10 flags, two environments, and
// 400 events, ten an hour.
func numbered(t *testing.T, where testdb.Database) *store.DB {
	t.Helper()
	ctx, now := t.Context(), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	db := where.Open(t, func() time.Time { return now })
	fill := func(work func(tx *store.Tx) error) {
		now = now.Add(time.Hour)
		if err := db.Update(ctx, work); err != nil {
			t.Fatal(err)
		}
	}
	fill(func(tx *store.Tx) error {
		for _, name := range []feature.EnvironmentName{"development", "production"} {
			if err := tx.InsertEnvironment(ctx, feature.Environment{Name: name, Type: "production", Enabled: true}); err != nil {
				return err
			}
		}
		for i := range 4 {
			if err := tx.InsertProject(ctx, feature.Project{ID: project(i), Name: "p", Mode: "open", DefaultStickiness: "default"}); err != nil {
				return err
			}
			for j := range 10 {
				if err := tx.InsertFlag(ctx, feature.Flag{Name: flag(i, j), Project: project(i), Type: "release"}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for from := range 40 {
		fill(func(tx *store.Tx) error {
			for i := range 10 {
				if err := recordNumbered(ctx, tx, 10*from+i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return db
}

func project(i int) feature.ProjectID { return feature.ProjectID(fmt.Sprintf("p%d", i%4)) }

func flag(i, j int) feature.Name { return feature.Name(fmt.Sprintf("f%d-%d", i%4, j%10)) }

// recordNumbered adds an event whose every column follows from a number.
func recordNumbered(ctx context.Context, tx *store.Tx, i int) error {
	actor := access.Principal{UserID: int64(i % 3), Name: fmt.Sprintf("user-%d", i%5)}
	e := store.Event{Type: fmt.Sprintf("type-%d", i%6), Project: project(i), Feature: flag(i, i/4), Environment: []feature.EnvironmentName{"development", "production", ""}[i%3]}
	if i%7 == 0 {
		e.Project, e.Feature = "", ""
	}
	return tx.Record(ctx, actor, e, nil, fmt.Sprintf("value-%d%%", i))
}

// filters are filters of every kind, alone and together.
func filters() map[string]store.EventFilter {
	at := func(hours int) time.Time { return time.Date(2026, 11, 1, hours, 0, 0, 0, time.UTC) }
	return map[string]store.EventFilter{
		"all":                {},
		"ids":                {IDs: []int64{3, 3, 399, 1000}},
		"revision":           {Revisions: []int64{17}},
		"revisions":          {Revisions: []int64{17, 18, 19}},
		"type":               {Types: []string{"type-2"}},
		"types":              {Types: []string{"type-2", "type-5", "none"}},
		"project":            {Projects: []feature.ProjectID{"p1"}},
		"projects":           {Projects: []feature.ProjectID{"p1", "p2"}},
		"flag":               {Features: []feature.Name{"f1-1"}},
		"flags":              {Features: []feature.Name{"f1-1", "f2-2", "f1-1"}},
		"environment":        {Environments: []feature.EnvironmentName{"production"}},
		"creator":            {Creators: []string{"user-2"}},
		"creator's id":       {Creators: []string{"1"}},
		"creators":           {Creators: []string{"user-2", "user-3", "2"}},
		"no creator":         {Creators: []string{"nobody"}},
		"creator, projects":  {Creators: []string{"user-2", "0"}, Projects: []feature.ProjectID{"p1", "p2"}},
		"type, project":      {Types: []string{"type-1", "type-2"}, Projects: []feature.ProjectID{"p1", "p2"}},
		"from":               {From: at(30)},
		"before":             {Before: at(10)},
		"between":            {From: at(10), Before: at(12), Types: []string{"type-1", "type-2"}},
		"after the last":     {From: at(1000)},
		"before the first":   {Before: at(0)},
		"hidden":             {Hidden: []feature.ProjectID{"p1", "p2"}},
		"hidden, flag":       {Hidden: []feature.ProjectID{"p1"}, Features: []feature.Name{"f1-1", "f2-2"}},
		"text":               {Text: "VALUE-30"},
		"text with wildcard": {Text: "0%"},
		"text, project":      {Text: "value-3", Projects: []feature.ProjectID{"p0", "p1"}},
		"page":               {Offset: 30, Types: []string{"type-2"}},
		"page of all":        {Offset: 395},
		"page beyond":        {Offset: 4000, Types: []string{"type-2"}},
	}
}

// matches is a filter in plain words.
func matches(f store.EventFilter, e store.Event) bool {
	named := []string{e.CreatedBy, fmt.Sprint(e.CreatedByUserID)}
	text := strings.ToLower(strings.Join([]string{e.Type, e.CreatedBy, string(e.Project), string(e.Feature), string(e.Data), string(e.PreData)}, "\n"))
	return holds(f.IDs, e.ID) && holds(f.Revisions, e.Revision) && holds(f.Types, e.Type) && holds(f.Projects, e.Project) &&
		holds(f.Features, e.Feature) && holds(f.Environments, e.Environment) && (holds(f.Creators, named[0]) || holds(f.Creators, named[1])) &&
		(len(f.Hidden) == 0 || !holds(f.Hidden, e.Project)) &&
		(f.From.IsZero() || !e.CreatedAt.Before(f.From)) && (f.Before.IsZero() || e.CreatedAt.Before(f.Before)) &&
		strings.Contains(text, strings.ToLower(f.Text))
}

func holds[T comparable](list []T, value T) bool {
	for _, one := range list {
		if one == value {
			return true
		}
	}
	return len(list) == 0
}

// TestEventFilters: what a filter finds through indexes is what it finds in
// plain words.
func TestEventFilters(t *testing.T) {
	t.Parallel()
	db := numbered(t, testdb.New(t))
	err := db.View(t.Context(), func(tx *store.Tx) error {
		all, total, err := tx.Events(t.Context(), store.EventFilter{Limit: 1000})
		if err != nil || total != 400 || len(all) != 400 {
			t.Fatalf("%d events of %d, %v", len(all), total, err)
		}
		for name, f := range filters() {
			want, matched := []int64{}, 0
			for _, e := range all {
				if matches(f, e) {
					matched++
					if matched > f.Offset && len(want) < 20 {
						want = append(want, e.ID)
					}
				}
			}
			f.Limit = 20
			events, total, err := tx.Events(t.Context(), f)
			got := []int64{}
			for _, e := range events {
				got = append(got, e.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" || total != matched || err != nil {
				t.Errorf("%s: total %d, want %d; %v: %s", name, total, matched, err, diff)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// scanned is a step of a plan that reads a table that grows, from its beginning
// or its end, rather than what an index leads to.
var scanned = regexp.MustCompile(`^SCAN (event|e|feature|f|feature_environment|fe|strategy|s|usage_hour)\b`)

// hotReads are the reads behind pages that must not slow down with the server.
func hotReads() map[string]func(context.Context, *store.Tx) error {
	reads := map[string]func(context.Context, *store.Tx) error{
		"projects of events": func(ctx context.Context, tx *store.Tx) error { _, err := tx.EventProjects(ctx); return err },
		"creators of events": func(ctx context.Context, tx *store.Tx) error { _, err := tx.EventCreators(ctx); return err },
		"a flag":             func(ctx context.Context, tx *store.Tx) error { _, err := tx.Flag(ctx, "f1-1"); return err },
		"flags of a project": func(ctx context.Context, tx *store.Tx) error {
			flags, err := tx.Flags(ctx, store.FlagFilter{Project: "p1"})
			if err == nil && len(flags) != 10 {
				err = fmt.Errorf("%d flags", len(flags))
			}
			return err
		},
		"summaries": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.StateSummaries(ctx, []feature.Name{"f1-1", "f1-2"})
			return err
		},
		"states": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.States(ctx, []feature.Name{"f1-1"})
			return err
		},
		"views of changed flags": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Views(ctx, "production", []feature.Name{"f1-1"})
			return err
		},
		"activity of a project": func(ctx context.Context, tx *store.Tx) error {
			a, err := tx.ProjectActivity(ctx, "p1", 10*time.Hour)
			if err == nil && (a.Events == 0 || a.EventsBefore == 0) {
				err = fmt.Errorf("no activity: %+v", a)
			}
			return err
		},
		"usage": func(ctx context.Context, tx *store.Tx) error { _, err := tx.Usage(ctx, "f1-1", time.Now()); return err },
	}
	for name, f := range filters() {
		f.Limit = 20
		reads["events: "+name] = func(ctx context.Context, tx *store.Tx) error { _, _, err := tx.Events(ctx, f); return err }
	}
	return reads
}

// queriesOf runs a read and returns what it asked.
func queriesOf(t *testing.T, db *store.DB, spy *spy, name string, read func(context.Context, *store.Tx) error) []query {
	t.Helper()
	if err := db.View(t.Context(), func(tx *store.Tx) error { return read(t.Context(), tx) }); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	queries := spy.took()
	if len(queries) == 0 {
		t.Errorf("%s: no query was noted", name)
	}
	return queries
}

// TestHotQueriesUseIndexes: pages of events and lists of flags read no table
// that grows with the server as a whole. Allowed is to read the log from its
// newest event until there are enough, which needs no order of its own.
func TestHotQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	where := testdb.Database{Dir: t.TempDir()}
	db, raw := numbered(t, where), where.SQL(t)
	spy := &spy{engine: raw.Driver(), source: "file:" + filepath.Join(where.Dir, store.FileName) + "?mode=ro"}
	if err := db.ReadThrough(spy); err != nil {
		t.Fatal(err)
	}
	for name, read := range hotReads() {
		for _, query := range queriesOf(t, db, spy, name, read) {
			for _, step := range plan(t, raw, query.text) {
				if scanned.MatchString(step) && !newestFirst.MatchString(query.text) {
					t.Errorf("%s: %s\n%s", name, step, query.text)
				}
			}
		}
	}
}

// newestFirst are queries that read events from the newest on until there are
// enough: of the whole log, or of all but what somebody may not see.
var newestFirst = regexp.MustCompile(`FROM event( WHERE \(project IS NULL OR NOT \(project IN \([$0-9,]+\)\)\))? ORDER BY id DESC LIMIT`)

// plan is how SQLite would run a query.
func plan(t *testing.T, raw *sql.DB, query string) []string {
	t.Helper()
	marks := 0
	for strings.Contains(query, fmt.Sprintf("$%d", marks+1)) {
		marks++
	}
	rows, err := raw.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, marks)...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
