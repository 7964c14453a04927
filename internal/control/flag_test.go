package control_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// otherProject is a second project of the tests; it has no production.
const otherProject feature.ProjectID = "other"

// bench is the use cases over a database with two projects.
type bench struct {
	*control.Control
	t       *testing.T
	touched *[]store.Change // by the last change
}

func newBench(t *testing.T) bench {
	t.Helper()
	db := testdb.New(t).Open(t, testkit.NewClock().Now)
	b := bench{Control: &control.Control{DB: db, Random: rand.Reader}, t: t, touched: new([]store.Change)}
	b.must(b.Bootstrap(t.Context()))
	b.must(db.Update(t.Context(), func(tx *store.Tx) error {
		project := feature.Project{ID: otherProject, Name: "Other", DefaultStickiness: "default", Mode: "open", CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		if err := tx.InsertProject(t.Context(), project); err != nil {
			return err
		}
		return tx.PutProjectEnvironment(t.Context(), store.ProjectEnvironment{Project: otherProject, Environment: feature.Development})
	}))
	db.Subscribe(func(_ context.Context, c store.Commit) error {
		*b.touched = c.Changes
		return nil
	})
	return b
}

func (b bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// make creates flags in the default project.
func (b bench) make(names ...feature.Name) {
	b.t.Helper()
	for _, name := range names {
		_, err := b.CreateFlag(b.t.Context(), access.System(), control.NewFlag{Name: name, Project: feature.DefaultProject})
		b.must(err)
	}
}

func (b bench) events(name feature.Name) []store.Event {
	b.t.Helper()
	var events []store.Event
	b.must(b.DB.View(b.t.Context(), func(tx *store.Tx) error {
		var err error
		events, _, err = tx.Events(b.t.Context(), store.EventFilter{Features: []feature.Name{name}, Limit: 1000})
		return err
	}))
	slices.Reverse(events)
	return events
}

func at(name feature.Name, environment feature.EnvironmentName) control.FlagPlace {
	return control.FlagPlace{FlagRef: control.FlagRef{Project: feature.DefaultProject, Name: name}, Environment: environment}
}

func ref(name feature.Name) control.FlagRef { return at(name, "").FlagRef }

// Every change of a flag leaves its event, with what was and what is, and
// tells readers to refresh the flag.
func TestFlagEvents(t *testing.T) {
	t.Parallel()
	b, ctx, actor := newBench(t), t.Context(), access.System()
	actor.TokenID, actor.Address = "token-7", "192.0.2.1"
	b.make("parent")
	var id feature.StrategyID
	steps := []struct {
		change func() error
		events string // type, then environment
	}{
		{func() error {
			_, err := b.CreateFlag(ctx, actor, control.NewFlag{Name: "a", Project: feature.DefaultProject, Tags: []feature.Tag{{Type: "simple", Value: "one"}}})
			return err
		}, "feature-created feature-tagged"},
		{func() error {
			_, err := b.UpdateFlag(ctx, actor, ref("a"), func(f control.FlagFields) (control.FlagFields, error) {
				f.Description, f.Stale = new("d"), true
				return f, nil
			})
			return err
		}, "feature-metadata-updated feature-stale-on"},
		{func() error {
			return b.MarkStale(ctx, actor, control.Batch{Project: feature.DefaultProject, Names: []feature.Name{"a"}}, false)
		}, "feature-stale-off"},
		{func() error {
			_, err := b.SwitchFlag(ctx, actor, at("a", feature.Development), control.Switch{On: true})
			return err
		}, "feature-strategy-add:development feature-environment-enabled:development"},
		{func() error {
			_, err := b.SwitchFlag(ctx, actor, at("a", feature.Development), control.Switch{On: true})
			return err
		}, ""},
		{func() error {
			s, err := b.AddStrategy(ctx, actor, at("a", feature.Development), control.NewStrategy{Strategy: feature.Strategy{Name: "default"}})
			id = s.ID
			return err
		}, "feature-strategy-add:development"},
		{func() error {
			_, err := b.UpdateStrategy(ctx, actor, at("a", feature.Development), id, func(s feature.Strategy) (feature.Strategy, error) {
				s.Title = "T"
				return s, nil
			})
			return err
		}, "feature-strategy-update:development"},
		{func() error {
			_, err := b.UpdateStrategy(ctx, actor, at("a", feature.Development), id, func(s feature.Strategy) (feature.Strategy, error) { return s, nil })
			return err
		}, ""},
		{func() error {
			return b.SortStrategies(ctx, actor, at("a", feature.Development), []control.StrategyOrder{{ID: id, SortOrder: -1}})
		}, "strategy-order-changed:development"},
		{func() error { return b.DeleteStrategy(ctx, actor, at("a", feature.Development), id) }, "feature-strategy-remove:development"},
		{func() error {
			_, err := b.SetFlagVariants(ctx, actor, at("a", feature.Production), func([]feature.Variant) ([]feature.Variant, error) {
				return []feature.Variant{{Name: "v"}}, nil
			})
			return err
		}, "feature-environment-variants-updated:production"},
		{func() error { return b.AddDependency(ctx, actor, ref("a"), feature.Dependency{Parent: "parent"}) }, "feature-dependency-added"},
		{func() error { return b.RemoveDependency(ctx, actor, ref("a"), "parent") }, "feature-dependency-removed"},
		{func() error { return b.AddDependency(ctx, actor, ref("a"), feature.Dependency{Parent: "parent"}) }, "feature-dependency-added"},
		{func() error { return b.RemoveDependencies(ctx, actor, ref("a")) }, "feature-dependencies-removed"},
		{func() error { return b.AddDependency(ctx, actor, ref("a"), feature.Dependency{Parent: "parent"}) }, "feature-dependency-added"},
		{func() error {
			_, err := b.TagFlag(ctx, actor, ref("a"), control.TagChange{Removed: []feature.Tag{{Type: "simple", Value: "one"}}})
			return err
		}, "feature-untagged"},
		{func() error { return b.ArchiveFlag(ctx, actor, ref("a")) }, "feature-dependencies-removed feature-archived"},
		{func() error { return b.ReviveFlag(ctx, actor, "a") }, "feature-revived"},
		{func() error { return b.MoveFlag(ctx, actor, ref("a"), otherProject) }, "feature-project-change"},
		{func() error {
			return b.ArchiveFlag(ctx, actor, control.FlagRef{Project: otherProject, Name: "a"})
		}, "feature-archived"},
		{func() error { return b.DeleteFlag(ctx, actor, "a") }, "feature-deleted"},
	}
	seen := 0
	for i, step := range steps {
		*b.touched = nil
		b.must(step.change())
		events := b.events("a")[seen:]
		seen += len(events)
		var got []string
		for _, e := range events {
			got = append(got, strings.TrimSuffix(e.Type+":"+string(e.Environment), ":"))
			checkEvent(t, e)
		}
		if diff := cmp.Diff(step.events, strings.Join(got, " ")); diff != "" {
			t.Errorf("step %d: %s", i, diff)
		}
		if slices.Contains(*b.touched, store.Change{Noun: store.NounFeature, Key: "a"}) != (step.events != "") {
			t.Errorf("step %d touched %v", i, *b.touched)
		}
	}
}

func checkEvent(t *testing.T, e store.Event) {
	t.Helper()
	if e.Project == "" || e.TokenID != "token-7" || e.Address != "192.0.2.1" || e.CreatedByUserID != access.SystemUserID {
		t.Errorf("%s does not say where or who: %+v", e.Type, e)
	}
	if e.Data == nil && e.PreData == nil {
		t.Errorf("%s shows nothing", e.Type)
	}
	for _, data := range []json.RawMessage{e.Data, e.PreData} {
		var object map[string]any
		if err := json.Unmarshal(append(json.RawMessage{}, data...), &object); data != nil && err != nil {
			t.Errorf("%s shows %s, not an object", e.Type, data)
		}
	}
}

func TestFlagMove(t *testing.T) {
	t.Parallel()
	b, ctx, actor := newBench(t), t.Context(), access.System()
	b.make("a", "parent", "child", "on", "segmented")
	b.must(b.AddDependency(ctx, actor, ref("child"), feature.Dependency{Parent: "parent"}))
	_, err := b.SwitchFlag(ctx, actor, at("on", feature.Production), control.Switch{On: true})
	b.must(err)
	segment, err := b.CreateSegment(ctx, actor, feature.Segment{Name: "s", Project: feature.DefaultProject})
	b.must(err)
	_, err = b.AddStrategy(ctx, actor, at("segmented", feature.Development), control.NewStrategy{
		Strategy: feature.Strategy{Name: "default", Segments: []feature.SegmentID{segment.ID}},
	})
	b.must(err)
	for _, test := range []struct {
		flag feature.Name
		to   feature.ProjectID
		kind fault.Kind
		says string
	}{
		{"parent", otherProject, fault.Conflict, "dependencies"},
		{"child", otherProject, fault.Conflict, "dependencies"},
		{"on", otherProject, fault.Conflict, "production"},
		{"segmented", otherProject, fault.Conflict, "segment"},
		{"a", "nope", fault.Invalid, "nope"},
		{"missing", otherProject, fault.NotFound, "missing"},
	} {
		if err := b.MoveFlag(ctx, actor, ref(test.flag), test.to); !fault.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("moving %s to %s: %v, want kind %v with %q", test.flag, test.to, err, test.kind, test.says)
		}
	}
	b.must(b.MoveFlag(ctx, actor, ref("a"), feature.DefaultProject)) // where it is
	b.must(b.MoveFlag(ctx, actor, ref("a"), otherProject))
	if _, err := b.Flag(ctx, ref("a")); !fault.Is(err, fault.NotFound) {
		t.Errorf("found where it was: %v", err)
	}
	moved, err := b.Flag(ctx, control.FlagRef{Project: otherProject, Name: "a"})
	if err != nil || len(moved.Environments) != 1 {
		t.Errorf("moved: %+v, %v; want it with the one environment of its project", moved, err)
	}
}

// holder is a person with some permissions.
func holder(grants ...access.Grant) access.Principal {
	return access.Principal{UserID: 7, Username: "holder", Grants: grants}
}

func TestFlagPermissionsOfStoredThings(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), t.Context()
	b.make("a", "archived")
	b.must(b.ArchiveFlag(ctx, access.System(), ref("archived")))
	in := func(project string, p access.Permission) access.Principal {
		return holder(access.Grant{Permission: p, Project: project})
	}
	archive := func(actor access.Principal) error {
		_, err := b.UpdateFlag(ctx, actor, ref("a"), func(f control.FlagFields) (control.FlagFields, error) {
			f.Archived = true
			return f, nil
		})
		return err
	}
	push := func(actor access.Principal) error {
		_, err := b.PushFlagVariants(ctx, actor, ref("a"), []feature.EnvironmentName{feature.Development, feature.Production}, nil)
		return err
	}
	tag := func(actor access.Principal) error {
		_, err := b.AddFlagTag(ctx, actor, control.FlagRef{Name: "a"}, feature.Tag{Type: "simple", Value: "one"})
		return err
	}
	for _, test := range []struct {
		name  string
		actor access.Principal
		do    func(access.Principal) error
		may   bool
	}{
		{"move without the right there", in("default", access.MoveFeature), func(p access.Principal) error { return b.MoveFlag(ctx, p, ref("a"), otherProject) }, false},
		{"archive by update with the right to update", in("default", access.UpdateFeature), archive, false},
		{"delete in another project", in("other", access.DeleteFeature), func(p access.Principal) error { return b.DeleteFlag(ctx, p, "archived") }, false},
		{"revive in another project", in("other", access.UpdateFeature), func(p access.Principal) error { return b.ReviveFlag(ctx, p, "archived") }, false},
		{"tag in another project", in("other", access.UpdateFeature), tag, false},
		{"variants in one of two environments", holder(access.Grant{Permission: access.UpdateFeatureEnvVariant, Project: "default", Environment: "development"}), push, false},

		{"tag", in("default", access.UpdateFeature), tag, true},
		{"variants", in("default", access.UpdateFeatureEnvVariant), push, true},
		{"revive", in("default", access.UpdateFeature), func(p access.Principal) error { return b.ReviveFlag(ctx, p, "archived") }, true},
		{"archive by update", in("default", access.DeleteFeature), archive, true},
		{"delete", in("default", access.DeleteFeature), func(p access.Principal) error { return b.DeleteFlag(ctx, p, "a") }, true},
		{"move", holder(access.Grant{Permission: access.MoveFeature, Project: access.Anywhere}), func(p access.Principal) error { return b.MoveFlag(ctx, p, ref("archived"), otherProject) }, true},
	} {
		err := test.do(test.actor)
		if test.may && err != nil {
			t.Errorf("%s: refused: %v", test.name, err)
		}
		if !test.may && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v, want it refused", test.name, err)
		}
	}
}

