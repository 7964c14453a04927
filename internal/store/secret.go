package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// RetiredSecret is the secret that a token had before its last rotation. It
// opens what the token opens until it ends.
type RetiredSecret struct {
	Digest    token.Digest
	Hint      string
	CreatedAt time.Time
	RetiredAt time.Time
	EndsAt    time.Time
	Idle      time.Duration // without use, after which it ends sooner; 0: no such end
	SeenAt    *time.Time
}

// UseDelay is within what time the use of a secret on one process is known to
// all on the database. A secret that ends when it is not used ends so much later:
// the last use may have been elsewhere.
const UseDelay = 30 * time.Second

// Ended reports whether the secret opens nothing any more, as far as is
// stored.
func (r RetiredSecret) Ended(now time.Time) bool {
	used := r.RetiredAt
	if r.SeenAt != nil && r.SeenAt.After(used) {
		used = *r.SeenAt
	}
	return !now.Before(r.EndsAt) || (r.Idle > 0 && now.Sub(used) >= r.Idle+UseDelay)
}

// TokenRef names a token of any kind.
type TokenRef struct {
	Kind token.Kind
	ID   string // the public id; of a personal token its number
}

// place returns the table of the token, and the SQL of its id.
func (r TokenRef) place() (table, id string) {
	if r.Kind == token.Personal {
		return `personal_token`, `CAST($1 AS BIGINT)`
	}
	return `api_token`, `$1`
}

// Rotation replaces the secret of a token.
type Rotation struct {
	Token   TokenRef
	Digest  token.Digest // of the new secret
	Hint    string
	Sealed  string         // sealed copy of the new secret; empty for none. Not of a personal token
	Retired *RetiredSecret // the secret so far; nil when it ends at once
}

// Rotate gives a token a new secret. A secret that was retired earlier is
// forgotten.
func (tx *Tx) Rotate(ctx context.Context, r Rotation) error {
	if err := tx.DeleteRetiredSecret(ctx, r.Token); err != nil {
		return err
	}
	table, id := r.Token.place()
	_, err := tx.exec(ctx, `UPDATE `+table+` SET digest = $2, hint = $3, secret_at = $4 WHERE id = `+id,
		r.Token.ID, r.Digest.String(), r.Hint, millis(tx.now))
	if err == nil && r.Token.Kind != token.Personal {
		_, err = tx.exec(ctx, `UPDATE api_token SET sealed = $2 WHERE id = $1`, r.Token.ID, optionalText(r.Sealed))
	}
	if err != nil || r.Retired == nil {
		return err
	}
	old := r.Retired
	_, err = tx.exec(ctx, `INSERT INTO retired_secret (`+table+`, digest, hint, created_at, retired_at, ends_at, idle, seen_at)
		VALUES (`+id+`,$2,$3,$4,$5,$6,$7,$8)`, r.Token.ID, old.Digest.String(), old.Hint, millis(old.CreatedAt),
		millis(old.RetiredAt), millis(old.EndsAt), old.Idle.Milliseconds(), optionalMillis(old.SeenAt))
	return err
}

// ForgetInitialToken notes that a secret of an INIT_*_API_TOKENS variable is
// no token's any more, so that the next start does not make one of it.
func (tx *Tx) ForgetInitialToken(ctx context.Context, digest token.Digest) error {
	_, err := tx.exec(ctx, `INSERT INTO deleted_init_token (digest, deleted_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING`,
		digest.String(), millis(tx.now))
	return err
}

// DeleteRetiredSecret ends the retired secret of a token, if it has one.
func (tx *Tx) DeleteRetiredSecret(ctx context.Context, of TokenRef) error {
	table, id := of.place()
	_, err := tx.exec(ctx, `DELETE FROM retired_secret WHERE `+table+` = `+id, of.ID)
	return err
}

// EndedSecrets returns the tokens whose retired secrets have ended, as far as
// is stored.
func (tx *Tx) EndedSecrets(ctx context.Context) ([]TokenRef, error) {
	var ended []TokenRef
	for _, kind := range []token.Kind{token.Client, token.Personal} {
		table, _ := TokenRef{Kind: kind}.place()
		retired, err := tx.retiredSecrets(ctx, table)
		if err != nil {
			return nil, err
		}
		for id, r := range retired {
			if r.Ended(tx.now) {
				ended = append(ended, TokenRef{Kind: kind, ID: id})
			}
		}
	}
	return ended, nil
}

