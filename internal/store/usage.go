package store

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// UsageCount says how often an application asked for a flag in one hour, or,
// once days are condensed, on one day.
type UsageCount struct {
	Feature     feature.Name
	App         string
	Environment feature.EnvironmentName
	Hour        time.Time // its beginning, in UTC
	// Variant is empty for the answers on (Yes) and off (No), or names a
	// variant, whose answers Yes counts.
	Variant string
	Yes     int64
	No      int64
}

// FeatureSeen says when a flag was last asked for.
type FeatureSeen struct {
	Feature     feature.Name
	Environment feature.EnvironmentName
	At          time.Time
}

// UnknownFlag is a name an application asked for that no flag has.
type UnknownFlag struct {
	Name        string
	App         string
	Environment feature.EnvironmentName
	SeenAt      time.Time
}

const usageColumns = `feature, app, environment, hour, variant, yes, no`

// AddUsage adds counts to those that are stored, at most one of each series and
// hour. Counts of flags that no longer exist are left out.
func (tx *Tx) AddUsage(ctx context.Context, counts []UsageCount) error {
	return batch[UsageCount]{
		columns: []string{"feature TEXT", "app TEXT", "environment TEXT", "hour BIGINT", "variant TEXT", "yes BIGINT", "no BIGINT"},
		write: `INSERT INTO usage_hour (` + usageColumns + `) SELECT ` + usageColumns + ` FROM batch
			WHERE EXISTS (SELECT 1 FROM feature WHERE name = batch.feature)
			ON CONFLICT (feature, environment, hour, app, variant) DO UPDATE SET yes = usage_hour.yes + excluded.yes, no = usage_hour.no + excluded.no`,
		row: func(c UsageCount) []any {
			return []any{c.Feature, c.App, c.Environment, millis(c.Hour), c.Variant, c.Yes, c.No}
		},
	}.run(ctx, tx, counts)
}

func featureSeenColumns() []string {
	return []string{"feature TEXT", "environment TEXT", "seen_at BIGINT"}
}

func (s FeatureSeen) row() []any { return []any{s.Feature, s.Environment, millis(s.At)} }

// SeeFeatures notes when flags were last asked for, and which stage of their
// life they enter by it. A later time stays; flags that no longer exist are
// left out.
func (tx *Tx) SeeFeatures(ctx context.Context, seen []FeatureSeen) error {
	if err := tx.enterStages(ctx, seen); err != nil {
		return err
	}
	return batch[FeatureSeen]{
		columns: featureSeenColumns(),
		write: `INSERT INTO feature_last_seen (feature, environment, seen_at) SELECT feature, environment, seen_at FROM batch
			WHERE EXISTS (SELECT 1 FROM feature WHERE name = batch.feature)
			ON CONFLICT (feature, environment) DO UPDATE SET seen_at = excluded.seen_at WHERE feature_last_seen.seen_at < excluded.seen_at`,
		row: FeatureSeen.row,
	}.run(ctx, tx, seen)
}

// SeeUnknownFlags notes when names that no flag has were last asked for. A later
// time stays.
func (tx *Tx) SeeUnknownFlags(ctx context.Context, seen []UnknownFlag) error {
	return batch[UnknownFlag]{
		columns: []string{"name TEXT", "app TEXT", "environment TEXT", "seen_at BIGINT"},
		write: `INSERT INTO unknown_flag (name, app, environment, seen_at) SELECT name, app, environment, seen_at FROM batch WHERE TRUE
			ON CONFLICT (name, environment, app) DO UPDATE SET seen_at = excluded.seen_at WHERE unknown_flag.seen_at < excluded.seen_at`,
		row: func(u UnknownFlag) []any { return []any{u.Name, u.App, u.Environment, millis(u.SeenAt)} },
	}.run(ctx, tx, seen)
}

// UnknownFlags returns the names that no flag has, sorted by name, application
// and environment. A flag made since is left out.
func (tx *Tx) UnknownFlags(ctx context.Context) ([]UnknownFlag, error) {
	return list(ctx, tx, func(s scanner) (UnknownFlag, error) {
		var u UnknownFlag
		err := s.Scan(&u.Name, &u.App, &u.Environment, instant{&u.SeenAt})
		return u, err
	}, `SELECT name, app, environment, seen_at FROM unknown_flag
		WHERE NOT EXISTS (SELECT 1 FROM feature WHERE feature.name = unknown_flag.name AND archived_at IS NULL) ORDER BY name, app, environment`)
}

