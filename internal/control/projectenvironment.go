package control

import (
	"context"
	"reflect"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about environments of projects.
const (
	eventProjectEnvironmentAdded   = "project-environment-added"
	eventProjectEnvironmentRemoved = "project-environment-removed"
	eventDefaultStrategyUpdated    = "default-strategy-updated"
)

// ProjectEnvironments returns the environments a project uses, in their order.
func (c *Control) ProjectEnvironments(ctx context.Context, project feature.ProjectID) ([]store.ProjectEnvironment, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.ProjectEnvironment, error) { return tx.ProjectEnvironments(ctx, project) })
}

// AddProjectEnvironment makes a project use an environment, with a default
// strategy when that is not nil.
func (c *Control) AddProjectEnvironment(ctx context.Context, actor access.Principal, pe store.ProjectEnvironment) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		if err := requireLiveProject(ctx, tx, pe.Project); err != nil {
			return err
		}
		if _, err := tx.Environment(ctx, pe.Environment); fault.Is(err, fault.NotFound) {
			return fault.Field("/body/environment", "environment must name an environment; there is no %q", pe.Environment)
		} else if err != nil {
			return err
		}
		if _, err := tx.ProjectEnvironment(ctx, pe.Project, pe.Environment); err == nil {
			return nameExists("project %q uses the environment %q already", pe.Project, pe.Environment)
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		if pe.DefaultStrategy != nil {
			if err := checkDefaultStrategy(ctx, tx, &pe, "/body/defaultStrategy"); err != nil {
				return err
			}
		}
		return addProjectEnvironment(ctx, tx, actor, pe)
	})
}

// addProjectEnvironment stores what is checked already.
func addProjectEnvironment(ctx context.Context, tx *store.Tx, actor access.Principal, pe store.ProjectEnvironment) error {
	if err := tx.PutProjectEnvironment(ctx, pe); err != nil {
		return err
	}
	return projectEnvironmentChanged(ctx, tx, actor, pe, eventProjectEnvironmentAdded)
}

// RemoveProjectEnvironment makes a project no longer use an environment: its
// flags are off there. Should the environment come back, they have their
// strategies and are still off.
func (c *Control) RemoveProjectEnvironment(ctx context.Context, actor access.Principal, project feature.ProjectID, environment feature.EnvironmentName) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		if err := requireLiveProject(ctx, tx, project); err != nil {
			return err
		}
		pe, err := tx.ProjectEnvironment(ctx, project, environment)
		if err != nil {
			return err
		}
		all, err := tx.ProjectEnvironments(ctx, project)
		if err != nil {
			return err
		}
		if len(all) == 1 {
			return fault.Field("/params/environment", "environment must not be the only one of the project: add another one to %q first", project)
		}
		off, err := tx.SwitchOffFlags(ctx, project, environment)
		if err != nil {
			return err
		}
		for _, name := range off {
			w := flagWork{Tx: tx, control: c, actor: actor}
			about := store.Event{Type: eventFlagOff, Project: project, Feature: name, Environment: environment}
			if err := w.note(ctx, about, flagSwitch{true}, flagSwitch{false}); err != nil {
				return err
			}
		}
		if err := tx.DeleteProjectEnvironment(ctx, project, environment); err != nil {
			return err
		}
		return projectEnvironmentChanged(ctx, tx, actor, pe, eventProjectEnvironmentRemoved)
	})
}

// SetDefaultStrategy sets what a flag of a project gets that is switched on in
// an environment without a strategy, and returns it.
func (c *Control) SetDefaultStrategy(ctx context.Context, actor access.Principal, pe store.ProjectEnvironment) (feature.Strategy, error) {
	return update(ctx, c, func(tx *store.Tx) (feature.Strategy, error) {
		if err := requireLiveProject(ctx, tx, pe.Project); err != nil {
			return feature.Strategy{}, err
		}
		before, err := tx.ProjectEnvironment(ctx, pe.Project, pe.Environment)
		if err != nil {
			return feature.Strategy{}, err
		}
		if err := checkDefaultStrategy(ctx, tx, &pe, "/body"); err != nil {
			return feature.Strategy{}, err
		}
		if reflect.DeepEqual(before.DefaultStrategy, pe.DefaultStrategy) {
			return *pe.DefaultStrategy, nil
		}
		if err := tx.PutProjectEnvironment(ctx, pe); err != nil {
			return feature.Strategy{}, err
		}
		e := store.Event{Type: eventDefaultStrategyUpdated, Project: pe.Project, Environment: pe.Environment}
		return *pe.DefaultStrategy, tx.Record(ctx, actor, e, defaultStrategyData(before), defaultStrategyData(pe))
	})
}

// checkDefaultStrategy checks the default strategy and gives it its stored
// form. The group is left open: each flag gets its own.
func checkDefaultStrategy(ctx context.Context, tx *store.Tx, pe *store.ProjectEnvironment, path string) error {
	s := pe.DefaultStrategy
	given := s.Parameters[feature.ParameterGroupID]
	normal := s.WithDefaults("")
	if given == "" {
		delete(normal.Parameters, feature.ParameterGroupID)
	}
	variants, err := feature.NormalizeVariants(path+"/variants", normal.Variants)
	if err != nil {
		return err
	}
	normal.Variants = variants
	if err := normal.Check(path); err != nil {
		return err
	}
	pe.DefaultStrategy = &normal
	return checkReferences(ctx, tx, pe.Project, normal)
}

// projectEnvironmentEvent is what the event log keeps of an environment of a
// project.
type projectEnvironmentEvent struct {
	Environment feature.EnvironmentName `json:"environment"`
}

func projectEnvironmentChanged(ctx context.Context, tx *store.Tx, actor access.Principal, pe store.ProjectEnvironment, event string) error {
	if err := tx.Touch(ctx, store.NounProject, string(pe.Project)); err != nil {
		return err
	}
	var before, after any
	if event == eventProjectEnvironmentAdded {
		after = projectEnvironmentEvent{pe.Environment}
	} else {
		before = projectEnvironmentEvent{pe.Environment}
	}
	return tx.Record(ctx, actor, store.Event{Type: event, Project: pe.Project, Environment: pe.Environment}, before, after)
}

func defaultStrategyData(pe store.ProjectEnvironment) any {
	if pe.DefaultStrategy == nil {
		return nil
	}
	return NewStrategyDetail("", *pe.DefaultStrategy)
}
