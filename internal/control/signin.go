package control

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	// SessionLife is how long a sign-in is valid; use does not prolong it.
	SessionLife = 48 * time.Hour
	// MaxSessions is how many sessions a person has at a time. One more ends
	// the oldest.
	MaxSessions = 5

	sessionBytes = 32
	maxAgent     = 255 // bytes kept of a User-Agent header
)

// SignIn is an attempt to sign in with a password.
type SignIn struct {
	Login     string // username or e-mail address
	Password  string
	Address   string
	UserAgent string
}

// SignedIn is a successful sign-in.
type SignedIn struct {
	User    store.User
	Session string // for the cookie; kept nowhere
	Expires time.Time
}

// SignIn checks a password and opens a session. It fails with the same error,
// after the same work, for an unknown user, a user without a password and a
// wrong password, and records that it did. That an account is disabled is said
// to those who know its password only.
func (c *Control) SignIn(ctx context.Context, in SignIn) (SignedIn, error) {
	u, err := view(ctx, c, func(tx *store.Tx) (store.User, error) { return tx.UserByLogin(ctx, in.Login) })
	if unlessMissing(err) != nil {
		return SignedIn{}, err
	}
	done, err := c.signIn(ctx, in, u)
	if fault.Is(err, fault.Unauthenticated) {
		if failed := c.refuse(ctx, in, u); failed != nil {
			return SignedIn{}, failed
		}
	}
	return done, err
}

// signIn checks the password of a user, who is nobody when the name is unknown.
func (c *Control) signIn(ctx context.Context, in SignIn, u store.User) (SignedIn, error) {
	fits, outdated, err := c.passwords.verify(ctx, u.PasswordHash, in.Password)
	if err != nil {
		return SignedIn{}, err
	}
	if !fits || u.Service {
		return SignedIn{}, mismatch()
	}
	better := ""
	if outdated {
		if better, err = c.passwords.hash(ctx, c.Random, in.Password); err != nil {
			return SignedIn{}, err
		}
	}
	secret, err := newSession(c.Random)
	if err != nil {
		return SignedIn{}, err
	}
	return update(ctx, c, func(tx *store.Tx) (SignedIn, error) {
		now, err := tx.User(ctx, u.ID)
		if fault.Is(err, fault.NotFound) || (err == nil && now.PasswordHash != u.PasswordHash) {
			return SignedIn{}, mismatch() // deleted or changed while we were hashing
		}
		if err != nil {
			return SignedIn{}, err
		}
		if now.DisabledAt != nil {
			return SignedIn{}, &fault.Error{
				Kind: fault.Unauthenticated, Code: "UserDisabled", Message: "this account is disabled: ask an administrator to enable it",
			}
		}
		if better != "" {
			if err := tx.SetPasswordHash(ctx, u.ID, better); err != nil {
				return SignedIn{}, err
			}
		}
		return openSession(ctx, tx, now, secret, in)
	})
}

func openSession(ctx context.Context, tx *store.Tx, u store.User, secret string, in SignIn) (SignedIn, error) {
	if err := tx.DeleteExpiredSessions(ctx); err != nil {
		return SignedIn{}, err
	}
	s := store.Session{
		Digest: token.DigestOf(secret).String(), UserID: u.ID, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(SessionLife),
		Address: in.Address, UserAgent: strings.ToValidUTF8(in.UserAgent[:min(len(in.UserAgent), maxAgent)], ""),
	}
	if err := tx.InsertSession(ctx, s, MaxSessions); err != nil {
		return SignedIn{}, err
	}
	if err := tx.RecordSignIn(ctx, u.ID); err != nil {
		return SignedIn{}, err
	}
	now := tx.Now()
	u.SeenAt = &now
	return SignedIn{User: u, Session: secret, Expires: s.ExpiresAt}, nil
}

func mismatch() error {
	return &fault.Error{
		Kind: fault.Unauthenticated, Code: "PasswordMismatch",
		Message: "there is no such user with this password",
	}
}

// SignOut ends the session of a cookie, if there is one.
func (c *Control) SignOut(ctx context.Context, session string) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error { return tx.DeleteSession(ctx, token.DigestOf(session).String()) })
}

// PurgeSessions removes the sessions whose time is over.
func (c *Control) PurgeSessions(ctx context.Context) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error { return tx.DeleteExpiredSessions(ctx) })
}

func newSession(random io.Reader) (string, error) {
	var b [sessionBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("reading random bytes: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
