package control

import (
	"context"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The types of events about rotations.
const (
	eventTokenRotated = "api-token-rotated"
	eventPATRotated   = "pat-rotated"

	eventServiceTokenRotated = "service-account-token-rotated"
)

// How long the secret before a rotation may go on to work.
const (
	DefaultOverlap = 24 * time.Hour
	MaxOverlap     = 30 * 24 * time.Hour
	MinIdle        = time.Minute
)

// Overlap says how the secret before a rotation ends.
type Overlap struct {
	// For is how long it works at most: 0 for not at all; nil for
	// DefaultOverlap, or MaxOverlap when Idle is given.
	For *time.Duration
	// Idle, when not zero, ends it as soon as it has not been used for so long.
	Idle time.Duration
}

// check returns how long the old secret works at most.
func (o Overlap) check() (time.Duration, error) {
	longest := DefaultOverlap
	if o.Idle != 0 {
		longest = MaxOverlap
		if o.Idle < MinIdle || o.Idle > MaxOverlap {
			return 0, fault.Field("/body/untilUnusedSeconds", "untilUnusedSeconds must be from %d to %d", int(MinIdle.Seconds()), int(MaxOverlap.Seconds()))
		}
	}
	if o.For != nil {
		longest = *o.For
	}
	if longest < 0 || longest > MaxOverlap {
		return 0, fault.Field("/body/overlapSeconds", "overlapSeconds must be from 0 to %d", int(MaxOverlap.Seconds()))
	}
	return longest, nil
}

// RotateAPIToken gives the token that a secret or a public id names a new
// secret, and returns it: it is kept nowhere, but for a sealed copy of a token
// that had one. All else of the token stays. The
// secret so far works until its overlap ends, and the one before that ends at
// once: a token has two secrets at most.
func (c *Control) RotateAPIToken(ctx context.Context, actor access.Principal, ref string, o Overlap) (store.APIToken, string, error) {
	return c.rotate(ctx, actor, o, func(tx *store.Tx) (store.APIToken, error) {
		t, err := findToken(ctx, tx, ref)
		if err != nil {
			return t, err
		}
		return t, mayChange(actor, change, t)
	})
}

// RotateProjectAPIToken is [Control.RotateAPIToken] for a token of a project.
func (c *Control) RotateProjectAPIToken(ctx context.Context, actor access.Principal, project feature.ProjectID, ref string, o Overlap) (store.APIToken, string, error) {
	return c.rotate(ctx, actor, o, func(tx *store.Tx) (store.APIToken, error) {
		t, err := findProjectToken(ctx, tx, actor, project, ref)
		if err != nil {
			return t, err
		}
		return t, mayChange(actor, change, t)
	})
}

func (c *Control) rotate(ctx context.Context, actor access.Principal, o Overlap, find func(*store.Tx) (store.APIToken, error)) (store.APIToken, string, error) {
	var secret string
	longest, err := o.check()
	if err != nil {
		return store.APIToken{}, "", err
	}
	after, err := update(ctx, c, func(tx *store.Tx) (store.APIToken, error) {
		before, err := find(tx)
		if err != nil {
			return before, err
		}
		if before.Scope.AllProjects {
			if err := seesAll(ctx, tx); err != nil { // the new secret opens them
				return before, err
			}
		}
		if err := notExpired(before.ExpiresAt, tx.Now()); err != nil {
			return before, err
		}
		if err := keepsPolicy(ctx, tx, before.Kind, before.ExpiresAt); err != nil {
			return before, err
		}
		after := before
		if secret, err = token.Generate(before.Kind, before.Scope, c.Random); err != nil {
			return before, err
		}
		after.Digest, after.Hint = token.DigestOf(secret), token.Hint(secret)
		if err := c.reseal(&after, secret); err != nil {
			return before, err
		}
		now := tx.Now()
		after.SecretAt = &now
		old := store.RetiredSecret{
			Digest: before.Digest, Hint: before.Hint, CreatedAt: since(before.SecretAt, before.CreatedAt),
			RetiredAt: now, EndsAt: now.Add(longest), Idle: o.Idle, SeenAt: before.SeenAt,
		}
		after.Retired = unlessEnded(old, now)
		if before.Initial {
			if err := tx.ForgetInitialToken(ctx, before.Digest); err != nil {
				return before, err
			}
		}
		err = tx.Rotate(ctx, store.Rotation{
			Token: store.TokenRef{Kind: after.Kind, ID: after.ID}, Digest: after.Digest, Hint: after.Hint, Sealed: after.Sealed, Retired: after.Retired,
		})
		if err != nil {
			return before, err
		}
		return after, tokenChanged(ctx, tx, actor, changed[store.APIToken]{event: eventTokenRotated, before: &before, after: &after})
	})
	return after, secret, err
}

// RotatePersonalToken is [Control.RotateAPIToken] for one of the actor's own
// personal access tokens.
func (c *Control) RotatePersonalToken(ctx context.Context, actor access.Principal, id int64, o Overlap) (store.PersonalToken, string, error) {
	if err := needPerson(actor); err != nil {
		return store.PersonalToken{}, "", err
	}
	return c.rotatePersonal(ctx, actor, o, ownedToken{event: eventPATRotated, find: func(tx *store.Tx) (store.PersonalToken, error) {
		return ownPersonalToken(ctx, tx, actor, id)
	}})
}

// RotateServiceToken is [Control.RotateAPIToken] for a token of a service
// account.
func (c *Control) RotateServiceToken(ctx context.Context, actor access.Principal, which AccountToken, o Overlap) (store.PersonalToken, string, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return store.PersonalToken{}, "", err
	}
	return c.rotatePersonal(ctx, actor, o, ownedToken{event: eventServiceTokenRotated, find: func(tx *store.Tx) (store.PersonalToken, error) {
		_, t, err := findAccountToken(ctx, tx, which)
		return t, err
	}})
}

