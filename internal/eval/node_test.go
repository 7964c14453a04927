package eval

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// nodeHostname is what both engines take for the name of the machine.
const nodeHostname = "Host-1"

type nodeInput struct {
	Features []feature.View    `json:"features"`
	Segments []feature.Segment `json:"segments"`
	Contexts []nodeContext     `json:"contexts"`
	Dates    []string          `json:"dates"`
	Numbers  []string          `json:"numbers"`
	Texts    []string          `json:"texts"`
}

type nodeOutput struct {
	Answers [][]string `json:"answers"`
	Dates   []*int64   `json:"dates"`
	Numbers []*string  `json:"numbers"`
	Texts   []string   `json:"texts"`
}

type nodeContext struct {
	AppName       string            `json:"appName,omitempty"`
	Environment   string            `json:"environment,omitempty"`
	UserID        string            `json:"userId,omitempty"`
	SessionID     string            `json:"sessionId,omitempty"`
	RemoteAddress string            `json:"remoteAddress,omitempty"`
	CurrentTime   time.Time         `json:"currentTime"`
	Properties    map[string]string `json:"properties"`
}

// runNode gives the input to the Node engine and returns its answers.
func runNode(t *testing.T, in nodeInput) nodeOutput {
	t.Helper()
	specPath(t, "unleash-client", "package.json")
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("node", filepath.Join(moduleRoot(t), "test", "spec", "compare.mjs"))
	cmd.Env = append(os.Environ(), "TZ=UTC", "HOSTNAME="+nodeHostname)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(body), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("node is needed to compare with the Node engine: %v\n%s", err, stderr.String())
	}
	var out nodeOutput
	mustUnmarshal(t, stdout.Bytes(), &out)
	return out
}

// TestNodeEngine evaluates random flags for random contexts with the Node
// engine and with this one, and wants the same answers. It leaves out what is
// left to chance, and the deliberate differences: version 6 ranges in the
// remoteAddress strategy, and constraints whose value is empty.
func TestNodeEngine(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(20260801, 6121))}
	in := nodeInput{Features: []feature.View{}, Segments: []feature.Segment{}}
	for id := range feature.SegmentID(8) {
		in.Segments = append(in.Segments, feature.Segment{ID: id + 1, Constraints: g.constraints(2)})
	}
	const nFlags, nContexts = 600, 120
	for i := range nFlags {
		in.Features = append(in.Features, g.view(i))
	}
	for range nContexts {
		in.Contexts = append(in.Contexts, g.context())
	}
	in.Dates, in.Numbers, in.Texts = g.dates(), g.numbers(), g.texts()
	out := runNode(t, in)

	set := compileAll(Options{Hostname: nodeHostname}, in.Features, in.Segments)
	on, byChance := 0, 0
	for i := range in.Features {
		f := set.Flag(in.Features[i].Name)
		static, isStatic := set.Static(f)
		for j := range in.Contexts {
			chance := false
			c := in.Contexts[j].context(&chance)
			got := set.Evaluate(f, c)
			if isStatic && got != static {
				t.Errorf("Static says %+v, Evaluate %+v for %s", static, got, dump(in.Features[i]))
			}
			if got.Enabled {
				on++
			}
			if chance {
				byChance++
				continue
			}
			if want := out.Answers[i][j]; nodeAnswer(got) != want {
				t.Errorf("got %q, Node says %q\nflag %s\ncontext %s", nodeAnswer(got), want, dump(in.Features[i]), dump(in.Contexts[j]))
			}
		}
	}
	total := nFlags * nContexts
	t.Logf("%d answers compared, %d on, %d more left to chance", total-byChance, on, byChance)
	if on < total/5 || on > total*4/5 || byChance > total/10 {
		t.Errorf("the sample is poor: of %d answers %d are on, %d left to chance", total, on, byChance)
	}
	compareParsers(t, in, out)
}

// compareParsers compares dates, numbers and lower case with JavaScript's.
func compareParsers(t *testing.T, in nodeInput, out nodeOutput) {
	t.Helper()
	for i, text := range in.Dates {
		got, ok := feature.ParseDate(text)
		switch want := out.Dates[i]; {
		case ok != (want != nil):
			t.Errorf("ParseDate(%q) is %v, %v; Node: %v", text, got, ok, want)
		case ok && got.UnixMilli() != *want:
			t.Errorf("ParseDate(%q) = %v, Node: %v", text, got, time.UnixMilli(*want).UTC())
		}
	}
	for i, text := range in.Numbers {
		got, ok := feature.ParseNumber(text)
		want := out.Numbers[i]
		if ok != (want != nil) || ok && strconv.FormatUint(math.Float64bits(got), 16) != *want {
			t.Errorf("ParseNumber(%q) = %v, %v, differs from Node", text, got, ok)
		}
	}
	for i, text := range in.Texts {
		if got := string(appendLower(nil, text)); got != out.Texts[i] {
			t.Errorf("lower case of %q is %q, Node says %q", text, got, out.Texts[i])
		}
	}
}

func nodeAnswer(r Result) string {
	v, payload := wire(r), ""
	if v.Payload != nil {
		payload = v.Payload.Value
	}
	return fmt.Sprintf("%v %v %s %s", v.FeatureEnabled, v.Enabled, v.Name, payload)
}

func dump(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// context returns the context, which notes when chance was asked.
func (n nodeContext) context(chance *bool) *Context {
	return &Context{
		AppName: n.AppName, Environment: n.Environment, UserID: n.UserID, SessionID: n.SessionID,
		RemoteAddress: n.RemoteAddress, CurrentTime: n.CurrentTime, Properties: n.Properties,
		Random: func(uint32) uint32 { *chance = true; return 0 },
	}
}
