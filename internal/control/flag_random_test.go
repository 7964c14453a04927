package control_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// Whatever is asked for in whatever order, the state stays consistent, a
// refusal changes nothing, and nothing fails in a way nobody foresaw.
func TestFlagsStayConsistent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := random{bench: b, Rand: rand.New(rand.NewPCG(7, 11))}
	const steps = 400
	done := map[string]int{}
	for i := range steps {
		before := b.revision()
		name, err := r.act(t.Context())
		changed := b.revision() != before
		switch {
		case err == nil:
			done[name]++
		case !slices.Contains([]fault.Kind{fault.Invalid, fault.NotFound, fault.Conflict, fault.Exhausted}, fault.KindOf(err)):
			t.Fatalf("step %d, %s: %v", i, name, err)
		case changed:
			t.Fatalf("step %d, %s was refused (%v) and changed something", i, name, err)
		}
		if changed {
			b.checkConsistent(fmt.Sprintf("step %d, %s", i, name))
		}
	}
	for _, action := range actions {
		if done[action.name] == 0 {
			t.Errorf("%s never succeeded: the test proves nothing of it", action.name)
		}
	}
}

func (b bench) revision() int64 {
	b.t.Helper()
	var revision int64
	b.must(b.DB.View(b.t.Context(), func(tx *store.Tx) error {
		var err error
		revision, err = tx.Revision(b.t.Context())
		return err
	}))
	return revision
}

// random acts at random on a few flags.
type random struct {
	bench
	*rand.Rand
}

func (r random) name() feature.Name { return feature.Name(fmt.Sprintf("f%d", r.IntN(5))) }

func (r random) names() []feature.Name {
	names := []feature.Name{r.name()}
	if other := r.name(); other != names[0] {
		names = append(names, other)
	}
	return names
}

func (r random) project() feature.ProjectID {
	if r.IntN(5) == 0 {
		return otherProject
	}
	return feature.DefaultProject
}

func (r random) environment() feature.EnvironmentName {
	return []feature.EnvironmentName{feature.Development, feature.Production}[r.IntN(2)]
}

func (r random) place() control.FlagPlace {
	return control.FlagPlace{FlagRef: control.FlagRef{Name: r.name()}, Environment: r.environment()}
}

func (r random) batch() control.Batch {
	return control.Batch{Project: r.project(), Names: r.names()}
}

// strategy returns one strategy at a place; an unknown id when there is none.
func (r random) strategy(ctx context.Context, at control.FlagPlace) feature.StrategyID {
	e, err := r.FlagIn(ctx, at)
	if err != nil || len(e.Strategies) == 0 {
		return "none"
	}
	return e.Strategies[r.IntN(len(e.Strategies))].ID
}

func (r random) act(ctx context.Context) (string, error) {
	action := actions[r.IntN(len(actions))]
	return action.name, action.do(ctx, r)
}

var system = access.System()

var actions = []struct {
	name string
	do   func(context.Context, random) error
}{
	{"create", func(ctx context.Context, r random) error {
		_, err := r.CreateFlag(ctx, system, control.NewFlag{Name: r.name(), Project: r.project(), Tags: []feature.Tag{{Type: "simple", Value: "one"}}})
		return err
	}},
	{"clone", func(ctx context.Context, r random) error {
		_, err := r.CloneFlag(ctx, system, r.place().FlagRef, r.name(), true)
		return err
	}},
	{"update", func(ctx context.Context, r random) error {
		_, err := r.UpdateFlag(ctx, system, r.place().FlagRef, func(f control.FlagFields) (control.FlagFields, error) {
			f.Stale, f.ImpressionData, f.Archived = r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(10) == 0
			return f, nil
		})
		return err
	}},
	{"archive", func(ctx context.Context, r random) error { return r.ArchiveFlag(ctx, system, r.place().FlagRef) }},
	{"archive several", func(ctx context.Context, r random) error {
		batch := r.batch()
		return r.ArchiveFlags(ctx, system, batch.Project, batch.Names)
	}},
	{"revive", func(ctx context.Context, r random) error { return r.ReviveFlag(ctx, system, r.name()) }},
	{"revive several", func(ctx context.Context, r random) error {
		batch := r.batch()
		return r.ReviveFlags(ctx, system, batch.Project, batch.Names)
	}},
	{"delete", func(ctx context.Context, r random) error { return r.DeleteFlag(ctx, system, r.name()) }},
	{"move", func(ctx context.Context, r random) error {
		return r.MoveFlag(ctx, system, r.place().FlagRef, r.project())
	}},
	{"switch", func(ctx context.Context, r random) error {
		_, err := r.SwitchFlag(ctx, system, r.place(), control.Switch{On: r.IntN(3) > 0, ActivateDisabled: r.IntN(2) == 0})
		return err
	}},
	{"switch several", func(ctx context.Context, r random) error {
		return r.SwitchFlags(ctx, system, r.batch(), r.environment(), control.Switch{On: r.IntN(3) > 0})
	}},
	{"add strategy", func(ctx context.Context, r random) error {
		_, err := r.AddStrategy(ctx, system, r.place(), control.NewStrategy{Strategy: feature.Strategy{Name: "flexibleRollout", Disabled: r.IntN(2) == 0}})
		return err
	}},
	{"update strategy", func(ctx context.Context, r random) error {
		at := r.place()
		_, err := r.UpdateStrategy(ctx, system, at, r.strategy(ctx, at), func(s feature.Strategy) (feature.Strategy, error) {
			s.Disabled = !s.Disabled
			s.Variants = []feature.Variant{{Name: "v"}}
			return s, nil
		})
		return err
	}},
	{"delete strategy", func(ctx context.Context, r random) error {
		at := r.place()
		return r.DeleteStrategy(ctx, system, at, r.strategy(ctx, at))
	}},
	{"set variants", func(ctx context.Context, r random) error {
		_, err := r.SetFlagVariants(ctx, system, r.place(), func([]feature.Variant) ([]feature.Variant, error) {
			return []feature.Variant{{Name: "b"}, {Name: "a", Weight: r.IntN(1200), WeightType: feature.Fix}}, nil
		})
		return err
	}},
	{"add dependency", func(ctx context.Context, r random) error {
		return r.AddDependency(ctx, system, r.place().FlagRef, feature.Dependency{Parent: r.name(), Enabled: new(r.IntN(2) == 0)})
	}},
	{"remove dependency", func(ctx context.Context, r random) error {
		child, parent := r.place().FlagRef, r.name()
		if flag, err := r.Flag(ctx, child); err == nil && len(flag.Dependencies) > 0 {
			parent = flag.Dependencies[0].Parent
		}
		return r.RemoveDependency(ctx, system, child, parent)
	}},
	{"tag several", func(ctx context.Context, r random) error {
		return r.TagFlags(ctx, system, r.batch(), control.TagChange{Added: []feature.Tag{{Type: "simple", Value: "two"}}})
	}},
}

