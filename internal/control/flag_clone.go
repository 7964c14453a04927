package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// CloneFlag stores a new flag with the type, description, tags, dependencies,
// strategies and variants of another one, off in every environment.
// ReplaceGroup puts the new name where a rollout's group is the old one, so
// that the two flags choose different users.
func (c *Control) CloneFlag(ctx context.Context, actor access.Principal, ref FlagRef, name feature.Name, replaceGroup bool) (FlagDetail, error) {
	return changeFlags(ctx, c, actor, func(w flagWork) (FlagDetail, error) {
		source, err := findLiveFlag(ctx, w.Tx, ref)
		if err != nil {
			return FlagDetail{}, err
		}
		clone, err := w.create(ctx, feature.Flag{
			Name: name, Project: source.Project, Type: source.Type, Description: source.Description, ImpressionData: source.ImpressionData,
		})
		if err != nil {
			return FlagDetail{}, err
		}
		if err := w.copyShared(ctx, source, clone); err != nil {
			return FlagDetail{}, err
		}
		if err := w.copyStates(ctx, source, clone, replaceGroup); err != nil {
			return FlagDetail{}, err
		}
		if clone, err = w.Flag(ctx, name); err != nil {
			return FlagDetail{}, err
		}
		return flagDetail(ctx, w.Tx, clone)
	})
}

// copyShared copies what is the same in every environment.
func (w flagWork) copyShared(ctx context.Context, source, clone feature.Flag) error {
	tags, err := w.FlagTags(ctx, []feature.Name{source.Name})
	if err != nil {
		return err
	}
	for _, tag := range tags[source.Name] {
		if err := w.tag(ctx, clone, tag, ""); err != nil {
			return err
		}
	}
	for _, d := range source.Dependencies {
		if err := w.setDependency(ctx, clone, d); err != nil {
			return err
		}
	}
	return nil
}

func (w flagWork) copyStates(ctx context.Context, source, clone feature.Flag, replaceGroup bool) error {
	places, err := w.Places(ctx, []feature.ProjectID{source.Project})
	if err != nil {
		return err
	}
	states, err := w.States(ctx, []feature.Name{source.Name})
	if err != nil {
		return err
	}
	for _, place := range places[source.Project] {
		state := states[source.Name][place.Name]
		for _, strategy := range state.Strategies {
			if replaceGroup && strategy.Parameters[feature.ParameterGroupID] == string(source.Name) {
				strategy.Parameters[feature.ParameterGroupID] = string(clone.Name)
			}
			if _, err := w.insertStrategy(ctx, clone, store.Placed{Environment: place.Name, Strategy: strategy}); err != nil {
				return err
			}
		}
		if len(state.Variants) > 0 {
			if err := w.setVariants(ctx, clone, place.Name, nil, state.Variants); err != nil {
				return err
			}
		}
	}
	return nil
}
