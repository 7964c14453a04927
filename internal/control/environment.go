package control

import (
	"context"
	"slices"
	"strconv"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about environments.
const (
	eventEnvironmentCreated = "environment-created"
	eventEnvironmentUpdated = "environment-updated"
	eventEnvironmentDeleted = "environment-deleted"
)

// UsedEnvironment is an environment with what uses it.
type UsedEnvironment struct {
	feature.Environment
	Numbers store.EnvironmentNumbers
	// Of is set when the environment was asked for by a project: what that
	// project made of it, nil when it does not use it.
	Of *store.ProjectEnvironment
}

// Environments returns all environments, in their order.
func (c *Control) Environments(ctx context.Context) ([]UsedEnvironment, error) {
	return view(ctx, c, func(tx *store.Tx) ([]UsedEnvironment, error) { return usedEnvironments(ctx, tx, "") })
}

// EnvironmentsOf returns all environments, in their order, as a project sees
// them.
func (c *Control) EnvironmentsOf(ctx context.Context, project feature.ProjectID) ([]UsedEnvironment, error) {
	return view(ctx, c, func(tx *store.Tx) ([]UsedEnvironment, error) {
		if _, err := tx.Project(ctx, project); err != nil {
			return nil, err
		}
		all, err := usedEnvironments(ctx, tx, project)
		if err != nil {
			return nil, err
		}
		own, err := tx.ProjectEnvironments(ctx, project)
		for i := range all {
			at := slices.IndexFunc(own, func(pe store.ProjectEnvironment) bool { return pe.Environment == all[i].Name })
			if at >= 0 {
				all[i].Of = &own[at]
			}
		}
		return all, err
	})
}

func usedEnvironments(ctx context.Context, tx *store.Tx, project feature.ProjectID) ([]UsedEnvironment, error) {
	all, err := tx.Environments(ctx)
	if err != nil {
		return nil, err
	}
	numbers, err := tx.EnvironmentNumbers(ctx, project)
	used := make([]UsedEnvironment, len(all))
	for i, e := range all {
		used[i] = UsedEnvironment{Environment: e, Numbers: numbers[e.Name]}
	}
	return used, err
}

// Environment returns one environment.
func (c *Control) Environment(ctx context.Context, name feature.EnvironmentName) (UsedEnvironment, error) {
	return view(ctx, c, func(tx *store.Tx) (UsedEnvironment, error) {
		e, err := tx.Environment(ctx, name)
		if err != nil {
			return UsedEnvironment{}, err
		}
		numbers, err := tx.EnvironmentNumbers(ctx, "")
		return UsedEnvironment{Environment: e, Numbers: numbers[name]}, err
	})
}

// CheckEnvironmentName reports a name that a new environment could not have.
func (c *Control) CheckEnvironmentName(ctx context.Context, name feature.EnvironmentName) error {
	if err := feature.CheckName("/body/name", "name", string(name)); err != nil {
		return err
	}
	return c.DB.View(ctx, func(tx *store.Tx) error {
		_, err := tx.Environment(ctx, name)
		return free(err, "an environment named %q exists already", name)
	})
}

// CreateEnvironment stores a new environment, which no project uses yet. A
// sort order of 0 puts it last.
func (c *Control) CreateEnvironment(ctx context.Context, actor access.Principal, e feature.Environment) (feature.Environment, error) {
	if err := e.Check(); err != nil {
		return e, err
	}
	return update(ctx, c, func(tx *store.Tx) (feature.Environment, error) { return insertEnvironment(ctx, tx, actor, e) })
}

func insertEnvironment(ctx context.Context, tx *store.Tx, actor access.Principal, e feature.Environment) (feature.Environment, error) {
	if e.SortOrder == 0 {
		all, err := tx.Environments(ctx)
		if err != nil {
			return e, err
		}
		for _, other := range all {
			e.SortOrder = max(e.SortOrder, other.SortOrder+1)
		}
	}
	if err := tx.InsertEnvironment(ctx, e); err != nil {
		return e, taken(err, "an environment named %q exists already", e.Name)
	}
	return e, environmentChanged(ctx, tx, actor, changed[feature.Environment]{event: eventEnvironmentCreated, after: &e})
}

// ChangeEnvironment applies a change to an environment. Its name stays.
func (c *Control) ChangeEnvironment(ctx context.Context, actor access.Principal, name feature.EnvironmentName, change func(*feature.Environment)) (UsedEnvironment, error) {
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.Environment(ctx, name)
		if err != nil {
			return err
		}
		after := before
		change(&after)
		if err := after.Check(); err != nil || after == before {
			return err
		}
		return updateEnvironment(ctx, tx, actor, before, after)
	})
	if err != nil {
		return UsedEnvironment{}, err
	}
	return c.Environment(ctx, name)
}

// SortEnvironments gives environments their places in lists.
func (c *Control) SortEnvironments(ctx context.Context, actor access.Principal, orders map[feature.EnvironmentName]int) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		all, err := tx.Environments(ctx)
		if err != nil {
			return err
		}
		for name := range orders {
			if !slices.ContainsFunc(all, func(e feature.Environment) bool { return e.Name == name }) {
				return fault.New(fault.NotFound, "there is no environment %q", name)
			}
		}
		for _, before := range all {
			after := before
			order, given := orders[before.Name]
			if !given || order == before.SortOrder {
				continue
			}
			after.SortOrder = order
			if err := updateEnvironment(ctx, tx, actor, before, after); err != nil {
				return err
			}
		}
		return nil
	})
}

func updateEnvironment(ctx context.Context, tx *store.Tx, actor access.Principal, before, after feature.Environment) error {
	if err := tx.UpdateEnvironment(ctx, after); err != nil {
		return err
	}
	return environmentChanged(ctx, tx, actor, changed[feature.Environment]{event: eventEnvironmentUpdated, before: &before, after: &after})
}

