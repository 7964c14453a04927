package usage_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
)

// noon is when every test begins.
var noon = time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)

const day = 24 * time.Hour

var flags = map[feature.Name]feature.ProjectID{"a": "default", "b": "default", "c": "other"}

// bench is a Usage over a database of its own with two flags in project
// default and one in project other.
type bench struct {
	*usage.Usage

	t   *testing.T
	db  *store.DB
	mu  sync.Mutex
	now time.Time
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) advance(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func start(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: noon}
	b.db = testdb.New(t).Open(t, b.clock)
	b.update(func(tx *store.Tx) error {
		for _, project := range []feature.ProjectID{"default", "other"} {
			if err := tx.InsertProject(t.Context(), feature.Project{ID: project, Name: string(project), Mode: "open", DefaultStickiness: "default"}); err != nil {
				return err
			}
		}
		for name, project := range flags {
			if err := tx.InsertFlag(t.Context(), feature.Flag{Name: name, Project: project, Type: "release"}); err != nil {
				return err
			}
		}
		return tx.Record(t.Context(), access.System(), store.Event{Type: "feature-created"}, nil, nil)
	})
	b.Usage = b.node(b.sink())
	return b
}

// sink is the database.
func (b *bench) sink() usage.Sink {
	return usage.Database{DB: b.db, Keep: usage.Retention{Hourly: 2 * day, Daily: 90 * day, Instances: 2 * day, Applications: 30 * day}}
}

