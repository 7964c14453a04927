package store

import (
	"context"
	"strconv"
	"strings"
	"time"

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
	Hidden       []feature.ProjectID // leaves out events of these
	Creators     []string            // names, or ids of users as text
	From, Before time.Time
	Text         string // in type, creator, project, flag or content, whatever the case
	Offset       int
	Limit        int // at most this many; required
}

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

func anyOf[T any](c *conditions, column string, values []T) {
	if len(values) == 0 {
		return
	}
	marks := make([]string, len(values))
	for i, value := range values {
		marks[i] = c.mark(value)
	}
	c.where = append(c.where, column+` IN (`+strings.Join(marks, `,`)+`)`)
}

func (c *conditions) clause() string {
	if len(c.where) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(c.where, ` AND `)
}

func (f EventFilter) conditions() *conditions {
	c := &conditions{}
	anyOf(c, `id`, f.IDs)
	anyOf(c, `revision`, f.Revisions)
	anyOf(c, `type`, f.Types)
	anyOf(c, `project`, f.Projects)
	anyOf(c, `feature`, f.Features)
	anyOf(c, `environment`, f.Environments)
	f.byCreator(c)
	f.withoutHidden(c)
	if !f.From.IsZero() {
		c.where = append(c.where, `created_at >= `+c.mark(millis(f.From)))
	}
	if !f.Before.IsZero() {
		c.where = append(c.where, `created_at < `+c.mark(millis(f.Before)))
	}
	if f.Text != "" {
		mark := c.mark(`%` + escapeLike(strings.ToLower(f.Text)) + `%`)
		var parts []string
		for _, column := range []string{`type`, `created_by`, `project`, `feature`, `data`, `pre_data`} {
			parts = append(parts, `lower(`+column+`) LIKE `+mark+` ESCAPE '!'`)
		}
		c.where = append(c.where, `(`+strings.Join(parts, ` OR `)+`)`)
	}
	return c
}

func (f EventFilter) withoutHidden(c *conditions) {
	if len(f.Hidden) == 0 {
		return
	}
	marks := make([]string, len(f.Hidden))
	for i, project := range f.Hidden {
		marks[i] = c.mark(project)
	}
	c.where = append(c.where, `(project IS NULL OR project NOT IN (`+strings.Join(marks, `,`)+`))`)
}

func (f EventFilter) byCreator(c *conditions) {
	var parts []string
	for _, creator := range f.Creators {
		parts = append(parts, `created_by = `+c.mark(creator))
		if id, err := strconv.ParseInt(creator, 10, 64); err == nil {
			parts = append(parts, `created_by_user_id = `+c.mark(id))
		}
	}
	if len(parts) > 0 {
		c.where = append(c.where, `(`+strings.Join(parts, ` OR `)+`)`)
	}
}

// escapeLike makes a text mean itself in a LIKE pattern with ESCAPE '!'.
func escapeLike(text string) string {
	return strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(text)
}

// Events returns events, newest first, and how many match in all.
func (tx *Tx) Events(ctx context.Context, f EventFilter) ([]Event, int, error) {
	c := f.conditions()
	var total int
	if err := tx.one(ctx, `SELECT count(*) FROM event`+c.clause(), c.args, &total); err != nil {
		return nil, 0, err
	}
	condition := c.clause()
	limit, offset := c.mark(f.Limit), c.mark(f.Offset)
	events, err := list(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event`+condition+
		` ORDER BY id DESC LIMIT `+limit+` OFFSET `+offset, c.args...)
	return events, total, err
}

// EventProjects returns what the events that match are about: each the id of a
// project, or several with commas between, or * for all.
func (tx *Tx) EventProjects(ctx context.Context, f EventFilter) ([]feature.ProjectID, error) {
	c := f.conditions()
	c.where = append(c.where, `project IS NOT NULL`)
	return list(ctx, tx, func(s scanner) (feature.ProjectID, error) {
		var project feature.ProjectID
		err := s.Scan(&project)
		return project, err
	}, `SELECT DISTINCT project FROM event`+c.clause(), c.args...)
}

// EventCreator is who made events.
type EventCreator struct {
	ID   int64  `json:"id"` // of a user, or one of the reserved ids
	Name string `json:"name"`
}

// EventCreators returns everybody who made an event, by name.
func (tx *Tx) EventCreators(ctx context.Context) ([]EventCreator, error) {
	return list(ctx, tx, func(s scanner) (EventCreator, error) {
		var c EventCreator
		err := s.Scan(&c.ID, &c.Name)
		return c, err
	}, `SELECT DISTINCT created_by_user_id, created_by FROM event ORDER BY created_by, created_by_user_id`)
}
