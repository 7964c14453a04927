package edge

import (
	"encoding/json"
	"fmt"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// Document is what one token may see of its environment. It does not change.
type Document struct {
	// Its revision is that of the server above; 0 when it does not tell.
	feature.Mirror
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
	flags, err := views(*w.Features, scope)
	if err != nil {
		return nil, err
	}
	d := everything(w.Meta.Revision, flags, w.Segments)
	return &d, nil
}

// everything is a document of all there is.
func everything(revision int64, flags []feature.View, segments []feature.Segment) (d Document) {
	_ = d.Apply(feature.Delta{Events: []feature.DeltaEvent{{Type: feature.EventHydration, ID: revision, Features: flags, Segments: segments}}}) // a hydration lacks nothing
	return d
}

// views are the flags of a download for a token of a scope.
func views(all []wireView, scope token.Scope) ([]feature.View, error) {
	flags := make([]feature.View, len(all))
	for i := range all {
		v := all[i].view()
		switch {
		case v.Name == "":
			return nil, fmt.Errorf("the download holds a flag without a name")
		case !scope.Allows(string(v.Project)):
			return nil, fmt.Errorf("the download holds the flag %q of the project %q, which the token may not see", v.Name, v.Project)
		}
		flags[i] = v
	}
	return flags, nil
}

// wireEvents is an answer to a delta, and the data of an event of a stream.
type wireEvents struct {
	Events *[]wireEvent `json:"events"`
}

// wireEvent is one change, with flags as a server may send them.
type wireEvent struct {
	feature.DeltaEvent

	Features *[]wireView `json:"features"` // of a hydration
	Feature  *wireView   `json:"feature"`
}

// read returns the change for a token of a scope.
func (e *wireEvent) read(scope token.Scope) (feature.DeltaEvent, error) {
	var err error
	event := e.DeltaEvent
	switch {
	case e.Type == feature.EventHydration && e.Features != nil:
		event.Features, err = views(*e.Features, scope)
	case e.Type == feature.EventFeatureUpdated && e.Feature != nil:
		var one []feature.View
		if one, err = views([]wireView{*e.Feature}, scope); err == nil {
			event.Feature = &one[0]
		}
	case e.Type == feature.EventFeatureRemoved, e.Type == feature.EventSegmentUpdated, e.Type == feature.EventSegmentRemoved:
	default:
		err = fmt.Errorf("the events hold one of the type %q that is not understood", e.Type)
	}
	return event, err
}

// Touched says what of a document is not what it was.
type Touched struct {
	All      bool // everything may be
	Flags    map[feature.Name]bool
	Segments bool
}

func (t *Touched) note(e feature.DeltaEvent) {
	switch e.Type {
	case feature.EventHydration:
		t.All = true
	case feature.EventFeatureUpdated:
		t.Flags[e.Feature.Name] = true
	case feature.EventFeatureRemoved:
		t.Flags[e.FeatureName] = true
	default:
		t.Segments = true
	}
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
	var delta feature.Delta
	for i := range *w.Events {
		event, err := (*w.Events)[i].read(scope)
		if err != nil {
			return nil, touched, err
		}
		if before == nil && !touched.All && event.Type != feature.EventHydration {
			return nil, touched, fmt.Errorf("the events do not begin with everything")
		}
		delta.Events = append(delta.Events, event)
		touched.note(event)
	}
	if before == nil && len(delta.Events) == 0 {
		return nil, touched, fmt.Errorf("there are no events, and nothing is known yet")
	}
	d := &Document{}
	if before != nil {
		d.Mirror = before.Clone()
	}
	if err := d.Apply(delta); err != nil {
		return nil, touched, fmt.Errorf("the events are not what they should be: %w", err)
	}
	return d, touched, nil
}

// storedDocument is a document as it is kept over a restart.
type storedDocument struct {
	Revision int64             `json:"revision"`
	Flags    []feature.View    `json:"flags"`
	Segments []feature.Segment `json:"segments"`
}

// MarshalJSON implements json.Marshaler.
func (d *Document) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedDocument{d.Revision, d.FlagList(), d.SegmentList()}) //nolint:wrapcheck // a json.Marshaler
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *Document) UnmarshalJSON(raw []byte) error {
	var s storedDocument
	if err := json.Unmarshal(raw, &s); err != nil {
		return err //nolint:wrapcheck // a json.Unmarshaler
	}
	*d = everything(s.Revision, s.Flags, s.Segments)
	return nil
}
