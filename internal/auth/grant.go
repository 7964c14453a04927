package auth

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// Grant is one token as requests see it. It does not change: when the token
// does, later requests get another Grant.
type Grant struct {
	ID   string // public, stable
	Name string
	Kind token.Kind
	// Scope holds sorted projects that exist. A token whose last project or
	// whose environment is gone has a scope that allows nothing.
	Scope token.Scope
	// ScopeKey is equal for two grants exactly when their scopes are.
	ScopeKey string
	Expires  time.Time // zero: never
	UserID   int64     // of a personal token
	seen     *seen
}

// seen is when a token was last used. Grants of one token share it.
type seen struct {
	at     atomic.Int64 // Unix milliseconds; 0: never
	stored atomic.Int64 // what of it is in the database
}

// load takes over what the database knows, if that is newer.
func (s *seen) load(stored *time.Time) {
	if stored == nil || stored.UnixMilli() <= s.at.Load() {
		return
	}
	s.at.Store(stored.UnixMilli())
	s.stored.Store(stored.UnixMilli())
}

// seenPrecision is how far apart two uses must be for both to be noted: busy
// tokens then do not make processors write to the same memory all the time.
const seenPrecision = int64(time.Second / time.Millisecond)

func (g *Grant) use(now time.Time) {
	ms := now.UnixMilli()
	if last := g.seen.at.Load(); ms-last >= seenPrecision || ms < last {
		g.seen.at.Store(ms)
	}
}

func (g *Grant) live(now time.Time) bool {
	return g.Expires.IsZero() || now.Before(g.Expires)
}

// Seen returns when a token was last used, newer than what is stored; zero
// for never or an unknown token. The id of a personal token is its number.
func (a *Auth) Seen(kind token.Kind, id string) time.Time {
	a.mu.RLock()
	defer a.mu.RUnlock()
	s := a.index.seen[keyOf(kind, id)]
	if s == nil || s.at.Load() == 0 {
		return time.Time{}
	}
	return time.UnixMilli(s.at.Load()).UTC()
}

// FlushSeen stores when tokens were last used, those that were used since the
// last call, in one transaction. Call it from time to time and before
// stopping.
func (a *Auth) FlushSeen(ctx context.Context) error {
	var batch []store.Seen
	var flushed []func()
	a.mu.RLock()
	for key, s := range a.index.seen {
		at := s.at.Load()
		if at == s.stored.Load() {
			continue
		}
		batch = append(batch, store.Seen{Kind: key.kind(), ID: key.id, At: time.UnixMilli(at)})
		flushed = append(flushed, func() { s.stored.Store(at) })
	}
	a.mu.RUnlock()
	if len(batch) == 0 {
		return nil
	}
	if err := a.db.Update(ctx, func(tx *store.Tx) error { return tx.RecordSeen(ctx, batch) }); err != nil {
		return err
	}
	for _, done := range flushed {
		done()
	}
	return nil
}
