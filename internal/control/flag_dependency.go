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

// AddDependency makes a flag depend on another one of its project, or replaces
// its dependency on that flag. Dependencies go one level deep.
func (c *Control) AddDependency(ctx context.Context, actor access.Principal, child FlagRef, d feature.Dependency) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := findLiveFlag(ctx, w.Tx, child)
		if err != nil {
			return struct{}{}, err
		}
		if err := w.checkDependency(ctx, flag, d); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.setDependency(ctx, flag, d)
	})
	return err
}

func (w flagWork) checkDependency(ctx context.Context, child feature.Flag, d feature.Dependency) error {
	const path = "/body/feature"
	parent, err := w.Flag(ctx, d.Parent)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && parent.Project != child.Project:
		return fault.Field(path, "feature must name a flag of project %q: there is no %q", child.Project, d.Parent)
	case err != nil:
		return err
	case parent.Name == child.Name:
		return fault.Field(path, "feature must not be the flag itself")
	case parent.ArchivedAt != nil:
		return fault.Field(path, "feature must not be archived: %q is", d.Parent)
	case len(parent.Dependencies) > 0:
		return fault.Field(path, "feature must not depend on a flag itself: %q does, and dependencies go one level deep", d.Parent)
	}
	children, err := w.LiveChildren(ctx, []feature.Name{child.Name})
	if err != nil {
		return err
	}
	if len(children) > 0 {
		return fault.Field(path, "the flag %q cannot depend on another: flags depend on it, and dependencies go one level deep", child.Name)
	}
	return w.checkParentVariants(ctx, d)
}

// checkParentVariants checks the variants of a dependency against those the
// parent has anywhere; a parent without any may get them later.
func (w flagWork) checkParentVariants(ctx context.Context, d feature.Dependency) error {
	if len(d.Variants) > 0 && !d.MustBeOn() {
		return fault.Field("/body/variants", "variants must be empty when enabled is false: a flag that is off has none")
	}
	known, err := variantNames(ctx, w.Tx, d.Parent)
	if err != nil || len(known) == 0 {
		return err
	}
	for i, name := range d.Variants {
		if !slices.Contains(known, name) {
			return fault.Field(indexed("/body/variants", i), "variants[%d]: the flag %q has no variant %q", i, d.Parent, name)
		}
	}
	return nil
}

// variantNames returns the names of all variants of a flag, sorted.
func variantNames(ctx context.Context, tx *store.Tx, name feature.Name) ([]string, error) {
	states, err := tx.States(ctx, []feature.Name{name})
	names := []string{}
	for _, state := range states[name] {
		variants := state.Variants
		for _, strategy := range state.Strategies {
			variants = slices.Concat(variants, strategy.Variants)
		}
		for _, v := range variants {
			names = append(names, v.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

// dependencyDetail is a dependency as its events show it.
type dependencyDetail struct {
	Feature  feature.Name `json:"feature"`
	Enabled  bool         `json:"enabled"`
	Variants []string     `json:"variants"`
}

func detailOf(d feature.Dependency) dependencyDetail {
	return dependencyDetail{Feature: d.Parent, Enabled: d.MustBeOn(), Variants: append([]string{}, d.Variants...)}
}

// setDependency stores a dependency that is checked already; it does nothing
// when it is so.
func (w flagWork) setDependency(ctx context.Context, child feature.Flag, d feature.Dependency) error {
	var before any
	for _, old := range child.Dependencies {
		if old.Parent != d.Parent {
			continue
		}
		if reflect.DeepEqual(detailOf(old), detailOf(d)) {
			return nil
		}
		before = detailOf(old)
	}
	if err := w.SetDependency(ctx, child.Name, d); err != nil {
		return err
	}
	return w.note(ctx, aboutFlag(eventDependencyAdded, child), before, detailOf(d))
}

// RemoveDependency makes a flag no longer depend on another one.
func (c *Control) RemoveDependency(ctx context.Context, actor access.Principal, child FlagRef, parent feature.Name) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := findLiveFlag(ctx, w.Tx, child)
		if err != nil {
			return struct{}{}, err
		}
		i := slices.IndexFunc(flag.Dependencies, func(d feature.Dependency) bool { return d.Parent == parent })
		if i < 0 {
			return struct{}{}, fault.New(fault.NotFound, "the flag %q does not depend on %q", child.Name, parent)
		}
		if err := w.DeleteDependency(ctx, flag.Name, parent); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.note(ctx, aboutFlag(eventDependencyGone, flag), detailOf(flag.Dependencies[i]), nil)
	})
	return err
}

// RemoveDependencies makes a flag depend on no other.
func (c *Control) RemoveDependencies(ctx context.Context, actor access.Principal, child FlagRef) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := findLiveFlag(ctx, w.Tx, child)
		if err != nil || len(flag.Dependencies) == 0 {
			return struct{}{}, err
		}
		return struct{}{}, w.removeDependencies(ctx, &flag)
	})
	return err
}

// removeDependencies takes all its dependencies from a flag that has some.
func (w flagWork) removeDependencies(ctx context.Context, flag *feature.Flag) error {
	type list struct {
		Dependencies []dependencyDetail `json:"dependencies"`
	}
	var gone list
	for _, d := range flag.Dependencies {
		if err := w.DeleteDependency(ctx, flag.Name, d.Parent); err != nil {
			return err
		}
		gone.Dependencies = append(gone.Dependencies, detailOf(d))
	}
	flag.Dependencies = nil
	return w.note(ctx, aboutFlag(eventDependenciesOff, *flag), gone, nil)
}

// ParentOptions returns the flags that a flag may depend on, by name.
func (c *Control) ParentOptions(ctx context.Context, child FlagRef) ([]feature.Name, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.Name, error) {
		options := []feature.Name{}
		flag, err := findFlag(ctx, tx, child)
		if err != nil {
			return nil, err
		}
		children, err := tx.LiveChildren(ctx, []feature.Name{flag.Name})
		if err != nil || len(children) > 0 {
			return options, err
		}
		flags, err := tx.Flags(ctx, store.FlagFilter{Project: flag.Project})
		for _, f := range flags {
			if f.Name != flag.Name && len(f.Dependencies) == 0 {
				options = append(options, f.Name)
			}
		}
		return options, err
	})
}

// ParentVariants returns the names of a flag's variants that a dependency on
// it may ask for.
func (c *Control) ParentVariants(ctx context.Context, parent FlagRef) ([]string, error) {
	return view(ctx, c, func(tx *store.Tx) ([]string, error) {
		flag, err := findFlag(ctx, tx, parent)
		if err != nil {
			return nil, err
		}
		return variantNames(ctx, tx, flag.Name)
	})
}

// DependenciesExist reports whether a flag of the project depends on another.
func (c *Control) DependenciesExist(ctx context.Context, project feature.ProjectID) (bool, error) {
	return view(ctx, c, func(tx *store.Tx) (bool, error) {
		if _, err := tx.Project(ctx, project); err != nil {
			return false, err
		}
		return tx.HasDependencies(ctx, project)
	})
}
