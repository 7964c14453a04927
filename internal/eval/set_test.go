package eval

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/feature"
)

// flagsIn returns the flags of a set, by name.
func flagsIn(s *Set) []*Flag {
	all := maps.Clone(s.base)
	maps.Copy(all, s.since)
	var list []*Flag
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] != nil {
			list = append(list, all[name])
		}
	}
	return list
}

func names(s *Set) []feature.Name {
	var list []feature.Name
	for _, f := range flagsIn(s) {
		list = append(list, f.Name())
	}
	return list
}

func TestSetWith(t *testing.T) {
	compiler := NewCompiler(Options{})
	flag := func(name feature.Name, on bool) *Flag {
		return compiler.Flag(&feature.View{Name: name, Enabled: on}, nil)
	}
	first := NewSet([]*Flag{flag("c", true), flag("a", true), flag("b", false), flag("b", true)})
	if diff := cmp.Diff([]feature.Name{"a", "b", "c"}, names(first)); diff != "" {
		t.Error(diff)
	}
	if !first.Evaluate(first.Flag("b"), &Context{}).Enabled {
		t.Error("the later of two flags of one name counts")
	}
	if got := names(first.With(nil, nil)); len(got) != 3 {
		t.Errorf("nothing changed, yet the flags are %v", got)
	}
	next := first.With([]*Flag{flag("b", false), flag("d", true), flag("0", true)}, []feature.Name{"a", "d", "none"})
	if diff := cmp.Diff([]feature.Name{"0", "b", "c", "d"}, names(next)); diff != "" {
		t.Error(diff)
	}
	if next.Evaluate(next.Flag("b"), &Context{}).Enabled || next.Flag("a") != nil {
		t.Error("b must be replaced and a gone")
	}
	if next.Flag("c") != first.Flag("c") {
		t.Error("c must be shared")
	}
	if diff := cmp.Diff([]feature.Name{"a", "b", "c"}, names(first)); diff != "" {
		t.Errorf("the first set changed: %s", diff)
	}
	if first.Flag("a") == nil || first.Flag("d") != nil {
		t.Error("the first set changed")
	}
}

// TestSetWithMany checks that many changes at once give what one by one do.
func TestSetWithMany(t *testing.T) {
	flags := flagsOf(100)
	var gone []feature.Name
	for _, f := range flags[20:40] {
		gone = append(gone, f.Name())
	}
	all := NewSet(flags[:60]).With(flags[50:], gone)
	single := NewSet(flags[:60])
	for _, name := range gone {
		single = single.With(nil, []feature.Name{name})
	}
	for i := range flags[50:] {
		single = single.With(flags[50+i:51+i], nil)
	}
	if diff := cmp.Diff(names(single), names(all)); diff != "" || len(flagsIn(all)) != 80 {
		t.Errorf("%d flags: %s", len(flagsIn(all)), diff)
	}
	for _, f := range flagsIn(all) {
		if all.Flag(f.Name()) != f || single.Flag(f.Name()) != f {
			t.Errorf("%s is not found", f.Name())
		}
	}
}

// TestSegmentChange checks that a flag compiled again sees the new segment.
func TestSegmentChange(t *testing.T) {
	compiler := NewCompiler(Options{})
	view := &feature.View{Name: "flag", Enabled: true, Strategies: []feature.Strategy{{Name: "default", Segments: []feature.SegmentID{1}}}}
	compile := func(value string) *Set {
		segment := &feature.Segment{ID: 1, Constraints: []feature.Constraint{{ContextName: "userId", Operator: feature.In, Values: []string{value}}}}
		return NewSet([]*Flag{compiler.Flag(view, func(feature.SegmentID) *feature.Segment { return segment })})
	}
	for _, value := range []string{"a", "b", "a"} {
		set := compile(value)
		for _, user := range []string{"a", "b"} {
			if got := set.Evaluate(set.Flag("flag"), &Context{UserID: user}).Enabled; got != (user == value) {
				t.Errorf("segment %s, user %s: %v", value, user, got)
			}
		}
	}
}

