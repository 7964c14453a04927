package control

import (
	"context"
	"reflect"
	"slices"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about context fields.
const (
	eventContextCreated = "context-field-created"
	eventContextUpdated = "context-field-updated"
	eventContextDeleted = "context-field-deleted"
)

// ContextKey names a context field as its caller does: in the whole server's
// list or in that of one project.
type ContextKey struct {
	Project feature.ProjectID // empty: the whole server's
	Name    string
}

// UsedContextField is a context field with how far strategies of live flags
// name it.
type UsedContextField struct {
	feature.ContextField
	Reach store.Reach
}

// ContextFields returns the context fields of a project, or of the whole
// server when the project is empty; with both, those of all projects or of the
// server too.
func (c *Control) ContextFields(ctx context.Context, project feature.ProjectID, both bool) ([]UsedContextField, error) {
	return view(ctx, c, func(tx *store.Tx) ([]UsedContextField, error) {
		if err := projectOfPath(ctx, tx, project); err != nil {
			return nil, err
		}
		fields, err := tx.ContextFields(ctx)
		if err != nil {
			return nil, err
		}
		fields = slices.DeleteFunc(fields, func(f feature.ContextField) bool {
			own := f.Project == project
			return !sees(ctx, f.Project) || !own && (!both || (project != "" && f.Project != ""))
		})
		return withContextReach(ctx, tx, fields)
	})
}

// projectOfPath reports a project in the path that is not there; empty is
// fine.
func projectOfPath(ctx context.Context, tx *store.Tx, id feature.ProjectID) error {
	if id == "" {
		return nil
	}
	_, err := tx.Project(ctx, id)
	return err
}

func withContextReach(ctx context.Context, tx *store.Tx, fields []feature.ContextField) ([]UsedContextField, error) {
	use, err := tx.ConstrainedStrategies(ctx, "")
	if err != nil {
		return nil, err
	}
	flags, projects := map[string]map[feature.Name]bool{}, map[string]map[feature.ProjectID]bool{}
	for _, u := range use {
		for _, constraint := range u.Constraints {
			name := constraint.ContextName
			if flags[name] == nil {
				flags[name], projects[name] = make(map[feature.Name]bool), make(map[feature.ProjectID]bool)
			}
			flags[name][u.Feature], projects[name][u.Project] = true, true
		}
	}
	used := make([]UsedContextField, len(fields))
	for i, f := range fields {
		used[i] = UsedContextField{f, store.Reach{Features: len(flags[f.Name]), Projects: len(projects[f.Name])}}
	}
	return used, nil
}

// ContextField returns one context field.
func (c *Control) ContextField(ctx context.Context, key ContextKey) (UsedContextField, error) {
	return view(ctx, c, func(tx *store.Tx) (UsedContextField, error) {
		f, err := contextField(ctx, tx, key)
		if err != nil {
			return UsedContextField{}, err
		}
		used, err := withContextReach(ctx, tx, []feature.ContextField{f})
		if err != nil {
			return UsedContextField{}, err
		}
		return used[0], nil
	})
}

// contextField finds a field. The fields of projects are found by name alone
// too; a project finds only its own.
func contextField(ctx context.Context, tx *store.Tx, key ContextKey) (feature.ContextField, error) {
	f, err := tx.ContextField(ctx, key.Name)
	err = unlessHidden(ctx, err, f.Project, "there is no context field %q", key.Name)
	if err == nil && key.Project != "" && f.Project != key.Project {
		return f, fault.New(fault.NotFound, "project %q has no context field %q", key.Project, key.Name)
	}
	return f, err
}

// ContextFieldUse returns the strategies of live flags that name a field.
func (c *Control) ContextFieldUse(ctx context.Context, key ContextKey) ([]store.StrategyUse, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.StrategyUse, error) {
		if _, err := contextField(ctx, tx, key); err != nil {
			return nil, err
		}
		use, err := tx.ConstrainedStrategies(ctx, key.Name)
		return slices.DeleteFunc(use, func(u store.StrategyUse) bool {
			named := func(c feature.Constraint) bool { return c.ContextName == key.Name }
			return !sees(ctx, u.Project) || !slices.ContainsFunc(u.Constraints, named) || (key.Project != "" && u.Project != key.Project)
		}), err
	})
}