// ownedToken is a personal token to rotate, and the event to record.
type ownedToken struct {
	event string
	find  func(*store.Tx) (store.PersonalToken, error)
}

func (c *Control) rotatePersonal(ctx context.Context, actor access.Principal, o Overlap, owned ownedToken) (store.PersonalToken, string, error) {
	longest, err := o.check()
	if err != nil {
		return store.PersonalToken{}, "", err
	}
	secret, err := token.Generate(token.Personal, token.Scope{}, c.Random)
	if err != nil {
		return store.PersonalToken{}, "", err
	}
	t, err := update(ctx, c, func(tx *store.Tx) (store.PersonalToken, error) {
		t, err := owned.find(tx)
		if err != nil {
			return t, err
		}
		if err := notExpired(t.ExpiresAt, tx.Now()); err != nil {
			return t, err
		}
		if err := keepsPolicy(ctx, tx, token.Personal, t.ExpiresAt); err != nil {
			return t, err
		}
		now := tx.Now()
		t.Retired = unlessEnded(store.RetiredSecret{
			Digest: t.Digest, Hint: t.Hint, CreatedAt: since(t.SecretAt, t.CreatedAt),
			RetiredAt: now, EndsAt: now.Add(longest), Idle: o.Idle, SeenAt: t.SeenAt,
		}, now)
		t.Digest, t.Hint, t.SecretAt = token.DigestOf(secret), token.Hint(secret), &now
		err = tx.Rotate(ctx, store.Rotation{
			Token: store.TokenRef{Kind: token.Personal, ID: strconv.FormatInt(t.ID, 10)}, Digest: t.Digest, Hint: t.Hint, Retired: t.Retired,
		})
		if err != nil {
			return t, err
		}
		return t, personalChanged(ctx, tx, actor, owned.event, t)
	})
	return t, secret, err
}

// PersonalToken returns one of the actor's own personal access tokens.
func (c *Control) PersonalToken(ctx context.Context, actor access.Principal, id int64) (store.PersonalToken, error) {
	if err := needPerson(actor); err != nil {
		return store.PersonalToken{}, err
	}
	return view(ctx, c, func(tx *store.Tx) (store.PersonalToken, error) { return ownPersonalToken(ctx, tx, actor, id) })
}

// ownPersonalToken returns a token of the actor. Those of others do not exist.
func ownPersonalToken(ctx context.Context, tx *store.Tx, actor access.Principal, id int64) (store.PersonalToken, error) {
	t, err := tx.PersonalToken(ctx, id)
	if err == nil && t.UserID != actor.UserID {
		err = fault.New(fault.NotFound, "you have no personal access token %d", id)
	}
	return t, err
}

// APIToken returns the token that a secret or a public id names, to who may
// see it.
func (c *Control) APIToken(ctx context.Context, actor access.Principal, ref string) (store.APIToken, error) {
	t, err := view(ctx, c, func(tx *store.Tx) (store.APIToken, error) { return findToken(ctx, tx, ref) })
	if err == nil && !seesToken(actor, t) {
		return t, mayChange(actor, readIt, t)
	}
	return t, err
}

// ProjectAPIToken returns the token of a project that a secret or a public id
// names.
func (c *Control) ProjectAPIToken(ctx context.Context, actor access.Principal, project feature.ProjectID, ref string) (store.APIToken, error) {
	return view(ctx, c, func(tx *store.Tx) (store.APIToken, error) { return findProjectToken(ctx, tx, actor, project, ref) })
}

// PurgeRetiredSecrets forgets retired secrets that have ended. They open
// nothing from the instant they end, whether purged or not.
func (c *Control) PurgeRetiredSecrets(ctx context.Context) error {
	ended, err := view(ctx, c, func(tx *store.Tx) ([]store.TokenRef, error) { return tx.EndedSecrets(ctx) })
	if err != nil || len(ended) == 0 {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		if ended, err = tx.EndedSecrets(ctx); err != nil {
			return err
		}
		for _, ref := range ended {
			if err := tx.DeleteRetiredSecret(ctx, ref); err != nil {
				return err
			}
			noun := store.NounAPIToken
			if ref.Kind == token.Personal {
				noun = store.NounPersonalToken
			}
			if err := tx.Touch(ctx, noun, ref.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

func notExpired(expires *time.Time, now time.Time) error {
	if expires == nil || now.Before(*expires) {
		return nil
	}
	return fault.Field("/params/token", "token has expired: a new secret would open nothing")
}

// unlessEnded is nil for a secret that ends at once.
func unlessEnded(old store.RetiredSecret, now time.Time) *store.RetiredSecret {
	if old.Ended(now) {
		return nil
	}
	return &old
}

func since(rotated *time.Time, created time.Time) time.Time {
	if rotated != nil {
		return *rotated
	}
	return created
}
