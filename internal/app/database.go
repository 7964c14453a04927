package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// DatabaseConfig says which database to use when it is not a file in the data
// directory. The variables without BURGEE_ are those of Unleash deployments.
type DatabaseConfig struct {
	DatabaseURL string `name:"database-url" help:"PostgreSQL database, 13 or later, as postgres://user:password@host:5432/name?sslmode=verify-full; any number of nodes may use it. Set the variable when it holds a password. SQLite in the data directory without it." env:"DATABASE_URL" placeholder:"URL"`

	DatabaseHost     string `hidden:"" help:"Host of the PostgreSQL database, for deployments that give the parts and no address." env:"DATABASE_HOST"`
	DatabasePort     uint16 `hidden:"" help:"Its port; 5432 without it." env:"DATABASE_PORT"`
	DatabaseName     string `hidden:"" help:"Its name; that of the user without it." env:"DATABASE_NAME"`
	DatabaseUsername string `hidden:"" help:"Who signs in to it." env:"DATABASE_USERNAME"`
	DatabasePassword string `hidden:"" help:"With which password." env:"DATABASE_PASSWORD"`
	DatabaseSSL      string `hidden:"" name:"database-ssl" help:"Encryption of the connection: true and false, or {\"rejectUnauthorized\": true} to verify the server's certificate too; used when the server offers it without the variable." env:"DATABASE_SSL"`
	DatabaseSchema   string `hidden:"" help:"Schema of the tables, which must exist; the user's first one without it." env:"DATABASE_SCHEMA"`
}

// DatabaseLimits say how a server uses PostgreSQL.
type DatabaseLimits struct {
	DatabaseListenURL          string        `hidden:"" name:"database-listen-url" help:"Address of the same database past a pooler, to listen for changes of other nodes; they are found by asking every second when there is no way past it." env:"BURGEE_DATABASE_LISTEN_URL"`
	DatabaseMaxConnections     int           `help:"Connections to PostgreSQL that this process opens at most; at least 6." default:"10" env:"BURGEE_DATABASE_MAX_CONNECTIONS,DATABASE_POOL_MAX"`
	DatabaseConnectionLifetime time.Duration `help:"Age at which a connection to PostgreSQL is replaced, such as 30m." default:"30m" env:"BURGEE_DATABASE_CONNECTION_LIFETIME"`
	DatabaseTimeout            time.Duration `help:"How long a transaction on PostgreSQL may take, waiting included." default:"30s" env:"BURGEE_DATABASE_TIMEOUT"`
	DatabaseGrace              time.Duration `help:"How long tokens are believed while the database does not answer, which alone knows whether they were revoked elsewhere; then SDKs get 503. 0: without end." default:"24h" env:"BURGEE_DATABASE_GRACE"`
}

// external reports whether the database is a server of its own.
func (c DatabaseConfig) external() bool { return c.DatabaseURL != "" || c.DatabaseHost != "" }

// validate names the first setting that cannot work, and never its value, which
// may hold a password.
func (c DatabaseConfig) validate() error {
	if !c.external() {
		for name, value := range map[string]string{
			"DATABASE_NAME": c.DatabaseName, "DATABASE_USERNAME": c.DatabaseUsername, "DATABASE_PASSWORD": c.DatabasePassword,
		} {
			if value != "" {
				return fmt.Errorf("%s is set, but neither DATABASE_URL nor DATABASE_HOST says where the database is", name)
			}
		}
		return nil
	}
	_, err := c.address()
	return err
}

// minGrace is longer than it takes to ask the database whether there is news.
const minGrace = 5 * time.Second

func (c DatabaseLimits) validate() error {
	if _, err := pgAddress(c.DatabaseListenURL); err != nil {
		return fmt.Errorf("BURGEE_DATABASE_LISTEN_URL %w", err)
	}
	if c.DatabaseMaxConnections != 0 && c.DatabaseMaxConnections < store.MinConnections {
		return fmt.Errorf("--database-max-connections must be at least %d, not %d", store.MinConnections, c.DatabaseMaxConnections)
	}
	if c.DatabaseConnectionLifetime < 0 {
		return fmt.Errorf("--database-connection-lifetime must not be negative")
	}
	if c.DatabaseTimeout < 0 || (c.DatabaseTimeout > 0 && c.DatabaseTimeout < time.Second) {
		return fmt.Errorf("--database-timeout must be at least 1s, not %s", c.DatabaseTimeout)
	}
	if c.DatabaseGrace < 0 || (c.DatabaseGrace > 0 && c.DatabaseGrace < minGrace) {
		return fmt.Errorf("--database-grace must be 0 or at least 5s, not %s", c.DatabaseGrace)
	}
	return nil
}

// database is what the store needs to open the server's database.
func (c ServeConfig) database(now func() time.Time) store.Options {
	o := c.DatabaseConfig.options(c.DataDir, now)
	o.ListenURL, _ = pgAddress(c.DatabaseListenURL) // Validate has seen the error
	o.MaxConnections, o.ConnectionLifetime, o.Timeout = c.DatabaseMaxConnections, c.DatabaseConnectionLifetime, c.DatabaseTimeout
	return o
}

