package eval

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/feature"
)

func strategyView(name string, parameters map[string]string) feature.View {
	return feature.View{Strategies: []feature.Strategy{{Name: name, Parameters: parameters}}}
}

func TestStrategies(t *testing.T) {
	type p = map[string]string
	user123, nobody := Context{UserID: "123"}, Context{}
	inProperties := Context{Properties: p{"userId": "123", "x": "123", "empty": ""}}
	for _, test := range []struct {
		name       string
		parameters p
		context    Context
		want       bool
	}{
		{"default", nil, nobody, true},
		{"custom", nil, user123, false},

		// gr1:123 stands at 73.
		{"flexibleRollout", p{"rollout": "73", "groupId": "gr1", "stickiness": "default"}, user123, true},
		{"flexibleRollout", p{"rollout": "72", "groupId": "gr1", "stickiness": "default"}, user123, false},
		{"flexibleRollout", p{"rollout": "72.5", "groupId": "gr1"}, user123, false},
		{"flexibleRollout", p{"rollout": "73.5", "groupId": "gr1"}, user123, true},
		{"flexibleRollout", p{"rollout": "73", "groupId": "gr1"}, Context{SessionID: "123"}, true},
		{"flexibleRollout", p{"rollout": "72", "groupId": "gr1"}, Context{SessionID: "123"}, false},
		{"flexibleRollout", p{"rollout": "72", "groupId": "gr1"}, Context{UserID: "123", SessionID: "x"}, false},
		{"flexibleRollout", p{"rollout": "101"}, nobody, true},
		{"flexibleRollout", p{"rollout": "0"}, user123, false},
		{"flexibleRollout", p{"rollout": "abc"}, user123, false},
		{"flexibleRollout", p{}, user123, false},
		{"flexibleRollout", p{"rollout": "100", "stickiness": "x"}, user123, false},
		{"flexibleRollout", p{"rollout": "100", "stickiness": "empty"}, inProperties, false},
		{"flexibleRollout", p{"rollout": "100", "stickiness": "random"}, nobody, true},
		{"flexibleRollout", p{"rollout": "73", "groupId": "gr1", "stickiness": "x"}, inProperties, true},
		{"flexibleRollout", p{"rollout": "72", "groupId": "gr1", "stickiness": "x"}, inProperties, false},
		{"flexibleRollout", p{"rollout": "73", "groupId": "gr1", "stickiness": "userId"}, inProperties, true},

		{"gradualRolloutUserId", p{"percentage": "73", "groupId": "gr1"}, user123, true},
		{"gradualRolloutUserId", p{"percentage": "72", "groupId": "gr1"}, user123, false},
		{"gradualRolloutUserId", p{"percentage": "100"}, inProperties, false},
		{"gradualRolloutSessionId", p{"percentage": "73", "groupId": "gr1"}, Context{SessionID: "123"}, true},
		{"gradualRolloutSessionId", p{"percentage": "100", "groupId": "gr1"}, user123, false},
		{"gradualRolloutRandom", p{"percentage": "100"}, nobody, true},
		{"gradualRolloutRandom", p{"percentage": "0"}, nobody, false},

		{"userWithId", p{"userIds": "1 , 123,4"}, user123, true},
		{"userWithId", p{"userIds": "12,1234"}, user123, false},
		{"userWithId", p{"userIds": "123"}, inProperties, false},
		{"userWithId", p{"userIds": ""}, nobody, false},
		{"userWithId", nil, user123, false},

		{"remoteAddress", p{"IPs": "zzz, 10.0.0.0/8"}, Context{RemoteAddress: "10.1.2.3"}, true},
		{"remoteAddress", p{"IPs": "zzz, 10.0.0.0/8"}, Context{RemoteAddress: "11.1.2.3"}, false},
		{"remoteAddress", p{"IPs": "10.0.0.0/8"}, Context{RemoteAddress: "10.0.0.1/8"}, true},
		{"remoteAddress", p{"IPs": "zzz"}, Context{RemoteAddress: "zzz"}, true},
		{"remoteAddress", p{"IPs": "2001:db8::1"}, Context{RemoteAddress: "2001:db8::1"}, true},
		{"remoteAddress", p{"IPs": "10.0.0.0/8"}, nobody, false},
		{"remoteAddress", p{"IPs": "10.0.0.0/8"}, Context{Properties: p{"remoteAddress": "10.0.0.1"}}, false},
		// Unlike the Node engine: version 6 ranges.
		{"remoteAddress", p{"IPs": "2001:db8::/32"}, Context{RemoteAddress: "2001:db8::1"}, true},
		{"remoteAddress", p{"IPs": "2001:db8::/32"}, Context{RemoteAddress: "2001:db9::1"}, false},
		{"remoteAddress", p{"IPs": "2001:DB8:0::1"}, Context{RemoteAddress: "2001:db8::1"}, true},

		{"applicationHostname", p{"hostNames": "x, HOST-1"}, nobody, true},
		{"applicationHostname", p{"hostNames": "host-2"}, nobody, false},
		{"applicationHostname", nil, nobody, false},
	} {
		v := strategyView(test.name, test.parameters)
		v.Name, v.Enabled = "flag", true
		set := compileAll(Options{Hostname: nodeHostname}, []feature.View{v}, nil)
		if got := set.Evaluate(set.Flag("flag"), &test.context).Enabled; got != test.want {
			t.Errorf("%s %v for %+v: %v, want %v", test.name, test.parameters, test.context, got, test.want)
		}
	}
}

