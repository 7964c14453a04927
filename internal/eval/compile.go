package eval

import "github.com/burgeehq/burgee/internal/feature"

// Options are what evaluation needs to know of its surroundings.
type Options struct {
	Hostname string   // of this machine, for the strategy applicationHostname
	Hash     HashRule // for rollouts and variants
}

// Compiler compiles flags one at a time, so that a change of one flag costs
// one compilation. It serves one goroutine at a time: the one that builds the
// next state.
type Compiler struct {
	options   Options
	operators map[feature.Operator]operator
	segments  map[feature.SegmentID]compiledSegment
}

// compiledSegment is kept so that the flags that use a segment share it.
type compiledSegment struct {
	source      *feature.Segment
	constraints conjunction
}

// NewCompiler returns a Compiler.
func NewCompiler(o Options) *Compiler {
	c := &Compiler{
		options:   o,
		operators: make(map[feature.Operator]operator),
		segments:  make(map[feature.SegmentID]compiledSegment),
	}
	for _, op := range operators() {
		c.operators[op.name] = op
	}
	return c
}

// Flag compiles one flag. It never fails: a part that cannot be understood
// evaluates to false, alone (an unknown strategy, a strategy with a segment
// that is missing, an unknown operator, a bad pattern).
//
// The function returns a segment by id, nil when there is none. What it
// returns, and v, must not be changed afterwards: a changed segment is a new
// value under a new pointer, and every flag that refers to it is compiled
// again.
func (c *Compiler) Flag(v *feature.View, segment func(feature.SegmentID) *feature.Segment) *Flag {
	f := &Flag{view: v, parents: compileParents(v.Dependencies)}
	for i := range v.Strategies {
		if s := &v.Strategies[i]; !s.Disabled {
			f.strategies = append(f.strategies, c.strategy(s, segment))
		}
	}
	f.variants = c.variants(v.Variants, string(v.Name), "")
	f.answer, f.fixed = f.constant()
	wants, known := f.wanted()
	f.wants, f.anyone = wants, !known
	return f
}

// constant returns the answer of a flag, dependencies aside, when no context
// changes it.
func (f *Flag) constant() (Result, bool) {
	if !f.view.Enabled {
		return Result{}, true
	}
	if len(f.strategies) == 0 {
		v, ok := f.variants.constant()
		return Result{Enabled: true, Variant: v}, ok
	}
	// Strategies that depend on the context do not matter when all that can
	// win agree on the variant and one always passes.
	var common *Variant
	seen := false
	for i := range f.strategies {
		s := &f.strategies[i]
		if s.certain == never {
			continue
		}
		v, ok := s.variants.constant()
		if ok && v == nil {
			v, ok = f.variants.constant()
		}
		if !ok || seen && v != common {
			return Result{}, false
		}
		common, seen = v, true
		if s.certain == always {
			return Result{Enabled: true, Variant: common}, true
		}
	}
	return Result{}, !seen
}

// certainty is what is known of a condition before any context.
type certainty uint8

const (
	depends certainty = iota // on the context, the time or chance
	always
	never
)

// and returns the certainty of two conditions that must both hold.
func (a certainty) and(b certainty) certainty {
	switch {
	case a == never || b == never:
		return never
	case a == always && b == always:
		return always
	}
	return depends
}

func certainly(b bool) certainty {
	if b {
		return always
	}
	return never
}

// segment returns the compiled constraints of a segment, compiling it when it
// is not the one compiled last under this id.
func (c *Compiler) segment(s *feature.Segment) conjunction {
	if known, ok := c.segments[s.ID]; ok && known.source == s {
		return known.constraints
	}
	compiled := c.conjunction(s.Constraints)
	c.segments[s.ID] = compiledSegment{s, compiled}
	return compiled
}
