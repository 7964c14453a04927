package auth

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// Finder knows the grants of live secrets: [Auth] by the database, an edge by
// asking the server above it.
type Finder interface {
	// Token returns the grant of a live secret of any kind; nil when it is not
	// one. It fails with Unavailable when nobody can tell.
	Token(ctx context.Context, secret string) (*Grant, error)
}

// Admit returns the grant of the token that a request to an API of SDKs
// carries, and records its use. It fails with Unauthenticated when there is no
// token or it is not known (any more), Forbidden when it is of a kind that the
// API does not accept or may not be used from where the request comes,
// RateLimited when it is used too fast, and Unavailable when nobody can tell.
func Admit(ctx context.Context, known Finder, r Request, api token.API, now time.Time) (*Grant, error) {
	secret := token.FromHeader(r.Authorization)
	if secret == "" {
		return nil, needsToken(api)
	}
	if kind := token.Apparent(secret); kind != 0 && !kind.Opens(api) {
		return nil, wrongKind(kind, api)
	}
	grant, err := known.Token(ctx, secret)
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault, made for the caller
	}
	return Readmit(grant, r, api, now)
}

// Readmit is [Admit] for a request that names the secret by its digest, which
// only who was admitted knows. The grant is that of the digest; nil when it is
// not known.
func Readmit(g *Grant, r Request, api token.API, now time.Time) (*Grant, error) {
	if g == nil {
		return nil, needsToken(api)
	}
	if err := g.admit(api, r, now); err != nil {
		return nil, err
	}
	g.use(now, r)
	return g, nil
}

// Terms are what a server says of a live secret to another process.
type Terms struct {
	ID      string // public; empty when the server does not tell
	Kind    token.Kind
	Scope   token.Scope
	Limits  token.Limits // those of use: networks, origins, rate
	Expires time.Time    // zero: never
}

// NewGrant returns the grant of a secret that another server vouches for. Of
// the grant before, nil when there is none, it takes over what is known of the
// secret's use.
func NewGrant(digest token.Digest, t Terms, before *Grant) *Grant {
	if t.Scope.AllProjects {
		t.Scope.Projects = nil
	}
	g := &Grant{
		ID: t.ID, Kind: t.Kind, digest: digest, seen: &seen{},
		Coverage: &Coverage{Scope: t.Scope, ScopeKey: string(appendScopeKey(nil, t.Scope))},
	}
	if !t.Expires.IsZero() {
		g.expires = orZero(&t.Expires)
	}
	var earlier *guard
	if before != nil {
		g.seen, earlier = before.seen, before.more().guard
	}
	if guard := guardOf(t.Limits, earlier); guard != nil {
		g.extend().guard = guard
	}
	return g
}

// Terms returns what another process may know of the secret. That a secret was
// replaced by a rotation shows as its end.
func (g *Grant) Terms() Terms {
	t := Terms{ID: g.ID, Kind: g.Kind, Scope: g.Scope, Expires: instant(g.expires)}
	if guard := g.more().guard; guard != nil {
		t.Limits = token.Limits{Networks: guard.networks, Origins: guard.origins}
		if guard.bucket != nil {
			t.Limits.PerSecond = int(guard.bucket.perSecond)
		}
	}
	if r := g.more().retired; r != nil && (t.Expires.IsZero() || r.ends.Before(t.Expires)) {
		t.Expires = r.ends
	}
	return t
}

// Live reports whether the secret opens anything at an instant.
func (g *Grant) Live(now time.Time) bool { return g.live(now) }

// Digest is the digest of the secret.
func (g *Grant) Digest() token.Digest { return g.digest }

// SeenAt is when the secret was last used here; zero for never.
func (g *Grant) SeenAt() time.Time { return instant(g.seen.at.Load()) }

// Equal reports whether two terms are the same but for the id.
func (t Terms) Equal(other Terms) bool {
	a, b := t.Limits, other.Limits
	return t.Kind == other.Kind && t.Expires.Equal(other.Expires) &&
		bytes.Equal(appendScopeKey(nil, t.Scope), appendScopeKey(nil, other.Scope)) &&
		slices.Equal(a.Networks, b.Networks) && slices.Equal(a.Origins, b.Origins) && a.PerSecond == b.PerSecond
}
