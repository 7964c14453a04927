// Package auth turns a credential into what it may do: the secret of a token
// into a [Grant] for SDKs, a secret or a session into an access.Principal for
// the Admin API.
//
// Main types: [Auth], the complete index of tokens and people in memory, made
// by [New]; [Grant], one token. Flow: New loads everything and subscribes to
// the store's change feed, so a token that is revoked, or a right that is
// taken, counts from the next request on. A request for a known credential
// reads memory only; unknown ones cost the database at most one look-up a
// second, all together. What does not belong: what a permission allows
// (package access), creating and deleting (package control), HTTP.
package auth

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// SignInPath is where a person signs in, below the base path of the server.
const SignInPath = "/auth/simple/login"

// Auth knows every token and every person. It is safe for concurrent use.
type Auth struct {
	db     *store.DB
	now    func() time.Time
	signIn string

	mu    sync.RWMutex // guards the maps, which are replaced or changed only by the feed
	index index

	grace       time.Duration
	revocations atomic.Int64
	sessions    sessionsSeen
	watches     *Watches
	news        *News

	miss    misses
	buffers sync.Pool // of *[]byte, to hash secrets in
}

// Options are what [New] needs.
type Options struct {
	DB  *store.DB
	Now func() time.Time
	// BasePath is the prefix of every path of the server; usually empty.
	BasePath string
	// Grace is how long tokens are believed after the database could last be
	// asked; 0: without end.
	Grace time.Duration
}

// New loads the index and subscribes it to the database's change feed.
func New(ctx context.Context, o Options) (*Auth, error) {
	a := &Auth{db: o.DB, now: o.Now, grace: o.Grace, signIn: o.BasePath + SignInPath, index: newIndex(0)}
	a.watches = NewWatches(a.known, o.Now)
	a.news = NewNews()
	o.DB.Subscribe(a.receive)
	if err := a.load(ctx, 0); err != nil {
		return nil, err
	}
	return a, nil
}

// SDK returns the grant of the token in an Authorization header, for an API of
// SDKs. It fails as [Admit] does. It does not allocate for a known token, and
// records its use.
func (a *Auth) SDK(ctx context.Context, r Request, api token.API) (*Grant, error) {
	return Admit(ctx, a, r, api, a.now())
}

// Again is SDK for a request that names a secret by its digest.
func (a *Auth) Again(digest token.Digest, r Request, api token.API) (*Grant, error) {
	if err := a.Trusted(); err != nil {
		return nil, err
	}
	return Readmit(a.known(digest), r, api, a.now())
}

// Revocations returns how many secrets have stopped working since the start
// other than by their time: deleted, expired by a change, rotated at once, or
// gone with their user.
func (a *Auth) Revocations() int64 { return a.revocations.Load() }

// Token returns the grant of a live token of any kind, nil when the secret is
// not one's. It fails with Unavailable when the secret is not in memory and the
// database cannot be asked. It does not count as use of the token.
func (a *Auth) Token(ctx context.Context, secret string) (*Grant, error) { return a.find(ctx, secret) }

// Used records the use of a token elsewhere, at an edge. A secret that is not
// one of a live token for SDKs is ignored.
func (a *Auth) Used(secret string) {
	if len(secret) > token.MaxSecret {
		return
	}
	now := a.now()
	if grant := a.known(token.DigestOf(secret)); grant != nil && grant.live(now) && !grant.Kind.Opens(token.AdminAPI) {
		grant.use(now, Request{})
	}
}

