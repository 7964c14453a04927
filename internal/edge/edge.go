// Package edge answers in the place of a server above it: it keeps snapshots
// current from there, asks there what a token may do, and sends there what SDKs
// report.
//
// Main types: [Upstream], the server above as a client sees it; [Catalogue],
// which turns downloads into snapshots; [Verdicts], what is known of tokens;
// [Feeds], one download for each token of the smallest set that covers
// everything; [Forwarder], where usage goes; [Vault], which keeps all of that
// over a restart; [Edge], these together. Flow: a request's token is looked up
// in Verdicts, which asks the server above once; a client token that no feed
// covers gets a feed of its own; feeds hand documents to the Catalogue, which
// applies what changed to the snapshot.Store that the doors read.
//
// What does not belong: HTTP to clients (the doors), the command line (package
// app), what a token may do (package auth), how flags are evaluated.
package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	// syncPatience is how long a request with a client token that nobody used
	// before waits for its flags.
	syncPatience = 4 * time.Second
	// doubts bounds the tokens that wait to be asked about because a download
	// was refused.
	maxDoubts = 64
)

// Options say what an [Edge] works with. Durations must be positive.
type Options struct {
	Upstream  *Upstream
	Snapshots *snapshot.Store
	Now       func() time.Time
	// Tokens are asked about at the start; the client tokens among them download
	// flags.
	Tokens []string
	// Strict refuses client tokens that see more than Tokens do; else such a
	// token downloads flags itself.
	Strict bool
	// Closed lets in requests with secrets that Verdicts.Trust was told of only.
	Closed bool
	Mode   Mode
	// Query narrows downloads in the mode Polling; it may be nil.
	Query url.Values
	// Interval is between polls, Revalidate between questions about tokens,
	// Metrics between bodies of usage.
	Interval, Revalidate, Metrics time.Duration
	// Vault keeps everything over a restart; nil keeps nothing.
	Vault *Vault
	// File is where flags come from when Upstream is nil, and Reload how often it
	// is looked at; zero for once.
	File   string
	Reload time.Duration
	// Describe returns what the server above is told of this edge; nil tells
	// nothing.
	Describe func() Instance
}

// Edge is the parts of this package together. Its methods are safe for
// concurrent use once it is started.
type Edge struct {
	options   Options
	Catalogue *Catalogue
	Verdicts  *Verdicts
	Feeds     *Feeds
	Forwarder *Forwarder

	watches *auth.Watches
	news    *auth.News
	doubts  chan token.Digest
	group   sync.WaitGroup
	// listening is how many streams tell which tokens end.
	listening atomic.Int64
}

// New returns an edge that knows nothing yet.
func New(o Options) *Edge {
	e := &Edge{options: o, Catalogue: NewCatalogue(o.Snapshots), news: auth.NewNews(), doubts: make(chan token.Digest, maxDoubts)}
	e.Verdicts = NewVerdicts(VerdictOptions{Upstream: o.Upstream, Now: o.Now, Closed: o.Closed, Admitted: e.admitted, Ended: e.ended})
	e.watches = auth.NewWatches(e.Verdicts.Known, o.Now)
	e.Feeds = NewFeeds(FeedOptions{
		Upstream: o.Upstream, Catalogue: e.Catalogue, Now: o.Now, Mode: o.Mode, Interval: o.Interval, Query: o.Query, Doubt: e.doubt, Beside: e.listen,
	})
	e.Forwarder = NewForwarder(ForwarderOptions{
		Upstream: o.Upstream, Secret: e.Feeds.Secret, Seen: e.Verdicts.Seen, Doubt: e.doubt, Now: o.Now, Interval: o.Metrics,
		Project: func(environment feature.EnvironmentName, name feature.Name) (feature.ProjectID, bool) {
			return o.Snapshots.Environment(environment).Project(name)
		},
	})
	return e
}

// ErrNoToken is the error of a start with tokens of which none is live.
var ErrNoToken = errors.New("the server above knows none of the tokens")

