package frontendapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// register notes an application that has started.
func (h *Handler) register(w http.ResponseWriter, r *http.Request) error {
	grant, raw, err := h.report(w, r)
	if err == nil {
		err = h.Usage.TakeRegistration(reporter(grant, r), raw)
	}
	if err != nil {
		return err
	}
	return ok(w)
}

// metrics counts what one SDK reports.
func (h *Handler) metrics(w http.ResponseWriter, r *http.Request) error {
	grant, raw, err := h.report(w, r)
	if err == nil {
		err = h.Usage.TakeMetrics(reporter(grant, r), raw)
	}
	if err != nil {
		return err
	}
	return ok(w)
}

// report returns who reports, and the JSON.
func (h *Handler) report(w http.ResponseWriter, r *http.Request) (*auth.Grant, []byte, error) {
	grant, err := h.grant(r)
	if err != nil {
		return nil, nil, err
	}
	raw, err := web.ReadJSON(w, r, maxReport)
	return grant, raw, err
}

// maxReport bounds the body of a report, in bytes: who sends it is not secret.
const maxReport = 256 << 10

func reporter(grant *auth.Grant, r *http.Request) usage.Reporter {
	return usage.Reporter{Scope: grant.Scope, Frontend: true, Address: web.ClientIP(r)}
}

// ok answers as SDKs for browsers expect.
func ok(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte("OK")) // the client may be gone
	return nil
}
