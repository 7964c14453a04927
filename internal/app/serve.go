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
	"net"
	"net/http"
	"os"
	"time"

	"github.com/go-chi/chi/v5"
	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/web"
)

const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 9 * time.Second // a stop takes at most 10 s in all
	pollInterval  = time.Second
)

// Server is a running `burgee serve`.
type Server struct {
	config  ServeConfig
	db      *store.DB
	control *control.Control
	router  chi.Router
}

// NewServer opens the database and wires everything. The caller must call
// Close, or Run, which closes.
func NewServer(ctx context.Context, config ServeConfig, now func() time.Time) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(config.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	db, err := store.Open(ctx, store.Options{Dir: config.DataDir, Now: now})
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, db: db, control: &control.Control{DB: db, Random: rand.Reader}}
	if err := s.control.Bootstrap(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing a new server: %w", err), db.Close())
	}
	s.mount()
	return s, nil
}

func (s *Server) mount() {
	s.router = chi.NewRouter()
	s.router.Use(web.Stack(s.stack())...)
	s.router.NotFound(web.NotFound)
	s.router.MethodNotAllowed(web.NotFound)
	admin := &adminapi.Handler{
		Control:   s.control,
		Principal: func(*http.Request) (access.Principal, error) { return access.System(), nil },
	}
	admin.Mount(s.router)
}

// stack says how requests reach the doors.
func (s *Server) stack() web.StackOptions {
	proxies, _ := s.config.trustedProxies() // Validate has seen the error
	return web.StackOptions{TrustedProxies: proxies, BasePath: s.config.BasePath}
}

// Handler returns the whole server as a handler, for tests in process.
func (s *Server) Handler() http.Handler { return s.router }

// Close releases the database.
func (s *Server) Close() error { return s.db.Close() }

// Run serves until ctx ends, then lets requests finish and closes.
func (s *Server) Run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.config.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listening on %s: %w", s.config.Listen, err), s.Close())
	}
	slog.InfoContext(ctx, "burgee is ready", "address", listener.Addr().String())
	server := &http.Server{Handler: s.router, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := s.serve(server, listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving: %w", err)
		}
		return nil
	})
	group.Go(func() error { return s.poll(running) })
	group.Go(func() error {
		<-running.Done()
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return server.Shutdown(stopping)
	})
	err = group.Wait()
	return errors.Join(err, s.Close())
}

func (s *Server) serve(server *http.Server, listener net.Listener) error {
	if s.config.TLSCert == "" {
		return server.Serve(listener)
	}
	return server.ServeTLS(listener, s.config.TLSCert, s.config.TLSKey)
}

// poll delivers what other processes on the same database committed.
func (s *Server) poll(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := s.db.CatchUp(ctx); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "catching up with the database failed; trying again", "error", err)
			}
		}
	}
}
