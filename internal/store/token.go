package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// APIToken is a client, front-end or admin token. Its secret is not kept in clear.
type APIToken struct {
	ID        string // public, stable, never reused
	Digest    token.Digest
	Hint      string // what lists show of the secret
	Sealed    string // encrypted copy of the secret, by token.Sealer; empty for none. Written by InsertAPIToken and Rotate
	Name      string
	Kind      token.Kind
	Scope     token.Scope // Projects are sorted and exist; of an admin token, Environment is a label
	Limits    token.Limits
	ExpiresAt *time.Time // nil: never
	CreatedAt time.Time
	CreatedBy string
	Initial   bool // made from an INIT_*_API_TOKENS variable
	SeenAt    *time.Time
	SecretAt  *time.Time // of the last rotation; nil: never. It is written by Rotate
	// Retired is the secret before the last rotation while it is kept. It is
	// read, and written by Rotate.
	Retired *RetiredSecret
	// DisabledAt is since when the token opens nothing; nil: it is not disabled.
	// It is written by UpdateAPIToken.
	DisabledAt *time.Time
	// Warned is how many days before its end the token was warned of last; 0:
	// not yet. It is written by UpdateAPIToken.
	Warned int
	// Orphan says that the environment does not exist (any more). It is read,
	// never written.
	Orphan bool
}

const (
	apiTokenColumns = `id, digest, hint, name, type, environment, all_projects, expires_at, created_at, created_by, initial, seen_at, limits, sealed`
	apiTokenRead    = apiTokenColumns + `, secret_at, warned, disabled_at, NOT EXISTS (SELECT 1 FROM environment WHERE environment.name = api_token.environment)`
)

// APITokens returns all tokens, newest first.
func (tx *Tx) APITokens(ctx context.Context) ([]APIToken, error) {
	tokens, err := list(ctx, tx, scanAPIToken, `SELECT `+apiTokenRead+` FROM api_token ORDER BY created_at DESC, id DESC`)
	if err != nil {
		return nil, err
	}
	type row struct{ token, project string }
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		var r row
		err := s.Scan(&r.token, &r.project)
		return r, err
	}, `SELECT token, project FROM api_token_project ORDER BY token, project`)
	if err != nil {
		return nil, err
	}
	projects := make(map[string][]string, len(tokens))
	for _, r := range rows {
		projects[r.token] = append(projects[r.token], r.project)
	}
	retired, err := tx.retiredSecrets(ctx, `api_token`)
	for i := range tokens {
		tokens[i].Scope.Projects = projects[tokens[i].ID]
		tokens[i].Retired = retired[tokens[i].ID]
	}
	return tokens, err
}

// APIToken returns one token by its public id, or a NotFound error.
func (tx *Tx) APIToken(ctx context.Context, id string) (APIToken, error) {
	return tx.apiToken(ctx, `id = $1`, id)
}

// APITokenByDigest returns the token of a secret, be it the current one or a
// retired one, or a NotFound error.
func (tx *Tx) APITokenByDigest(ctx context.Context, digest token.Digest) (APIToken, error) {
	return tx.apiToken(ctx, `digest = $1 OR id = (SELECT api_token FROM retired_secret WHERE digest = $1)`, digest.String())
}

func (tx *Tx) apiToken(ctx context.Context, where, value string) (APIToken, error) {
	t, err := get(ctx, tx, scanAPIToken, `SELECT `+apiTokenRead+` FROM api_token WHERE `+where, value)
	if err != nil {
		return t, missing(err, "there is no such API token")
	}
	if t.Retired, err = tx.retiredSecret(ctx, `api_token`, t.ID); err != nil {
		return t, err
	}
	t.Scope.Projects, err = list(ctx, tx, func(s scanner) (string, error) {
		var project string
		err := s.Scan(&project)
		return project, err
	}, `SELECT project FROM api_token_project WHERE token = $1 ORDER BY project`, t.ID)
	return t, err
}

// TokensInEnvironment returns the ids of tokens of an environment, be there
// one of that name or not, and no more than a limit.
func (tx *Tx) TokensInEnvironment(ctx context.Context, name feature.EnvironmentName, limit int) ([]string, error) {
	return list(ctx, tx, func(s scanner) (string, error) {
		var id string
		err := s.Scan(&id)
		return id, err
	}, `SELECT id FROM api_token WHERE environment = $1 LIMIT $2`, name, limit)
}

// CountAPITokens returns how many API tokens there are, expired ones included.
func (tx *Tx) CountAPITokens(ctx context.Context) (int, error) {
	var n int
	err := tx.one(ctx, `SELECT count(*) FROM api_token`, nil, &n)
	return n, err
}

// InsertAPIToken stores a new token with its scope, or returns a Conflict
// error when its secret exists already or a project does not exist.
func (tx *Tx) InsertAPIToken(ctx context.Context, t APIToken) error {
	limits, err := encodeLimits(t.Limits)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO api_token (`+apiTokenColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		t.ID, t.Digest.String(), t.Hint, t.Name, t.Kind.String(), t.Scope.Environment, t.Scope.AllProjects,
		optionalMillis(t.ExpiresAt), millis(t.CreatedAt), t.CreatedBy, t.Initial, optionalMillis(t.SeenAt), limits, optionalText(t.Sealed))
	if err != nil || t.Scope.AllProjects {
		return err
	}
	for _, project := range t.Scope.Projects {
		if _, err := tx.exec(ctx, `INSERT INTO api_token_project (token, project) VALUES ($1, $2)`, t.ID, project); err != nil {
			return err
		}
	}
	return nil
}

// UpdateAPIToken stores a token's expiry, limits and warning, and whether it is
// disabled.
func (tx *Tx) UpdateAPIToken(ctx context.Context, t APIToken) error {
	limits, err := encodeLimits(t.Limits)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE api_token SET expires_at = $2, limits = $3, warned = $4, disabled_at = $5, name = $6 WHERE id = $1`,
		t.ID, optionalMillis(t.ExpiresAt), limits, t.Warned, optionalMillis(t.DisabledAt), t.Name)
	return err
}

