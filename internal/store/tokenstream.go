package store

import (
	"context"
	"slices"
)

// tokenBatch is how many tokens [Tx.EachAPIToken] holds at a time.
const tokenBatch = 5000

// EachAPIToken calls f with every token, in the order of the ids. Of a token is
// set what requests need: ID, Digest, Name, Kind, Scope, Limits, ExpiresAt,
// SeenAt, SecretAt, DisabledAt, Retired and Orphan. Few tokens at a time are in memory, as
// there may be a million; and two plain reads for each few take half the time
// of one that joins them.
func (tx *Tx) EachAPIToken(ctx context.Context, f func(APIToken)) error {
	retired, err := tx.retiredSecrets(ctx, `api_token`)
	if err != nil {
		return err
	}
	environments := map[string]bool{}
	err = tx.each(ctx, func(s scanner) error {
		var name string
		err := s.Scan(&name)
		environments[name] = true
		return err
	}, `SELECT name FROM environment`)
	if err != nil {
		return err
	}
	batch := make([]APIToken, 0, tokenBatch)
	for after := ""; ; after = batch[len(batch)-1].ID {
		if batch, err = tx.tokensAfter(ctx, after, batch[:0]); err != nil || len(batch) == 0 {
			return err
		}
		for _, t := range batch {
			t.Retired, t.Orphan = retired[t.ID], !environments[t.Scope.Environment]
			f(t)
		}
	}
}

// tokensAfter appends the next tokens to a batch, with their projects.
func (tx *Tx) tokensAfter(ctx context.Context, after string, batch []APIToken) ([]APIToken, error) {
	var t APIToken
	var digest, kind, limits string
	places := []any{
		&t.ID, &digest, &t.Name, &kind, &t.Scope.Environment, &t.Scope.AllProjects,
		optionalInstant{&t.ExpiresAt},
		optionalInstant{&t.SeenAt},
		optionalInstant{&t.SecretAt},
		optionalInstant{&t.DisabledAt},
		&limits,
	}
	err := tx.each(ctx, func(s scanner) error {
		if err := s.Scan(places...); err != nil {
			return err
		}
		batch = append(batch, t)
		return batch[len(batch)-1].decode(digest, kind, limits)
	}, `SELECT id, digest, name, type, environment, all_projects, expires_at, seen_at, secret_at, disabled_at, limits
		FROM api_token WHERE id > $1 ORDER BY id LIMIT $2`, after, tokenBatch)
	if err != nil || len(batch) == 0 {
		return batch, err
	}
	i := 0
	var id, project string
	places = []any{&id, &project}
	return batch, tx.each(ctx, func(s scanner) error {
		if err := s.Scan(places...); err != nil {
			return err
		}
		ahead := slices.IndexFunc(batch[i:], func(t APIToken) bool { return t.ID == id }) // both are in the order of the ids
		if ahead >= 0 {
			i += ahead
			batch[i].Scope.Projects = append(batch[i].Scope.Projects, project)
		}
		return nil
	}, `SELECT token, project FROM api_token_project WHERE token > $1 AND token <= $2 ORDER BY token, project`,
		after, batch[len(batch)-1].ID)
}