// options is what the store needs to open the database.
func (c DatabaseConfig) options(dir string, now func() time.Time) store.Options {
	address, _ := c.address() // validate has seen the error
	return store.Options{Dir: dir, URL: address, Now: now}
}

// address is the whole address of the database; empty for SQLite.
func (c DatabaseConfig) address() (string, error) {
	address, err := pgAddress(c.DatabaseURL)
	if err != nil {
		return "", fmt.Errorf("--database-url %w", err)
	}
	if address != "" || c.DatabaseHost == "" {
		return address, nil
	}
	mode, err := sslMode(c.DatabaseSSL)
	if err != nil {
		return "", err
	}
	query := url.Values{}
	for name, value := range map[string]string{"sslmode": mode, "search_path": c.DatabaseSchema} {
		if value != "" {
			query.Set(name, value)
		}
	}
	parts := url.URL{Scheme: "postgres", Path: "/" + c.DatabaseName}
	if port := ""; strings.HasPrefix(c.DatabaseHost, "/") { // the directory of a socket
		query.Set("host", c.DatabaseHost)
		if c.DatabasePort != 0 {
			query.Set("port", strconv.Itoa(int(c.DatabasePort)))
		}
	} else {
		if c.DatabasePort != 0 {
			port = strconv.Itoa(int(c.DatabasePort))
		}
		parts.Host = strings.TrimSuffix(net.JoinHostPort(c.DatabaseHost, port), ":")
	}
	if c.DatabasePassword != "" {
		parts.User = url.UserPassword(c.DatabaseUsername, c.DatabasePassword)
	} else if c.DatabaseUsername != "" {
		parts.User = url.User(c.DatabaseUsername)
	}
	parts.RawQuery = query.Encode()
	return parts.String(), nil
}

// pgAddress checks an address as far as one can without connecting, and turns
// what only Node.js's driver reads into what libpq reads.
func pgAddress(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	parts, err := url.Parse(address)
	if err != nil || (parts.Scheme != "postgres" && parts.Scheme != "postgresql") {
		return "", fmt.Errorf("must be an address such as postgres://user:password@host:5432/name, with special characters of the password as %%XX")
	}
	query := parts.Query()
	if query.Has("ssl") || query.Get("sslmode") == "no-verify" {
		mode := "require"
		if ssl := query.Get("ssl"); ssl == "false" || ssl == "0" {
			mode = "disable"
		}
		query.Del("ssl")
		query.Set("sslmode", mode)
		parts.RawQuery = query.Encode()
	}
	return parts.String(), nil
}

// sslMode reads DATABASE_SSL as Unleash deployments set it.
func sslMode(text string) (string, error) {
	switch strings.ToLower(text) {
	case "":
		return "", nil
	case "false":
		return "disable", nil
	case "true":
		return "require", nil
	}
	var options struct {
		RejectUnauthorized *bool `json:"rejectUnauthorized"`
	}
	if err := json.Unmarshal([]byte(text), &options); err != nil {
		return "", fmt.Errorf("DATABASE_SSL must be true, false or an object such as {\"rejectUnauthorized\": true}")
	}
	if options.RejectUnauthorized != nil && !*options.RejectUnauthorized {
		return "require", nil
	}
	return "verify-full", nil
}

// listen makes the process hear of what other nodes commit, until ctx ends.
func (s *Server) listen(ctx context.Context) {
	s.db.Listen(ctx, func(err error) {
		if err != nil {
			slog.WarnContext(ctx, "no longer hearing of changes of other nodes; asking every second until that is back", "error", err)
			return
		}
		slog.InfoContext(ctx, "hearing of changes of other nodes as they happen")
	})
}

// sizeInterval is how often the size of the database is measured.
const sizeInterval = time.Minute

// measureDatabase adds the metrics of the database that is used.
func (s *Server) measureDatabase(ctx context.Context, now func() time.Time) error {
	size := func(ctx context.Context) error {
		bytes, err := s.db.Size(ctx)
		if err == nil {
			s.size.Store(bytes)
		}
		return err
	}
	s.chores = append(s.chores, chore{name: "measuring the database", every: sizeInterval, run: size})
	s.tasks = append(s.tasks, s.listen)
	s.metrics.Gauge("burgee_database_bytes", "Size of the database, measured once a minute.", func() float64 { return float64(s.size.Load()) })
	s.metrics.Gauge("burgee_feed_listening", "1 while this node hears of changes of others as they happen; 0 while it asks every second, as it always does on SQLite.", func() float64 {
		if s.db.Listening() {
			return 1
		}
		return 0
	})
	s.metrics.Gauge("burgee_feed_age_seconds", "Time since this process was last known to serve all that the database has.", func() float64 {
		return max(0, now().Sub(s.db.Heard()).Seconds())
	})
	s.metrics.Gauge("burgee_database_connections", "Connections to the database that are open, the one that listens left out.", func() float64 {
		return float64(s.db.Connections().Open)
	})
	s.metrics.Gauge("burgee_database_connections_busy", "Connections to the database that are in use.", func() float64 {
		return float64(s.db.Connections().Busy)
	})
	s.metrics.Counter("burgee_database_wait_seconds_total", "Time that transactions waited for a connection.", func() float64 {
		return s.db.Connections().Waited.Seconds()
	})
	return size(ctx)
}
