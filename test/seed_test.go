package test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/bench/workload"
)

// create makes one flag of the workload, a request at a time, as an import
// script does.
func create(ctx context.Context, p *process, f workload.Flag) error {
	for _, r := range f.Requests() {
		status, text, err := p.call(ctx, r.Method, r.Path, r.Body)
		if err == nil && status >= 300 {
			err = fmt.Errorf("%s %s: %d %s", r.Method, r.Path, status, text)
		}
		if err != nil {
			return err
		}
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
	for _, f := range workload.Medium() {
		group.Go(func() error { return create(ctx, p, f) })
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
	if len(definitions.Features) != workload.Flags {
		t.Fatalf("the client API lists %d flags, not %d", len(definitions.Features), workload.Flags)
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
		if i < workload.Strategies && (len(f.Strategies) != 1 || f.Strategies[0].Parameters["groupId"] != f.Name) {
			t.Errorf("%s: strategies are %v", f.Name, f.Strategies)
		}
		if i < workload.Strategies && i%10 == 0 && len(f.Strategies[0].Variants) != 2 {
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