// TestNonASCIIHash checks that the switch reaches rollouts and variants.
func TestNonASCIIHash(t *testing.T) {
	v := feature.View{
		Name: "flex.世界", Enabled: true,
		Strategies: []feature.Strategy{{Name: "flexibleRollout", Parameters: map[string]string{"rollout": "70", "groupId": "flex.世界"}}},
		Variants:   []feature.Variant{{Name: "a", Weight: 735}, {Name: "b", Weight: 1}, {Name: "c", Weight: 264}},
	}
	set := compileAll(Options{Hash: UTF8}, []feature.View{v}, nil)
	if got := set.Evaluate(set.Flag(v.Name), &Context{UserID: "42"}); !got.Enabled || got.VariantName() != "b" {
		t.Errorf("UTF-8: %v %s, want on and b (places 70 and 736)", got.Enabled, got.VariantName())
	}
	set = compileAll(Options{Hash: LowByte}, []feature.View{v}, nil)
	if got := set.Evaluate(set.Flag(v.Name), &Context{UserID: "42"}); got.VariantName() == "b" {
		t.Error("the low-byte rule puts the id where UTF-8 does")
	}
}

func TestOrder(t *testing.T) {
	in := func(value string) []feature.Constraint {
		return []feature.Constraint{{ContextName: "x", Operator: feature.In, Values: []string{value}}}
	}
	segments := []feature.Segment{{ID: 1, Constraints: in("a")}, {ID: 2}}
	strategy := func(segments ...feature.SegmentID) feature.Strategy {
		return feature.Strategy{Name: "default", Segments: segments}
	}
	for _, test := range []struct {
		name string
		view feature.View
		x    string
		want bool
	}{
		{"off", feature.View{}, "a", false},
		{"no strategies", feature.View{Enabled: true}, "a", true},
		{"only a disabled strategy", feature.View{Enabled: true, Strategies: []feature.Strategy{{Name: "custom", Disabled: true}}}, "a", true},
		{"an unknown strategy is passed over", feature.View{Enabled: true, Strategies: []feature.Strategy{{Name: "custom"}, strategy()}}, "a", true},
		{"segment holds", feature.View{Enabled: true, Strategies: []feature.Strategy{strategy(1)}}, "a", true},
		{"segment does not hold", feature.View{Enabled: true, Strategies: []feature.Strategy{strategy(1)}}, "b", false},
		{"empty segment", feature.View{Enabled: true, Strategies: []feature.Strategy{strategy(2)}}, "b", true},
		{"missing segment", feature.View{Enabled: true, Strategies: []feature.Strategy{strategy(2, 3)}}, "a", false},
		{"missing segment, next strategy", feature.View{Enabled: true, Strategies: []feature.Strategy{strategy(3), strategy()}}, "a", true},
		{"constraints and segments", feature.View{Enabled: true, Strategies: []feature.Strategy{{Name: "default", Constraints: in("b"), Segments: []feature.SegmentID{1}}}}, "b", false},
	} {
		test.view.Name = "flag"
		set := compileAll(Options{}, []feature.View{test.view}, segments)
		c := &Context{Properties: map[string]string{"x": test.x}}
		got := set.Evaluate(set.Flag("flag"), c)
		if got.Enabled != test.want {
			t.Errorf("%s: %v, want %v", test.name, got.Enabled, test.want)
		}
		if static, ok := set.Static(set.Flag("flag")); ok && static != got {
			t.Errorf("%s: Static says %v", test.name, static)
		}
	}
	set := NewSet(nil)
	if got := set.Evaluate(set.Flag("none"), &Context{}); got.Enabled || got.VariantName() != "disabled" {
		t.Errorf("an unknown flag is %+v", got)
	}
}

