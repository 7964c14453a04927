package auth

import (
	"slices"
	"sync"

	"github.com/burgeehq/burgee/internal/token"
)

// maxNews bounds the digests that wait for a follower; beyond it, everything may
// have changed.
const maxNews = 1000

// News tells those who keep verdicts on tokens elsewhere, which is edges, when a
// token is not what it was. Make it with [NewNews]; it is safe for concurrent
// use. Whoever keeps the grants tells it what changed.
type News struct {
	mu        sync.Mutex
	followers map[*Follower]struct{}
}

// NewNews has no followers.
func NewNews() *News { return &News{followers: make(map[*Follower]struct{})} }

// Follower waits for news about the tokens of a scope.
type Follower struct {
	scope token.Scope
	bell  chan struct{} // holds one: there is news

	mu      sync.Mutex
	all     bool
	digests []token.Digest
}

// Changes says which tokens are not what they were.
type Changes struct {
	All     bool // any may be
	Digests []token.Digest
}

// Follow is [News.Follow] over the index.
func (a *Auth) Follow(scope token.Scope) (*Follower, func()) { return a.news.Follow(scope) }

// Follow returns a follower of the tokens that see nothing a scope does not. The
// caller must call stop once when it does not follow any more.
//
// Of a token that sees more, a follower learns only that something has changed:
// who may read one project cannot use the digest of a secret that opens another
// to find out whether a guess at it is right.
func (n *News) Follow(scope token.Scope) (f *Follower, stop func()) {
	f = &Follower{scope: scope, bell: make(chan struct{}, 1)}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.followers[f] = struct{}{}
	return f, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.followers, f)
	}
}

// Changed tells of grants that were replaced or removed. It does not wait for
// anybody.
func (n *News) Changed(before []*Grant) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for f := range n.followers {
		for _, g := range before {
			if g.Kind == token.Client || g.Kind == token.Frontend {
				f.tell(g)
			}
		}
	}
}

// AllChanged tells that any token of an environment may have changed, or of all
// when it is empty.
func (n *News) AllChanged(environment string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for f := range n.followers {
		if environment == "" || environment == f.scope.Environment {
			f.add(Changes{All: true})
		}
	}
}

func (f *Follower) tell(g *Grant) {
	switch {
	case g.Scope.Environment != f.scope.Environment:
	case f.scope.AllProjects || !g.Scope.AllProjects && !slices.ContainsFunc(g.Scope.Projects, func(p string) bool { return !f.scope.Allows(p) }):
		f.add(Changes{Digests: []token.Digest{g.digest}})
	case g.Scope.AllProjects || slices.ContainsFunc(g.Scope.Projects, f.scope.Allows):
		f.add(Changes{All: true})
	}
}

func (f *Follower) add(c Changes) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = f.all || c.All || len(f.digests)+len(c.Digests) > maxNews
	f.digests = append(f.digests, c.Digests...)
	if f.all {
		f.digests = nil
	}
	select {
	case f.bell <- struct{}{}:
	default: // it rings already
	}
}

// Bell returns a channel that something is read from when there is news.
func (f *Follower) Bell() <-chan struct{} { return f.bell }

// Take returns what came since the last call.
func (f *Follower) Take() Changes {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := Changes{All: f.all, Digests: f.digests}
	f.all, f.digests = false, nil
	return c
}
