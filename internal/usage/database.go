package usage

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// Retention is how long things are kept.
type Retention struct {
	Hourly       time.Duration // counts by hour; then they are added up to days
	Daily        time.Duration // counts by day
	Instances    time.Duration // since last seen
	Applications time.Duration // since last seen, unless somebody wrote about them
}

const (
	// keepUnknown is how long names that no flag has are kept, since they were
	// last asked for.
	keepUnknown = 14 * 24 * time.Hour
	// keepWriters is how long the database may be away from a process without a
	// batch in doubt being written twice.
	keepWriters = 30 * 24 * time.Hour
	// pruneEvery is less than the hour between two calls of Prune, so that none
	// is left out because it comes a moment early.
	pruneEvery = 50 * time.Minute
)

// Database keeps usage in the database of a server, which any number of
// processes may share.
type Database struct {
	DB   *store.DB
	Keep Retention
}

// Write implements [Sink], in one transaction.
func (d Database) Write(ctx context.Context, b Batch) error {
	return d.DB.Tally(ctx, func(tx *store.Tx) error {
		fresh, err := tx.NoteUsageBatch(ctx, b.Writer, b.Number)
		if err != nil || !fresh {
			return err
		}
		if err := writeApplications(ctx, tx, b); err != nil {
			return err
		}
		return writeCounts(ctx, tx, b)
	})
}

func writeApplications(ctx context.Context, tx *store.Tx, b Batch) error {
	if err := tx.SeeApplications(ctx, b.Applications); err != nil {
		return err
	}
	if err := tx.SeePlaces(ctx, b.Places); err != nil {
		return err
	}
	return tx.SeeInstances(ctx, b.Instances)
}

func writeCounts(ctx context.Context, tx *store.Tx, b Batch) error {
	if err := tx.AddUsage(ctx, b.Counts); err != nil {
		return err
	}
	if err := tx.AddUsageTotals(ctx, b.Counts); err != nil {
		return err
	}
	if err := tx.SeeFeatures(ctx, b.Seen); err != nil || len(b.Unknown) == 0 {
		return err
	}
	if err := tx.SeeUnknownFlags(ctx, b.Unknown); err != nil {
		return err
	}
	return tx.PruneUnknownFlags(ctx, tx.Now().Add(-keepUnknown), MaxUnknown)
}

// Applications implements [Sink].
func (d Database) Applications(ctx context.Context) ([]string, error) {
	var names []string
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		var err error
		names, err = tx.ApplicationNames(ctx, MaxApplications)
		return err
	})
	return names, err
}

// Prune implements [Sink], and adds up the hours of past days. It leaves that to
// another process on the database that has begun it within 50 minutes.
func (d Database) Prune(ctx context.Context, now time.Time) error {
	mine := false
	err := d.DB.Tally(ctx, func(tx *store.Tx) error {
		var err error
		mine, err = tx.BeginChore(ctx, "pruning usage", pruneEvery)
		if err != nil || !mine {
			return err
		}
		if err := tx.PruneApplications(ctx, now.Add(-d.Keep.Instances), now.Add(-d.Keep.Applications)); err != nil {
			return err
		}
		if err := tx.PruneUsageTotals(ctx, now.Add(-store.KeepHourly)); err != nil {
			return err
		}
		if err := tx.PruneUsageWriters(ctx, now.Add(-keepWriters)); err != nil {
			return err
		}
		return tx.PruneUnknownFlags(ctx, now.Add(-keepUnknown), MaxUnknown)
	})
	if err != nil || !mine {
		return err
	}
	if err := d.pruneCounts(ctx, now.Add(-d.Keep.Daily)); err != nil {
		return err
	}
	return d.condense(ctx, now.Add(-d.Keep.Hourly).Truncate(24*time.Hour))
}

// pruneCounts forgets the counts before an instant, those of an hour or a day a
// transaction so that other writers get their turn.
func (d Database) pruneCounts(ctx context.Context, before time.Time) error {
	for more := true; more; {
		err := d.DB.Tally(ctx, func(tx *store.Tx) error {
			var err error
			more, err = tx.PruneUsage(ctx, before)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// condense adds up the hours before an instant, an hour a transaction so that
// other writers get their turn.
func (d Database) condense(ctx context.Context, before time.Time) error {
	for {
		var hours []time.Time
		err := d.DB.View(ctx, func(tx *store.Tx) error {
			var err error
			hours, err = tx.HoursToCondense(ctx, before, 24)
			return err
		})
		if err != nil || len(hours) == 0 {
			return err
		}
		for _, hour := range hours {
			if err := d.DB.Tally(ctx, func(tx *store.Tx) error { return tx.CondenseUsage(ctx, hour) }); err != nil {
				return err
			}
		}
	}
}
