package usage

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// rowsInTransaction bounds a transaction, so that other writers get their turn.
const rowsInTransaction = 1_000

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
	update := u.options.DB.Update
	for len(b.apps)+len(b.places)+len(b.instances) > 0 {
		part := b.takeApplications(rowsInTransaction)
		if err := update(ctx, func(tx *store.Tx) error { return part.writeApplications(ctx, tx) }); err != nil {
			maps.Copy(b.apps, part.apps)
			maps.Copy(b.places, part.places)
			maps.Copy(b.instances, part.instances)
			return err
		}
	}
	for len(b.counts)+len(b.seen)+len(b.unknown) > 0 {
		part := b.takeCounts(rowsInTransaction)
		if err := update(ctx, func(tx *store.Tx) error { return part.writeCounts(ctx, tx) }); err != nil {
			maps.Copy(b.counts, part.counts)
			maps.Copy(b.seen, part.seen)
			maps.Copy(b.unknown, part.unknown)
			return err
		}
	}
	return nil
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

func (b *batch) writeApplications(ctx context.Context, tx *store.Tx) error {
	apps := make([]store.Application, 0, len(b.apps))
	for _, app := range b.apps {
		apps = append(apps, app)
	}
	if err := tx.SeeApplications(ctx, apps); err != nil {
		return err
	}
	places := make([]store.ApplicationPlace, 0, len(b.places))
	for key, at := range b.places {
		places = append(places, store.ApplicationPlace{App: key.app, Environment: key.environment, Project: key.project, SeenAt: at})
	}
	if err := tx.SeePlaces(ctx, places); err != nil {
		return err
	}
	instances := make([]store.Instance, 0, len(b.instances))
	for _, instance := range b.instances {
		instances = append(instances, instance)
	}
	return tx.SeeInstances(ctx, instances)
}

func (b *batch) writeCounts(ctx context.Context, tx *store.Tx) error {
	counts := make([]store.UsageCount, 0, len(b.counts))
	for key, c := range b.counts {
		counts = append(counts, store.UsageCount{
			Feature: key.feature, App: key.app, Environment: key.environment, Hour: time.Unix(key.hour, 0).UTC(),
			Variant: key.variant, Yes: c.yes, No: c.no,
		})
	}
	if err := tx.AddUsage(ctx, counts); err != nil {
		return err
	}
	seen := make([]store.FeatureSeen, 0, len(b.seen))
	for key, at := range b.seen {
		seen = append(seen, store.FeatureSeen{Feature: key.feature, Environment: key.environment, At: at})
	}
	if err := tx.SeeFeatures(ctx, seen); err != nil || len(b.unknown) == 0 {
		return err
	}
	unknown := make([]store.UnknownFlag, 0, len(b.unknown))
	for key, at := range b.unknown {
		unknown = append(unknown, store.UnknownFlag{Name: key.name, App: key.app, Environment: key.environment, SeenAt: at})
	}
	if err := tx.SeeUnknownFlags(ctx, unknown); err != nil {
		return err
	}
	return tx.PruneUnknownFlags(ctx, tx.Now().Add(-KeepUnknown), MaxUnknown)
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
