package eval

import "github.com/burgeehq/burgee/internal/feature"

// Explanation is the answer for one flag and one context with what led to it.
type Explanation struct {
	Result // that of [Set.Evaluate]
	// Dependencies holds one entry for each of the flag's.
	Dependencies []DependencyReason
	// Strategies holds one entry for each of the view's, in its order, disabled
	// ones included.
	Strategies []StrategyReason
	// Winner is the place among Strategies of the one that gave the answer of the
	// flag were it on and its dependencies satisfied; -1 when none did.
	Winner int
}

// DependencyReason says how one dependency turned out.
type DependencyReason struct {
	Parent    feature.Name
	Known     bool // there is such a flag, without dependencies of its own
	Satisfied bool
}

// StrategyReason says how one strategy turned out, whatever others did.
type StrategyReason struct {
	Disabled bool
	// Passes is whether the strategy alone turns the flag on. A disabled strategy
	// never does.
	Passes bool
	// Rule is whether what the kind asks beyond constraints and segments holds.
	Rule bool
	// Elsewhere says that only an SDK can tell, where the strategy's own code or
	// machine is; Rule is then what this server says.
	Elsewhere   bool
	Constraints []bool // by the place among the strategy's
	Segments    []SegmentReason
	Rollout     *RolloutReason // nil for kinds without one
	Variant     *Variant       // of the strategy's own, had it won; nil for none
}

// SegmentReason says how one segment of a strategy turned out.
type SegmentReason struct {
	ID          feature.SegmentID
	Known       bool // there is one
	Holds       bool
	Constraints []bool // by the place among the segment's
}

// RolloutReason says where a context stands in a rollout.
type RolloutReason struct {
	Field string // that sticks: "userId", …; "random" for chance
	// Place is from 1 to 100 and within the rollout up to Share; 0 when the
	// context lacks the field.
	Place int
	Share float64 // in per cent
}

// Explainer explains one flag. It is immutable once made.
type Explainer struct {
	flag       *Flag
	strategies []explained
}

// explained is a strategy in the pieces it is made of.
type explained struct {
	disabled    bool
	whole       strategy
	rule        rule
	certain     certainty // of the rule
	elsewhere   bool
	constraints []piece
	segments    []explainedSegment
	rollout     *rollout
	share       float64
	hash        hasher
}

type explainedSegment struct {
	id          feature.SegmentID
	known       bool
	constraints []piece
}

// piece is one constraint with what is known of it before any context.
type piece struct {
	constraint
	certain certainty
}

func (p *piece) holds(c *Context) bool {
	if p.certain != depends {
		return p.certain == always
	}
	return p.constraint.holds(c)
}

// Explainer returns what explains a flag: the same view must have been given to
// [Compiler.Flag], and the same segments. Disabled strategies of the view are
// explained too.
func (c *Compiler) Explainer(f *Flag, segment func(feature.SegmentID) *feature.Segment) *Explainer {
	e := &Explainer{flag: f}
	for i := range f.view.Strategies {
		e.strategies = append(e.strategies, c.explained(&f.view.Strategies[i], segment))
	}
	return e
}

func (c *Compiler) explained(s *feature.Strategy, segment func(feature.SegmentID) *feature.Segment) explained {
	x := explained{disabled: s.Disabled, whole: c.strategy(s, segment), elsewhere: onlyThere(s.Name), constraints: c.pieces(s.Constraints)}
	x.rule, x.certain = c.rule(s)
	for _, id := range s.Segments {
		part := explainedSegment{id: id}
		if source := segment(id); source != nil {
			part.known, part.constraints = true, c.pieces(source.Constraints)
		}
		x.segments = append(x.segments, part)
	}
	if r, ok := rolloutOf(s); ok {
		x.rollout = &r
		x.share, _ = feature.ParseNumber(r.percentage)
		x.hash = newHasher(c.options.Hash, 0, r.group)
	}
	return x
}

// onlyThere reports whether only an SDK can evaluate a kind of strategy.
func onlyThere(kind string) bool {
	switch kind {
	case "default", "flexibleRollout", "gradualRolloutUserId", "gradualRolloutSessionId", "gradualRolloutRandom", "userWithId", "remoteAddress":
		return false
	}
	return true
}

func (c *Compiler) pieces(list []feature.Constraint) []piece {
	all := make([]piece, len(list))
	for i := range list {
		all[i].constraint, all[i].certain = c.constraint(&list[i])
	}
	return all
}

// Explain answers as [Set.Evaluate] does for the flag, which must be of the
// set, and says why. Chance must be kept still for the two to agree:
// [Context.Random] must return the same number whenever it is asked for one
// below the same bound.
func (e *Explainer) Explain(s *Set, c *Context) Explanation {
	x := Explanation{Result: s.Evaluate(e.flag, c), Winner: -1}
	for i := range e.flag.parents {
		p := &e.flag.parents[i]
		target := s.parent(p)
		x.Dependencies = append(x.Dependencies, DependencyReason{
			Parent: p.name, Known: target != nil, Satisfied: target != nil && p.satisfied(target.evaluate(c)),
		})
	}
	for i := range e.strategies {
		reason := e.strategies[i].reason(c)
		if reason.Passes && x.Winner < 0 {
			x.Winner = i
		}
		x.Strategies = append(x.Strategies, reason)
	}
	return x
}

func (x *explained) reason(c *Context) StrategyReason {
	r := StrategyReason{
		Disabled: x.disabled, Passes: !x.disabled && x.whole.passes(c), Elsewhere: x.elsewhere,
		Rule: x.certain == always || x.certain == depends && x.rule(c), Variant: x.whole.variants.pick(c),
		Constraints: held(x.constraints, c),
	}
	for i := range x.segments {
		segment := &x.segments[i]
		reason := SegmentReason{ID: segment.id, Known: segment.known, Constraints: held(segment.constraints, c), Holds: segment.known}
		for _, holds := range reason.Constraints {
			reason.Holds = reason.Holds && holds
		}
		r.Segments = append(r.Segments, reason)
	}
	if x.rollout != nil {
		place, _ := x.rollout.by.place(c, &x.hash)
		r.Rollout = &RolloutReason{Field: x.rollout.by.fieldOf(c), Place: int(place), Share: x.share}
	}
	return r
}

func held(pieces []piece, c *Context) []bool {
	all := make([]bool, len(pieces))
	for i := range pieces {
		all[i] = pieces[i].holds(c)
	}
	return all
}

// fieldOf names the field that sticks for a context.
func (s *stickiness) fieldOf(c *Context) string {
	switch s.kind {
	case byUserID:
		return "userId"
	case bySessionID:
		return "sessionId"
	case byField:
		return s.field.name
	case byIdentity, byIdentityAndAddress:
		switch {
		case c.UserID != "":
			return "userId"
		case c.SessionID != "":
			return "sessionId"
		case s.kind == byIdentityAndAddress && c.RemoteAddress != "":
			return "remoteAddress"
		}
	case byChance:
	}
	return "random"
}
