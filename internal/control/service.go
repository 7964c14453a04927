package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

// ServiceAccount is an account for a program: it has roles as a person has, and
// tokens in the place of a password.
type ServiceAccount struct {
	store.User
	Tokens []store.PersonalToken
}

// ServiceAccounts returns all service accounts, in the order of their ids.
func (c *Control) ServiceAccounts(ctx context.Context) ([]ServiceAccount, error) {
	return view(ctx, c, func(tx *store.Tx) ([]ServiceAccount, error) {
		users, err := tx.Users(ctx)
		if err != nil {
			return nil, err
		}
		accounts := []ServiceAccount{}
		for _, u := range users {
			if !u.Service {
				continue
			}
			tokens, err := tx.PersonalTokensOf(ctx, u.ID)
			if err != nil {
				return nil, err
			}
			accounts = append(accounts, ServiceAccount{User: u, Tokens: tokens})
		}
		return accounts, nil
	})
}

// ServiceAccount returns one service account, or a NotFound error.
func (c *Control) ServiceAccount(ctx context.Context, id int64) (ServiceAccount, error) {
	return view(ctx, c, func(tx *store.Tx) (ServiceAccount, error) {
		u, err := findAccount(ctx, tx, id, true)
		if err != nil {
			return ServiceAccount{}, err
		}
		tokens, err := tx.PersonalTokensOf(ctx, id)
		return ServiceAccount{User: u, Tokens: tokens}, err
	})
}

// CreateServiceAccount makes a service account. It can never sign in with a
// password.
func (c *Control) CreateServiceAccount(ctx context.Context, actor access.Principal, u store.User) (store.User, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return u, err
	}
	if u.Username == "" {
		return u, fault.Field("/body/username", "username must not be empty")
	}
	if err := checkUser(u); err != nil {
		return u, err
	}
	u.Service, u.PasswordHash = true, ""
	return update(ctx, c, func(tx *store.Tx) (store.User, error) { return insertAccount(ctx, tx, actor, u) })
}

// UpdateServiceAccount changes a service account. A new role counts from the
// next request on.
func (c *Control) UpdateServiceAccount(ctx context.Context, actor access.Principal, id int64, change UserChange) (store.User, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return store.User{}, err
	}
	return update(ctx, c, func(tx *store.Tx) (store.User, error) {
		before, err := findAccount(ctx, tx, id, true)
		if err != nil {
			return before, err
		}
		return changeAccount(ctx, tx, actor, before, change)
	})
}

// DeleteServiceAccount deletes a service account. When it returns, its tokens
// open nothing.
func (c *Control) DeleteServiceAccount(ctx context.Context, actor access.Principal, id int64) error {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		u, err := findAccount(ctx, tx, id, true)
		if err != nil {
			return err
		}
		return deleteAccount(ctx, tx, actor, u)
	})
}

// TokensOf returns the personal tokens of a person or a service account, newest
// first.
func (c *Control) TokensOf(ctx context.Context, id int64, service bool) ([]store.PersonalToken, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.PersonalToken, error) {
		if _, err := findAccount(ctx, tx, id, service); err != nil {
			return nil, err
		}
		return tx.PersonalTokensOf(ctx, id)
	})
}

// CreateServiceToken makes a token for a service account and returns it with
// its secret, which is kept nowhere.
func (c *Control) CreateServiceToken(ctx context.Context, actor access.Principal, t store.PersonalToken) (store.PersonalToken, string, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return t, "", err
	}
	_, err := view(ctx, c, func(tx *store.Tx) (store.User, error) { return findAccount(ctx, tx, t.UserID, true) })
	if err != nil {
		return t, "", err
	}
	return c.createPersonal(ctx, actor, t)
}

// AccountToken names a personal token of a person or a service account.
type AccountToken struct {
	Account, ID int64
	Service     bool
}

// TokenOf returns a personal token of a person or a service account, or a
// NotFound error.
func (c *Control) TokenOf(ctx context.Context, which AccountToken) (store.PersonalToken, error) {
	return view(ctx, c, func(tx *store.Tx) (store.PersonalToken, error) {
		_, t, err := findAccountToken(ctx, tx, which)
		return t, err
	})
}

// RevokeToken deletes a personal token of a person or a service account. When
// it returns, the token opens nothing.
func (c *Control) RevokeToken(ctx context.Context, actor access.Principal, which AccountToken) error {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		owner, t, err := findAccountToken(ctx, tx, which)
		if err != nil {
			return err
		}
		if err := tx.DeletePersonalToken(ctx, which.ID); err != nil {
			return err
		}
		return personalChanged(ctx, tx, actor, personalEvents(owner).deleted, t)
	})
}

// findAccountToken returns a token with its owner. The tokens of others do not
// exist.
func findAccountToken(ctx context.Context, tx *store.Tx, which AccountToken) (store.User, store.PersonalToken, error) {
	owner, err := findAccount(ctx, tx, which.Account, which.Service)
	if err != nil {
		return owner, store.PersonalToken{}, err
	}
	t, err := tx.PersonalToken(ctx, which.ID)
	if err == nil && t.UserID != which.Account {
		err = fault.New(fault.NotFound, "the account %d has no token %d", which.Account, which.ID)
	}
	return owner, t, err
}
