package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/opsapi"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/web"
)

// Between attempts to reach the database at the start.
const (
	firstWait = 500 * time.Millisecond // doubled after each
	maxWait   = 10 * time.Second
)

// What a server says before it can answer.
const (
	reasonLoading = "the server is starting"
	reasonWaiting = "the server is starting and waits for its database"
)

// Serve runs `burgee serve` until ctx ends. It listens at once and says that it
// is not ready until everything is loaded. A PostgreSQL server that cannot be
// reached is waited for; everything else that stops a start is an error.
func Serve(ctx context.Context, config ServeConfig, now func() time.Time) error {
	if err := config.Validate(); err != nil {
		return err
	}
	h := host{listen: config.Listen, basePath: config.BasePath}
	var err error
	if h.tls, err = loadTLS(config.TLSCert, config.TLSKey); err != nil {
		return err
	}
	w := &waiting{config: config, metrics: telemetry.NewMetrics(config.Version)}
	w.say(reasonLoading)
	d, err := h.openDoor(ctx, w.handler())
	if err != nil {
		return err
	}
	server, err := w.load(ctx, now)
	if server == nil || err != nil {
		_ = d.server.Close() // nobody was told anything that could be cut off
		return errors.Join(err, <-d.ended)
	}
	return server.runBehind(ctx, d)
}

// waiting is a server that has not loaded yet.
type waiting struct {
	config  ServeConfig
	metrics *telemetry.Metrics
	reason  atomic.Pointer[string]
}

func (w *waiting) say(reason string) { w.reason.Store(&reason) }

// load makes the server, as soon as its database can be used. It returns nil
// without an error when ctx ends before.
func (w *waiting) load(ctx context.Context, now func() time.Time) (*Server, error) {
	for pause := firstWait; ; pause = min(2*pause, maxWait) {
		server, err := NewServer(ctx, w.config, now)
		switch {
		case err == nil:
			return server, nil
		case ctx.Err() != nil:
			return nil, nil //nolint:nilnil,nilerr // told to stop
		case !w.config.external() || !store.Away(err):
			return nil, err
		}
		w.say(reasonWaiting)
		slog.WarnContext(ctx, "waiting for the database", "error", err, "again_in", pause)
		select {
		case <-ctx.Done():
			return nil, nil //nolint:nilnil // told to stop
		case <-time.After(pause):
		}
	}
}

// handler answers probes, and everything else with status 503: never that a
// token is not known, for which SDKs give up.
func (w *waiting) handler() http.Handler {
	router := chi.NewRouter()
	notReady := func() error {
		return &fault.Error{Kind: fault.Unavailable, Message: *w.reason.Load(), RetryAfter: firstWait}
	}
	unavailable := web.Handler(func(http.ResponseWriter, *http.Request) error { return notReady() })
	router.NotFound(unavailable.ServeHTTP)
	router.MethodNotAllowed(unavailable.ServeHTTP)
	(&opsapi.Handler{Ready: func(context.Context) error { return notReady() }, Metrics: w.metrics.Gatherer()}).Mount(router)
	return w.config.stack(w.metrics, router)
}
