package usage

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

// rowsInBatch bounds what a sink takes at once, so that other writers get their
// turn.
const rowsInBatch = 1_000

// Flush writes what has been reported before the call. What could not be
// written waits for the next flush; nothing counts twice, also when the sink
// kept a batch and its answer was lost.
func (u *Usage) Flush(ctx context.Context) error {
	u.flushing.Lock()
	defer u.flushing.Unlock()
	u.mu.Lock()
	taken := u.pending
	u.pending = newBatch()
	u.mu.Unlock()

	err := u.write(ctx, taken)
	u.mu.Lock()
	defer u.mu.Unlock()
	if err == nil {
		return nil
	}
	u.stats.FlushFailures++
	u.giveBack(taken)
	return fmt.Errorf("writing usage: %w", err)
}

// write writes the batch that is in doubt, if there is one, and then those that
// it takes out of b. One that fails stays in doubt: it must be written again as
// it is and before any other, by the contract of [Sink].
func (u *Usage) write(ctx context.Context, b *batch) error {
	var halves []*batch // of one with a row that the sink does not take
	for part := u.doubtful; ; {
		if part == nil && len(halves) > 0 {
			part, halves = halves[len(halves)-1], halves[:len(halves)-1]
		}
		if part == nil {
			part = b.take(rowsInBatch)
		}
		if part.size() == 0 {
			return nil
		}
		err := u.writePart(ctx, part)
		switch {
		case err == nil:
		case refused(err) && part.size() > 1:
			first := part.take(part.size() / 2)
			halves = append(halves, part, first)
		case refused(err):
			slog.WarnContext(ctx, "a row of usage cannot be stored and is dropped", "error", err)
			u.mu.Lock()
			u.stats.Dropped.Refused++
			u.mu.Unlock()
		default:
			for _, half := range halves {
				b.absorb(half)
			}
			return err
		}
		part = nil
	}
}

// refused reports whether the sink kept nothing of a batch and never will.
func refused(err error) bool { return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) }

// writePart writes one batch. It is in doubt afterwards unless the sink has it,
// or refuses it.
func (u *Usage) writePart(ctx context.Context, part *batch) error {
	if u.setDoubtful(part); part.number == 0 {
		u.written++
		part.number = u.written
	}
	rows := part.rows()
	rows.Writer, rows.Number = u.name, part.number
	err := u.options.Sink.Write(ctx, rows)
	if err != nil && !refused(err) {
		return err //nolint:wrapcheck // Flush does
	}
	u.setDoubtful(nil)
	if err == nil {
		u.mu.Lock()
		u.stats.Written += int64(part.size())
		u.mu.Unlock()
	}
	part.number = 0
	return err //nolint:wrapcheck // it is looked at, and not passed on
}

// setDoubtful is for the one flush that runs; the lock is for readers.
func (u *Usage) setDoubtful(b *batch) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.doubtful = b
}

// take moves rows out of the batch: first applications.
func (b *batch) take(limit int) *batch {
	if some := b.takeApplications(limit); some.size() > 0 {
		return some
	}
	return b.takeCounts(limit)
}

// takeApplications moves applications, and then their places and instances,
// out of the batch: those refer to the former.
func (b *batch) takeApplications(limit int) *batch {
	some := newBatch()
	limit = move(some.apps, b.apps, limit)
	limit = move(some.places, b.places, limit)
	move(some.instances, b.instances, limit)
	return some
}

func (b *batch) takeCounts(limit int) *batch {
	some := newBatch()
	limit = move(some.counts, b.counts, limit)
	limit = move(some.seen, b.seen, limit)
	move(some.unknown, b.unknown, limit)
	return some
}

// absorb puts back what was taken.
func (b *batch) absorb(part *batch) {
	maps.Copy(b.apps, part.apps)
	maps.Copy(b.places, part.places)
	maps.Copy(b.instances, part.instances)
	maps.Copy(b.counts, part.counts)
	maps.Copy(b.seen, part.seen)
	maps.Copy(b.unknown, part.unknown)
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

// rows is the batch as the sink takes it: in one order on every node, so that
// two nodes never wait for each other's rows.
func (b *batch) rows() Batch {
	rows := Batch{
		Applications: slices.SortedFunc(maps.Values(b.apps), func(a, b store.Application) int { return cmp.Compare(a.Name, b.Name) }),
		Places: sorted(b.places, func(key placeKey, at time.Time) store.ApplicationPlace {
			return store.ApplicationPlace{App: key.app, Environment: key.environment, Project: key.project, SeenAt: at}
		}, func(a, b placeKey) int {
			return cmp.Or(cmp.Compare(a.app, b.app), cmp.Compare(a.environment, b.environment), cmp.Compare(a.project, b.project))
		}),
		Instances: sorted(b.instances, func(_ instanceKey, i store.Instance) store.Instance { return i }, func(a, b instanceKey) int {
			return cmp.Or(cmp.Compare(a.app, b.app), cmp.Compare(a.environment, b.environment), cmp.Compare(a.id, b.id))
		}),
		Seen: sorted(b.seen, func(key seenKey, at time.Time) store.FeatureSeen {
			return store.FeatureSeen{Feature: key.feature, Environment: key.environment, At: at}
		}, func(a, b seenKey) int {
			return cmp.Or(cmp.Compare(a.feature, b.feature), cmp.Compare(a.environment, b.environment))
		}),
		Unknown: sorted(b.unknown, func(key unknownKey, at time.Time) store.UnknownFlag {
			return store.UnknownFlag{Name: key.name, App: key.app, Environment: key.environment, SeenAt: at}
		}, func(a, b unknownKey) int {
			return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.environment, b.environment), cmp.Compare(a.app, b.app))
		}),
		Counts: sorted(b.counts, func(key countKey, c count) store.UsageCount {
			return store.UsageCount{
				Feature: key.feature, App: key.app, Environment: key.environment, Hour: time.Unix(key.hour, 0).UTC(),
				Variant: key.variant, Yes: c.yes, No: c.no,
			}
		}, func(a, b countKey) int {
			return cmp.Or(cmp.Compare(a.feature, b.feature), cmp.Compare(a.environment, b.environment), cmp.Compare(a.hour, b.hour),
				cmp.Compare(a.app, b.app), cmp.Compare(a.variant, b.variant))
		}),
	}
	return rows
}

// sorted returns rows made of the entries of a map, in the order of its keys.
func sorted[K comparable, V, R any](m map[K]V, row func(K, V) R, compare func(a, b K) int) []R {
	rows := make([]R, 0, len(m))
	for _, key := range slices.SortedFunc(maps.Keys(m), compare) {
		rows = append(rows, row(key, m[key]))
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
