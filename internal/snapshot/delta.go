package snapshot

import (
	"cmp"
	"slices"
	"strconv"
	"sync"

	"github.com/burgeehq/burgee/internal/feature"
)

// maxDeltas bounds the deltas that one state of an environment keeps ready, in
// events. Beyond it each client's is made for it alone.
const maxDeltas = 10_000

// Delta is what a client is told, as a document of the delta protocol. It is
// shared and must not be changed.
type Delta struct {
	// ID is that of the last event: what the client resumes from.
	ID int64
	// Hydration says that the client is told everything anew.
	Hydration bool
	// Events is how many there are.
	Events int
	// Parts are the JSON, in one line, in pieces; Size is their length together
	// in bytes.
	Parts [][]byte
	Size  int
}

func (d *Delta) put(parts ...[]byte) {
	for _, part := range parts {
		d.Parts = append(d.Parts, part)
		d.Size += len(part)
	}
}

// Since returns what a client must be told that knows the scope's part of a
// revision; nil for nothing. It is not ok when that cannot be said, since the
// revision is too old, or one that only other processes have seen: the client
// then needs a hydration. Clients of equal scope share the document.
//
// The id of an event is the revision of the newest change to its flag. Changes
// outside of the scope are no events, and several changes to one flag are one.
// Folded over what a hydration at that revision gave, the events give what a
// hydration gives now.
func (e *Environment) Since(scope Scope, revision int64) (d *Delta, ok bool) {
	moves, ok := e.history.after(revision)
	if !ok {
		return nil, revision >= max(e.View(scope).revision, e.history.jump)
	}
	touched := e.touched(&scope, moves)
	if len(touched) == 0 {
		return nil, true
	}
	key := deltaKey{viewKey{scope.Key, scope.Filter.key()}, revision}
	if d := e.deltas.get(key); d != nil {
		return d, true
	}
	d = e.delta(&scope, touched)
	if d == nil {
		return nil, true
	}
	return e.deltas.add(key, d), true
}

// touch is what became of a flag over some moves.
type touch struct {
	name     feature.Name
	before   *trace // as the client knows it; nil: it does not
	now      *entry // as the client may see it; nil: it may not
	other    bool   // see change
	revision int64
}

// touched returns the flags within a scope that moves are about, by revision
// and name.
func (e *Environment) touched(scope *Scope, moves []move) []touch {
	var all []touch
	var index map[feature.Name]int
	for _, s := range moves {
		for _, c := range s.changes {
			if i, known := index[c.name]; known {
				all[i].other = all[i].other || c.other
				all[i].revision = s.to
				continue
			}
			t := touch{name: c.name, before: c.before, now: e.find(c.name), other: c.other, revision: s.to}
			if t.before != nil && !scope.covers(c.name, t.before.project, t.before.tags) {
				t.before = nil
			}
			if t.now != nil && !scope.allows(t.now) {
				t.now = nil
			}
			if t.before == nil && t.now == nil {
				continue
			}
			if index == nil {
				index = make(map[feature.Name]int)
			}
			index[c.name] = len(all)
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b touch) int { return cmp.Or(cmp.Compare(a.revision, b.revision), cmp.Compare(a.name, b.name)) })
	return all
}

// delta writes the events; nil when there turn out to be none.
func (e *Environment) delta(scope *Scope, touched []touch) *Delta {
	w := deltaWriter{sent: make(map[feature.SegmentID]bool), lost: make(map[feature.SegmentID]int64)}
	for i := range touched {
		w.flag(&touched[i])
	}
	if len(w.lost) > 0 {
		for _, entry := range e.entries {
			if scope.allows(entry) {
				for _, s := range entry.segments {
					delete(w.lost, s.source.ID)
				}
			}
		}
	}
	w.segments()
	if len(w.events) == 0 {
		return nil
	}
	slices.SortStableFunc(w.events, func(a, b event) int { return cmp.Compare(a.id, b.id) })
	d := &Delta{Events: len(w.events), ID: w.events[len(w.events)-1].id}
	d.put([]byte(`{"events":[`))
	for i, one := range w.events {
		if i > 0 {
			d.put([]byte(`,`))
		}
		d.put(one.parts...)
	}
	d.put([]byte(`]}`))
	return d
}

