package auth_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// change stores a token anew and tells the feed.
func (w *world) change(t store.APIToken) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error {
		if err := tx.UpdateAPIToken(w.t.Context(), t); err != nil {
			return err
		}
		return tx.Touch(w.t.Context(), store.NounAPIToken, t.ID)
	})
}

func (w *world) deleteProject(id feature.ProjectID) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error {
		if err := tx.DeleteProject(w.t.Context(), id); err != nil {
			return err
		}
		return tx.Touch(w.t.Context(), store.NounProject, string(id))
	})
}

// grant is what a request with a secret gets.
func (w *world) grant(secret string) *auth.Grant {
	w.t.Helper()
	g, err := w.auth.SDK(w.t.Context(), auth.Request{Authorization: secret}, token.ClientAPI)
	if err != nil {
		w.t.Fatalf("%s: %v", secret, err)
	}
	return g
}

func isClosed(ended <-chan struct{}) bool {
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

// A watch ends when its grant does not hold any more, before the change is
// acknowledged, and at no other change.
func TestWatchEndsWithTheGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ms := func(d time.Duration) *time.Time { at := w.clock.Now().Add(d); return &at }
	for _, c := range []struct {
		name string
		do   func(store.APIToken)
		ends bool
	}{
		{"deleted", func(a store.APIToken) {
			w.update(func(tx *store.Tx) error {
				if err := tx.DeleteAPIToken(t.Context(), a); err != nil {
					return err
				}
				return tx.Touch(t.Context(), store.NounAPIToken, a.ID)
			})
		}, true},
		{"expired by a change", func(a store.APIToken) { a.ExpiresAt = ms(0); w.change(a) }, true},
		{"expires later", func(a store.APIToken) { a.ExpiresAt = ms(time.Hour); w.change(a) }, false},
		{"renamed", func(a store.APIToken) { a.Name = "another"; w.change(a) }, false},
		{"bound to a network", func(a store.APIToken) {
			a.Limits.Networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
			w.change(a)
		}, true},
		{"bound to a rate", func(a store.APIToken) { a.Limits.PerSecond = 7; w.change(a) }, false},
		{"another one deleted", func(store.APIToken) {
			w.update(func(tx *store.Tx) error { return tx.Touch(t.Context(), store.NounAPIToken, "no-such") })
		}, false},
		{"one of its projects deleted", func(store.APIToken) { w.deleteProject("other") }, true},
	} {
		made := w.add("*:development."+c.name, token.Client, token.Scope{Projects: []string{"default", "other"}, Environment: "development"}, nil)
		before := w.grant("*:development." + c.name)
		ended, stop := w.auth.Watch(before)
		second, stopSecond := w.auth.Watch(before)
		if isClosed(ended) {
			t.Errorf("%s: the watch has ended before anything happened", c.name)
		}
		c.do(made)
		if isClosed(ended) != c.ends || isClosed(second) != c.ends {
			t.Errorf("%s: ended: %v and %v, want %v", c.name, isClosed(ended), isClosed(second), c.ends)
		}
		late, stopLate := w.auth.Watch(before)
		if isClosed(late) != c.ends {
			t.Errorf("%s: a watch that begins after the change has ended: %v, want %v", c.name, isClosed(late), c.ends)
		}
		stop()
		stopSecond()
		stopLate()
	}
}

// An expiry ends a watch at its time, without any change.
func TestWatchEndsAtTheExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ends := w.clock.Now().Add(20 * time.Millisecond)
	w.add("*:development.short", token.Client, everywhere, &ends)
	ended, stop := w.auth.Watch(w.grant("*:development.short"))
	defer stop()
	time.Sleep(60 * time.Millisecond)
	if isClosed(ended) {
		t.Error("the watch ended before the clock said so")
	}
	w.clock.Advance(20 * time.Millisecond)
	<-ended
}

// The revision of a scope says from when on a client must be told all anew.
func TestScopeRevision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.add("*:development.one", token.Client, token.Scope{Projects: []string{"default", "other"}, Environment: "development"}, nil)
	revision := func() int64 { return w.grant("*:development.one").ScopeRevision() }
	first := revision()
	if first == 0 {
		t.Error("a token that was made while the process runs has no revision")
	}
	made.Name = "another"
	w.change(made)
	if got := revision(); got != first {
		t.Errorf("a change of the name moves it from %d to %d", first, got)
	}
	w.deleteProject("other")
	if got := revision(); got <= first {
		t.Errorf("a change of the scope moves it from %d to %d", first, got)
	}
	anew, err := auth.New(t.Context(), auth.Options{DB: w.db, Now: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	g, err := anew.SDK(t.Context(), auth.Request{Authorization: "*:development.one"}, token.ClientAPI)
	if err != nil || g.ScopeRevision() != 0 {
		t.Errorf("after a start: %d, %v, want 0", g.ScopeRevision(), err)
	}
}