func TestVariants(t *testing.T) {
	type p = map[string]string
	half := []feature.Variant{{Name: "a", Weight: 500}, {Name: "b", Weight: 500}}
	// "flag" and "undefined" put 1 on one side and 4 on the other or so; what
	// matters is which group is hashed, so the expectation is computed.
	side := func(group, id string) string {
		h := newHasher(LowByte, variantSeed, group)
		if h.normalize(id, 1000) <= 500 {
			return "a"
		}
		return "b"
	}
	sticky := func(stickiness string) []feature.Variant {
		return []feature.Variant{{Name: "a", Weight: 500, Stickiness: stickiness}, {Name: "b", Weight: 500, Stickiness: "ignored"}}
	}
	overridden := func(weight int) []feature.Variant {
		return []feature.Variant{
			{Name: "a", Weight: weight},
			{Name: "b", Overrides: []feature.Override{{ContextName: "x", Values: []string{"q"}}}},
			{Name: "c", Overrides: []feature.Override{{ContextName: "x", Values: []string{"q", "r"}}, {ContextName: "userId", Values: []string{"7"}}}},
		}
	}
	strategy := func(parameters p, variants ...feature.Variant) []feature.Strategy {
		return []feature.Strategy{{Name: "default", Parameters: parameters, Variants: variants}}
	}
	for i := range 40 {
		id := fmt.Sprint(i)
		last := func(uint32) uint32 { return 999 }
		for _, test := range []struct {
			name    string
			view    feature.View
			context Context
			want    string
		}{
			{"feature variants hash the flag's name", feature.View{Variants: half}, Context{UserID: id}, side("flag", id)},
			{"the session is next", feature.View{Variants: half}, Context{SessionID: id}, side("flag", id)},
			{"then the address", feature.View{Variants: half}, Context{RemoteAddress: id}, side("flag", id)},
			{"then chance", feature.View{Variants: half}, Context{Random: last}, "b"},
			{"random", feature.View{Variants: sticky("random")}, Context{UserID: id, Random: last}, "b"},
			{"field", feature.View{Variants: sticky("x")}, Context{UserID: "u", Properties: p{"x": id}}, side("flag", id)},
			{"missing field", feature.View{Variants: sticky("x")}, Context{UserID: id, Random: last}, "b"},
			{"strategy variants hash the groupId", feature.View{Strategies: strategy(p{"groupId": "g"}, half...), Variants: overridden(1)}, Context{UserID: id}, side("g", id)},
			{"without groupId, the text undefined", feature.View{Strategies: strategy(nil, half...)}, Context{UserID: id}, side("undefined", id)},
			{"the strategy's stickiness", feature.View{Strategies: strategy(p{"groupId": "g", "stickiness": "x"}, half...)}, Context{UserID: "u", Properties: p{"x": id}}, side("g", id)},
			{"the first variant's wins", feature.View{Strategies: strategy(p{"groupId": "g", "stickiness": "y"}, sticky("x")...)}, Context{UserID: "u", Properties: p{"x": id}}, side("g", id)},
			{"no strategy variants", feature.View{Strategies: strategy(nil), Variants: half}, Context{UserID: id}, side("flag", id)},
			{"weightless strategy variants", feature.View{Strategies: strategy(nil, feature.Variant{Name: "z"}), Variants: half}, Context{UserID: id}, side("flag", id)},
			{"none", feature.View{}, Context{UserID: id}, "disabled"},
			{"total weight 0", feature.View{Variants: overridden(0)}, Context{UserID: id, Properties: p{"x": "q"}}, "disabled"},
			{"weight 0 is never hashed", feature.View{Variants: overridden(1000)}, Context{UserID: "u" + id}, "a"},
			{"first override in list order", feature.View{Variants: overridden(1000)}, Context{UserID: "u" + id, Properties: p{"x": "q"}}, "b"},
			{"second override", feature.View{Variants: overridden(1000)}, Context{UserID: "7", Properties: p{"x": "z"}}, "c"},
		} {
			if got := evaluate(test.view, &test.context); got.VariantName() != test.want || !got.Enabled {
				t.Errorf("%s: id %s has %v %s, want %s", test.name, id, got.Enabled, got.VariantName(), test.want)
			}
		}
	}
}

func TestVariantPayload(t *testing.T) {
	payload := &feature.Payload{Type: "json", Value: "{}"}
	got := evaluate(feature.View{Variants: []feature.Variant{{Name: "a", Weight: 1000, Payload: payload}}}, &Context{})
	if diff := cmp.Diff(&Variant{Name: "a", Payload: payload, FeatureEnabled: true}, got.Variant); diff != "" {
		t.Error(diff)
	}
}

