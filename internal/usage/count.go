package usage

import (
	"strings"
	"time"
	"unicode"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The hours that a report may count for; what lies outside counts for now.
const (
	maxPast   = 48 * time.Hour
	maxFuture = time.Hour
)

// batch is what waits to be written.
type batch struct {
	number    int64 // 0 until it goes to the sink
	counts    map[countKey]count
	seen      map[seenKey]time.Time
	unknown   map[unknownKey]time.Time
	apps      map[string]store.Application
	places    map[placeKey]time.Time
	instances map[instanceKey]store.Instance
}

type seriesKey struct {
	feature     feature.Name
	app         string
	environment feature.EnvironmentName
	variant     string
}

type countKey struct {
	seriesKey

	hour int64 // Unix seconds
}

type count struct{ yes, no int64 }

type seenKey struct {
	feature     feature.Name
	environment feature.EnvironmentName
}

type unknownKey struct {
	name        string
	app         string
	environment feature.EnvironmentName
}

type placeKey struct {
	app         string
	environment feature.EnvironmentName
	project     feature.ProjectID
}

type instanceKey struct {
	app         string
	id          string
	environment feature.EnvironmentName
}

func newBatch() *batch {
	return &batch{
		counts: make(map[countKey]count), seen: make(map[seenKey]time.Time), unknown: make(map[unknownKey]time.Time),
		apps: make(map[string]store.Application), places: make(map[placeKey]time.Time), instances: make(map[instanceKey]store.Instance),
	}
}

func (b *batch) size() int {
	return len(b.counts) + len(b.seen) + len(b.unknown) + len(b.apps) + len(b.places) + len(b.instances)
}

// count adds the counts of one report.
func (u *Usage) count(from Reporter, m Metrics) {
	now := u.options.Now()
	hour := hourOf(m.Start, now).Unix()
	for name, c := range m.Flags {
		if c.empty() {
			continue
		}
		project, exists := u.options.Project(from.environment(), name)
		switch {
		case !exists && !u.options.Unknown:
			u.unknown(unknownKey{string(name), m.App, from.environment()}, now)
			continue
		case exists && !from.Scope.Allows(string(project)):
			u.stats.Dropped.Scope++
			continue
		}
		series := seriesKey{feature: name, app: m.App, environment: from.environment()}
		if !u.add(countKey{series, hour}, count{c.Yes, c.No}, now) {
			continue
		}
		u.pending.seen[seenKey{name, from.environment()}] = now
		for variant, times := range c.Variants {
			series.variant = variant
			u.add(countKey{series, hour}, count{yes: times}, now)
		}
	}
}

// hourOf is the hour that a report counts for.
func hourOf(start, now time.Time) time.Time {
	if start.After(now.Add(maxFuture)) || start.Before(now.Add(-maxPast)) {
		start = now
	}
	return start.UTC().Truncate(time.Hour)
}

// add adds to a count and reports whether there was room for it.
func (u *Usage) add(key countKey, c count, now time.Time) bool {
	sum, pending := u.pending.counts[key]
	if !pending && !u.series.admit(key.seriesKey, now, len(u.pending.counts)) {
		u.stats.Dropped.Series++
		return false
	}
	u.pending.counts[key] = count{sum.yes + c.yes, sum.no + c.no}
	return true
}

// unknown notes a name that no flag has. One that no flag could have is dropped.
func (u *Usage) unknown(key unknownKey, now time.Time) {
	if len(key.name) > maxText || strings.ContainsFunc(key.name, unicode.IsControl) {
		u.stats.Dropped.Unknown++
		return
	}
	if _, pending := u.pending.unknown[key]; !pending && len(u.pending.unknown) >= MaxUnknown {
		u.stats.Dropped.Unknown++
		return
	}
	u.pending.unknown[key] = now
}
