package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Of processes that start at once on one
// PostgreSQL database, one does it while the others wait.
func (db *DB) migrate(ctx context.Context) error {
	if db.dialect.lock != "" {
		unlock, err := db.lockSchema(ctx)
		if err != nil {
			return fmt.Errorf("waiting to migrate the schema: %w", err)
		}
		defer unlock()
	}
	files, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return fmt.Errorf("reading the embedded migrations: %w", err)
	}
	provider, err := goose.NewProvider(db.dialect.goose, db.writer, files)
	if err != nil {
		return fmt.Errorf("preparing migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", classify(err))
	}
	if current > target {
		return db.tolerate(ctx, current, target)
	}
	return migrateUp(ctx, provider)
}

// settingWorksWith is the oldest schema version whose programs work on the
// schema as it is. The migration that changes the answer sets it.
const settingWorksWith = "schema.works-with"

// tolerate lets an older program run on a newer schema that says it may: during
// an upgrade the version before works on beside the new one, and starts again
// after a crash.
func (db *DB) tolerate(ctx context.Context, current, target int64) error {
	var text string
	err := db.View(ctx, func(tx *Tx) error {
		var err error
		text, err = tx.Setting(ctx, settingWorksWith)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading what the schema works with: %w", err)
	}
	if oldest, err := strconv.ParseInt(text, 10, 64); err != nil || oldest > target {
		return fmt.Errorf("the database has schema version %d, this Burgee knows up to %d: run a newer Burgee", current, target)
	}
	return nil
}

// migrateUp runs the migrations that are missing, each in a transaction.
// Another process that starts on the same SQLite file may win the race for one,
// which then fails here with nothing changed: what it made is what is wanted.
func migrateUp(ctx context.Context, provider *goose.Provider) error {
	const attempts, pause = 5, 50 * time.Millisecond
	var failed error
	for range attempts {
		if _, failed = provider.Up(ctx); failed == nil {
			return nil
		}
		if occupied(failed) {
			return errors.New("the database has tables that are not Burgee's: give Burgee a database, or a schema, of its own")
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return fmt.Errorf("migrating the schema: %w", failed)
}
