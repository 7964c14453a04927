package main

import (
	"context"

	"github.com/burgeehq/burgee/internal/app"
)

type migrateCommand struct {
	app.MoveConfig
}

// Run copies a database.
func (c *migrateCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.Move(ctx, c.MoveConfig, streams)
}
