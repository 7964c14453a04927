// Package edgeapi is the door for edges that check tokens on behalf of their
// clients: /edge, and for the operator of an edge: /internal-backstage.
//
// Main types: [Handler] and [Backstage], which mount themselves. What does not
// belong: who a token is (package auth).
package edgeapi

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

// questionsPerMinute bounds what one address may ask: the route needs no
// credential and tells which secrets are live.
const questionsPerMinute = 120

// Tokens knows tokens: auth.Auth on a server, package edge on an edge.
type Tokens interface {
	auth.Finder
	// SDK returns the grant of a request's token, as auth.Admit does.
	SDK(context.Context, auth.Request, token.API) (*auth.Grant, error)
	// Watch returns a channel that is closed when a grant no longer holds, as
	// auth.Watches does.
	Watch(*auth.Grant) (ended <-chan struct{}, stop func())
	// Follow returns a follower of the tokens of a scope, as auth.News does.
	Follow(token.Scope) (f *auth.Follower, stop func())
}

// Handler is the API of edges. Make it with [New].
type Handler struct {
	tokens    Tokens
	questions *web.Limiter
	body      *web.Body[Question]

	open     atomic.Int64
	stop     sync.Once
	stopping chan struct{}
}

// New returns the handler.
func New(t Tokens, now func() time.Time) *Handler {
	return &Handler{
		tokens: t, questions: web.NewLimiter(questionsPerMinute, time.Minute, now), body: &web.Body[Question]{}, stopping: make(chan struct{}),
	}
}

// Mount adds the routes to a router.
func (h *Handler) Mount(r chi.Router) {
	r.Method(http.MethodPost, "/edge/validate", web.Handler(h.validate))
	r.Method(http.MethodGet, "/edge/stream", web.Handler(h.stream))
}
