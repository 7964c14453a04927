package auth

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// Grant is one token as requests see it. It does not change: when the token
// does, later requests get another Grant.
//
// There may be a million, so what many share, or few have, is behind a pointer:
// with its identifier and the two tables a token takes about 190 bytes (see
// bench/README.md).
type Grant struct {
	ID string // public, stable
	*Coverage

	Kind     token.Kind
	disabled bool
	digest   token.Digest
	expires  int64 // Unix milliseconds; 0: never
	since    int64 // see ScopeRevision
	seen     *seen
	rare     *rare // nil for most; see [Grant.more]
}

// Coverage is what a token covers. Grants with the same share it.
type Coverage struct {
	// Scope holds sorted projects that exist. A token whose last project or
	// whose environment is gone has a scope that allows nothing.
	Scope token.Scope
	// ScopeKey is equal for two grants exactly when their scopes are.
	ScopeKey string
}

// rare is what few tokens have.
type rare struct {
	name   string // of an admin token
	userID int64  // of a personal token

	rights  access.Grants   // of an admin token
	reach   *access.Reach   // of a scoped admin token
	visible map[string]bool // the projects of one that does not cover all

	guard   *guard      // nil: the token is not narrowed
	retired *retirement // of a secret that a rotation replaced; nil: the current one
	older   *Grant      // of the retired secret, while there is one
}

// more is the rare part of a grant, to be read only.
func (g *Grant) more() rare {
	if g.rare == nil {
		return rare{}
	}
	return *g.rare
}

// extend is the rare part of a grant that is being made.
func (g *Grant) extend() *rare {
	if g.rare == nil {
		g.rare = &rare{}
	}
	return g.rare
}

// retirement is how a secret ends that a rotation replaced.
type retirement struct {
	at   time.Time
	ends time.Time
	idle time.Duration // without use on any process, see store.UseDelay; 0: no such end
}

// seen is how a secret is used. Grants of one secret share it.
type seen struct {
	at      atomic.Int64 // Unix milliseconds; 0: never
	stored  atomic.Int64 // what of it is in the database
	callers atomic.Pointer[callers]
}

// load takes over what the database knows, if that is newer.
func (s *seen) load(stored int64) {
	for at := s.at.Load(); stored > at; at = s.at.Load() {
		if s.at.CompareAndSwap(at, stored) {
			s.stored.Store(stored)
			return
		}
	}
}

func seenAt(stored *time.Time) *seen {
	s := &seen{}
	if stored != nil {
		s.load(stored.UnixMilli())
	}
	return s
}

// empower gives an admin token its rights.
func (g *Grant) empower(l token.Limits) {
	more := g.extend()
	more.rights = access.TokenGrants(g.Scope, l)
	if !access.Scoped(g.Scope, l) {
		return
	}
	more.reach = &access.Reach{Scope: g.Scope, Environments: l.Environments}
	more.visible = make(map[string]bool, len(g.Scope.Projects))
	for _, project := range g.Scope.Projects {
		more.visible[project] = true
	}
}

// secrets tells a grant when its token was used, and of its older secret. What
// is stored of a token's use counts for the current secret when it is newer
// than that.
func (g *Grant) secrets(used, since *time.Time, old *store.RetiredSecret) {
	if used != nil && since != nil && used.Before(*since) {
		used = nil
	}
	g.seen = seenAt(used)
	if old == nil {
		return
	}
	older, its := *g, g.more()
	its.retired = &retirement{at: old.RetiredAt, ends: old.EndsAt, idle: old.Idle}
	older.digest, older.seen, older.rare = old.Digest, seenAt(old.SeenAt), &its
	g.extend().older = &older
}

// ScopeRevision is the revision at which the secret came to cover what it
// covers; 0 for longer than this process knows. What its holder was told
// before was about other projects.
func (g *Grant) ScopeRevision() int64 { return g.since }

// older is the grant of the secret that a rotation replaced, or nil.
func (g *Grant) older() *Grant { return g.more().older }

// seenPrecision is how far apart two uses must be for both to be noted: busy
// tokens then do not make processors write to the same memory all the time.
const seenPrecision = int64(time.Second / time.Millisecond)