// details returns all flags, archived or live, as people see them.
func (b bench) details(archived bool) []control.FlagDetail {
	b.t.Helper()
	all, err := b.Flags(b.t.Context(), "", archived)
	b.must(err)
	details := make([]control.FlagDetail, len(all))
	for i, f := range all {
		details[i], err = b.Flag(b.t.Context(), control.FlagRef{Name: f.Name})
		b.must(err)
	}
	return details
}

// checkConsistent checks what must be true of flags at any moment.
func (b bench) checkConsistent(after string) {
	b.t.Helper()
	live, archived := b.details(false), b.details(true)
	byName := map[feature.Name]control.FlagDetail{}
	for _, f := range live {
		byName[f.Name] = f
	}
	for _, f := range slices.Concat(live, archived) {
		for _, d := range f.Dependencies {
			parent, ok := byName[d.Parent]
			if !ok || f.Archived || parent.Project != f.Project || len(parent.Dependencies) > 0 {
				b.t.Fatalf("%s: %s (archived %v) depends on %s: %+v", after, f.Name, f.Archived, d.Parent, parent)
			}
			if !slices.Contains(parent.Children, f.Name) {
				b.t.Fatalf("%s: %s is no child of its parent %s", after, f.Name, d.Parent)
			}
		}
		for _, e := range f.Environments {
			if e.Enabled && !e.HasEnabledStrategies {
				b.t.Fatalf("%s: %s is on in %s without a strategy", after, f.Name, e.Name)
			}
		}
	}
	for _, environment := range []feature.EnvironmentName{feature.Development, feature.Production} {
		b.checkViews(after, environment, live)
	}
}

// checkViews compares what SDKs get with what people see.
func (b bench) checkViews(after string, environment feature.EnvironmentName, live []control.FlagDetail) {
	b.t.Helper()
	ctx := b.t.Context()
	b.must(b.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Views(ctx, environment, nil)
		if err != nil {
			return err
		}
		var want []string
		for _, f := range live {
			i := slices.IndexFunc(f.Environments, func(e control.FlagEnvironment) bool { return e.Name == environment })
			if i >= 0 {
				e := f.Environments[i]
				strategies := slices.DeleteFunc(slices.Clone(e.Strategies), func(s control.StrategyDetail) bool { return s.Disabled })
				want = append(want, fmt.Sprint(f.Name, f.Project, e.Enabled, f.Stale, len(strategies), len(e.Variants), len(f.Dependencies)))
			}
		}
		var got []string
		for _, v := range all {
			got = append(got, fmt.Sprint(v.Name, v.Project, v.Enabled, v.Stale, len(v.Strategies), len(v.Variants), len(v.Dependencies)))
			one, err := tx.Views(ctx, environment, []feature.Name{v.Name})
			if err != nil {
				return err
			}
			if diff := cmp.Diff([]feature.View{v}, one); diff != "" {
				b.t.Fatalf("%s: %s by name and among all: %s", after, v.Name, diff)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			b.t.Fatalf("%s: what SDKs get in %s: %s", after, environment, diff)
		}
		return nil
	}))
}