// event is one event, encoded.
type event struct {
	id    int64
	parts [][]byte
}

// deltaWriter makes the events of one delta.
type deltaWriter struct {
	events []event
	sent   map[feature.SegmentID]bool
	lost   map[feature.SegmentID]int64 // that a flag used at the client, and when it ceased to
}

func (w *deltaWriter) add(kind string, id int64, parts ...[]byte) {
	head := strconv.AppendInt([]byte(`{"type":"`+kind+`","eventId":`), id, 10)
	w.events = append(w.events, event{id, append([][]byte{head}, parts...)})
}

// flag writes what a client must know of one flag: first the segments it needs,
// at the end, by segments, those that nothing needs any more.
func (w *deltaWriter) flag(t *touch) {
	if t.now != nil {
		for _, s := range t.now.segments {
			has := t.before != nil && slices.Contains(t.before.segments, version{s.source.ID, s.revision})
			if !has && !w.sent[s.source.ID] {
				w.sent[s.source.ID] = true
				w.add(feature.EventSegmentUpdated, t.revision, []byte(`,"segment":`), s.encoded, []byte(`}`))
			}
		}
	}
	if t.before != nil && (t.now == nil || t.now.project() != t.before.project) {
		name := appendText([]byte(`,"featureName":`), string(t.name))
		w.add(feature.EventFeatureRemoved, t.revision, append(appendText(append(name, `,"project":`...), string(t.before.project)), '}'))
	}
	if t.now != nil && (t.before == nil || t.other || t.now.project() != t.before.project) {
		w.add(feature.EventFeatureUpdated, t.revision, []byte(`,"feature":`), t.now.referenced, []byte(`}`))
	}
	if t.before != nil {
		for _, s := range t.before.segments {
			w.lost[s.id] = t.revision
		}
	}
}

// segments writes that segments are gone which no visible flag uses any more.
func (w *deltaWriter) segments() {
	ids := make([]feature.SegmentID, 0, len(w.lost))
	for id := range w.lost {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		text := strconv.AppendInt([]byte(`,"segmentId":`), int64(id), 10)
		w.add(feature.EventSegmentRemoved, w.lost[id], append(text, '}'))
	}
}

// Hydration returns everything that a scope sees. Its id is the newest change
// within the scope, but not less than least: the revision at which the scope
// came to be what it is.
func (e *Environment) Hydration(scope Scope, least int64) *Delta {
	v := e.View(scope)
	id := max(v.revision, e.history.jump, least)
	if d := v.hydration.Load(); d != nil && d.ID == id {
		return d
	}
	d := &Delta{ID: id, Hydration: true, Events: 1}
	d.put(strconv.AppendInt([]byte(`{"events":[{"type":"`+feature.EventHydration+`","eventId":`), id, 10), []byte(`,"features":[`))
	for i, entry := range v.entries {
		if i > 0 {
			d.put([]byte(`,`))
		}
		d.put(entry.referenced)
	}
	d.put([]byte(`],"segments":[`))
	for i, s := range v.segments() {
		if i > 0 {
			d.put([]byte(`,`))
		}
		d.put(s.encoded)
	}
	d.put([]byte(`]}]}`))
	v.hydration.Store(d)
	return d
}

// deltaKey identifies a delta within a state of an environment.
type deltaKey struct {
	view     viewKey
	revision int64
}

// deltas are what one state of an environment keeps ready.
type deltas struct {
	mu     sync.Mutex
	known  map[deltaKey]*Delta
	events int
}

func (ds *deltas) get(k deltaKey) *Delta {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	return ds.known[k]
}

// add keeps a delta and returns the one that is kept, which somebody else may
// have made first.
func (ds *deltas) add(k deltaKey, d *Delta) *Delta {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if first := ds.known[k]; first != nil {
		return first
	}
	if ds.events+d.Events > maxDeltas {
		return d
	}
	if ds.known == nil {
		ds.known = make(map[deltaKey]*Delta)
	}
	ds.events += d.Events
	ds.known[k] = d
	return d
}
