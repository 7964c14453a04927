package edgeapi

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/web"
)

// Backstage is what an edge shows its operator, below /internal-backstage. It
// needs no credential and shows no secret. A part that is nil is not there.
type Backstage struct {
	// Ready returns nil when requests can be answered, or why not.
	Ready        func(*http.Request) error
	Metrics      http.Handler
	Features     func() any // by environment
	Tokens       func() any
	MetricsBatch func() any
	Instance     func() any
}

// Mount adds the routes to a router.
func (b *Backstage) Mount(r chi.Router) {
	r.Get("/internal-backstage/health", func(w http.ResponseWriter, _ *http.Request) {
		web.WriteJSON(w, http.StatusOK, map[string]string{"status": "OK"})
	})
	r.Get("/internal-backstage/ready", b.ready)
	if b.Metrics != nil {
		r.Method(http.MethodGet, "/internal-backstage/metrics", b.Metrics)
	}
	for name, part := range map[string]func() any{
		"features": b.Features, "tokens": b.Tokens, "metricsbatch": b.MetricsBatch, "instancedata": b.Instance,
	} {
		if part != nil {
			r.Get("/internal-backstage/"+name, func(w http.ResponseWriter, _ *http.Request) { web.WriteJSON(w, http.StatusOK, part()) })
		}
	}
}

func (b *Backstage) ready(w http.ResponseWriter, r *http.Request) {
	if err := b.Ready(r); err != nil {
		web.WriteJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "NOTREADY", "error": err.Error()})
		return
	}
	web.WriteJSON(w, http.StatusOK, map[string]string{"status": "READY"})
}
