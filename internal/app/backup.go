package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// BackupConfig is what `burgee backup` and `burgee restore` take.
type BackupConfig struct {
	DataConfig
	Force bool `help:"Replace what is there."`
}

// postgresTools is what to do instead on PostgreSQL.
func (c BackupConfig) postgresTools(how string) error {
	if !c.external() {
		return nil
	}
	return fmt.Errorf("this server's data is in PostgreSQL, as DATABASE_URL says, and this command is for SQLite: use %s; docs/operations.md has the details", how)
}

// Backup writes a verified copy of the database to a file, also while the
// server runs.
func Backup(ctx context.Context, config BackupConfig, file string, streams Streams) error {
	if err := config.postgresTools(`pg_dump --format=custom --file=FILE "$DATABASE_URL"`); err != nil {
		return err
	}
	from := filepath.Join(config.DataDir, store.FileName)
	source, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("--data-dir must name the data directory of a server: %w", err)
	}
	if target, err := os.Stat(file); err == nil {
		switch {
		case !target.Mode().IsRegular():
			return fmt.Errorf("%s is not a file", file)
		case os.SameFile(source, target):
			return fmt.Errorf("%s is the database itself", file)
		case !config.Force:
			return fmt.Errorf("%s exists: name another file, or replace it with --force", file)
		}
	}
	copied, err := copyDatabase(ctx, from, filepath.Dir(file), streams.Err)
	if err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	defer copied.discard()
	inspection, err := copied.inspect(ctx, streams.Err)
	if err != nil {
		return fmt.Errorf("verifying the backup: %w", err)
	}
	if err := copied.rename(file, config.Force); err != nil {
		return err
	}
	return report(config, file, inspection, streams)
}

// Restore puts a backup in the place of the database in the data directory. No
// server may be running on it.
func Restore(ctx context.Context, config BackupConfig, file string, streams Streams) error {
	if err := config.postgresTools(`pg_restore --clean --if-exists --dbname="$DATABASE_URL" FILE`); err != nil {
		return err
	}
	target := filepath.Join(config.DataDir, store.FileName)
	if _, err := os.Stat(target); err == nil && !config.Force {
		return fmt.Errorf("%s exists: restore into another directory, or replace it with --force", target)
	}
	if err := prepareDataDir(config.DataDir); err != nil {
		return err
	}
	copied, err := copyDatabase(ctx, file, config.DataDir, streams.Err)
	if err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	defer copied.discard()
	inspection, err := copied.inspect(ctx, streams.Err)
	if err != nil {
		return fmt.Errorf("%s cannot be restored: %w", file, err)
	}
	if err := store.Replace(ctx, copied.path, config.DataDir, config.Force); err != nil {
		return err
	}
	if inspection.Schema < inspection.Newest {
		_, _ = fmt.Fprintf(streams.Err, "the schema is of version %d: the next start brings it to version %d\n", inspection.Schema, inspection.Newest)
	}
	_, _ = fmt.Fprintln(streams.Err, "everything is as it was at the backup: tokens that were revoked since, and people who were removed, are back")
	return report(config, target, inspection, streams)
}

// report says what a database file has.
func report(config BackupConfig, file string, i store.Inspection, streams Streams) error {
	info, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("looking at the result: %w", err)
	}
	if config.JSON {
		return streams.printJSON(map[string]any{
			"file": file, "bytes": info.Size(), "events": i.Head.ID, "head": i.Head.String(), "schema": i.Schema,
		})
	}
	_, err = fmt.Fprintf(streams.Out, "%s: %s, %d events, intact\nhead %s\n", file, megabytes(info.Size()), i.Head.ID, i.Head)
	return err
}

// temporary is a copy of a database that is not in its place yet.
type temporary struct{ path string }

// copyDatabase copies a database into a temporary file, readable by its owner
// alone, and syncs it to disk.
func copyDatabase(ctx context.Context, from, dir string, to io.Writer) (temporary, error) {
	empty, err := os.CreateTemp(dir, ".burgee-copy-*")
	if err != nil {
		return temporary{}, err //nolint:wrapcheck // it names the file
	}
	t := temporary{empty.Name()}
	if err := empty.Close(); err != nil {
		return t, errors.Join(err, os.Remove(t.path))
	}
	stop := make(chan struct{})
	told := make(chan struct{})
	go func() {
		defer close(told)
		t.watch(from, to, stop)
	}()
	err = store.Copy(ctx, from, t.path)
	close(stop)
	<-told
	if err == nil {
		err = syncFile(t.path)
	}
	if err != nil {
		t.discard()
	}
	return t, err
}

// progressEvery is how often a long copy says how far it is.
const progressEvery = 2 * time.Second

// watch tells how large the copy is until stop is closed.
func (t temporary) watch(from string, to io.Writer, stop <-chan struct{}) {
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		whole, err := os.Stat(from)
		if err != nil {
			continue
		}
		if part, err := os.Stat(t.path); err == nil {
			_, _ = fmt.Fprintf(to, "copied %s of about %s\n", megabytes(part.Size()), megabytes(whole.Size()))
		}
	}
}

// inspect verifies the copy.
func (t temporary) inspect(ctx context.Context, to io.Writer) (store.Inspection, error) {
	last := time.Now()
	return store.Inspect(ctx, t.path, func(done, all int64) {
		if time.Since(last) >= progressEvery {
			last = time.Now()
			_, _ = fmt.Fprintf(to, "verified %d of %d events\n", done, all)
		}
	})
}

// rename gives the copy its name. Without force nothing may have it.
func (t temporary) rename(file string, force bool) error {
	var err error
	if force {
		err = os.Rename(t.path, file)
	} else {
		err = os.Link(t.path, file)
	}
	if err != nil {
		return fmt.Errorf("naming the backup: %w", err)
	}
	return store.SyncDir(filepath.Dir(file))
}

// discard removes the copy, unless it has become something else.
func (t temporary) discard() { _ = os.Remove(t.path) }

func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err //nolint:wrapcheck // it names the file
	}
	return errors.Join(file.Sync(), file.Close())
}
