package adminapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/control"
)

// Session is one sign-in of the person asking, in one browser.
type Session struct {
	ID        string     `json:"id" doc:"Opens nothing"`
	CreatedAt time.Time  `json:"createdAt" doc:"When somebody signed in"`
	ExpiresAt time.Time  `json:"expiresAt" doc:"Use does not prolong it"`
	SeenAt    *time.Time `json:"seenAt" nullable:"true" doc:"When it was last used"`
	Address   string     `json:"address" doc:"Network address of the sign-in"`
	UserAgent string     `json:"userAgent" doc:"The browser, as it calls itself"`
	Current   bool       `json:"current" doc:"The one that asks"`
}

// Sessions are the sign-ins of the person asking.
type Sessions struct {
	Sessions []Session `json:"sessions"`
}

func (h *Handler) sessionRoutes() []Route {
	return []Route{
		read("/user/sessions", "getSessions", "List where you are signed in", signedIn(), h.listSessions),
		act(http.MethodDelete, "/user/sessions", "deleteOtherSessions", "Sign out everywhere else", signedIn(), http.StatusOK, h.endOtherSessions),
		act(http.MethodDelete, "/user/sessions/{id}", "deleteSession", "Sign out in one browser", signedIn(), http.StatusOK, h.endSession),
	}
}

func (h *Handler) listSessions(c *Call) (Sessions, error) {
	all, err := h.Control.Sessions(c.r.Context(), c.Actor)
	answer := Sessions{Sessions: make([]Session, len(all))}
	for i, s := range all {
		answer.Sessions[i] = Session{
			ID: control.SessionID(s), CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt, SeenAt: s.SeenAt,
			Address: s.Address, UserAgent: s.UserAgent, Current: s.Digest == c.Actor.SessionID,
		}
	}
	return answer, err
}

func (h *Handler) endOtherSessions(c *Call) (None, error) {
	return None{}, h.Control.EndOtherSessions(c.r.Context(), c.Actor)
}

func (h *Handler) endSession(c *Call) (None, error) {
	return None{}, h.Control.EndSession(c.r.Context(), c.Actor, c.Param("id"))
}
