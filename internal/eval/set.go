package eval

import (
	"cmp"
	"maps"
	"slices"

	"github.com/burgeehq/burgee/internal/feature"
)

// Set is the compiled flags of one environment: all of them, disabled ones
// included, since a dependency asks for flags by name. It is immutable.
type Set struct {
	byName map[feature.Name]*Flag
	sorted []*Flag
}

// NewSet returns a set of the flags; of two of one name the later counts.
func NewSet(flags []*Flag) *Set {
	byName := make(map[feature.Name]*Flag, len(flags))
	for _, f := range flags {
		byName[f.Name()] = f
	}
	return &Set{byName: byName, sorted: sorted(byName)}
}

func sorted(byName map[feature.Name]*Flag) []*Flag {
	return slices.SortedFunc(maps.Values(byName), func(a, b *Flag) int { return cmp.Compare(a.Name(), b.Name()) })
}

// With returns a set without the removed flags and with the changed ones
// added or replaced; a flag in both lists stays. All other flags are shared
// with s, which is left as it was.
func (s *Set) With(changed []*Flag, removed []feature.Name) *Set {
	const few = 16 // changes to put in one by one
	byName := maps.Clone(s.byName)
	for _, name := range removed {
		delete(byName, name)
	}
	for _, f := range changed {
		byName[f.Name()] = f
	}
	if len(changed)+len(removed) > few {
		return &Set{byName: byName, sorted: sorted(byName)}
	}
	list := append(make([]*Flag, 0, len(s.sorted)+len(changed)), s.sorted...)
	for _, name := range removed {
		if i, ok := find(list, name); ok {
			list = slices.Delete(list, i, i+1)
		}
	}
	for _, f := range changed {
		i, ok := find(list, f.Name())
		if !ok {
			list = slices.Insert(list, i, nil)
		}
		list[i] = f
	}
	return &Set{byName: byName, sorted: list}
}

func find(sorted []*Flag, name feature.Name) (int, bool) {
	return slices.BinarySearchFunc(sorted, name, func(f *Flag, n feature.Name) int { return cmp.Compare(f.Name(), n) })
}

// Flag returns the flag of a name, nil when there is none.
func (s *Set) Flag(name feature.Name) *Flag { return s.byName[name] }

// Flags returns all flags sorted by name. The slice must not be changed.
func (s *Set) Flags() []*Flag { return s.sorted }

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
	f := s.byName[p.name]
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
