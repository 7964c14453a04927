package edge

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
)

// The bounds of what waits to be sent. Beyond them the oldest goes.
const (
	maxCounts    = usage.MaxSeries
	maxInstances = usage.MaxInstances
	maxPlaces    = usage.MaxSeries
)

// maxSeenTokens bounds the secrets that one body tells the server above of.
const maxSeenTokens = 500

// ForwarderOptions are what a [Forwarder] needs.
type ForwarderOptions struct {
	Upstream *Upstream // nil: usage is forgotten
	// Secret returns the client token to send something of a scope with; empty
	// when there is none.
	Secret func(token.Scope) string
	// Project returns the project of a flag; false when it is not known.
	Project func(feature.EnvironmentName, feature.Name) (feature.ProjectID, bool)
	// Seen returns the secrets that were used since an instant, by environment.
	Seen func(time.Time) map[string][]string
	// Doubt is told of a secret that the server above does not accept.
	Doubt    func(token.Digest)
	Now      func() time.Time
	Interval time.Duration
}

// Forwarder keeps usage until the server above has taken it. It implements
// usage.Sink and is safe for concurrent use.
type Forwarder struct {
	options ForwarderOptions
	sending sync.Mutex

	mu      sync.Mutex // guards what follows
	pending pending
	stats   ForwarderStats
	told    time.Time // until when Seen was asked

	retry backoff // guarded by sending
	until time.Time
	plain bool // the server above takes no bulk
}

// ForwarderStats are counts since the start, but for Pending.
type ForwarderStats struct {
	Pending       int // counts and instances that wait
	Sent          int64
	Failures      int64 // of sending
	DroppedOldest int64 // to make room
	DroppedBad    int64 // that the server above does not take
	SentAt        time.Time
}

// pending is what waits.
type pending struct {
	counts    map[countKey]*tally
	instances map[instanceKey]store.Instance
	places    map[placeKey]time.Time
	apps      map[string][]string // strategies, of those that told
}

type countKey struct {
	environment feature.EnvironmentName
	app         string
	feature     feature.Name
	hour        int64 // Unix seconds
}

// tally is what one application saw of one flag in an hour. Most flags have no
// variants, and none has many.
type tally struct {
	yes, no  int64
	variants []variantCount
}

type variantCount struct {
	name  string
	times int64
}

// byVariant is how often each variant was given.
func (t *tally) byVariant() map[string]int64 {
	all := make(map[string]int64, len(t.variants))
	for _, v := range t.variants {
		all[v.name] = v.times
	}
	return all
}

func (t *tally) add(variant string, times int64) {
	i := slices.IndexFunc(t.variants, func(v variantCount) bool { return v.name == variant })
	if i < 0 {
		t.variants = append(t.variants, variantCount{variant, times})
		return
	}
	t.variants[i].times += times
}

type instanceKey struct {
	environment feature.EnvironmentName
	app, id     string
}

type placeKey struct {
	environment feature.EnvironmentName
	app         string
	project     feature.ProjectID
}

func newPending() pending {
	return pending{
		counts: map[countKey]*tally{}, instances: map[instanceKey]store.Instance{}, places: map[placeKey]time.Time{}, apps: map[string][]string{},
	}
}

func (p *pending) size() int { return len(p.counts) + len(p.instances) }

// NewForwarder has nothing to send.
func NewForwarder(o ForwarderOptions) *Forwarder {
	return &Forwarder{options: o, pending: newPending(), retry: backoff{interval: o.Interval}, told: o.Now()}
}

