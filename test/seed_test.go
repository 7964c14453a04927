package test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// plannedFlag is one flag of the seed workload.
type plannedFlag struct {
	name       string
	strategies []object
	on         bool
}

const (
	plannedFlags      = 350
	plannedStrategies = 200
)

// seedPlan returns 350 flags with 200 strategies, the size of the data set on
// which Unleash Edge publishes its figures: rollouts of 10, 50 and 100 %, a
// constraint on every second, variants on every tenth, three of four switched
// on. It is the same at every run.
func seedPlan() []plannedFlag {
	random := rand.New(rand.NewPCG(7, 7))
	plan := make([]plannedFlag, plannedFlags)
	for i := range plan {
		plan[i] = plannedFlag{name: fmt.Sprintf("medium-%03d", i), on: i%4 != 3}
		if i < plannedStrategies {
			plan[i].strategies = []object{plannedStrategy(random, i, plan[i].name)}
		}
	}
	return plan
}

func plannedStrategy(random *rand.Rand, i int, name string) object {
	constraints, variants := []object{}, []object{}
	if i%2 == 1 {
		constraints = append(constraints, plannedConstraint(random, i))
	}
	if i%10 == 0 {
		for _, color := range []string{"red", "blue"} {
			variants = append(variants, object{
				"name": color, "weight": 500, "weightType": "variable", "stickiness": "default",
				"payload": object{"type": "string", "value": strings.Repeat(color, 10)},
			})
		}
	}
	return object{
		"name":        "flexibleRollout",
		"parameters":  object{"rollout": []string{"10", "50", "100"}[random.IntN(3)], "stickiness": "default", "groupId": name},
		"constraints": constraints, "variants": variants, "segments": []int{},
	}
}

func plannedConstraint(random *rand.Rand, i int) object {
	values := make([]string, 10)
	for j := range values {
		values[j] = strconv.Itoa(1 + random.IntN(5000))
	}
	return []object{
		{"contextName": "userId", "operator": "IN", "values": values, "inverted": false, "caseInsensitive": false},
		{"contextName": "appName", "operator": "STR_STARTS_WITH", "values": []string{"web", "ios"}, "inverted": false, "caseInsensitive": true},
		{"contextName": "currentTime", "operator": "DATE_AFTER", "value": "2023-01-01T00:00:00.000Z", "values": []string{}, "inverted": false, "caseInsensitive": false},
	}[i%3]
}

// create makes one planned flag through the Admin API, a request at a time, as
// an import script does.
func (f plannedFlag) create(ctx context.Context, p *process) error {
	flags := "/api/admin/projects/default/features"
	environment := flags + "/" + f.name + "/environments/development"
	post := func(path string, body any) error {
		status, text, err := p.call(ctx, http.MethodPost, path, body)
		if err == nil && status >= 300 {
			err = fmt.Errorf("POST %s: %d %s", path, status, text)
		}
		return err
	}
	if err := post(flags, object{"name": f.name, "type": "release", "description": "bench flag " + f.name}); err != nil {
		return err
	}
	for _, s := range f.strategies {
		if err := post(environment+"/strategies", s); err != nil {
			return err
		}
	}
	if f.on {
		return post(environment+"/on", nil)
	}
	return nil
}

// TestSeedWorkload (R3, R4): an admin token fills a server with the workload
// through the Admin API, eight requests at a time, without an error, and both
// SDK doors serve all of it.
func TestSeedWorkload(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	for _, f := range seedPlan() {
		group.Go(func() error { return f.create(ctx, p) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	checkSeeded(t, p)
}

func checkSeeded(t *testing.T, p *process) {
	t.Helper()
	var definitions struct {
		Features []struct {
			Name       string
			Enabled    bool
			Strategies []struct {
				Name       string
				Parameters map[string]string
				Variants   []struct{ Name string }
			}
		}
	}
	p.do(t, http.MethodGet, "/api/client/features", nil, &definitions, "Authorization", p.newToken(t, "client", "seed-reader"))
	if len(definitions.Features) != plannedFlags {
		t.Fatalf("the client API lists %d flags, not %d", len(definitions.Features), plannedFlags)
	}
	on := 0
	for _, f := range definitions.Features {
		i, err := strconv.Atoi(strings.TrimPrefix(f.Name, "medium-"))
		if err != nil {
			t.Fatalf("an unknown flag %q", f.Name)
		}
		if f.Enabled != (i%4 != 3) {
			t.Errorf("%s: enabled is %v", f.Name, f.Enabled)
		}
		if i < plannedStrategies && (len(f.Strategies) != 1 || f.Strategies[0].Parameters["groupId"] != f.Name) {
			t.Errorf("%s: strategies are %v", f.Name, f.Strategies)
		}
		if i < plannedStrategies && i%10 == 0 && len(f.Strategies[0].Variants) != 2 {
			t.Errorf("%s: variants are %v", f.Name, f.Strategies[0].Variants)
		}
		if f.Enabled {
			on++
		}
	}
	var evaluated struct{ Toggles []struct{ Name string } }
	p.do(t, http.MethodGet, "/api/frontend?userId=42&appName=web&properties%5Bplan%5D=pro", nil, &evaluated,
		"Authorization", p.newToken(t, "frontend", "seed-page"))
	if n := len(evaluated.Toggles); n < 150 || n > on {
		t.Errorf("the front-end API lists %d flags of %d that are on; the rollouts leave most of them", n, on)
	}
}

// TestSharedSeedScript runs the workload's original, where the checkout has
// it beside the repository, against the same program.
func TestSharedSeedScript(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs(filepath.Join(root, "..", "shared", "bench", "seed_flags.py"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(script); err != nil {
		t.Logf("%s is not here; TestSeedWorkload sends the same workload", script)
		return
	}
	p := start(t, t.TempDir())
	text, err := exec.Command("python3", script, p.url, adminSecret, "medium").CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, text)
	}
	t.Logf("%s", text)
	checkSeeded(t, p)
}