// use notes a request with the secret.
func (g *Grant) use(now time.Time, r Request) {
	ms := now.UnixMilli()
	if last := g.seen.at.Load(); ms-last >= seenPrecision || ms < last {
		g.seen.at.Store(ms)
	}
	if r.Authorization != "" { // not when an edge told of the use
		g.seen.calledBy(g.Kind, r, ms)
	}
}

// live reports whether the secret opens anything at this instant, as far as
// its token says.
func (g *Grant) live(now time.Time) bool {
	if g.disabled || g.expires != 0 && now.UnixMilli() >= g.expires {
		return false
	}
	return g.rare == nil || g.rare.retired == nil || g.rare.retired.live(now, g.seen.at.Load())
}

func (r *retirement) live(now time.Time, used int64) bool {
	if r.idle == 0 {
		return now.Before(r.ends)
	}
	used = max(used, r.at.UnixMilli())
	return now.Before(r.ends) && now.UnixMilli()-used < (r.idle+store.UseDelay).Milliseconds()
}

// Seen returns when a token was last used with any of its secrets, newer than
// what is stored; zero for never or an unknown token. The id of a personal
// token is its number.
func (a *Auth) Seen(kind token.Kind, id string) time.Time {
	var last int64
	for g := a.current(kind, id); g != nil; g = g.older() {
		last = max(last, g.seen.at.Load())
	}
	return instant(last)
}

// current is the grant of the current secret of a token, or nil.
func (a *Auth) current(kind token.Kind, id string) *Grant {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.index.tokens.get(keyOf(kind, id))
}

// instant is the zero time for 0.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// FlushSeen stores when secrets and sessions were last used and how often by
// hour, those that were used since the last call, in one transaction. Call it from time to
// time and before stopping.
func (a *Auth) FlushSeen(ctx context.Context) error {
	f := flush{hours: make(map[store.TokenHour]int64), sessions: a.sessions.take()}
	a.mu.RLock()
	a.index.grants.each(f.take)
	a.mu.RUnlock()
	if len(f.seen)+len(f.hours)+len(f.sessions) == 0 {
		return nil
	}
	f.failed = append(f.failed, func() { a.sessions.giveBack(f.sessions) })
	err := a.db.Tally(ctx, func(tx *store.Tx) error {
		if err := tx.RecordSeen(ctx, f.seen); err != nil {
			return err
		}
		if err := tx.RecordSessions(ctx, f.sessions); err != nil {
			return err
		}
		return tx.AddTokenHours(ctx, f.counts())
	})
	after := f.flushed
	if err != nil {
		after = f.failed
	}
	for _, do := range after {
		do()
	}
	return err
}

// HearUses takes over when retired secrets that end unless they are used were
// last used on other processes. Call it more often than every store.UseDelay,
// less the time between two calls of FlushSeen.
func (a *Auth) HearUses(ctx context.Context) error {
	var uses map[token.Digest]time.Time
	err := a.db.View(ctx, func(tx *store.Tx) error {
		var err error
		uses, err = tx.RetiredUses(ctx)
		return err
	})
	for digest, at := range uses {
		if g := a.known(digest); g != nil {
			g.seen.load(at.UnixMilli())
		}
	}
	return err
}

// flush is what one flush stores.
type flush struct {
	seen            []store.Seen
	hours           map[store.TokenHour]int64 // requests, by what else is in the key
	sessions        map[string]time.Time      // last use, by digest
	flushed, failed []func()
}

// take adds the use of one secret. Both secrets of a token that is being
// rotated count for the token.
func (f *flush) take(g *Grant) {
	s := g.seen
	if at := s.at.Load(); at != s.stored.Load() {
		f.seen = append(f.seen, store.Seen{Digest: g.digest, Kind: g.Kind, Retired: g.more().retired != nil, At: time.UnixMilli(at)})
		f.flushed = append(f.flushed, func() { s.stored.Store(at) })
	}
	hours := s.takeHours()
	if len(hours) == 0 {
		return
	}
	f.failed = append(f.failed, func() { s.giveBack(hours) })
	for _, h := range hours {
		f.hours[store.TokenHour{Kind: g.Kind, ID: g.ID, Hour: time.UnixMilli(h.hour * hourMillis).UTC()}] += h.count
	}
}

func (f *flush) counts() []store.TokenHour {
	all := make([]store.TokenHour, 0, len(f.hours))
	for h, requests := range f.hours {
		h.Requests = requests
		all = append(all, h)
	}
	return all
}
