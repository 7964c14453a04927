package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// moved are the tables that Move copies, each after those that it refers to; a
// test holds the list to the schema.
func moved() []string {
	return []string{
		"revision", "change", "setting", "users", "session", "project", "project_member", "role", "user_group",
		"group_member", "project_group", "password_link", "signup_link", "signup_user", "environment", "role_permission",
		"project_environment", "feature", "feature_link", "feature_favorite", "project_favorite", "feature_environment",
		"strategy", "segment", "strategy_segment", "dependency", "context_field", "strategy_definition", "feature_type",
		"tag_type", "tag", "feature_tag", "api_token", "api_token_project", "deleted_init_token", "personal_token",
		"retired_secret", "token_hour", "event", "usage_hour", "usage_total", "usage_writer", "chore", "feature_last_seen", "application",
		"application_environment", "instance", "unknown_flag", "edge", "integration", "integration_event",
	}
}

// Moved is what one table had.
type Moved struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	// Digest is over all rows, whatever their order, in lower-case hex.
	Digest string `json:"digest"`
}

// Errors of [Move]. Nothing is kept in the target then.
var (
	ErrNothingToMove = errors.New("the source is empty: no server has started on it")
	ErrTargetInUse   = errors.New("the target is not empty: name a database that no server has started on")
	ErrSourceChanged = errors.New("the source changed while it was copied: stop every server that uses it, and run this again")
)

// Move copies everything in one database to another one, of either engine, that
// holds nothing yet. All of it is there when Move returns nil, and nothing of it
// otherwise, so it can be run again. Before the commit it reads back what it
// wrote, reads the source once more, and compares the number of rows and a
// digest of each table; it follows the chain of events too. It tells from time
// to time which table it is at and how many of its rows are done.
func Move(ctx context.Context, from, to *DB, tell func(table string, rows int64)) ([]Moved, error) {
	source, err := from.begin(ctx, from.reader, &from.dialect.view)
	if err != nil {
		return nil, fmt.Errorf("reading the source: %w", err)
	}
	defer func() { _ = source.sql.Rollback() }() // nothing to lose: it only read
	if used, err := source.used(ctx); err != nil || !used {
		return nil, errors.Join(err, ErrNothingToMove)
	}
	target, err := to.begin(ctx, to.writer, &to.dialect.update)
	if err != nil {
		return nil, fmt.Errorf("writing the target: %w", err)
	}
	defer func() { _ = target.sql.Rollback() }() // too late after a commit, and without effect
	if err := target.clear(ctx); err != nil {
		return nil, err
	}
	all, err := source.copyTo(ctx, target, tell)
	if err != nil {
		return nil, err
	}
	if err := from.unchanged(ctx, all, tell); err != nil {
		return nil, err
	}
	if _, err := target.followChain(ctx, ChainHead{}, func(done int64) { tell("events verified", done) }); err != nil {
		return nil, fmt.Errorf("the copy of the event log: %w", err)
	}
	if err := target.sql.Commit(); err != nil {
		return nil, fmt.Errorf("writing the target: %w", uncertain(err))
	}
	return all, nil
}

// used reports whether a server has ever started on a database.
func (tx *Tx) used(ctx context.Context) (bool, error) {
	revision, err := tx.Revision(ctx)
	return revision > 0, err
}

// clear takes out what the migrations put in, and fails when there is more.
// It keeps servers that start on the database waiting.
func (tx *Tx) clear(ctx context.Context) error {
	if tx.db.dialect.seize != "" {
		if _, err := tx.exec(ctx, tx.db.dialect.seize); err != nil {
			return fmt.Errorf("writing the target: %w", err)
		}
	}
	used, err := tx.used(ctx)
	if err != nil {
		return fmt.Errorf("reading the target: %w", err)
	}
	if used {
		return ErrTargetInUse
	}
	tables := moved()
	for i := range tables {
		table := tables[len(tables)-1-i]
		if table == "event" {
			continue // it lets nobody delete, and is empty
		}
		if _, err := tx.exec(ctx, `DELETE FROM `+table); err != nil {
			return fmt.Errorf("preparing the target's table %s: %w", table, err)
		}
	}
	return nil
}

// copyTo copies all tables and compares each with what arrived.
func (tx *Tx) copyTo(ctx context.Context, target *Tx, tell func(string, int64)) ([]Moved, error) {
	all := make([]Moved, 0, len(moved()))
	for _, table := range moved() {
		columns, err := target.columns(ctx, table)
		if err != nil {
			return nil, fmt.Errorf("reading the target's table %s: %w", table, err)
		}
		in := &inserter{tx: target, table: table, columns: columns}
		read, err := tx.scan(ctx, reading{table: table, columns: columns, each: in.add, tell: tell})
		if err == nil {
			err = in.flush(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("copying the table %s: %w", table, err)
		}
		written, err := target.scan(ctx, reading{table: table, columns: columns, tell: func(string, int64) {}})
		if err != nil {
			return nil, fmt.Errorf("verifying the table %s: %w", table, err)
		}
		if read != written {
			return nil, fmt.Errorf("the table %s is not the same after the copy: %d rows of %d", table, written.Rows, read.Rows)
		}
		all = append(all, read)
	}
	return all, tx.copySequences(ctx, target)
}

// unchanged reads the source once more.
func (db *DB) unchanged(ctx context.Context, before []Moved, tell func(string, int64)) error {
	tx, err := db.begin(ctx, db.reader, &db.dialect.view)
	if err != nil {
		return fmt.Errorf("reading the source again: %w", err)
	}
	defer func() { _ = tx.sql.Rollback() }() // nothing to lose: it only read
	for _, table := range before {
		columns, err := tx.columns(ctx, table.Table)
		if err != nil {
			return fmt.Errorf("reading the source again: %w", err)
		}
		now, err := tx.scan(ctx, reading{table: table.Table, columns: columns, tell: tell})
		if err != nil {
			return fmt.Errorf("reading the source again: %w", err)
		}
		if now != table {
			return ErrSourceChanged
		}
	}
	return nil
}

// column is one column of a table. SQLite has no booleans of its own and returns
// them as 0 and 1.
type column struct {
	name  string
	truth bool
}

// value is what a row has in the column, the same of both engines.
func (c column) value(raw any) any {
	if number, ok := raw.(int64); ok && c.truth {
		return number != 0
	}
	return raw
}

// columns returns a table's columns, by name: the engines may have them in
// another order.
func (tx *Tx) columns(ctx context.Context, table string) ([]column, error) {
	return list(ctx, tx, func(s scanner) (column, error) {
		var c column
		err := s.Scan(&c.name, &c.truth)
		return c, err
	}, tx.db.dialect.columns, table)
}

func names(columns []column) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.name
	}
	return strings.Join(all, `, `)
}

