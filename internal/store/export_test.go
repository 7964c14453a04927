package store

import (
	"database/sql"
	"database/sql/driver"
)

// ReadThrough makes all reads from here on go through a connector.
func (db *DB) ReadThrough(c driver.Connector) error {
	err := db.reader.Close()
	db.reader = sql.OpenDB(c)
	return err
}

// Seize is what Replace does to a database before it replaces it.
var Seize = seize
