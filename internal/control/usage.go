package control

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// seenWithin is how recently an application must have asked for a flag to count
// as one that uses it.
const seenWithin = 24 * time.Hour

// UsageCount is how often a flag was on, off, and each of its variants, in an
// environment from a time on; by one application or by all.
type UsageCount struct {
	Feature     feature.Name
	App         string // empty for all
	Environment feature.EnvironmentName
	From        time.Time
	Yes, No     int64
	Variants    map[string]int64 // nil when there are none
}

// UsageSummary is what a flag's page shows of its use.
type UsageSummary struct {
	LastHour     []UsageCount // by environment, of the hours that the last 60 minutes touch
	Total        []UsageCount // by environment, as far back as counts are kept
	Applications []string     // that asked in the last 24 hours, sorted
}

// usage returns the counts of a flag by hour, environment and application,
// those that wait in memory included, or a NotFound error.
func (c *Control) usage(ctx context.Context, name feature.Name, since func(now time.Time) time.Time) ([]UsageCount, time.Time, error) {
	if err := c.FlushUsage(ctx); err != nil {
		return nil, time.Time{}, err
	}
	var now time.Time
	counts, err := view(ctx, c, func(tx *store.Tx) ([]UsageCount, error) {
		if _, err := findFlag(ctx, tx, FlagRef{Name: name}); err != nil {
			return nil, err
		}
		now = tx.Now()
		rows, err := tx.Usage(ctx, name, since(now))
		return withVariants(rows), err
	})
	return counts, now, err
}

// withVariants joins the rows of variants with the row of the answer.
func withVariants(rows []store.UsageCount) []UsageCount {
	all := make([]UsageCount, 0, len(rows))
	for _, row := range rows {
		last := len(all) - 1
		if last < 0 || all[last].App != row.App || all[last].Environment != row.Environment || !all[last].From.Equal(row.Hour) {
			all = append(all, UsageCount{Feature: row.Feature, App: row.App, Environment: row.Environment, From: row.Hour})
			last++
		}
		all[last].add(row)
	}
	return all
}

func (u *UsageCount) add(row store.UsageCount) {
	if row.Variant == "" {
		u.Yes, u.No = u.Yes+row.Yes, u.No+row.No
		return
	}
	if u.Variants == nil {
		u.Variants = make(map[string]int64)
	}
	u.Variants[row.Variant] += row.Yes
}

// Usage returns the counts of a flag of the last hours, by hour, environment
// and application. Of days further back than hours are kept, each is one count.
func (c *Control) Usage(ctx context.Context, name feature.Name, hours int) ([]UsageCount, error) {
	counts, _, err := c.usage(ctx, name, func(now time.Time) time.Time { return now.Add(-time.Duration(hours) * time.Hour).Truncate(time.Hour) })
	return counts, err
}

// UsageSummary returns what a flag's page shows.
func (c *Control) UsageSummary(ctx context.Context, name feature.Name) (UsageSummary, error) {
	counts, now, err := c.usage(ctx, name, func(time.Time) time.Time { return time.Time{} })
	if err != nil {
		return UsageSummary{}, err
	}
	hour := now.Add(-time.Hour).Truncate(time.Hour)
	summary := UsageSummary{
		LastHour: byEnvironment(counts, hour), Total: byEnvironment(counts, time.Time{}), Applications: []string{},
	}
	for _, count := range counts {
		if !count.From.Before(now.Add(-seenWithin).Truncate(time.Hour)) && !slices.Contains(summary.Applications, count.App) {
			summary.Applications = append(summary.Applications, count.App)
		}
	}
	slices.Sort(summary.Applications)
	return summary, nil
}

// byEnvironment adds up the counts since an instant.
func byEnvironment(counts []UsageCount, since time.Time) []UsageCount {
	sums := make(map[feature.EnvironmentName]UsageCount)
	for _, count := range counts {
		if count.From.Before(since) {
			continue
		}
		sum := sums[count.Environment]
		sum.Feature, sum.Environment = count.Feature, count.Environment
		sum.Yes, sum.No = sum.Yes+count.Yes, sum.No+count.No
		if count.From.After(sum.From) {
			sum.From = count.From
		}
		sums[count.Environment] = sum
	}
	all := make([]UsageCount, 0, len(sums))
	for _, sum := range sums {
		all = append(all, sum)
	}
	slices.SortFunc(all, func(a, b UsageCount) int { return cmp.Compare(a.Environment, b.Environment) })
	return all
}

// UnknownFlags returns the names that applications ask for and no flag has.
func (c *Control) UnknownFlags(ctx context.Context) ([]store.UnknownFlag, error) {
	if err := c.FlushUsage(ctx); err != nil {
		return nil, err
	}
	return view(ctx, c, func(tx *store.Tx) ([]store.UnknownFlag, error) { return tx.UnknownFlags(ctx) })
}