// Write implements usage.Sink. It does not fail: what finds no room makes room
// at the cost of the oldest.
func (f *Forwarder) Write(_ context.Context, b usage.Batch) error {
	if f.options.Upstream == nil { // offline there is nobody to tell
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending.add(b)
	f.stats.DroppedOldest += f.pending.trim()
	return nil
}

// Applications implements usage.Sink: an edge knows none for long.
func (f *Forwarder) Applications(context.Context) ([]string, error) { return nil, nil }

// Prune implements usage.Sink. Nothing is kept beyond its bounds.
func (f *Forwarder) Prune(context.Context, time.Time) error { return nil }

// add adds a batch.
func (p *pending) add(b usage.Batch) {
	for _, c := range b.Counts {
		p.count(c)
	}
	for _, i := range b.Instances {
		key := instanceKey{i.Environment, i.App, i.ID}
		if old, known := p.instances[key]; known {
			i.SDK = cmp.Or(i.SDK, old.SDK)
			if i.StartedAt == nil {
				i.StartedAt = old.StartedAt
			}
		}
		p.instances[key] = i
	}
	for _, place := range b.Places {
		p.places[placeKey{place.Environment, place.App, place.Project}] = place.SeenAt
	}
	for _, app := range b.Applications {
		if app.Strategies != nil {
			p.apps[app.Name] = app.Strategies
		}
	}
}

func (p *pending) count(c store.UsageCount) {
	key := countKey{c.Environment, c.App, c.Feature, c.Hour.Unix()}
	sum := p.counts[key]
	if sum == nil {
		sum = &tally{}
		p.counts[key] = sum
	}
	if c.Variant == "" {
		sum.yes += c.Yes
		sum.no += c.No
		return
	}
	sum.add(c.Variant, c.Yes)
}

// trim makes room and returns how much went.
func (p *pending) trim() (dropped int64) {
	for len(p.counts) > maxCounts {
		oldest := int64(0)
		for key := range p.counts {
			if oldest == 0 || key.hour < oldest {
				oldest = key.hour
			}
		}
		for key := range p.counts {
			if key.hour == oldest && len(p.counts) > maxCounts {
				delete(p.counts, key)
				dropped++
			}
		}
	}
	dropped += trimOldest(p.instances, maxInstances, func(i store.Instance) time.Time { return i.SeenAt })
	trimOldest(p.places, maxPlaces, func(at time.Time) time.Time { return at })
	for name := range p.apps {
		if len(p.apps) <= usage.MaxApplications {
			break
		}
		delete(p.apps, name)
	}
	return dropped
}

// trimOldest deletes the oldest entries beyond a limit, and a tenth more, so
// that it is not called for each.
func trimOldest[K comparable, V any](all map[K]V, limit int, at func(V) time.Time) (dropped int64) {
	if len(all) <= limit {
		return 0
	}
	keys := slices.Collect(maps.Keys(all))
	slices.SortFunc(keys, func(a, b K) int { return at(all[a]).Compare(at(all[b])) })
	for _, key := range keys[:len(keys)-limit+limit/10] {
		delete(all, key)
		dropped++
	}
	return dropped
}

// Stats returns the counts.
func (f *Forwarder) Stats() ForwarderStats {
	f.mu.Lock()
	defer f.mu.Unlock()
	stats := f.stats
	stats.Pending = f.pending.size()
	return stats
}

// errLater ends a round of sending: the server above is not able to take more.
var errLater = errors.New("the server above takes no usage at the moment; it is kept and sent later")

// Send sends what waits, in bodies that the server above takes. What it does
// not take now is kept; then Send fails, and does nothing until it is time to
// try again.
func (f *Forwarder) Send(ctx context.Context) error {
	f.sending.Lock()
	defer f.sending.Unlock()
	if f.options.Now().Before(f.until) {
		return nil
	}
	return f.send(ctx)
}

// SendNow is Send whatever the time, for the stop.
func (f *Forwarder) SendNow(ctx context.Context) error {
	f.sending.Lock()
	defer f.sending.Unlock()
	return f.send(ctx)
}

func (f *Forwarder) send(ctx context.Context) error {
	if f.options.Upstream == nil {
		return nil
	}
	f.mu.Lock()
	taken, since := f.pending, f.told
	f.pending, f.told = newPending(), f.options.Now()
	f.mu.Unlock()
	parcels, left := f.pack(taken)
	parcels = f.addSeen(parcels, since)
	var failed error
	for _, p := range parcels {
		if failed == nil {
			failed = f.deliver(ctx, p)
		}
		if failed != nil {
			left.giveBack(p.items)
		}
	}
	f.mu.Lock()
	left.merge(f.pending)
	f.pending = left
	f.stats.DroppedOldest += f.pending.trim()
	f.mu.Unlock()
	if failed == nil {
		f.retry.failures, f.until = 0, time.Time{}
		return nil
	}
	f.until = f.options.Now().Add(f.retry.failed(failed) - f.options.Interval/2)
	f.mu.Lock()
	f.stats.Failures++
	f.told = since // so that the tokens seen are told next time
	f.mu.Unlock()
	return errors.Join(errLater, failed)
}

// addSeen tells the server above which tokens are in use: with a parcel of
// their environment, or one of their own.
func (f *Forwarder) addSeen(parcels []*parcel, since time.Time) []*parcel {
	for environment, secrets := range f.options.Seen(since) {
		with := f.options.Secret(token.Scope{Environment: environment, AllProjects: true})
		if with == "" {
			continue
		}
		for part := range slices.Chunk(secrets, maxSeenTokens) {
			i := slices.IndexFunc(parcels, func(p *parcel) bool { return p.secret == with && p.seen == nil })
			if i < 0 {
				i = len(parcels)
				parcels = append(parcels, &parcel{secret: with})
			}
			parcels[i].seen = part
		}
	}
	return parcels
}

// merge adds what came meanwhile.
func (p *pending) merge(newer pending) {
	for key, sum := range newer.counts {
		p.addTally(key, sum)
	}
	maps.Copy(p.instances, newer.instances)
	maps.Copy(p.places, newer.places)
	maps.Copy(p.apps, newer.apps)
}

func (p *pending) addTally(key countKey, sum *tally) {
	old := p.counts[key]
	if old == nil {
		p.counts[key] = sum
		return
	}
	old.yes += sum.yes
	old.no += sum.no
	for _, v := range sum.variants {
		old.add(v.name, v.times)
	}
}

// keep yields what waits, in an order that is always the same. Nothing can be
// added meanwhile.
func (f *Forwarder) keep(yield func(any) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := &f.pending
	for _, key := range slices.SortedFunc(maps.Keys(p.counts), countKey.compare) {
		sum := p.counts[key]
		one := keptUsage{Count: &keptCount{key.feature, key.app, key.environment, key.hour, sum.yes, sum.no, sum.byVariant()}}
		if !yield(one) {
			return
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(p.instances), instanceKey.compare) {
		instance := p.instances[key]
		if !yield(keptUsage{Instance: &instance}) {
			return
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(p.places), placeKey.compare) {
		if !yield(keptUsage{Place: &store.ApplicationPlace{App: key.app, Environment: key.environment, Project: key.project, SeenAt: p.places[key]}}) {
			return
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.apps)) {
		if !yield(keptUsage{App: name, Strategies: p.apps[name]}) {
			return
		}
	}
}

func (a countKey) compare(b countKey) int {
	return cmp.Or(cmp.Compare(a.feature, b.feature), cmp.Compare(a.app, b.app), cmp.Compare(a.environment, b.environment), cmp.Compare(a.hour, b.hour))
}

func (a instanceKey) compare(b instanceKey) int {
	return cmp.Or(cmp.Compare(a.app, b.app), cmp.Compare(a.id, b.id), cmp.Compare(a.environment, b.environment))
}

func (a placeKey) compare(b placeKey) int {
	return cmp.Or(cmp.Compare(a.app, b.app), cmp.Compare(a.environment, b.environment), cmp.Compare(a.project, b.project))
}

// restore takes over a piece of what waited before a restart.
func (f *Forwarder) restore(k keptUsage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := &f.pending
	switch {
	case k.Count != nil:
		c := k.Count
		sum := &tally{yes: c.Yes, no: c.No}
		for _, name := range slices.Sorted(maps.Keys(c.Variants)) {
			sum.add(name, c.Variants[name])
		}
		p.addTally(countKey{c.Environment, c.App, c.Feature, c.Hour}, sum)
	case k.Instance != nil:
		p.instances[instanceKey{k.Instance.Environment, k.Instance.App, k.Instance.ID}] = *k.Instance
	case k.Place != nil:
		p.places[placeKey{k.Place.Environment, k.Place.App, k.Place.Project}] = k.Place.SeenAt
	case k.App != "":
		p.apps[k.App] = k.Strategies
	}
}
