package usage_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/usage"
)

var errFault = errors.New("the connection broke")

// faulty is a database whose writes fail at random: before or after the commit.
type faulty struct {
	usage.Sink

	random   *rand.Rand
	failures [3]int // by what happened: nothing, failed, failed after the commit
}

// Write implements [usage.Sink].
func (f *faulty) Write(ctx context.Context, b usage.Batch) error {
	what := f.random.IntN(len(f.failures))
	f.failures[what]++
	switch what {
	case 0:
		return f.Sink.Write(ctx, b)
	case 1:
		return errFault
	default:
		return errors.Join(f.Sink.Write(ctx, b), errFault)
	}
}

// TestNodesAddUp: two nodes report to one database whose commits fail, or
// succeed and say that they failed, two of three times. In the end every count is
// there exactly once.
func TestNodesAddUp(t *testing.T) {
	t.Parallel()
	b := start(t)
	const reports, variants, apps = 80, 40, 40
	const each = int64(2 * reports / apps) // reports of both nodes an application
	var faults []*faulty
	var nodes []*usage.Usage
	for n := range uint64(2) {
		faults = append(faults, &faulty{Sink: b.sink(), random: rand.New(rand.NewPCG(n, 1))})
		nodes = append(nodes, b.node(faults[n]))
	}
	for i := range reports {
		for n, node := range nodes {
			counts := usage.Count{Yes: 1, No: 2, Variants: map[string]int64{}}
			for v := range variants { // many rows, so that a flush takes several parts
				counts.Variants["v"+strconv.Itoa(v)] = int64(v + 1)
			}
			app := "app" + strconv.Itoa(i%apps) // both nodes count for the same rows
			node.Metrics(everything, report(app, noon, map[feature.Name]usage.Count{"a": counts}))
			if err := node.Flush(t.Context()); err != nil && !errors.Is(err, errFault) {
				t.Fatalf("node %d: %v", n, err)
			}
		}
		b.advance(time.Second)
	}
	for _, node := range nodes {
		for range 100 {
			if err := node.Flush(t.Context()); err == nil {
				break
			}
		}
		if got := node.Stats(); got.Pending != 0 || got.Dropped != (usage.Dropped{}) || got.FlushFailures == 0 {
			t.Errorf("stats are %+v", got)
		}
	}
	for _, f := range faults {
		if f.failures[1] < 10 || f.failures[2] < 10 {
			t.Fatalf("%v faults are not enough to show anything", f.failures)
		}
	}
	want := map[string]string{}
	for i := range apps {
		key := fmt.Sprintf("app%d development 11-22T12 ", i)
		want[key] = fmt.Sprint(each, 2*each)
		for v := range int64(variants) {
			want[key+"v"+strconv.FormatInt(v, 10)] = fmt.Sprint(each*(v+1), 0)
		}
	}
	if diff := cmp.Diff(want, b.counts("a")); diff != "" {
		t.Error(diff)
	}
}

// TestFlushesSideBySide: two nodes that flush at the same time lose nothing.
func TestFlushesSideBySide(t *testing.T) {
	t.Parallel()
	b := start(t)
	const reports = 100
	var running sync.WaitGroup
	for _, node := range []*usage.Usage{b.Usage, b.node(b.sink())} {
		running.Go(func() {
			for range reports {
				node.Metrics(everything, report("app", noon, map[feature.Name]usage.Count{"a": {Yes: 1}, "b": {No: 1}}))
				if err := node.Flush(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	for name, want := range map[feature.Name]string{"a": fmt.Sprint(2*reports, 0), "b": fmt.Sprint(0, 2*reports)} {
		if diff := cmp.Diff(map[string]string{"app development 11-22T12 ": want}, b.counts(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestLaterTimeStays: a node whose clock is behind, or whose report comes late,
// does not turn back when something was last seen.
func TestLaterTimeStays(t *testing.T) {
	t.Parallel()
	b := start(t)
	ctx := t.Context()
	see := func(at time.Time, address string) {
		b.update(func(tx *store.Tx) error {
			return errors.Join(
				tx.SeeApplications(ctx, []store.Application{{Name: "app", SeenAt: at}}),
				tx.SeePlaces(ctx, []store.ApplicationPlace{{App: "app", Environment: "development", Project: "default", SeenAt: at}}),
				tx.SeeInstances(ctx, []store.Instance{{App: "app", ID: "i", Environment: "development", Address: address, SeenAt: at}}),
				tx.SeeFeatures(ctx, []store.FeatureSeen{{Feature: "a", Environment: "development", At: at}}),
				tx.SeeUnknownFlags(ctx, []store.UnknownFlag{{Name: "u", App: "app", Environment: "development", SeenAt: at}}),
			)
		})
	}
	for at, address := range map[time.Time]string{noon.Add(time.Hour): "late", noon: "early"} {
		see(at, address)
	}
	see(noon.Add(time.Minute), "early")
	err := b.db.View(ctx, func(tx *store.Tx) error {
		app, err1 := tx.Application(ctx, "app")
		places, err2 := tx.ApplicationPlaces(ctx, []string{"app"})
		instances, err3 := tx.Instances(ctx, []string{"app"})
		states, err4 := tx.StateSummaries(ctx, []feature.Name{"a"})
		unknown, err5 := tx.UnknownFlags(ctx)
		if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
			return err
		}
		seen := map[string]time.Time{
			"application": app.SeenAt, "place": places[0].SeenAt, "instance": instances[0].SeenAt,
			"flag": *states["a"]["development"].LastSeenAt, "unknown": unknown[0].SeenAt,
		}
		for what, at := range seen {
			if !at.Equal(noon.Add(time.Hour)) {
				t.Errorf("the %s was last seen at %v", what, at)
			}
		}
		if instances[0].Address != "late" {
			t.Errorf("the instance has the address %q of an earlier report", instances[0].Address)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOneNodePrunes: what one node has pruned the others leave alone for most
// of an hour.
func TestOneNodePrunes(t *testing.T) {
	t.Parallel()
	b := start(t)
	nodes := []*usage.Usage{b.Usage, b.node(b.sink())}
	left := func(n int) int {
		b.Metrics(everything, report("app", b.clock().Add(-time.Hour), map[feature.Name]usage.Count{"a": {Yes: 1}}))
		b.flush()
		b.advance(100 * day) // far enough for everything to go
		if err := nodes[n].Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(b.counts("a"))
	}
	if got := left(0); got != 0 {
		t.Errorf("%d counts are left by the first node", got)
	}
	old := func() int { // puts in a count that is too old, and lets the other node prune
		b.update(func(tx *store.Tx) error {
			return tx.AddUsage(t.Context(), []store.UsageCount{{Feature: "a", App: "app", Environment: "development", Hour: noon, Yes: 1}})
		})
		if err := nodes[1].Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(b.counts("a"))
	}
	b.advance(40 * time.Minute)
	if got := old(); got != 1 {
		t.Errorf("%d counts are left: the second node pruned within the hour", got)
	}
	b.advance(20 * time.Minute)
	if got := old(); got != 0 {
		t.Errorf("%d counts are left an hour later", got)
	}
}
