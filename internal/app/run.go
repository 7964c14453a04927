package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/opsapi"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/web"
)

// Limits of every connection. A stop takes at most 10 s in all: requests may
// finish for drainTimeout, then what is in memory is written for flushTimeout.
const (
	headerTimeout  = 10 * time.Second
	writeTimeout   = time.Minute // handlers that stream move their own deadline
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 32 << 10
	drainTimeout   = 6 * time.Second
	streamTimeout  = 2 * time.Second // of the drain, for streams to end
	flushTimeout   = 3 * time.Second
)

// chore is work that repeats while the server runs.
type chore struct {
	name   string
	every  time.Duration
	atStop bool // run once more after the last request
	run    func(context.Context) error
}

// host runs a handler: what every command that serves has in common.
type host struct {
	listen   string // host:port
	basePath string
	handler  http.Handler
	tls      *tls.Config   // nil without TLS
	streams  *auth.Streams // nil: there are none
	chores   []chore
	tasks    []func(context.Context) // they run until the context ends
	failures atomic.Int64            // of chores
	stopping atomic.Bool
	// beside runs for as long as the process does.
	beside []func(context.Context) error
	// release writes what is in memory and lets go of what is held.
	release func(context.Context) error
}

// SetLog makes the process log to standard error, as text when that is a
// terminal and as JSON elsewhere. Call it once, before [NewServer].
func (c ServeConfig) SetLog() error {
	level, err := telemetry.ParseLevel(c.LogLevel)
	if err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	telemetry.SetLogger(os.Stderr, level)
	return nil
}

// Run serves until ctx ends, then lets requests finish, writes what is in
// memory and closes. A stop is no error.
func (h *host) Run(ctx context.Context) error {
	d, err := h.openDoor(ctx, h.handler)
	if err != nil {
		return errors.Join(err, h.release(context.WithoutCancel(ctx)))
	}
	return h.runBehind(ctx, d)
}

// door is an address that is listened on, and what answers there.
type door struct {
	listener net.Listener
	server   *http.Server
	handler  atomic.Pointer[http.Handler]
	ended    chan error // takes one: how serving ended, nil when it was to end
}

// openDoor listens and begins to serve.
func (h *host) openDoor(ctx context.Context, handler http.Handler) (*door, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", h.listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", h.listen, err)
	}
	d := &door{listener: listener, ended: make(chan error, 1)}
	d.handler.Store(&handler)
	d.server = &http.Server{
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*d.handler.Load()).ServeHTTP(w, r) }),
		TLSConfig: h.tls, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
		ReadHeaderTimeout: headerTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ConnContext: web.WithPeer,
	}
	go func() {
		err := serve(d.server, listener)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		d.ended <- err
	}()
	return d, nil
}

// runBehind is [host.Run] behind a door that is open.
func (h *host) runBehind(ctx context.Context, d *door) error {
	lasting := context.WithoutCancel(ctx) // for what a stop does
	go settle()
	defer runtime.KeepAlive(newHeapFloor())
	d.handler.Store(&h.handler)
	slog.InfoContext(ctx, "burgee is ready", "url", h.url(d.listener.Addr()))
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := <-d.ended; err != nil {
			return fmt.Errorf("serving: %w", err)
		}
		return nil
	})
	for _, run := range h.beside {
		group.Go(func() error { return run(running) })
	}
	for _, c := range h.chores {
		group.Go(func() error { return h.repeat(running, c) })
	}
	for _, run := range h.tasks {
		group.Go(func() error {
			run(running)
			return nil
		})
	}
	group.Go(func() error {
		<-running.Done()
		h.stopping.Store(true)
		h.drain(lasting, d.server)
		return nil
	})
	return errors.Join(group.Wait(), h.release(lasting))
}

// stack puts what every door needs in front of a router: probes and metrics are
// served without the base path too.
func stack(metrics *telemetry.Metrics, proxies []netip.Prefix, basePath string, router chi.Router) http.Handler {
	return web.Stack(web.StackOptions{
		TrustedProxies: proxies, BasePath: basePath, Everywhere: opsapi.Serves,
		Observe:  func(o web.Observation) { metrics.Request(o.Method, o.Route, o.Status, o.Elapsed) },
		Panicked: metrics.Panicked,
	}, router)
}

// Handler returns the whole process as a handler, for tests in process.
func (h *host) Handler() http.Handler { return h.handler }

// Close writes what is in memory and releases what is held.
func (h *host) Close() error { return h.release(context.Background()) }

// atStop does something when the process is told to stop.
func atStop(do func()) func(context.Context) error {
	return func(ctx context.Context) error {
		<-ctx.Done()
		do()
		return nil
	}
}

func serve(server *http.Server, listener net.Listener) error {
	if server.TLSConfig == nil {
		return server.Serve(listener)
	}
	return server.ServeTLS(listener, "", "")
}

// drain stops accepting and waits for the requests that run; those that take
// too long are cut off.
func (h *host) drain(ctx context.Context, server *http.Server) {
	slog.InfoContext(ctx, "stopping")
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	h.endStreams(ctx)
	if err := server.Shutdown(ctx); err != nil {
		slog.WarnContext(ctx, "requests were cut off because they did not finish in time", "error", err)
		_ = server.Close() // closing connections that are being cut off
	}
}

// endStreams ends the streams, so that their readers look for another server.
// Those that are being written to, and take it too slowly, are cut off.
func (h *host) endStreams(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, streamTimeout)
	defer cancel()
	if h.streams != nil {
		h.streams.Stop(ctx)
	}
}

// repeat runs a chore at its interval until ctx ends. A failure is logged and
// tried again.
func (h *host) repeat(ctx context.Context, c chore) error {
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := c.run(ctx); err != nil && ctx.Err() == nil {
				h.failures.Add(1)
				slog.WarnContext(ctx, "a chore failed; it will be tried again", "chore", c.name, "error", err)
			}
		}
	}
}

// flush runs the chores that a stop waits for.
func (h *host) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	var failed []error
	for _, c := range h.chores {
		if !c.atStop {
			continue
		}
		if err := c.run(ctx); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", c.name, err))
		}
	}
	return errors.Join(failed...)
}

// url is the address that a person on this machine opens.
func (h *host) url(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return address.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "http"
	if h.tls != nil {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + h.basePath + "/"
}

// loadTLS reads the certificate; nil when none is configured.
func loadTLS(certFile, keyFile string) (*tls.Config, error) {
	if certFile == "" {
		return nil, nil //nolint:nilnil // no TLS is a choice, not a failure
	}
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("reading --tls-cert and --tls-key: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}, nil
}