// DeleteEnvironment removes an environment with what flags have in it and with
// its API tokens, so that none of them works when a new environment gets the
// name.
func (c *Control) DeleteEnvironment(ctx context.Context, actor access.Principal, name feature.EnvironmentName) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.Environment(ctx, name)
		if err != nil {
			return err
		}
		if err := notOnlyEnvironment(ctx, tx, name); err != nil {
			return err
		}
		tokens, err := tx.APITokens(ctx)
		if err != nil {
			return err
		}
		for _, t := range tokens {
			if t.Scope.Environment != string(name) {
				continue
			}
			if err := deleteToken(ctx, tx, actor, t); err != nil {
				return err
			}
		}
		if err := tx.DeleteEnvironment(ctx, name); err != nil {
			return err
		}
		return environmentChanged(ctx, tx, actor, changed[feature.Environment]{event: eventEnvironmentDeleted, before: &before})
	})
}

// notOnlyEnvironment reports projects that would be left without environment.
func notOnlyEnvironment(ctx context.Context, tx *store.Tx, name feature.EnvironmentName) error {
	users, err := tx.EnvironmentProjects(ctx, name)
	if err != nil {
		return err
	}
	for _, pe := range users {
		all, err := tx.ProjectEnvironments(ctx, pe.Project)
		if err != nil {
			return err
		}
		if len(all) == 1 {
			return fault.New(fault.Conflict, "the environment %q cannot be deleted: project %q has no other", name, pe.Project)
		}
	}
	return nil
}

func environmentChanged(ctx context.Context, tx *store.Tx, actor access.Principal, c changed[feature.Environment]) error {
	name := c.about().Name
	if err := tx.Touch(ctx, store.NounEnvironment, string(name)); err != nil {
		return err
	}
	return tx.Record(ctx, actor, store.Event{Type: c.event, Environment: name}, orNil(c.before), orNil(c.after))
}

// orNil is a value as an event keeps it: a nil pointer is no value at all.
func orNil[T any](value *T) any {
	if value == nil {
		return nil
	}
	return value
}

// EnvironmentCopy says what a copy of an environment is like.
type EnvironmentCopy struct {
	Name feature.EnvironmentName
	Type string
	// Projects that take the copy; nil for all that use the original.
	Projects []feature.ProjectID
}

// CloneEnvironment makes a new environment in which flags are as they are in
// the original: on or off, strategies, variants. Tokens are not copied.
func (c *Control) CloneEnvironment(ctx context.Context, actor access.Principal, from feature.EnvironmentName, copyOf EnvironmentCopy) (UsedEnvironment, error) {
	e := feature.Environment{Name: copyOf.Name, Type: copyOf.Type, Enabled: true}
	if err := e.Check(); err != nil {
		return UsedEnvironment{}, err
	}
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Environment(ctx, from); err != nil {
			return err
		}
		users, err := tx.EnvironmentProjects(ctx, from)
		if err != nil {
			return err
		}
		if users, err = narrowed(users, copyOf.Projects); err != nil {
			return err
		}
		if e, err = insertEnvironment(ctx, tx, actor, e); err != nil {
			return err
		}
		for _, pe := range users {
			pe.Environment = e.Name
			if err := addProjectEnvironment(ctx, tx, actor, pe); err != nil {
				return err
			}
			if err := c.copyStates(ctx, tx, pe.Project, from, e.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return UsedEnvironment{}, err
	}
	return c.Environment(ctx, e.Name)
}

// narrowed returns the rows of the projects; of all when projects is nil.
func narrowed(users []store.ProjectEnvironment, projects []feature.ProjectID) ([]store.ProjectEnvironment, error) {
	if projects == nil {
		return users, nil
	}
	var narrow []store.ProjectEnvironment
	for i, id := range projects {
		at := slices.IndexFunc(users, func(pe store.ProjectEnvironment) bool { return pe.Project == id })
		if at < 0 {
			return nil, fault.Field("/body/projects/"+strconv.Itoa(i), "projects must be ids of projects that use the environment; %q does not", id)
		}
		if !slices.Contains(projects[:i], id) {
			narrow = append(narrow, users[at])
		}
	}
	return narrow, nil
}

// copyStates gives the flags of a project in one environment what they have in
// another.
func (c *Control) copyStates(ctx context.Context, tx *store.Tx, project feature.ProjectID, from, to feature.EnvironmentName) error {
	for _, archived := range []bool{false, true} {
		flags, err := tx.Flags(ctx, store.FlagFilter{Project: project, Archived: archived})
		if err != nil {
			return err
		}
		names := make([]feature.Name, len(flags))
		for i, f := range flags {
			names[i] = f.Name
		}
		states, err := tx.States(ctx, names)
		if err != nil {
			return err
		}
		for _, name := range names {
			state, has := states[name][from]
			if !has {
				continue
			}
			if err := c.copyState(ctx, tx, name, state.State, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Control) copyState(ctx context.Context, tx *store.Tx, name feature.Name, state feature.State, to feature.EnvironmentName) error {
	if err := tx.SetEnabled(ctx, name, to, state.Enabled); err != nil {
		return err
	}
	if err := tx.SetVariants(ctx, name, to, state.Variants); err != nil {
		return err
	}
	for _, s := range state.Strategies {
		id, err := newUUID(c.Random)
		if err != nil {
			return err
		}
		s.ID = feature.StrategyID(id)
		if err := tx.InsertStrategy(ctx, store.Placed{Feature: name, Environment: to, Strategy: s}); err != nil {
			return err
		}
	}
	return nil
}
