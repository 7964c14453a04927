package eval

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/burgeehq/burgee/internal/feature"
)

// TestExplainAgrees explains 10,000 random cases: the answer is that of
// evaluation, and the pieces add up to it.
func TestExplainAgrees(t *testing.T) {
	t.Parallel()
	g := &generator{rand.New(rand.NewPCG(7, 8))}
	const flags, contexts = 200, 50
	var segments []feature.Segment
	for id := range 8 {
		segments = append(segments, feature.Segment{ID: feature.SegmentID(id + 1), Constraints: g.constraints(3)})
	}
	find := func(id feature.SegmentID) *feature.Segment {
		i := slices.IndexFunc(segments, func(s feature.Segment) bool { return s.ID == id })
		if i < 0 {
			return nil
		}
		return &segments[i]
	}
	compiler := NewCompiler(Options{Hostname: "host-1"})
	var compiled []*Flag
	var explainers []*Explainer
	for i := range flags {
		view := g.view(i)
		for j := range view.Strategies {
			view.Strategies[j].Disabled = g.chance(10)
		}
		f := compiler.Flag(&view, find)
		compiled, explainers = append(compiled, f), append(explainers, compiler.Explainer(f, find))
	}
	set := NewSet(compiled)
	on := 0
	for range contexts {
		chance := false
		c := g.context().context(&chance)
		still := g.Uint32()
		c.Random = func(n uint32) uint32 { return still % n }
		for i, f := range compiled {
			want, got := set.Evaluate(f, c), explainers[i].Explain(set, c)
			if want != got.Result {
				t.Fatalf("explained as %+v, evaluated as %+v: %s", got.Result, want, dump(*f.View()))
			}
			if want.Enabled {
				on++
			}
			if problem := addsUp(f, got); problem != "" {
				t.Fatalf("%s: %+v of %s", problem, got, dump(*f.View()))
			}
		}
	}
	if on < flags*contexts/10 {
		t.Errorf("only %d of %d were on: the cases prove little", on, flags*contexts)
	}
}

// addsUp says what is inconsistent in an explanation; nothing when all of it
// adds up.
func addsUp(f *Flag, x Explanation) string {
	satisfied := !slices.ContainsFunc(x.Dependencies, func(d DependencyReason) bool { return !d.Satisfied })
	active := slices.ContainsFunc(x.Strategies, func(s StrategyReason) bool { return !s.Disabled })
	enabled := f.View().Enabled && satisfied && (x.Winner >= 0 || !active)
	if enabled != x.Enabled {
		return "dependencies and strategies do not add up to the answer"
	}
	if x.Enabled && x.Winner >= 0 && x.Strategies[x.Winner].Variant != nil && x.Strategies[x.Winner].Variant.Name != x.VariantName() {
		return "the variant is not that of the strategy that won"
	}
	for _, s := range x.Strategies {
		passes := !s.Disabled && s.Rule && !slices.Contains(s.Constraints, false)
		for _, segment := range s.Segments {
			passes = passes && segment.Holds
			if segment.Holds != (segment.Known && !slices.Contains(segment.Constraints, false)) {
				return "the constraints of a segment do not add up"
			}
		}
		if passes != s.Passes {
			return "the pieces of a strategy do not add up"
		}
		if r := s.Rollout; r != nil && s.Rule != (r.Place > 0 && float64(r.Place) <= r.Share) {
			return "the place in the rollout does not say what its rule says"
		}
	}
	return ""
}
