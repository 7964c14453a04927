// Package usage keeps what SDKs report about their use of flags: how often, by
// which applications, and when last.
//
// Main types: [Usage], made by [New]; [Reporter], the token behind a report;
// [Metrics], [Registration] and [Bulk], what SDKs send, read by [ReadMetrics],
// [ReadRegistration] and [ReadBulk]. Flow: a door reads a report and hands it
// over; it is added up in memory; [Usage.Flush] writes what is there in
// batches, from time to time, before a read and at the stop. When the database
// fails the counts stay and are written later, once. Any number of processes
// add to the same counts; one of them at a time prunes.
//
// Everything is bounded (see the constants): what comes when a bound is reached
// is dropped and counted in [Usage.Stats], so that nobody with a front-end
// token, which is no secret, can fill memory or disk. What does not belong:
// HTTP, SQL, who may read the figures.
package usage

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The bounds.
const (
	// MaxSeries is how many distinct counts (flag, application, environment and
	// variant) are begun in an hour, and how many wait to be written.
	MaxSeries = 100_000
	// MaxApplications is how many applications are known at a time.
	MaxApplications = 10_000
	// MaxInstances is how many instances are noted between two flushes, and
	// begun in an hour.
	MaxInstances = 20_000
	// MaxUnknown is how many names that no flag has are kept.
	MaxUnknown = 1_000
)

// Reporter is who sends a report: the token's scope and the address.
type Reporter struct {
	Scope    token.Scope
	Frontend bool
	Address  netip.Addr
}

func (r Reporter) environment() feature.EnvironmentName {
	return feature.EnvironmentName(r.Scope.Environment)
}

// Options say what a Usage works with.
type Options struct {
	Sink Sink
	Now  func() time.Time
	// Project returns the project of a flag that an environment serves; false
	// when there is no such flag.
	Project func(feature.EnvironmentName, feature.Name) (feature.ProjectID, bool)
	// Unknown says that counts of flags which Project does not know are for the
	// sink as well: it may know more. Else such names are listed as unknown.
	Unknown bool
}

// Sink is where usage is kept: [Database], or the server above an edge. It is
// called by one flush at a time.
type Sink interface {
	// Write keeps all of a batch, once: a batch that failed may have been kept,
	// and comes again, unchanged and before any other, until Write returns nil. One
	// that it can never keep any part of fails with Invalid or Conflict; then its
	// halves come, under other numbers.
	Write(context.Context, Batch) error
	// Applications returns the names of the applications that are known there,
	// at most MaxApplications.
	Applications(context.Context) ([]string, error)
	// Prune forgets what is old.
	Prune(context.Context, time.Time) error
}

// Batch is what was added up since the last one, or a part of that. Places and
// instances are of applications of this batch or an earlier one.
type Batch struct {
	Writer string // names the Usage that wrote it, among all processes
	Number int64  // 1 or more; rises from batch to batch of a writer

	Applications []store.Application // of which name, strategies (nil: not told) and last seen are known
	Places       []store.ApplicationPlace
	Instances    []store.Instance
	Counts       []store.UsageCount
	Seen         []store.FeatureSeen
	Unknown      []store.UnknownFlag
}

// Usage adds up reports. It is safe for concurrent use.
type Usage struct {
	options  Options
	name     string     // among all processes
	flushing sync.Mutex // one writer at a time, so that a flush ends with everything written
	written  int64      // the number of the last batch; of the flush that runs

	mu        sync.Mutex
	pending   *batch
	doubtful  *batch              // the sink may have kept it or not; nil for none
	apps      map[string]struct{} // known, here or in the sink
	series    quota[seriesKey]
	instances quota[instanceKey]
	stats     Stats
}

// Stats are counts since the start, but for Pending.
type Stats struct {
	Pending       int   // rows that wait to be written
	Written       int64 // rows
	FlushFailures int64
	Dropped       Dropped
}

// Dropped counts what was not kept, by the reason.
type Dropped struct {
	Series       int64 // counts beyond MaxSeries
	Applications int64 // reports of applications beyond MaxApplications
	Instances    int64 // instances beyond MaxInstances
	Unknown      int64 // names beyond MaxUnknown
	Scope        int64 // counts of flags that the token may not see
	Refused      int64 // rows that the sink does not take
}

// New returns a Usage that knows the applications the sink does.
func New(ctx context.Context, o Options) (*Usage, error) {
	u := &Usage{
		options: o, name: rand.Text(), pending: newBatch(),
		series: newQuota[seriesKey](MaxSeries), instances: newQuota[instanceKey](MaxInstances),
	}
	return u, u.loadApplications(ctx)
}

