package snapshot

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// golden is part of what an Unleash 8.2.0 served, in both forms, with its keys
// in its order. Left out are "inverted" and "caseInsensitive" where they are
// false, and repetitions of a dependency.
type golden struct {
	Referenced json.RawMessage   `json:"referenced"`
	Inlined    json.RawMessage   `json:"inlined"`
	Segments   []feature.Segment `json:"segments"`
}

// TestPayloadIsThatOfUnleash: what SDKs read today they read from Burgee, key
// for key.
func TestPayloadIsThatOfUnleash(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/features-8.2.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var want golden
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	var views []feature.View
	if err := json.Unmarshal(want.Referenced, &views); err != nil {
		t.Fatal(err)
	}
	change := EnvironmentChange{Name: dev}
	for _, v := range views {
		change.Flags = append(change.Flags, Flag{View: v})
	}
	s := newStore()
	s.Apply(Change{Revision: 4579, Segments: want.Segments, Environments: []EnvironmentChange{change}})
	scope := Scope{Token: token.Scope{Projects: []string{"default"}, Environment: "development"}, Key: "default", Filter: &Filter{NamePrefix: "dx-"}}
	view := s.Environment(dev).View(scope)
	for name, tc := range map[string]struct {
		got  []byte
		want json.RawMessage
		tail string
	}{
		"referenced": {view.Payload(false).Body().Bytes, want.Referenced, `"inlineSegmentConstraints":false},"segments":[`},
		"inlined":    {view.Payload(true).Body().Bytes, want.Inlined, `"inlineSegmentConstraints":true},"meta":{"revisionId":4579,"etag":"\"`},
	} {
		var features bytes.Buffer
		if err := json.Compact(&features, tc.want); err != nil {
			t.Fatal(err)
		}
		begin := `{"version":2,"features":` + features.String() +
			`,"query":{"project":["default"],"namePrefix":"dx-","environment":"development",` + tc.tail
		if len(tc.got) < len(begin) {
			t.Fatalf("%s: the body is too short: %s", name, tc.got)
		}
		if diff := cmp.Diff(begin, string(tc.got[:len(begin)])); diff != "" {
			t.Errorf("%s (-Unleash +Burgee):\n%s", name, diff)
		}
	}
}
