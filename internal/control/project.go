package control

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about projects.
const (
	eventProjectCreated  = "project-created"
	eventProjectUpdated  = "project-updated"
	eventProjectDeleted  = "project-deleted"
	eventProjectArchived = "project-archived"
	eventProjectRevived  = "project-revived"
)

// CountedProject is a project with its numbers.
type CountedProject struct {
	feature.Project
	Numbers  store.ProjectNumbers
	Favorite bool // of whoever asks
}

// Projects returns the projects that are archived, or those that are not, by
// name.
func (c *Control) Projects(ctx context.Context, archived bool) ([]CountedProject, error) {
	return view(ctx, c, func(tx *store.Tx) ([]CountedProject, error) {
		projects, err := tx.Projects(ctx, archived)
		if err != nil {
			return nil, err
		}
		projects = visible(ctx, projects, func(p feature.Project) feature.ProjectID { return p.ID })
		numbers, err := tx.ProjectNumbers(ctx)
		if err != nil {
			return nil, err
		}
		favorites, err := tx.FavoriteProjects(ctx, viewer(ctx).UserID)
		counted := make([]CountedProject, len(projects))
		for i, p := range projects {
			counted[i] = CountedProject{Project: p, Numbers: numbers[p.ID], Favorite: favorites[p.ID]}
		}
		return counted, err
	})
}

// Project returns one project, archived or not.
func (c *Control) Project(ctx context.Context, id feature.ProjectID) (feature.Project, error) {
	return view(ctx, c, func(tx *store.Tx) (feature.Project, error) { return tx.Project(ctx, id) })
}

// CheckProjectID reports an id that a new project could not have.
func (c *Control) CheckProjectID(ctx context.Context, id feature.ProjectID) error {
	if err := feature.CheckName("/body/id", "id", string(id)); err != nil {
		return err
	}
	return c.DB.View(ctx, func(tx *store.Tx) error {
		_, err := tx.Project(ctx, id)
		return free(err, "a project with the id %q exists already", id)
	})
}

// NewProject says what project to make.
type NewProject struct {
	feature.Project                           // the id may be empty: then it is made of the name
	Environments    []feature.EnvironmentName // nil: all that are enabled
}

// CreateProject stores a new project and makes the person who asks its owner.
func (c *Control) CreateProject(ctx context.Context, actor access.Principal, n NewProject) (NewProject, error) {
	generated := n.ID == ""
	if generated {
		n.ID = feature.ProjectIDOf(n.Name)
	}
	if err := n.Check(); err != nil {
		return n, err
	}
	return update(ctx, c, func(tx *store.Tx) (NewProject, error) {
		var err error
		if n.Environments, err = environmentsOfNew(ctx, tx, n.Environments); err != nil {
			return n, err
		}
		if generated {
			if n.ID, err = freeProjectID(ctx, tx, n.ID); err != nil {
				return n, err
			}
		}
		n.CreatedAt, n.UpdatedAt = tx.Now(), tx.Now()
		if err := tx.InsertProject(ctx, n.Project); err != nil {
			return n, taken(err, "a project with the id %q exists already", n.ID)
		}
		for _, name := range n.Environments {
			if err := tx.PutProjectEnvironment(ctx, store.ProjectEnvironment{Project: n.ID, Environment: name}); err != nil {
				return n, err
			}
		}
		if err := ownProject(ctx, tx, actor, n.ID); err != nil {
			return n, err
		}
		return n, projectChanged(ctx, tx, actor, changed[NewProject]{event: eventProjectCreated, after: &n})
	})
}

func environmentsOfNew(ctx context.Context, tx *store.Tx, names []feature.EnvironmentName) ([]feature.EnvironmentName, error) {
	if names != nil && len(names) == 0 {
		return nil, fault.Field("/body/environments", "environments must name at least one environment, or be absent for all that are enabled")
	}
	all, err := tx.Environments(ctx)
	if err != nil {
		return nil, err
	}
	chosen := []feature.EnvironmentName{}
	if names == nil {
		for _, e := range all {
			if e.Enabled {
				chosen = append(chosen, e.Name)
			}
		}
		return chosen, nil
	}
	for i, name := range names {
		if !slices.ContainsFunc(all, func(e feature.Environment) bool { return e.Name == name }) {
			return nil, fault.Field("/body/environments/"+strconv.Itoa(i), "environments must name environments; there is no %q", name)
		}
		if !slices.Contains(chosen, name) {
			chosen = append(chosen, name)
		}
	}
	return chosen, nil
}

