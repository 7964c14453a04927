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
	flags    map[Name]View
	segments map[SegmentID]Segment
	last     int64
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
	if m.flags == nil || e.Type == EventHydration {
		m.flags, m.segments = make(map[Name]View), make(map[SegmentID]Segment)
	}
	switch e.Type {
	case EventHydration:
		for i := range e.Features {
			m.flags[e.Features[i].Name] = e.Features[i]
		}
		for _, s := range e.Segments {
			m.segments[s.ID] = s
		}
	case EventFeatureUpdated:
		m.flags[e.Feature.Name] = *e.Feature
	case EventFeatureRemoved:
		delete(m.flags, e.FeatureName)
	case EventSegmentUpdated:
		m.segments[e.Segment.ID] = *e.Segment
	case EventSegmentRemoved:
		delete(m.segments, *e.SegmentID)
	}
	m.last = e.ID
}

// LastID is the id of the event that was taken over last; 0 for none. It is
// what to resume from.
func (m *Mirror) LastID() int64 { return m.last }

// Flags returns the flags by name.
func (m *Mirror) Flags() []View {
	return slices.SortedFunc(maps.Values(m.flags), func(a, b View) int { return cmp.Compare(a.Name, b.Name) })
}

// Segments returns the segments by id.
func (m *Mirror) Segments() []Segment {
	return slices.SortedFunc(maps.Values(m.segments), func(a, b Segment) int { return cmp.Compare(a.ID, b.ID) })
}
