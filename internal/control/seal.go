package control

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

const eventTokenRevealed = "api-token-revealed"

// RevealPeriod is how long one event tells of all reveals of a token to one
// caller by this process.
const RevealPeriod = time.Hour

// maxReveals bounds how many reveals are remembered. When it is reached, those
// that no longer count are forgotten; if that is not enough, all are, and may
// be told twice in a period.
const maxReveals = 20_000

// reveals remembers which reveals the event log has told of, and which sealed
// copies the log has warned of. Its memory is bounded. Its zero value is
// ready.
type reveals struct {
	mu     sync.Mutex
	told   map[reveal]time.Time
	warned map[string]bool // by the token's id
}

// reveal is one caller and one token.
type reveal struct {
	user          int64
	caller, token string // public ids of tokens; caller is empty for a session
}

// untold returns the tokens that the event log has not told of lately.
func (r *reveals) untold(actor access.Principal, tokens []store.APIToken, now time.Time) []store.APIToken {
	return slices.DeleteFunc(slices.Clone(tokens), func(t store.APIToken) bool {
		told, known := r.told[reveal{actor.UserID, actor.TokenID, t.ID}]
		return known && now.Sub(told) < RevealPeriod
	})
}

// tell notes that the event log tells of reveals.
func (r *reveals) tell(actor access.Principal, tokens []store.APIToken, now time.Time) {
	if len(r.told)+len(tokens) > maxReveals {
		maps.DeleteFunc(r.told, func(_ reveal, told time.Time) bool { return now.Sub(told) >= RevealPeriod })
	}
	if r.told == nil || len(r.told)+len(tokens) > maxReveals {
		r.told = map[reveal]time.Time{}
	}
	for _, t := range tokens {
		r.told[reveal{actor.UserID, actor.TokenID, t.ID}] = now
	}
}

// warn reports whether to warn of the sealed copy of a token, once.
func (r *reveals) warn(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.warned[id] {
		return false
	}
	if r.warned == nil || len(r.warned) >= maxReveals {
		r.warned = map[string]bool{}
	}
	r.warned[id] = true
	return true
}

// seal gives a token the sealed copy of its new secret.
func (c *Control) seal(t *store.APIToken, secret string) error {
	if c.Sealer == nil {
		return fault.Field("/body/seal", "seal cannot be true: this server keeps no sealed copies, as BURGEE_SEAL_KEY is not set")
	}
	var err error
	t.Sealed, err = c.Sealer.Seal(secret, t.ID, c.Random)
	return err
}

// reseal replaces the sealed copy of a token whose secret is replaced. Without
// a key there is none any more.
func (c *Control) reseal(t *store.APIToken, secret string) error {
	if c.Sealer == nil || t.Sealed == "" {
		t.Sealed = ""
		return nil
	}
	return c.seal(t, secret)
}

// RevealAPITokens returns the secrets, by the ids of the tokens, of those
// tokens that have a sealed copy and whose secret the actor may read. The
// tokens are ones that the actor may see. The event log tells of it, before
// this returns, once in a [RevealPeriod] for each token and caller.
func (c *Control) RevealAPITokens(ctx context.Context, actor access.Principal, tokens []store.APIToken) (map[string]string, error) {
	if c.Sealer == nil || !actor.Can("", "", access.RevealToken) {
		return nil, nil //nolint:nilnil // nothing is revealed
	}
	everything, err := view(ctx, c, func(tx *store.Tx) (bool, error) {
		hidden, err := hiddenProjects(ctx, tx)
		return len(hidden) == 0, err
	})
	if err != nil {
		return nil, err
	}
	secrets := map[string]string{}
	var revealed []store.APIToken
	for _, t := range tokens {
		if t.Sealed == "" || !mayReveal(actor, t, everything) {
			continue
		}
		secret, err := c.Sealer.Open(t.Sealed, t.ID)
		if err != nil || token.DigestOf(secret) != t.Digest {
			if c.reveals.warn(t.ID) {
				slog.WarnContext(ctx, "the sealed copy of an API token's secret cannot be opened: is the key that sealed it missing in BURGEE_SEAL_KEY?", "token", t.ID)
			}
			continue
		}
		secrets[t.ID] = secret
		revealed = append(revealed, t)
	}
	return secrets, c.recordReveals(ctx, actor, revealed)
}

// mayReveal reports whether whoever may see a token, and holds the permission,
// may have its secret: it must not open what the actor does not see. What an
// admin token may do, only administrators may all do.
func mayReveal(actor access.Principal, t store.APIToken, everything bool) bool {
	if t.Kind == token.Admin {
		return actor.IsAdmin()
	}
	if t.Scope.AllProjects {
		return everything
	}
	return !slices.ContainsFunc(t.Scope.Projects, func(project string) bool { return !actor.Sees(project) })
}

// recordReveals tells of reveals in the event log. They are one at a time, so
// that nobody relies on an event that fails.
func (c *Control) recordReveals(ctx context.Context, actor access.Principal, revealed []store.APIToken) error {
	if len(revealed) == 0 {
		return nil
	}
	c.reveals.mu.Lock()
	defer c.reveals.mu.Unlock()
	now, err := view(ctx, c, func(tx *store.Tx) (time.Time, error) { return tx.Now(), nil })
	if err != nil {
		return err
	}
	fresh := c.reveals.untold(actor, revealed, now)
	if len(fresh) == 0 {
		return nil
	}
	err = c.DB.Update(ctx, func(tx *store.Tx) error {
		for _, t := range fresh {
			if err := tx.Record(ctx, actor, aboutToken(eventTokenRevealed, t), nil, tokenData(&t)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		c.reveals.tell(actor, fresh, now)
	}
	return err
}