// reading says what to read of a table, and what becomes of it.
type reading struct {
	table   string
	columns []column
	each    func(context.Context, []any) error // nil: nothing
	tell    func(table string, rows int64)
}

// toldRows is how many rows are read between two calls of tell.
const toldRows = 10_000

// scan reads a table and returns what it has.
func (tx *Tx) scan(ctx context.Context, r reading) (Moved, error) {
	r.tell(r.table, 0)
	query := `SELECT ` + names(r.columns) + ` FROM ` + r.table
	if r.table == "event" {
		query += ` ORDER BY id` // they are added at the end
	}
	result := Moved{Table: r.table}
	var digest multiset
	row, targets := make([]any, len(r.columns)), make([]any, len(r.columns))
	for i := range row {
		targets[i] = &row[i]
	}
	err := tx.each(ctx, func(s scanner) error {
		if err := s.Scan(targets...); err != nil {
			return err //nolint:wrapcheck // each does
		}
		for i, c := range r.columns {
			row[i] = c.value(row[i])
		}
		digest.add(row)
		if result.Rows++; result.Rows%toldRows == 0 {
			r.tell(r.table, result.Rows)
		}
		if r.each == nil {
			return nil
		}
		return r.each(ctx, row)
	}, query)
	result.Digest = digest.String()
	return result, err
}

// inserter writes rows, many with one statement.
type inserter struct {
	tx      *Tx
	table   string
	columns []column
	values  []any
	rows    int
}

func (in *inserter) add(ctx context.Context, row []any) error {
	in.values = append(in.values, row...)
	if in.rows++; in.rows < rowsInStatement {
		return nil
	}
	return in.flush(ctx)
}

func (in *inserter) flush(ctx context.Context) error {
	if in.rows == 0 {
		return nil
	}
	var s strings.Builder
	s.WriteString(`INSERT INTO ` + in.table + ` (` + names(in.columns) + `) VALUES `)
	for i := range in.values {
		switch {
		case i == 0:
			s.WriteString(`(`)
		case i%len(in.columns) == 0:
			s.WriteString(`), (`)
		default:
			s.WriteString(`, `)
		}
		s.WriteString(`$` + strconv.Itoa(i+1))
	}
	s.WriteString(`)`)
	_, err := in.tx.exec(ctx, s.String(), in.values...)
	in.values, in.rows = in.values[:0], 0
	return err
}

// copySequences carries over the highest numbers that were ever given out: the
// number of something that was deleted is not given to anything else.
func (tx *Tx) copySequences(ctx context.Context, target *Tx) error {
	for _, table := range moved() {
		var last int64
		err := tx.one(ctx, tx.db.dialect.lastNumber, []any{table}, &last)
		if err != nil {
			return fmt.Errorf("reading the last number of %s: %w", table, err)
		}
		if last == 0 {
			continue
		}
		changed, err := target.exec(ctx, target.db.dialect.setLastNumber, table, last)
		if err == nil && changed == 0 {
			_, err = target.exec(ctx, target.db.dialect.addLastNumber, table, last)
		}
		if err != nil {
			return fmt.Errorf("setting the last number of %s: %w", table, err)
		}
	}
	return nil
}

// multiset is a digest of rows that does not depend on their order: the sum of
// the SHA-256 of each, in four lanes of 64 bits. It tells a faulty copy from a
// good one; it is no proof against somebody who makes up rows on purpose.
type multiset [4]uint64

func (m *multiset) add(row []any) {
	sum := sha256.New()
	for _, value := range row {
		write(sum, canonical(value))
	}
	digest := sum.Sum(nil)
	for i := range m {
		m[i] += binary.BigEndian.Uint64(digest[8*i:])
	}
}

// String is the digest in hex.
func (m multiset) String() string {
	return fmt.Sprintf("%016x%016x%016x%016x", m[0], m[1], m[2], m[3])
}

// canonical is a value as text, the same for what either engine returns of it,
// and ending where it ends.
func canonical(value any) string {
	switch v := value.(type) {
	case nil:
		return "-"
	case bool:
		if v {
			return "1,"
		}
		return "0,"
	case int64:
		return strconv.FormatInt(v, 10) + ","
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64) + ","
	case []byte:
		return strconv.Itoa(len(v)) + ":" + string(v)
	}
	text := fmt.Sprint(value)
	return strconv.Itoa(len(text)) + ":" + text
}
