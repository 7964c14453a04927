package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

// ResetPassword gives the user of a username or e-mail address a new random
// password and returns it; it is kept nowhere. All sessions of the user end.
func (c *Control) ResetPassword(ctx context.Context, actor access.Principal, login string) (store.User, string, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return store.User{}, "", err
	}
	password, err := newPassword(c.Random)
	if err != nil {
		return store.User{}, "", err
	}
	hash, err := c.passwords.hash(ctx, c.Random, password)
	if err != nil {
		return store.User{}, "", err
	}
	u, err := update(ctx, c, func(tx *store.Tx) (store.User, error) {
		u, err := tx.UserByLogin(ctx, login)
		if err != nil {
			return u, missing(err, login)
		}
		if u.Service {
			return u, fault.New(fault.Invalid, "%q is a service account: those have tokens, not passwords", login)
		}
		return u, setPassword(ctx, tx, actor, u, hash)
	})
	return u, password, err
}

func missing(err error, login string) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "there is no user with the username or e-mail address %q", login)
	}
	return err
}
