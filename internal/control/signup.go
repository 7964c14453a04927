package control

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The types of events about links to sign up.
const (
	eventSignupCreated = "public-signup-token-created"
	eventSignupUpdated = "public-signup-token-updated"
	eventSignupUsed    = "public-signup-token-user-added"
)

// maxSignupLinks is how many links to sign up a server holds, expired ones
// included.
const maxSignupLinks = 100

// SignupRole is what people who sign up by a link hold: nobody gives away more.
const SignupRole = access.ViewerRole

// Signup is a link to sign up with those who came by it.
type Signup struct {
	store.SignupLink
	Users []store.User
	URL   string // with the secret; when it is made only
}

// Signups returns all links to sign up, newest first.
func (c *Control) Signups(ctx context.Context) ([]Signup, error) {
	return view(ctx, c, func(tx *store.Tx) ([]Signup, error) {
		links, err := tx.SignupLinks(ctx)
		if err != nil {
			return nil, err
		}
		return withSignedUp(ctx, tx, links)
	})
}

// Signup returns the link to sign up of a public id or a secret.
func (c *Control) Signup(ctx context.Context, ref string) (Signup, error) {
	return view(ctx, c, func(tx *store.Tx) (Signup, error) {
		l, err := tx.SignupLink(ctx, ref, token.DigestOf(ref))
		if err != nil {
			return Signup{}, err
		}
		all, err := withSignedUp(ctx, tx, []store.SignupLink{l})
		if err != nil {
			return Signup{}, err
		}
		return all[0], nil
	})
}

func withSignedUp(ctx context.Context, tx *store.Tx, links []store.SignupLink) ([]Signup, error) {
	of, err := tx.SignedUp(ctx)
	if err != nil {
		return nil, err
	}
	users, err := tx.Users(ctx)
	all := make([]Signup, len(links))
	for i, l := range links {
		all[i] = Signup{SignupLink: l, Users: []store.User{}}
		for _, u := range users {
			if slices.Contains(of[l.ID], u.ID) {
				all[i].Users = append(all[i].Users, u)
			}
		}
	}
	return all, err
}

// CreateSignup makes a link by which anybody who has it signs up as a viewer,
// until it expires or is switched off. Its secret is kept nowhere.
func (c *Control) CreateSignup(ctx context.Context, actor access.Principal, name string, expires time.Time) (Signup, error) {
	var s Signup
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return s, err
	}
	if err := feature.CheckTitle("/body/name", "name", name); err != nil {
		return s, err
	}
	secret, err := newSession(c.Random)
	if err != nil {
		return s, err
	}
	id, err := newTokenID(c.Random)
	if err != nil {
		return s, err
	}
	return update(ctx, c, func(tx *store.Tx) (Signup, error) {
		if !expires.After(tx.Now()) {
			return s, fault.Field("/body/expiresAt", "expiresAt must lie in the future")
		}
		all, err := tx.SignupLinks(ctx)
		if err != nil {
			return s, err
		}
		if len(all) >= maxSignupLinks {
			return s, feature.Exceeded("links to sign up", maxSignupLinks)
		}
		l := store.SignupLink{
			ID: id, Digest: token.DigestOf(secret), Name: name, Enabled: true, CreatedBy: actor.DisplayName(),
			CreatedAt: tx.Now(), ExpiresAt: expires,
		}
		if err := tx.InsertSignupLink(ctx, l); err != nil {
			return s, err
		}
		s = Signup{SignupLink: l, Users: []store.User{}, URL: c.link(newPage, "invite", secret)}
		return s, tx.Record(ctx, actor, store.Event{Type: eventSignupCreated}, nil, signupData(l))
	})
}

// ChangeSignup replaces whether a link to sign up works and until when; nil
// leaves a part alone. It counts when it returns.
func (c *Control) ChangeSignup(ctx context.Context, actor access.Principal, ref string, enabled *bool, expires *time.Time) (Signup, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return Signup{}, err
	}
	return update(ctx, c, func(tx *store.Tx) (Signup, error) {
		before, err := tx.SignupLink(ctx, ref, token.DigestOf(ref))
		if err != nil {
			return Signup{}, err
		}
		after := before
		if enabled != nil {
			after.Enabled = *enabled
		}
		if expires != nil {
			after.ExpiresAt = *expires
		}
		if err := tx.UpdateSignupLink(ctx, after); err != nil {
			return Signup{}, err
		}
		if err := tx.Record(ctx, actor, store.Event{Type: eventSignupUpdated}, signupData(before), signupData(after)); err != nil {
			return Signup{}, err
		}
		all, err := withSignedUp(ctx, tx, []store.SignupLink{after})
		if err != nil {
			return Signup{}, err
		}
		return all[0], nil
	})
}

// CheckSignup returns an Invalid error unless a secret is that of a link that
// works.
func (c *Control) CheckSignup(ctx context.Context, secret string) error {
	return c.DB.View(ctx, func(tx *store.Tx) error {
		_, err := openSignup(ctx, tx, secret)
		return err
	})
}

// openSignup returns the link of a secret. Its public id opens nothing.
func openSignup(ctx context.Context, tx *store.Tx, secret string) (store.SignupLink, error) {
	l, err := tx.SignupLink(ctx, "", token.DigestOf(secret))
	if unlessMissing(err) != nil {
		return l, err
	}
	if err != nil || !l.Enabled || !l.ExpiresAt.After(tx.Now()) {
		return l, fault.Field("/params/token", "the link to sign up is not known, is switched off or has expired")
	}
	return l, nil
}

// SignUp makes an account for somebody who has a link to sign up.
func (c *Control) SignUp(ctx context.Context, secret, address string, u store.User, password string) (store.User, error) {
	if err := c.CheckSignup(ctx, secret); err != nil {
		return u, err // before the expensive part
	}
	u.RootRole, u.Service = SignupRole, false
	if strings.TrimSpace(u.Email) == "" {
		return u, fault.Field("/body/email", "email must not be empty")
	}
	if err := checkUser(u); err != nil {
		return u, err
	}
	hash, err := c.hashNew(ctx, password)
	if err != nil {
		return u, err
	}
	u.PasswordHash = hash
	return update(ctx, c, func(tx *store.Tx) (store.User, error) {
		l, err := openSignup(ctx, tx, secret)
		if err != nil {
			return u, err
		}
		self := access.Principal{Username: u.Username, Email: u.Email, Name: u.Name, Address: address, TokenID: l.ID}
		made, err := insertAccount(ctx, tx, self, u)
		if err != nil {
			return u, err
		}
		if err := tx.AddSignup(ctx, l.ID, made.ID); err != nil {
			return u, err
		}
		return made, tx.Record(ctx, self, store.Event{Type: eventSignupUsed}, nil, signupUse{signupData(l), made.ID})
	})
}

// signupEvent is what the event log keeps of a link to sign up.
type signupEvent struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Enabled   bool      `json:"enabled"`
	ExpiresAt time.Time `json:"expiresAt"`
}

type signupUse struct {
	signupEvent
	UserID int64 `json:"userId"`
}

func signupData(l store.SignupLink) signupEvent {
	return signupEvent{ID: l.ID, Name: l.Name, Enabled: l.Enabled, ExpiresAt: l.ExpiresAt}
}