// encodeLimits writes no limits as the empty text.
func encodeLimits(l token.Limits) (string, error) {
	if l.Empty() {
		return "", nil
	}
	text, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("encoding the limits of a token: %w", err)
	}
	return string(text), nil
}

// DeleteAPIToken removes a token. One that was made from a variable is
// remembered, so that the next start does not make it again.
func (tx *Tx) DeleteAPIToken(ctx context.Context, t APIToken) error {
	if t.Initial {
		if err := tx.ForgetInitialToken(ctx, t.Digest); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `DELETE FROM api_token WHERE id = $1`, t.ID)
	return err
}

// InitialTokenDeleted reports whether a token of this digest was made from a
// variable and deleted since.
func (tx *Tx) InitialTokenDeleted(ctx context.Context, digest token.Digest) (bool, error) {
	var n int
	err := tx.one(ctx, `SELECT count(*) FROM deleted_init_token WHERE digest = $1`, []any{digest.String()}, &n)
	return n > 0, err
}

// Seen says when a secret was last used.
type Seen struct {
	Digest  token.Digest
	Kind    token.Kind // of its token
	Retired bool       // it is not the token's current secret
	At      time.Time
}

// RecordSeen stores when secrets were last used, unless something newer is
// stored. It is not a change of state: it takes no revision and nobody is told.
func (tx *Tx) RecordSeen(ctx context.Context, seen []Seen) error {
	tables := map[string][]Seen{}
	for _, s := range seen {
		table := `api_token`
		switch {
		case s.Retired:
			table = `retired_secret`
		case s.Kind == token.Personal:
			table = `personal_token`
		}
		tables[table] = append(tables[table], s)
	}
	for _, table := range []string{`api_token`, `personal_token`, `retired_secret`} {
		// One order for all nodes: none waits for another that waits for it.
		slices.SortFunc(tables[table], func(a, b Seen) int { return strings.Compare(a.Digest.String(), b.Digest.String()) })
		err := batch[Seen]{
			columns: []string{"digest TEXT", "at BIGINT"},
			write: `UPDATE ` + table + ` SET seen_at = batch.at FROM batch
				WHERE ` + table + `.digest = batch.digest AND (` + table + `.seen_at IS NULL OR ` + table + `.seen_at < batch.at)`,
			row: func(s Seen) []any { return []any{s.Digest.String(), millis(s.At)} },
		}.run(ctx, tx, tables[table])
		if err != nil {
			return err
		}
	}
	return nil
}

func scanAPIToken(s scanner) (APIToken, error) {
	var t APIToken
	var digest, kind, limits string
	err := s.Scan(&t.ID, &digest, &t.Hint, &t.Name, &kind, &t.Scope.Environment, &t.Scope.AllProjects,
		optionalInstant{&t.ExpiresAt}, instant{&t.CreatedAt}, &t.CreatedBy, &t.Initial, optionalInstant{&t.SeenAt}, &limits, text[string]{&t.Sealed},
		optionalInstant{&t.SecretAt}, &t.Warned, optionalInstant{&t.DisabledAt}, &t.Orphan)
	if err != nil {
		return t, err
	}
	return t, t.decode(digest, kind, limits)
}

// decode sets what columns hold as texts.
func (t *APIToken) decode(digest, kind, limits string) error {
	var err error
	if t.Digest, err = token.ParseDigest(digest); err != nil {
		return fmt.Errorf("the digest of API token %s: %w", t.ID, err)
	}
	if err := t.limit(limits); err != nil {
		return err
	}
	known := false
	if t.Kind, known = token.ParseKind(kind); !known {
		return fmt.Errorf("API token %s is of the unknown kind %q", t.ID, kind)
	}
	return nil
}

// limit reads limits as the column holds them.
func (t *APIToken) limit(text string) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &t.Limits); err != nil {
		return fmt.Errorf("the limits of API token %s: %w", t.ID, err)
	}
	return nil
}

// SealedCopy is the sealed copy of the secret of an API token.
type SealedCopy struct{ ID, Sealed string }

// SealedCopies returns the sealed copies of the tokens that follow one, in the
// order of their ids.
func (tx *Tx) SealedCopies(ctx context.Context, after string, limit int) ([]SealedCopy, error) {
	return list(ctx, tx, func(s scanner) (SealedCopy, error) {
		var c SealedCopy
		err := s.Scan(&c.ID, &c.Sealed)
		return c, err
	}, `SELECT id, sealed FROM api_token WHERE sealed IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Reseal replaces a sealed copy, unless it has been replaced meanwhile.
func (tx *Tx) Reseal(ctx context.Context, c SealedCopy, fresh string) error {
	_, err := tx.exec(ctx, `UPDATE api_token SET sealed = $3 WHERE id = $1 AND sealed = $2`, c.ID, c.Sealed, fresh)
	return err
}
