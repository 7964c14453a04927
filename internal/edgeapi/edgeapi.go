// Package edgeapi is the door for edges that check tokens on behalf of their
// clients: /edge.
//
// Main type: [Handler], which mounts itself. What does not belong: who a token
// is (package auth).
package edgeapi

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/web"
)

// questionsPerMinute bounds what one address may ask: the route needs no
// credential and tells which secrets are live.
const questionsPerMinute = 120

// Handler is the API of edges. Make it with [New].
type Handler struct {
	auth      auth.Finder
	questions *web.Limiter
	body      *web.Body[Question]
}

// New returns the handler.
func New(a auth.Finder, now func() time.Time) *Handler {
	return &Handler{auth: a, questions: web.NewLimiter(questionsPerMinute, time.Minute, now), body: &web.Body[Question]{}}
}

// Mount adds the routes to a router.
func (h *Handler) Mount(r chi.Router) {
	r.Method(http.MethodPost, "/edge/validate", web.Handler(h.validate))
}
