// Package clientapi is the door for server SDKs, proxies and edges:
// /api/client. It opens to client tokens only and has no CORS: a browser
// cannot use it.
//
// Main type: [Handler], which mounts itself. Flow: auth turns the secret into a
// grant, the grant's scope picks a view of the snapshot, and its bytes are
// written; no request touches SQL. What does not belong: what a flag looks like
// on the wire (package snapshot), who a token is (package auth).
package clientapi

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// Prefix is the path under which every route of this package lives.
const Prefix = "/api/client"

// Grants knows what tokens may see: auth.Auth on a server, package edge on an
// edge.
type Grants interface {
	// SDK returns the grant of a request's token, as auth.Admit does.
	SDK(context.Context, auth.Request, token.API) (*auth.Grant, error)
	// Used records that a secret was used at an edge below.
	Used(secret string)
	// Watch returns a channel that is closed when a grant no longer holds, as
	// auth.Watches does.
	Watch(*auth.Grant) (ended <-chan struct{}, stop func())
}

// Handler is the client API.
type Handler struct {
	Auth      Grants
	Snapshots *snapshot.Store
	Usage     *usage.Usage
	Edges     *usage.Edges
	Streams   *auth.Streams // nil: there is no streaming
	// CatchUp makes the snapshots as new as the database, if they are not; nil
	// when there is none.
	CatchUp func(context.Context) error
	Version string // of Burgee
	Tagless bool   // the snapshots hold no tags: who filters by one is refused
	ByPOST  bool   // flags are told by POST as well, whatever its body, as by Unleash Edge
}

// Mount adds the routes to a router.
func (h *Handler) Mount(r chi.Router) {
	r.Handle(Prefix+"/*", web.Handler(h.unknown))
	r.Method(http.MethodGet, Prefix+"/features", web.Handler(h.features))
	if h.ByPOST {
		r.Method(http.MethodPost, Prefix+"/features", web.Handler(h.features))
	}
	r.Method(http.MethodGet, Prefix+"/features/{name}", web.Handler(h.feature))
	r.Method(http.MethodGet, Prefix+"/delta", web.Compress(web.Handler(h.delta)))
	if h.Streams != nil && h.Streams.Allowed() {
		r.Method(http.MethodGet, Prefix+"/streaming", web.Handler(h.stream))
	}
	r.Method(http.MethodPost, Prefix+"/register", web.Handler(h.register))
	r.Method(http.MethodPost, Prefix+"/metrics", web.Handler(h.metrics))
	r.Method(http.MethodPost, Prefix+"/metrics/bulk", web.Handler(h.bulk))
	r.Method(http.MethodPost, Prefix+"/metrics/edge", web.Handler(h.edge))
}

// grant returns what the request's token may see.
func (h *Handler) grant(r *http.Request) (*auth.Grant, error) {
	return h.Auth.SDK(r.Context(), auth.RequestOf(r.Header, web.ClientIP(r)), token.ClientAPI)
}

// view returns the flags of a grant that the request asks for.
func (h *Handler) view(grant *auth.Grant, filter *snapshot.Filter) *snapshot.View {
	environment := h.Snapshots.Environment(feature.EnvironmentName(grant.Scope.Environment))
	return environment.View(snapshot.Scope{Token: grant.Scope, Key: grant.ScopeKey, Filter: filter})
}

// Revision returns that of the newest change within a scope.
func (h *Handler) Revision(scope token.Scope) int64 {
	return h.Snapshots.Environment(feature.EnvironmentName(scope.Environment)).Revision(scope)
}

// Download returns the JSON that a grant downloads, with segments in a list of
// their own.
func (h *Handler) Download(grant *auth.Grant) []byte {
	return h.view(grant, nil).Payload(false).Body().Bytes
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

func noSuchFlag(name string) error {
	return fault.New(fault.NotFound, "there is no flag %q that this token may see", name)
}
