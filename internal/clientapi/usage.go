package clientapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// versionHeader tells SDKs, when they register, what they talk to.
const versionHeader = "X-Burgee-Version"

// maxSeenTokens bounds the tokens that an edge reports in one body; the rest
// come with its next.
const maxSeenTokens = 1000

// register notes an application that has started.
func (h *Handler) register(w http.ResponseWriter, r *http.Request) error {
	grant, raw, err := h.report(w, r)
	if err == nil {
		err = h.Usage.TakeRegistration(reporter(grant, r), raw)
	}
	if err != nil {
		return err
	}
	w.Header().Set(versionHeader, h.Version)
	w.WriteHeader(http.StatusAccepted)
	return nil
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
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// bulk counts what an edge has collected. The environment is that of the
// token, whatever the items say.
func (h *Handler) bulk(w http.ResponseWriter, r *http.Request) error {
	grant, raw, err := h.report(w, r)
	if err != nil {
		return err
	}
	bulk, err := usage.ReadBulk(raw)
	if err != nil {
		return err
	}
	h.Usage.Bulk(reporter(grant, r), bulk)
	for _, secret := range bulk.SeenTokens[:min(len(bulk.SeenTokens), maxSeenTokens)] {
		h.Auth.Used(secret)
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// edge notes what an edge says of itself.
func (h *Handler) edge(w http.ResponseWriter, r *http.Request) error {
	grant, raw, err := h.report(w, r)
	if err != nil {
		return err
	}
	edge, err := usage.ReadEdge(raw)
	if err != nil {
		return err
	}
	h.Edges.Add(edge, grant.ID)
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// report returns who reports, and the JSON.
func (h *Handler) report(w http.ResponseWriter, r *http.Request) (*auth.Grant, []byte, error) {
	grant, err := h.grant(r)
	if err != nil {
		return nil, nil, err
	}
	raw, err := web.ReadJSON(w, r, web.DefaultBodyLimit)
	return grant, raw, err
}

func reporter(grant *auth.Grant, r *http.Request) usage.Reporter {
	return usage.Reporter{Scope: grant.Scope, Frontend: grant.Kind == token.Frontend, Address: web.ClientIP(r)}
}
