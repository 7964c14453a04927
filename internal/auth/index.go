package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// index is all tokens and people. Its values are never changed in place.
type index struct {
	grants   table[token.Digest] // of every live secret
	tokens   table[key]          // of the current secret of every token
	coverage map[string]*Coverage
	accounts map[int64]account
	open     map[string]bool // projects that everybody sees; not changed in place
	// environments are those that there are; not changed in place.
	environments map[string]bool
	revision     int64 // of the database that it shows, or 0 while it is first loaded
}

// key identifies a token: the ids of personal tokens are numbers of their own.
type key struct {
	personal bool
	id       string
}

func keyOf(kind token.Kind, id string) key { return key{personal: kind == token.Personal, id: id} }

// newIndex has room for so many tokens.
func newIndex(tokens int) index {
	seed := maphash.MakeSeed()
	return index{
		grants:   newTable(tokens, func(g *Grant) token.Digest { return g.digest }, digestBits),
		tokens:   newTable(tokens, func(g *Grant) key { return keyOf(g.Kind, g.ID) }, func(k key) uint64 { return maphash.String(seed, k.id) }),
		coverage: map[string]*Coverage{}, accounts: map[int64]account{},
	}
}

// edit changes an index, and returns the grants that were there before in the
// places it changed.
type edit func(*index) []*Grant

func (x *index) remove(k key) []*Grant {
	g := x.tokens.get(k)
	if g == nil {
		return nil
	}
	var before []*Grant
	for ; g != nil; g = g.older() {
		before = append(before, g)
		x.grants.remove(g.digest)
	}
	x.tokens.remove(k)
	return before
}

// revoked reports whether a grant opened something before and does not now.
func (x *index) revoked(before *Grant, now time.Time) bool {
	return before.live(now) && !x.opens(x.grants.get(before.digest), now)
}

// opens reports whether a grant, or nil, opens anything: a personal token does
// nothing while its user is disabled.
func (x *index) opens(g *Grant, now time.Time) bool {
	if g == nil || !g.live(now) {
		return false
	}
	return g.Kind != token.Personal || x.accounts[g.more().userID].enabled()
}

// add puts the grant of a token in, with that of its retired secret, in the
// place of earlier ones.
func (x *index) add(g *Grant, limits token.Limits) []*Grant {
	x.inherit(g, limits, &x.grants)
	old := x.remove(keyOf(g.Kind, g.ID))
	x.put(g)
	return old
}

// put puts the grant of a token in that the index does not have, with that of
// its retired secret.
func (x *index) put(g *Grant) {
	x.tokens.put(g)
	for ; g != nil; g = g.older() {
		x.grants.put(g)
	}
}

// inherit keeps with a token what is known of its use, by what was in memory
// before.
func (x *index) inherit(g *Grant, limits token.Limits, before *table[token.Digest]) {
	if guard := guardOf(limits, guardBefore(g, before)); guard != nil {
		g.extend().guard = guard
		if older := g.older(); older != nil {
			older.rare.guard = guard
		}
	}
	for one := g; one != nil; one = one.older() {
		earlier := before.get(one.digest)
		if earlier != nil {
			earlier.seen.load(one.seen.stored.Load())
			one.seen = earlier.seen
		}
		if one.since = x.revision; earlier != nil && earlier.ScopeKey == one.ScopeKey {
			one.since = earlier.since
		}
	}
}

// guardBefore is the guard of the token so far, by any of its secrets.
func guardBefore(g *Grant, before *table[token.Digest]) *guard {
	for one := g; one != nil; one = one.older() {
		if earlier := before.get(one.digest); earlier != nil && earlier.more().guard != nil {
			return earlier.more().guard
		}
	}
	return nil
}

