package edge

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/burgeehq/burgee/internal/token"
)

// candidate is a client token that flags can be downloaded with.
type candidate struct {
	digest  token.Digest
	secret  string
	scope   token.Scope
	startup bool // named at the start: preferred, since it is known to stay
	running bool // it is downloaded already: preferred, since it is there
}

// cover returns the smallest set of tokens that together see what all see: of
// each environment one of all projects, or else those without which a project
// would be missing.
func cover(all []candidate) []candidate {
	all = slices.Clone(all)
	// What is to go first comes last: it is dropped when the others cover it.
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(
			before(a.scope.AllProjects, b.scope.AllProjects), cmp.Compare(len(b.scope.Projects), len(a.scope.Projects)),
			before(a.startup, b.startup), before(a.running, b.running), bytes.Compare(a.digest[:], b.digest[:]),
		)
	})
	for i := len(all) - 1; i >= 0; i-- {
		others := coverage{projects: map[string]bool{}}
		shared := false
		for j, other := range all {
			if j != i && other.scope.Environment == all[i].scope.Environment {
				others, shared = others.add(other.scope), true
			}
		}
		if shared && others.covers(all[i].scope) {
			all = slices.Delete(all, i, i+1)
		}
	}
	return all
}

// before orders true before false.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
