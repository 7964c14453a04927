package edge

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/burgeehq/burgee/internal/token"
)

// maxFeeds bounds the tokens that downloads are made with.
const maxFeeds = 500

// Feeds downloads with the smallest set of client tokens that covers them all.
// It is safe for concurrent use.
type Feeds struct {
	options  FeedOptions
	failures atomic.Int64
	latency  latency

	mu      sync.Mutex
	running bool
	ctx     func() context.Context
	known   map[token.Digest]candidate
	feeds   map[token.Digest]*feed
	kept    map[token.Digest]KeptDocument // of tokens that nobody has shown yet
	group   sync.WaitGroup
	news    chan struct{} // closed and replaced when a document comes
}

// NewFeeds returns feeds that do not run yet.
func NewFeeds(o FeedOptions) *Feeds {
	return &Feeds{options: o, known: map[token.Digest]candidate{}, feeds: map[token.Digest]*feed{}, kept: map[token.Digest]KeptDocument{}, news: make(chan struct{})}
}

// Start lets the feeds run until the context ends. Call it once.
func (s *Feeds) Start(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ctx, s.running = func() context.Context { return ctx }, true
	s.arrange()
}

// Wait returns when no feed runs any more, after the context of Start ended.
func (s *Feeds) Wait() { s.group.Wait() }

// Offer adds a live client token to those that downloads may be made with. It
// reports false when there are too many already.
func (s *Feeds) Offer(secret string, scope token.Scope, startup bool) bool {
	c := candidate{digest: token.DigestOf(secret), secret: secret, scope: scope, startup: startup}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, known := s.known[c.digest]
	if known && sameScope(old.scope, scope) && old.startup == startup {
		return true
	}
	if !known && len(s.known) >= maxFeeds && !startup {
		return false
	}
	s.known[c.digest] = c
	s.arrange()
	return true
}

// Withdraw takes a token out that is no longer live. What only it covers is
// gone with it.
func (s *Feeds) Withdraw(digest token.Digest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.known[digest]; !known {
		return
	}
	delete(s.known, digest)
	s.arrange()
	if f := s.feeds[digest]; f != nil {
		s.end(f)
	}
}

// Rescope notes that a token covers something else now.
func (s *Feeds) Rescope(digest token.Digest, scope token.Scope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, known := s.known[digest]; known && !sameScope(c.scope, scope) {
		c.scope = scope
		s.known[digest] = c
		s.arrange()
	}
}

func sameScope(a, b token.Scope) bool {
	return a.AllProjects == b.AllProjects && a.Environment == b.Environment && (a.AllProjects || slices.Equal(a.Projects, b.Projects))
}

// arrange starts the feeds of the smallest set, and marks those that others
// cover. The lock must be held.
func (s *Feeds) arrange() {
	if !s.running {
		return
	}
	all := make([]candidate, 0, len(s.known))
	for digest, c := range s.known {
		_, c.running = s.feeds[digest]
		all = append(all, c)
	}
	chosen := map[token.Digest]bool{}
	for _, c := range cover(all) {
		chosen[c.digest] = true
		f := s.feeds[c.digest]
		if f != nil && sameScope(f.of.scope, c.scope) {
			continue
		}
		if f != nil {
			s.end(f)
		}
		s.begin(c)
	}
	for digest, f := range s.feeds {
		f.retiring = !chosen[digest]
	}
	s.retire()
}

// begin starts a feed. The lock must be held.
func (s *Feeds) begin(c candidate) {
	ctx, stop := context.WithCancel(s.ctx())
	f := &feed{
		of: c, feeds: s, stop: stop,
		backoff: backoff{interval: s.options.Interval}, streams: backoff{interval: streamPause},
	}
	s.feeds[c.digest] = f
	if kept, there := s.kept[c.digest]; there && sameScope(kept.Scope, c.scope) {
		f.document, f.tag = kept.Document, kept.Tag
		s.options.Catalogue.Put(c.digest, c.scope, kept.Document, Touched{All: true})
	}
	delete(s.kept, c.digest)
	s.group.Go(func() { f.run(ctx) })
	if s.options.Beside != nil {
		s.group.Go(func() { s.options.Beside(ctx, c.secret) })
	}
}

