package store

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/burgeehq/burgee/internal/fault"
)

// classify turns a driver's error into a fault. This file is the only place
// that knows drivers' errors. The message says nothing of SQL: callers that know
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
	of := ofNothing
	var inFile *sqlite.Error
	var onServer *pgconn.PgError
	switch {
	case errors.As(err, &inFile):
		of = ofSQLite(inFile.Code())
	case errors.As(err, &onServer):
		of = ofPostgres(onServer.Code)
	case connectionLost(err):
		of = ofAbsence
	}
	return of.fault(err)
}

// meaning is what an error says to callers.
type meaning uint8

const (
	ofNothing  meaning = iota // that anybody could act on
	ofTwice                   // it exists already
	ofRelation                // between two things
	ofText                    // that cannot be stored
	ofCrowd                   // of transactions
	ofAbsence                 // of the database
	ofFullness                // of its disk
)

// fault returns the kind and the message for callers.
func (m meaning) fault(err error) error {
	switch m {
	case ofTwice:
		return fault.Wrap(fault.Conflict, err, "it exists already")
	case ofRelation:
		return fault.Wrap(fault.Conflict, err, "something it refers to does not exist, or something still refers to it")
	case ofText:
		return fault.Wrap(fault.Invalid, err, "texts must be valid UTF-8 without the character NUL")
	case ofCrowd:
		return fault.Wrap(fault.Unavailable, err, "too many changes at once: try again")
	case ofAbsence:
		return fault.Wrap(fault.Unavailable, err, "the database cannot be used at the moment")
	case ofFullness:
		return fault.Wrap(fault.Unavailable, err, "the disk of the database is full: nothing can be changed until there is room")
	case ofNothing:
	}
	return fault.Wrap(fault.Internal, err, "the database failed")
}

func ofSQLite(code int) meaning {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ofTwice
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ofRelation
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return ofFullness
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return ofAbsence
	}
	return ofNothing
}

// ofPostgres reads the codes of appendix A of PostgreSQL's manual.
func ofPostgres(code string) meaning {
	switch code {
	case "23505": // unique_violation
		return ofTwice
	case "23503", "23001": // foreign_key_violation, restrict_violation
		return ofRelation
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return ofCrowd
	case "22021", "22P05": // character_not_in_repertoire, untranslatable_character
		return ofText
	case "25006", // read_only_sql_transaction: a standby, or a primary that is being replaced
		"25P03", // idle_in_transaction_session_timeout
		"3D000", // invalid_catalog_name: not restored yet
		"55P03": // lock_not_available
		return ofAbsence
	case "53100": // disk_full
		return ofFullness
	}
	switch code[:min(2, len(code))] {
	case "08", "28", "53", "57", "58": // connection, authorization, resources, operator, system
		return ofAbsence
	}
	return ofNothing
}

// connectionLost reports whether an error is about the way to the server.
func connectionLost(err error) bool {
	var network net.Error
	var connecting *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connecting) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone)
}

// uncertain classifies the error of a commit. When the connection broke under
// it, nobody knows whether the change was kept, and the caller must look.
func uncertain(err error) error {
	var onServer *pgconn.PgError
	if !errors.As(err, &onServer) && connectionLost(err) {
		return fault.Wrap(fault.Unavailable, err, "the database went away during the change: see whether it was made")
	}
	return classify(err)
}

// Away reports whether an error of [Open], or of a transaction, says that the
// database cannot be reached or used now, so that trying again may help. It is
// false for what somebody must mend: a wrong password, a database that does not
// exist, a certificate that is not trusted, a schema that is not ours.
func Away(err error) bool {
	var onServer *pgconn.PgError
	if errors.As(err, &onServer) {
		switch code := onServer.Code; code[:min(2, len(code))] {
		case "28", "3D": // authorization, no such database
			return false
		default:
			what := ofPostgres(code)
			return what == ofAbsence || what == ofCrowd || what == ofFullness
		}
	}
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) || strings.Contains(err.Error(), "refused TLS") { // pgconn has no name for the latter
		return false
	}
	return connectionLost(err) || errors.Is(err, context.DeadlineExceeded)
}

// remedy says what somebody must do about an error of [Open]; empty when there
// is nothing to add.
func remedy(err error) string {
	var onServer *pgconn.PgError
	if !errors.As(err, &onServer) {
		return ""
	}
	switch onServer.Code {
	case "28P01": // invalid_password
		return "PostgreSQL does not accept the user or the password"
	case "28000": // invalid_authorization_specification
		return "PostgreSQL does not let this user in from here: see its pg_hba.conf"
	case "3D000": // invalid_catalog_name
		return "there is no such database: make it first, with CREATE DATABASE … OWNER …"
	case "3F000": // invalid_schema_name
		return "there is no schema in which the user may make tables: make one first, with CREATE SCHEMA … AUTHORIZATION …"
	case "42501": // insufficient_privilege
		return "the user of the database may not do what Burgee needs: let it own the database or the schema"
	}
	return ""
}

// occupied reports whether a table was in the way of one of ours.
func occupied(err error) bool {
	const duplicateTable = "42P07"
	var onServer *pgconn.PgError
	return errors.As(err, &onServer) && onServer.Code == duplicateTable
}

// again runs a write, and once more when another one stood in its way and
// nothing was kept of it: up to five times, with growing pauses of random
// length.
func again(ctx context.Context, write func() error) error {
	const attempts, pause = 5, 10 * time.Millisecond
	var err error
	for i := range attempts {
		if err = write(); err == nil || !crowded(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(pause << i)):
		}
	}
	return err
}

func crowded(err error) bool {
	var onServer *pgconn.PgError
	return errors.As(err, &onServer) && ofPostgres(onServer.Code) == ofCrowd
}

// missing replaces a NotFound error by one that names the thing.
func missing(err error, format string, args ...any) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, format, args...)
	}
	return err
}