// freeProjectID returns the id, with a number behind it when it is taken.
func freeProjectID(ctx context.Context, tx *store.Tx, id feature.ProjectID) (feature.ProjectID, error) {
	for n := 1; ; n++ {
		candidate := id
		if n > 1 {
			candidate += feature.ProjectID("-" + strconv.Itoa(n))
		}
		_, err := tx.Project(ctx, candidate)
		if fault.Is(err, fault.NotFound) {
			return candidate, nil
		}
		if err != nil {
			return id, err
		}
	}
}

// ownProject makes a person the owner of a new project. Tokens own nothing.
func ownProject(ctx context.Context, tx *store.Tx, actor access.Principal, id feature.ProjectID) error {
	if !actor.Person() {
		return nil
	}
	if err := tx.SetMember(ctx, id, actor.UserID, []access.RoleID{access.OwnerRole}); err != nil {
		return err
	}
	return tx.Touch(ctx, store.NounUser, strconv.FormatInt(actor.UserID, 10))
}

// ChangeProject applies a change to a live project. Its id stays.
func (c *Control) ChangeProject(ctx context.Context, actor access.Principal, id feature.ProjectID, change func(*feature.Project)) error {
	return c.changeProject(ctx, actor, id, eventProjectUpdated, func(tx *store.Tx, p *feature.Project) error {
		if err := notArchived(*p); err != nil {
			return err
		}
		change(p)
		return p.Check()
	})
}

func (c *Control) changeProject(ctx context.Context, actor access.Principal, id feature.ProjectID, event string, change func(*store.Tx, *feature.Project) error) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.Project(ctx, id)
		if err != nil {
			return err
		}
		after := before
		if err := change(tx, &after); err != nil || reflect.DeepEqual(before, after) {
			return err
		}
		after.UpdatedAt = tx.Now()
		if err := tx.UpdateProject(ctx, after); err != nil {
			return err
		}
		return projectChanged(ctx, tx, actor, changed[NewProject]{event: event, before: &NewProject{Project: before}, after: &NewProject{Project: after}})
	})
}

func notArchived(p feature.Project) error {
	if p.ArchivedAt != nil {
		return fault.New(fault.Conflict, "the project %q is archived: revive it first", p.ID)
	}
	return nil
}

// ArchiveProject hides a project that has no live flags.
func (c *Control) ArchiveProject(ctx context.Context, actor access.Principal, id feature.ProjectID) error {
	return c.changeProject(ctx, actor, id, eventProjectArchived, func(tx *store.Tx, p *feature.Project) error {
		if err := notArchived(*p); err != nil {
			return err
		}
		if err := expendable(ctx, tx, *p, "archived"); err != nil {
			return err
		}
		p.ArchivedAt = new(tx.Now())
		return nil
	})
}

// expendable reports a project that has to stay.
func expendable(ctx context.Context, tx *store.Tx, p feature.Project, what string) error {
	if p.ID == feature.DefaultProject {
		return fault.New(fault.Conflict, "the default project cannot be %s", what)
	}
	flags, err := tx.Flags(ctx, store.FlagFilter{Project: p.ID})
	if err == nil && len(flags) > 0 {
		return fault.New(fault.Conflict, "the project %q cannot be %s: it has %d flags that are not archived", p.ID, what, len(flags))
	}
	return err
}

// ReviveProject brings an archived project back.
func (c *Control) ReviveProject(ctx context.Context, actor access.Principal, id feature.ProjectID) error {
	return c.changeProject(ctx, actor, id, eventProjectRevived, func(_ *store.Tx, p *feature.Project) error {
		if p.ArchivedAt == nil {
			return fault.New(fault.Conflict, "the project %q is not archived", p.ID)
		}
		p.ArchivedAt = nil
		return nil
	})
}

// projectEvent is what the event log keeps of a project.
type projectEvent struct {
	ID                feature.ProjectID         `json:"id"`
	Name              string                    `json:"name"`
	Description       *string                   `json:"description"`
	Mode              string                    `json:"mode"`
	DefaultStickiness string                    `json:"defaultStickiness"`
	Environments      []feature.EnvironmentName `json:"environments,omitempty"`
	ArchivedAt        *time.Time                `json:"archivedAt,omitempty"`
}

func projectData(n *NewProject) any {
	if n == nil {
		return nil
	}
	return projectEvent{
		ID: n.ID, Name: n.Name, Description: n.Description, Mode: n.Mode, DefaultStickiness: n.DefaultStickiness,
		Environments: n.Environments, ArchivedAt: n.ArchivedAt,
	}
}

func projectChanged(ctx context.Context, tx *store.Tx, actor access.Principal, c changed[NewProject]) error {
	id := c.about().ID
	if err := tx.Touch(ctx, store.NounProject, string(id)); err != nil {
		return err
	}
	return tx.Record(ctx, actor, store.Event{Type: c.event, Project: id}, projectData(c.before), projectData(c.after))
}
