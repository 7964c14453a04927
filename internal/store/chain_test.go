package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// record appends events, each in a transaction of its own.
func record(t *testing.T, db *store.DB, events ...store.Event) {
	t.Helper()
	for _, e := range events {
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			return tx.Record(t.Context(), access.System(), e, nil, map[string]string{"name": e.Type})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func verify(t *testing.T, db *store.DB, noted store.ChainHead) (store.ChainHead, error) {
	t.Helper()
	var head store.ChainHead
	err := db.View(t.Context(), func(tx *store.Tx) error {
		var err error
		head, err = tx.VerifyChain(t.Context(), noted)
		return err
	})
	return head, err
}

// tamper changes the database as somebody with the file or the password would:
// past Burgee, and past the triggers.
func tamper(t *testing.T, where testdb.Database, statements ...string) error {
	t.Helper()
	raw := where.SQL(t)
	for _, statement := range statements {
		if _, err := raw.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// withoutTriggers are the statements that take the guards of the log away.
func withoutTriggers(where testdb.Database) []string {
	if where.Postgres() {
		return []string{"ALTER TABLE event DISABLE TRIGGER ALL"}
	}
	return []string{
		"DROP TRIGGER event_is_added_at_the_end", "DROP TRIGGER event_is_never_changed", "DROP TRIGGER event_is_never_deleted",
	}
}

// TestChainHasTheFormatThatIsWrittenDown pins the bytes: the hashes come from
// the Python program in docs/security.md, not from this code.
func TestChainHasTheFormatThatIsWrittenDown(t *testing.T) {
	t.Parallel()
	db := open(t)
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		actor := access.Principal{UserID: 7, Username: "ada", TokenID: "3", Address: "192.0.2.1"}
		about := store.Event{Type: "feature-created", Project: "default", Feature: "grüße"}
		return errors.Join(
			tx.Record(t.Context(), actor, about, nil, map[string]string{"name": "grüße"}),
			tx.Record(t.Context(), access.System(), store.Event{Type: "x", Environment: "development"}, 1, nil),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	const first, second = "a223e3a1482320958349cbe6e41772206905e80f079b91c5259caf03c803343d", "7e5675eb7408eb0b4f1573bd4d33f3d6f90ad4115edb05248622e3338c268a7d"
	err = db.View(t.Context(), func(tx *store.Tx) error {
		events, _, err := tx.Events(t.Context(), store.EventFilter{Limit: 2})
		if err == nil && (events[1].Hash != first || events[0].Hash != second) {
			t.Errorf("hashes %s, %s; want %s, %s", events[1].Hash, events[0].Hash, first, second)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestChainBreaksWhereTheLogWasTamperedWith(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statement string
		broken    int64
		reason    string
	}{
		"actor":           {"UPDATE event SET created_by = 'nobody' WHERE id = 2", 2, "does not fit"},
		"time":            {"UPDATE event SET created_at = created_at + 1 WHERE id = 3", 3, "does not fit"},
		"address":         {"UPDATE event SET address = '203.0.113.9' WHERE id = 1", 1, "does not fit"},
		"data":            {"UPDATE event SET data = NULL WHERE id = 4", 4, "does not fit"},
		"moved text":      {"UPDATE event SET project = 'default', feature = NULL WHERE id = 2", 2, "does not fit"},
		"null for empty":  {"UPDATE event SET token_id = '' WHERE id = 2", 2, "does not fit"},
		"hash":            {"UPDATE event SET hash = 'x' WHERE id = 5", 5, "does not fit"},
		"first removed":   {"DELETE FROM event WHERE id = 1", 1, "missing"},
		"middle removed":  {"DELETE FROM event WHERE id = 3", 3, "missing"},
		"two swapped":     {"UPDATE event SET id = CASE id WHEN 2 THEN -3 ELSE -2 END WHERE id IN (2, 3); UPDATE event SET id = -id WHERE id < 0", 2, "does not fit"},
		"closed up":       {"DELETE FROM event WHERE id = 2; UPDATE event SET id = -(id - 1) WHERE id > 2; UPDATE event SET id = -id WHERE id < 0", 2, "does not fit"},
		"added":           {"INSERT INTO event SELECT 6, revision, type, created_at, created_by, created_by_user_id, token_id, address, project, feature, environment, data, pre_data, hash FROM event WHERE id = 5", 6, "does not fit"},
		"added in front":  {"INSERT INTO event SELECT 0, revision, type, created_at, created_by, created_by_user_id, token_id, address, project, feature, environment, data, pre_data, hash FROM event WHERE id = 1", 1, "missing"},
		"added far ahead": {"INSERT INTO event SELECT 900, revision, type, created_at, created_by, created_by_user_id, token_id, address, project, feature, environment, data, pre_data, hash FROM event WHERE id = 5", 6, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantBroken(t, testdb.New(t), c.statement, c.broken, c.reason)
		})
	}
}

// TestChainBreaksOnOtherTypes: only SQLite stores bytes where texts belong.
func TestChainBreaksOnOtherTypes(t *testing.T) {
	t.Parallel()
	wantBroken(t, testdb.Database{Dir: t.TempDir()}, "UPDATE event SET data = CAST('x' AS BLOB) WHERE id = 2", 2, "does not fit")
}

// wantBroken makes a log of five events and wants a statement to break it.
func wantBroken(t *testing.T, where testdb.Database, statement string, event int64, reason string) {
	t.Helper()
	db := open(t, where)
	record(t, db, store.Event{Type: "one"}, store.Event{Type: "two", Feature: "default"}, store.Event{Type: "three"}, store.Event{Type: "four"}, store.Event{Type: "five"})
	if head, err := verify(t, db, store.ChainHead{}); err != nil || head.ID != 5 {
		t.Fatalf("before: head %v, %v", head, err)
	}
	if err := tamper(t, where, append(withoutTriggers(where), statement)...); err != nil {
		t.Fatal(err)
	}
	_, err := verify(t, db, store.ChainHead{})
	var broken *store.BrokenChainError
	if !errors.As(err, &broken) || broken.ID != event || !strings.Contains(broken.Reason, reason) {
		t.Errorf("got %v, want a chain that is broken at event %d (%s)", err, event, reason)
	}
}

// TestANotedHeadFindsWhatTheChainAloneCannot: a cut tail and a log that was
// written anew are chains of their own.
func TestANotedHeadFindsWhatTheChainAloneCannot(t *testing.T) {
	t.Parallel()
	where := testdb.New(t)
	db := open(t, where)
	record(t, db, store.Event{Type: "one"}, store.Event{Type: "two"})
	noted, err := verify(t, db, store.ChainHead{})
	if err != nil {
		t.Fatal(err)
	}
	record(t, db, store.Event{Type: "three"})
	head, err := verify(t, db, noted)
	if err != nil || head.ID != 3 {
		t.Fatalf("the log has grown: head %v, %v", head, err)
	}
	if err := tamper(t, where, append(withoutTriggers(where), "DELETE FROM event WHERE id > 1")...); err != nil {
		t.Fatal(err)
	}
	if _, err := verify(t, db, store.ChainHead{}); err != nil {
		t.Errorf("a cut tail leaves a chain: %v", err)
	}
	wantBroken := func(what string, id int64) {
		t.Helper()
		var broken *store.BrokenChainError
		if _, err := verify(t, db, noted); !errors.As(err, &broken) || broken.ID != id {
			t.Errorf("%s: %v, want a chain that is broken at event %d", what, err, id)
		}
	}
	wantBroken("cut tail", 2)
	record(t, db, store.Event{Type: "another two"})
	wantBroken("other tail", 2)
	if _, err := verify(t, db, store.ChainHead{}); err != nil {
		t.Errorf("another tail is a chain: %v", err)
	}
}

func TestTheLogOnlyGrows(t *testing.T) {
	t.Parallel()
	where := testdb.New(t)
	db := open(t, where)
	record(t, db, store.Event{Type: "one"}, store.Event{Type: "two"})
	statements := []string{
		"UPDATE event SET type = 'x' WHERE id = 1",
		"DELETE FROM event WHERE id = 2",
		"DELETE FROM event",
		"INSERT INTO event SELECT 9, revision, type, created_at, created_by, created_by_user_id, token_id, address, project, feature, environment, data, pre_data, hash FROM event WHERE id = 1",
		"INSERT OR REPLACE INTO event SELECT * FROM event WHERE id = 1",
	}
	if where.Postgres() {
		statements[4] = "TRUNCATE event"
	}
	for _, statement := range statements {
		if err := tamper(t, where, statement); err == nil || !strings.Contains(err.Error(), "events are") {
			t.Errorf("%s: %v, want a refusal", statement, err)
		}
	}
	if head, err := verify(t, db, store.ChainHead{}); err != nil || head.ID != 2 {
		t.Errorf("head %v, %v", head, err)
	}
}

// TestTwoProcessesWriteOneChain: the command line writes while the server runs.
func TestTwoProcessesWriteOneChain(t *testing.T) {
	t.Parallel()
	where := testdb.New(t)
	dbs := []*store.DB{open(t, where), open(t, where)}
	const each = 20
	var group sync.WaitGroup
	for _, db := range dbs {
		group.Go(func() {
			for range each {
				err := db.Update(t.Context(), func(tx *store.Tx) error {
					return errors.Join(
						tx.Record(t.Context(), access.System(), store.Event{Type: "a"}, nil, nil),
						tx.Record(t.Context(), access.System(), store.Event{Type: "b"}, nil, nil),
					)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if head, err := verify(t, dbs[0], store.ChainHead{}); err != nil || head.ID != 4*each {
		t.Errorf("head %v, %v; want %d events", head, err, 4*each)
	}
}

func TestParseChainHead(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("0f", 32)
	for text, want := range map[string]store.ChainHead{
		"0:":        {},
		"12:" + sum: {ID: 12, Hash: sum},
	} {
		got, err := store.ParseChainHead(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "12", sum, "12:", "0:" + sum, "-1:" + sum, "12:" + sum[2:], "12:" + strings.Repeat("xx", 32), "x:" + sum} {
		if got, err := store.ParseChainHead(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}
