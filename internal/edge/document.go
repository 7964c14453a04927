package edge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// Document is what one token may see of its environment. It does not change.
type Document struct {
	Revision int64 // of the server above; 0 when it does not tell
	Flags    map[feature.Name]feature.View
	Segments map[feature.SegmentID]feature.Segment
}

// wireDocument is a download. What is not needed is not read, so that it may be
// of any type.
type wireDocument struct {
	Features *[]wireView       `json:"features"`
	Segments []feature.Segment `json:"segments"`
	Query    struct {
		Environment string `json:"environment"`
	} `json:"query"`
	Meta struct {
		Revision int64 `json:"revisionId"`
	} `json:"meta"`
}

// wireView is a flag with parameters of any type: servers before ours let
// numbers in.
type wireView struct {
	feature.View

	Strategies []wireStrategy `json:"strategies"`
}

type wireStrategy struct {
	feature.Strategy

	Parameters map[string]parameter `json:"parameters"`
}

// parameter is a text; numbers and booleans read as theirs, everything else as
// JSON.
type parameter string

// UnmarshalJSON implements json.Unmarshaler.
func (p *parameter) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	*p = parameter(text)
	return nil
}

func (w *wireView) view() feature.View {
	v := w.View
	if v.Project == "" {
		v.Project = feature.DefaultProject
	}
	v.Strategies = make([]feature.Strategy, len(w.Strategies))
	for i, s := range w.Strategies {
		v.Strategies[i] = s.Strategy
		v.Strategies[i].Parameters = make(map[string]string, len(s.Parameters))
		for name, value := range s.Parameters {
			v.Strategies[i].Parameters[name] = string(value)
		}
	}
	return v
}

// ReadDocument reads a download for a token of a scope. It fails for anything
// that is no complete download, for that of another environment, and when a
// flag is in a project outside the scope: then the server above is mistaken
// about who asks.
func ReadDocument(raw []byte, scope token.Scope) (*Document, error) {
	var w wireDocument
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, fmt.Errorf("the download is not what it should be: %w", err)
	}
	if w.Features == nil {
		return nil, fmt.Errorf("the download holds no list of features")
	}
	if e := w.Query.Environment; e != "" && scope.Environment != "" && e != scope.Environment {
		return nil, fmt.Errorf("the download is of the environment %q, the token of %q", e, scope.Environment)
	}
	d := &Document{
		Revision: w.Meta.Revision, Flags: make(map[feature.Name]feature.View, len(*w.Features)),
		Segments: make(map[feature.SegmentID]feature.Segment, len(w.Segments)),
	}
	for i := range *w.Features {
		if err := d.put((*w.Features)[i].view(), scope); err != nil {
			return nil, err
		}
	}
	for _, s := range w.Segments {
		d.Segments[s.ID] = s
	}
	return d, nil
}

func (d *Document) put(v feature.View, scope token.Scope) error {
	switch {
	case v.Name == "":
		return fmt.Errorf("the download holds a flag without a name")
	case !scope.Allows(string(v.Project)):
		return fmt.Errorf("the download holds the flag %q of the project %q, which the token may not see", v.Name, v.Project)
	}
	d.Flags[v.Name] = v
	return nil
}

// wireEvents is an answer to a delta, and the data of an event of a stream.
type wireEvents struct {
	Events *[]wireEvent `json:"events"`
}

// wireEvent is one change.
type wireEvent struct {
	Type      string            `json:"type"`
	ID        int64             `json:"eventId"`
	Features  *[]wireView       `json:"features"`    // of hydration
	Segments  []feature.Segment `json:"segments"`    // of hydration
	Feature   *wireView         `json:"feature"`     // of feature-updated
	Name      feature.Name      `json:"featureName"` // of feature-removed
	Segment   *feature.Segment  `json:"segment"`     // of segment-updated
	SegmentID feature.SegmentID `json:"segmentId"`   // of segment-removed
}