// Start takes over what was kept, asks the server above about the tokens, and
// begins to work until the context ends; then call Wait. It fails with
// [ErrNoToken] when the server above says that none of the tokens is live. When
// it cannot be asked that is no failure: it is asked again.
func (e *Edge) Start(ctx context.Context) error {
	if e.options.Upstream == nil {
		return e.startOffline(ctx)
	}
	e.restore(ctx)
	settled, err := e.identify(ctx)
	if err != nil {
		return err
	}
	e.Feeds.Start(ctx)
	e.group.Go(func() { e.keepIdentified(ctx, settled) })
	e.group.Go(func() { e.resolveDoubts(ctx) })
	e.group.Go(func() { e.keepVerdicts(ctx) })
	e.group.Go(func() { e.keepTried(ctx) })
	if e.options.Describe != nil {
		e.group.Go(func() { e.announce(ctx) })
	}
	return nil
}

// startOffline serves a file.
func (e *Edge) startOffline(ctx context.Context) error {
	f := &file{path: e.options.File, catalogue: e.Catalogue, environments: e.Verdicts.trustedEnvironments, failed: func() { e.Feeds.failures.Add(1) }}
	if err := f.load(); err != nil {
		return err
	}
	if e.options.Reload > 0 {
		e.group.Go(func() { f.follow(ctx, e.options.Reload) })
	}
	return nil
}

// Wait returns when nothing runs any more, after the context of Start ended.
func (e *Edge) Wait() {
	e.Feeds.Wait()
	e.group.Wait()
}

// identify asks about the tokens of the start and reports whether it was told.
func (e *Edge) identify(ctx context.Context) (bool, error) {
	if len(e.options.Tokens) == 0 {
		return true, nil
	}
	live, err := e.Verdicts.Confirm(ctx, e.options.Tokens)
	if err != nil {
		slog.WarnContext(ctx, "the server above was asked about the tokens and did not say; asking again", "error", err)
		e.offerKept()
		return false, nil
	}
	if len(live) == 0 {
		return false, fmt.Errorf("%w: %s", ErrNoToken, hints(e.options.Tokens))
	}
	for _, secret := range e.options.Tokens {
		terms, ok := live[secret]
		switch {
		case !ok:
			slog.WarnContext(ctx, "the server above does not know a token", "token", token.Hint(secret))
		case terms.Kind == token.Client:
			e.Feeds.Offer(secret, terms.Scope, true)
		case terms.Kind == token.Frontend: // known from now on; it downloads nothing
		case terms.Kind == token.Admin, terms.Kind == token.Personal:
			slog.WarnContext(ctx, "a token is not used: it is none of an SDK", "token", token.Hint(secret), "kind", terms.Kind.String())
		}
	}
	return true, nil
}

// offerKept begins with what was kept of the tokens of the start.
func (e *Edge) offerKept() {
	for _, secret := range e.options.Tokens {
		if grant := e.Verdicts.Known(token.DigestOf(secret)); grant != nil && grant.Kind == token.Client {
			e.Feeds.Offer(secret, grant.Scope, true)
		}
	}
}

func hints(secrets []string) string {
	all := make([]string, len(secrets))
	for i, secret := range secrets {
		all[i] = token.Hint(secret)
	}
	return strings.Join(all, ", ")
}

// keepIdentified asks about the tokens of the start until the server above
// tells, and from then on as often as about all tokens: one that was deleted
// may be made again.
func (e *Edge) keepIdentified(ctx context.Context, settled bool) {
	b := backoff{interval: min(time.Second, e.options.Revalidate)}
	for wait := e.options.Revalidate; ; {
		if !settled {
			wait = min(b.failed(nil), e.options.Revalidate)
		}
		if !sleep(ctx, wait) {
			return
		}
		var err error
		if settled, err = e.identify(ctx); err != nil {
			slog.WarnContext(ctx, "no token is live", "error", err)
		}
		wait = e.options.Revalidate
	}
}

