package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/internal/token"
)

const (
	// tokenBatch is how many tokens a reader of [DB.EachAPIToken] holds at a time.
	tokenBatch = 5000
	// tokenReaders is how many connections read at a time. Reading takes more of
	// a processor than what is done with what was read.
	tokenReaders = 2
)

// EachAPIToken calls f with every token, one at a time and in no order. Of a
// token is set what requests need: ID, Digest, Kind, Scope, Limits, ExpiresAt,
// SeenAt, SecretAt, DisabledAt, Retired and Orphan, and Name of an admin token.
//
// There may be a million, so few at a time are in memory, and several
// transactions read parts of them: what changes meanwhile may be read as it was
// before or as it is after. Whoever subscribed to the feed before hears of it.
func (db *DB) EachAPIToken(ctx context.Context, f func(APIToken)) error {
	bounds, err := db.tokenBounds(ctx)
	if err != nil {
		return err
	}
	read := tokenBatches{full: make(chan []APIToken), empty: make(chan []APIToken, tokenReaders+1)}
	for range cap(read.empty) {
		read.empty <- make([]APIToken, 0, tokenBatch)
	}
	readers, ctx := errgroup.WithContext(ctx)
	for i := range len(bounds) - 1 {
		readers.Go(func() error {
			return db.View(ctx, func(tx *Tx) error { return tx.sendTokens(ctx, idRange{after: bounds[i], last: bounds[i+1]}, read) })
		})
	}
	done := make(chan error, 1)
	go func() {
		done <- readers.Wait()
		close(read.full)
	}()
	for batch := range read.full {
		for _, t := range batch {
			f(t)
		}
		read.empty <- batch[:0]
	}
	return <-done
}

// tokenBatches go from readers to where tokens are used, and back.
type tokenBatches struct{ full, empty chan []APIToken }

// idRange is the ids of tokens after one, up to another or, when that is
// empty, to the end.
type idRange struct{ after, last string }

// tokenBounds are the ids that part the tokens among the readers: each reads
// from after one to the next.
func (db *DB) tokenBounds(ctx context.Context) ([]string, error) {
	bounds := []string{""}
	err := db.View(ctx, func(tx *Tx) error {
		count, err := tx.CountAPITokens(ctx)
		if err != nil || count <= tokenBatch {
			return err
		}
		for i := 1; i < tokenReaders; i++ {
			var id string
			if err := tx.one(ctx, `SELECT id FROM api_token ORDER BY id LIMIT 1 OFFSET $1`, []any{count * i / tokenReaders}, &id); err != nil {
				return err
			}
			bounds = append(bounds, id)
		}
		return nil
	})
	return append(bounds, ""), err
}

