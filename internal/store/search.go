package store

import (
	"context"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// OneOf is a filter: the value must be one of some, or with Not none of them.
// Without values it filters nothing.
type OneOf[T any] struct {
	Values []T
	Not    bool
}

// Having is a filter of things of which a flag has several: it must have any
// or, with All, all of some; with Not, it must not.
type Having[T any] struct {
	Values []T
	All    bool
	Not    bool
}

// FlagStatus is a flag on or off in an environment.
type FlagStatus struct {
	Environment feature.EnvironmentName
	Enabled     bool
}

// The states of a flag in a search.
const (
	StateActive           = "active"
	StateStale            = "stale"             // marked by somebody
	StatePotentiallyStale = "potentially-stale" // not marked, but older than its type is meant to become
)

// FlagSort is what found flags are sorted by, before their names.
type FlagSort string

// What found flags can be sorted by.
const (
	SortName        FlagSort = "name"
	SortType        FlagSort = "type"
	SortProject     FlagSort = "project"
	SortCreated     FlagSort = "createdAt"
	SortArchived    FlagSort = "archivedAt"
	SortSeen        FlagSort = "lastSeenAt"
	SortStale       FlagSort = "stale"
	SortStage       FlagSort = "lifecycle"
	SortEnvironment FlagSort = "environment" // on in FlagSearch.SortEnvironment
)

// FlagSearch says which flags to find. Empty fields do not narrow.
type FlagSearch struct {
	Texts                     []string // any of which is in name, description or a tag ("type:value"), whatever the case
	Hidden                    []feature.ProjectID
	Projects                  OneOf[feature.ProjectID]
	Types                     OneOf[string]
	States                    OneOf[string]
	Stages                    OneOf[feature.Stage]
	Creators                  OneOf[int64]
	Tags                      Having[feature.Tag]
	Segments                  Having[string] // names
	Statuses                  []FlagStatus   // any of which
	CreatedFrom, CreatedUntil time.Time      // until: before
	SeenFrom, SeenUntil       time.Time      // by the last evaluation; a flag never seen is in neither
	Archived                  bool           // archived ones, otherwise live ones
	User                      int64          // whose favourites count
	Favorite                  OneOf[bool]
	Sort                      FlagSort
	SortEnvironment           feature.EnvironmentName
	Descending                bool
	FavoritesFirst            bool
	Offset, Limit             int
}

// FoundFlag is a flag that a search found.
type FoundFlag struct {
	feature.Flag
	Favorite bool
}

// SearchFlags returns a page of the flags that match and how many do in all.
func (tx *Tx) SearchFlags(ctx context.Context, f FlagSearch) ([]FoundFlag, int, error) {
	c := &conditions{}
	from := ` FROM feature f LEFT JOIN feature_favorite v ON v.feature = f.name AND v.user_id = ` + c.mark(f.User)
	if len(f.States.Values) > 0 {
		from += ` LEFT JOIN feature_type t ON t.id = f.type`
	}
	if f.Sort == SortSeen || !f.SeenFrom.IsZero() || !f.SeenUntil.IsZero() {
		from += ` LEFT JOIN (SELECT feature, max(seen_at) AS seen_at FROM feature_last_seen GROUP BY feature) l ON l.feature = f.name`
	}
	f.narrow(c, tx.now)
	var total int
	if err := tx.one(ctx, `SELECT count(*)`+from+c.clause(), c.args, &total); err != nil {
		return nil, 0, err
	}
	where := c.clause()
	order := f.order(c)
	limit, offset := c.mark(f.Limit), c.mark(f.Offset)
	flags, err := list(ctx, tx, func(s scanner) (FoundFlag, error) {
		var found FoundFlag
		var err error
		found.Flag, err = scanFlag(prefixed{s, []any{&found.Favorite}})
		return found, err
	}, `SELECT v.user_id IS NOT NULL, `+flagColumns+from+where+order+` LIMIT `+limit+` OFFSET `+offset, c.args...)
	return flags, total, err
}

func (f FlagSearch) narrow(c *conditions, now time.Time) {
	archived := `f.archived_at IS NULL`
	if f.Archived {
		archived = `f.archived_at IS NOT NULL`
	}
	c.where = append(c.where, archived)
	f.byText(c)
	oneOf(c, `f.project`, OneOf[feature.ProjectID]{Values: f.Hidden, Not: true})
	oneOf(c, `f.project`, f.Projects)
	oneOf(c, `f.type`, f.Types)
	oneOf(c, `f.created_by`, f.Creators)
	oneOf(c, stageOf, f.Stages)
	oneOf(c, `(v.user_id IS NOT NULL)`, f.Favorite)
	if len(f.States.Values) > 0 {
		oneOf(c, `CASE WHEN f.stale THEN '`+StateStale+`' WHEN f.created_at + t.lifetime_days * 86400000 < `+c.mark(millis(now))+
			` THEN '`+StatePotentiallyStale+`' ELSE '`+StateActive+`' END`, f.States)
	}
	having(c, f.Tags, func(tag feature.Tag) string {
		return `SELECT 1 FROM feature_tag WHERE feature = f.name AND type = ` + c.mark(tag.Type) + ` AND value = ` + c.mark(tag.Value)
	})
	having(c, f.Segments, func(name string) string {
		return `SELECT 1 FROM strategy s JOIN strategy_segment ss ON ss.strategy = s.id JOIN segment g ON g.id = ss.segment
			WHERE s.feature = f.name AND g.name = ` + c.mark(name)
	})
	f.byStatus(c)
	for _, bound := range []struct {
		column, is string
		at         time.Time
	}{
		{`f.created_at`, ` >= `, f.CreatedFrom},
		{`f.created_at`, ` < `, f.CreatedUntil},
		{`l.seen_at`, ` >= `, f.SeenFrom},
		{`l.seen_at`, ` < `, f.SeenUntil},
	} {
		if !bound.at.IsZero() {
			c.where = append(c.where, bound.column+bound.is+c.mark(millis(bound.at)))
		}
	}
}

func (f FlagSearch) byText(c *conditions) {
	var parts []string
	for _, text := range f.Texts {
		mark := c.mark(`%` + escapeLike(strings.ToLower(text)) + `%`)
		parts = append(parts, `lower(f.name) LIKE `+mark+` ESCAPE '!'`, `lower(f.description) LIKE `+mark+` ESCAPE '!'`,
			`EXISTS (SELECT 1 FROM feature_tag WHERE feature = f.name AND lower(type || ':' || value) LIKE `+mark+` ESCAPE '!')`)
	}
	c.either(parts)
}

func (f FlagSearch) byStatus(c *conditions) {
	var parts []string
	for _, status := range f.Statuses {
		not := ``
		if !status.Enabled {
			not = `NOT `
		}
		parts = append(parts, not+`EXISTS (SELECT 1 FROM feature_environment e WHERE e.feature = f.name AND e.enabled
			AND e.environment = `+c.mark(status.Environment)+`)`)
	}
	c.either(parts)
}

// either adds a condition that any of some holds; none of none.
func (c *conditions) either(parts []string) {
	if len(parts) > 0 {
		c.where = append(c.where, `(`+strings.Join(parts, ` OR `)+`)`)
	}
}

// order says what comes first. NULL sorts differently in each engine, so
// nothing that may be NULL is sorted by.
func (f FlagSearch) order(c *conditions) string {
	by := ``
	switch f.Sort {
	case SortName:
	case SortType:
		by = `f.type`
	case SortProject:
		by = `f.project`
	case SortCreated:
		by = `f.created_at`
	case SortArchived:
		by = `COALESCE(f.archived_at, 0)`
	case SortSeen:
		by = `COALESCE(l.seen_at, 0)`
	case SortStale:
		by = `CASE WHEN f.stale THEN 1 ELSE 0 END`
	case SortStage:
		by = `CASE WHEN f.completed_at IS NOT NULL THEN 3 WHEN f.live_at IS NOT NULL THEN 2 WHEN f.pre_live_at IS NOT NULL THEN 1 ELSE 0 END`
	case SortEnvironment:
		by = `CASE WHEN EXISTS (SELECT 1 FROM feature_environment e WHERE e.feature = f.name AND e.enabled
			AND e.environment = ` + c.mark(f.SortEnvironment) + `) THEN 1 ELSE 0 END`
	}
	direction := ``
	if f.Descending {
		direction = ` DESC`
	}
	var parts []string
	if f.FavoritesFirst {
		parts = append(parts, `CASE WHEN v.user_id IS NULL THEN 1 ELSE 0 END`)
	}
	if by != `` {
		parts = append(parts, by+direction, `f.name`)
	} else {
		parts = append(parts, `f.name`+direction)
	}
	return ` ORDER BY ` + strings.Join(parts, `, `)
}

func oneOf[T any](c *conditions, column string, filter OneOf[T]) {
	if len(filter.Values) == 0 {
		return
	}
	marks := make([]string, len(filter.Values))
	for i, value := range filter.Values {
		marks[i] = c.mark(value)
	}
	is := ` IN (`
	if filter.Not {
		is = ` NOT IN (`
	}
	c.where = append(c.where, column+is+strings.Join(marks, `,`)+`)`)
}

// having adds a filter; exists returns the query of what a flag f must have.
func having[T any](c *conditions, filter Having[T], exists func(T) string) {
	if len(filter.Values) == 0 {
		return
	}
	parts := make([]string, len(filter.Values))
	for i, value := range filter.Values {
		parts[i] = `EXISTS (` + exists(value) + `)`
	}
	join, not := ` OR `, ``
	if filter.All {
		join = ` AND `
	}
	if filter.Not {
		not = `NOT `
	}
	c.where = append(c.where, not+`(`+strings.Join(parts, join)+`)`)
}

// SegmentNames returns, by flag, the names of the segments its strategies use,
// each once and in order.
func (tx *Tx) SegmentNames(ctx context.Context, names []feature.Name) (map[feature.Name][]string, error) {
	all := make(map[feature.Name][]string)
	listed, args := among(tx, "s.feature", names)
	err := tx.each(ctx, func(s scanner) error {
		var flag feature.Name
		var name string
		err := s.Scan(&flag, &name)
		all[flag] = append(all[flag], name)
		return err
	}, `SELECT DISTINCT s.feature, g.name FROM strategy s JOIN strategy_segment ss ON ss.strategy = s.id
		JOIN segment g ON g.id = ss.segment WHERE TRUE`+listed+` ORDER BY s.feature, g.name`, args...)
	return all, err
}

// YesNo is how often something was answered on and off.
type YesNo struct{ Yes, No int64 }

// UsageSince adds up the counts of flags from an hour on, by flag and
// environment.
func (tx *Tx) UsageSince(ctx context.Context, names []feature.Name, hour time.Time) (map[feature.Name]map[feature.EnvironmentName]YesNo, error) {
	all := make(map[feature.Name]map[feature.EnvironmentName]YesNo)
	listed, args := among(tx, "feature", names, millis(hour))
	err := tx.each(ctx, func(s scanner) error {
		var at spot
		var n YesNo
		err := s.Scan(&at.flag, &at.environment, &n.Yes, &n.No)
		if all[at.flag] == nil {
			all[at.flag] = make(map[feature.EnvironmentName]YesNo)
		}
		all[at.flag][at.environment] = n
		return err
	}, `SELECT feature, environment, CAST(sum(yes) AS BIGINT), CAST(sum(no) AS BIGINT) FROM usage_hour WHERE hour >= $1 AND variant = ''`+listed+
		` GROUP BY feature, environment`, args...)
	return all, err
}

// Authors returns people, those who left included, by id.
func (tx *Tx) Authors(ctx context.Context, ids []int64) (map[int64]Author, error) {
	all := make(map[int64]Author)
	c := &conditions{}
	if len(ids) == 0 {
		return all, nil
	}
	err := tx.each(ctx, func(s scanner) error {
		var a Author
		err := s.Scan(&a.ID, &a.Name, &a.ImageURL)
		all[a.ID] = a
		return err
	}, `SELECT id, COALESCE(name, username, email, ''), COALESCE(image_url, '') FROM users WHERE `+isOneOf(c, `id`, ids), c.args...)
	return all, err
}

// FlagCreators returns the people who made flags of a project, live ones or
// archived, by name.
func (tx *Tx) FlagCreators(ctx context.Context, project feature.ProjectID) ([]EventCreator, error) {
	return list(ctx, tx, func(s scanner) (EventCreator, error) {
		var c EventCreator
		err := s.Scan(&c.ID, &c.Name)
		return c, err
	}, `SELECT DISTINCT u.id, COALESCE(u.name, u.username, u.email, '') AS name FROM feature f JOIN users u ON u.id = f.created_by
		WHERE f.project = $1 ORDER BY name, u.id`, project)
}
