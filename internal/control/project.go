package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// Project returns one project, archived or not.
func (c *Control) Project(ctx context.Context, id feature.ProjectID) (feature.Project, error) {
	return view(ctx, c, func(tx *store.Tx) (feature.Project, error) { return tx.Project(ctx, id) })
}
