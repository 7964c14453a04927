package control

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// Instance is what a server says of itself.
type Instance struct {
	ID string // random, made at the first start
	At time.Time
	store.Statistics
}

// Instance counts what the server holds.
func (c *Control) Instance(ctx context.Context) (Instance, error) {
	return view(ctx, c, func(tx *store.Tx) (Instance, error) {
		id, err := tx.Setting(ctx, settingInstanceID)
		if err != nil {
			return Instance{}, err
		}
		counts, err := tx.Statistics(ctx)
		return Instance{ID: id, At: tx.Now(), Statistics: counts}, err
	})
}
