package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// KnownToken is what tells people which token a digest belongs to.
type KnownToken struct {
	Digest    token.Digest
	ID        string // the public id; of a personal token its number
	Kind      token.Kind
	Name      string // of a personal token its description
	Hint      string
	ExpiresAt *time.Time // nil: never
	Disabled  bool       // itself, or its user
	Owner     string     // of a personal token: e-mail address, username or name of its user
}

// TokensByDigest returns the tokens of every kind that have one of the
// digests, expired ones included, in no order. Of a retired secret, the end of
// its overlap is the expiry. A few thousand digests fit one
// call.
func (tx *Tx) TokensByDigest(ctx context.Context, digests []token.Digest) ([]KnownToken, error) {
	if len(digests) == 0 {
		return []KnownToken{}, nil
	}
	marks, args := make([]string, len(digests)), make([]any, len(digests))
	for i, d := range digests {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), d.String()
	}
	in := ` IN (` + strings.Join(marks, `,`) + `)`
	return list(ctx, tx, scanKnownToken, `SELECT digest, id, type, name, hint, expires_at, disabled_at IS NOT NULL, '' FROM api_token WHERE digest`+in+`
		UNION ALL
		SELECT p.digest, CAST(p.id AS TEXT), '`+token.Personal.String()+`', p.description, p.hint, p.expires_at,
			p.disabled_at IS NOT NULL OR u.disabled_at IS NOT NULL, COALESCE(u.email, u.username, u.name, '')
		FROM personal_token p JOIN users u ON u.id = p.user_id WHERE p.digest`+in+`
		UNION ALL
		SELECT r.digest, t.id, t.type, t.name, r.hint, r.ends_at, t.disabled_at IS NOT NULL, ''
		FROM retired_secret r JOIN api_token t ON t.id = r.api_token WHERE r.digest`+in+`
		UNION ALL
		SELECT r.digest, CAST(p.id AS TEXT), '`+token.Personal.String()+`', p.description, r.hint, r.ends_at,
			p.disabled_at IS NOT NULL OR u.disabled_at IS NOT NULL, COALESCE(u.email, u.username, u.name, '')
		FROM retired_secret r JOIN personal_token p ON p.id = r.personal_token JOIN users u ON u.id = p.user_id
		WHERE r.digest`+in, args...)
}

func scanKnownToken(s scanner) (KnownToken, error) {
	var t KnownToken
	var digest, kind string
	err := s.Scan(&digest, &t.ID, &kind, &t.Name, &t.Hint, optionalInstant{&t.ExpiresAt}, &t.Disabled, &t.Owner)
	if err != nil {
		return t, err
	}
	if t.Digest, err = token.ParseDigest(digest); err != nil {
		return t, fmt.Errorf("the digest of token %s: %w", t.ID, err)
	}
	known := false
	if t.Kind, known = token.ParseKind(kind); !known {
		return t, fmt.Errorf("token %s is of the unknown kind %q", t.ID, kind)
	}
	return t, nil
}
