package store

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// PasswordLink lets a person set a password once. Its secret is not kept.
type PasswordLink struct {
	Digest    token.Digest
	UserID    int64
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// SignupLink lets people sign up. Its secret is not kept.
type SignupLink struct {
	ID        string // public, stable, never reused
	Digest    token.Digest
	Name      string
	Enabled   bool
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// PasswordLink returns the link of a digest that has not expired, or a NotFound
// error.
func (tx *Tx) PasswordLink(ctx context.Context, digest token.Digest) (PasswordLink, error) {
	l, err := get(ctx, tx, scanPasswordLink, `SELECT digest, user_id, created_by, created_at, expires_at FROM password_link
		WHERE digest = $1 AND expires_at > $2`, digest.String(), millis(tx.now))
	return l, missing(err, "the link is not known, or it has been used or has expired")
}

// PasswordLinksOf returns the links of a user that have not expired, newest
// first.
func (tx *Tx) PasswordLinksOf(ctx context.Context, user int64) ([]PasswordLink, error) {
	return list(ctx, tx, scanPasswordLink, `SELECT digest, user_id, created_by, created_at, expires_at FROM password_link
		WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, digest`, user, millis(tx.now))
}

// InsertPasswordLink stores a new link in the place of the user's earlier ones,
// and removes what has expired.
func (tx *Tx) InsertPasswordLink(ctx context.Context, l PasswordLink) error {
	_, err := tx.exec(ctx, `DELETE FROM password_link WHERE user_id = $1 OR expires_at <= $2`, l.UserID, millis(tx.now))
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO password_link (digest, user_id, created_by, created_at, expires_at) VALUES ($1,$2,$3,$4,$5)`,
		l.Digest.String(), l.UserID, l.CreatedBy, millis(l.CreatedAt), millis(l.ExpiresAt))
	return err
}

// DeletePasswordLinksOf removes all links of a user.
func (tx *Tx) DeletePasswordLinksOf(ctx context.Context, user int64) error {
	_, err := tx.exec(ctx, `DELETE FROM password_link WHERE user_id = $1`, user)
	return err
}

const signupColumns = `id, digest, name, enabled, created_by, created_at, expires_at`

// SignupLinks returns all links to sign up, newest first, expired ones
// included.
func (tx *Tx) SignupLinks(ctx context.Context) ([]SignupLink, error) {
	return list(ctx, tx, scanSignupLink, `SELECT `+signupColumns+` FROM signup_link ORDER BY created_at DESC, id`)
}

// SignupLink returns the link of a public id or of a secret's digest, or a
// NotFound error.
func (tx *Tx) SignupLink(ctx context.Context, id string, digest token.Digest) (SignupLink, error) {
	l, err := get(ctx, tx, scanSignupLink, `SELECT `+signupColumns+` FROM signup_link WHERE id = $1 OR digest = $2`, id, digest.String())
	return l, missing(err, "there is no such link to sign up")
}

// InsertSignupLink stores a new link.
func (tx *Tx) InsertSignupLink(ctx context.Context, l SignupLink) error {
	_, err := tx.exec(ctx, `INSERT INTO signup_link (`+signupColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		l.ID, l.Digest.String(), l.Name, l.Enabled, l.CreatedBy, millis(l.CreatedAt), millis(l.ExpiresAt))
	return err
}

// UpdateSignupLink replaces whether a link works and until when.
func (tx *Tx) UpdateSignupLink(ctx context.Context, l SignupLink) error {
	_, err := tx.exec(ctx, `UPDATE signup_link SET enabled = $2, expires_at = $3 WHERE id = $1`, l.ID, l.Enabled, millis(l.ExpiresAt))
	return err
}

// AddSignup remembers that a user came by a link.
func (tx *Tx) AddSignup(ctx context.Context, link string, user int64) error {
	_, err := tx.exec(ctx, `INSERT INTO signup_user (link, user_id) VALUES ($1,$2)`, link, user)
	return err
}

// SignedUp returns the ids of the users who came by each link, in order.
func (tx *Tx) SignedUp(ctx context.Context) (map[string][]int64, error) {
	type row struct {
		link string
		user int64
	}
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		var r row
		err := s.Scan(&r.link, &r.user)
		return r, err
	}, `SELECT link, user_id FROM signup_user ORDER BY link, user_id`)
	users := map[string][]int64{}
	for _, r := range rows {
		users[r.link] = append(users[r.link], r.user)
	}
	return users, err
}

func scanPasswordLink(s scanner) (PasswordLink, error) {
	var l PasswordLink
	var digest string
	err := s.Scan(&digest, &l.UserID, &l.CreatedBy, instant{&l.CreatedAt}, instant{&l.ExpiresAt})
	if err != nil {
		return l, err
	}
	l.Digest, err = token.ParseDigest(digest)
	return l, err
}

func scanSignupLink(s scanner) (SignupLink, error) {
	var l SignupLink
	var digest string
	err := s.Scan(&l.ID, &digest, &l.Name, &l.Enabled, &l.CreatedBy, instant{&l.CreatedAt}, instant{&l.ExpiresAt})
	if err != nil {
		return l, err
	}
	l.Digest, err = token.ParseDigest(digest)
	return l, err
}