// load reads everything anew, for a revision. Uses that are not stored yet are
// kept.
func (a *Auth) load(ctx context.Context, revision int64) error {
	a.mu.RLock()
	before := a.index.grants // changed by the feed only, which is waiting for this
	a.mu.RUnlock()
	count := 0
	err := a.db.View(ctx, func(tx *store.Tx) error {
		var err error
		count, err = tx.CountAPITokens(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("counting tokens: %w", err)
	}
	fresh := newIndex(count)
	fresh.revision = revision
	// What changes while this reads is delivered by the feed afterwards.
	if err := a.db.EachAPIToken(ctx, func(t store.APIToken) { fresh.load(fresh.grantOf(t), t.Limits, &before) }); err != nil {
		return fmt.Errorf("loading tokens: %w", err)
	}
	err = a.db.View(ctx, func(tx *store.Tx) error {
		if err := loadPersonalTokens(ctx, tx, &fresh, &before); err != nil {
			return err
		}
		if err := loadPlaces(ctx, tx, &fresh); err != nil {
			return err
		}
		fresh.accounts, err = loadAccounts(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("loading tokens and users: %w", err)
	}
	now := a.now()
	before.each(func(g *Grant) {
		if fresh.revoked(g, now) {
			a.revocations.Add(1)
		}
	})
	a.mu.Lock()
	a.index = fresh
	a.mu.Unlock()
	a.watches.AllChanged()
	a.news.AllChanged("")
	return nil
}

// load puts in the grant of a token that is read for the first time.
func (x *index) load(g *Grant, limits token.Limits, before *table[token.Digest]) {
	x.inherit(g, limits, before)
	x.put(g)
}

func loadPersonalTokens(ctx context.Context, tx *store.Tx, x *index, before *table[token.Digest]) error {
	personal, err := tx.PersonalTokens(ctx)
	for _, t := range personal {
		x.load(x.personalGrant(t), token.Limits{}, before)
	}
	return err
}

// loadPlaces reads which projects everybody sees, and the environments.
func loadPlaces(ctx context.Context, tx *store.Tx, x *index) error {
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
	environments, err := tx.Environments(ctx)
	x.environments = make(map[string]bool, len(environments))
	for _, e := range environments {
		x.environments[string(e.Name)] = true
	}
	return err
}

// receive keeps the index current. The feed calls it one commit at a time.
func (a *Auth) receive(ctx context.Context, c store.Commit) error {
	if !c.Complete {
		return a.load(ctx, c.Revision)
	}
	var apply []edit
	for _, change := range c.Changes {
		read := a.reader(change.Noun)
		if read == nil {
			continue
		}
		err := a.db.View(ctx, func(tx *store.Tx) error {
			one, err := read(ctx, tx, change.Key)
			apply = append(apply, one)
			return err
		})
		if errors.As(err, &tooManyError{}) {
			return a.load(ctx, c.Revision)
		}
		if err != nil {
			return fmt.Errorf("reading %s %s anew: %w", change.Noun, change.Key, err)
		}
	}
	if len(apply) == 0 {
		return nil
	}
	before := a.apply(apply, c.Revision)
	a.watches.Changed(before)
	a.news.Changed(before)
	return nil
}

// reader reads what the index keeps of a noun; nil when it keeps nothing.
func (a *Auth) reader(noun store.Noun) func(context.Context, *store.Tx, string) (edit, error) {
	switch noun {
	case store.NounProject:
		return a.readProject
	case store.NounEnvironment:
		return a.readEnvironment
	case store.NounAPIToken:
		return readToken
	case store.NounPersonalToken:
		return readPersonalToken
	case store.NounUser:
		return readUser
	case store.NounRole:
		return a.readRole
	case store.NounGroup:
		return a.readGroup
	case store.NounFeature, store.NounSegment, store.NounSetting, store.NounOther:
	}
	return nil
}

// apply edits the index, and returns the grants that were in the places edited.
func (a *Auth) apply(edits []edit, revision int64) []*Grant {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.index.revision = revision
	var before []*Grant
	for _, change := range edits {
		before = append(before, change(&a.index)...)
	}
	now := a.now()
	for _, g := range before {
		if a.index.revoked(g, now) {
			a.revocations.Add(1)
		}
	}
	return before
}

func readToken(ctx context.Context, tx *store.Tx, id string) (edit, error) {
	t, err := tx.APIToken(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return func(x *index) []*Grant { return x.remove(keyOf(token.Client, id)) }, nil
	}
	return func(x *index) []*Grant { return x.add(x.grantOf(t), t.Limits) }, err
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
	return func(x *index) []*Grant { return x.add(x.personalGrant(t), token.Limits{}) }, err
}

func (x *index) removeUser(id int64) []*Grant {
	delete(x.accounts, id)
	before := x.ownedBy(id)
	for _, g := range before {
		x.remove(keyOf(g.Kind, g.ID))
	}
	return before
}

// ownedBy returns the grants of a user's personal tokens.
func (x *index) ownedBy(id int64) []*Grant {
	var owned []*Grant
	x.grants.each(func(g *Grant) {
		if g.Kind == token.Personal && g.more().userID == id {
			owned = append(owned, g)
		}
	})
	return owned
}

// grantOf is a token as requests see it.
func (x *index) grantOf(t store.APIToken) *Grant {
	scope := t.Scope
	if t.Kind != token.Admin && t.Orphan {
		scope.AllProjects, scope.Projects = false, nil
	}
	if scope.AllProjects {
		scope.Projects = nil
	}
	g := &Grant{ID: t.ID, Kind: t.Kind, Coverage: x.cover(scope), digest: t.Digest, disabled: t.DisabledAt != nil, expires: orZero(t.ExpiresAt)}
	if t.Kind == token.Admin {
		g.extend().name = t.Name
		g.empower(t.Limits)
	}
	g.secrets(t.SeenAt, t.SecretAt, t.Retired)
	return g
}

func (x *index) personalGrant(t store.PersonalToken) *Grant {
	g := &Grant{
		ID: strconv.FormatInt(t.ID, 10), Kind: token.Personal, Coverage: x.cover(token.Scope{}), digest: t.Digest,
		disabled: t.DisabledAt != nil, expires: orZero(t.ExpiresAt), rare: &rare{userID: t.UserID},
	}
	g.secrets(t.SeenAt, t.SecretAt, t.Retired)
	return g
}

// orZero is in Unix milliseconds; 0 for nil only.
func orZero(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return cmp.Or(t.UnixMilli(), 1)
}

// cover returns the one value for a scope. Scopes that tokens no longer have
// are forgotten when they may be the most.
func (x *index) cover(s token.Scope) *Coverage {
	var short [128]byte
	text := appendScopeKey(short[:0], s)
	if c := x.coverage[string(text)]; c != nil {
		return c
	}
	if len(x.coverage) > 2*x.grants.count+16 {
		clear(x.coverage)
	}
	c := &Coverage{Scope: s, ScopeKey: string(text)}
	x.coverage[c.ScopeKey] = c
	return c
}

// appendScopeKey appends a canonical text. Identifiers hold no zero byte.
func appendScopeKey(to []byte, s token.Scope) []byte {
	to = append(to, s.Environment...)
	if s.AllProjects {
		return append(to, "\x00*"...)
	}
	if len(s.Projects) == 0 {
		return append(to, 0)
	}
	for _, project := range s.Projects {
		to = append(append(to, 0), project...)
	}
	return to
}
