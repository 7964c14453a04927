package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the SQLite driver
)

// FileName is the name of the SQLite database inside the data directory.
const FileName = "burgee.db"

// maxReaders bounds the connections that read while the one writer writes.
const maxReaders = 8

// openSQLite opens the file in a directory and returns its path. Beginning an
// update takes the lock of the file, so dialect needs no statement for it.
func (db *DB) openSQLite(o Options) (path string, err error) {
	path = filepath.Join(o.Dir, FileName)
	db.dialect = dialect{
		name: "sqlite", goose: goose.DialectSQLite3, view: sql.TxOptions{ReadOnly: true},
		among: ` IN (SELECT value FROM json_each(?))`,
		list: func(texts []string) any {
			list, _ := json.Marshal(texts) // texts always encode
			return string(list)
		},
		size: `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`,

		columns:       `SELECT name, type = 'BOOLEAN' FROM pragma_table_info($1) ORDER BY name`,
		lastNumber:    `SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = $1), 0)`,
		setLastNumber: `UPDATE sqlite_sequence SET seq = $2 WHERE name = $1`,
		addLastNumber: `INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`,
	}
	db.turn = make(chan struct{}, 1)
	db.tallyTurn = db.turn
	if db.writer, err = openFile(path, "immediate", 1); err != nil {
		return path, err
	}
	db.reader, err = openFile(path, "deferred", maxReaders)
	return path, err
}

// openFile configures one pool. synchronous=FULL makes a commit survive a power
// cut, not only a crash of the process.
func openFile(path, txlock string, connections int) (*sql.DB, error) {
	query := url.Values{"_txlock": {txlock}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-16000)",
	}}
	connector, err := newPreparing("file:" + path + "?" + query.Encode())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}
