// Package store keeps everything Burgee must not lose, in SQL, and is the only
// package that speaks SQL.
//
// Main types: [DB], opened with [Open]; [Tx], on which every read and write is
// a method, one file a noun; [Change] and [DB.Subscribe], the feed that keeps
// other packages current. Flow: control calls [DB.Update], makes its change,
// adds its [Event] and says with [Tx.Touch] what readers must refresh; the
// commit takes the next revision, and every subscriber has seen the change
// when Update returns. What does not belong: permissions, validation, HTTP.
//
// Parameters are written $1, $2, … which both SQLite and PostgreSQL read.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the SQLite driver
)

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

// FileName is the name of the SQLite database inside the data directory.
const FileName = "burgee.db"

// maxReaders bounds the connections that read while the one writer writes.
const maxReaders = 8

// DB is an open database. It is safe for concurrent use.
type DB struct {
	reader *sql.DB
	writer *sql.DB
	now    func() time.Time
	feed   feed
	write  sync.Mutex // SQLite has one writer; waiting here is fair and never times out
}

// Options say which database to open.
type Options struct {
	// Dir is the directory of the SQLite file; it must exist.
	Dir string
	// Now is the clock.
	Now func() time.Time
}

// Open opens the database, brings its schema up to date and reads the current
// revision. It fails when the file cannot be opened or was written by a newer
// version of Burgee.
func Open(ctx context.Context, o Options) (*DB, error) {
	path := filepath.Join(o.Dir, FileName)
	writer, err := open(path, "immediate", 1)
	if err != nil {
		return nil, err
	}
	reader, err := open(path, "deferred", maxReaders)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	db := &DB{reader: reader, writer: writer, now: o.Now}
	if err := db.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), db.Close())
	}
	return db, nil
}

// open configures one pool. synchronous=FULL makes a commit survive a power
// cut, not only a crash of the process.
func open(path, txlock string, connections int) (*sql.DB, error) {
	query := url.Values{"_txlock": {txlock}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-16000)",
	}}
	db, err := sql.Open("sqlite", "file:"+path+"?"+query.Encode())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func (db *DB) start(ctx context.Context) error {
	if err := migrate(ctx, db.writer); err != nil {
		return err
	}
	return db.View(ctx, func(tx *Tx) error {
		revision, err := tx.Revision(ctx)
		db.feed.seen = revision
		return err
	})
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return fmt.Errorf("reading the embedded migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("preparing migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	if current > target {
		return fmt.Errorf("the database has schema version %d, this Burgee knows up to %d: run a newer Burgee", current, target)
	}
	return migrateUp(ctx, provider)
}

// migrateUp brings the schema up to date. Another process that starts on the
// same database may win the race for a migration, which then fails here with
// nothing changed: what it made is what is wanted.
func migrateUp(ctx context.Context, provider *goose.Provider) error {
	const attempts, pause = 5, 50 * time.Millisecond
	var failed error
	for range attempts {
		if _, failed = provider.Up(ctx); failed == nil {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return fmt.Errorf("migrating the schema: %w", failed)
}

// Close closes the database. Transactions that are open fail.
func (db *DB) Close() error { return errors.Join(db.reader.Close(), db.writer.Close()) }

// Ping reports whether the database answers a query.
func (db *DB) Ping(ctx context.Context) error {
	return db.View(ctx, func(tx *Tx) error {
		_, err := tx.Revision(ctx)
		return err
	})
}

// Tx is one transaction. It must not be used after the function it was given
// to returns.
type Tx struct {
	sql      *sql.Tx
	now      time.Time
	revision int64 // the one this transaction takes; 0 until it touches something
	changes  []Change
	head     ChainHead // of the event log; zero until an event is recorded
}

// Now is what the database's clock says.
func (db *DB) Now() time.Time { return db.now() }

// Now is the instant the transaction began, in milliseconds' precision.
func (tx *Tx) Now() time.Time { return tx.now }

// View runs read-only work on one consistent state.
func (db *DB) View(ctx context.Context, work func(*Tx) error) error {
	sqlTx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return classify(err)
	}
	defer func() { _ = sqlTx.Rollback() }() // nothing to lose: it only read
	return work(&Tx{sql: sqlTx, now: db.now().Truncate(time.Millisecond)})
}

// Update runs work in one transaction: all of it is kept or, when work or the
// commit fails, nothing. When Update returns nil, the change is on disk and
// every subscriber in this process has seen it.
func (db *DB) Update(ctx context.Context, work func(*Tx) error) error {
	db.write.Lock()
	defer db.write.Unlock()
	sqlTx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return classify(err)
	}
	tx := &Tx{sql: sqlTx, now: db.now().Truncate(time.Millisecond)}
	if err := tx.run(ctx, work); err != nil {
		_ = sqlTx.Rollback() // the error that matters is err
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return classify(err)
	}
	if tx.revision == 0 {
		return nil
	}
	// The change is durable: readers must see it whether or not the caller waits.
	return db.CatchUp(context.WithoutCancel(ctx))
}

func (tx *Tx) run(ctx context.Context, work func(*Tx) error) error {
	if err := work(tx); err != nil {
		return err
	}
	return tx.writeChanges(ctx)
}

// exec runs a statement and returns the number of rows it changed.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := tx.sql.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, classify(err)
	}
	n, err := result.RowsAffected()
	return n, classify(err)
}

// one reads one row into targets. It returns a NotFound error when there is
// none; callers replace it with one that names the thing.
func (tx *Tx) one(ctx context.Context, query string, args []any, targets ...any) error {
	return classify(tx.sql.QueryRowContext(ctx, query, args...).Scan(targets...))
}

// scanner is the part of sql.Rows and sql.Row that reads one row.
type scanner interface{ Scan(targets ...any) error }

// list reads all rows of a query with scan. It never returns nil without an
// error, so that an empty list encodes as [].
func list[T any](ctx context.Context, tx *Tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	all := make([]T, 0, 8)
	err := tx.each(ctx, func(s scanner) error {
		item, err := scan(s)
		all = append(all, item)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// each reads rows one at a time.
func (tx *Tx) each(ctx context.Context, read func(scanner) error, query string, args ...any) error {
	rows, err := tx.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return classify(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err below reports what matters
	for rows.Next() {
		if err := read(rows); err != nil {
			return classify(err)
		}
	}
	return classify(rows.Err())
}

// get reads one row with scan, or returns a NotFound error.
func get[T any](ctx context.Context, tx *Tx, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	item, err := scan(tx.sql.QueryRowContext(ctx, query, args...))
	return item, classify(err)
}