// end stops a feed and forgets its document. The lock must be held.
func (s *Feeds) end(f *feed) {
	f.stop()
	delete(s.feeds, f.of.digest)
	s.options.Catalogue.Remove(f.of.digest)
}

// retire ends the feeds whose flags others have by now. The lock must be held.
func (s *Feeds) retire() {
	for digest, f := range s.feeds {
		if !f.retiring {
			continue
		}
		others := coverage{projects: map[string]bool{}}
		for other, g := range s.feeds {
			if other != digest && !g.retiring && g.there() && g.of.scope.Environment == f.of.scope.Environment {
				others = others.add(g.of.scope)
			}
		}
		if others.covers(f.of.scope) {
			s.end(f)
		}
	}
}

// there reports whether the feed has a document.
func (f *feed) there() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.document != nil
}

// put hands the document of a feed on, unless the feed has ended.
func (s *Feeds) put(f *feed, d *Document, touched Touched) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.feeds[f.of.digest] != f {
		return
	}
	s.options.Catalogue.Put(f.of.digest, f.of.scope, d, touched)
	s.retire()
	close(s.news)
	s.news = make(chan struct{})
}

// Await waits until a scope is covered, or with partly any of it, or the context
// ends, and reports whether it is covered.
func (s *Feeds) Await(ctx context.Context, scope token.Scope, partly bool) bool {
	for {
		s.mu.Lock()
		news := s.news
		s.mu.Unlock()
		if s.options.Catalogue.Covers(scope) || partly && s.options.Catalogue.Touches(scope) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-news:
		}
	}
}

// Failures returns how often downloads failed since the start.
func (s *Feeds) Failures() int64 { return s.failures.Load() }

// Status returns what an operator sees of each feed, by environment and hint.
func (s *Feeds) Status() []FeedStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]FeedStatus, 0, len(s.feeds))
	for _, f := range s.feeds {
		all = append(all, f.view())
	}
	slices.SortFunc(all, compareStatus)
	return all
}

// Secret returns the secret to send something of a scope with: that of a feed
// which sees all of it, or else as much as any of its environment; empty when
// there is none.
func (s *Feeds) Secret(scope token.Scope) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var best candidate
	for _, f := range s.feeds {
		if f.of.scope.Environment != scope.Environment {
			continue
		}
		one := coverage{projects: map[string]bool{}}.add(f.of.scope)
		if one.covers(scope) {
			return f.of.secret
		}
		if best.secret == "" || one.touches(scope) {
			best = f.of
		}
	}
	return best.secret
}

func compareStatus(a, b FeedStatus) int {
	return cmp.Or(cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Hint, b.Hint))
}

// anySecret returns the secret of a feed; empty when there is none.
func (s *Feeds) anySecret() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.feeds {
		return f.of.secret
	}
	return ""
}

// Promises reports whether the tokens that are known would cover a scope; with
// partly, whether they would cover any of it.
func (s *Feeds) Promises(scope token.Scope, partly bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := coverage{projects: map[string]bool{}}
	there := false
	for _, c := range s.known {
		if c.scope.Environment == scope.Environment {
			all, there = all.add(c.scope), true
		}
	}
	return there && (all.covers(scope) || partly && all.touches(scope))
}

// KeptDocument is what is kept of a feed over a restart.
type KeptDocument struct {
	Scope    token.Scope `json:"scope"`
	Tag      string      `json:"tag"`
	Document *Document   `json:"document"`
}

// Keep returns the documents, to be kept over a restart, by the digest of their
// token.
func (s *Feeds) Keep() map[token.Digest]KeptDocument {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := maps.Clone(s.kept)
	for digest, f := range s.feeds {
		f.mu.Lock()
		if f.document != nil {
			all[digest] = KeptDocument{Scope: f.of.scope, Tag: f.tag, Document: f.document}
		}
		f.mu.Unlock()
	}
	return all
}

// Restore hands in what was kept of a token. Call it before Start. A document
// serves as soon as its token is offered.
func (s *Feeds) Restore(digest token.Digest, kept KeptDocument) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[digest] = kept
}