// RetiredUses returns when retired secrets that end unless they are used were
// last used, on any process.
func (tx *Tx) RetiredUses(ctx context.Context) (map[token.Digest]time.Time, error) {
	all := map[token.Digest]time.Time{}
	err := tx.each(ctx, func(s scanner) error {
		var text string
		var at time.Time
		if err := s.Scan(&text, instant{&at}); err != nil {
			return err
		}
		digest, err := token.ParseDigest(text)
		if err != nil {
			return fmt.Errorf("the digest of a retired secret: %w", err)
		}
		all[digest] = at
		return nil
	}, `SELECT digest, seen_at FROM retired_secret WHERE idle > 0 AND seen_at IS NOT NULL`)
	return all, err
}

const retiredColumns = `digest, hint, created_at, retired_at, ends_at, idle, seen_at`

// retiredSecrets returns all retired secrets of the tokens of a table, by the
// ids of the tokens.
func (tx *Tx) retiredSecrets(ctx context.Context, table string) (map[string]*RetiredSecret, error) {
	all := map[string]*RetiredSecret{}
	_, err := list(ctx, tx, func(s scanner) (struct{}, error) {
		var id string
		r, err := scanRetired(s, &id)
		all[id] = &r
		return struct{}{}, err
	}, `SELECT `+retiredColumns+`, CAST(`+table+` AS TEXT) FROM retired_secret WHERE `+table+` IS NOT NULL`)
	return all, err
}

// retiredSecret returns the retired secret of one token; nil without one.
func (tx *Tx) retiredSecret(ctx context.Context, table, id string) (*RetiredSecret, error) {
	kind := token.Client
	if table == `personal_token` {
		kind = token.Personal
	}
	_, value := TokenRef{Kind: kind}.place()
	r, err := get(ctx, tx, func(s scanner) (RetiredSecret, error) { return scanRetired(s) },
		`SELECT `+retiredColumns+` FROM retired_secret WHERE `+table+` = `+value, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // most tokens have none
	}
	return &r, err
}

func scanRetired(s scanner, more ...any) (RetiredSecret, error) {
	var r RetiredSecret
	var digest string
	var idle int64
	err := s.Scan(append([]any{
		&digest, &r.Hint, instant{&r.CreatedAt}, instant{&r.RetiredAt}, instant{&r.EndsAt}, &idle, optionalInstant{&r.SeenAt},
	}, more...)...)
	if err != nil {
		return r, err
	}
	r.Idle = time.Duration(idle) * time.Millisecond
	if r.Digest, err = token.ParseDigest(digest); err != nil {
		return r, fmt.Errorf("the digest of a retired secret: %w", err)
	}
	return r, nil
}

// Number returns the number of a personal token.
func (r TokenRef) Number() (int64, error) {
	id, err := strconv.ParseInt(r.ID, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the id of a personal token is not a number: %w", err)
	}
	return id, nil
}

// APITokensEnding returns the API tokens that will end within a time. Their
// projects are left out.
func (tx *Tx) APITokensEnding(ctx context.Context, within time.Duration) ([]APIToken, error) {
	return list(ctx, tx, scanAPIToken, `SELECT `+apiTokenRead+` FROM api_token WHERE expires_at > $1 AND expires_at <= $2 ORDER BY expires_at`,
		millis(tx.now), millis(tx.now.Add(within)))
}

// TokensEndedFor returns the tokens of every kind that ended so long ago.
func (tx *Tx) TokensEndedFor(ctx context.Context, age time.Duration) ([]TokenRef, error) {
	var ended []TokenRef
	for _, kind := range []token.Kind{token.Client, token.Personal} {
		table, _ := TokenRef{Kind: kind}.place()
		refs, err := list(ctx, tx, func(s scanner) (TokenRef, error) {
			ref := TokenRef{Kind: kind}
			err := s.Scan(&ref.ID)
			return ref, err
		}, `SELECT CAST(id AS TEXT) FROM `+table+` WHERE expires_at <= $1`, millis(tx.now.Add(-age)))
		if err != nil {
			return nil, err
		}
		ended = append(ended, refs...)
	}
	return ended, nil
}
