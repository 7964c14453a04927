package feature_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/feature"
)

// TestMirror folds documents as a server sends them.
func TestMirror(t *testing.T) {
	t.Parallel()
	var m feature.Mirror
	for _, step := range []struct {
		name, document, flags, segments string
		last                            int64
		fails                           string
	}{
		{"an update before everything", `{"events":[{"type":"feature-updated","eventId":3,"feature":{"name":"z","project":"p"}}]}`, "z", "", 3, ""},
		{
			"a hydration", `{"events":[{"type":"hydration","eventId":7,"features":[{"name":"b","project":"p"},{"name":"a","project":"p"}],` +
				`"segments":[{"id":2,"name":"two","constraints":[]}]}]}`, "a b", "two", 7, "",
		},
		{"nothing", `{"events":[]}`, "a b", "two", 7, ""},
		{
			"one of each", `{"events":[{"type":"segment-updated","eventId":8,"segment":{"id":1,"name":"one","constraints":[]}},` +
				`{"type":"feature-updated","eventId":8,"feature":{"name":"c","project":"p"}},{"type":"feature-removed","eventId":9,"featureName":"a","project":"p"},` +
				`{"type":"segment-removed","eventId":9,"segmentId":2}]}`, "b c", "one", 9, "",
		},
		{"a kind of the future", `{"events":[{"type":"weather-changed","eventId":10}]}`, "b c", "one", 10, ""},
		{
			"one good, one without its flag",
			`{"events":[{"type":"feature-removed","eventId":11,"featureName":"b"},{"type":"feature-updated","eventId":11}]}`,
			"b c", "one", 10, "feature-updated event 11 has no feature",
		},
		{"a segment without a body", `{"events":[{"type":"segment-updated","eventId":12}]}`, "b c", "one", 10, "has no segment"},
		{"a removal without an id", `{"events":[{"type":"segment-removed","eventId":12}]}`, "b c", "one", 10, "has no segmentId"},
		{"a removal without a name", `{"events":[{"type":"feature-removed","eventId":12}]}`, "b c", "one", 10, "has no featureName"},
		{"a move", `{"events":[{"type":"feature-removed","eventId":13,"featureName":"b","project":"p"},{"type":"feature-updated","eventId":13,"feature":{"name":"b","project":"q"}}]}`, "b c", "one", 13, ""},
		{"an empty hydration", `{"events":[{"type":"hydration","eventId":14,"features":[],"segments":[]}]}`, "", "", 14, ""},
	} {
		var d feature.Delta
		if err := json.Unmarshal([]byte(step.document), &d); err != nil {
			t.Fatal(err)
		}
		err := m.Apply(d)
		if (err != nil) != (step.fails != "") || err != nil && !strings.Contains(err.Error(), step.fails) {
			t.Errorf("%s: error %v, want one with %q", step.name, err, step.fails)
		}
		var flags, segments []string
		for _, f := range m.FlagList() {
			flags = append(flags, string(f.Name))
		}
		for _, s := range m.SegmentList() {
			segments = append(segments, s.Name)
		}
		got := []any{strings.Join(flags, " "), strings.Join(segments, " "), m.Revision}
		if diff := cmp.Diff([]any{step.flags, step.segments, step.last}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}
