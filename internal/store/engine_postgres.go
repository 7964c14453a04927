package store

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// What Options leaves open, for PostgreSQL.
const (
	DefaultConnections        = 10
	MinConnections            = 6 // two that write, one that listens, three that read: one may wait for another
	DefaultConnectionLifetime = 30 * time.Minute
	DefaultTimeout            = 30 * time.Second
)

const (
	connectTimeout = 5 * time.Second
	cancelTime     = time.Second     // for the server to end a statement that nobody waits for
	idleTime       = 5 * time.Minute // after which a connection that nobody uses is closed
	writers        = 2               // connections: an update and a tally

	// schemaLock is the key of the advisory lock under which one process migrates
	// at a time: "burgee" in ASCII.
	schemaLock = 0x627572676565
	// channel is where the revisions are announced.
	channel = "burgee_revision"
)

// openPostgres configures the pools; no connection is made. It returns the
// address without password.
//
// How updates follow each other: the first statement of every update locks the
// one row of the table revision, and keeps it until the commit. So updates of
// all nodes run one at a time, READ COMMITTED shows each all that was committed
// before, and revisions and the chain of events grow in the order of the
// commits, with no gap that a reader could miss. Serializable transactions
// would give the same at the price of failures that must be tried again, and
// without a row that a notice can be ordered by. Writes to a flag server are
// rare and short; what is neither (usage, last-seen) is a tally, which takes no
// lock that an update needs.
//
// How a node that hangs or is cut off does not hold that lock for long: the
// server ends its transaction when it is idle for the time a transaction has,
// or at the end of a statement that takes longer. Both limits are set inside
// the transaction, so they pass through a pooler that hands out connections by
// the transaction.
func (db *DB) openPostgres(o Options) (string, error) {
	config, err := parseURL(o.URL)
	if err != nil {
		return "", err
	}
	db.timeout = orDefault(o.Timeout, DefaultTimeout)
	limits := fmt.Sprintf(`set_config('statement_timeout', '%[1]d', true), set_config('idle_in_transaction_session_timeout', '%[1]d', true)`,
		db.timeout.Milliseconds())
	db.dialect = dialect{
		name: "postgres", goose: goose.DialectPostgres,
		view:   sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
		update: sql.TxOptions{Isolation: sql.LevelReadCommitted},
		lock:   `SELECT ` + limits + ` FROM revision WHERE id = 1 FOR UPDATE`,
		tally:  `SELECT ` + limits,
		among:  ` = ANY(?)`,
		list:   func(texts []string) any { return texts },
		size:   `SELECT pg_database_size(current_database())`,
		notify: `SELECT pg_notify('` + channel + `', $1)`,

		seize: `SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)
			FROM revision WHERE id = 1 FOR UPDATE`,
		columns: `SELECT column_name, data_type = 'boolean' FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name`,
		lastNumber: `SELECT COALESCE((SELECT last_value FROM pg_sequences
			WHERE schemaname = current_schema() AND sequencename = $1 || '_id_seq'), 0)`,
		setLastNumber: `SELECT setval(pg_get_serial_sequence($1, 'id'), $2)`,
	}
	db.turn, db.tallyTurn = make(chan struct{}, 1), make(chan struct{}, 1)
	most := orDefault(o.MaxConnections, DefaultConnections)
	if most < MinConnections {
		return "", fmt.Errorf("the number of database connections must be at least %d, not %d", MinConnections, most)
	}
	lifetime := orDefault(o.ConnectionLifetime, DefaultConnectionLifetime)
	db.writer = pool(config, writers, lifetime)
	db.reader = pool(config, most-writers-1, lifetime)
	db.listener = func(ctx context.Context) (*notices, error) { return listen(ctx, config) }
	if o.ListenURL != "" {
		elsewhere, err := parseURL(o.ListenURL)
		if err != nil {
			return "", err
		}
		db.listener = func(ctx context.Context) (*notices, error) { return listen(ctx, elsewhere) }
	}
	return whereabouts(config), nil
}

// parseURL reads the address of a database. Statements are described once a
// connection and never named on the server, so that they pass through a pooler
// that hands out connections by the transaction, unless the address asks for
// another default_query_exec_mode.
func parseURL(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the address of the database cannot be understood: %w", err) // pgx hides passwords
	}
	if config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "burgee"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	return config, nil
}

// whereabouts is an address without user and password, for messages.
func whereabouts(config *pgx.ConnConfig) string {
	return "postgres://" + net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))) + "/" + config.Database
}

func pool(config *pgx.ConnConfig, connections int, lifetime time.Duration) *sql.DB {
	config = config.Copy()
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelTime}
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxLifetime(lifetime)
	db.SetConnMaxIdleTime(idleTime)
	return db
}

// lockSchema waits until no other process migrates. A lock of the transaction
// and not of the session, so that it passes through a pooler.
func (db *DB) lockSchema(ctx context.Context) (unlock func(), err error) {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, classify(err)
	}
	_, err = tx.ExecContext(ctx, `SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
		set_config('idle_in_transaction_session_timeout', '0', true), pg_advisory_xact_lock($1)`, int64(schemaLock))
	if err != nil {
		_ = tx.Rollback() // the error that matters is err
		return nil, classify(err)
	}
	return func() { _ = tx.Rollback() }, nil // it wrote nothing
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
