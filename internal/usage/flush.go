package usage

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// rowsInBatch bounds what a sink takes at once, so that other writers get their
// turn.
const rowsInBatch = 1_000

// Flush writes what has been reported before the call. What could not be
// written waits for the next flush; nothing is written twice.
func (u *Usage) Flush(ctx context.Context) error {
	u.flushing.Lock()
	defer u.flushing.Unlock()
	u.mu.Lock()
	taken := u.pending
	u.pending = newBatch()
	u.mu.Unlock()

	before := taken.size()
	err := u.write(ctx, taken)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.stats.Written += int64(before - taken.size())
	if err == nil {
		return nil
	}
	u.stats.FlushFailures++
	u.giveBack(taken)
	return fmt.Errorf("writing usage: %w", err)
}

// write writes a batch and takes out of it what is written.
func (u *Usage) write(ctx context.Context, b *batch) error {
	for _, take := range []func(int) *batch{b.takeApplications, b.takeCounts} {
		for part := take(rowsInBatch); part.size() > 0; part = take(rowsInBatch) {
			if err := u.options.Sink.Write(ctx, part.rows()); err != nil {
				b.putBack(part)
				return err //nolint:wrapcheck // Flush does
			}
		}
	}
	return nil
}

// putBack returns what was taken.
func (b *batch) putBack(part *batch) {
	maps.Copy(b.apps, part.apps)
	maps.Copy(b.places, part.places)
	maps.Copy(b.instances, part.instances)
	maps.Copy(b.counts, part.counts)
	maps.Copy(b.seen, part.seen)
	maps.Copy(b.unknown, part.unknown)
}

// takeApplications moves applications, and then their places and instances,
// out of the batch: those refer to the former.
func (b *batch) takeApplications(limit int) *batch {
	part := newBatch()
	limit = move(part.apps, b.apps, limit)
	limit = move(part.places, b.places, limit)
	move(part.instances, b.instances, limit)
	return part
}

func (b *batch) takeCounts(limit int) *batch {
	part := newBatch()
	limit = move(part.counts, b.counts, limit)
	limit = move(part.seen, b.seen, limit)
	move(part.unknown, b.unknown, limit)
	return part
}

// move moves at most limit entries and returns what is left of the limit.
func move[K comparable, V any](to, from map[K]V, limit int) int {
	for key, value := range from {
		if limit == 0 {
			return 0
		}
		to[key] = value
		delete(from, key)
		limit--
	}
	return limit
}

// rows is the batch as the sink takes it.
func (b *batch) rows() Batch {
	rows := Batch{
		Applications: make([]store.Application, 0, len(b.apps)), Places: make([]store.ApplicationPlace, 0, len(b.places)),
		Instances: make([]store.Instance, 0, len(b.instances)), Counts: make([]store.UsageCount, 0, len(b.counts)),
		Seen: make([]store.FeatureSeen, 0, len(b.seen)), Unknown: make([]store.UnknownFlag, 0, len(b.unknown)),
	}
	for _, app := range b.apps {
		rows.Applications = append(rows.Applications, app)
	}
	for key, at := range b.places {
		rows.Places = append(rows.Places, store.ApplicationPlace{App: key.app, Environment: key.environment, Project: key.project, SeenAt: at})
	}
	for _, instance := range b.instances {
		rows.Instances = append(rows.Instances, instance)
	}
	for key, c := range b.counts {
		rows.Counts = append(rows.Counts, store.UsageCount{
			Feature: key.feature, App: key.app, Environment: key.environment, Hour: time.Unix(key.hour, 0).UTC(),
			Variant: key.variant, Yes: c.yes, No: c.no,
		})
	}
	for key, at := range b.seen {
		rows.Seen = append(rows.Seen, store.FeatureSeen{Feature: key.feature, Environment: key.environment, At: at})
	}
	for key, at := range b.unknown {
		rows.Unknown = append(rows.Unknown, store.UnknownFlag{Name: key.name, App: key.app, Environment: key.environment, SeenAt: at})
	}
	return rows
}

// giveBack puts what could not be written under what has come since.
func (u *Usage) giveBack(b *batch) {
	p := u.pending
	for key, c := range b.counts {
		now, newer := p.counts[key]
		if !newer && len(p.counts) >= MaxSeries {
			u.stats.Dropped.Series++
			continue
		}
		p.counts[key] = count{now.yes + c.yes, now.no + c.no}
	}
	u.stats.Dropped.Unknown += giveBackOlder(p.unknown, b.unknown, MaxUnknown)
	u.stats.Dropped.Instances += giveBackOlder(p.instances, b.instances, MaxInstances)
	giveBackOlder(p.seen, b.seen, MaxSeries)
	giveBackOlder(p.places, b.places, MaxSeries)
	for name, app := range b.apps {
		if newer, ok := p.apps[name]; ok {
			if newer.Strategies == nil {
				newer.Strategies = app.Strategies
			}
			app = newer
		}
		p.apps[name] = app
	}
}

// giveBackOlder adds entries that are not there already and returns how many
// found no room.
func giveBackOlder[K comparable, V any](to, from map[K]V, limit int) (dropped int64) {
	for key, value := range from {
		switch _, newer := to[key]; {
		case newer:
		case len(to) >= limit:
			dropped++
		default:
			to[key] = value
		}
	}
	return dropped
}
