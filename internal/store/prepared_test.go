package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// TestPreparedStatements: a connection keeps a bounded number of statements, runs
// one again while its rows are being read, and follows changes of the schema.
func TestPreparedStatements(t *testing.T) {
	t.Parallel()
	connector, err := newPreparing("file:" + filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`CREATE TABLE a (n INTEGER); CREATE TABLE b (n INTEGER)`)
	const insert, read = `INSERT INTO a VALUES ($1)`, `SELECT n FROM a WHERE n >= $1 ORDER BY n`
	for i := range 3 {
		exec(insert, i)
	}
	// collect reads the rows from a number on; for each it reads those after it.
	var collect func(from, depth int) string
	collect = func(from, depth int) string {
		rows, err := tx.QueryContext(t.Context(), read, from)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		text := ""
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			text += fmt.Sprint(n)
			if depth > 0 {
				text += "(" + collect(n+1, depth-1) + ")"
			}
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
		return text
	}
	const want = "0(12)1(2)2()"
	if got := collect(0, 1); got != want {
		t.Errorf("a statement within itself: %s, want %s", got, want)
	}
	for i := range 3 * maxPrepared {
		exec(fmt.Sprintf(`INSERT INTO b VALUES (%d)`, i))
	}
	exec(`ALTER TABLE a ADD COLUMN m INTEGER`)
	exec(`DROP TABLE b`)
	if got := collect(0, 1); got != want {
		t.Errorf("after a change of the schema: %s, want %s", got, want)
	}
	if _, err := tx.ExecContext(t.Context(), insert, 3); err == nil {
		t.Error("a statement that the new schema does not allow went through")
	}
	if _, err := tx.ExecContext(t.Context(), `DELETE FROM b`); err == nil {
		t.Error("a table that is gone was written")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	err = conn.Raw(func(c any) error {
		kept := c.(*preparingConn).kept
		if len(kept) == 0 || len(kept) > maxPrepared {
			return fmt.Errorf("%d statements are kept", len(kept))
		}
		for text, p := range kept {
			if p.busy {
				return fmt.Errorf("%s is busy, and nobody reads it", text)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
