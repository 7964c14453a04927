package eval

import (
	"testing"

	"github.com/burgeehq/burgee/internal/feature"
)

// speedCase is one flag and one context as the benchmark of the Node and Go
// engines has them.
type speedCase struct {
	name     string
	view     feature.View
	segments []feature.Segment
	context  Context
}

func speedCases() []speedCase {
	in := func(name string, values ...string) feature.Constraint {
		return feature.Constraint{ContextName: name, Operator: feature.In, Values: values}
	}
	context := Context{
		AppName: "shop", Environment: "production", UserID: "user-4711", SessionID: "session-1", RemoteAddress: "10.1.2.3", CurrentTime: noon,
		Properties: map[string]string{"country": "NO", "age": "35", "version": "2.4.1", "email": "Someone@Example.com"},
	}
	rollout := feature.Strategy{Name: "flexibleRollout", Parameters: map[string]string{"rollout": "99", "stickiness": "default", "groupId": "flag"}}
	constrained := rollout
	constrained.Constraints = []feature.Constraint{
		in("country", "SE", "DK", "NO"),
		{ContextName: "age", Operator: feature.NumGTE, Value: "18"},
		{ContextName: "version", Operator: feature.SemverGT, Value: "2.0.0"},
	}
	segmented := rollout
	segmented.Segments = []feature.SegmentID{1}
	varied := rollout
	varied.Variants = []feature.Variant{{Name: "a", Weight: 333}, {Name: "b", Weight: 333}, {Name: "c", Weight: 334}}
	insensitive := feature.Strategy{Name: "default", Constraints: []feature.Constraint{
		{ContextName: "email", Operator: feature.StrEndsWith, Values: []string{"@EXAMPLE.com"}, CaseInsensitive: true},
		{ContextName: "email", Operator: feature.Regex, Value: "^[a-z]+@example", CaseInsensitive: true},
		{ContextName: "remoteAddress", Operator: feature.InCIDR, Values: []string{"2001:db8::/32", "10.0.0.0/8"}},
		{ContextName: "x", Operator: feature.DateAfter, Value: "2024-01-01"},
	}}
	view := func(s ...feature.Strategy) feature.View {
		return feature.View{Name: "flag", Enabled: true, Strategies: s}
	}
	return []speedCase{
		{"simple", view(rollout), nil, context},
		{"rollout3", view(constrained), nil, context},
		{"segment10", view(segmented), []feature.Segment{{ID: 1, Constraints: []feature.Constraint{
			in("country", "AT", "BE", "CH", "DE", "DK", "FI", "FR", "GB", "IT", "NO"),
		}}}, context},
		{"variant", view(varied), nil, context},
		{"operators4", view(insensitive), nil, context},
		{"static", view(feature.Strategy{Name: "default"}), nil, context},
	}
}

func TestNoAllocations(t *testing.T) {
	for _, test := range speedCases() {
		set := compileAll(Options{}, []feature.View{test.view}, test.segments)
		flag, c := set.Flag("flag"), test.context
		if !set.Evaluate(flag, &c).Enabled {
			t.Errorf("%s: the flag must be on for the measurement to mean something", test.name)
		}
		if n := testing.AllocsPerRun(100, func() { set.Evaluate(flag, &c) }); n != 0 {
			t.Errorf("%s: %v allocations", test.name, n)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for _, test := range speedCases() {
		set := compileAll(Options{}, []feature.View{test.view}, test.segments)
		flag, c := set.Flag("flag"), test.context
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				set.Evaluate(flag, &c)
			}
		})
	}
}

func BenchmarkWith(b *testing.B) {
	g := flagsOf(5000)
	set := NewSet(g)
	for b.Loop() {
		set.With(g[17:18], nil)
	}
}

func flagsOf(n int) []*Flag {
	compiler := NewCompiler(Options{})
	var flags []*Flag
	for i := range n {
		flags = append(flags, compiler.Flag(&feature.View{Name: feature.Name("flag-" + string(rune('a'+i%26)) + string(rune(0x100+i)))}, nil))
	}
	return flags
}