// node returns a Usage as one node of several has it.
func (b *bench) node(sink usage.Sink) *usage.Usage {
	b.t.Helper()
	u, err := usage.New(b.t.Context(), usage.Options{
		Sink: sink, Now: b.clock,
		Project: func(_ feature.EnvironmentName, name feature.Name) (feature.ProjectID, bool) {
			project, ok := flags[name]
			return project, ok
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

func (b *bench) update(work func(*store.Tx) error) {
	b.t.Helper()
	if err := b.db.Update(b.t.Context(), work); err != nil {
		b.t.Fatal(err)
	}
}

// counts returns what is stored of a flag as "app environment hour variant" to
// "yes no".
func (b *bench) counts(name feature.Name) map[string]string {
	b.t.Helper()
	all := map[string]string{}
	err := b.db.View(b.t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Usage(b.t.Context(), name, time.Time{})
		for _, row := range rows {
			key := fmt.Sprintf("%s %s %s %s", row.App, row.Environment, row.Hour.Format("01-02T15"), row.Variant)
			all[key] = fmt.Sprint(row.Yes, row.No)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) flush() {
	b.t.Helper()
	if err := b.Flush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

var everything = usage.Reporter{Scope: token.Scope{AllProjects: true, Environment: "development"}, Address: netip.MustParseAddr("203.0.113.9")}

func report(app string, start time.Time, flags map[feature.Name]usage.Count) usage.Metrics {
	return usage.Metrics{App: app, Instance: "i", SDK: "sdk:1", Start: start, Flags: flags}
}

// TestScopeAndHours: counts go to the hour of the report and the token's
// environment; what the token may not see does not count, an hour that cannot
// be counts for now, and reports add up over flushes.
func TestScopeAndHours(t *testing.T) {
	t.Parallel()
	b := start(t)
	one := func(name feature.Name) map[feature.Name]usage.Count {
		return map[feature.Name]usage.Count{name: {Yes: 1, No: 2, Variants: map[string]int64{"v": 1}}}
	}
	for _, at := range []time.Time{
		noon, noon.Add(-45 * time.Minute), noon.Add(29*time.Minute + 59*time.Second), // 12, 11, 12
		noon.Add(time.Hour), noon.Add(61 * time.Minute), // 13, and too far ahead: 12
		noon.Add(-48 * time.Hour), noon.Add(-49 * time.Hour), {}, // two days ago, and too long ago: 12
	} {
		b.Metrics(everything, report("app", at, one("a")))
	}
	b.flush()
	b.Metrics(everything, report("app", noon, one("a")))
	scoped := everything
	scoped.Scope = token.Scope{Projects: []string{"default"}, Environment: "production"}
	b.Metrics(scoped, report("app", noon, one("b")))
	b.Metrics(scoped, report("app", noon, one("c")))
	b.Metrics(scoped, report("app", noon, one("unknown")))
	b.Metrics(scoped, report("app", noon, map[feature.Name]usage.Count{"a": {}}))
	orphan := everything
	orphan.Scope = token.Scope{Environment: "production"}
	b.Metrics(orphan, report("app", noon, one("b")))
	b.flush()

	for name, want := range map[feature.Name]map[string]string{
		"a": {
			"app development 11-20T12 ": "1 2", "app development 11-20T12 v": "1 0",
			"app development 11-22T11 ": "1 2", "app development 11-22T11 v": "1 0",
			"app development 11-22T12 ": "6 12", "app development 11-22T12 v": "6 0",
			"app development 11-22T13 ": "1 2", "app development 11-22T13 v": "1 0",
		},
		"b": {"app production 11-22T12 ": "1 2", "app production 11-22T12 v": "1 0"},
		"c": {},
	} {
		if diff := cmp.Diff(want, b.counts(name)); diff != "" {
			t.Errorf("counts of %s: %s", name, diff)
		}
	}
	if got := b.Stats(); got.Dropped != (usage.Dropped{Scope: 2}) || got.Pending != 0 {
		t.Errorf("stats are %+v", got)
	}
}

// TestConcurrentReports: nothing is lost or counted twice while reports and
// flushes run side by side.
func TestConcurrentReports(t *testing.T) {
	t.Parallel()
	b := start(t)
	const reporters, reports = 8, 200
	var reporting sync.WaitGroup
	for i := range reporters {
		reporting.Go(func() {
			for range reports {
				b.Metrics(everything, report("app"+strconv.Itoa(i%2), noon, map[feature.Name]usage.Count{"a": {Yes: 1}, "b": {No: 3}}))
			}
		})
	}
	stop := make(chan struct{})
	var flushing sync.WaitGroup
	for range 2 {
		flushing.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if err := b.Flush(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	reporting.Wait()
	close(stop)
	flushing.Wait()
	b.flush()
	each := reporters / 2 * reports
	want := map[string]string{
		"app0 development 11-22T12 ": fmt.Sprint(each, 0), "app1 development 11-22T12 ": fmt.Sprint(each, 0),
	}
	if diff := cmp.Diff(want, b.counts("a")); diff != "" {
		t.Error(diff)
	}
	for key := range want {
		want[key] = fmt.Sprint(0, 3*each)
	}
	if diff := cmp.Diff(want, b.counts("b")); diff != "" {
		t.Error(diff)
	}
}

// TestFlushFailure: what cannot be written waits, adds up with what comes
// since, and is written once.
func TestFlushFailure(t *testing.T) {
	t.Parallel()
	b := start(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for n := range int64(3) {
		b.Register(everything, usage.Registration{App: "app", Instance: "i", Strategies: []string{"s" + strconv.FormatInt(n, 10)}})
		b.Metrics(everything, report("app", noon, map[feature.Name]usage.Count{"a": {Yes: 1, Variants: map[string]int64{"v": 2}}}))
		if err := b.Flush(gone); !errors.Is(err, context.Canceled) {
			t.Fatalf("flushing without a database: %v", err)
		}
		if got := b.Stats(); got.FlushFailures != n+1 || got.Written != 0 || got.Pending == 0 {
			t.Fatalf("stats are %+v", got)
		}
	}
	b.flush()
	b.flush()
	want := map[string]string{"app development 11-22T12 ": "3 0", "app development 11-22T12 v": "6 0"}
	if diff := cmp.Diff(want, b.counts("a")); diff != "" {
		t.Error(diff)
	}
	err := b.db.View(t.Context(), func(tx *store.Tx) error {
		app, err := tx.Application(t.Context(), "app")
		if diff := cmp.Diff([]string{"s2"}, app.Strategies); diff != "" {
			t.Errorf("the strategies are those of an older report: %s", diff)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Stats(); got.Pending != 0 || got.Dropped != (usage.Dropped{}) {
		t.Errorf("stats are %+v", got)
	}
}

// TestBounds: a reporter who invents names fills neither memory nor disk.
func TestBounds(t *testing.T) {
	t.Parallel()
	b := start(t)
	const beyond = 50
	variants := make(map[string]int64, usage.MaxSeries+beyond)
	for i := range usage.MaxSeries + beyond - 1 { // and one series of the answer
		variants["v"+strconv.Itoa(i)] = 1
	}
	b.Metrics(everything, report("app", noon, map[feature.Name]usage.Count{"a": {Yes: 1, Variants: variants}}))
	if got := b.Stats().Dropped.Series; got != beyond {
		t.Errorf("%d series were dropped, want %d", got, beyond)
	}
	for i := range usage.MaxApplications + beyond - 1 {
		b.Register(everything, usage.Registration{App: "app" + strconv.Itoa(i)})
	}
	if got := b.Stats().Dropped.Applications; got != beyond {
		t.Errorf("%d applications were dropped, want %d", got, beyond)
	}
	for i := range usage.MaxInstances + beyond - 1 {
		b.Register(everything, usage.Registration{App: "app", Instance: strconv.Itoa(i)})
	}
	if got := b.Stats().Dropped.Instances; got != beyond {
		t.Errorf("%d instances were dropped, want %d", got, beyond)
	}
	for i := range usage.MaxUnknown + beyond {
		b.Metrics(everything, report("app", noon, map[feature.Name]usage.Count{feature.Name("u" + strconv.Itoa(i)): {Yes: 1}}))
	}
	if got := b.Stats().Dropped.Unknown; got != beyond {
		t.Errorf("%d unknown names were dropped, want %d", got, beyond)
	}
	// What is known keeps counting when everything is full.
	before := b.Stats()
	b.Metrics(everything, report("app", noon, map[feature.Name]usage.Count{"a": {Yes: 1}}))
	if diff := cmp.Diff(before, b.Stats()); diff != "" {
		t.Errorf("a known series changed the stats: %s", diff)
	}
}

// TestHourlyBound: flushing does not open the bound; the next hour does.
func TestHourlyBound(t *testing.T) {
	t.Parallel()
	b := start(t)
	invent := func(name string) int64 {
		before := b.Stats().Dropped.Instances
		b.Register(everything, usage.Registration{App: "app", Instance: name})
		return b.Stats().Dropped.Instances - before
	}
	for i := range usage.MaxInstances {
		if invent(strconv.Itoa(i)) != 0 {
			t.Fatalf("instance %d was dropped", i)
		}
	}
	b.flush()
	if invent("one more") != 1 {
		t.Error("a flush opened the bound of the hour")
	}
	if invent("0") != 0 {
		t.Error("an instance that was begun in this hour was dropped")
	}
	b.advance(time.Hour)
	if invent("one more") != 0 {
		t.Error("the bound holds in the next hour")
	}
}

// TestPrune: hours become days after two days, days go after 90, instances
// after two, applications after 30 unless somebody wrote about them.
func TestPrune(t *testing.T) {
	t.Parallel()
	b := start(t)
	described := "what it is"
	b.update(func(tx *store.Tx) error {
		return tx.SaveApplication(t.Context(), store.Application{Name: "described", Description: &described, CreatedAt: noon, SeenAt: noon})
	})
	for _, back := range []time.Duration{0, time.Hour, 2 * time.Hour} {
		b.Metrics(everything, report("app", noon.Add(-back), map[feature.Name]usage.Count{"a": {Yes: 1, No: 1, Variants: map[string]int64{"v": 1}}}))
	}
	hourly := map[string]string{
		"app development 11-22T10 ": "1 1", "app development 11-22T10 v": "1 0", "app development 11-22T11 ": "1 1",
		"app development 11-22T11 v": "1 0", "app development 11-22T12 ": "1 1", "app development 11-22T12 v": "1 0",
	}
	daily := map[string]string{"app development 11-22T00 ": "3 3", "app development 11-22T00 v": "3 0"}
	b.flush()
	for _, step := range []struct {
		wait         time.Duration
		counts       map[string]string
		instances    int
		applications []string
	}{
		{0, hourly, 1, []string{"app", "described"}},
		{48 * time.Hour, hourly, 1, []string{"app", "described"}},
		{24 * time.Hour, daily, 0, []string{"app", "described"}},
		{28 * 24 * time.Hour, daily, 0, []string{"described"}},
		{61 * 24 * time.Hour, map[string]string{}, 0, []string{"described"}},
	} {
		b.advance(step.wait)
		for range 2 { // the second time changes nothing
			if err := b.Prune(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		at := b.clock().Format(time.DateOnly)
		if diff := cmp.Diff(step.counts, b.counts("a")); diff != "" {
			t.Errorf("%s: counts: %s", at, diff)
		}
		err := b.db.View(t.Context(), func(tx *store.Tx) error {
			names, err := tx.ApplicationNames(t.Context(), 10)
			if diff := cmp.Diff(step.applications, names); diff != "" {
				t.Errorf("%s: applications: %s", at, diff)
			}
			if err != nil {
				return err
			}
			instances, err := tx.Instances(t.Context(), []string{"app"})
			if len(instances) != step.instances {
				t.Errorf("%s: %d instances, want %d", at, len(instances), step.instances)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestGone: counts of a flag and places of an application that were deleted
// before the flush do not keep the rest from being written.
func TestGone(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.Metrics(everything, report("app", noon, map[feature.Name]usage.Count{"a": {Yes: 1}, "b": {Yes: 1}}))
	b.update(func(tx *store.Tx) error { return tx.DeleteFlag(t.Context(), "a") })
	b.flush()
	if diff := cmp.Diff(map[string]string{}, b.counts("a")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"app development 11-22T12 ": "1 0"}, b.counts("b")); diff != "" {
		t.Error(diff)
	}
	b.update(func(tx *store.Tx) error { return tx.DeleteApplication(t.Context(), "app") })
	b.Metrics(everything, report("app", noon, map[feature.Name]usage.Count{"b": {Yes: 1}}))
	b.flush()
	if diff := cmp.Diff(map[string]string{"app development 11-22T12 ": "2 0"}, b.counts("b")); diff != "" {
		t.Error(diff)
	}
}