// Touched says what of a document is not what it was.
type Touched struct {
	All      bool // everything may be
	Flags    map[feature.Name]bool
	Segments bool
}

// ReadEvents returns a document after the events of a delta for a token of a
// scope, and what they touched. The document before may be nil when the events
// begin with everything. It fails as [ReadDocument] does, and for events that
// say nothing known about something unknown: then everything must be asked for.
func ReadEvents(raw []byte, before *Document, scope token.Scope) (*Document, Touched, error) {
	var w wireEvents
	touched := Touched{Flags: map[feature.Name]bool{}}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, touched, fmt.Errorf("the events are not what they should be: %w", err)
	}
	if w.Events == nil {
		return nil, touched, fmt.Errorf("the events hold no list of events")
	}
	d := before
	if d != nil {
		d = &Document{Revision: before.Revision, Flags: maps.Clone(before.Flags), Segments: maps.Clone(before.Segments)}
	}
	for i := range *w.Events {
		e := &(*w.Events)[i]
		if e.Type == "hydration" {
			d = &Document{Flags: map[feature.Name]feature.View{}, Segments: map[feature.SegmentID]feature.Segment{}}
			touched.All = true
		}
		if d == nil {
			return nil, touched, fmt.Errorf("the events do not begin with everything")
		}
		if err := d.apply(e, scope, &touched); err != nil {
			return nil, touched, err
		}
		d.Revision = max(d.Revision, e.ID)
	}
	return d, touched, nil
}

// apply changes a document that nobody else has.
func (d *Document) apply(e *wireEvent, scope token.Scope, touched *Touched) error {
	switch {
	case e.Type == "hydration" && e.Features != nil:
		for i := range *e.Features {
			if err := d.put((*e.Features)[i].view(), scope); err != nil {
				return err
			}
		}
		for _, s := range e.Segments {
			d.Segments[s.ID] = s
		}
		return nil
	case e.Type == "feature-updated" && e.Feature != nil:
		touched.Flags[e.Feature.Name] = true
		return d.put(e.Feature.view(), scope)
	case e.Type == "feature-removed" && e.Name != "":
		touched.Flags[e.Name] = true
		delete(d.Flags, e.Name)
		return nil
	case e.Type == "segment-updated" && e.Segment != nil:
		touched.Segments = true
		d.Segments[e.Segment.ID] = *e.Segment
		return nil
	case e.Type == "segment-removed":
		touched.Segments = true
		delete(d.Segments, e.SegmentID)
		return nil
	default:
		return fmt.Errorf("the events hold one of the type %q that is not understood", e.Type)
	}
}

// storedDocument is a document as it is kept over a restart.
type storedDocument struct {
	Revision int64             `json:"revision"`
	Flags    []feature.View    `json:"flags"`
	Segments []feature.Segment `json:"segments"`
}

// MarshalJSON implements json.Marshaler.
func (d *Document) MarshalJSON() ([]byte, error) {
	s := storedDocument{Revision: d.Revision}
	for _, name := range slices.Sorted(maps.Keys(d.Flags)) {
		s.Flags = append(s.Flags, d.Flags[name])
	}
	for _, id := range slices.Sorted(maps.Keys(d.Segments)) {
		s.Segments = append(s.Segments, d.Segments[id])
	}
	return json.Marshal(s) //nolint:wrapcheck // a json.Marshaler
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *Document) UnmarshalJSON(raw []byte) error {
	var s storedDocument
	if err := json.Unmarshal(raw, &s); err != nil {
		return err //nolint:wrapcheck // a json.Unmarshaler
	}
	d.Revision, d.Flags, d.Segments = s.Revision, make(map[feature.Name]feature.View, len(s.Flags)), make(map[feature.SegmentID]feature.Segment, len(s.Segments))
	for _, v := range s.Flags {
		d.Flags[v.Name] = v
	}
	for _, segment := range s.Segments {
		d.Segments[segment.ID] = segment
	}
	return nil
}
