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
	// size returns the size of the database in bytes.
	size string
}
