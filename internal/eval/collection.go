package eval

import (
	"net/netip"
	"slices"

	"github.com/burgeehq/burgee/internal/feature"
)

// short is up to how many elements a list is searched one by one.
const short = 8

// stringSet answers whether a string is one of a list.
type stringSet struct {
	list  []string
	index map[string]struct{} // nil for a short list
}

func newStringSet(values []string) stringSet {
	s := stringSet{list: values}
	if len(values) <= short {
		return s
	}
	s.index = make(map[string]struct{}, len(values))
	for _, v := range values {
		s.index[v] = struct{}{}
	}
	return s
}

func (s *stringSet) empty() bool { return len(s.list) == 0 }

func (s *stringSet) has(value string) bool {
	if s.index != nil {
		_, ok := s.index[value]
		return ok
	}
	return slices.Contains(s.list, value)
}

// rangeSet answers whether an address lies in one of a list of ranges, each
// only against its own family.
type rangeSet struct {
	ranges []netip.Prefix // as written, bits beyond the mask included
	// For a long list: the ranges by mask, and the masks that occur.
	index map[netip.Prefix]struct{}
	masks []int
}

// newRangeSet leaves out what is neither an address nor a range.
func newRangeSet(values []string) rangeSet {
	var s rangeSet
	for _, v := range values {
		if r, ok := feature.ParseRange(v); ok {
			s.ranges = append(s.ranges, r)
		}
	}
	if len(s.ranges) <= short {
		return s
	}
	s.index = make(map[netip.Prefix]struct{}, len(s.ranges))
	for _, r := range s.ranges {
		s.index[r.Masked()] = struct{}{}
		if !slices.Contains(s.masks, r.Bits()) {
			s.masks = append(s.masks, r.Bits())
		}
	}
	slices.Sort(s.masks)
	return s
}

func (s *rangeSet) empty() bool { return len(s.ranges) == 0 }

// names reports whether an entry begins with the address.
func (s *rangeSet) names(a netip.Addr) bool {
	return slices.ContainsFunc(s.ranges, func(r netip.Prefix) bool { return r.Addr() == a })
}

// has reports whether the range p lies wholly in a range of the set.
func (s *rangeSet) has(p netip.Prefix) bool {
	if s.index == nil {
		for _, r := range s.ranges {
			if r.Bits() <= p.Bits() && r.Contains(p.Addr()) {
				return true
			}
		}
		return false
	}
	for _, bits := range s.masks {
		if bits > p.Bits() {
			return false
		}
		if r, err := p.Addr().Prefix(bits); err == nil {
			if _, ok := s.index[r]; ok {
				return true
			}
		}
	}
	return false
}
