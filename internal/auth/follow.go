package auth

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// maxReread is how many tokens or accounts are read anew one by one because of
// one change; to read more of them, everything is.
const maxReread = 1000

// readRole reads those anew who hold a role, or held it.
func (a *Auth) readRole(ctx context.Context, tx *store.Tx, text string) (edit, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the id of a role is not a number: %w", err)
	}
	holders, err := tx.HoldersOf(ctx, access.RoleID(id))
	if err != nil {
		return nil, err
	}
	return a.readSome(ctx, tx, holders, func(one account) bool { return slices.Contains(one.roles, access.RoleID(id)) })
}

// readGroup reads those anew who are in a group, or held something by it.
func (a *Auth) readGroup(ctx context.Context, tx *store.Tx, text string) (edit, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the id of a group is not a number: %w", err)
	}
	members, err := tx.GroupMembersOf(ctx, id)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(members))
	for i, m := range members {
		ids[i] = m.UserID
	}
	return a.readSome(ctx, tx, ids, func(one account) bool { return slices.Contains(one.groups, id) })
}

// readSome reads accounts anew: some, and those in memory of which something
// was true.
func (a *Auth) readSome(ctx context.Context, tx *store.Tx, ids []int64, was func(account) bool) (edit, error) {
	affected := map[int64]bool{}
	for _, id := range ids {
		affected[id] = true
	}
	a.mu.RLock()
	for id, one := range a.index.accounts {
		if was(one) {
			affected[id] = true
		}
	}
	a.mu.RUnlock()
	if len(affected) > maxReread {
		accounts, err := loadAccounts(ctx, tx)
		return func(x *index) []*Grant { x.accounts = accounts; return nil }, err
	}
	return readEach(ctx, tx, slices.Sorted(maps.Keys(affected)), func(ctx context.Context, tx *store.Tx, id int64) (edit, error) {
		return readUser(ctx, tx, strconv.FormatInt(id, 10))
	})
}

// readEach reads things one by one and changes them together.
func readEach[K any](ctx context.Context, tx *store.Tx, keys []K, read func(context.Context, *store.Tx, K) (edit, error)) (edit, error) {
	edits := make([]edit, len(keys))
	for i, key := range keys {
		var err error
		if edits[i], err = read(ctx, tx, key); err != nil {
			return nil, err
		}
	}
	return together(edits...), nil
}

// together makes one change of several.
func together(edits ...edit) edit {
	return func(x *index) []*Grant {
		var before []*Grant
		for _, change := range edits {
			before = append(before, change(x)...)
		}
		return before
	}
}

// readProject takes over whether everybody sees a project. When it is gone,
// the tokens that name it and the people who hold something in it have lost
// that.
func (a *Auth) readProject(ctx context.Context, tx *store.Tx, id string) (edit, error) {
	project, err := tx.Project(ctx, feature.ProjectID(id))
	if err == nil {
		return func(x *index) []*Grant { x.open = with(x.open, id, project.Mode != feature.ModePrivate); return nil }, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	tokens, err := a.readCovering(ctx, tx, nil, func(s token.Scope) bool { return slices.Contains(s.Projects, id) })
	if err != nil {
		return nil, err
	}
	people, err := a.readSome(ctx, tx, nil, func(one account) bool { return slices.Contains(one.projects, feature.ProjectID(id)) })
	if err != nil {
		return nil, err
	}
	return together(tokens, people, func(x *index) []*Grant { x.open = with(x.open, id, false); return nil }), nil
}

// readEnvironment reads the tokens of an environment anew when it has come or
// gone, and who holds a role when it has gone: permissions for it go along.
func (a *Auth) readEnvironment(ctx context.Context, tx *store.Tx, name string) (edit, error) {
	_, err := tx.Environment(ctx, feature.EnvironmentName(name))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	exists := err == nil
	a.mu.RLock()
	existed := a.index.environments[name]
	a.mu.RUnlock()
	if exists == existed {
		return func(*index) []*Grant { return nil }, nil
	}
	ids, err := tx.TokensInEnvironment(ctx, feature.EnvironmentName(name), maxReread+1)
	if err != nil {
		return nil, err
	}
	tokens, err := a.readCovering(ctx, tx, ids, func(s token.Scope) bool { return !exists && s.Environment == name })
	if err != nil {
		return nil, err
	}
	accounts, err := loadAccounts(ctx, tx)
	return together(tokens, func(x *index) []*Grant {
		x.environments = with(x.environments, name, exists)
		x.accounts = accounts
		return nil
	}), err
}

// tooManyError says that everything must be read anew.
type tooManyError struct{}

// Error implements error.
func (tooManyError) Error() string { return "too much has changed to read it one by one" }

// readCovering reads API tokens anew: some, and those in memory of a scope. It
// fails with tooManyError when they are.
func (a *Auth) readCovering(ctx context.Context, tx *store.Tx, ids []string, was func(token.Scope) bool) (edit, error) {
	affected := map[string]bool{}
	for _, id := range ids {
		affected[id] = true
	}
	a.mu.RLock()
	scopes := map[*Coverage]bool{}
	for _, c := range a.index.coverage {
		scopes[c] = was(c.Scope)
	}
	a.index.tokens.each(func(g *Grant) {
		hit, shared := scopes[g.Coverage]
		if !shared {
			hit = was(g.Scope)
		}
		if hit && g.Kind != token.Personal {
			affected[g.ID] = true
		}
	})
	a.mu.RUnlock()
	if len(affected) > maxReread {
		return nil, tooManyError{}
	}
	return readEach(ctx, tx, slices.Sorted(maps.Keys(affected)), readToken)
}

// with returns a set with or without a member. Readers may hold the old one.
func with(set map[string]bool, member string, in bool) map[string]bool {
	if set[member] == in {
		return set
	}
	changed := maps.Clone(set)
	if in {
		changed[member] = true
	} else {
		delete(changed, member)
	}
	return changed
}
