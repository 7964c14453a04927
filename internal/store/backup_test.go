package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// backup copies a database with one event and returns the file.
func backup(t *testing.T) (file string, db *store.DB, dir string) {
	t.Helper()
	dir = t.TempDir()
	db = open(t, testdb.Database{Dir: dir})
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.Record(t.Context(), access.System(), store.Event{Type: "made"}, nil, "what")
	})
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "copy.db")
	if err := store.Copy(t.Context(), filepath.Join(dir, store.FileName), file); err != nil {
		t.Fatal(err)
	}
	return file, db, dir
}

func inspect(ctx context.Context, file string) (store.Inspection, error) {
	return store.Inspect(ctx, file, func(int64, int64) {})
}

// TestInspectRefuses: a copy is intact; one whose log was changed, whose schema
// is of a newer Burgee, or that is another program's, is refused with words.
func TestInspectRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, statement, want string }{
		{"intact", "SELECT 1", ""},
		{"older schema", "UPDATE goose_db_version SET version_id = 0", ""},
		{"newer schema", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)", "schema version 99, this Burgee knows up to"},
		{"changed event", "DROP TRIGGER event_is_never_changed; UPDATE event SET data = '\"else\"'", "broken at event 1"},
		{"another program's", "DROP TABLE goose_db_version", "not a database of Burgee"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file, _, _ := backup(t)
			change(t, file, c.statement)
			i, err := inspect(t.Context(), file)
			switch {
			case c.want == "" && (err != nil || i.Head.ID != 1 || i.Newest < i.Schema):
				t.Errorf("%+v, %v", i, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v, want an error with %q", err, c.want)
			}
		})
	}
}

func change(t *testing.T, file, statement string) {
	t.Helper()
	raw, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestReplace: a database is replaced by force alone, and only when nobody has
// it open; what was in its log of writes is not played into the new one.
func TestReplace(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	file, db, dir := backup(t)
	if err := store.Replace(ctx, file, dir, false); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("without force: %v", err)
	}
	if err := store.Replace(ctx, file, dir, true); !errors.Is(err, store.ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	err := db.Update(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, access.System(), store.Event{Type: "later"}, nil, nil)
	})
	if err != nil {
		t.Fatalf("a refused replacement stopped the server: %v", err)
	}
	crashed := t.TempDir() // as kill -9 leaves it: with a log of writes
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, store.FileName+suffix))
		if err == nil {
			err = os.WriteFile(filepath.Join(crashed, store.FileName+suffix), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Replace(ctx, file, crashed, true); err != nil {
		t.Fatal(err)
	}
	if i, err := inspect(ctx, filepath.Join(crashed, store.FileName)); err != nil || i.Head.ID != 1 {
		t.Errorf("the restored database has %d events, %v; want 1", i.Head.ID, err)
	}
}

// TestOpenWhileReplaced: a server that opens a database while it is being
// replaced does not go on with the old one.
func TestOpenWhileReplaced(t *testing.T) {
	t.Parallel()
	file, db, dir := backup(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, store.FileName)
	release, err := store.Seize(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan error)
	go func() {
		late, err := store.Open(t.Context(), store.Options{Dir: dir, Now: clock})
		if err == nil {
			err = late.Close()
		}
		opened <- err
	}()
	time.Sleep(200 * time.Millisecond) // until it waits for the file
	if err := errors.Join(os.Rename(file, path), release()); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; !fault.Is(err, fault.Unavailable) {
		t.Errorf("opening a database that was replaced: %v", err)
	}
	again, err := store.Open(t.Context(), store.Options{Dir: dir, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// TestOlderProgram: a program older than the schema works on it when the schema
// says so, as during an upgrade, and otherwise refuses.
func TestOlderProgram(t *testing.T) {
	t.Parallel()
	for worksWith, want := range map[string]string{"1": "", "99": "schema version 99, this Burgee knows up to"} {
		where := testdb.New(t)
		if err := where.Open(t, clock).Close(); err != nil {
			t.Fatal(err)
		}
		raw := where.SQL(t)
		for _, statement := range []string{
			"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)",
			"UPDATE setting SET value = '" + worksWith + "' WHERE name = 'schema.works-with'",
		} {
			if _, err := raw.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		db, err := store.Open(t.Context(), where.Options(clock))
		switch {
		case want == "" && err != nil:
			t.Error(err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%v, want an error with %q", err, want)
		}
		if err == nil {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