func TestStatic(t *testing.T) {
	rollout := func(share, stickiness string) feature.Strategy {
		return feature.Strategy{Name: "flexibleRollout", Parameters: map[string]string{"rollout": share, "stickiness": stickiness}}
	}
	only := []feature.Variant{{Name: "x"}, {Name: "only", Weight: 1000}}
	two := []feature.Variant{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}}
	constrained := func(operator feature.Operator, values ...string) feature.Strategy {
		return feature.Strategy{Name: "default", Constraints: []feature.Constraint{{ContextName: "x", Operator: operator, Values: values, Value: "2024-01-01"}}}
	}
	varied := func(s feature.Strategy, v []feature.Variant) feature.Strategy {
		s.Variants = v
		return s
	}
	for _, test := range []struct {
		name    string
		view    feature.View
		static  bool
		enabled bool
		variant string
	}{
		{"no strategies", feature.View{}, true, true, "disabled"},
		{"100% by default stickiness", feature.View{Strategies: []feature.Strategy{rollout("100", "default")}}, true, true, "disabled"},
		{"100% by a field", feature.View{Strategies: []feature.Strategy{rollout("100", "x")}}, false, false, ""},
		{"50%", feature.View{Strategies: []feature.Strategy{rollout("50", "default")}}, false, false, ""},
		{"50% at random", feature.View{Strategies: []feature.Strategy{rollout("50", "random")}}, false, false, ""},
		{"0%", feature.View{Strategies: []feature.Strategy{rollout("0", "default")}}, true, false, "disabled"},
		{"50% else 100%", feature.View{Strategies: []feature.Strategy{rollout("50", ""), rollout("100", "")}}, true, true, "disabled"},
		{"50% else 100%, one variant", feature.View{Variants: only, Strategies: []feature.Strategy{rollout("50", ""), rollout("100", "")}}, true, true, "only"},
		{"50% with a variant else 100%", feature.View{Strategies: []feature.Strategy{varied(rollout("50", ""), only), rollout("100", "")}}, false, false, ""},
		{"100% with a variant, then 50%", feature.View{Strategies: []feature.Strategy{varied(rollout("100", ""), only), rollout("50", "")}}, true, true, "only"},
		{"two variants", feature.View{Variants: two}, false, false, ""},
		{"custom only", feature.View{Strategies: []feature.Strategy{{Name: "custom"}}}, true, false, "disabled"},
		{"constraint", feature.View{Strategies: []feature.Strategy{constrained(feature.In, "a")}}, false, false, ""},
		{"constraint none can meet", feature.View{Strategies: []feature.Strategy{constrained(feature.In)}}, true, false, "disabled"},
		{"constraint all meet", feature.View{Strategies: []feature.Strategy{constrained(feature.NotIn)}}, true, true, "disabled"},
		{"unknown operator", feature.View{Strategies: []feature.Strategy{constrained("LIKE", "a")}}, true, false, "disabled"},
		{"date", feature.View{Strategies: []feature.Strategy{constrained(feature.DateAfter)}}, false, false, ""},
		{"override", feature.View{Variants: []feature.Variant{{Name: "only", Weight: 1, Overrides: []feature.Override{{ContextName: "x"}}}}}, false, false, ""},
		{"dependency fails", feature.View{Strategies: []feature.Strategy{rollout("50", "")}, Dependencies: []feature.Dependency{{Parent: "gone"}}}, true, false, "disabled"},
	} {
		test.view.Name, test.view.Enabled = "flag", true
		set := compileAll(Options{}, []feature.View{test.view}, nil)
		got, ok := set.Static(set.Flag("flag"))
		if ok != test.static || ok && (got.Enabled != test.enabled || got.VariantName() != test.variant) {
			t.Errorf("%s: %v %s, static %v", test.name, got.Enabled, got.VariantName(), ok)
		}
	}
}
