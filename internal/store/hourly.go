package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// KeepHourly is how long evaluations of whole projects and requests of tokens
// are kept by hour.
const KeepHourly = 14 * 24 * time.Hour

// AddUsageTotals adds counts, those of variants left out, to the totals of the
// projects that the flags are in.
func (tx *Tx) AddUsageTotals(ctx context.Context, counts []UsageCount) error {
	return batch[UsageCount]{
		columns: []string{"feature TEXT", "app TEXT", "environment TEXT", "hour BIGINT", "variant TEXT", "yes BIGINT", "no BIGINT"},
		write: `INSERT INTO usage_total (hour, project, environment, app, yes, no)
			SELECT batch.hour, f.project, batch.environment, batch.app, CAST(sum(batch.yes) AS BIGINT), CAST(sum(batch.no) AS BIGINT)
			FROM batch JOIN feature f ON f.name = batch.feature WHERE batch.variant = ''
			GROUP BY batch.hour, f.project, batch.environment, batch.app
			ON CONFLICT (hour, project, environment, app) DO UPDATE SET yes = usage_total.yes + excluded.yes, no = usage_total.no + excluded.no`,
		row: func(c UsageCount) []any {
			return []any{c.Feature, c.App, c.Environment, millis(c.Hour), c.Variant, c.Yes, c.No}
		},
	}.run(ctx, tx, counts)
}

// PruneUsageTotals forgets the totals of hours before an instant.
func (tx *Tx) PruneUsageTotals(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, `DELETE FROM usage_total WHERE hour < $1`, millis(before))
	return err
}

// TotalFilter narrows totals. Empty fields do not narrow, but for Projects:
// totals of no other are given.
type TotalFilter struct {
	Since       time.Time
	Projects    []feature.ProjectID
	Environment feature.EnvironmentName
	App         string
	Limit       int // required
}

// UsageTotal is how often flags were on and off in an hour, an environment and
// an application.
type UsageTotal struct {
	Hour        time.Time
	Environment feature.EnvironmentName
	App         string
	Yes, No     int64
}

// UsageTotals returns totals, by hour, environment and application.
func (tx *Tx) UsageTotals(ctx context.Context, f TotalFilter) ([]UsageTotal, error) {
	if len(f.Projects) == 0 {
		return []UsageTotal{}, nil
	}
	c := &conditions{}
	c.where = append(c.where, `hour >= `+c.mark(millis(f.Since)), isOneOf(c, `project`, f.Projects))
	if f.Environment != "" {
		c.where = append(c.where, `environment = `+c.mark(f.Environment))
	}
	if f.App != "" {
		c.where = append(c.where, `app = `+c.mark(f.App))
	}
	clause := c.clause()
	return list(ctx, tx, func(s scanner) (UsageTotal, error) {
		var t UsageTotal
		err := s.Scan(instant{&t.Hour}, &t.Environment, &t.App, &t.Yes, &t.No)
		return t, err
	}, `SELECT hour, environment, app, CAST(sum(yes) AS BIGINT), CAST(sum(no) AS BIGINT) FROM usage_total`+clause+
		` GROUP BY hour, environment, app ORDER BY hour, environment, app LIMIT `+c.mark(f.Limit), c.args...)
}

// TokenHour is how many requests came with a token in an hour.
type TokenHour struct {
	Kind     token.Kind
	ID       string    // public; of a personal token its number
	Hour     time.Time // its beginning, in UTC
	Requests int64
}

// AddTokenHours adds counts to those that are stored, at most one of a token
// and hour.
func (tx *Tx) AddTokenHours(ctx context.Context, counts []TokenHour) error {
	// One order for all nodes: none waits for another that waits for it.
	slices.SortFunc(counts, func(a, b TokenHour) int { return cmp.Or(strings.Compare(a.ID, b.ID), a.Hour.Compare(b.Hour)) })
	return batch[TokenHour]{
		columns: []string{"kind TEXT", "token TEXT", "hour BIGINT", "requests BIGINT"},
		write: `INSERT INTO token_hour (kind, token, hour, requests) SELECT kind, token, hour, requests FROM batch WHERE TRUE
			ON CONFLICT (kind, token, hour) DO UPDATE SET requests = token_hour.requests + excluded.requests`,
		row: func(h TokenHour) []any { return []any{h.Kind.String(), h.ID, millis(h.Hour), h.Requests} },
	}.run(ctx, tx, counts)
}

// TokenHours returns the requests with a token since an instant, by hour. Hours
// without any are left out.
func (tx *Tx) TokenHours(ctx context.Context, kind token.Kind, id string, since time.Time) ([]TokenHour, error) {
	return list(ctx, tx, func(s scanner) (TokenHour, error) {
		h := TokenHour{Kind: kind, ID: id}
		err := s.Scan(instant{&h.Hour}, &h.Requests)
		return h, err
	}, `SELECT hour, requests FROM token_hour WHERE kind = $1 AND token = $2 AND hour >= $3 ORDER BY hour`, kind.String(), id, millis(since))
}

// PruneTokenHours forgets requests of hours before an instant.
func (tx *Tx) PruneTokenHours(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, `DELETE FROM token_hour WHERE hour < $1`, millis(before))
	return err
}
