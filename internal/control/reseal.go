package control

import (
	"context"
	"log/slog"
	"maps"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

const eventResealed = "sealed-copies-resealed"

// resealBatch is how many copies are looked at in one transaction.
const resealBatch = 500

// resealed is what the event log keeps of a change of the key.
type resealed struct {
	Tokens       int `json:"tokens"`       // copies under the first key now
	Integrations int `json:"integrations"` // with secrets under it now
	Unopened     int `json:"unopened"`     // of both: no key opens them
}

// Reseal seals under the first key what is sealed under others, or for want of
// a key lies in clear: copies of the secrets of tokens, and the secrets of
// integrations. Once it has succeeded, the other keys are needed only for what
// it says it could not open. It does so once; call it until it succeeds.
func (c *Control) Reseal(ctx context.Context) error {
	if c.Sealer == nil || c.resealed.Load() {
		return nil
	}
	var done resealed
	after := ""
	for more := true; more; {
		before := done
		err := c.DB.Update(ctx, func(tx *store.Tx) error {
			batch, err := tx.SealedCopies(ctx, after, resealBatch)
			if err != nil {
				return err
			}
			if more = len(batch) == resealBatch; len(batch) > 0 {
				after = batch[len(batch)-1].ID
			}
			return c.resealTokens(ctx, tx, batch, &done)
		})
		if err != nil {
			return err
		}
		if done.Tokens > before.Tokens {
			slog.InfoContext(ctx, "sealing copies of secrets under the first key", "done", done.Tokens)
		}
	}
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		if err := c.resealIntegrations(ctx, tx, &done); err != nil || done.Tokens+done.Integrations == 0 {
			return err
		}
		return tx.Record(ctx, access.System(), store.Event{Type: eventResealed}, nil, done)
	})
	if err != nil {
		return err
	}
	c.resealed.Store(true)
	if done != (resealed{}) {
		slog.InfoContext(ctx, "all secrets that a key opens are sealed under the first key of BURGEE_SEAL_KEY",
			"tokens", done.Tokens, "integrations", done.Integrations, "unopened", done.Unopened)
	}
	return nil
}

func (c *Control) resealTokens(ctx context.Context, tx *store.Tx, batch []store.SealedCopy, done *resealed) error {
	for _, one := range batch {
		fresh, changed, err := c.resealText(one.Sealed, one.ID)
		switch {
		case err != nil:
			done.Unopened++
		case changed:
			done.Tokens++
			if err := tx.Reseal(ctx, one, fresh); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Control) resealIntegrations(ctx context.Context, tx *store.Tx, done *resealed) error {
	integrations, err := tx.Integrations(ctx)
	if err != nil {
		return err
	}
	for _, i := range integrations {
		all, changes, lost := maps.Clone(i.Secrets), false, false
		for name, kept := range i.Secrets {
			fresh, changed, err := c.resealText(kept, i.SealID(name))
			lost = lost || err != nil
			if err == nil && changed {
				all[name], changes = fresh, true
			}
		}
		if lost {
			done.Unopened++
		}
		if changes {
			done.Integrations++
			if err := tx.ResealIntegration(ctx, i, all); err != nil {
				return err
			}
		}
	}
	return nil
}

// resealText returns a kept text under the first key, and whether it was not
// before.
func (c *Control) resealText(kept, id string) (string, bool, error) {
	if c.Sealer.Current(kept, id) {
		return kept, false, nil
	}
	text, err := token.Kept(c.Sealer, kept, id)
	if err != nil {
		return kept, false, err
	}
	fresh, err := c.Sealer.Seal(text, id, c.Random)
	return fresh, err == nil, err
}
