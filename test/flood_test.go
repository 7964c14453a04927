package test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/bench/workload"
)

// floodFor is how long the flood goes on; it reaches every bound in the two rounds
// that it always has. bench/README.md has what a minute says.
var floodFor = flag.Duration("flood", 0, "how long TestEdgeStandsAFlood goes on at the least")

// TestEdgeStandsAFlood: a thousand applications report all of 350 flags, again
// and again, while the server above is gone, so that all of it waits and is kept
// on disk. The edge takes every report and, told what FitMemory tells it in a
// container of 128 MB, never takes more.
func TestEdgeStandsAFlood(t *testing.T) {
	t.Parallel()
	server := start(t, t.TempDir())
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	flags := workload.Medium()
	for _, f := range flags {
		group.Go(func() error { return create(ctx, server, f) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	secret := server.newToken(t, "client", "flood")
	edge := launch(t, []string{"edge"}, "UPSTREAM_URL="+server.url, "TOKENS="+secret, "BACKUP_FOLDER="+t.TempDir(), "METRICS_INTERVAL_SECONDS=1", "GOMEMLIMIT=96MiB")
	server.kill()
	const applications, limit = 1000, 128 << 20 // bytes
	counts := object{}
	for _, f := range flags {
		counts[f.Name] = object{"yes": 3, "no": 1, "variants": object{"a": 2, "b": 1}}
	}
	end := time.Now().Add(*floodFor)
	sent := 0
	for round := 0; round < 2 || time.Now().Before(end); round++ {
		flood, ctx := errgroup.WithContext(t.Context())
		flood.SetLimit(16)
		for i := range applications {
			flood.Go(func() error { return floodOnce(ctx, edge, secret, "flood-"+strconv.Itoa(i), counts) })
			sent++
		}
		if err := flood.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, edge.log)
		}
	}
	if err := edge.signal(t, os.Interrupt); err != nil {
		t.Fatalf("it stopped with %v\n%s", err, edge.log)
	}
	used, ok := edge.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("the system does not tell what a process took")
	}
	peak := used.Maxrss << 10 // from kB
	t.Logf("%d reports of %d flags, peak %d MB", sent, len(flags), peak>>20)
	if peak > limit {
		t.Errorf("it took %d MB", peak>>20)
	}
}

func floodOnce(ctx context.Context, edge *process, secret, app string, counts object) error {
	status, answer, err := edge.call(ctx, http.MethodPost, "/api/client/metrics", object{
		"appName": app, "instanceId": app, "bucket": object{"start": time.Now().UTC(), "stop": time.Now().UTC(), "toggles": counts},
	}, "Authorization", secret)
	if err == nil && status != http.StatusAccepted {
		err = fmt.Errorf("a report: %d %s", status, answer)
	}
	return err
}
