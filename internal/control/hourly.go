package control

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// TokenHours returns the requests with a token in the last hours, the one that
// runs included, by hour. Whoever asks must be allowed to see the token.
func (c *Control) TokenHours(ctx context.Context, kind token.Kind, id string, hours int) ([]store.TokenHour, error) {
	if err := c.FlushTokens(ctx); err != nil {
		return nil, err
	}
	return view(ctx, c, func(tx *store.Tx) ([]store.TokenHour, error) {
		return tx.TokenHours(ctx, kind, id, hoursAgo(tx, hours))
	})
}

// hoursAgo is the beginning of the hour that was a number of hours ago.
func hoursAgo(tx *store.Tx, hours int) time.Time {
	return tx.Now().Add(-time.Duration(hours) * time.Hour).Truncate(time.Hour)
}

// PurgeTokenHours forgets requests with tokens that are too long ago.
func (c *Control) PurgeTokenHours(ctx context.Context) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error { return tx.PruneTokenHours(ctx, tx.Now().Add(-store.KeepHourly)) })
}

// maxTotals bounds the rows of one answer about evaluations.
const maxTotals = 20_000

// Evaluations says which evaluations to add up. Empty fields do not narrow.
type Evaluations struct {
	Project     feature.ProjectID
	Environment feature.EnvironmentName
	App         string
	Hours       int // how far back; those of the last two weeks are kept
}

// UsageTotals returns how often flags of projects that whoever asks may know of
// were on and off, by hour, environment and application.
func (c *Control) UsageTotals(ctx context.Context, e Evaluations) ([]store.UsageTotal, error) {
	if err := c.FlushUsage(ctx); err != nil {
		return nil, err
	}
	return view(ctx, c, func(tx *store.Tx) ([]store.UsageTotal, error) {
		f := store.TotalFilter{Since: hoursAgo(tx, e.Hours), Environment: e.Environment, App: e.App, Limit: maxTotals + 1}
		for _, archived := range []bool{false, true} {
			projects, err := tx.Projects(ctx, archived)
			if err != nil {
				return nil, err
			}
			for _, p := range projects {
				if sees(ctx, p.ID) && (e.Project == "" || e.Project == p.ID) {
					f.Projects = append(f.Projects, p.ID)
				}
			}
		}
		if e.Project != "" && len(f.Projects) == 0 {
			return nil, fault.Field("/query/project", "there is no project %q", e.Project)
		}
		totals, err := tx.UsageTotals(ctx, f)
		if err == nil && len(totals) > maxTotals {
			err = fault.Field("/query/hoursBack", "that is more than %d rows: ask for fewer hours, or for one project, environment or application", maxTotals)
		}
		return totals, err
	})
}
