package control

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// Edges returns the edges and proxies that reported lately, newest first, at
// most limit. What waits in memory is included.
func (c *Control) Edges(ctx context.Context, within time.Duration, limit int) ([]store.Edge, error) {
	if err := c.FlushUsage(ctx); err != nil {
		return nil, err
	}
	return view(ctx, c, func(tx *store.Tx) ([]store.Edge, error) { return tx.Edges(ctx, tx.Now().Add(-within), limit) })
}