// The default strategy that a project chose for an environment is what its
// flags get.
func TestSwitchOnTakesTheProjectsStrategy(t *testing.T) {
	t.Parallel()
	b, ctx, actor := newBench(t), t.Context(), access.System()
	b.must(b.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.PutProjectEnvironment(ctx, store.ProjectEnvironment{
			Project: feature.DefaultProject, Environment: feature.Production,
			DefaultStrategy: &feature.Strategy{
				Name: "flexibleRollout", Title: "ours", Disabled: true, Parameters: map[string]string{"rollout": "5"},
				Constraints: []feature.Constraint{{ContextName: "userId", Operator: feature.In, Values: []string{"1"}}},
			},
		})
	}))
	b.make("a")
	flag, err := b.SwitchFlag(ctx, actor, at("a", feature.Production), control.Switch{On: true})
	b.must(err)
	i := slices.IndexFunc(flag.Environments, func(e control.FlagEnvironment) bool { return e.Name == feature.Production })
	got := flag.Environments[i].Strategies[0]
	got.ID = ""
	want := control.StrategyDetail{
		Name: "flexibleRollout", Title: new("ours"), FeatureName: "a", Segments: []feature.SegmentID{},
		Constraints: []feature.Constraint{{ContextName: "userId", Operator: feature.In, Values: []string{"1"}}}, Variants: []feature.Variant{},
		Parameters: map[string]string{"groupId": "a", "rollout": "5", "stickiness": "default"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlagsAreLimited(t *testing.T) {
	t.Parallel()
	b, ctx, actor := newBench(t), t.Context(), access.System()
	b.make("archived")
	b.must(b.ArchiveFlag(ctx, actor, ref("archived")))
	b.must(b.DB.Update(ctx, func(tx *store.Tx) error {
		for i := range feature.MaxFlags {
			flag := feature.Flag{Name: feature.Name(fmt.Sprintf("f%d", i)), Project: feature.DefaultProject, Type: "release", CreatedAt: tx.Now()}
			if err := tx.InsertFlag(ctx, flag); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := b.CreateFlag(ctx, actor, control.NewFlag{Name: "more", Project: feature.DefaultProject})
	if !fault.Is(err, fault.Exhausted) {
		t.Errorf("create: %v, want Exhausted", err)
	}
	if _, err = b.CloneFlag(ctx, actor, ref("f0"), "more", true); !fault.Is(err, fault.Exhausted) {
		t.Errorf("clone: %v, want Exhausted", err)
	}
	if err := b.ReviveFlag(ctx, actor, "archived"); !fault.Is(err, fault.Exhausted) {
		t.Errorf("revive: %v, want Exhausted", err)
	}
	all, err := b.Flags(ctx, feature.DefaultProject, false)
	if err != nil || len(all) != feature.MaxFlags {
		t.Errorf("%d flags are listed, %v; want all %d", len(all), err, feature.MaxFlags)
	}
}