func (u *Usage) loadApplications(ctx context.Context) error {
	names, err := u.options.Sink.Applications(ctx)
	if err != nil {
		return fmt.Errorf("loading the applications: %w", err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.apps = make(map[string]struct{}, len(names))
	for _, name := range names {
		u.apps[name] = struct{}{}
	}
	for key := range u.pending.apps {
		u.apps[key] = struct{}{}
	}
	return nil
}

// Stats returns the counts.
func (u *Usage) Stats() Stats {
	u.mu.Lock()
	defer u.mu.Unlock()
	stats := u.stats
	stats.Pending = u.pending.size()
	if u.doubtful != nil {
		stats.Pending += u.doubtful.size()
	}
	return stats
}

// Register notes that an application runs.
func (u *Usage) Register(from Reporter, r Registration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.register(from, r)
}

// Metrics adds counts. Those of flags that the token may not see, or that do
// not exist, are not counted; the latter are listed as unknown.
func (u *Usage) Metrics(from Reporter, m Metrics) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.register(from, Registration{App: m.App, Instance: m.Instance, SDK: m.SDK}) {
		u.count(from, m)
	}
}

// TakeRegistration is [ReadRegistration] and [Usage.Register] of a body that
// every door takes alike.
func (u *Usage) TakeRegistration(from Reporter, raw []byte) error {
	registration, err := ReadRegistration(raw)
	if err == nil {
		u.Register(from, registration)
	}
	return err
}

// TakeMetrics is [ReadMetrics] and [Usage.Metrics].
func (u *Usage) TakeMetrics(from Reporter, raw []byte) error {
	metrics, err := ReadMetrics(raw)
	if err == nil {
		u.Metrics(from, metrics)
	}
	return err
}

// Bulk takes what an edge collected.
func (u *Usage) Bulk(from Reporter, b Bulk) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, r := range b.Applications {
		u.register(Reporter{Scope: from.Scope, Frontend: from.Frontend || r.Frontend, Address: from.Address}, r)
	}
	for _, m := range b.Metrics {
		if u.register(from, Registration{App: m.App}) {
			u.count(from, m)
		}
	}
}

// register notes an application and reports whether it is known now.
func (u *Usage) register(from Reporter, r Registration) bool {
	if _, known := u.apps[r.App]; !known {
		if len(u.apps) >= MaxApplications {
			u.stats.Dropped.Applications++
			return false
		}
		u.apps[r.App] = struct{}{}
	}
	now, p := u.options.Now(), u.pending
	app := p.apps[r.App]
	app.Name, app.SeenAt = r.App, now
	if r.Strategies != nil {
		app.Strategies = r.Strategies
	}
	p.apps[r.App] = app
	for _, project := range projects(from.Scope) {
		if len(p.places) < MaxSeries {
			p.places[placeKey{r.App, from.environment(), project}] = now
		}
	}
	if r.Instance != "" {
		u.instance(from, r, now)
	}
	return true
}

// projects is what an application's page says of a token's scope.
func projects(scope token.Scope) []feature.ProjectID {
	if scope.AllProjects {
		return []feature.ProjectID{store.AllProjects}
	}
	all := make([]feature.ProjectID, len(scope.Projects))
	for i, id := range scope.Projects {
		all[i] = feature.ProjectID(id)
	}
	return all
}

func (u *Usage) instance(from Reporter, r Registration, now time.Time) {
	key := instanceKey{r.App, r.Instance, from.environment()}
	known, pending := u.pending.instances[key]
	if !pending && !u.instances.admit(key, now, len(u.pending.instances)) {
		u.stats.Dropped.Instances++
		return
	}
	known.App, known.ID, known.Environment = r.App, r.Instance, from.environment()
	known.SeenAt, known.Frontend = now, from.Frontend
	if r.SDK != "" {
		known.SDK = r.SDK
	}
	if r.Started != nil {
		known.StartedAt = r.Started
	}
	if from.Address.IsValid() {
		known.Address = from.Address.String()
	}
	u.pending.instances[key] = known
}

// Prune lets the sink forget what is old, and forgets applications that the
// sink no longer knows.
func (u *Usage) Prune(ctx context.Context) error {
	if err := u.options.Sink.Prune(ctx, u.options.Now()); err != nil {
		return fmt.Errorf("pruning usage: %w", err)
	}
	return u.loadApplications(ctx)
}
