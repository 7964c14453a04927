package usage

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// Database keeps usage in the database of a server.
type Database struct {
	DB *store.DB
}

// Write implements [Sink], in one transaction.
func (d Database) Write(ctx context.Context, b Batch) error {
	return d.DB.Update(ctx, func(tx *store.Tx) error {
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
	if err := tx.SeeFeatures(ctx, b.Seen); err != nil || len(b.Unknown) == 0 {
		return err
	}
	if err := tx.SeeUnknownFlags(ctx, b.Unknown); err != nil {
		return err
	}
	return tx.PruneUnknownFlags(ctx, tx.Now().Add(-KeepUnknown), MaxUnknown)
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

// Prune implements [Sink], and adds up the hours of past days.
func (d Database) Prune(ctx context.Context, now time.Time) error {
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PruneUsage(ctx, now.Add(-KeepDaily)); err != nil {
			return err
		}
		if err := tx.PruneApplications(ctx, now.Add(-KeepInstances), now.Add(-KeepApplications)); err != nil {
			return err
		}
		return tx.PruneUnknownFlags(ctx, now.Add(-KeepUnknown), MaxUnknown)
	})
	if err != nil {
		return err
	}
	return d.condense(ctx, now.Add(-KeepHourly).Truncate(24*time.Hour))
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
			if err := d.DB.Update(ctx, func(tx *store.Tx) error { return tx.CondenseUsage(ctx, hour) }); err != nil {
				return err
			}
		}
	}
}
