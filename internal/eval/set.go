package eval

import (
	"maps"
	"slices"

	"github.com/burgeehq/burgee/internal/feature"
)

// Set is the compiled flags of one environment: all of them, disabled ones
// included, since a dependency asks for flags by name. It is immutable. A change
// of few flags shares the map of the set before and keeps beside it what is not
// any more as it is there.
type Set struct {
	base  map[feature.Name]*Flag
	since map[feature.Name]*Flag // nil: removed; at most maxSince
}

// maxSince bounds the changes beside a map: one of 10,000 flags takes 0.4 ms to
// copy, which a change then does every so many times.
const maxSince = 64

// NewSet returns a set of the flags; of two of one name the later counts.
func NewSet(flags []*Flag) *Set {
	return (&Set{base: make(map[feature.Name]*Flag, len(flags))}).With(flags, nil)
}

// With returns a set without the removed flags and with the changed ones
// added or replaced; a flag in both lists stays. All other flags are shared
// with s, which is left as it was.
func (s *Set) With(changed []*Flag, removed []feature.Name) *Set {
	since := make(map[feature.Name]*Flag, len(s.since)+len(changed)+len(removed))
	maps.Copy(since, s.since)
	for _, name := range removed {
		since[name] = nil
	}
	for _, f := range changed {
		since[f.Name()] = f
	}
	if len(since) <= maxSince {
		return &Set{s.base, since}
	}
	base := maps.Clone(s.base)
	maps.Copy(base, since)
	maps.DeleteFunc(base, func(_ feature.Name, f *Flag) bool { return f == nil })
	return &Set{base: base}
}

// Flag returns the flag of a name, nil when there is none.
func (s *Set) Flag(name feature.Name) *Flag {
	if f, changed := s.since[name]; changed {
		return f
	}
	return s.base[name]
}

// Evaluate answers for a flag of this set and a context. A nil flag is off.
// It may be called concurrently with different contexts. It allocates nothing,
// except for values out of the ordinary: text to compare regardless of case
// beyond 128 bytes, a number in base 2, 8 or 16 beyond 64 bits, an address that
// looks like one and is not.
func (s *Set) Evaluate(f *Flag, c *Context) Result {
	if f == nil || !f.view.Enabled {
		return Result{}
	}
	for i := range f.parents {
		p := &f.parents[i]
		target := s.parent(p)
		if target == nil || !p.satisfied(target.evaluate(c)) {
			return Result{}
		}
	}
	return f.evaluate(c)
}

// Static returns the answer for a flag when it can depend neither on the
// context nor on the time nor on chance, and whether that is so.
func (s *Set) Static(f *Flag) (Result, bool) {
	if f == nil || f.fixed && !f.answer.Enabled {
		return Result{}, true
	}
	fixed := f.fixed
	for i := range f.parents {
		p := &f.parents[i]
		target := s.parent(p)
		switch {
		case target == nil:
			return Result{}, true
		case !target.fixed:
			fixed = false
		case !p.satisfied(target.answer):
			return Result{}, true
		}
	}
	if !fixed {
		return Result{}, false
	}
	return f.answer, true
}

// parent is one compiled dependency of a flag.
type parent struct {
	name     feature.Name
	mustBeOn bool
	variants []string // any when empty
}

func compileParents(list []feature.Dependency) []parent {
	var parents []parent
	for _, d := range list {
		parents = append(parents, parent{d.Parent, d.MustBeOn(), d.Variants})
	}
	return parents
}

// parent returns the flag a dependency asks for; nil when it cannot be
// satisfied because there is none or it has dependencies itself.
func (s *Set) parent(p *parent) *Flag {
	f := s.Flag(p.name)
	if f == nil || len(f.parents) > 0 {
		return nil
	}
	return f
}

func (p *parent) satisfied(r Result) bool {
	if !p.mustBeOn {
		return !r.Enabled
	}
	return r.Enabled && (len(p.variants) == 0 || slices.Contains(p.variants, r.VariantName()))
}
