package store

import (
	"context"
	"time"
)

// Session is one sign-in of a person in one browser. The identifier that the
// browser holds is not kept, only its digest.
type Session struct {
	Digest    string
	UserID    int64
	CreatedAt time.Time
	ExpiresAt time.Time // absolute: use does not prolong it
	Address   string
	UserAgent string
	SeenAt    *time.Time // last use; it is written by RecordSessions
}

const (
	sessionColumns = `digest, user_id, created_at, expires_at, address, user_agent`
	sessionRead    = sessionColumns + `, seen_at`
)

// Session returns a session that has not expired, or a NotFound error.
func (tx *Tx) Session(ctx context.Context, digest string) (Session, error) {
	s, err := get(ctx, tx, scanSession, `SELECT `+sessionRead+` FROM session WHERE digest = $1 AND expires_at > $2`, digest, millis(tx.now))
	return s, missing(err, "there is no such session")
}

// SessionsOf returns the sessions of a user that have not expired, the latest
// sign-in first.
func (tx *Tx) SessionsOf(ctx context.Context, user int64) ([]Session, error) {
	return list(ctx, tx, scanSession, `SELECT `+sessionRead+` FROM session WHERE user_id = $1 AND expires_at > $2
		ORDER BY created_at DESC, digest`, user, millis(tx.now))
}

// RecordSessions stores when sessions were last used, by digest.
func (tx *Tx) RecordSessions(ctx context.Context, seen map[string]time.Time) error {
	for digest, at := range seen {
		_, err := tx.exec(ctx, `UPDATE session SET seen_at = $2 WHERE digest = $1 AND (seen_at IS NULL OR seen_at < $2)`, digest, millis(at))
		if err != nil {
			return err
		}
	}
	return nil
}

// InsertSession stores a new session and removes the user's oldest ones beyond
// a number to keep.
func (tx *Tx) InsertSession(ctx context.Context, s Session, keep int) error {
	_, err := tx.exec(ctx, `INSERT INTO session (`+sessionColumns+`) VALUES ($1,$2,$3,$4,$5,$6)`,
		s.Digest, s.UserID, millis(s.CreatedAt), millis(s.ExpiresAt), s.Address, s.UserAgent)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `DELETE FROM session WHERE user_id = $1 AND digest <> $2 AND digest NOT IN
		(SELECT digest FROM session WHERE user_id = $1 AND digest <> $2 ORDER BY created_at DESC, digest LIMIT $3)`,
		s.UserID, s.Digest, keep-1)
	return err
}

// DeleteSession removes a session, if it exists.
func (tx *Tx) DeleteSession(ctx context.Context, digest string) error {
	_, err := tx.exec(ctx, `DELETE FROM session WHERE digest = $1`, digest)
	return err
}

// DeleteSessionsOf removes all sessions of a user but one; pass the empty
// string to remove all.
func (tx *Tx) DeleteSessionsOf(ctx context.Context, user int64, except string) error {
	_, err := tx.exec(ctx, `DELETE FROM session WHERE user_id = $1 AND digest <> $2`, user, except)
	return err
}

// DeleteExpiredSessions removes the sessions whose time is over.
func (tx *Tx) DeleteExpiredSessions(ctx context.Context) error {
	_, err := tx.exec(ctx, `DELETE FROM session WHERE expires_at <= $1`, millis(tx.now))
	return err
}

func scanSession(s scanner) (Session, error) {
	var row Session
	err := s.Scan(&row.Digest, &row.UserID, instant{&row.CreatedAt}, instant{&row.ExpiresAt}, &row.Address, &row.UserAgent, optionalInstant{&row.SeenAt})
	return row, err
}
