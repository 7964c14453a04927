package control

import (
	"context"
	"log/slog"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The types of events about tokens that end.
const (
	eventTokenExpiring = "api-token-expiring"
	eventTokenPurged   = "api-token-purged"
	eventPATPurged     = "pat-purged"
)

const (
	// ExpiresSoon is how long before its end a token is called close to it, and
	// warned of for the first time.
	ExpiresSoon = 14 * day
	// expiresVerySoon is how long before its end it is warned of again.
	expiresVerySoon = 3 * day
	// KeepExpired is how long an expired token is kept for the record.
	KeepExpired = 30 * day
)

// WarnOfExpiry logs, and records an event for, each API token that will end
// within 14 days, and again within 3: once each.
func (c *Control) WarnOfExpiry(ctx context.Context) error {
	due := func(t store.APIToken, now time.Time) bool {
		stage := expiryStage(t, now)
		return stage > 0 && (t.Warned == 0 || stage < t.Warned)
	}
	tokens, err := view(ctx, c, func(tx *store.Tx) ([]store.APIToken, error) { return tx.APITokensEnding(ctx, ExpiresSoon) })
	if err != nil {
		return err
	}
	for _, t := range tokens {
		err := c.DB.Update(ctx, func(tx *store.Tx) error {
			t, err := tx.APIToken(ctx, t.ID)
			if err != nil {
				return unlessMissing(err)
			}
			if !due(t, tx.Now()) {
				return nil
			}
			slog.WarnContext(ctx, "an API token expires soon", "token", t.ID, "name", t.Name, "expires", t.ExpiresAt)
			t.Warned = expiryStage(t, tx.Now())
			if err := tx.UpdateAPIToken(ctx, t); err != nil {
				return err
			}
			return tokenChanged(ctx, tx, access.System(), changed[store.APIToken]{event: eventTokenExpiring, after: &t})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ExpiresSoon reports whether a token will end within 14 days.
func (c *Control) ExpiresSoon(t store.APIToken) bool { return expiryStage(t, c.DB.Now()) > 0 }

// expiryStage is the days within which a token ends that people are warned of;
// 0 when it does not end soon, or has ended.
func expiryStage(t store.APIToken, now time.Time) int {
	if t.ExpiresAt == nil || !now.Before(*t.ExpiresAt) {
		return 0
	}
	for _, stage := range []time.Duration{expiresVerySoon, ExpiresSoon} {
		if t.ExpiresAt.Sub(now) <= stage {
			return int(stage / day)
		}
	}
	return 0
}

// PurgeExpiredTokens deletes the tokens of every kind that ended 30 days ago.
func (c *Control) PurgeExpiredTokens(ctx context.Context) error {
	ended, err := view(ctx, c, func(tx *store.Tx) ([]store.TokenRef, error) { return tx.TokensEndedFor(ctx, KeepExpired) })
	if err != nil || len(ended) == 0 {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		ended, err := tx.TokensEndedFor(ctx, KeepExpired)
		if err != nil {
			return err
		}
		for _, ref := range ended {
			if err := purgeToken(ctx, tx, ref); err != nil {
				return err
			}
		}
		return nil
	})
}

func purgeToken(ctx context.Context, tx *store.Tx, ref store.TokenRef) error {
	if ref.Kind != token.Personal {
		t, err := tx.APIToken(ctx, ref.ID)
		if err != nil {
			return err
		}
		if err := tx.DeleteAPIToken(ctx, t); err != nil {
			return err
		}
		return tokenChanged(ctx, tx, access.System(), changed[store.APIToken]{event: eventTokenPurged, before: &t})
	}
	id, err := ref.Number()
	if err != nil {
		return err
	}
	t, err := tx.PersonalToken(ctx, id)
	if err != nil {
		return err
	}
	if err := tx.DeletePersonalToken(ctx, id); err != nil {
		return err
	}
	return personalChanged(ctx, tx, access.System(), eventPATPurged, t)
}
