package store

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

// EventFilter narrows a list of events. Empty fields do not narrow; an event
// matches a list when it has any one of it.
type EventFilter struct {
	IDs          []int64
	Revisions    []int64 // events of one revision were made together
	Types        []string
	Projects     []feature.ProjectID
	Features     []feature.Name
	Environments []feature.EnvironmentName
	Tokens       []string            // public ids of those that were used
	Hidden       []feature.ProjectID // leaves out events of these
	Creators     []string            // names, or ids of users as text
	From, Before time.Time
	// Text is in type, creator, project, flag or content, whatever the case. Of
	// the events that the other fields leave, the newest MaxSearched are searched.
	Text   string
	Offset int
	Limit  int // at most this many; required
}

const (
	// MaxCounted is how many events that match are counted.
	MaxCounted = 10_000
	// MaxSearched is how many events are searched for a text.
	MaxSearched = 20_000
	// clockSlack is how many events the ids of the first and the last one of a
	// time are widened by, since clocks of processes differ.
	clockSlack = 1_000
)

// conditions builds a WHERE clause and its arguments.
type conditions struct {
	where []string
	args  []any
}

// mark adds an argument and returns its place in the statement.
func (c *conditions) mark(value any) string {
	c.args = append(c.args, value)
	return `$` + strconv.Itoa(len(c.args))
}

func (c *conditions) clause() string {
	if len(c.where) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(c.where, ` AND `)
}

// isOneOf returns the condition that a column holds one of some values; empty
// for none.
func isOneOf[T any](c *conditions, column string, values []T) string {
	switch len(values) {
	case 0:
		return ""
	case 1:
		return column + ` = ` + c.mark(values[0])
	}
	marks := make([]string, len(values))
	for i, value := range values {
		marks[i] = c.mark(value)
	}
	return column + ` IN (` + strings.Join(marks, `,`) + `)`
}

// path is a condition that leads through an index to events, newest first: that
// a column has one value. Several paths lead to different events.
type path string

// paths returns the conditions of the list that narrows most, one for each of
// its values, and leaves it out of the filter. Of lists that narrow little it is
// the shortest.
func (f *EventFilter) paths(c *conditions) []path {
	none := func(n int) int { return cmp.Or(n, math.MaxInt) }
	projects, types, environments := none(len(f.Projects)), none(len(f.Types)), none(len(f.Environments))
	switch shortest := min(projects, types, environments); {
	case len(f.IDs) > 0:
		return take(c, "id", &f.IDs)
	case len(f.Revisions) > 0:
		return take(c, "revision", &f.Revisions)
	case len(f.Features) > 0:
		return take(c, "feature", &f.Features)
	case shortest == math.MaxInt:
		return nil
	case shortest == projects:
		return take(c, "project", &f.Projects)
	case shortest == types:
		return take(c, "type", &f.Types)
	default:
		return take(c, "environment", &f.Environments)
	}
}

func take[T comparable](c *conditions, column string, values *[]T) []path {
	var all []path
	var seen []T
	for _, value := range *values {
		if !slices.Contains(seen, value) {
			seen = append(seen, value)
			all = append(all, path(column+` = `+c.mark(value)))
		}
	}
	*values = nil
	return all
}

// rest returns the conditions that only events found by other ones are held
// against.
func (f *EventFilter) rest(c *conditions) []string {
	all := []string{
		isOneOf(c, `id`, f.IDs), isOneOf(c, `revision`, f.Revisions), isOneOf(c, `feature`, f.Features), isOneOf(c, `project`, f.Projects),
		isOneOf(c, `type`, f.Types), isOneOf(c, `environment`, f.Environments), isOneOf(c, `token_id`, f.Tokens),
	}
	if len(f.Hidden) > 0 {
		all = append(all, `(project IS NULL OR NOT (`+isOneOf(c, `project`, f.Hidden)+`))`)
	}
	// The plus keeps SQLite from the index on the time: the ids are bounded too,
	// and their order is the one that is wanted.
	if !f.From.IsZero() {
		all = append(all, `+created_at >= `+c.mark(millis(f.From)))
	}
	if !f.Before.IsZero() {
		all = append(all, `+created_at < `+c.mark(millis(f.Before)))
	}
	return slices.DeleteFunc(all, func(condition string) bool { return condition == "" })
}

