package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// rowsInStatement bounds the rows of one statement: a round trip for each row
// would be slow on PostgreSQL, and a long statement takes SQLite longer than
// several short ones.
const rowsInStatement = 32

// batch says how many rows are written at once.
type batch[T any] struct {
	columns []string      // of the rows, each with its type, as in "seen_at BIGINT"
	write   string        // an INSERT … SELECT … or an UPDATE … FROM batch WHERE …
	row     func(T) []any // the values of the columns
}

// run writes items. Rows that conflict with each other must not be among them.
func (b batch[T]) run(ctx context.Context, tx *Tx, items []T) error {
	for some := range slices.Chunk(items, rowsInStatement) {
		args := make([]any, 0, len(some)*len(b.columns))
		for _, item := range some {
			args = append(args, b.row(item)...)
		}
		if _, err := tx.exec(ctx, b.statement(len(some)), args...); err != nil {
			return err
		}
	}
	return nil
}

// statement is the statement for a number of rows. The types are spelled out
// since PostgreSQL takes a bare parameter for text.
func (b batch[T]) statement(rows int) string {
	names := make([]string, len(b.columns))
	var s strings.Builder
	for i, column := range b.columns {
		names[i], _, _ = strings.Cut(column, " ")
	}
	s.WriteString(`WITH batch (` + strings.Join(names, `,`) + `) AS (VALUES `)
	for row := range rows {
		if row > 0 {
			s.WriteString(`,`)
		}
		separator := `(`
		for i, column := range b.columns {
			_, kind, _ := strings.Cut(column, " ")
			s.WriteString(separator + `CAST($` + strconv.Itoa(row*len(b.columns)+i+1) + ` AS ` + kind + `)`)
			separator = `,`
		}
		s.WriteString(`)`)
	}
	return s.String() + `) ` + b.write
}
