package store

import (
	"context"
	"database/sql"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/burgeehq/burgee/internal/fault"
)

// classify turns a driver's error into a fault. It is the only place that
// knows drivers' errors. The message says nothing of SQL: callers that know
// the thing replace it.
func classify(err error) error {
	switch {
	case err == nil:
		return nil
	case fault.As(err) != nil, errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return fault.Wrap(fault.NotFound, err, "not found")
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Unavailable, err, "the database did not answer in time")
	}
	var driver *sqlite.Error
	if !errors.As(err, &driver) {
		return fault.Wrap(fault.Internal, err, "the database failed")
	}
	switch driver.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fault.Wrap(fault.Conflict, err, "it exists already")
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fault.Wrap(fault.Conflict, err, "something it refers to does not exist, or something still refers to it")
	}
	switch driver.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return fault.Wrap(fault.Unavailable, err, "the database cannot be used at the moment")
	}
	return fault.Wrap(fault.Internal, err, "the database failed")
}

// missing replaces a NotFound error by one that names the thing.
func missing(err error, format string, args ...any) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, format, args...)
	}
	return err
}
