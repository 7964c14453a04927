package control

import (
	"context"
	"slices"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// Switch says how to switch a flag.
type Switch struct {
	On bool
	// ActivateDisabled enables the flag's disabled strategies when it has no
	// enabled one, instead of adding the default strategy.
	ActivateDisabled bool
}

// FlagIn returns one flag in one environment.
func (c *Control) FlagIn(ctx context.Context, at FlagPlace) (FlagEnvironment, error) {
	return view(ctx, c, func(tx *store.Tx) (FlagEnvironment, error) {
		flag, err := findFlag(ctx, tx, at.FlagRef)
		if err != nil {
			return FlagEnvironment{}, err
		}
		places, err := tx.Places(ctx, []feature.ProjectID{flag.Project})
		if err != nil {
			return FlagEnvironment{}, err
		}
		i := slices.IndexFunc(places[flag.Project], func(p store.Place) bool { return p.Name == at.Environment })
		if i < 0 {
			_, err := tx.ProjectEnvironment(ctx, flag.Project, at.Environment)
			return FlagEnvironment{}, err
		}
		state, err := stateIn(ctx, tx, flag.Name, at.Environment)
		return flagEnvironment(flag.Name, places[flag.Project][i], state), err
	})
}

// stateIn returns what an environment holds of a flag.
func stateIn(ctx context.Context, tx *store.Tx, name feature.Name, environment feature.EnvironmentName) (store.FlagState, error) {
	states, err := tx.States(ctx, []feature.Name{name})
	return states[name][environment], err
}

// findPlaced returns a live flag whose project has the environment.
func findPlaced(ctx context.Context, tx *store.Tx, at FlagPlace) (feature.Flag, error) {
	flag, err := findLiveFlag(ctx, tx, at.FlagRef)
	if err != nil {
		return flag, err
	}
	_, err = tx.ProjectEnvironment(ctx, flag.Project, at.Environment)
	return flag, err
}

// aboutPlace starts an event about a flag in an environment.
func aboutPlace(eventType string, flag feature.Flag, environment feature.EnvironmentName) store.Event {
	e := aboutFlag(eventType, flag)
	e.Environment = environment
	return e
}

// SwitchFlag switches a flag on or off in an environment. Switching on a flag
// without an enabled strategy gives it the default strategy of the project's
// environment, or the server's.
func (c *Control) SwitchFlag(ctx context.Context, actor access.Principal, at FlagPlace, to Switch) (FlagDetail, error) {
	flag, err := changeFlags(ctx, c, actor, func(w flagWork) (feature.Flag, error) {
		flag, err := findPlaced(ctx, w.Tx, at)
		if err != nil {
			return flag, err
		}
		return flag, w.switchTo(ctx, flag, at.Environment, to)
	})
	if err != nil {
		return FlagDetail{}, err
	}
	// Other changes wait for this one as long as its transaction lasts, and most of
	// the work is to read what is answered: that is done after it.
	detail, err := view(ctx, c, func(tx *store.Tx) (FlagDetail, error) { return flagDetail(ctx, tx, flag) })
	if err != nil {
		return detail, fault.Wrap(fault.Unavailable, err, "the flag was switched, but what it is like now cannot be read at the moment")
	}
	return detail, nil
}

// SwitchFlags switches several flags in an environment, all or none.
func (c *Control) SwitchFlags(ctx context.Context, actor access.Principal, batch Batch, environment feature.EnvironmentName, to Switch) error {
	return c.changeAll(ctx, actor, batch, func(w flagWork, flags []feature.Flag) error {
		if _, err := w.ProjectEnvironment(ctx, batch.Project, environment); err != nil {
			return err
		}
		for _, flag := range flags {
			if err := w.switchTo(ctx, flag, environment, to); err != nil {
				return err
			}
		}
		return nil
	})
}

// switchTo switches a flag; it does nothing when it is so.
func (w flagWork) switchTo(ctx context.Context, flag feature.Flag, environment feature.EnvironmentName, to Switch) error {
	on, ready, err := w.Enabled(ctx, flag.Name, environment)
	if err != nil {
		return err
	}
	if to.On && !ready {
		state, err := stateIn(ctx, w.Tx, flag.Name, environment)
		if err != nil {
			return err
		}
		if err := w.giveStrategy(ctx, flag, state, store.Placed{Environment: environment}, to.ActivateDisabled); err != nil {
			return err
		}
	}
	if on == to.On {
		return nil
	}
	if err := w.SetEnabled(ctx, flag.Name, environment, to.On); err != nil {
		return err
	}
	eventType := eventFlagOff
	if to.On {
		eventType = eventFlagOn
	}
	return w.note(ctx, aboutPlace(eventType, flag, environment), flagSwitch{!to.On}, flagSwitch{to.On})
}

// flagSwitch is what events tell of a flag that is switched.
type flagSwitch struct {
	Enabled bool `json:"enabled"`
}

// giveStrategy makes sure that a flag about to be on has an enabled strategy:
// without one it would be on for everybody by accident.
func (w flagWork) giveStrategy(ctx context.Context, flag feature.Flag, state store.FlagState, at store.Placed, activate bool) error {
	if activate && len(state.Strategies) > 0 {
		for _, strategy := range state.Strategies {
			old := strategy
			strategy.Disabled = false
			if err := w.updateStrategy(ctx, flag, store.Placed{Environment: at.Environment, Strategy: old}, strategy); err != nil {
				return err
			}
		}
		return nil
	}
	if err := checkStrategyRoom(state.Strategies); err != nil {
		return err
	}
	project, err := w.ProjectEnvironment(ctx, flag.Project, at.Environment)
	if err != nil {
		return err
	}
	at.Strategy = feature.DefaultStrategy(flag.Name)
	if project.DefaultStrategy != nil {
		at.Strategy = *project.DefaultStrategy
		at.Strategy.Disabled = false
	}
	at.Strategy.SortOrder = nextOrder(state.Strategies)
	_, err = w.insertStrategy(ctx, flag, at)
	return err
}

// switchOffWithoutStrategy switches a flag off that has lost its last enabled
// strategy: without one it would be on for everybody.
func (w flagWork) switchOffWithoutStrategy(ctx context.Context, flag feature.Flag, environment feature.EnvironmentName) error {
	state, err := stateIn(ctx, w.Tx, flag.Name, environment)
	if err != nil || slices.ContainsFunc(state.Strategies, enabledStrategy) {
		return err
	}
	return w.switchTo(ctx, flag, environment, Switch{})
}

// FlagVariants returns the feature-level variants of a flag in an environment;
// with an empty environment, those of the first one that has some.
func (c *Control) FlagVariants(ctx context.Context, at FlagPlace) ([]feature.Variant, error) {
	if at.Environment != "" {
		e, err := c.FlagIn(ctx, at)
		return e.Variants, err
	}
	flag, err := c.Flag(ctx, at.FlagRef)
	for _, e := range flag.Environments {
		if len(e.Variants) > 0 {
			return e.Variants, nil
		}
	}
	return []feature.Variant{}, err
}

// SetFlagVariants changes the feature-level variants of a flag in an
// environment and returns them as they are stored. The function is given the
// ones there are and returns those that shall be.
func (c *Control) SetFlagVariants(ctx context.Context, actor access.Principal, at FlagPlace, change func([]feature.Variant) ([]feature.Variant, error)) ([]feature.Variant, error) {
	return changeFlags(ctx, c, actor, func(w flagWork) ([]feature.Variant, error) {
		flag, err := findPlaced(ctx, w.Tx, at)
		if err != nil {
			return nil, err
		}
		state, err := stateIn(ctx, w.Tx, flag.Name, at.Environment)
		if err != nil {
			return nil, err
		}
		old := append([]feature.Variant{}, state.Variants...)
		variants, err := change(old)
		if err != nil {
			return nil, err
		}
		if variants, err = feature.NormalizeVariants("/body", variants); err != nil {
			return nil, err
		}
		return variants, w.setVariants(ctx, flag, at.Environment, old, variants)
	})
}

// PushFlagVariants replaces the feature-level variants of a flag in several
// environments, all or none, and returns them as they are stored. It needs the
// permission in each environment.
func (c *Control) PushFlagVariants(ctx context.Context, actor access.Principal, ref FlagRef, environments []feature.EnvironmentName, variants []feature.Variant) ([]feature.Variant, error) {
	variants, err := feature.NormalizeVariants("/body/variants", variants)
	if err != nil {
		return nil, err
	}
	return changeFlags(ctx, c, actor, func(w flagWork) ([]feature.Variant, error) {
		for i, environment := range environments {
			if err := require(actor, string(ref.Project), string(environment), access.UpdateFeatureEnvVariant); err != nil {
				return nil, err
			}
			flag, err := findPlaced(ctx, w.Tx, FlagPlace{FlagRef: ref, Environment: environment})
			if fault.Is(err, fault.NotFound) && flag.Project == ref.Project {
				return nil, fault.Field(indexed("/body/environments", i), "environments[%d]: the project does not have the environment %q", i, environment)
			}
			if err != nil {
				return nil, err
			}
			state, err := stateIn(ctx, w.Tx, flag.Name, environment)
			if err != nil {
				return nil, err
			}
			if err := w.setVariants(ctx, flag, environment, state.Variants, variants); err != nil {
				return nil, err
			}
		}
		return variants, nil
	})
}

// setVariants stores variants that are checked already.
func (w flagWork) setVariants(ctx context.Context, flag feature.Flag, environment feature.EnvironmentName, old, variants []feature.Variant) error {
	if err := w.SetVariants(ctx, flag.Name, environment, variants); err != nil {
		return err
	}
	type list struct {
		Variants []feature.Variant `json:"variants"`
	}
	return w.note(ctx, aboutPlace(eventFlagVariants, flag, environment), list{append([]feature.Variant{}, old...)}, list{variants})
}
