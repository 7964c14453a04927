package main

import (
	"context"

	"github.com/burgeehq/burgee/internal/app"
)

type backupCommand struct {
	File string `arg:"" help:"File to write." placeholder:"FILE"`
	app.BackupConfig
}

// Run writes a backup.
func (c *backupCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.Backup(ctx, c.BackupConfig, c.File, streams)
}

type restoreCommand struct {
	File string `arg:"" help:"Backup to restore." placeholder:"FILE"`
	app.BackupConfig
}

// Run restores a backup.
func (c *restoreCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.Restore(ctx, c.BackupConfig, c.File, streams)
}
