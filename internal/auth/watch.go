package auth

import (
	"slices"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// watchInterval is how often a watched secret is looked at, other than when
// something about it changes: its use is noted then, and a jump of the clock.
const watchInterval = 15 * time.Second

// watches are the secrets whose end somebody waits for. A secret that nobody
// watches costs nothing.
type watches struct {
	mu  sync.Mutex // taken before Auth.mu, never while that is held
	all map[token.Digest]*watch
}

// watch is one secret. All who watch it share the watch.
type watch struct {
	grant *Grant // as it is now
	users int
	timer *time.Timer
	ended chan struct{}
}

// Watch returns a channel that is closed when a grant, as a request got it, no
// longer holds: its token was deleted, disabled or expired, its secret was
// rotated away, its projects, its environment, or the networks or origins that
// it may be used from are others. A grant that does not hold any more when
// Watch is called gets a closed channel. The channel is closed before the
// change that ends the grant is acknowledged, and at the instant of an expiry.
//
// While it is watched, the secret counts as used. The caller must call stop
// once when it does not watch any more.
func (a *Auth) Watch(g *Grant) (ended <-chan struct{}, stop func()) {
	a.watches.mu.Lock()
	defer a.watches.mu.Unlock()
	now := a.now()
	if current := a.known(g.digest); current == nil || !current.holds(g, now) {
		over := make(chan struct{})
		close(over)
		return over, func() {}
	}
	w := a.watches.all[g.digest]
	if w == nil {
		w = &watch{grant: g, ended: make(chan struct{})}
		if a.watches.all == nil {
			a.watches.all = make(map[token.Digest]*watch)
		}
		a.watches.all[g.digest] = w
		w.timer = time.AfterFunc(w.pause(now), func() { a.look(w) })
	}
	w.users++
	return w.ended, func() { a.unwatch(w) }
}

func (a *Auth) unwatch(w *watch) {
	a.watches.mu.Lock()
	defer a.watches.mu.Unlock()
	w.users--
	if w.users == 0 {
		a.forget(w)
	}
}

// forget drops a watch. The lock must be held.
func (a *Auth) forget(w *watch) {
	w.timer.Stop()
	if a.watches.all[w.grant.digest] == w {
		delete(a.watches.all, w.grant.digest)
	}
}

// look is what a watch's timer does.
func (a *Auth) look(w *watch) {
	a.watches.mu.Lock()
	defer a.watches.mu.Unlock()
	if a.watches.all[w.grant.digest] == w {
		w.grant.use(a.now(), Request{})
		a.judge(w)
	}
}

// judge ends a watch whose grant does not hold any more. The lock must be held.
func (a *Auth) judge(w *watch) {
	now := a.now()
	current := a.known(w.grant.digest)
	if current == nil || !current.holds(w.grant, now) {
		close(w.ended)
		a.forget(w)
		return
	}
	w.grant = current // its expiry may be another
	w.timer.Reset(w.pause(now))
}

// changed looks at the watches of secrets, after the index changed.
func (a *Auth) changed(grants []*Grant) {
	a.watches.mu.Lock()
	defer a.watches.mu.Unlock()
	for _, g := range grants {
		if w := a.watches.all[g.digest]; w != nil {
			a.judge(w)
		}
	}
}

// allChanged looks at every watch, after the index was replaced.
func (a *Auth) allChanged() {
	a.watches.mu.Lock()
	defer a.watches.mu.Unlock()
	for _, w := range a.watches.all {
		a.judge(w)
	}
}

// pause is how long until a watch is to be looked at again.
func (w *watch) pause(now time.Time) time.Duration {
	wait := watchInterval
	if g := w.grant; g.expires != 0 {
		wait = min(wait, time.UnixMilli(g.expires).Sub(now))
	}
	if retired := w.grant.more().retired; retired != nil {
		wait = min(wait, retired.ends.Sub(now))
	}
	return max(wait, time.Millisecond)
}

// holds reports whether whoever was let in by an earlier grant of the secret
// may stay.
func (g *Grant) holds(earlier *Grant, now time.Time) bool {
	if g == earlier {
		return g.live(now)
	}
	return g.live(now) && g.ScopeKey == earlier.ScopeKey && g.more().guard.sameDoors(earlier.more().guard)
}

// sameDoors reports whether two guards let requests in from the same places.
func (g *guard) sameDoors(other *guard) bool {
	var a, b guard
	if g != nil {
		a = *g
	}
	if other != nil {
		b = *other
	}
	return slices.Equal(a.networks, b.networks) && slices.Equal(a.origins, b.origins)
}
