// Package testdb gives every test a database of its own: a SQLite file, or,
// when the variable BURGEE_TEST_ENGINE is postgres, a database on a real
// PostgreSQL server that the test process starts.
//
// Main types: [Database], made by [New]; [Server], a PostgreSQL server of one
// test, made by [StartServer], for tests that stop it. Only tests import it.
package testdb

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// Database is the database of one test. Its fields are for a server's settings.
type Database struct {
	Dir string // of the SQLite file; an empty directory on PostgreSQL
	URL string // empty on SQLite
}

// New returns a new database without content, which goes when the test ends.
func New(t testing.TB) Database {
	t.Helper()
	d := Database{Dir: t.TempDir()}
	switch engine := os.Getenv("BURGEE_TEST_ENGINE"); engine {
	case "", "sqlite":
	case "postgres":
		return NewPostgres(t)
	default:
		t.Fatalf("BURGEE_TEST_ENGINE is %q; it must be sqlite or postgres", engine)
	}
	return d
}

// NewPostgres is [New] on PostgreSQL, whatever engine other tests use.
func NewPostgres(t testing.TB) Database {
	t.Helper()
	return Database{Dir: t.TempDir(), URL: newPostgres(t, " TEMPLATE "+template)}
}

// Empty returns a new database on PostgreSQL without even a schema.
func Empty(t testing.TB) Database {
	t.Helper()
	return Database{Dir: t.TempDir(), URL: newPostgres(t, "")}
}

// Socket is the path of the PostgreSQL server's socket, for a proxy in front of
// it.
func Socket(t testing.TB) string {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	return server.Socket()
}

// Options is how the store opens it.
func (d Database) Options(now func() time.Time) store.Options {
	return store.Options{Dir: d.Dir, URL: d.URL, Now: now, MaxConnections: store.MinConnections}
}

// Open opens it until the test ends.
func (d Database) Open(t testing.TB, now func() time.Time) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), d.Options(now))
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return db
}

// Postgres reports whether it is on PostgreSQL.
func (d Database) Postgres() bool { return d.URL != "" }

// SQL opens it past the store until the test ends, as somebody would who has
// the file or the password.
func (d Database) SQL(t testing.TB) *sql.DB {
	t.Helper()
	driver, source := "sqlite", "file:"+filepath.Join(d.Dir, store.FileName)+"?_pragma=busy_timeout(10000)"
	if d.Postgres() {
		driver, source = "pgx", d.URL+"&default_query_exec_mode=simple_protocol" // several statements at once
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatalf("opening past the store: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return db
}

// Content is all that it holds, with traces of what it held as far as the engine
// lets one look: the bytes of the SQLite files, the rows of the tables.
func (d Database) Content(t testing.TB) []byte {
	t.Helper()
	var all bytes.Buffer
	if !d.Postgres() {
		files, err := filepath.Glob(filepath.Join(d.Dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(content)
		}
		return all.Bytes()
	}
	db := d.SQL(t)
	for _, table := range d.Tables(t) {
		for _, row := range texts(t, db, `SELECT CAST(r AS TEXT) FROM "`+table+`" r`) {
			all.WriteString(table + " " + row + "\n")
		}
	}
	return all.Bytes()
}

// Tables returns the names of its tables, but for that of the migrations,
// sorted.
func (d Database) Tables(t testing.TB) []string {
	t.Helper()
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'goose_db_version' ORDER BY name`
	if d.Postgres() {
		query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'goose_db_version' ORDER BY tablename`
	}
	return texts(t, d.SQL(t), query)
}

func texts(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// template is the database that new ones are copies of: migrated and empty.
const template = "template_burgee"

// newPostgres makes a database on the server that the whole process shares.
func newPostgres(t testing.TB, from string) string {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("test_%d", server.next())
	if err := server.run("CREATE DATABASE " + name + from); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() {
		if err := server.run("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("dropping the database: %v", err)
		}
	})
	return server.URL(name)
}