// keepVerdicts asks about all tokens at the interval.
func (e *Edge) keepVerdicts(ctx context.Context) {
	for sleep(ctx, jitter(e.options.Revalidate, 20)) {
		if err := e.Verdicts.Revalidate(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "the server above was asked about tokens and did not say; what is known of them stays", "error", err)
		}
	}
}

// doubt has a token asked about that a download was refused with.
func (e *Edge) doubt(digest token.Digest) {
	select {
	case e.doubts <- digest:
	default: // it comes up again with the next download
	}
}

func (e *Edge) resolveDoubts(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case digest := <-e.doubts:
			_ = e.Verdicts.Revalidate(ctx, digest) // what is not said changes nothing
			if e.listening.Load() == 0 {
				e.Verdicts.Try(ctx, digest)
			}
		}
	}
}

// ended is told when a token is not what it was.
func (e *Edge) ended(before *auth.Grant) {
	now := e.Verdicts.Known(before.Digest())
	if now == nil {
		e.Feeds.Withdraw(before.Digest())
	} else {
		e.Feeds.Rescope(before.Digest(), now.Scope)
	}
	e.watches.Changed([]*auth.Grant{before})
	e.news.Changed([]*auth.Grant{before})
}

// admitted lets a request with a live token on when there are flags for it.
func (e *Edge) admitted(ctx context.Context, secret string, grant *auth.Grant) error {
	frontend := grant.Kind == token.Frontend
	if e.Catalogue.Covers(grant.Scope) || frontend && e.Catalogue.Touches(grant.Scope) {
		return nil
	}
	if !e.Feeds.Promises(grant.Scope, frontend) {
		if frontend || e.options.Strict || e.options.Closed || e.options.Upstream == nil || !e.Feeds.Offer(secret, grant.Scope, false) {
			return &fault.Error{
				Kind: fault.Forbidden, Bare: true,
				Message: fmt.Sprintf("this edge has no flags of the environment %s and the projects of the token: start it with a client token that covers them", grant.Scope.Environment),
			}
		}
	}
	waiting, cancel := context.WithTimeout(ctx, syncPatience)
	defer cancel()
	if e.Feeds.Await(waiting, grant.Scope, frontend) {
		return nil
	}
	return &fault.Error{Kind: fault.Unavailable, Message: "this edge has no flags yet: the server above does not answer"}
}

// SDK implements the doors' Grants.
func (e *Edge) SDK(ctx context.Context, r auth.Request, api token.API) (*auth.Grant, error) {
	return e.Verdicts.SDK(ctx, r, api)
}

// Again implements the doors' Grants.
func (e *Edge) Again(digest token.Digest, r auth.Request, api token.API) (*auth.Grant, error) {
	return auth.Readmit(e.Verdicts.Known(digest), r, api, e.options.Now()) //nolint:wrapcheck // a fault, made for the caller
}

// Token implements [auth.Finder].
func (e *Edge) Token(ctx context.Context, secret string) (*auth.Grant, error) {
	return e.Verdicts.Token(ctx, secret)
}

// Used records that a secret was used at an edge below.
func (e *Edge) Used(secret string) { e.Verdicts.Used(secret) }

// Watch returns a channel that is closed when a grant no longer holds, as
// [auth.Watches.Watch] does.
func (e *Edge) Watch(g *auth.Grant) (ended <-chan struct{}, stop func()) { return e.watches.Watch(g) }

// Follow returns a follower of tokens, as [auth.News.Follow] does.
func (e *Edge) Follow(scope token.Scope) (*auth.Follower, func()) { return e.news.Follow(scope) }

// Ready returns nil when requests can be answered: there are flags for every
// token of the start that is known, or there is none.
func (e *Edge) Ready(context.Context) error {
	if len(e.options.Tokens) > 0 && len(e.Catalogue.Environments()) == 0 {
		return fault.New(fault.Unavailable, "there are no flags yet: the server above does not answer")
	}
	return nil
}
