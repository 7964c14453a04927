package edge

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	// maxVerdicts bounds the live tokens that are remembered; beyond it those go
	// that were used longest ago.
	maxVerdicts = 50_000
	// maxRefused bounds the secrets that are remembered not to be live; beyond
	// it those go whose time is over, or any.
	maxRefused = 100_000
	// keepRefused is how long a secret that is not live is not asked about.
	keepRefused = time.Minute
	// keepAsking is how long a verdict from before the start counts, when the
	// server above could not be asked, before it is asked again.
	keepAsking = 10 * time.Second
)

// VerdictOptions are what [Verdicts] need.
type VerdictOptions struct {
	// Upstream is asked about secrets; nil when nobody is to be asked: then only
	// those are live that Trust was told of.
	Upstream *Upstream
	Now      func() time.Time
	// Admitted is asked before a request with a live token goes on; its error
	// refuses the request. Nil lets everything on.
	Admitted func(ctx context.Context, secret string, grant *auth.Grant) error
	// Closed says that requests are let in with secrets that Trust was told of
	// only; others are asked about for Confirm alone.
	Closed bool
	// Ended is told of the grant of a token that is not live any more, or is
	// another now. Nil tells nobody.
	Ended func(before *auth.Grant)
}

// Verdicts is what is known of secrets. A secret is asked about once, when it
// is first seen, and from then on at every [Verdicts.Revalidate]. It is safe for
// concurrent use.
type Verdicts struct {
	options  VerdictOptions
	asker    *asker // nil: nobody is asked
	attempts attempts

	mu      sync.RWMutex
	known   map[token.Digest]*verdict
	refused map[token.Digest]time.Time // until when

	revoked, evicted, denied atomic.Int64
}

// verdict is one live secret.
type verdict struct {
	grant *auth.Grant
	// secret is empty for what was kept over a restart, until it is shown.
	secret string
	pinned bool // trusted, whatever the server above says
	told   atomic.Bool
	asked  atomic.Int64 // Unix milliseconds of the last question, of a secret from before the start
	tried  atomic.Int64 // Unix milliseconds of the last [Verdicts.Try]
	tag    atomic.Value // a string, of the answer then
}

// NewVerdicts knows nothing yet.
func NewVerdicts(o VerdictOptions) *Verdicts {
	v := &Verdicts{options: o, attempts: newAttempts(), known: map[token.Digest]*verdict{}, refused: map[token.Digest]time.Time{}}
	if o.Upstream != nil {
		v.asker = newAsker(o.Upstream, o.Now)
	}
	return v
}

// SDK implements the doors' Grants, as [auth.Admit] and VerdictOptions.Admitted
// say.
func (v *Verdicts) SDK(ctx context.Context, r auth.Request, api token.API) (*auth.Grant, error) {
	grant, err := auth.Admit(ctx, v, r, api, v.options.Now())
	if err != nil || v.options.Admitted == nil {
		return grant, err //nolint:wrapcheck // a fault, made for the caller
	}
	if err := v.options.Admitted(ctx, token.FromHeader(r.Authorization), grant); err != nil {
		return nil, err
	}
	return grant, nil
}

// Token implements [auth.Finder].
func (v *Verdicts) Token(ctx context.Context, secret string) (*auth.Grant, error) {
	if token.Check(secret) != nil {
		return nil, nil //nolint:nilnil,nilerr // no grant is an answer
	}
	digest, now := token.DigestOf(secret), v.options.Now()
	v.mu.RLock()
	entry, until := v.known[digest], v.refused[digest]
	v.mu.RUnlock()
	switch {
	case entry != nil && entry.settled(now) && (entry.pinned || !v.options.Closed):
		return liveOrNone(entry.grant, now), nil
	case v.asker == nil || v.options.Closed || entry == nil && now.Before(until):
		v.denied.Add(1)
		return nil, nil //nolint:nilnil // no grant is an answer
	}
	terms, err := v.asker.ask(ctx, digest, secret)
	switch {
	case err != nil && entry != nil:
		return liveOrNone(entry.grant, now), nil // it was live when we last heard
	case err != nil:
		return nil, err
	case terms == nil || !v.believed(ctx, digest, secret, terms.Kind):
		v.refuse(digest)
		return nil, nil //nolint:nilnil // no grant is an answer
	}
	return liveOrNone(v.admit(digest, secret, *terms, false), now), nil
}

