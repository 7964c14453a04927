package control

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The types of events about disabling. What is disabled opens nothing, but all
// else of it stays, and it can be enabled again.
const (
	eventTokenDisabled = "api-token-disabled"
	eventTokenEnabled  = "api-token-enabled"
)

// toggle is since when something is disabled after a change, and whether that
// is another state than before; nil leaves the state alone.
func toggle(now time.Time, since *time.Time, disable *bool) (after *time.Time, changed bool) {
	switch {
	case disable == nil || *disable == (since != nil):
		return since, false
	case *disable:
		return &now, true
	}
	return nil, true
}

// notItself returns an error when a token would disable itself: it could not
// undo that.
func notItself(actor access.Principal, t store.APIToken) error {
	if actor.Kind == token.Admin && actor.TokenID == t.ID {
		return fault.Field("/body/disabled", "disabled must not be true for the token that asks for it: use another one, or sign in")
	}
	return nil
}

// disableAccount checks that an account may be disabled, and ends what it has
// open: its sessions, and the links that set its password.
func disableAccount(ctx context.Context, tx *store.Tx, actor access.Principal, u store.User) error {
	if actor.UserID == u.ID {
		return fault.Field("/body/disabled", "disabled must not be true for yourself: ask another administrator")
	}
	if err := notLastAdmin(ctx, tx, u, "/body/disabled"); err != nil {
		return err
	}
	if err := tx.DeleteSessionsOf(ctx, u.ID, ""); err != nil {
		return err
	}
	return tx.DeletePasswordLinksOf(ctx, u.ID)
}

// DisablePersonalToken disables one of the actor's own personal access tokens,
// or enables it again. When it returns, that counts.
func (c *Control) DisablePersonalToken(ctx context.Context, actor access.Principal, id int64, disable bool) error {
	if err := needPerson(actor); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		t, err := ownPersonalToken(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		return disablePersonal(ctx, tx, actor, personalToggle{token: t, disable: disable})
	})
}

// DisableAccountToken disables a personal token of a person or a service
// account, or enables it again. When it returns, that counts.
func (c *Control) DisableAccountToken(ctx context.Context, actor access.Principal, which AccountToken, disable bool) error {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		owner, t, err := findAccountToken(ctx, tx, which)
		if err != nil {
			return err
		}
		return disablePersonal(ctx, tx, actor, personalToggle{owner: owner, token: t, disable: disable})
	})
}

// personalToggle is a personal token to disable or enable.
type personalToggle struct {
	owner   store.User // zero: the actor
	token   store.PersonalToken
	disable bool
}

func disablePersonal(ctx context.Context, tx *store.Tx, actor access.Principal, p personalToggle) error {
	var changed bool
	t := p.token
	if t.DisabledAt, changed = toggle(tx.Now(), t.DisabledAt, &p.disable); !changed {
		return nil
	}
	if err := tx.DisablePersonalToken(ctx, t.ID, t.DisabledAt); err != nil {
		return err
	}
	events := personalEvents(p.owner)
	if p.disable {
		return personalChanged(ctx, tx, actor, events.disabled, t)
	}
	return personalChanged(ctx, tx, actor, events.enabled, t)
}
