package store_test

import (
	"database/sql"
	"encoding/json"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// growth makes a database of numbered one of a size at which a plan tells
// something: 200 projects, 10,000 flags in two environments, 100,000 events,
// 100,000 counts of usage, in which what the filters ask for is as frequent as
// it would be.
const growth = `
INSERT INTO project (id, name, created_at, updated_at) SELECT 'many-' || i, 'p', 0, 0 FROM generate_series(1, 200) i;
INSERT INTO feature (name, project, type, created_at, created_by, began_at)
	SELECT 'flag-' || i, 'many-' || (i % 200 + 1), 'release', i, 1, i FROM generate_series(1, 10000) i;
INSERT INTO feature_environment (feature, environment, enabled)
	SELECT 'flag-' || i, e, i % 2 = 0 FROM generate_series(1, 10000) i, unnest(ARRAY['development', 'production']) e;
INSERT INTO strategy (id, feature, environment, name, sort_order, created_at)
	SELECT 'flag-' || i || e, 'flag-' || i, e, 'flexibleRollout', 0, i FROM generate_series(1, 10000) i, unnest(ARRAY['development', 'production']) e;
INSERT INTO event (id, revision, type, created_at, created_by, created_by_user_id, project, feature, environment, data, hash)
	SELECT i, 1000 + i / 10, 'type-' || (i % 30), 1800000000000 + i * 1000, 'person-' || (i % 50), 100 + i % 50, 'many-' || (i % 200 + 1), 'flag-' || (i % 10000 + 1),
		(ARRAY['development', 'production'])[i % 2 + 1], repeat('x', 200), repeat('0', 64)
	FROM generate_series(401, 100000) i;
INSERT INTO usage_hour (feature, app, environment, hour, yes)
	SELECT 'flag-' || (i % 10000 + 1), 'app-' || (i % 20), 'production', i / 10000 * 3600000, 1 FROM generate_series(1, 100000) i;
ANALYZE`

// TestHotQueriesUseIndexesOnPostgres: what TestHotQueriesUseIndexes says, of the
// plans that PostgreSQL chooses with these arguments. A table is read as a whole
// by a sequential scan, or through an index without a condition on it.
func TestHotQueriesUseIndexesOnPostgres(t *testing.T) {
	t.Parallel()
	where := testdb.NewPostgres(t)
	db, raw := numbered(t, where), where.SQL(t)
	if _, err := raw.ExecContext(t.Context(), growth); err != nil {
		t.Fatal(err)
	}
	spy := &spy{engine: stdlib.GetDefaultDriver(), source: where.URL}
	if err := db.ReadThrough(spy); err != nil {
		t.Fatal(err)
	}
	grows := []string{"event", "feature", "feature_environment", "strategy", "usage_hour"}
	planned := 0
	for name, read := range hotReads() {
		for _, query := range queriesOf(t, db, spy, name, read) {
			for _, step := range planOnPostgres(t, raw, query) {
				planned++
				if slices.Contains(grows, step.Relation) && step.whole() {
					t.Errorf("%s: %s of %s\n%s\n%v", name, step.Type, step.Relation, query.text, query.args)
				}
			}
		}
	}
	if planned == 0 {
		t.Error("there was no plan: this test proves nothing")
	}
}

// planStep is a node of a plan as EXPLAIN (FORMAT JSON) tells it.
type planStep struct {
	Type      string     `json:"Node Type"`
	Relation  string     `json:"Relation Name"`
	Condition string     `json:"Index Cond"`
	Direction string     `json:"Scan Direction"`
	Steps     []planStep `json:"Plans"`

	limited bool // the step above takes only so many rows
}

// whole reports whether a step reads a table from one end to the other. To read
// the log from its newest event until there are enough is none: PostgreSQL does
// that where it expects them soon.
func (s planStep) whole() bool {
	if s.limited && s.Relation == "event" && s.Direction == "Backward" {
		return false
	}
	switch s.Type {
	case "Seq Scan":
		return true
	case "Index Scan", "Index Only Scan":
		return s.Condition == ""
	}
	return false
}

// planOnPostgres returns the steps of the plan of a query.
func planOnPostgres(t *testing.T, raw *sql.DB, q query) []planStep {
	t.Helper()
	var text string
	if err := raw.QueryRowContext(t.Context(), "EXPLAIN (FORMAT JSON) "+q.text, q.args...).Scan(&text); err != nil {
		t.Fatalf("%s: %v", q.text, err)
	}
	var plans []struct{ Plan planStep }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		t.Fatal(err)
	}
	var all []planStep
	var walk func(planStep)
	walk = func(s planStep) {
		all = append(all, s)
		for _, below := range s.Steps {
			below.limited = s.Type == "Limit"
			walk(below)
		}
	}
	for _, p := range plans {
		walk(p.Plan)
	}
	return all
}