// CheckContextFieldName reports a name that a new context field could not have.
func (c *Control) CheckContextFieldName(ctx context.Context, key ContextKey) error {
	if err := feature.CheckName("/body/name", "name", key.Name); err != nil {
		return err
	}
	return c.DB.View(ctx, func(tx *store.Tx) error {
		if err := projectOfPath(ctx, tx, key.Project); err != nil {
			return err
		}
		_, err := tx.ContextField(ctx, key.Name)
		return free(err, "a context field named %q exists already", key.Name)
	})
}

// mayContext reports whether the actor may act on context fields of a project;
// empty means of the whole server.
func mayContext(actor access.Principal, root access.Permission, project feature.ProjectID) error {
	if project == "" {
		return require(actor, "", "", root)
	}
	return require(actor, string(project), "", root, access.UpdateProjectContext)
}

// CreateContextField stores a new context field.
func (c *Control) CreateContextField(ctx context.Context, actor access.Principal, f feature.ContextField) (feature.ContextField, error) {
	if err := mayContext(actor, access.CreateContextField, f.Project); err != nil {
		return f, err
	}
	if err := f.Check(); err != nil {
		return f, err
	}
	if f.LegalValues == nil {
		f.LegalValues = []feature.LegalValue{}
	}
	return update(ctx, c, func(tx *store.Tx) (feature.ContextField, error) {
		if err := projectOfBody(ctx, tx, f.Project); err != nil {
			return f, err
		}
		f.CreatedAt = tx.Now()
		if err := tx.InsertContextField(ctx, f); err != nil {
			return f, taken(err, "a context field named %q exists already", f.Name)
		}
		return f, tx.Record(ctx, actor, store.Event{Type: eventContextCreated, Project: f.Project}, nil, f)
	})
}

// ChangeContextField applies a change to a context field. Its name, project
// and time of creation stay.
func (c *Control) ChangeContextField(ctx context.Context, actor access.Principal, key ContextKey, change func(*feature.ContextField) error) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := contextField(ctx, tx, key)
		if err != nil {
			return err
		}
		if err := mayContext(actor, access.UpdateContextField, before.Project); err != nil {
			return err
		}
		after := before
		after.LegalValues = append([]feature.LegalValue{}, before.LegalValues...)
		if err := change(&after); err != nil {
			return err
		}
		if err := after.Check(); err != nil || reflect.DeepEqual(before, after) {
			return err
		}
		if err := tx.UpdateContextField(ctx, after); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: eventContextUpdated, Project: before.Project}, before, after)
	})
}

// PutLegalValue adds a legal value to a context field, or replaces the
// description of the one it has.
func (c *Control) PutLegalValue(ctx context.Context, actor access.Principal, key ContextKey, v feature.LegalValue) error {
	if err := v.Check("/body"); err != nil {
		return err
	}
	return c.ChangeContextField(ctx, actor, key, func(f *feature.ContextField) error {
		i := slices.IndexFunc(f.LegalValues, func(w feature.LegalValue) bool { return w.Value == v.Value })
		if i < 0 {
			f.LegalValues = append(f.LegalValues, v)
		} else {
			f.LegalValues[i] = v
		}
		return nil
	})
}

// DeleteLegalValue takes a legal value away from a context field.
func (c *Control) DeleteLegalValue(ctx context.Context, actor access.Principal, key ContextKey, value string) error {
	return c.ChangeContextField(ctx, actor, key, func(f *feature.ContextField) error {
		i := slices.IndexFunc(f.LegalValues, func(w feature.LegalValue) bool { return w.Value == value })
		if i < 0 {
			return fault.New(fault.NotFound, "the context field %q has no legal value %q", key.Name, value)
		}
		f.LegalValues = slices.Delete(f.LegalValues, i, i+1)
		return nil
	})
}

// DeleteContextField removes a context field. Constraints that name it go on
// working: what an SDK sends decides, not this list.
func (c *Control) DeleteContextField(ctx context.Context, actor access.Principal, key ContextKey) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := contextField(ctx, tx, key)
		if err != nil {
			return err
		}
		if err := mayContext(actor, access.DeleteContextField, before.Project); err != nil {
			return err
		}
		if err := tx.DeleteContextField(ctx, key.Name); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: eventContextDeleted, Project: before.Project}, before, nil)
	})
}
