package edge

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"

	"golang.org/x/time/rate"

	"github.com/burgeehq/burgee/internal/token"
)

const (
	// tryRate and tryBurst bound how many downloads a second are asked for only
	// to see whether their tokens are let in.
	tryRate  = 5
	tryBurst = 5
	// maxContradicted bounds the secrets that the server above calls live and
	// does not let in; beyond it any is forgotten.
	maxContradicted = 10_000
)

// attempts are what is known of servers above that contradict themselves:
// Unleash 8.2.0, asked about a token once, calls it live for long after it was
// deleted, but answers its downloads with 401 within a minute.
type attempts struct {
	limiter *rate.Limiter
	// contradicted are secrets that ended so; guarded by the lock of the verdicts.
	contradicted map[token.Digest]struct{}
}

func newAttempts() attempts {
	return attempts{limiter: rate.NewLimiter(tryRate, tryBurst), contradicted: map[token.Digest]struct{}{}}
}

// Try asks the server above for flags with live tokens themselves: those of the
// digests, or all that were used since they were last tried. One that it answers
// with 401, and that it can be asked about, ends, whatever it says of it then.
func (v *Verdicts) Try(ctx context.Context, digests ...token.Digest) {
	if v.asker == nil {
		return
	}
	if len(digests) == 0 {
		digests = v.untried()
	}
	for _, digest := range digests {
		if v.attempts.limiter.Wait(ctx) != nil {
			return // stopping
		}
		v.try(ctx, digest)
	}
}

// untried returns the tokens that were used since they were last tried, those
// first for which that is longest ago. Others are left alone: a server above
// would take it for use.
func (v *Verdicts) untried() []token.Digest {
	type aged struct {
		digest token.Digest
		at     int64
	}
	v.mu.RLock()
	var all []aged
	for digest, entry := range v.known {
		if at := entry.tried.Load(); entry.secret != "" && !entry.pinned && entry.grant.SeenAt().UnixMilli() > at {
			all = append(all, aged{digest, at})
		}
	}
	v.mu.RUnlock()
	slices.SortFunc(all, func(a, b aged) int { return cmp.Compare(a.at, b.at) })
	digests := make([]token.Digest, len(all))
	for i, one := range all {
		digests[i] = one.digest
	}
	return digests
}

func (v *Verdicts) try(ctx context.Context, digest token.Digest) {
	v.mu.RLock()
	entry := v.known[digest]
	v.mu.RUnlock()
	if entry == nil || entry.secret == "" || entry.pinned {
		return
	}
	tag, _ := entry.tag.Load().(string)
	entry.tried.Store(v.options.Now().UnixMilli())
	tag, err := v.options.Upstream.accepts(ctx, entry.grant.Kind, entry.secret, tag)
	if err == nil {
		entry.tag.Store(tag)
		return
	}
	if r := refusal(err); r == nil || r.Status != http.StatusUnauthorized {
		return // says nothing about the token
	}
	// Something between us that refuses everything would not answer this.
	live, err := v.asker.inquire(ctx, []string{entry.secret})
	if err != nil {
		return
	}
	if _, still := live[entry.secret]; still {
		slog.InfoContext(ctx, "a token has ended: the server above calls it live, and does not let it in", "token", token.Hint(entry.secret))
		v.contradict(digest)
	}
	v.refuse(digest)
}

func (v *Verdicts) contradict(digest token.Digest) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for other := range v.attempts.contradicted {
		if len(v.attempts.contradicted) < maxContradicted {
			break
		}
		delete(v.attempts.contradicted, other)
	}
	v.attempts.contradicted[digest] = struct{}{}
}

// believed reports whether a secret may be admitted that the server above calls
// live: one that ended because it was not let in must be let in again first.
func (v *Verdicts) believed(ctx context.Context, digest token.Digest, secret string, kind token.Kind) bool {
	v.mu.RLock()
	_, contradicted := v.attempts.contradicted[digest]
	v.mu.RUnlock()
	if !contradicted {
		return true
	}
	if !v.attempts.limiter.Allow() {
		return false
	}
	if _, err := v.options.Upstream.accepts(ctx, kind, secret, ""); err != nil {
		return false
	}
	v.mu.Lock()
	delete(v.attempts.contradicted, digest)
	v.mu.Unlock()
	return true
}

// keepTried tries tokens at the interval while the server above does not tell by
// itself which have ended.
func (e *Edge) keepTried(ctx context.Context) {
	for sleep(ctx, jitter(e.options.Revalidate, 20)) {
		if e.listening.Load() == 0 {
			e.Verdicts.Try(ctx)
		}
	}
}
