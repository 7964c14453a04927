// Package app is the composition root: it builds the commands that run for
// long from the packages below and starts and stops them.
//
// Main type: [Server], the `burgee serve` process, made by [NewServer]. Tests
// run the same type in process. What does not belong: rules, handlers, command
// line parsing (cmd/burgee).
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/authapi"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/opsapi"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
	"github.com/burgeehq/burgee/ui"
)

const pollInterval = time.Second

// Server is a running `burgee serve`.
type Server struct {
	host

	config   ServeConfig
	db       *store.DB
	control  *control.Control
	auth     *auth.Auth
	signIn   *authapi.Handler
	live     *control.Live
	usage    *usage.Usage
	edges    *usage.Edges
	sdk      dataPlane
	metrics  *telemetry.Metrics
	size     atomic.Int64 // of the database, in bytes
	mail     sync.WaitGroup
	stopMail context.CancelFunc // nil when no e-mail is sent
}

// NewServer opens the database, loads what requests are answered from, and
// wires everything. The caller must call Close, or Run, which closes.
func NewServer(ctx context.Context, config ServeConfig, now func() time.Time) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	sealer, err := config.sealer()
	if err != nil {
		return nil, err
	}
	certificate, err := loadTLS(config.TLSCert, config.TLSKey)
	if err != nil {
		return nil, err
	}
	if !config.external() {
		if err := prepareDataDir(config.DataDir); err != nil {
			return nil, err
		}
	}
	db, err := store.Open(ctx, config.database(now))
	if err != nil {
		return nil, err
	}
	s := &Server{
		host:   host{listen: config.Listen, basePath: config.BasePath, tls: certificate, streams: config.streams()},
		config: config, db: db, control: &control.Control{DB: db, Random: rand.Reader, Sealer: sealer},
		metrics: telemetry.NewMetrics(config.Version),
	}
	s.release = s.close
	if err := s.build(ctx, sealer, now); err != nil {
		s.endMail()
		return nil, errors.Join(err, db.Close())
	}
	s.logHead(ctx, "start")
	return s, nil
}

// build wires everything over the open database.
func (s *Server) build(ctx context.Context, sealer *token.Sealer, now func() time.Time) error {
	if err := s.control.Bootstrap(ctx); err != nil {
		return fmt.Errorf("preparing a new server: %w", err)
	}
	s.chores = []chore{{name: "catching up with the database", every: pollInterval, run: s.db.CatchUp}}
	if err := s.identify(ctx, now); err != nil {
		return err
	}
	s.sendMail(ctx, now)
	if err := s.tellIntegrations(sealer); err != nil {
		return err
	}
	if err := s.countUsage(ctx, now); err != nil {
		return err
	}
	s.live = control.NewLive(s.db)
	s.db.Subscribe(s.live.Receive)
	s.beside = append(s.beside, atStop(s.live.Close), s.config.serveProfiles)
	var err error
	if s.sdk, err = newDataPlane(ctx, s, now); err != nil {
		return err
	}
	if err := s.measureDatabase(ctx, now); err != nil {
		return err
	}
	if err := s.mount(); err != nil {
		return err
	}
	s.measure()
	measureStreams(s.metrics, s.streams)
	return nil
}

// logHead logs the newest event with its hash, for `burgee audit verify
// --expect`: in a log elsewhere nobody can change it along with the database.
func (s *Server) logHead(ctx context.Context, at string) {
	var head store.ChainHead
	err := s.db.View(ctx, func(tx *store.Tx) error {
		var err error
		head, err = tx.ChainHead(ctx)
		return err
	})
	if err != nil {
		slog.WarnContext(ctx, "the head of the event log cannot be read", "error", err)
		return
	}
	slog.InfoContext(ctx, "the head of the event log", "at", at, "events", head.ID, "head", head.String())
}