// settled reports whether a verdict counts without asking.
func (e *verdict) settled(now time.Time) bool {
	if e.secret != "" || e.pinned {
		return true
	}
	last := e.asked.Load()
	if now.UnixMilli()-last < keepAsking.Milliseconds() {
		return true
	}
	return !e.asked.CompareAndSwap(last, now.UnixMilli()) // another request asks
}

func liveOrNone(grant *auth.Grant, now time.Time) *auth.Grant {
	if grant == nil || !grant.Live(now) {
		return nil
	}
	return grant
}

// Trust makes a secret live whatever the server above says of it, with what it
// may do.
func (v *Verdicts) Trust(secret string, terms auth.Terms) {
	v.admit(token.DigestOf(secret), secret, terms, true)
}

// admit remembers a live secret and returns its grant.
func (v *Verdicts) admit(digest token.Digest, secret string, terms auth.Terms, pinned bool) *auth.Grant {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.refused, digest)
	before := v.known[digest]
	var grant *auth.Grant
	if before != nil {
		if before.pinned && !pinned {
			return before.grant
		}
		grant = before.grant
	}
	if before == nil && len(v.known) >= maxVerdicts {
		v.evict()
	}
	entry := &verdict{grant: auth.NewGrant(digest, terms, grant), secret: secret, pinned: pinned}
	v.known[digest] = entry
	return entry.grant
}

// evict forgets the tenth of the secrets that was used longest ago. The lock
// must be held.
func (v *Verdicts) evict() {
	type aged struct {
		digest token.Digest
		seen   time.Time
	}
	all := make([]aged, 0, len(v.known))
	for digest, entry := range v.known {
		if !entry.pinned {
			all = append(all, aged{digest, entry.grant.SeenAt()})
		}
	}
	slices.SortFunc(all, func(a, b aged) int { return a.seen.Compare(b.seen) })
	for _, old := range all[:min(len(all), cmp.Or(len(all)/10, 1))] {
		delete(v.known, old.digest)
		v.evicted.Add(1)
	}
}

// refuse remembers that a secret is not live, and ends it if it was.
func (v *Verdicts) refuse(digest token.Digest) {
	now := v.options.Now()
	v.mu.Lock()
	entry := v.known[digest]
	if entry != nil && entry.pinned {
		v.mu.Unlock()
		return
	}
	delete(v.known, digest)
	if len(v.refused) >= maxRefused {
		v.forgetRefused(now)
	}
	v.refused[digest] = now.Add(keepRefused)
	v.mu.Unlock()
	v.denied.Add(1)
	if entry != nil {
		v.revoked.Add(1)
		v.ended(entry)
	}
}

func (v *Verdicts) ended(before *verdict) {
	if v.options.Ended != nil {
		v.options.Ended(before.grant)
	}
}

// forgetRefused makes room: it forgets what is over, or else a half. The lock
// must be held.
func (v *Verdicts) forgetRefused(now time.Time) {
	for digest, until := range v.refused {
		if !now.Before(until) {
			delete(v.refused, digest)
		}
	}
	for digest := range v.refused {
		if len(v.refused) < maxRefused/2 {
			return
		}
		delete(v.refused, digest)
	}
}

// Revalidate asks the server above about secrets that were live: those of the
// digests, or all when there are none. Those that are not live any more end at
// once. What the server above does not answer changes nothing.
func (v *Verdicts) Revalidate(ctx context.Context, digests ...token.Digest) error {
	if v.asker == nil {
		return nil
	}
	secrets := v.secrets(digests)
	for len(secrets) > 0 {
		n, size := 0, 0
		for n < len(secrets) && n < askBatch && size < askBytes {
			size += len(secrets[n])
			n++
		}
		part := secrets[:n]
		secrets = secrets[n:]
		if err := v.asker.limiter.Wait(ctx); err != nil {
			return fault.Wrap(fault.Unavailable, err, "stopping")
		}
		live, err := v.asker.inquire(ctx, part)
		if err != nil {
			return err
		}
		for _, secret := range part {
			v.renew(secret, live)
		}
	}
	return nil
}

// recheck asks about some tokens at once, whatever else is asked at the time.
func (v *Verdicts) recheck(ctx context.Context, digests []token.Digest) error {
	for _, digest := range digests { // those from before the start cannot be asked about
		v.mu.RLock()
		entry := v.known[digest]
		v.mu.RUnlock()
		if entry != nil && entry.secret == "" {
			v.Forget(digest)
		}
	}
	for part := range slices.Chunk(v.secrets(digests), askBatch) {
		live, err := v.asker.inquire(ctx, part)
		if err != nil {
			return err
		}
		for _, secret := range part {
			v.renew(secret, live)
		}
	}
	return nil
}

