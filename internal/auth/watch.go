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

// Watches are the secrets whose end somebody waits for. A secret that nobody
// watches costs nothing. Make it with [NewWatches]; it is safe for concurrent
// use. Whoever keeps the grants tells it what changed.
type Watches struct {
	known func(token.Digest) *Grant
	now   func() time.Time

	mu  sync.Mutex // taken before known is called
	all map[token.Digest]*watch
}

// NewWatches returns watches over grants that known returns: the current one
// of a secret, nil when there is none.
func NewWatches(known func(token.Digest) *Grant, now func() time.Time) *Watches {
	return &Watches{known: known, now: now, all: make(map[token.Digest]*watch)}
}

// watch is one secret. All who watch it share the watch.
type watch struct {
	grant *Grant // as it is now
	users int
	timer *time.Timer
	ended chan struct{}
}

// Watch is [Watches.Watch] over the index.
func (a *Auth) Watch(g *Grant) (ended <-chan struct{}, stop func()) { return a.watches.Watch(g) }

// Watch returns a channel that is closed when a grant, as a request got it, no
// longer holds: its token was deleted, disabled or expired, its secret was
// rotated away, its projects, its environment, or the networks or origins that
// it may be used from are others. A grant that does not hold any more when
// Watch is called gets a closed channel. The channel is closed before Changed
// returns, so before the change that ends the grant is acknowledged, and at the
// instant of an expiry.
//
// While it is watched, the secret counts as used. The caller must call stop
// once when it does not watch any more.
func (ws *Watches) Watch(g *Grant) (ended <-chan struct{}, stop func()) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	now := ws.now()
	if current := ws.known(g.digest); current == nil || !current.holds(g, now) {
		over := make(chan struct{})
		close(over)
		return over, func() {}
	}
	w := ws.all[g.digest]
	if w == nil {
		w = &watch{grant: g, ended: make(chan struct{})}
		ws.all[g.digest] = w
		w.timer = time.AfterFunc(w.pause(now), func() { ws.look(w) })
	}
	w.users++
	return w.ended, func() { ws.unwatch(w) }
}

func (ws *Watches) unwatch(w *watch) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w.users--
	if w.users == 0 {
		ws.forget(w)
	}
}

// forget drops a watch. The lock must be held.
func (ws *Watches) forget(w *watch) {
	w.timer.Stop()
	if ws.all[w.grant.digest] == w {
		delete(ws.all, w.grant.digest)
	}
}

// look is what a watch's timer does.
func (ws *Watches) look(w *watch) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.all[w.grant.digest] == w {
		w.grant.use(ws.now(), Request{})
		ws.judge(w)
	}
}

// judge ends a watch whose grant does not hold any more. The lock must be held.
func (ws *Watches) judge(w *watch) {
	now := ws.now()
	current := ws.known(w.grant.digest)
	if current == nil || !current.holds(w.grant, now) {
		close(w.ended)
		ws.forget(w)
		return
	}
	w.grant = current // its expiry may be another
	w.timer.Reset(w.pause(now))
}

// Changed looks at the watches of secrets whose grants were replaced or removed.
func (ws *Watches) Changed(grants []*Grant) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, g := range grants {
		if w := ws.all[g.digest]; w != nil {
			ws.judge(w)
		}
	}
}

// AllChanged looks at every watch.
func (ws *Watches) AllChanged() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, w := range ws.all {
		ws.judge(w)
	}
}

// endAll ends every watch, whatever its secret.
func (ws *Watches) endAll() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, w := range ws.all {
		close(w.ended)
		ws.forget(w)
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
