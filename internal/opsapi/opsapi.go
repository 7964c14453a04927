// Package opsapi is the door for whoever runs the server: probes and metrics.
//
// Main type: [Handler]. It is open: it looks at no credential, so that a probe
// which happens to send one is answered all the same. What does not belong:
// anything about flags or people.
package opsapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/web"
)

// The paths of this package.
const (
	HealthPath  = "/health"
	ReadyPath   = "/ready"
	MetricsPath = "/internal-backstage/prometheus"
)

// checkTimeout bounds a readiness check. Probes give up after a second, as those
// of Kubernetes do, and one that gets no answer counts as refused.
const checkTimeout = 500 * time.Millisecond

// Handler is the operations API.
type Handler struct {
	// Ready returns nil when requests should be sent here, or a fault whose
	// message says why not.
	Ready func(context.Context) error
	// Degraded returns nil when everything works, or a fault whose message says
	// what does not, while most requests are answered. Nil is never degraded.
	Degraded func(context.Context) error
	Metrics  prometheus.Gatherer
}

// Serves reports whether a path is one of this package's, for serving it
// outside of a base path.
func Serves(path string) bool {
	return path == HealthPath || path == ReadyPath || path == MetricsPath
}

// Mount adds the routes to a router.
func (h *Handler) Mount(r chi.Router) {
	r.Get(HealthPath, h.health)
	r.Get(ReadyPath, h.ready)
	r.Method(http.MethodGet, MetricsPath, promhttp.HandlerFor(h.Metrics, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
}

// Health is the body of [HealthPath] and [ReadyPath].
type Health struct {
	Health string `json:"health"` // GOOD or, for readiness only, DEGRADED or BAD
	Reason string `json:"reason,omitempty"`
}

// health says that the process runs. It does not look at the database:
// restarting Burgee does not mend one that is down.
func (h *Handler) health(w http.ResponseWriter, _ *http.Request) {
	web.WriteJSON(w, http.StatusOK, Health{Health: "GOOD"})
}

// ready says whether requests should be sent here. A server that is degraded
// says so with status 200: every node is when their database is away, and none
// of them should be taken out for it.
func (h *Handler) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	if err := h.Ready(ctx); err != nil {
		slog.WarnContext(ctx, "not ready", "error", err)
		web.WriteJSON(w, http.StatusServiceUnavailable, Health{Health: "BAD", Reason: reason(err, "the server is not ready")})
		return
	}
	if h.Degraded != nil {
		if err := h.Degraded(ctx); err != nil {
			slog.WarnContext(ctx, "degraded", "error", err)
			web.WriteJSON(w, http.StatusOK, Health{Health: "DEGRADED", Reason: reason(err, "not everything works")})
			return
		}
	}
	web.WriteJSON(w, http.StatusOK, Health{Health: "GOOD"})
}

// reason is what may be said of an error; otherwise when it is not for everybody.
func reason(err error, otherwise string) string {
	if known := fault.As(err); known != nil {
		return known.Message
	}
	return otherwise
}