// secrets are those that can be asked about.
func (v *Verdicts) secrets(digests []token.Digest) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var all []string
	if len(digests) == 0 {
		for _, entry := range v.known {
			if entry.secret != "" && !entry.pinned {
				all = append(all, entry.secret)
			}
		}
		return all
	}
	for _, digest := range digests {
		if entry := v.known[digest]; entry != nil && entry.secret != "" && !entry.pinned {
			all = append(all, entry.secret)
		}
	}
	return all
}

// renew takes an answer about a secret over.
func (v *Verdicts) renew(secret string, live map[string]auth.Terms) {
	digest := token.DigestOf(secret)
	terms, still := live[secret]
	if !still {
		v.refuse(digest)
		return
	}
	v.mu.RLock()
	entry := v.known[digest]
	v.mu.RUnlock()
	if entry != nil && !entry.grant.Terms().Equal(terms) {
		v.admit(digest, secret, terms, false)
		v.ended(entry)
	}
}

// Forget drops verdicts that the server above says have changed: live secrets
// are asked about when they come next, and so are those that were not live.
func (v *Verdicts) Forget(digests ...token.Digest) {
	for _, digest := range digests {
		v.mu.Lock()
		entry := v.known[digest]
		delete(v.refused, digest)
		if entry != nil && !entry.pinned {
			delete(v.known, digest)
		}
		v.mu.Unlock()
		if entry != nil && !entry.pinned {
			v.ended(entry)
		}
	}
}

// Confirm asks the server above about secrets, whether or not they are known,
// and returns those that are live. It fails when the server above does not tell.
func (v *Verdicts) Confirm(ctx context.Context, secrets []string) (map[string]auth.Terms, error) {
	live, err := v.asker.inquire(ctx, secrets)
	if err != nil {
		return nil, err
	}
	for _, secret := range secrets {
		digest := token.DigestOf(secret)
		terms, there := live[secret]
		if there && !v.believed(ctx, digest, secret, terms.Kind) {
			delete(live, secret)
			there = false
		}
		switch {
		case !there:
			v.refuse(digest)
		case v.Known(digest) == nil:
			v.admit(digest, secret, terms, false)
		default:
			v.renew(secret, live)
		}
	}
	return live, nil
}

// KeptVerdict is what is kept of a live secret over a restart: not the secret.
type KeptVerdict struct {
	Digest string     `json:"digest"`
	Terms  auth.Terms `json:"terms"`
}

// Keep returns what is to be kept over a restart.
func (v *Verdicts) Keep() []KeptVerdict {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var all []KeptVerdict
	for digest, entry := range v.known {
		if !entry.pinned {
			all = append(all, KeptVerdict{digest.String(), entry.grant.Terms()})
		}
	}
	slices.SortFunc(all, func(a, b KeptVerdict) int { return cmp.Compare(a.Digest, b.Digest) })
	return all
}

// Restore takes over a verdict that was kept. It counts until the server above
// can be asked: it is when the secret is first shown.
func (v *Verdicts) Restore(k KeptVerdict) {
	digest, err := token.ParseDigest(k.Digest)
	if err == nil && v.Known(digest) == nil {
		v.admit(digest, "", k.Terms, false)
	}
}

// Known returns the grant of a digest; nil when it is not one of a live secret.
func (v *Verdicts) Known(digest token.Digest) *auth.Grant {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if entry := v.known[digest]; entry != nil {
		return entry.grant
	}
	return nil
}

// Used records that a secret was used at an edge below.
func (v *Verdicts) Used(secret string) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if entry := v.known[token.DigestOf(secret)]; entry != nil {
		entry.told.Store(true)
	}
}

// Seen returns the secrets that were used since an instant, or that an edge
// below told of since the last call, by environment.
func (v *Verdicts) Seen(since time.Time) map[string][]string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	all := map[string][]string{}
	for _, entry := range v.known {
		told := entry.told.Swap(false)
		if entry.secret != "" && !entry.pinned && (told || entry.grant.SeenAt().After(since)) {
			all[entry.grant.Scope.Environment] = append(all[entry.grant.Scope.Environment], entry.secret)
		}
	}
	return all
}
