// Package snapshot keeps what the SDK-facing APIs serve: every environment,
// compiled and encoded, ready to be read without a lock and without SQL.
//
// Main types: [Store] holds the current state of all environments behind one
// atomic pointer; [Change] is what a feed (the database, an upstream server, a
// file) says has changed; [Environment] is one immutable environment; [View]
// is an environment as one scope sees it, with its [Payload] for server SDKs
// and the answers of the front-end API. Flow: a feed calls [Store.Apply], which
// compiles and encodes only what the change names and shares all the rest with
// the state before; a request takes [Store.Environment], its View, and bytes.
//
// What does not belong: where changes come from, HTTP, permissions, the clock.
package snapshot

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
)

// Flag is one flag of one environment with what filters ask of it.
type Flag struct {
	View feature.View
	Tags []feature.Tag
}

// Change is one step of the feed. All of it becomes visible at once.
type Change struct {
	// Revision is that of the state after the change. It never falls.
	Revision int64
	// Complete says that what the change does not mention no longer exists:
	// segments, environments, and flags of the environments mentioned.
	Complete bool
	// Segments are new or changed segments.
	Segments []feature.Segment
	// GoneSegments no longer exist.
	GoneSegments []feature.SegmentID
	// Environments are what changed, by environment. One that is not known yet
	// is added.
	Environments []EnvironmentChange
	// GoneEnvironments no longer exist.
	GoneEnvironments []feature.EnvironmentName
}

// EnvironmentChange is what changed in one environment.
type EnvironmentChange struct {
	Name feature.EnvironmentName
	// Complete says that flags which are not mentioned no longer exist.
	Complete bool
	// Flags are new or perhaps changed; those that turn out to be equal keep
	// their revision.
	Flags []Flag
	// Gone are flags that no longer exist here; unknown ones are ignored.
	Gone []feature.Name
}

// Store holds what every environment serves now. It is safe for concurrent
// use; readers never wait for a writer.
type Store struct {
	compiler *eval.Compiler
	write    sync.Mutex
	current  atomic.Pointer[State]
}

// State is one immutable state of everything.
type State struct {
	revision     int64
	loaded       int64 // when all was last told at once
	segments     map[feature.SegmentID]*segment
	environments map[feature.EnvironmentName]*Environment
	next         chan struct{} // closed when another state takes the place of this one
}

// NewStore returns a store without environments.
func NewStore(compiler *eval.Compiler) *Store {
	s := &Store{compiler: compiler}
	s.current.Store(&State{next: make(chan struct{})})
	return s
}

// State returns the current state, for what must be read of one.
func (s *Store) State() *State { return s.current.Load() }

// Environment returns the current state of an environment. One that does not
// exist is empty.
func (s *Store) Environment(name feature.EnvironmentName) *Environment {
	return s.State().Environment(name)
}

// Revision is the newest that the state takes account of.
func (s *State) Revision() int64 { return s.revision }

// Environment returns an environment as it is in this state. One that does not
// exist is empty.
func (s *State) Environment(name feature.EnvironmentName) *Environment {
	if e := s.environments[name]; e != nil {
		return e
	}
	none := newEnvironment(name, s.loaded)
	none.next = s.next
	return none
}

// Apply makes the next state. Its cost grows with what the change names, plus a
// copy of one pointer for each flag of the environments that it touches. The
// feed should report every revision, if only by a change without anything: one
// that is left out counts as one that other processes served and this one did
// not see.
func (s *Store) Apply(c Change) {
	s.write.Lock()
	defer s.write.Unlock()
	before := s.current.Load()
	next := &State{revision: c.Revision, loaded: before.loaded, environments: maps.Clone(before.environments), next: make(chan struct{})}
	if c.Complete {
		next.loaded = c.Revision
	}
	if next.environments == nil {
		next.environments = make(map[feature.EnvironmentName]*Environment)
	}
	segments, touched := before.nextSegments(c)
	next.segments = segments
	b := builder{compiler: s.compiler, segments: segments, touched: touched, before: before.revision, revision: c.Revision}
	mentioned := make(map[feature.EnvironmentName]bool, len(c.Environments))
	for _, change := range c.Environments {
		mentioned[change.Name] = true
		change.Complete = change.Complete || c.Complete
		next.environments[change.Name] = b.environment(before.environments[change.Name], change)
	}
	for name, e := range before.environments {
		switch {
		case mentioned[name]:
		case c.Complete || slices.Contains(c.GoneEnvironments, name):
			// What is empty from now on remembers that it was not.
			next.environments[name] = b.environment(e, EnvironmentChange{Name: name, Complete: true})
		case len(touched) > 0:
			next.environments[name] = b.environment(e, EnvironmentChange{Name: name})
		}
	}
	s.current.Store(next)
	close(before.next)
	for name, e := range before.environments {
		if next.environments[name].next != e.next {
			close(e.next)
		}
	}
}

// nextSegments returns the segments after a change and which of them are not
// what they were.
func (s *State) nextSegments(c Change) (map[feature.SegmentID]*segment, map[feature.SegmentID]bool) {
	next := make(map[feature.SegmentID]*segment, len(s.segments)+len(c.Segments))
	if !c.Complete {
		maps.Copy(next, s.segments)
	}
	for _, id := range c.GoneSegments {
		delete(next, id)
	}
	for i := range c.Segments {
		changed := newSegment(c.Segments[i], c.Revision)
		if known := s.segments[changed.source.ID]; known != nil && known.equal(changed) {
			changed = known
		}
		next[changed.source.ID] = changed
	}
	touched := make(map[feature.SegmentID]bool)
	for id, now := range next {
		if s.segments[id] != now {
			touched[id] = true
		}
	}
	for id := range s.segments {
		if next[id] == nil {
			touched[id] = true
		}
	}
	return next, touched
}