// PruneUnknownFlags forgets what was last asked for before an instant, and the
// oldest beyond a number of rows.
func (tx *Tx) PruneUnknownFlags(ctx context.Context, before time.Time, keep int) error {
	if _, err := tx.exec(ctx, `DELETE FROM unknown_flag WHERE seen_at < $1`, millis(before)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `DELETE FROM unknown_flag WHERE seen_at <
		(SELECT seen_at FROM unknown_flag ORDER BY seen_at DESC LIMIT 1 OFFSET $1)`, keep)
	return err
}

// Usage returns the counts of a flag since an instant, sorted by hour,
// environment, application and variant.
func (tx *Tx) Usage(ctx context.Context, name feature.Name, since time.Time) ([]UsageCount, error) {
	return list(ctx, tx, scanUsage, `SELECT `+usageColumns+` FROM usage_hour WHERE feature = $1 AND hour >= $2
		ORDER BY hour, environment, app, variant`, name, millis(since))
}

// AskedFlag is a flag that an application asked for.
type AskedFlag struct {
	Name    feature.Name
	Project feature.ProjectID // empty when the flag is gone
}

// FlagsOfApp returns the flags an application asked for since an instant, by
// name.
func (tx *Tx) FlagsOfApp(ctx context.Context, app string, since time.Time) ([]AskedFlag, error) {
	return list(ctx, tx, func(s scanner) (AskedFlag, error) {
		var f AskedFlag
		err := s.Scan(&f.Name, &f.Project)
		return f, err
	}, `SELECT DISTINCT u.feature, coalesce(f.project, '') FROM usage_hour u LEFT JOIN feature f ON f.name = u.feature
		WHERE u.app = $1 AND u.hour >= $2 ORDER BY u.feature`, app, millis(since))
}

const dayMillis = int64(24 * time.Hour / time.Millisecond)

// HoursToCondense returns hours before an instant whose counts are not added up
// to days yet, oldest first, at most limit.
func (tx *Tx) HoursToCondense(ctx context.Context, before time.Time, limit int) ([]time.Time, error) {
	return list(ctx, tx, func(s scanner) (time.Time, error) {
		var hour time.Time
		err := s.Scan(instant{&hour})
		return hour, err
	}, `SELECT DISTINCT hour FROM usage_hour WHERE hour < $1 AND hour % $2 <> 0 ORDER BY hour LIMIT $3`, millis(before), dayMillis, limit)
}

// CondenseUsage moves the counts of an hour to those of its day, which are kept
// under the day's first hour. Two processes doing so at once count once.
func (tx *Tx) CondenseUsage(ctx context.Context, hour time.Time) error {
	counts, err := list(ctx, tx, scanUsage, `DELETE FROM usage_hour WHERE hour = $1 RETURNING `+usageColumns, millis(hour))
	if err != nil {
		return err
	}
	for i := range counts {
		counts[i].Hour = counts[i].Hour.Truncate(24 * time.Hour)
	}
	return tx.AddUsage(ctx, counts)
}

// PruneUsage forgets the counts of the oldest hour or day, if that is before an
// instant, and reports whether there were any.
func (tx *Tx) PruneUsage(ctx context.Context, before time.Time) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM usage_hour WHERE hour = (SELECT min(hour) FROM usage_hour WHERE hour < $1)`, millis(before))
	return n > 0, err
}

// NoteUsageBatch says that this transaction writes a numbered batch of what a
// writer counted, and reports false when that batch or a later one is written
// already. So one whose commit may have succeeded can be tried again and counts
// once.
func (tx *Tx) NoteUsageBatch(ctx context.Context, writer string, number int64) (bool, error) {
	n, err := tx.exec(ctx, `INSERT INTO usage_writer (id, batch, written_at) VALUES ($1,$2,$3)
		ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, written_at = excluded.written_at WHERE usage_writer.batch < excluded.batch`,
		writer, number, millis(tx.now))
	return n > 0, err
}

// PruneUsageWriters forgets writers that wrote nothing since an instant.
func (tx *Tx) PruneUsageWriters(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, `DELETE FROM usage_writer WHERE written_at < $1`, millis(before))
	return err
}

func scanUsage(s scanner) (UsageCount, error) {
	var c UsageCount
	err := s.Scan(&c.Feature, &c.App, &c.Environment, instant{&c.Hour}, &c.Variant, &c.Yes, &c.No)
	return c, err
}