// sendTokens sends all tokens of a range, in batches.
func (tx *Tx) sendTokens(ctx context.Context, in idRange, batches tokenBatches) error {
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
	r := tokenReader{tx: tx, kinds: map[string]APIToken{}, projects: map[string][]string{}}
	for {
		var batch []APIToken
		select {
		case batch = <-batches.empty:
		case <-ctx.Done():
			return ctx.Err()
		}
		if batch, err = r.tokensIn(ctx, in, batch); err != nil || len(batch) == 0 {
			return err
		}
		in.after = batch[len(batch)-1].ID
		for i, t := range batch {
			batch[i].Retired, batch[i].Orphan = retired[t.ID], !environments[t.Scope.Environment]
		}
		select {
		case batches.full <- batch:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tokenReader shares among tokens what they have alike.
type tokenReader struct {
	tx       *Tx
	kinds    map[string]APIToken // by what alikeToken reads
	projects map[string][]string // a list of one, by that one
}

// tokensIn appends the first tokens of a range to an empty batch, with their
// projects. Reading a column takes longer than anything else here, so a row is
// one column, and a second one for what few tokens have.
func (r *tokenReader) tokensIn(ctx context.Context, in idRange, batch []APIToken) ([]APIToken, error) {
	var most string
	var more *string
	places := []any{&most, &more}
	err := r.tx.each(ctx, func(s scanner) error {
		if err := s.Scan(places...); err != nil {
			return err
		}
		t, err := r.token(most)
		if err != nil {
			return err
		}
		batch = append(batch, t)
		if more == nil {
			return nil
		}
		if err := batch[len(batch)-1].complete(*more); err != nil {
			return fmt.Errorf("API token %s: %w", t.ID, err)
		}
		return nil
	}, `SELECT digest || type || CASE WHEN all_projects THEN ' * ' ELSE ' - ' END || environment || ' ' || id,
			CASE WHEN expires_at IS NULL AND seen_at IS NULL AND secret_at IS NULL AND disabled_at IS NULL AND limits = '' AND type <> 'admin' THEN NULL
			ELSE coalesce(CAST(expires_at AS TEXT), '') || ' ' || coalesce(CAST(seen_at AS TEXT), '') || ' ' ||
				coalesce(CAST(secret_at AS TEXT), '') || ' ' || coalesce(CAST(disabled_at AS TEXT), '') || ' ' ||
				CAST(length(limits) AS TEXT) || ' ' || limits || CASE WHEN type = 'admin' THEN name ELSE '' END END
		FROM api_token WHERE id > $1 AND ($2 = '' OR id <= $2) ORDER BY id LIMIT $3`, in.after, in.last, tokenBatch)
	if err != nil || len(batch) == 0 {
		return batch, err
	}
	return batch, r.readProjects(ctx, batch, in.after)
}

// readProjects sets the projects of tokens, which are in the order of their
// ids.
func (r *tokenReader) readProjects(ctx context.Context, batch []APIToken, after string) error {
	i := 0
	var row string
	places := []any{&row}
	return r.tx.each(ctx, func(s scanner) error {
		if err := s.Scan(places...); err != nil {
			return err
		}
		space := strings.LastIndexByte(row, ' ') // no project has one in its id
		id, project := row[:space], row[space+1:]
		ahead := slices.IndexFunc(batch[i:], func(t APIToken) bool { return t.ID == id })
		if ahead < 0 {
			return nil // of no token: somebody deleted it by hand
		}
		i += ahead
		one, known := r.projects[project]
		if !known {
			one = []string{strings.Clone(project)}
			r.projects[one[0]] = one
		}
		if its := &batch[i].Scope.Projects; *its == nil {
			*its = one
		} else {
			*its = append((*its)[:len(*its):len(*its)], one[0])
		}
		return nil
	}, `SELECT token || ' ' || project FROM api_token_project WHERE token > $1 AND token <= $2 ORDER BY token, project`,
		after, batch[len(batch)-1].ID)
}

// token reads a digest, what many tokens have alike, and the id.
func (r *tokenReader) token(text string) (APIToken, error) {
	const digest = 43 // base64url of 32 bytes
	if len(text) < digest {
		return APIToken{}, fmt.Errorf("an API token has the digest %q", text)
	}
	end := digest
	for range 3 { // kind, projects and environment have no space in them
		next := strings.IndexByte(text[end:], ' ')
		if next < 0 {
			return APIToken{}, fmt.Errorf("there is no id in %q", text[digest:])
		}
		end += next + 1
	}
	alike, id := text[digest:end-1], text[end:]
	t, known := r.kinds[alike]
	if !known {
		var err error
		if t, err = alikeToken(alike); err != nil {
			return t, err
		}
		r.kinds[strings.Clone(alike)] = t
	}
	t.ID = strings.Clone(id)
	var err error
	if t.Digest, err = token.ParseDigest(text[:digest]); err != nil {
		return t, fmt.Errorf("the digest of API token %s: %w", t.ID, err)
	}
	return t, nil
}

// alikeToken reads what many tokens have alike: kind, whether it covers all
// projects, and environment.
func alikeToken(text string) (APIToken, error) {
	var t APIToken
	kind, rest, _ := strings.Cut(text, " ")
	all, environment, _ := strings.Cut(rest, " ")
	t.Scope.AllProjects, t.Scope.Environment = all == "*", strings.Clone(environment)
	known := false
	if t.Kind, known = token.ParseKind(kind); !known {
		return t, fmt.Errorf("there is an API token of the unknown kind %q", kind)
	}
	return t, nil
}

// complete reads what few tokens have: four instants, limits and name.
func (t *APIToken) complete(text string) error {
	for _, to := range []**time.Time{&t.ExpiresAt, &t.SeenAt, &t.SecretAt, &t.DisabledAt} {
		var number string
		if number, text, _ = strings.Cut(text, " "); number == "" {
			continue
		}
		ms, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("a time is not a number: %w", err)
		}
		at := time.UnixMilli(ms).UTC()
		*to = &at
	}
	number, text, _ := strings.Cut(text, " ")
	length, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("the length of the limits is not a number: %w", err)
	}
	end := characters(text, length)
	t.Name = strings.Clone(text[end:])
	return t.limit(text[:end])
}

// characters is how many bytes the first characters of a text take: databases
// count characters.
func characters(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}
