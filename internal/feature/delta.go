package feature

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// The kinds of event of the delta protocol (contract: edge-and-proxy.md,
// section 3.2).
const (
	EventHydration      = "hydration"       // everything, in the place of all before
	EventFeatureUpdated = "feature-updated" // new or changed
	EventFeatureRemoved = "feature-removed"
	EventSegmentUpdated = "segment-updated" // new or changed
	EventSegmentRemoved = "segment-removed"
)

// Delta is a document of the delta protocol: what changed for a client, oldest
// first.
type Delta struct {
	Events []DeltaEvent `json:"events"`
}

// DeltaEvent is one change. Which fields it has depends on its type.
type DeltaEvent struct {
	Type string `json:"type"`
	// ID is the revision of the change. It never falls from one event to the
	// next, and several may have the same.
	ID          int64      `json:"eventId"`
	Features    []View     `json:"features,omitempty"` // of a hydration
	Segments    []Segment  `json:"segments,omitempty"` // of a hydration
	Feature     *View      `json:"feature,omitempty"`
	FeatureName Name       `json:"featureName,omitempty"` // of a removal
	Project     ProjectID  `json:"project,omitempty"`     // of a removal: where the flag was
	Segment     *Segment   `json:"segment,omitempty"`
	SegmentID   *SegmentID `json:"segmentId,omitempty"` // of a removal
}

// check reports what an event lacks.
func (e *DeltaEvent) check() error {
	var lacks string
	switch {
	case e.Type == EventFeatureUpdated && (e.Feature == nil || e.Feature.Name == ""):
		lacks = "feature with a name"
	case e.Type == EventFeatureRemoved && e.FeatureName == "":
		lacks = "featureName"
	case e.Type == EventSegmentUpdated && e.Segment == nil:
		lacks = "segment"
	case e.Type == EventSegmentRemoved && e.SegmentID == nil:
		lacks = "segmentId"
	default:
		return nil
	}
	return fmt.Errorf("the %s event %d has no %s", e.Type, e.ID, lacks)
}

// Mirror is one environment as a client of the delta protocol knows it. The
// zero Mirror knows nothing. It is not safe for concurrent use.
type Mirror struct {
	Flags    map[Name]View
	Segments map[SegmentID]Segment
	// Revision is the id of the event that was taken over last; 0 for none. It is
	// what to resume from.
	Revision int64
}

// Clone returns a mirror that Apply can change without changing this one.
func (m *Mirror) Clone() Mirror {
	return Mirror{Flags: maps.Clone(m.Flags), Segments: maps.Clone(m.Segments), Revision: m.Revision}
}

// Apply takes the events of a document over, in their order. Kinds that are not
// known are skipped. A document with an event that lacks what its kind needs
// fails, and nothing of it is taken over.
func (m *Mirror) Apply(d Delta) error {
	for i := range d.Events {
		if err := d.Events[i].check(); err != nil {
			return err
		}
	}
	for i := range d.Events {
		m.apply(&d.Events[i])
	}
	return nil
}

func (m *Mirror) apply(e *DeltaEvent) {
	if m.Flags == nil || e.Type == EventHydration {
		*m = Mirror{Flags: make(map[Name]View, len(e.Features)), Segments: make(map[SegmentID]Segment, len(e.Segments))}
	}
	switch e.Type {
	case EventHydration:
		for i := range e.Features {
			m.Flags[e.Features[i].Name] = e.Features[i]
		}
		for _, s := range e.Segments {
			m.Segments[s.ID] = s
		}
	case EventFeatureUpdated:
		m.Flags[e.Feature.Name] = *e.Feature
	case EventFeatureRemoved:
		delete(m.Flags, e.FeatureName)
	case EventSegmentUpdated:
		m.Segments[e.Segment.ID] = *e.Segment
	case EventSegmentRemoved:
		delete(m.Segments, *e.SegmentID)
	}
	m.Revision = max(m.Revision, e.ID)
}

// FlagList returns the flags by name.
func (m *Mirror) FlagList() []View {
	return slices.SortedFunc(maps.Values(m.Flags), func(a, b View) int { return cmp.Compare(a.Name, b.Name) })
}

// SegmentList returns the segments by id.
func (m *Mirror) SegmentList() []Segment {
	return slices.SortedFunc(maps.Values(m.Segments), func(a, b Segment) int { return cmp.Compare(a.ID, b.ID) })
}
