// Package frontendapi is the door for browsers and phones: /api/frontend, and
// /api/proxy and /proxy, which are the same. It opens to front-end tokens only, which are no secrets, and answers with the
// flags that are on for a context; what a flag is made of never leaves.
//
// Main types: [Handler], which mounts itself; [Proxy], the door of a proxy, which
// does too; [Origins], the web origins whose pages may call, and [CORS], what
// else these are told. Flow: auth turns the token into a grant, the request
// becomes an eval.Context, and the snapshot appends its answers to a pooled
// buffer. What does not belong: how a flag is evaluated (package eval), what
// answers look like on the wire (package snapshot).
package frontendapi

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// prefixes are the paths of the evaluation, below which every other route of
// this package lives: that of Unleash, and those at which edges and proxies
// serve the same, so that their clients move by another host name.
func prefixes() []string { return []string{"/api/frontend", "/api/proxy", "/proxy"} }

// Grants knows what tokens may see: auth.Auth on a server, package edge on an
// edge.
type Grants interface {
	// SDK returns the grant of a request's token, as auth.Admit does.
	SDK(context.Context, auth.Request, token.API) (*auth.Grant, error)
	// Again does so for a request that names a secret, which was admitted before,
	// by its digest.
	Again(token.Digest, auth.Request, token.API) (*auth.Grant, error)
	// Watch tells when a grant ends, as auth.Watches does.
	Watch(*auth.Grant) (ended <-chan struct{}, stop func())
}

// Handler is the front-end API. It must not be copied after first use.
type Handler struct {
	Auth      Grants
	Snapshots *snapshot.Store
	Origins   *Origins
	CORS      CORS
	Usage     *usage.Usage
	Streams   *auth.Streams // nil: there is no streaming
	Now       func() time.Time
	BasePath  string // before every path of the server; empty or like "/flags"
	// Environment is what every context says, whatever the request does; empty
	// lets requests say, and else the token.
	Environment string

	questions sync.Pool // of *question
}

// Mount adds the routes to a router.
func (h *Handler) Mount(r chi.Router) {
	for _, prefix := range prefixes() {
		h.any(r, prefix, h.unknown)
		h.any(r, prefix+"/*", h.unknown)
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			h.route(r, method, prefix, h.features)
			h.route(r, method, prefix+"/all", h.all)
			h.route(r, method, prefix+"/features/{name}", h.feature)
		}
		for _, base := range []string{prefix, prefix + "/all"} {
			h.route(r, http.MethodPost, base+"/client/metrics", h.metrics)
			h.route(r, http.MethodPost, base+"/client/register", h.register)
		}
		h.route(r, http.MethodGet, prefix+"/client/features", h.notImplemented)
		h.route(r, http.MethodGet, prefix+"/health", h.notImplemented)
	}
	h.mountOFREP(r)
}

// route adds one route, with the headers that browsers need.
func (h *Handler) route(r chi.Router, method, path string, handler web.Handler) {
	r.Method(method, path, h.CORS.cors(h.Origins, handler))
}

// any adds a route for every method that has none of its own, preflights
// included.
func (h *Handler) any(r chi.Router, path string, handler web.Handler) {
	r.Handle(path, h.CORS.cors(h.Origins, handler))
}

// grant returns what the request's token may see.
func (h *Handler) grant(r *http.Request) (*auth.Grant, error) {
	return h.Auth.SDK(r.Context(), auth.RequestOf(r.Header, web.ClientIP(r)), token.FrontendAPI)
}

// unknown answers for paths and methods that do not exist, to known clients
// only.
func (h *Handler) unknown(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.grant(r); err != nil {
		return err
	}
	web.NotFound(w, r)
	return nil
}

// notImplemented answers for paths of a retired proxy that some clients still
// try.
func (h *Handler) notImplemented(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.grant(r); err != nil {
		return err
	}
	const message = "the front-end API does not offer this"
	web.WriteJSON(w, http.StatusMethodNotAllowed, web.ErrorBody{
		ID: web.RequestID(r), Name: "NotImplementedError", Message: message, Details: []web.ErrorDetail{{Message: message}},
	})
	return nil
}
