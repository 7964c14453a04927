package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// PersonalToken is a personal access token. Its secret is not kept, and it has
// no rights of its own: those of its user count.
type PersonalToken struct {
	ID          int64
	Digest      token.Digest
	Hint        string
	UserID      int64
	Description string     // unique for its user unless empty
	ExpiresAt   *time.Time // nil: never
	CreatedAt   time.Time
	SeenAt      *time.Time
	DisabledAt  *time.Time     // since when it opens nothing; nil: it is not disabled
	SecretAt    *time.Time     // of the last rotation; nil: never. It is written by Rotate
	Retired     *RetiredSecret // the secret before it while it is kept; written by Rotate
}

const personalTokenColumns = `id, digest, hint, user_id, description, expires_at, created_at, seen_at, secret_at, disabled_at`

// PersonalTokens returns the tokens of everybody, newest first.
func (tx *Tx) PersonalTokens(ctx context.Context) ([]PersonalToken, error) {
	return tx.personalTokens(ctx, `SELECT `+personalTokenColumns+` FROM personal_token ORDER BY created_at DESC, id DESC`)
}

// PersonalTokensOf returns the tokens of one user, newest first.
func (tx *Tx) PersonalTokensOf(ctx context.Context, user int64) ([]PersonalToken, error) {
	return tx.personalTokens(ctx, `SELECT `+personalTokenColumns+`
		FROM personal_token WHERE user_id = $1 ORDER BY created_at DESC, id DESC`, user)
}

// PersonalToken returns one token, or a NotFound error.
func (tx *Tx) PersonalToken(ctx context.Context, id int64) (PersonalToken, error) {
	t, err := get(ctx, tx, scanPersonalToken, `SELECT `+personalTokenColumns+` FROM personal_token WHERE id = $1`, id)
	if err != nil {
		return t, missing(err, "there is no personal access token %d", id)
	}
	t.Retired, err = tx.retiredSecret(ctx, `personal_token`, strconv.FormatInt(id, 10))
	return t, err
}

func (tx *Tx) personalTokens(ctx context.Context, query string, args ...any) ([]PersonalToken, error) {
	tokens, err := list(ctx, tx, scanPersonalToken, query, args...)
	if err != nil {
		return nil, err
	}
	retired, err := tx.retiredSecrets(ctx, `personal_token`)
	for i := range tokens {
		tokens[i].Retired = retired[strconv.FormatInt(tokens[i].ID, 10)]
	}
	return tokens, err
}

// InsertPersonalToken stores a new token and returns it with its id, or
// returns a Conflict error when the user has one of that description.
func (tx *Tx) InsertPersonalToken(ctx context.Context, t PersonalToken) (PersonalToken, error) {
	err := tx.one(ctx, `INSERT INTO personal_token (digest, hint, user_id, description, expires_at, created_at)
		VALUES ($1,$2,$3,$4,$5,$6) RETURNING id`,
		[]any{t.Digest.String(), t.Hint, t.UserID, t.Description, optionalMillis(t.ExpiresAt), millis(t.CreatedAt)}, &t.ID)
	return t, err
}

// DisablePersonalToken stores since when a token opens nothing; nil ends that.
func (tx *Tx) DisablePersonalToken(ctx context.Context, id int64, since *time.Time) error {
	_, err := tx.exec(ctx, `UPDATE personal_token SET disabled_at = $2 WHERE id = $1`, id, optionalMillis(since))
	return err
}

// DeletePersonalToken removes a token.
func (tx *Tx) DeletePersonalToken(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `DELETE FROM personal_token WHERE id = $1`, id)
	return err
}

func scanPersonalToken(s scanner) (PersonalToken, error) {
	var t PersonalToken
	var digest string
	err := s.Scan(&t.ID, &digest, &t.Hint, &t.UserID, &t.Description,
		optionalInstant{&t.ExpiresAt}, instant{&t.CreatedAt}, optionalInstant{&t.SeenAt}, optionalInstant{&t.SecretAt},
		optionalInstant{&t.DisabledAt})
	if err != nil {
		return t, err
	}
	if t.Digest, err = token.ParseDigest(digest); err != nil {
		return t, fmt.Errorf("the digest of personal token %d: %w", t.ID, err)
	}
	return t, nil
}
