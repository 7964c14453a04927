package auth

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// account is a person, or a service account, with all rights. It does not
// change.
type account struct {
	user   store.User
	grants access.Grants
	member map[string]bool // the projects it belongs to

	// What it holds, alone or in groups, each once.
	roles    []access.RoleID
	groups   []int64
	projects []feature.ProjectID
}

// enabled is false for an account that there is not, too.
func (a account) enabled() bool { return a.user.ID != 0 && a.user.DisabledAt == nil }

// accountOf unites the rights of the roles that a user holds.
func accountOf(u store.User, held []store.Holding, roles map[access.RoleID]access.Role) account {
	u.PasswordHash = "" // nobody reads it here
	a := account{user: u}
	all := make([]access.Holding, len(held))
	for i, h := range held {
		all[i] = access.Holding{Role: roles[h.Role], Project: string(h.Project)}
		a.roles, a.groups, a.projects = append(a.roles, h.Role), append(a.groups, h.Group), append(a.projects, h.Project)
	}
	a.roles, a.groups, a.projects = distinct(a.roles), distinct(a.groups), distinct(a.projects)
	a.grants, a.member = access.Unite(all)
	return a
}

func distinct[T cmp.Ordered](all []T) []T {
	slices.Sort(all)
	return slices.Clip(slices.Compact(all))
}

// loadRoles reads every role.
func loadRoles(ctx context.Context, tx *store.Tx) (map[access.RoleID]access.Role, error) {
	custom, err := tx.Roles(ctx)
	roles := make(map[access.RoleID]access.Role, len(custom))
	for _, role := range append(access.BuiltInRoles(), custom...) {
		roles[role.ID] = role
	}
	return roles, err
}

// loadAccounts reads everybody with all rights.
func loadAccounts(ctx context.Context, tx *store.Tx) (map[int64]account, error) {
	roles, err := loadRoles(ctx, tx)
	if err != nil {
		return nil, err
	}
	holdings, err := tx.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	held := map[int64][]store.Holding{}
	for _, h := range holdings {
		held[h.UserID] = append(held[h.UserID], h)
	}
	users, err := tx.Users(ctx)
	accounts := make(map[int64]account, len(users))
	for _, u := range users {
		accounts[u.ID] = accountOf(u, held[u.ID], roles)
	}
	return accounts, err
}

// readUser reads a user with roles and personal tokens: they go with the user.
func readUser(ctx context.Context, tx *store.Tx, text string) (edit, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the id of a user is not a number: %w", err)
	}
	user, err := tx.User(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return func(x *index) []*Grant { return x.removeUser(id) }, nil
	}
	if err != nil {
		return nil, err
	}
	roles, err := loadRoles(ctx, tx)
	if err != nil {
		return nil, err
	}
	held, err := tx.HoldingsOf(ctx, id)
	account := accountOf(user, held, roles)
	return func(x *index) []*Grant {
		var stopped []*Grant
		if x.accounts[id].enabled() && !account.enabled() {
			stopped = x.ownedBy(id)
		}
		x.accounts[id] = account
		return stopped
	}, err
}
