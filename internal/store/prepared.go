package store

import (
	"context"
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"
)

// maxPrepared bounds the statements that a connection keeps: a change of a flag
// takes some 25, each of a few kB.
const maxPrepared = 64

// preparing opens connections to SQLite that keep the statements which they have
// prepared, as PostgreSQL's driver does by itself: to read the text of the same
// statements again took a third of the processor time of a change.
type preparing struct{ driver.Connector }

func newPreparing(dsn string) (driver.Connector, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("the address of the database: %w", err)
	}
	return preparing{c}, nil
}

// Connect implements [driver.Connector].
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // as it is
	}
	whole, ok := conn.(sqliteConn)
	if !ok {
		return conn, nil // it works as well, and slower
	}
	return &preparingConn{sqliteConn: whole, kept: make(map[string]*prepared)}, nil
}

// sqliteConn is what database/sql asks of a connection to SQLite.
type sqliteConn interface {
	driver.Conn
	session
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
}

type session interface {
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparingConn is a connection with the statements that it keeps, by text. Like
// any driver.Conn it serves one goroutine at a time.
type preparingConn struct {
	sqliteConn

	kept map[string]*prepared
}

type prepared struct {
	statement

	busy bool // its rows are being read
}

// statement is what SQLite's driver prepares.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// take returns the statement of a text for one run; nil when that is under way
// already, or cannot be prepared: then the connection itself says why.
func (c *preparingConn) take(ctx context.Context, query string) *prepared {
	if p := c.kept[query]; p != nil {
		if p.busy {
			return nil
		}
		p.busy = true
		return p
	}
	stmt, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	whole, ok := stmt.(statement)
	if !ok {
		_ = stmt.Close() // the connection runs the text itself
		return nil
	}
	p := &prepared{statement: whole, busy: true}
	if len(c.kept) >= maxPrepared {
		c.forget()
	}
	c.kept[query] = p
	return p
}

// forget closes one of the statements that are not busy: any, as the order of a
// map has it.
func (c *preparingConn) forget() {
	for query, p := range c.kept {
		if !p.busy {
			_ = p.Close() // it has no more use
			delete(c.kept, query)
			return
		}
	}
}

// QueryContext implements [driver.QueryerContext].
func (c *preparingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	p := c.take(ctx, query)
	if p == nil {
		return c.sqliteConn.QueryContext(ctx, query, args) //nolint:wrapcheck // as it is
	}
	rows, err := p.statement.QueryContext(ctx, args)
	if err != nil {
		p.busy = false
		return nil, err //nolint:wrapcheck // as it is
	}
	return preparedRows{rows, p}, nil
}

// ExecContext implements [driver.ExecerContext].
func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	p := c.take(ctx, query)
	if p == nil {
		return c.sqliteConn.ExecContext(ctx, query, args) //nolint:wrapcheck // as it is
	}
	defer func() { p.busy = false }()
	return p.statement.ExecContext(ctx, args) //nolint:wrapcheck // as it is
}

// Close implements [driver.Conn].
func (c *preparingConn) Close() error {
	for _, p := range c.kept {
		_ = p.Close() // the connection goes anyway
	}
	clear(c.kept)
	return c.sqliteConn.Close() //nolint:wrapcheck // as it is
}

// preparedRows give their statement back when they are closed.
type preparedRows struct {
	driver.Rows

	of *prepared
}

// Close implements [driver.Rows].
func (r preparedRows) Close() error {
	r.of.busy = false
	return r.Rows.Close() //nolint:wrapcheck // as it is
}
