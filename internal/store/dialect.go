package store

import (
	"database/sql"

	"github.com/pressly/goose/v3"
)

// dialect is what differs between the engines, other than how to open them, what
// their errors mean (errors.go) and their migrations.
type dialect struct {
	name  string // of the directory of its migrations
	goose goose.Dialect
	// view and update are how transactions begin.
	view, update sql.TxOptions
	// lock is the first statement of an update: it waits until no other update
	// is under way in any process. Empty: beginning does that.
	lock string
	// tally is the first statement of a transaction that only counts; empty for
	// none.
	tally string
	// notify tells other processes of a revision, $1, once it is committed; empty:
	// they find out themselves.
	notify string
	// among is the rest of a condition that a column holds one of a list of texts,
	// which is the argument ?, made by list.
	among string
	list  func([]string) any
	// size returns the size of the database in bytes.
	size string

	// What Move needs. seize is as lock, but for as long as it takes; columns
	// returns the names of the columns of a table, $1, sorted, and whether each is
	// of booleans; lastNumber returns
	// the highest id that was ever given to a row of a table, $1, 0 for none or
	// when the table does not number its rows; setLastNumber sets it to $2, and
	// addLastNumber does when the former changed nothing.
	seize, columns, lastNumber, setLastNumber, addLastNumber string
}
