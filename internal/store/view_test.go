package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// addProject stores a project with some environments, which are made when they
// are not there.
func addProject(ctx context.Context, tx *store.Tx, id feature.ProjectID, environments ...feature.EnvironmentName) error {
	if err := tx.InsertProject(ctx, feature.Project{ID: id, Name: string(id), CreatedAt: at, UpdatedAt: at}); err != nil {
		return err
	}
	for _, name := range environments {
		if _, err := tx.Environment(ctx, name); err != nil {
			if err := tx.InsertEnvironment(ctx, feature.Environment{Name: name, Type: "test", Enabled: true}); err != nil {
				return err
			}
		}
		if err := tx.PutProjectEnvironment(ctx, store.ProjectEnvironment{Project: id, Environment: name}); err != nil {
			return err
		}
	}
	return nil
}

func addFlag(ctx context.Context, tx *store.Tx, name feature.Name, project feature.ProjectID) error {
	return tx.InsertFlag(ctx, feature.Flag{Name: name, Project: project, Type: "release", CreatedAt: at})
}

func views(t *testing.T, db *store.DB, environment feature.EnvironmentName, names []feature.Name) []feature.View {
	t.Helper()
	var all []feature.View
	err := db.View(t.Context(), func(tx *store.Tx) error {
		var err error
		all, err = tx.Views(t.Context(), environment, names)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestViews(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), open(t)
	strategy := feature.Strategy{
		ID: "2", Name: "flexibleRollout", Title: "T", SortOrder: 2, Parameters: map[string]string{"rollout": "5"},
		Constraints: []feature.Constraint{{ContextName: "userId", Operator: feature.In, Values: []string{"1"}}},
		Variants:    []feature.Variant{{Name: "v", Weight: 1000, WeightType: feature.Variable, Stickiness: "default"}},
	}
	err := db.Update(ctx, func(tx *store.Tx) error {
		if err := addProject(ctx, tx, "p", "one", "two"); err != nil {
			return err
		}
		if err := addProject(ctx, tx, "q", "two"); err != nil {
			return err
		}
		for name, project := range map[feature.Name]feature.ProjectID{"a": "p", "bare": "p", "elsewhere": "q", "gone": "p"} {
			if err := addFlag(ctx, tx, name, project); err != nil {
				return err
			}
		}
		if err := tx.UpdateFlag(ctx, feature.Flag{Name: "gone", Project: "p", Type: "release", ArchivedAt: new(at)}); err != nil {
			return err
		}
		for i := range 3 {
			id, err := tx.InsertSegment(ctx, feature.Segment{Name: fmt.Sprint(i), CreatedAt: at})
			if err != nil {
				return err
			}
			strategy.Segments = append([]feature.SegmentID{id}, strategy.Segments...)
		}
		for _, placed := range []store.Placed{
			{Feature: "a", Environment: "one", Strategy: strategy},
			{Feature: "a", Environment: "one", Strategy: feature.Strategy{ID: "1", Name: "default", SortOrder: 1}},
			{Feature: "a", Environment: "one", Strategy: feature.Strategy{ID: "3", Name: "default", Disabled: true}},
			{Feature: "a", Environment: "two", Strategy: feature.Strategy{ID: "4", Name: "default"}},
		} {
			if err := tx.InsertStrategy(ctx, placed); err != nil {
				return err
			}
		}
		if err := tx.SetVariants(ctx, "a", "one", []feature.Variant{{Name: "f", Weight: 1000}}); err != nil {
			return err
		}
		if err := tx.SetEnabled(ctx, "a", "one", true); err != nil {
			return err
		}
		if err := tx.SetDependency(ctx, "a", feature.Dependency{Parent: "bare", Variants: []string{"x"}}); err != nil {
			return err
		}
		return tx.SetDependency(ctx, "a", feature.Dependency{Parent: "bare", Enabled: new(false)}) // replaces
	})
	if err != nil {
		t.Fatal(err)
	}

	strategy.Segments = []feature.SegmentID{1, 2, 3}
	first := feature.Strategy{
		ID: "1", Name: "default", SortOrder: 1, Parameters: map[string]string{}, Constraints: []feature.Constraint{}, Variants: []feature.Variant{},
	}
	a := feature.View{
		Name: "a", Type: "release", Enabled: true, Project: "p", Strategies: []feature.Strategy{first, strategy},
		Variants:     []feature.Variant{{Name: "f", Weight: 1000}},
		Dependencies: []feature.Dependency{{Parent: "bare", Enabled: new(false), Variants: []string{}}},
	}
	bare := feature.View{Name: "bare", Type: "release", Project: "p", Strategies: []feature.Strategy{}, Variants: []feature.Variant{}}
	for _, test := range []struct {
		name        string
		environment feature.EnvironmentName
		names       []feature.Name
		want        []feature.View
	}{
		{"all", "one", nil, []feature.View{a, bare}},
		{"one of them", "one", []feature.Name{"a"}, []feature.View{a}},
		{"those there are", "one", []feature.Name{"bare", "gone", "elsewhere", "nobody"}, []feature.View{bare}},
		{"no name", "one", []feature.Name{}, []feature.View{}},
		{"an unknown environment", "nope", nil, []feature.View{}},
		{"more names than fit a statement", "one", append(manyNames(600), "a"), []feature.View{a}},
	} {
		if diff := cmp.Diff(test.want, views(t, db, test.environment, test.names)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	var second []string
	for _, v := range views(t, db, "two", nil) {
		second = append(second, fmt.Sprint(v.Name, " ", v.Enabled, " ", len(v.Strategies), " ", len(v.Variants)))
	}
	if diff := cmp.Diff([]string{"a false 1 0", "bare false 0 0", "elsewhere false 0 0"}, second); diff != "" {
		t.Errorf("in the second environment: %s", diff)
	}
}

func manyNames(n int) []feature.Name {
	names := make([]feature.Name, n)
	for i := range names {
		names[i] = feature.Name(fmt.Sprintf("n%d", i))
	}
	return names
}

// A flag takes with it whatever hangs on it, and cannot go while another
// depends on it.
func TestDeleteFlag(t *testing.T) {
	t.Parallel()
	ctx, db := t.Context(), open(t)
	err := db.Update(ctx, func(tx *store.Tx) error {
		if err := addProject(ctx, tx, "p", "one"); err != nil {
			return err
		}
		for _, name := range []feature.Name{"a", "parent"} {
			if err := addFlag(ctx, tx, name, "p"); err != nil {
				return err
			}
		}
		if err := tx.InsertTagType(ctx, feature.TagType{Name: "simple"}); err != nil {
			return err
		}
		if _, err := tx.AddFlagTag(ctx, "a", feature.Tag{Type: "simple", Value: "one"}); err != nil {
			return err
		}
		if err := tx.SetEnabled(ctx, "a", "one", true); err != nil {
			return err
		}
		if err := tx.InsertStrategy(ctx, store.Placed{Feature: "a", Environment: "one", Strategy: feature.Strategy{ID: "1", Name: "default"}}); err != nil {
			return err
		}
		return tx.SetDependency(ctx, "a", feature.Dependency{Parent: "parent"})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error { return tx.DeleteFlag(ctx, "parent") })
	if err == nil {
		t.Error("a flag went on which another depends")
	}
	err = db.Update(ctx, func(tx *store.Tx) error { return tx.DeleteFlag(ctx, "a") })
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error { return addFlag(ctx, tx, "a", "p") })
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(ctx, func(tx *store.Tx) error {
		states, err := tx.States(ctx, []feature.Name{"a"})
		if err != nil || len(states) > 0 {
			t.Errorf("a new flag has states of its namesake: %v, %v", states, err)
		}
		tags, err := tx.FlagTags(ctx, []feature.Name{"a"})
		if err != nil || len(tags) > 0 {
			t.Errorf("a new flag has tags of its namesake: %v, %v", tags, err)
		}
		flag, err := tx.Flag(ctx, "a")
		if err != nil || len(flag.Dependencies) > 0 {
			t.Errorf("a new flag has dependencies of its namesake: %v, %v", flag, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
