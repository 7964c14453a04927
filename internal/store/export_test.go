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
