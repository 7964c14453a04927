package auth

import (
	"context"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	// missInterval is the least time between two look-ups on behalf of secrets
	// that are not in memory, all together.
	missInterval = time.Second
	// missTimeout bounds one such look-up.
	missTimeout = 5 * time.Second
)

// misses limits what unknown secrets cost. It remembers no secret, so its
// memory is bounded whatever is sent.
type misses struct {
	mu   sync.Mutex
	last time.Time // when the last look-up ended
	err  error     // and what came of it
}

// find returns the grant of a secret; nil when there is none that is live. It
// fails with Unavailable when the index lacks the secret and the database
// cannot be asked for news.
func (a *Auth) find(ctx context.Context, secret string) (*Grant, error) {
	if len(secret) > token.MaxSecret {
		return nil, nil //nolint:nilnil // no grant is an answer
	}
	digest := a.digest(secret)
	grant := a.known(digest)
	if grant == nil {
		if err := a.CatchUp(ctx); err != nil {
			return nil, err
		}
		grant = a.known(digest)
	}
	if err := a.Trusted(); err != nil {
		return nil, err
	}
	if !a.opens(grant) {
		return nil, nil //nolint:nilnil // no grant is an answer
	}
	return grant, nil
}

// cutOff reports whether it is too long ago that the database could be asked:
// any token may have been revoked since.
func (a *Auth) cutOff() bool { return a.grace > 0 && a.now().Sub(a.db.Heard()) > a.grace }

// Trusted returns nil while tokens are believed, else an Unavailable error: see
// [Options.Grace].
func (a *Auth) Trusted() error {
	if !a.cutOff() {
		return nil
	}
	return fault.New(fault.Unavailable, "the database has not answered for %s: tokens are not believed any more", a.grace)
}

// EndCutOff ends the streams of all tokens once they are not believed any more.
func (a *Auth) EndCutOff(ctx context.Context) error {
	if a.cutOff() && a.CatchUp(ctx) != nil {
		a.watches.endAll()
	}
	return nil
}

// opens is [index.opens] of this instant. Most grants do not read the index.
func (a *Auth) opens(g *Grant) bool {
	if g == nil || g.Kind != token.Personal {
		return g != nil && g.live(a.now())
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.index.opens(g, a.now())
}

// digest is the digest of a secret, by way of a buffer that is used again: a
// request then leaves nothing for the garbage collector.
func (a *Auth) digest(secret string) token.Digest {
	buffer, ok := a.buffers.Get().(*[]byte)
	if !ok {
		buffer = new([]byte)
	}
	*buffer = append((*buffer)[:0], secret...)
	digest := token.DigestOfBytes(*buffer)
	clear(*buffer)
	a.buffers.Put(buffer)
	return digest
}

// known reads the index. Digests are compared, never secrets: how long a map
// takes says nothing about the text that was hashed.
func (a *Auth) known(digest token.Digest) *Grant {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.index.grants.get(digest)
}

// CatchUp asks the database for what the process may not have heard of yet,
// such as a token or a flag that another node has just made. Between two
// look-ups a second apart, callers share the answer of the last one. It fails
// with Unavailable when the database cannot be asked.
func (a *Auth) CatchUp(ctx context.Context) error {
	a.miss.mu.Lock()
	defer a.miss.mu.Unlock()
	now := a.now()
	if since := now.Sub(a.miss.last); !a.miss.last.IsZero() && since >= 0 && since < missInterval {
		return a.miss.err
	}
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), missTimeout)
	defer cancel()
	a.miss.err = nil
	if err := a.db.CatchUp(asking); err != nil {
		a.miss.err = fault.Wrap(fault.Unavailable, err, "tokens cannot be looked up at the moment; try again")
	}
	a.miss.last = a.now()
	return a.miss.err
}
