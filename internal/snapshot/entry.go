package snapshot

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
)

// entry is one flag of one environment: compiled and encoded. It is immutable
// and shared by every later state of the environment until the flag changes.
type entry struct {
	view     *feature.View
	flag     *eval.Flag
	tags     []feature.Tag
	segments []*segment // those its strategies use and that exist, by id
	uses     []feature.SegmentID
	revision int64 // when it was last encoded differently

	referenced []byte // JSON with the ids of segments
	inlined    []byte // JSON with the constraints of segments; referenced itself when it has none
	digest     [sha256.Size]byte

	// The answer of the front-end API is head, the variant, tail.
	head, tail []byte
}

func (e *entry) name() feature.Name         { return e.view.Name }
func (e *entry) project() feature.ProjectID { return e.view.Project }

// equal reports whether two entries serve the same. The digest covers the
// segments too.
func (e *entry) equal(other *entry) bool {
	return e.digest == other.digest && slices.Equal(e.tags, other.tags)
}

// dependsOn reports whether a parent of the flag is among the names.
func (e *entry) dependsOn(names map[feature.Name]bool) bool {
	return slices.ContainsFunc(e.view.Dependencies, func(d feature.Dependency) bool { return names[d.Parent] })
}

// segment is one segment: immutable and shared by all environments.
type segment struct {
	source   *feature.Segment
	encoded  []byte
	revision int64 // when it came to be as it is
}

func newSegment(s feature.Segment, revision int64) *segment {
	return &segment{
		source: &s, revision: revision,
		encoded: encode(wireSegment{ID: s.ID, Name: s.Name, Constraints: wireConstraints(s.Constraints)}),
	}
}

func (s *segment) equal(other *segment) bool { return bytes.Equal(s.encoded, other.encoded) }

// builder makes the next state of environments.
type builder struct {
	compiler *eval.Compiler
	segments map[feature.SegmentID]*segment
	touched  map[feature.SegmentID]bool // segments that are not what they were
	before   int64                      // the revision of the state before
	revision int64
}

func (b *builder) source(id feature.SegmentID) *feature.Segment {
	if s := b.segments[id]; s != nil {
		return s.source
	}
	return nil
}

// entry encodes a flag. It is compiled when it turns out to be needed.
func (b *builder) entry(view *feature.View, tags []feature.Tag) *entry {
	e := &entry{
		view: view, tags: slices.Clone(tags), revision: b.revision, uses: usedSegments(view),
		head: append(appendText([]byte(`{"name":`), string(view.Name)), `,"enabled":true,"variant":`...),
		tail: append(appendImpression(nil, view.ImpressionData), ','),
	}
	wire := wireFlagOf(view)
	e.referenced = encode(wire)
	e.inlined = e.referenced
	hash := sha256.New()
	hash.Write(e.referenced)
	if len(e.uses) > 0 {
		for i := range wire.Strategies {
			b.inline(&wire.Strategies[i])
		}
		e.inlined = encode(wire)
		hash.Write(e.inlined)
		for _, id := range e.uses {
			if s := b.segments[id]; s != nil {
				e.segments = append(e.segments, s)
				hash.Write(s.encoded)
			}
		}
	}
	hash.Sum(e.digest[:0])
	return e
}

// inline puts the constraints of a strategy's segments after its own.
func (b *builder) inline(s *wireStrategy) {
	constraints := slices.Clone(s.Constraints)
	for _, id := range s.Segments {
		if known := b.segments[id]; known != nil {
			constraints = append(constraints, wireConstraints(known.source.Constraints)...)
		} else {
			constraints = append(constraints, never())
		}
	}
	s.Constraints, s.Segments = constraints, nil
}

// usedSegments returns the ids of the segments of a flag's strategies,
// ascending.
func usedSegments(view *feature.View) []feature.SegmentID {
	var ids []feature.SegmentID
	for i := range view.Strategies {
		if s := &view.Strategies[i]; !s.Disabled {
			ids = append(ids, s.Segments...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
