package edge

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
)

// Catalogue holds the documents of all feeds and applies to a snapshot.Store
// what changes in them. It is safe for concurrent use.
type Catalogue struct {
	snapshots *snapshot.Store

	mu       sync.Mutex
	shelves  map[feature.EnvironmentName]*shelf
	segments map[feature.SegmentID]bool // that the snapshots have

	covered atomic.Pointer[map[string]coverage] // by environment
}

// shelf is the documents of one environment.
type shelf struct {
	documents map[token.Digest]placed
	revision  int64 // of the snapshot
}

type placed struct {
	scope token.Scope
	*Document
}

// coverage is what the documents of one environment cover together.
type coverage struct {
	all      bool
	projects map[string]bool
}

func (c coverage) add(s token.Scope) coverage {
	c.all = c.all || s.AllProjects
	for _, project := range s.Projects {
		c.projects[project] = true
	}
	return c
}

// covers reports whether every flag of a scope is there.
func (c coverage) covers(s token.Scope) bool {
	if c.all {
		return true
	}
	return !s.AllProjects && !slices.ContainsFunc(s.Projects, func(p string) bool { return !c.projects[p] })
}

// touches reports whether any flag of a scope may be there.
func (c coverage) touches(s token.Scope) bool {
	if c.all || s.AllProjects {
		return c.all || len(c.projects) > 0
	}
	return slices.ContainsFunc(s.Projects, func(p string) bool { return c.projects[p] })
}

// NewCatalogue returns a catalogue of nothing, over snapshots that nobody else
// changes.
func NewCatalogue(snapshots *snapshot.Store) *Catalogue {
	c := &Catalogue{snapshots: snapshots, shelves: make(map[feature.EnvironmentName]*shelf), segments: map[feature.SegmentID]bool{}}
	c.covered.Store(&map[string]coverage{})
	return c
}

// Put takes the document that a token may see, in the place of the one before.
// The digest identifies the token.
func (c *Catalogue) Put(id token.Digest, scope token.Scope, d *Document, touched Touched) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := feature.EnvironmentName(scope.Environment)
	s := c.shelves[name]
	if s == nil {
		s = &shelf{documents: map[token.Digest]placed{}}
		c.shelves[name] = s
		touched.All = true
	}
	if _, known := s.documents[id]; !known {
		touched.All = true
	}
	s.documents[id] = placed{scope, d}
	// Documents of several tokens come at different times: what changes gets a
	// revision after all others, whatever the server above says it is.
	if d.Revision > s.revision {
		s.revision = d.Revision
	} else {
		s.revision++
	}
	c.apply(name, s, touched)
}

// Remove forgets the document of a token. An environment without documents
// serves nothing any more.
func (c *Catalogue) Remove(id token.Digest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, s := range c.shelves {
		if _, there := s.documents[id]; !there {
			continue
		}
		delete(s.documents, id)
		s.revision++
		c.apply(name, s, Touched{All: true})
	}
}

// apply makes the snapshots of an environment what the documents say. The lock
// must be held.
func (c *Catalogue) apply(name feature.EnvironmentName, s *shelf, touched Touched) {
	change := snapshot.Change{Revision: s.revision}
	if touched.All || touched.Segments {
		change.Segments, change.GoneSegments = c.nextSegments()
	}
	if len(s.documents) == 0 {
		delete(c.shelves, name)
		change.GoneEnvironments = []feature.EnvironmentName{name}
	} else {
		change.Environments = []snapshot.EnvironmentChange{s.change(name, touched)}
	}
	c.snapshots.Apply(change)
	covered := make(map[string]coverage, len(c.shelves))
	for name, s := range c.shelves {
		all := coverage{projects: map[string]bool{}}
		for _, d := range s.documents {
			all = all.add(d.scope)
		}
		covered[string(name)] = all
	}
	c.covered.Store(&covered)
}

// change is what the documents of an environment say of what was touched.
func (s *shelf) change(name feature.EnvironmentName, touched Touched) snapshot.EnvironmentChange {
	change := snapshot.EnvironmentChange{Name: name, Complete: touched.All}
	flags := touched.Flags
	if touched.All {
		flags = make(map[feature.Name]bool)
		for _, d := range s.documents {
			for flag := range d.Flags {
				flags[flag] = true
			}
		}
	}
	inOrder := s.newestFirst()
	for _, flag := range slices.Sorted(maps.Keys(flags)) {
		if view, found := find(inOrder, flag); found {
			change.Flags = append(change.Flags, snapshot.Flag{View: view})
		} else {
			change.Gone = append(change.Gone, flag)
		}
	}
	return change
}

func (s *shelf) newestFirst() []placed {
	all := slices.Collect(maps.Values(s.documents))
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(b.Revision, a.Revision) })
	return all
}

func find(documents []placed, name feature.Name) (feature.View, bool) {
	for _, d := range documents {
		if view, found := d.Flags[name]; found {
			return view, true
		}
	}
	return feature.View{}, false
}

// nextSegments unites the segments of all documents, and says which there were
// before and are no more.
func (c *Catalogue) nextSegments() (now []feature.Segment, gone []feature.SegmentID) {
	newest := map[feature.SegmentID]int64{}
	united := map[feature.SegmentID]feature.Segment{}
	for _, s := range c.shelves {
		for _, d := range s.documents {
			for id, segment := range d.Segments {
				if revision, known := newest[id]; !known || d.Revision > revision {
					newest[id], united[id] = d.Revision, segment
				}
			}
		}
	}
	for id := range c.segments {
		if _, still := united[id]; !still {
			gone = append(gone, id)
		}
	}
	clear(c.segments)
	for id, segment := range united {
		c.segments[id] = true
		now = append(now, segment)
	}
	return now, gone
}

// Covers reports whether every flag that a scope allows is in the snapshots.
func (c *Catalogue) Covers(s token.Scope) bool {
	all, known := (*c.covered.Load())[s.Environment]
	return known && all.covers(s)
}

// Touches reports whether flags that a scope allows may be in the snapshots.
func (c *Catalogue) Touches(s token.Scope) bool {
	all, known := (*c.covered.Load())[s.Environment]
	return known && all.touches(s)
}

// Environments returns the environments that there is something of, by name.
func (c *Catalogue) Environments() []string {
	return slices.Sorted(maps.Keys(*c.covered.Load()))
}