// prepareDataDir makes the data directory and finds out whether it can be
// written, for an error that says so.
func prepareDataDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	probe, err := os.CreateTemp(dir, ".burgee-*")
	if err != nil {
		return fmt.Errorf("the data directory %s cannot be written: %w", dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// measure adds the metrics that other packages keep.
func (s *Server) measure() {
	s.metrics.Gauge("burgee_snapshot_views", "Views of environments, one a scope of tokens, that are kept ready.", func() float64 {
		count, _ := s.sdk.snapshots.Views()
		return float64(count)
	})
	s.metrics.Gauge("burgee_snapshot_view_bytes", "Size of the answers that are kept ready, counting one uncompressed body a view.", func() float64 {
		_, size := s.sdk.snapshots.Views()
		return float64(size)
	})
	s.metrics.Gauge("burgee_edges_listening", "Edges that are told which tokens have ended.", func() float64 { return float64(s.sdk.edge.Open()) })
	s.metrics.Gauge("burgee_live_streams", "Who is told of changes, in the admin UI or elsewhere.", func() float64 { return float64(s.live.Watches()) })
	s.metrics.Gauge("burgee_feed_revision", "Newest revision that this process has seen.", func() float64 { return float64(s.db.Seen()) })
	s.metrics.Counter("burgee_token_revocations_total", "Secrets that stopped working other than by their time: token deleted, expired by a change or rotated at once, user removed.",
		func() float64 { return float64(s.auth.Revocations()) })
	s.metrics.Counter("burgee_chore_failures_total", "Times that repeated work failed, such as reading what other processes wrote; it is tried again.",
		func() float64 { return float64(s.failures.Load()) })
}

func (s *Server) mount() error {
	pages, err := ui.New(ui.Built(), s.config.BasePath)
	if err != nil {
		return err
	}
	router := web.NewRouter()
	router.NotFound(pages.NotFound)
	router.MethodNotAllowed(web.NotFound)
	admin := &adminapi.Handler{
		Control: s.control, Live: s.live, Principal: s.principal, Seen: s.auth.Seen, Uses: s.auth.SecretUses,
		Judge: s.auth.Judge, Download: func(g *auth.Grant) []byte { return s.sdk.client.Download(g) }, Revision: func(scope token.Scope) int64 { return s.sdk.client.Revision(scope) }, SealTools: s.config.SealTools,
		Version: s.config.Version, BasePath: s.config.BasePath,
	}
	admin.Mount(router)
	s.signIn.Mount(router)
	s.sdk.mount(router)
	router.Handle("/api/*", web.Handler(s.unknown))
	ops := &opsapi.Handler{Ready: s.ready, Degraded: s.degraded, Metrics: s.metrics.Gatherer()}
	ops.Mount(router)
	s.handler = s.config.stack(s.metrics, router)
	return pages.Mount(router)
}

// unknown answers for paths of the API that do not exist, to known callers only.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.principal(r); err != nil {
		return err
	}
	web.NotFound(w, r)
	return nil
}

// ready returns a fault that says why requests should not be sent here.
func (s *Server) ready(context.Context) error {
	if s.stopping.Load() {
		return fault.New(fault.Unavailable, "the server is stopping")
	}
	return s.auth.Trusted()
}

// degraded returns a fault that says what does not work, while SDKs are
// answered from memory.
func (s *Server) degraded(ctx context.Context) error { return s.db.Ping(ctx) }

// stack puts what every door needs in front of a router.
func (c ServeConfig) stack(metrics *telemetry.Metrics, router chi.Router) http.Handler {
	proxies, _ := c.trustedProxies() // Validate has seen the error
	return stack(metrics, proxies, c.BasePath, router)
}

// close writes what is in memory and releases the database.
func (s *Server) close(ctx context.Context) error {
	s.endMail()
	s.endStreams(ctx)
	flushed := s.flush(ctx)
	s.logHead(ctx, "stop")
	return errors.Join(flushed, s.db.Close())
}
