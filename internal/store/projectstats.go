package store

import (
	"context"
	"math"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// ProjectNumbers counts what a project has.
type ProjectNumbers struct {
	Flags            int // live ones
	Stale            int // marked as stale by somebody
	PotentiallyStale int // not marked, but older than flags of their type are meant to become
	Members          int
	LastSeenAt       *time.Time // when an SDK last evaluated one of its flags; nil: never
}

// Health is the share of live flags that are not stale in either way, in per
// cent; 100 without flags.
func (n ProjectNumbers) Health() int {
	if n.Flags == 0 {
		return 100
	}
	return 100 * (n.Flags - n.Stale - n.PotentiallyStale) / n.Flags
}

// ProjectNumbers returns the numbers of every project that has any.
func (tx *Tx) ProjectNumbers(ctx context.Context) (map[feature.ProjectID]ProjectNumbers, error) {
	all := make(map[feature.ProjectID]ProjectNumbers)
	_, err := list(ctx, tx, func(s scanner) (feature.ProjectID, error) {
		var id feature.ProjectID
		var n ProjectNumbers
		err := s.Scan(&id, &n.Flags, &n.Stale, &n.PotentiallyStale, optionalInstant{&n.LastSeenAt})
		all[id] = n
		return id, err
	}, `SELECT f.project, count(*), sum(CASE WHEN f.stale THEN 1 ELSE 0 END),
			sum(CASE WHEN NOT f.stale AND f.created_at + t.lifetime_days * 86400000 < $1 THEN 1 ELSE 0 END), max(l.seen_at)
		FROM feature f LEFT JOIN feature_type t ON t.id = f.type
		LEFT JOIN (SELECT feature, max(seen_at) AS seen_at FROM feature_last_seen GROUP BY feature) l ON l.feature = f.name
		WHERE f.archived_at IS NULL GROUP BY f.project`, millis(tx.now))
	if err != nil {
		return nil, err
	}
	_, err = list(ctx, tx, func(s scanner) (feature.ProjectID, error) {
		var id feature.ProjectID
		var members int
		err := s.Scan(&id, &members)
		n := all[id]
		n.Members = members
		all[id] = n
		return id, err
	}, `SELECT project, count(DISTINCT user_id) FROM project_member GROUP BY project`)
	return all, err
}

const day = 24 * time.Hour

// ProjectActivity is what happened in a project in the last window and in the
// one before.
type ProjectActivity struct {
	Created, CreatedBefore   int // flags
	Archived, ArchivedBefore int // flags
	Events, EventsBefore     int
	MembersAdded             int
	// DaysToProduction is how long flags took, on average, from their creation
	// to their first switch on in an environment of type production, of those
	// that reached it in the window; 0 when none did.
	DaysToProduction float64
}

// ProjectActivity returns what happened in a project in windows of a length.
func (tx *Tx) ProjectActivity(ctx context.Context, project feature.ProjectID, window time.Duration) (ProjectActivity, error) {
	var a ProjectActivity
	now := tx.now
	since, before := millis(now.Add(-window)), millis(now.Add(-2*window))
	for _, count := range []struct {
		last, previous *int
		column         string
	}{
		{&a.Created, &a.CreatedBefore, `created_at`},
		{&a.Archived, &a.ArchivedBefore, `archived_at`},
	} {
		err := tx.one(ctx, `SELECT COALESCE(sum(CASE WHEN `+count.column+` >= $2 THEN 1 ELSE 0 END), 0), COALESCE(sum(CASE WHEN `+count.column+` < $2 THEN 1 ELSE 0 END), 0)
			FROM feature WHERE project = $1 AND `+count.column+` >= $3`, []any{project, since, before}, count.last, count.previous)
		if err != nil {
			return a, err
		}
	}
	err := tx.one(ctx, `SELECT count(DISTINCT user_id) FROM project_member WHERE project = $1 AND added_at >= $2`, []any{project, since}, &a.MembersAdded)
	if err != nil {
		return a, err
	}
	return a, tx.eventActivity(ctx, project, window, &a)
}

// eventActivity fills in what the log says. It reads the events of the project
// since the beginning of the window before, in the order they were written.
func (tx *Tx) eventActivity(ctx context.Context, project feature.ProjectID, window time.Duration, a *ProjectActivity) error {
	const written = `created_at >= $1 ORDER BY created_at, id LIMIT 1`
	first, err := tx.eventAt(ctx, written, tx.now.Add(-window), math.MaxInt64)
	if err != nil {
		return err
	}
	before, err := tx.eventAt(ctx, written, tx.now.Add(-2*window), math.MaxInt64)
	if err != nil {
		return err
	}
	err = tx.one(ctx, `SELECT count(*) FROM event WHERE project = $1 AND id >= $2`, []any{project, first}, &a.Events)
	if err != nil {
		return err
	}
	err = tx.one(ctx, `SELECT count(*) FROM event WHERE project = $1 AND id >= $2 AND id < $3`, []any{project, before, first}, &a.EventsBefore)
	if err != nil {
		return err
	}
	// Adding nothing to the type keeps SQLite from the index on it: there are
	// many such events, and few of the project's, or of the flag's.
	const reached = `e.type || '' = 'feature-environment-enabled' AND e.environment IN (SELECT name FROM environment WHERE type = 'production')`
	var average *float64
	err = tx.one(ctx, `SELECT avg(reached - f.created_at) FROM (
			SELECT e.feature AS name, min(e.created_at) AS reached FROM event e WHERE e.project = $1 AND e.id >= $2 AND `+reached+` GROUP BY e.feature
		) first JOIN feature f ON f.name = first.name
		WHERE f.project = $1 AND NOT EXISTS (SELECT 1 FROM event e WHERE e.feature = f.name AND e.id < $2 AND `+reached+`)`, []any{project, first}, &average)
	if average != nil {
		a.DaysToProduction = *average / float64(day/time.Millisecond)
	}
	return err
}

// DayCount is how much there was of something on a day, in UTC.
type DayCount struct {
	Day   time.Time // its beginning
	Count int
}

// EventDays counts the events of a project by day, since an instant. Days
// without any are left out.
func (tx *Tx) EventDays(ctx context.Context, project feature.ProjectID, since time.Time) ([]DayCount, error) {
	return list(ctx, tx, func(s scanner) (DayCount, error) {
		var number int64
		var c DayCount
		err := s.Scan(&number, &c.Count)
		c.Day = time.UnixMilli(number * dayMillis).UTC()
		return c, err
	}, `SELECT created_at / 86400000 AS day, count(*) FROM event WHERE project = $1 AND created_at >= $2 GROUP BY day ORDER BY day`,
		project, millis(since))
}

// ProjectResources counts the API tokens of a project, those of all projects
// left out, and its own segments.
func (tx *Tx) ProjectResources(ctx context.Context, project feature.ProjectID) (tokens, segments int, err error) {
	err = tx.one(ctx, `SELECT (SELECT count(*) FROM api_token_project WHERE project = $1), (SELECT count(*) FROM segment WHERE project = $1)`,
		[]any{project}, &tokens, &segments)
	return tokens, segments, err
}

// EnvironmentNumbers counts what uses an environment.
type EnvironmentNumbers struct {
	Projects int
	Tokens   int
	Enabled  int // live flags that are on in it
}

// EnvironmentNumbers returns the numbers of every environment that has any;
// with a project, of that project alone. Tokens of all projects count for none.
func (tx *Tx) EnvironmentNumbers(ctx context.Context, project feature.ProjectID) (map[feature.EnvironmentName]EnvironmentNumbers, error) {
	all := make(map[feature.EnvironmentName]EnvironmentNumbers)
	for _, count := range []struct {
		query string
		add   func(*EnvironmentNumbers, int)
	}{
		{
			`SELECT environment, count(*) FROM project_environment pe JOIN project p ON p.id = pe.project
				WHERE p.archived_at IS NULL AND ($1 = '' OR pe.project = $1) GROUP BY environment`,
			func(n *EnvironmentNumbers, count int) { n.Projects = count },
		},
		{
			`SELECT environment, count(*) FROM api_token
				WHERE $1 = '' OR id IN (SELECT token FROM api_token_project WHERE project = $1) GROUP BY environment`,
			func(n *EnvironmentNumbers, count int) { n.Tokens = count },
		},
		{
			`SELECT fe.environment, count(*) FROM feature_environment fe JOIN feature f ON f.name = fe.feature
				JOIN project_environment pe ON pe.project = f.project AND pe.environment = fe.environment
				WHERE fe.enabled AND f.archived_at IS NULL AND ($1 = '' OR f.project = $1) GROUP BY fe.environment`,
			func(n *EnvironmentNumbers, count int) { n.Enabled = count },
		},
	} {
		_, err := list(ctx, tx, func(s scanner) (int, error) {
			var name feature.EnvironmentName
			var found int
			err := s.Scan(&name, &found)
			n := all[name]
			count.add(&n, found)
			all[name] = n
			return found, err
		}, count.query, project)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// FlagTypeCount is how many live flags are of a type.
type FlagTypeCount struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
}

// FlagTypeCounts counts the live flags of a project by type.
func (tx *Tx) FlagTypeCounts(ctx context.Context, project feature.ProjectID) ([]FlagTypeCount, error) {
	return list(ctx, tx, func(s scanner) (FlagTypeCount, error) {
		var c FlagTypeCount
		err := s.Scan(&c.Type, &c.Count)
		return c, err
	}, `SELECT type, count(*) FROM feature WHERE project = $1 AND archived_at IS NULL GROUP BY type ORDER BY type`, project)
}

// Connected reports whether an SDK with a token of the project, or of all
// projects, has registered.
func (tx *Tx) Connected(ctx context.Context, project feature.ProjectID) (bool, error) {
	var connected bool
	err := tx.one(ctx, `SELECT EXISTS (SELECT 1 FROM application_environment WHERE project = $1 OR project = '*')`, []any{project}, &connected)
	return connected, err
}

// OldestFlag returns the live flag of a project that was created first; empty
// without flags.
func (tx *Tx) OldestFlag(ctx context.Context, project feature.ProjectID) (feature.Name, error) {
	names, err := list(ctx, tx, scanName, `SELECT name FROM feature WHERE project = $1 AND archived_at IS NULL ORDER BY created_at, name LIMIT 1`, project)
	if err != nil || len(names) == 0 {
		return "", err
	}
	return names[0], nil
}