func TestDependencies(t *testing.T) {
	yes, no := true, false
	withVariant := feature.View{Name: "p", Enabled: true, Variants: []feature.Variant{{Name: "v", Weight: 1000}}}
	on, off := feature.View{Name: "p", Enabled: true}, feature.View{Name: "p"}
	onFalse := feature.View{Name: "p", Enabled: true, Strategies: []feature.Strategy{{Name: "custom"}}}
	grandchild := feature.View{Name: "p", Enabled: true, Dependencies: []feature.Dependency{{Parent: "q"}}}
	offGrandchild := feature.View{Name: "p", Dependencies: []feature.Dependency{{Parent: "q"}}}
	q := feature.View{Name: "q", Enabled: true}
	for _, test := range []struct {
		name       string
		dependency feature.Dependency
		parents    []feature.View
		want       bool
	}{
		{"missing parent", feature.Dependency{Parent: "p"}, nil, false},
		{"missing parent, must be off", feature.Dependency{Parent: "p", Enabled: &no}, nil, false},
		{"parent on", feature.Dependency{Parent: "p"}, []feature.View{on}, true},
		{"parent on, said", feature.Dependency{Parent: "p", Enabled: &yes}, []feature.View{on}, true},
		{"parent off", feature.Dependency{Parent: "p"}, []feature.View{off}, false},
		{"parent switched off, must be off", feature.Dependency{Parent: "p", Enabled: &no}, []feature.View{off}, true},
		{"parent false, must be off", feature.Dependency{Parent: "p", Enabled: &no}, []feature.View{onFalse}, true},
		{"parent on, must be off", feature.Dependency{Parent: "p", Enabled: &no}, []feature.View{on}, false},
		{"variants ignored when off", feature.Dependency{Parent: "p", Enabled: &no, Variants: []string{"z"}}, []feature.View{off}, true},
		{"variant listed", feature.Dependency{Parent: "p", Variants: []string{"z", "v"}}, []feature.View{withVariant}, true},
		{"variant not listed", feature.Dependency{Parent: "p", Variants: []string{"z"}}, []feature.View{withVariant}, false},
		{"disabled variant listed", feature.Dependency{Parent: "p", Variants: []string{"disabled"}}, []feature.View{on}, true},
		{"disabled variant, parent off", feature.Dependency{Parent: "p", Variants: []string{"disabled"}}, []feature.View{off}, false},
		{"grandparent", feature.Dependency{Parent: "p"}, []feature.View{grandchild, q}, false},
		{"grandparent, must be off", feature.Dependency{Parent: "p", Enabled: &no}, []feature.View{offGrandchild, q}, false},
		{"itself", feature.Dependency{Parent: "child"}, nil, false},
	} {
		child := feature.View{
			Name: "child", Enabled: true, Dependencies: []feature.Dependency{test.dependency},
			Variants: []feature.Variant{{Name: "w", Weight: 1}},
		}
		set := compileAll(Options{}, append(test.parents, child), nil)
		got := set.Evaluate(set.Flag("child"), &Context{})
		if want := (wireVariant{Name: "disabled"}); !test.want && wire(got) != want {
			t.Errorf("%s: variant is %+v", test.name, wire(got))
		}
		if got.Enabled != test.want {
			t.Errorf("%s: %v, want %v", test.name, got.Enabled, test.want)
		}
		if static, ok := set.Static(set.Flag("child")); !ok || static != got {
			t.Errorf("%s: Static says %v, %v", test.name, static, ok)
		}
	}
	several := feature.View{Name: "child", Enabled: true, Dependencies: []feature.Dependency{{Parent: "p"}, {Parent: "q"}}}
	for _, parents := range [][]feature.View{{on, q}, {off, q}, {on, {Name: "q"}}} {
		set := compileAll(Options{}, append(parents, several), nil)
		want := parents[0].Enabled && parents[1].Enabled
		if got := set.Evaluate(set.Flag("child"), &Context{}).Enabled; got != want {
			t.Errorf("two parents: %v, want %v", got, want)
		}
	}
}

// TestParentSeesContext checks that a parent is evaluated for the child's
// context, and that the child is then not static.
func TestParentSeesContext(t *testing.T) {
	parent := strategyView("userWithId", map[string]string{"userIds": "7"})
	parent.Name, parent.Enabled = "p", true
	child := feature.View{Name: "child", Enabled: true, Dependencies: []feature.Dependency{{Parent: "p"}}}
	set := compileAll(Options{}, []feature.View{parent, child}, nil)
	for id, want := range map[string]bool{"7": true, "8": false} {
		if got := set.Evaluate(set.Flag("child"), &Context{UserID: id}).Enabled; got != want {
			t.Errorf("user %s: %v, want %v", id, got, want)
		}
	}
	if _, ok := set.Static(set.Flag("child")); ok {
		t.Error("a flag whose parent depends on the context is not static")
	}
}
