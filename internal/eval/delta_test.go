package eval_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
)

// specification is a file of the public client specification.
type specification struct {
	State feature.Delta
	Tests []struct {
		Description    string
		Context        struct{ AppName, UserID string }
		ToggleName     feature.Name
		ExpectedResult bool
	}
}

// TestSpecificationOfDeltas: files 19 and 20 of the public client specification
// hold after the whole way: into the store of a server, from there as deltas,
// one for each of their events, to a client, which is the store of an edge.
func TestSpecificationOfDeltas(t *testing.T) {
	t.Parallel()
	const directory = "../../test/spec/node_modules/@unleash/client-specification/specifications"
	scope, checks := snapshot.Scope{Token: token.Scope{AllProjects: true}, Key: "*"}, 0
	for _, name := range []string{"19-delta-api-hydration.json", "20-delta-api-events.json"} {
		text, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil {
			t.Fatalf("test data is missing (%v): run `make setup`", err)
		}
		var file specification
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		server, edge := newStore(), newStore()
		var sent, received feature.Mirror
		for i, event := range file.State.Events {
			apply(t, &sent, feature.Delta{Events: []feature.DeltaEvent{event}})
			server.Apply(all(&sent, int64(i+1)))
			poll(t, server.Environment(feature.Development), scope, &received)
		}
		edge.Apply(all(&received, received.Revision))
		e := edge.Environment(feature.Development)
		for _, test := range file.Tests {
			answer, _ := e.Evaluate(e.View(scope), &eval.Context{AppName: test.Context.AppName, UserID: test.Context.UserID}, nil, nil)
			if got := bytes.Contains(answer, []byte(`{"name":"`+string(test.ToggleName)+`","enabled":true`)); got != test.ExpectedResult {
				t.Errorf("%s: %s: %v", name, test.Description, got)
			}
			checks++
		}
	}
	if checks != 4 {
		t.Errorf("%d checks ran, want 4", checks)
	}
}

func newStore() *snapshot.Store {
	return snapshot.NewStore(eval.NewCompiler(eval.Options{}))
}

func apply(t *testing.T, m *feature.Mirror, d feature.Delta) {
	t.Helper()
	if err := m.Apply(d); err != nil {
		t.Fatal(err)
	}
}

// poll brings a client up to date.
func poll(t *testing.T, e *snapshot.Environment, scope snapshot.Scope, client *feature.Mirror) {
	t.Helper()
	d, ok := e.Since(scope, client.Revision)
	if !ok {
		d = e.Hydration(scope, 0)
	}
	if d == nil {
		return
	}
	var document feature.Delta
	if err := json.Unmarshal(bytes.Join(d.Parts, nil), &document); err != nil {
		t.Fatal(err)
	}
	apply(t, client, document)
}

// all is the change that says everything a mirror knows.
func all(m *feature.Mirror, revision int64) snapshot.Change {
	change := snapshot.EnvironmentChange{Name: feature.Development}
	for _, f := range m.FlagList() {
		change.Flags = append(change.Flags, snapshot.Flag{View: f})
	}
	return snapshot.Change{Revision: revision, Complete: true, Segments: m.SegmentList(), Environments: []snapshot.EnvironmentChange{change}}
}