// text returns the condition that an event holds the text.
func (f *EventFilter) text(c *conditions) string {
	mark := c.mark(`%` + escapeLike(strings.ToLower(f.Text)) + `%`)
	var parts []string
	for _, column := range []string{`type`, `created_by`, `project`, `feature`, `data`, `pre_data`} {
		parts = append(parts, `lower(`+column+`) LIKE `+mark+` ESCAPE '!'`)
	}
	return strings.Join(parts, ` OR `)
}

// escapeLike makes a text mean itself in a LIKE pattern with ESCAPE '!'.
func escapeLike(text string) string {
	return strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(text)
}

// Events returns events, newest first, and how many match in all, of which no
// more than [MaxCounted] are counted, or than are needed for what is returned.
// The cost does not grow with the log, unless several fields of the filter,
// Hidden among them, leave few of the events that one of them leaves.
func (tx *Tx) Events(ctx context.Context, f EventFilter) ([]Event, int, error) {
	query, c, err := tx.eventQuery(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	if query == "" {
		return tx.latestEvents(ctx, f)
	}
	ids, err := list(ctx, tx, func(s scanner) (int64, error) {
		var id int64
		err := s.Scan(&id)
		return id, err
	}, query, c.args...)
	if err != nil {
		return nil, 0, err
	}
	page := ids[min(f.Offset, len(ids)):min(f.Offset+f.Limit, len(ids))]
	events, err := tx.eventsOf(ctx, page)
	return events, min(len(ids), max(MaxCounted, f.Offset+len(page))), err
}

// latestEvents returns events of the whole log. Ids leave none out.
func (tx *Tx) latestEvents(ctx context.Context, f EventFilter) ([]Event, int, error) {
	head, err := tx.ChainHead(ctx)
	if err != nil {
		return nil, 0, err
	}
	events, err := list(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event WHERE id <= $1 ORDER BY id DESC LIMIT $2`, head.ID-int64(f.Offset), f.Limit)
	return events, int(head.ID), err
}

// eventsOf returns events by id, newest first.
func (tx *Tx) eventsOf(ctx context.Context, ids []int64) ([]Event, error) {
	if len(ids) == 0 {
		return []Event{}, nil
	}
	c := &conditions{}
	return list(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event WHERE `+isOneOf(c, `id`, ids)+` ORDER BY id DESC`, c.args...)
}

// eventQuery returns the statement for the ids of the events that match, newest
// first, as many as must be known; empty when the filter leaves everything.
func (tx *Tx) eventQuery(ctx context.Context, f EventFilter) (string, *conditions, error) {
	c := &conditions{}
	paths := f.paths(c)
	if len(f.Creators) > 0 {
		creators, err := tx.creatorPaths(ctx, c, f.Creators)
		if err != nil {
			return "", nil, err
		}
		if paths == nil {
			paths = creators
		} else {
			paths = joined(paths, creators)
		}
		if len(paths) == 0 {
			paths = []path{"id = 0"} // nobody made any
		}
	}
	between, err := tx.between(ctx, c, f)
	if err != nil {
		return "", nil, err
	}
	rest := append(f.rest(c), between...)
	if len(paths) == 0 {
		if len(rest) == 0 && f.Text == "" {
			return "", c, nil
		}
		paths = []path{""}
	}
	return union(c, paths, rest, f), c, nil
}

// joined is both conditions. An event has one creator, so the paths still lead
// to different events.
func joined(paths, more []path) []path {
	var all []path
	for _, p := range paths {
		for _, m := range more {
			all = append(all, p+` AND `+m)
		}
	}
	return all
}

// union is the statement for the newest events on all paths.
func union(c *conditions, paths []path, rest []string, f EventFilter) string {
	needed := max(MaxCounted+1, f.Offset+f.Limit)
	most := needed
	if f.Text != "" {
		most = MaxSearched
	}
	limit := c.mark(most)
	var query strings.Builder
	for i, p := range paths {
		where := slices.DeleteFunc(append([]string{string(p)}, rest...), func(condition string) bool { return condition == "" })
		if i > 0 {
			query.WriteString(` UNION ALL `)
		}
		query.WriteString(`SELECT id FROM (SELECT id FROM event`)
		if len(where) > 0 {
			query.WriteString(` WHERE ` + strings.Join(where, ` AND `))
		}
		query.WriteString(` ORDER BY id DESC LIMIT ` + limit + `) path` + strconv.Itoa(i))
	}
	found := query.String()
	if len(paths) > 1 {
		found = `SELECT id FROM (` + found + `) found ORDER BY id DESC LIMIT ` + limit
	}
	if f.Text != "" {
		// Which of them are searched is known before any is read, and each is looked
		// at by its id. Written as a join, PostgreSQL reads the whole log instead.
		found = `SELECT id FROM (` + found + `) listed WHERE (SELECT ` + f.text(c) + ` FROM event WHERE event.id = listed.id)
			ORDER BY id DESC LIMIT ` + c.mark(needed)
	}
	return found
}

// between returns conditions that bound the ids to those of the filter's time.
// Without them events would be looked through from the newest on.
func (tx *Tx) between(ctx context.Context, c *conditions, f EventFilter) ([]string, error) {
	var all []string
	if !f.From.IsZero() {
		first, err := tx.eventAt(ctx, `created_at >= $1 ORDER BY created_at, id LIMIT 1`, f.From, math.MaxInt64)
		if err != nil {
			return nil, err
		}
		all = append(all, `id >= `+c.mark(first-clockSlack))
	}
	if !f.Before.IsZero() {
		last, err := tx.eventAt(ctx, `created_at < $1 ORDER BY created_at DESC, id DESC LIMIT 1`, f.Before, -clockSlack)
		if err != nil {
			return nil, err
		}
		all = append(all, `id <= `+c.mark(last+clockSlack))
	}
	return all, nil
}

// eventAt returns the id of the event that a condition on a time finds, or none.
func (tx *Tx) eventAt(ctx context.Context, condition string, at time.Time, none int64) (int64, error) {
	var id int64
	err := tx.one(ctx, `SELECT id FROM event WHERE `+condition, []any{millis(at)}, &id)
	if fault.Is(err, fault.NotFound) {
		return none, nil
	}
	return id, err
}

// creatorPaths returns the conditions for everybody who has one of the names or
// ids.
func (tx *Tx) creatorPaths(ctx context.Context, c *conditions, wanted []string) ([]path, error) {
	creators, err := tx.EventCreators(ctx)
	var all []path
	for _, creator := range creators {
		if slices.Contains(wanted, creator.Name) || slices.Contains(wanted, strconv.FormatInt(creator.ID, 10)) {
			all = append(all, path(`created_by = `+c.mark(creator.Name)+` AND created_by_user_id = `+c.mark(creator.ID)))
		}
	}
	return all, err
}

// EventProjects returns what events are about: each the id of a project, or
// several with commas between, or * for all.
func (tx *Tx) EventProjects(ctx context.Context) ([]feature.ProjectID, error) {
	return list(ctx, tx, func(s scanner) (feature.ProjectID, error) {
		var project feature.ProjectID
		err := s.Scan(&project)
		return project, err
	}, `WITH RECURSIVE found (project) AS (SELECT min(project) FROM event
			UNION ALL SELECT (SELECT min(project) FROM event WHERE project > found.project) FROM found WHERE found.project IS NOT NULL)
		SELECT project FROM found WHERE project IS NOT NULL`)
}

// EventCreator is who made events.
type EventCreator struct {
	ID   int64  `json:"id"` // of a user, or one of the reserved ids
	Name string `json:"name"`
}

// EventCreators returns everybody who made an event, by name. It reads two
// events of each.
func (tx *Tx) EventCreators(ctx context.Context) ([]EventCreator, error) {
	all, last := []EventCreator{}, EventCreator{}
	next := func(condition string, args ...any) (bool, error) {
		err := tx.one(ctx, `SELECT created_by, created_by_user_id FROM event WHERE `+condition+` ORDER BY created_by, created_by_user_id LIMIT 1`,
			args, &last.Name, &last.ID)
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		return err == nil, err
	}
	found, err := next(`created_by >= ''`)
	for found && err == nil {
		all = append(all, last)
		// Of the same name, or of the next: an index leads to either at once.
		if found, err = next(`created_by = $1 AND created_by_user_id > $2`, last.Name, last.ID); !found && err == nil {
			found, err = next(`created_by > $1`, last.Name)
		}
	}
	return all, err
}