// Principal returns who is asking the Admin API: by the token in the
// Authorization header if it is known, else by the session whose identifier a
// cookie carries. It fails with Unauthenticated, with Forbidden for a token of
// an SDK, and with Unavailable when the database cannot be asked.
func (a *Auth) Principal(ctx context.Context, r Request, session string) (access.Principal, error) {
	secret := token.FromHeader(r.Authorization)
	if secret != "" {
		grant, err := a.find(ctx, secret)
		if err != nil {
			return access.Principal{}, err
		}
		if grant != nil {
			return a.bearer(grant, r)
		}
	}
	if session != "" {
		p, err := a.bySession(ctx, session, r.Address.String())
		if !fault.Is(err, fault.NotFound) {
			return p, err
		}
	}
	if secret != "" {
		return access.Principal{}, fault.New(fault.Unauthenticated, "the token is not known, or it has expired")
	}
	return access.Principal{}, &fault.Error{
		Kind: fault.Unauthenticated, Code: "AuthenticationRequired", SignIn: a.signIn,
		Message: "you must sign in, or send an admin token or a personal access token, to use this",
	}
}

// bearer is the principal of a known token.
func (a *Auth) bearer(grant *Grant, r Request) (access.Principal, error) {
	now := a.now()
	if err := grant.admit(token.AdminAPI, r, now); err != nil {
		return access.Principal{}, err
	}
	grant.use(now, r)
	return a.principal(grant, r)
}

// principal is who a token acts for.
func (a *Auth) principal(grant *Grant, r Request) (access.Principal, error) {
	if grant.Kind == token.Personal {
		p, err := a.person(grant.more().userID, r.Address.String())
		p.Kind, p.TokenID = token.Personal, grant.ID
		return p, err
	}
	more := grant.more()
	p := access.Principal{
		Kind: token.Admin, UserID: access.TokenUserID, Name: more.name, TokenID: grant.ID, Address: r.Address.String(),
		Grants: more.rights,
	}
	if more.reach != nil {
		p.Reach = more.reach
		p.Projects = access.Visibility{All: grant.Scope.AllProjects, Member: more.visible}
	}
	return p, nil
}

// bySession is the principal of a session, or a NotFound error.
func (a *Auth) bySession(ctx context.Context, id, address string) (access.Principal, error) {
	digest := token.DigestOf(id).String()
	var session store.Session
	err := a.db.View(ctx, func(tx *store.Tx) error {
		var err error
		session, err = tx.Session(ctx, digest)
		return err
	})
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return access.Principal{}, err
		}
		return access.Principal{}, fault.Wrap(fault.Unavailable, err, "sessions cannot be looked up at the moment")
	}
	p, err := a.person(session.UserID, address)
	p.SessionID = digest
	if err == nil {
		a.sessions.used(digest, a.now())
	}
	return p, err
}

// person is the principal of a user with the rights of this moment, or a
// NotFound error: one who is disabled is nobody.
func (a *Auth) person(id int64, address string) (access.Principal, error) {
	a.mu.RLock()
	account, known := a.index.accounts[id]
	open := a.index.open
	a.mu.RUnlock()
	if !known || !account.enabled() {
		return access.Principal{}, fault.New(fault.NotFound, "there is no such user")
	}
	return access.Principal{
		UserID: id, Username: account.user.Username, Email: account.user.Email, Name: account.user.Name,
		Address: address, Grants: account.grants, Projects: access.Visibility{Open: open, Member: account.member},
	}, nil
}

// apiNames names each API and what opens it, for people.
func apiNames(api token.API) (name, opened string) {
	switch api {
	case token.ClientAPI:
		return "client API", "a client token"
	case token.FrontendAPI:
		return "front-end API", "a front-end token"
	case token.AdminAPI:
		return "Admin API", "an admin token or a personal access token"
	default:
		return "API", "another token"
	}
}

func needsToken(api token.API) error {
	name, opened := apiNames(api)
	return &fault.Error{
		Kind: fault.Unauthenticated, Bare: true,
		Message: "the " + name + " needs " + opened + " in the Authorization header; there is none, or it is not known",
	}
}

func wrongKind(kind token.Kind, api token.API) error {
	name, opened := apiNames(api)
	return &fault.Error{
		Kind: fault.Forbidden, Bare: true,
		Message: "wrong kind of token: the " + name + " needs " + opened + ", and this one is of the kind " + kind.String(),
	}
}
