package eval

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/feature"
)

// specChecks is the number of checks in @unleash/client-specification 6.1.0.
const specChecks = 279

// moduleRoot walks up to the directory of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// specPath returns a path below test/spec/node_modules and fails the test
// when nothing is there.
func specPath(t *testing.T, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{moduleRoot(t), "test", "spec", "node_modules"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("test data is missing (%v): run `make setup` (or `npm ci --prefix test/spec`)", err)
	}
	return path
}

type specFile struct {
	Name         string     `json:"name"`
	State        specState  `json:"state"`
	Tests        []specTest `json:"tests"`
	VariantTests []specTest `json:"variantTests"`
}

type specState struct {
	Features []feature.View    `json:"features"`
	Segments []feature.Segment `json:"segments"`
	feature.Delta
}

type specTest struct {
	Description string          `json:"description"`
	Context     specContext     `json:"context"`
	ToggleName  feature.Name    `json:"toggleName"`
	Expected    json.RawMessage `json:"expectedResult"`
}

type specContext struct {
	AppName       string             `json:"appName"`
	Environment   string             `json:"environment"`
	UserID        string             `json:"userId"`
	SessionID     string             `json:"sessionId"`
	RemoteAddress string             `json:"remoteAddress"`
	CurrentTime   *time.Time         `json:"currentTime"`
	Properties    map[string]*string `json:"properties"`
}

func (s specContext) context() *Context {
	c := &Context{
		AppName: s.AppName, Environment: s.Environment, UserID: s.UserID,
		SessionID: s.SessionID, RemoteAddress: s.RemoteAddress,
		CurrentTime: time.Now(), Properties: map[string]string{},
	}
	if s.CurrentTime != nil {
		c.CurrentTime = *s.CurrentTime
	}
	for k, v := range s.Properties {
		if v != nil {
			c.Properties[k] = *v
		}
	}
	return c
}

// wireVariant is the variant as SDKs report it.
type wireVariant struct {
	Name           string           `json:"name"`
	Payload        *feature.Payload `json:"payload,omitempty"`
	Enabled        bool             `json:"enabled"`
	FeatureEnabled bool             `json:"feature_enabled"`
}

func wire(r Result) wireVariant {
	v := wireVariant{Name: r.VariantName(), FeatureEnabled: r.Enabled}
	if r.Variant != nil {
		v.Enabled, v.Payload = true, r.Variant.Payload
	}
	return v
}

// fold applies the delta events of a state, if it has them.
func (s *specState) fold(t *testing.T) {
	t.Helper()
	var m feature.Mirror
	if err := m.Apply(s.Delta); err != nil {
		t.Fatal(err)
	}
	if len(s.Events) > 0 {
		s.Features, s.Segments = m.FlagList(), m.SegmentList()
	}
}

// compileAll compiles views and segments into a set.
func compileAll(o Options, views []feature.View, segments []feature.Segment) *Set {
	byID := make(map[feature.SegmentID]*feature.Segment)
	for i := range segments {
		byID[segments[i].ID] = &segments[i]
	}
	compiler := NewCompiler(o)
	var flags []*Flag
	for i := range views {
		flags = append(flags, compiler.Flag(&views[i], func(id feature.SegmentID) *feature.Segment { return byID[id] }))
	}
	return NewSet(flags)
}

// TestClientSpecification runs all checks of the public client specification
// with both hash rules.
func TestClientSpecification(t *testing.T) {
	dir := specPath(t, "@unleash", "client-specification", "specifications")
	index, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := json.Unmarshal(index, &names); err != nil {
		t.Fatal(err)
	}
	for _, rule := range []HashRule{LowByte, UTF8} {
		checks := 0
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			var file specFile
			if err := json.Unmarshal(data, &file); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			checks += runSpec(t, rule, &file)
		}
		if checks != specChecks {
			t.Errorf("hash rule %d: %d checks ran, want %d", rule, checks, specChecks)
		}
	}
}

func runSpec(t *testing.T, rule HashRule, file *specFile) (checks int) {
	t.Helper()
	file.State.fold(t)
	set := compileAll(Options{Hash: rule}, file.State.Features, file.State.Segments)
	for _, test := range file.Tests {
		var want bool
		mustUnmarshal(t, test.Expected, &want)
		if got := set.Evaluate(set.Flag(test.ToggleName), test.Context.context()); got.Enabled != want {
			t.Errorf("%s: %s: enabled is %v, want %v", file.Name, test.Description, got.Enabled, want)
		}
		checks++
	}
	for _, test := range file.VariantTests {
		var want wireVariant
		mustUnmarshal(t, test.Expected, &want)
		got := wire(set.Evaluate(set.Flag(test.ToggleName), test.Context.context()))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s: variant (-want +got):\n%s", file.Name, test.Description, diff)
		}
		checks++
	}
	return checks
}

func mustUnmarshal(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
