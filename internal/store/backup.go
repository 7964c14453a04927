package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errNotBurgee is for files that Burgee has not written.
var errNotBurgee = errors.New("it is not a database of Burgee")

// Copy writes a consistent copy of a SQLite database into an empty file, also
// while servers use the database: the copy has every commit that was
// acknowledged before the call. It does not change the database, whatever
// version wrote it. The caller syncs the copy to disk.
func Copy(ctx context.Context, from, to string) error {
	db, err := openReadOnly(from)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, to)
	return errors.Join(plain(err), db.Close())
}

// openReadOnly opens a SQLite file that must exist.
func openReadOnly(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	query := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "cache_size(-16000)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return db, nil
}

// plain is an error of the driver in words for an operator.
func plain(err error) error {
	var driver *sqlite.Error
	if !errors.As(err, &driver) {
		return err
	}
	switch driver.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full: %w", err)
	case sqlite3.SQLITE_NOTADB:
		return errNotBurgee
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("the file is damaged: %w", err)
	}
	return err
}

// Inspection is what a verified database file has.
type Inspection struct {
	Head   ChainHead // of the event log
	Schema int64     // its version
	Newest int64     // the schema version of this program; not less
}

// Inspect verifies a database file: that SQLite finds nothing wrong with it,
// that this version of Burgee can use it, and that its event log is as it was
// written. It tells from time to time how many events of how many are verified.
func Inspect(ctx context.Context, path string, tell func(done, all int64)) (i Inspection, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return i, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := check(ctx, db); err != nil {
		return i, err
	}
	if i.Schema, i.Newest, err = schemaOf(ctx, db); err != nil {
		return i, err
	}
	file, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return i, plain(err)
	}
	defer func() { _ = file.Rollback() }() // nothing to lose: it only read
	tx := &Tx{sql: file}
	head, err := tx.ChainHead(ctx)
	if err != nil {
		return i, err
	}
	i.Head, err = tx.followChain(ctx, ChainHead{}, func(done int64) { tell(done, head.ID) })
	return i, err
}

// check asks SQLite whether a file is sound.
func check(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return plain(err)
	}
	if verdict != "ok" {
		return fmt.Errorf("the file is damaged: %s", verdict)
	}
	return nil
}

// schemaOf returns the schema version of a file and the newest that this
// program knows, and fails when the former is newer.
func schemaOf(ctx context.Context, db *sql.DB) (version, newest int64, err error) {
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return 0, 0, fmt.Errorf("reading the embedded migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return 0, 0, fmt.Errorf("preparing migrations: %w", err)
	}
	for _, source := range provider.ListSources() {
		newest = max(newest, source.Version)
	}
	var tables int
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('goose_db_version', 'event', 'api_token')`).Scan(&tables)
	if err != nil {
		return 0, 0, plain(err)
	}
	if tables < 3 {
		return 0, 0, errNotBurgee
	}
	if err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version); err != nil {
		return 0, 0, plain(err)
	}
	if version > newest {
		return 0, 0, fmt.Errorf("it has schema version %d, this Burgee knows up to %d: use a newer Burgee", version, newest)
	}
	return version, newest, nil
}

// ErrInUse is the error of [Replace] while a process has the database open.
var ErrInUse = errors.New("a server is running on the data directory: stop it first")

// Replace puts a database file in the place of the one in a directory, at once
// and for good, and fails with [ErrInUse] while any process has that one open.
// A process that opens it in the meantime fails to start: it must change the
// file to write ahead, and SQLite notices that the file has moved. Without
// force there must be none. The file must be in the same file system and synced.
func Replace(ctx context.Context, file, dir string, force bool) error {
	path := filepath.Join(dir, FileName)
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = place(file, path)
	case err != nil:
		return fmt.Errorf("looking for a database: %w", err)
	case !force:
		return fmt.Errorf("%s exists: restore into another directory, or replace it with --force", path)
	default:
		err = replace(ctx, file, path)
	}
	if err != nil {
		return err
	}
	return SyncDir(dir)
}

// place moves a file to where none is. Unlike a rename it fails when a server
// has made one in the meantime.
func place(file, path string) error {
	for _, suffix := range []string{"-wal", "-shm"} { // of a file that somebody removed
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing what is left of a database: %w", err)
		}
	}
	if err := os.Link(file, path); err != nil {
		return fmt.Errorf("putting the database in its place: %w", err)
	}
	if err := os.Remove(file); err != nil {
		return fmt.Errorf("removing the temporary file: %w", err)
	}
	return nil
}

// replace moves a file over a database while nobody else can use that.
func replace(ctx context.Context, file, path string) (err error) {
	release, err := seize(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	for _, suffix := range []string{"-wal", "-shm"} { // there are some only when the file is damaged
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the log of writes: %w", err)
		}
	}
	if err := os.Rename(file, path); err != nil {
		return fmt.Errorf("putting the database in its place: %w", err)
	}
	return nil
}

// seize takes a database file for this process alone, with nothing left in its
// log of writes. A file that is no database any more is free to take.
func seize(ctx context.Context, path string) (release func() error, err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(0)&_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	// Leaving WAL mode needs the file for this process alone, and ends the log.
	for _, statement := range []string{`PRAGMA journal_mode = DELETE`, `BEGIN EXCLUSIVE`} {
		if _, err = db.ExecContext(ctx, statement); err != nil {
			break
		}
	}
	var driver *sqlite.Error
	if errors.As(err, &driver) {
		switch driver.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			err = ErrInUse
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			err = nil
		}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db.Close, nil
}

// SyncDir makes what was renamed in a directory survive a power cut.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("syncing a directory: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("syncing a directory: %w", err)
	}
	return nil
}
