package snapshot

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/burgeehq/burgee/internal/feature"
)

// maxHistory bounds the changes of flags that an environment remembers. A
// client that is further behind gets everything.
const maxHistory = 1000

// history is what an environment remembers of how it came to be. It never
// changes: the next state has another, which shares the moves.
type history struct {
	moves []move // oldest first
	size  int    // of the moves, in changes
	// base is the revision after which every change is among the moves.
	base int64
	// jump is the newest revision that was reached over revisions which were
	// not seen. Other processes may have served those.
	jump int64
}

// move leads from the state of one revision to that of another. A client that
// is at one in between was served by another process.
type move struct {
	from, to int64
	changes  []change // by name
}

// change is what a move did to a flag.
type change struct {
	name   feature.Name
	before *trace // nil: there was none
	other  bool   // its own JSON is not what it was, segments apart
}

// trace is what remains of a flag as it was: who saw it, with which segments.
type trace struct {
	project  feature.ProjectID
	tags     []feature.Tag
	segments []version
}

// version is a segment as it was at a time.
type version struct {
	id       feature.SegmentID
	revision int64
}

func (e *entry) trace() *trace {
	t := &trace{project: e.project(), tags: e.tags}
	for _, s := range e.segments {
		t.segments = append(t.segments, version{s.source.ID, s.revision})
	}
	return t
}

// changes lists what a difference did, by name.
func (d *difference) changes() []change {
	list := make([]change, 0, len(d.after))
	for name, after := range d.after {
		c := change{name: name, other: true}
		if before := d.before[name]; before != nil {
			c.before = before.trace()
			c.other = after == nil || !bytes.Equal(before.referenced, after.referenced)
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b change) int { return cmp.Compare(a.name, b.name) })
	return list
}

// then returns the history with one more move, without the oldest ones if
// there are too many.
func (h history) then(s move) history {
	weight := func(s move) int { return max(1, len(s.changes)) }
	// States follow each other one by one, so nobody else appends here.
	h.moves = append(h.moves, s)
	h.size += weight(s)
	if s.to > s.from+1 {
		h.jump = s.to
	}
	for h.size > maxHistory {
		h.size -= weight(h.moves[0])
		h.base = h.moves[0].to
		h.moves = h.moves[1:]
	}
	return h
}

// after returns the moves that a client at a revision lacks, and whether they
// lead on from where it is.
func (h history) after(revision int64) ([]move, bool) {
	if revision < h.base {
		return nil, false
	}
	i := len(h.moves)
	for i > 0 && h.moves[i-1].to > revision {
		i--
	}
	if i < len(h.moves) && h.moves[i].from < revision && revision < h.moves[i].to {
		// In a move's middle: a move that skips nothing has none.
		return nil, false
	}
	return h.moves[i:], true
}
