package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

var at = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return at }

// open opens a new database, or one that is open already.
func open(t testing.TB, d ...testdb.Database) *store.DB {
	t.Helper()
	if len(d) == 0 {
		d = append(d, testdb.New(t))
	}
	return d[0].Open(t, clock)
}

func addField(ctx context.Context, tx *store.Tx, name string) error {
	field := feature.ContextField{Name: name, LegalValues: []feature.LegalValue{}, CreatedAt: tx.Now()}
	if err := tx.InsertContextField(ctx, field); err != nil {
		return err
	}
	return tx.Record(ctx, access.System(), store.Event{Type: "made"}, nil, field)
}

func revision(t *testing.T, db *store.DB) int64 {
	t.Helper()
	var value int64
	err := db.View(t.Context(), func(tx *store.Tx) error {
		var err error
		value, err = tx.Revision(t.Context())
		return err
	})
	if err != nil {
		t.Fatalf("reading the revision: %v", err)
	}
	return value
}

func TestUpdateKeepsAllOrNothing(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), open(t)
	boom := errors.New("boom")
	err := db.Update(ctx, func(tx *store.Tx) error {
		if err := addField(ctx, tx, "half"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("error %v, want the one of the work", err)
	}
	if got := revision(t, db); got != 0 {
		t.Errorf("revision %d after a failed update, want 0", got)
	}
	err = db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.ContextField(ctx, "half"); !fault.Is(err, fault.NotFound) {
			t.Errorf("the half-written field: %v, want not found", err)
		}
		events, total, err := tx.Events(ctx, store.EventFilter{Limit: 10})
		if len(events) != 0 || total != 0 {
			t.Errorf("%d events of a failed update", total)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUpdateTakesOneRevisionAndSurvivesReopening(t *testing.T) {
	t.Parallel()
	ctx, where := t.Context(), testdb.New(t)
	first, err := store.Open(ctx, where.Options(clock))
	if err != nil {
		t.Fatal(err)
	}
	err = first.Update(ctx, func(tx *store.Tx) error {
		return errors.Join(addField(ctx, tx, "a"), addField(ctx, tx, "b"))
	})
	if err := errors.Join(err, first.Close()); err != nil {
		t.Fatal(err)
	}
	db := open(t, where)
	if got := revision(t, db); got != 1 {
		t.Errorf("revision %d after one update with two changes, want 1", got)
	}
	err = db.View(ctx, func(tx *store.Tx) error {
		events, total, err := tx.Events(ctx, store.EventFilter{Types: []string{"made"}, Limit: 1, Offset: 1})
		if err != nil || total != 2 || len(events) != 1 {
			t.Fatalf("events %v, total %d, %v", events, total, err)
		}
		var data feature.ContextField
		if err := json.Unmarshal(events[0].Data, &data); err != nil {
			return err
		}
		want := store.Event{ID: 1, Revision: 1, Type: "made", CreatedAt: at, CreatedBy: "burgee", CreatedByUserID: access.SystemUserID, Data: events[0].Data, Hash: events[0].Hash}
		if diff := cmp.Diff(want, events[0]); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
		if data.Name != "a" {
			t.Errorf("the older event is about %q, want a", data.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSubscribersHaveSeenTheChangeWhenUpdateReturns(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), open(t)
	var commits []store.Commit
	db.Subscribe(func(_ context.Context, c store.Commit) error {
		commits = append(commits, c)
		return nil
	})
	touch := func(names ...string) {
		err := db.Update(ctx, func(tx *store.Tx) error {
			for _, name := range names {
				if err := tx.Touch(ctx, store.NounFeature, name); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	touch("one", "two", "one")
	touch()
	touch("three")
	want := []store.Commit{
		{Revision: 1, Complete: true, Changes: []store.Change{{Noun: store.NounFeature, Key: "one"}, {Noun: store.NounFeature, Key: "two"}}},
		{Revision: 2, Complete: true, Changes: []store.Change{{Noun: store.NounFeature, Key: "three"}}},
	}
	if diff := cmp.Diff(want, commits); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
}

func TestCatchUpSeesWhatAnotherProcessCommitted(t *testing.T) {
	t.Parallel()
	ctx, where := t.Context(), testdb.New(t)
	here, there := open(t, where), open(t, where)
	var got []store.Change
	here.Subscribe(func(_ context.Context, c store.Commit) error {
		got = append(got, c.Changes...)
		return nil
	})
	for _, key := range []string{"a", "b"} {
		err := there.Update(ctx, func(tx *store.Tx) error { return tx.Touch(ctx, store.NounAPIToken, key) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(here.CatchUp(ctx), here.CatchUp(ctx)); err != nil {
		t.Fatal(err)
	}
	want := []store.Change{{Noun: store.NounAPIToken, Key: "a"}, {Noun: store.NounAPIToken, Key: "b"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes, each once (-want +got):\n%s", diff)
	}
}

func TestFeedDeliversAgainAfterASubscriberFailed(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), open(t)
	fail := true
	var seen int64
	db.Subscribe(func(_ context.Context, c store.Commit) error {
		if fail {
			return errors.New("not now")
		}
		seen = c.Revision
		return nil
	})
	err := db.Update(ctx, func(tx *store.Tx) error { return tx.Touch(ctx, store.NounProject, "p") })
	if err == nil {
		t.Error("a change that readers have not seen was acknowledged")
	}
	fail = false
	if err := db.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	if seen != 1 {
		t.Errorf("revision %d delivered after recovery, want 1", seen)
	}
}

func TestConcurrentUpdatesAreAllKept(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), open(t)
	const writers, each = 8, 10
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				name := string(rune('a'+w)) + string(rune('a'+i))
				if err := db.Update(ctx, func(tx *store.Tx) error { return addField(ctx, tx, name) }); err != nil {
					t.Errorf("writing %s: %v", name, err)
				}
			}
		})
	}
	group.Wait()
	if got := revision(t, db); got != writers*each {
		t.Errorf("revision %d, want %d", got, writers*each)
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), open(t)
	err := db.Update(ctx, func(tx *store.Tx) error { return errors.Join(addField(ctx, tx, "a"), addField(ctx, tx, "a")) })
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("a name twice: %v, want a conflict", err)
	}
}

func TestFilesThatAreNoDatabase(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, store.FileName), []byte("this is not a database, but it is long enough to look at"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, store.Options{Dir: dir, Now: time.Now}); err == nil {
		t.Error("a file that is no database was opened")
	}
	if _, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, "missing"), Now: time.Now}); err == nil {
		t.Error("a database in a missing directory was opened")
	}
}
