package store

import (
	"context"
	"time"
)

// BeginChore reports whether this process should do repeated work now: nobody
// on the database has begun it within the interval. A process whose clock is
// ahead keeps the others from it for at most another interval.
func (tx *Tx) BeginChore(ctx context.Context, name string, interval time.Duration) (bool, error) {
	n, err := tx.exec(ctx, `INSERT INTO chore (name, begun_at) VALUES ($1,$2)
		ON CONFLICT (name) DO UPDATE SET begun_at = excluded.begun_at WHERE chore.begun_at <= $3 OR chore.begun_at > $4`,
		name, millis(tx.now), millis(tx.now.Add(-interval)), millis(tx.now.Add(interval)))
	return n > 0, err
}
