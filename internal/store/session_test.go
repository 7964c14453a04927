package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	ctx, where := t.Context(), testdb.New(t)
	now := time.UnixMilli(1_000_000)
	db := where.Open(t, func() time.Time { return now })
	raw := where.SQL(t)
	rows := func() []string {
		t.Helper()
		found, err := raw.QueryContext(ctx, `SELECT digest FROM session ORDER BY created_at, digest`)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = found.Close() }()
		all := []string{}
		for found.Next() {
			var digest string
			if err := found.Scan(&digest); err != nil {
				t.Fatal(err)
			}
			all = append(all, digest)
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		return all
	}
	do := func(work func(*store.Tx) error) {
		t.Helper()
		if err := db.Update(ctx, work); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(when string, want ...string) {
		t.Helper()
		if got := rows(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	var ada, bob store.User
	do(func(tx *store.Tx) error {
		var err error
		if ada, err = tx.InsertUser(ctx, store.User{Username: "ada", RootRole: 1}); err != nil {
			return err
		}
		bob, err = tx.InsertUser(ctx, store.User{Username: "bob", RootRole: 1})
		return err
	})
	open := func(digest string, user store.User, life time.Duration) {
		t.Helper()
		now = now.Add(time.Millisecond)
		do(func(tx *store.Tx) error {
			return tx.InsertSession(ctx, store.Session{Digest: digest, UserID: user.ID, CreatedAt: now, ExpiresAt: now.Add(life)}, 2)
		})
	}
	open("a1", ada, time.Hour)
	open("b1", bob, time.Minute)
	open("a2", ada, time.Hour)
	expect("two of one, one of another", "a1", "b1", "a2")
	open("a3", ada, time.Hour)
	expect("one too many ends the oldest of the same person", "b1", "a2", "a3")
	now = now.Add(time.Minute)
	err := db.View(ctx, func(tx *store.Tx) error { _, err := tx.Session(ctx, "b1"); return err })
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("a session whose time is over: %v", err)
	}
	do(func(tx *store.Tx) error { return tx.DeleteExpiredSessions(ctx) })
	expect("after a purge", "a2", "a3")
	do(func(tx *store.Tx) error { return tx.DeleteSessionsOf(ctx, ada.ID, "a3") })
	expect("after ending all but one", "a3")
	do(func(tx *store.Tx) error { return tx.DeleteUser(ctx, ada.ID) })
	expect("after the person is gone")
}
