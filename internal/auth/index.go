package auth

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// index is all tokens and people. Its values are never changed in place.
type index struct {
	grants   map[token.Digest]*Grant // of every live secret
	tokens   map[key]*Grant          // of the current secret of every token
	accounts map[int64]account
	open     map[string]bool // projects that everybody sees
}

// key identifies a token: the ids of personal tokens are numbers of their own.
type key struct {
	personal bool
	id       string
}

func keyOf(kind token.Kind, id string) key { return key{personal: kind == token.Personal, id: id} }

func newIndex() index {
	return index{
		grants: map[token.Digest]*Grant{}, tokens: map[key]*Grant{}, accounts: map[int64]account{},
	}
}

// edit changes an index, and returns the grants that were there before in the
// places it changed.
type edit func(*index) []*Grant

func (x *index) remove(k key) []*Grant {
	var before []*Grant
	for g := x.tokens[k]; g != nil; g = g.older {
		before = append(before, g)
		delete(x.grants, g.digest)
	}
	delete(x.tokens, k)
	return before
}

// revoked counts the grants that opened something before and do not now.
func (x *index) revoked(before []*Grant, now time.Time) int64 {
	var n int64
	for _, g := range before {
		if after := x.grants[g.digest]; g.live(now) && (after == nil || !after.live(now)) {
			n++
		}
	}
	return n
}

// add puts the grant of a token in, with that of its retired secret, in the
// place of earlier ones. What is known of the use of a secret, by what was in
// memory before, stays with it.
func (x *index) add(g *Grant, limits token.Limits, before map[token.Digest]*Grant) []*Grant {
	g.guard = guardOf(limits, guardBefore(g, before))
	for one := g; one != nil; one = one.older {
		one.guard = g.guard
		if earlier := before[one.digest]; earlier != nil {
			earlier.seen.load(one.seen.stored.Load())
			one.seen = earlier.seen
		}
	}
	k := keyOf(g.Kind, g.ID)
	old := x.remove(k)
	x.tokens[k] = g
	for one := g; one != nil; one = one.older {
		x.grants[one.digest] = one
	}
	return old
}

// guardBefore is the guard of the token so far, by any of its secrets.
func guardBefore(g *Grant, before map[token.Digest]*Grant) *guard {
	for one := g; one != nil; one = one.older {
		if earlier := before[one.digest]; earlier != nil && earlier.guard != nil {
			return earlier.guard
		}
	}
	return nil
}

// load reads everything anew. Uses that are not stored yet are kept.
func (a *Auth) load(ctx context.Context) error {
	fresh := newIndex()
	a.mu.RLock()
	before := a.index.grants // changed by the feed only, which is waiting for this
	a.mu.RUnlock()
	err := a.db.View(ctx, func(tx *store.Tx) error {
		if err := loadTokens(ctx, tx, &fresh, before); err != nil {
			return err
		}
		if err := loadProjects(ctx, tx, &fresh); err != nil {
			return err
		}
		var err error
		fresh.accounts, err = loadAccounts(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("loading tokens and users: %w", err)
	}
	a.revocations.Add(fresh.revoked(slices.Collect(maps.Values(before)), a.now()))
	a.mu.Lock()
	a.index = fresh
	a.mu.Unlock()
	return nil
}

func loadTokens(ctx context.Context, tx *store.Tx, x *index, before map[token.Digest]*Grant) error {
	tokens, err := tx.APITokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		x.add(grantOf(t), t.Limits, before)
	}
	personal, err := tx.PersonalTokens(ctx)
	for _, t := range personal {
		x.add(personalGrant(t), token.Limits{}, before)
	}
	return err
}

func loadProjects(ctx context.Context, tx *store.Tx, x *index) error {
	x.open = map[string]bool{}
	for _, archived := range []bool{false, true} {
		projects, err := tx.Projects(ctx, archived)
		if err != nil {
			return err
		}
		for _, p := range projects {
			if p.Mode != feature.ModePrivate {
				x.open[string(p.ID)] = true
			}
		}
	}
	return nil
}

// receive keeps the index current. The feed calls it one commit at a time.
func (a *Auth) receive(ctx context.Context, c store.Commit) error {
	if !c.Complete {
		return a.load(ctx)
	}
	var apply []edit
	for _, change := range c.Changes {
		var read func(context.Context, *store.Tx, string) (edit, error)
		switch change.Noun {
		case store.NounProject, store.NounEnvironment:
			return a.load(ctx) // scopes and memberships may have shrunk
		case store.NounAPIToken:
			read = readToken
		case store.NounPersonalToken:
			read = readPersonalToken
		case store.NounUser:
			read = readUser
		case store.NounRole, store.NounGroup:
			read = readAccounts
		case store.NounFeature, store.NounSegment, store.NounSetting, store.NounOther:
			continue
		}
		err := a.db.View(ctx, func(tx *store.Tx) error {
			one, err := read(ctx, tx, change.Key)
			apply = append(apply, one)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading %s %s anew: %w", change.Noun, change.Key, err)
		}
	}
	if len(apply) == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var before []*Grant
	for _, change := range apply {
		before = append(before, change(&a.index)...)
	}
	a.revocations.Add(a.index.revoked(before, a.now()))
	return nil
}

func readToken(ctx context.Context, tx *store.Tx, id string) (edit, error) {
	t, err := tx.APIToken(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return func(x *index) []*Grant { return x.remove(keyOf(token.Client, id)) }, nil
	}
	return func(x *index) []*Grant { return x.add(grantOf(t), t.Limits, x.grants) }, err
}

func readPersonalToken(ctx context.Context, tx *store.Tx, text string) (edit, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the id of a personal token is not a number: %w", err)
	}
	t, err := tx.PersonalToken(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return func(x *index) []*Grant { return x.remove(keyOf(token.Personal, text)) }, nil
	}
	return func(x *index) []*Grant { return x.add(personalGrant(t), token.Limits{}, x.grants) }, err
}

func (x *index) removeUser(id int64) []*Grant {
	var before []*Grant
	delete(x.accounts, id)
	for _, grant := range x.grants {
		if grant.Kind == token.Personal && grant.UserID == id {
			before = append(before, x.remove(keyOf(token.Personal, grant.ID))...)
		}
	}
	return before
}

// grantOf is a token as requests see it.
func grantOf(t store.APIToken) *Grant {
	scope := t.Scope
	if t.Kind != token.Admin && t.Orphan {
		scope.AllProjects, scope.Projects = false, nil
	}
	if scope.AllProjects {
		scope.Projects = nil
	}
	g := &Grant{ID: t.ID, Name: t.Name, Kind: t.Kind, Scope: scope, ScopeKey: scopeKey(scope), digest: t.Digest}
	if t.ExpiresAt != nil {
		g.Expires = *t.ExpiresAt
	}
	if t.Kind == token.Admin {
		g.empower(t.Limits)
	}
	g.secrets(t.SeenAt, t.SecretAt, t.Retired)
	return g
}

func personalGrant(t store.PersonalToken) *Grant {
	g := &Grant{ID: strconv.FormatInt(t.ID, 10), Name: t.Description, Kind: token.Personal, UserID: t.UserID, digest: t.Digest}
	if t.ExpiresAt != nil {
		g.Expires = *t.ExpiresAt
	}
	g.secrets(t.SeenAt, t.SecretAt, t.Retired)
	return g
}

// scopeKey is a canonical text. Identifiers hold no zero byte.
func scopeKey(s token.Scope) string {
	if s.AllProjects {
		return s.Environment + "\x00*"
	}
	return s.Environment + "\x00" + strings.Join(s.Projects, "\x00")
}
