package store_test

import (
	"database/sql"
	stdflag "flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

var update = stdflag.Bool("update", false, "write the schemas anew")

// bothEngines are new databases with the schema, whatever engine other tests use.
func bothEngines(t *testing.T) (inFile, onServer *sql.DB) {
	t.Helper()
	file, server := testdb.Database{Dir: t.TempDir()}, testdb.NewPostgres(t)
	file.Open(t, clock)
	return file.SQL(t), server.SQL(t)
}

// rows reads rows of one text.
func rows(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	found, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer func() { _ = found.Close() }()
	var all []string
	for found.Next() {
		var text string
		if err := found.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// The queries that read a live schema back, a statement or a fact a row.
const (
	sqliteSchema = `SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'goose_%' ORDER BY tbl_name, type DESC, name`

	postgresTables = `SELECT 'TABLE ' || table_name || ' (' || string_agg(E'\n    ' || column_name || ' ' || data_type ||
			CASE WHEN collation_name IS NULL THEN '' ELSE ' COLLATE ' || collation_name END ||
			CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END ||
			CASE WHEN is_identity = 'YES' THEN ' IDENTITY START ' || identity_start ELSE '' END ||
			COALESCE(' DEFAULT ' || column_default, ''), ',' ORDER BY ordinal_position) || E'\n);'
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose_%' GROUP BY table_name ORDER BY table_name COLLATE "C"`
	postgresConstraints = `SELECT 'CONSTRAINT ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ';' FROM pg_constraint
		WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0 AND conrelid::regclass::text NOT LIKE 'goose_%' ORDER BY 1`
	postgresIndexes = `SELECT indexdef || ';' FROM pg_indexes WHERE schemaname = current_schema() AND tablename NOT LIKE 'goose_%' ORDER BY indexname COLLATE "C"`
	postgresCode    = `SELECT pg_get_functiondef(oid) || ';' FROM pg_proc WHERE pronamespace = current_schema()::regnamespace ORDER BY proname COLLATE "C"`
	postgresTrigger = `SELECT pg_get_triggerdef(oid) || ';' FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname`
)

// TestSchemaGolden: the schemas in testdata are those of live databases, so
// that a change shows in a review as what it does. `make gen` writes them.
func TestSchemaGolden(t *testing.T) {
	t.Parallel()
	inFile, onServer := bothEngines(t)
	var server []string
	for _, query := range []string{postgresTables, postgresConstraints, postgresIndexes, postgresCode, postgresTrigger} {
		server = append(server, rows(t, onServer, query)...)
	}
	for file, got := range map[string][]string{
		"testdata/schema.sqlite.sql":   rows(t, inFile, sqliteSchema),
		"testdata/schema.postgres.txt": server,
	} {
		text := strings.Join(got, "\n") + "\n"
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), text); diff != "" {
			t.Errorf("%s is stale: run make gen (-committed +live):\n%s", file, diff)
		}
	}
}

// The same facts of both engines, in the same words: a column with its type, a
// key, a reference, an index.
var sqliteFacts = []string{
	`SELECT m.name || '.' || p.name || ' ' || CASE p.type WHEN 'INTEGER' THEN 'BIGINT' ELSE p.type END ||
			CASE WHEN p."notnull" OR p.pk THEN ' NOT NULL' ELSE '' END || COALESCE(' DEFAULT ' || lower(p.dflt_value), '')
		FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'`,
	`SELECT 'primary key ' || m.name || '.' || p.name || ' ' || p.pk FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.pk`,
	`SELECT 'reference ' || m.name || '.' || f."from" || ' to ' || f."table" || '.' || f."to" || ' on delete ' || lower(f.on_delete)
		FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
	`SELECT 'index ' || i.name || ' on ' || m.name || CASE WHEN i."unique" THEN ' unique' ELSE '' END || CASE WHEN i.partial THEN ' partial' ELSE '' END
		FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'`,
	`SELECT 'unique ' || m.name || '.' || c.name FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
		WHERE m.type = 'table' AND i.origin = 'u'`,
}

var postgresFacts = []string{
	`SELECT table_name || '.' || column_name || ' ' || upper(data_type) || CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END ||
			COALESCE(' DEFAULT ' || replace(column_default, '::text', ''), '')
		FROM information_schema.columns WHERE table_schema = current_schema()`,
	`SELECT 'primary key ' || conrelid::regclass || '.' || a.attname || ' ' || k.n FROM pg_constraint c, unnest(conkey) WITH ORDINALITY k (column_number, n), pg_attribute a
		WHERE contype = 'p' AND a.attrelid = conrelid AND a.attnum = k.column_number AND connamespace = current_schema()::regnamespace`,
	`SELECT 'reference ' || conrelid::regclass || '.' || a.attname || ' to ' || confrelid::regclass || '.' || b.attname || ' on delete ' ||
			CASE confdeltype WHEN 'c' THEN 'cascade' WHEN 'a' THEN 'no action' ELSE confdeltype::text END
		FROM pg_constraint c, unnest(conkey, confkey) k (here, there), pg_attribute a, pg_attribute b
		WHERE contype = 'f' AND a.attrelid = conrelid AND a.attnum = k.here AND b.attrelid = confrelid AND b.attnum = k.there AND connamespace = current_schema()::regnamespace`,
	`SELECT 'index ' || c.relname || ' on ' || indrelid::regclass || CASE WHEN indisunique THEN ' unique' ELSE '' END || CASE WHEN indpred IS NULL THEN '' ELSE ' partial' END
		FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
		WHERE relnamespace = current_schema()::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))`,
	`SELECT 'unique ' || conrelid::regclass || '.' || a.attname FROM pg_constraint c, unnest(conkey) k (column_number), pg_attribute a
		WHERE contype = 'u' AND a.attrelid = conrelid AND a.attnum = k.column_number AND connamespace = current_schema()::regnamespace`,
}

// TestBothEnginesHaveOneSchema: a column, a key, a reference or an index that
// only one engine has is a mistake.
func TestBothEnginesHaveOneSchema(t *testing.T) {
	t.Parallel()
	inFile, onServer := bothEngines(t)
	foreign := regexp.MustCompile(`\b(goose_|sqlite_)`)
	facts := func(db *sql.DB, queries []string) []string {
		var all []string
		for _, query := range queries {
			all = append(all, rows(t, db, query)...)
		}
		all = slices.DeleteFunc(all, foreign.MatchString)
		slices.Sort(all)
		return all
	}
	sqlite := facts(inFile, sqliteFacts)
	if diff := cmp.Diff(sqlite, facts(onServer, postgresFacts)); diff != "" {
		t.Errorf("the schemas differ (-SQLite +PostgreSQL):\n%s", diff)
	}
	if len(sqlite) < 200 {
		t.Errorf("%d facts: this test proves nothing", len(sqlite))
	}
}

// TestTextsCompareByTheirBytes: on PostgreSQL too, whatever the collation of the
// database is.
func TestTextsCompareByTheirBytes(t *testing.T) {
	t.Parallel()
	_, onServer := bothEngines(t)
	other := rows(t, onServer, `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose_%' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'`)
	if len(other) > 0 {
		t.Errorf(`without COLLATE "C": %v`, other)
	}
}
