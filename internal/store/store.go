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
// Two engines keep the data: SQLite, one file and one writer, and PostgreSQL,
// which any number of processes share. The statements are the same for both,
// with parameters written $1, $2, …; a dialect holds what is not, and
// engine_sqlite.go and engine_postgres.go open one each.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	reader  *sql.DB
	writer  *sql.DB
	dialect dialect
	now     func() time.Time
	timeout time.Duration
	feed    feed
	// turns hold one place for each write that may be under way: waiting here is
	// fair, ends with the context, and takes no connection. Without PostgreSQL
	// both are the same.
	turn, tallyTurn chan struct{}
	listening       atomic.Bool
	listener        func(context.Context) (*notices, error) // nil: the engine tells nobody
}

// Options say which database to open.
type Options struct {
	// Dir is the directory of the SQLite file, which must exist. It is not used
	// when URL is set.
	Dir string
	// URL is the address of a PostgreSQL database, in any form that libpq reads
	// but for a service file: postgres://user:password@host:port/name?sslmode=…
	URL string
	// ListenURL is where to listen for commits of other processes when URL leads
	// to a pooler that does not pass on LISTEN; empty: URL.
	ListenURL string
	// MaxConnections bounds the connections to PostgreSQL, the one that listens
	// included; at least MinConnections, 0 for DefaultConnections.
	MaxConnections int
	// ConnectionLifetime is the age at which a connection to PostgreSQL is
	// replaced; 0 for DefaultConnectionLifetime.
	ConnectionLifetime time.Duration
	// Timeout bounds a whole transaction on PostgreSQL, waiting included; 0 for
	// DefaultTimeout.
	Timeout time.Duration
	// Now is the clock.
	Now func() time.Time
}

// Open opens the database, brings its schema up to date and reads the current
// revision. It fails when the database cannot be opened, or was written by a
// newer version of Burgee; [Away] tells which errors may pass by themselves. Its
// errors never hold a password.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{now: o.Now}
	open := db.openSQLite
	if o.URL != "" {
		open = db.openPostgres
	}
	where, err := open(o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.start(ctx); err != nil {
		if what := remedy(err); what != "" {
			err = fmt.Errorf("%s: %w", what, err)
		}
		return nil, errors.Join(fmt.Errorf("opening %s: %w", where, err), db.Close())
	}
	return db, nil
}

func (db *DB) start(ctx context.Context) error {
	if err := db.migrate(ctx); err != nil {
		return err
	}
	now := db.now()
	return db.View(ctx, func(tx *Tx) error {
		revision, err := tx.Revision(ctx)
		db.feed.seen.Store(revision)
		db.feed.heard.Store(&now)
		return err
	})
}

// Close closes the database. Transactions that are open fail.
func (db *DB) Close() error {
	var failed error
	for _, pool := range []*sql.DB{db.reader, db.writer} {
		if pool != nil {
			failed = errors.Join(failed, pool.Close())
		}
	}
	return failed
}

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
	db       *DB
	now      time.Time
	tally    bool  // it takes no revision
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
	if tx, inside := within(ctx); inside {
		return work(tx)
	}
	ctx, cancel := db.bound(ctx)
	defer cancel()
	tx, err := db.begin(ctx, db.reader, &db.dialect.view)
	if err != nil {
		return err
	}
	defer func() { _ = tx.sql.Rollback() }() // nothing to lose: it only read
	return work(tx)
}

// Update runs work in one transaction: all of it is kept or, when work or the
// commit fails, nothing. When Update returns nil, the change is on disk and
// every subscriber in this process has seen it.
//
// Updates of all processes on one database happen one after the other: a
// transaction sees everything that the one before it wrote, and revisions and
// events are visible in the order of their numbers. Work may run more than
// once, when the engine asks for it, so it must only set what it is to return.
func (db *DB) Update(ctx context.Context, work func(*Tx) error) error {
	var revision int64
	check := claimCheck(ctx)
	err := db.inTurn(ctx, db.turn, func(ctx context.Context) error {
		var err error
		revision, err = db.attempt(ctx, db.dialect.lock, func(tx *Tx) error {
			if err := check(ctx, tx); err != nil {
				return err
			}
			if err := work(tx); err != nil {
				return err
			}
			return tx.writeChanges(ctx)
		})
		return err
	})
	if err != nil || revision == 0 {
		return err
	}
	// The change is durable: readers must see it whether or not the caller waits.
	return db.catchUp(context.WithoutCancel(ctx), revision)
}

// Tally runs work that counts, in one transaction: all of it is kept or
// nothing. It neither waits for an Update nor makes one wait, as far as the
// engine can, and so must not touch or record anything.
func (db *DB) Tally(ctx context.Context, work func(*Tx) error) error {
	return db.inTurn(ctx, db.tallyTurn, func(ctx context.Context) error {
		_, err := db.attempt(ctx, db.dialect.tally, func(tx *Tx) error {
			tx.tally = true
			return work(tx)
		})
		return err
	})
}

// inTurn runs a write when no other one of its kind is under way in this
// process, again when the engine says that this may help.
func (db *DB) inTurn(ctx context.Context, turn chan struct{}, write func(context.Context) error) error {
	ctx, cancel := db.bound(ctx)
	defer cancel()
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return classify(ctx.Err())
	}
	return again(ctx, func() error { return write(ctx) })
}

// attempt runs work in one write transaction that begins with a statement, and
// returns the revision it took.
func (db *DB) attempt(ctx context.Context, first string, work func(*Tx) error) (int64, error) {
	tx, err := db.begin(ctx, db.writer, &db.dialect.update)
	if err != nil {
		return 0, err
	}
	if first != "" {
		_, err = tx.exec(ctx, first)
	}
	if err == nil {
		err = work(tx)
	}
	if err != nil {
		_ = tx.sql.Rollback() // the error that matters is err
		return 0, err
	}
	if err := tx.sql.Commit(); err != nil {
		return 0, uncertain(err)
	}
	return tx.revision, nil
}

func (db *DB) begin(ctx context.Context, pool *sql.DB, options *sql.TxOptions) (*Tx, error) {
	sqlTx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return nil, classify(err)
	}
	return &Tx{sql: sqlTx, db: db, now: db.now().Truncate(time.Millisecond)}, nil
}

// bound gives a transaction its time, where the engine has one.
func (db *DB) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if db.timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, db.timeout)
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
