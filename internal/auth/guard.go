package auth

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// guard is what narrows the use of a token. Grants of one token share it.
type guard struct {
	networks []netip.Prefix // empty: all
	origins  []string       // empty: all
	bucket   *bucket        // nil: any number of requests
}

// guardOf returns the guard of a token; nil, which costs a request nothing,
// for one that is not narrowed. A bucket that was in use stays, so that no
// change of a token refills it, unless the rate is another.
func guardOf(l token.Limits, earlier *guard) *guard {
	if len(l.Networks)+len(l.Origins) == 0 && l.PerSecond == 0 {
		return nil
	}
	g := &guard{networks: l.Networks, origins: l.Origins}
	switch {
	case l.PerSecond == 0:
	case earlier != nil && earlier.bucket != nil && earlier.bucket.perSecond == float64(l.PerSecond):
		g.bucket = earlier.bucket
	default:
		g.bucket = &bucket{perSecond: float64(l.PerSecond), tokens: float64(l.PerSecond)}
	}
	return g
}

// refuses returns why a live token may not make a request to an API, or nil. It
// has no effect: whether requests come too fast is another question.
func (g *Grant) refuses(api token.API, r Request) error {
	if !g.Kind.Opens(api) {
		return wrongKind(g.Kind, api)
	}
	if g.rare == nil || g.rare.guard == nil {
		return nil
	}
	guard := g.rare.guard
	inside := func(network netip.Prefix) bool { return network.Contains(r.Address) }
	if len(guard.networks) > 0 && !slices.ContainsFunc(guard.networks, inside) {
		return &fault.Error{Kind: fault.Forbidden, Bare: api != token.AdminAPI, Message: "the token may not be used from this network address"}
	}
	if len(guard.origins) > 0 && !slices.Contains(guard.origins, r.Origin) {
		return &fault.Error{Kind: fault.Forbidden, Bare: api != token.AdminAPI, Message: "the token may not be used by pages of this origin"}
	}
	return nil
}

// admit lets a live token make a request, or returns why not.
func (g *Grant) admit(api token.API, r Request, now time.Time) error {
	if err := g.refuses(api, r); err != nil {
		return err
	}
	if g.rare == nil || g.rare.guard == nil || g.rare.guard.bucket == nil {
		return nil
	}
	if wait := g.rare.guard.bucket.take(now); wait > 0 {
		return &fault.Error{
			Kind: fault.RateLimited, Bare: api != token.AdminAPI, RetryAfter: wait,
			Message: "the token makes more requests a second than it may; try again later",
		}
	}
	return nil
}

// bucket allows so many requests a second, and a second's worth at once.
type bucket struct {
	perSecond float64

	mu     sync.Mutex
	tokens float64
	filled time.Time
}

// take returns zero when a request may go on, else how long to wait.
func (b *bucket) take(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	elapsed := max(0, now.Sub(b.filled)) // the clock may have been set back
	b.tokens = min(b.perSecond, b.tokens+elapsed.Seconds()*b.perSecond)
	b.filled = now
	if b.tokens < 1 {
		return max(1, time.Duration((1-b.tokens)/b.perSecond*float64(time.Second)))
	}
	b.tokens--
	return 0
}
