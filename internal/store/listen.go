package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	quiet       = 5 * time.Second // without a notice, after which the connection is tried
	firstPause  = 50 * time.Millisecond
	longestWait = 5 * time.Second // between attempts to connect
)

// Listening reports whether this process hears of other processes' commits as
// they happen. While it does not, only calls of CatchUp find them.
func (db *DB) Listening() bool { return db.listening.Load() }

// Listens reports whether the engine has anything to listen to. SQLite has not.
func (db *DB) Listens() bool { return db.listener != nil }

// Connections counts the connections to the database.
type Connections struct {
	Open   int
	Busy   int
	Waited time.Duration // of transactions for a connection, in all
}

// Connections returns how many connections there are now, the one that listens
// left out.
func (db *DB) Connections() Connections {
	reader, writer := db.reader.Stats(), db.writer.Stats()
	return Connections{
		Open: reader.OpenConnections + writer.OpenConnections, Busy: reader.InUse + writer.InUse,
		Waited: reader.WaitDuration + writer.WaitDuration,
	}
}

// Size returns how many bytes the database has on disk, as far as the engine
// knows.
func (db *DB) Size(ctx context.Context) (int64, error) {
	var size int64
	err := db.View(ctx, func(tx *Tx) error { return tx.one(ctx, db.dialect.size, nil, &size) })
	return size, err
}

// Listen hears of commits of other processes and delivers them, as CatchUp
// does, until ctx ends; it connects again whenever the connection is lost, and
// then delivers what was missed. It calls report with nil when it begins to
// hear and with the reason when it no longer does. It returns at once when the
// engine has nothing to listen to.
func (db *DB) Listen(ctx context.Context, report func(error)) {
	if db.listener == nil {
		return
	}
	pause := firstPause
	for ctx.Err() == nil {
		heard, err := db.hear(ctx, report)
		if ctx.Err() != nil {
			return
		}
		if heard {
			pause = firstPause
			report(err)
		}
		// Nodes that lost the same server must not come back all at once.
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, longestWait)
	}
}

// hear connects and delivers until the connection is lost, and returns whether
// it was ever well.
func (db *DB) hear(ctx context.Context, report func(error)) (well bool, err error) {
	from, err := db.listener(ctx)
	if err != nil {
		return false, err
	}
	defer from.close()
	// What was committed while nobody listened is delivered before anything is
	// reported well.
	if err := db.CatchUp(ctx); err != nil {
		return false, err
	}
	db.listening.Store(true)
	defer db.listening.Store(false)
	report(nil)
	for {
		revision, err := from.wait(ctx)
		if err == nil && revision > db.Seen() {
			err = db.catchUp(ctx, revision)
		}
		if err != nil {
			return true, err
		}
	}
}

// notices is a connection that hears of the revisions that processes commit.
type notices struct{ conn *pgx.Conn }

func listen(ctx context.Context, config *pgx.ConnConfig) (*notices, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return nil, fmt.Errorf("connecting to listen: %w", err)
	}
	n := &notices{conn}
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		n.close()
		return nil, fmt.Errorf("listening for revisions: %w", err)
	}
	return n, nil
}

// wait returns the next revision that was announced; 0 when none was for a
// while and the connection is well.
func (n *notices) wait(ctx context.Context) (int64, error) {
	waiting, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	notice, err := n.conn.WaitForNotification(waiting)
	if err == nil {
		revision, err := strconv.ParseInt(notice.Payload, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("a notice that is no revision: %w", err)
		}
		return revision, nil
	}
	if !errors.Is(waiting.Err(), context.DeadlineExceeded) || ctx.Err() != nil {
		return 0, fmt.Errorf("the connection that listens was lost: %w", err)
	}
	trying, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := n.conn.Ping(trying); err != nil {
		return 0, fmt.Errorf("the connection that listens does not answer: %w", err)
	}
	return 0, nil
}

func (n *notices) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = n.conn.Close(ctx) // nothing is lost with it
}
