// Package authapi is the door for people: signing in with a password and out
// again, setting a password by a link, signing up by an invitation.
//
// Main types: [Handler], which mounts itself; [Session], the identifier that a
// browser's cookie carries. Flow: a sign-in that control accepts sets the
// cookie; the Admin API reads it back with [Session] and refuses, with
// [Handler.SameOrigin], what another site made a browser send. What does not
// belong: passwords and sessions themselves (package control).
package authapi

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/web"
)

const (
	// CookieName is the name of the session cookie.
	CookieName = "burgee-session"
	// SignOutPath is where a person signs out.
	SignOutPath = "/logout"

	attemptsPerMinute = 10
	resetsPerMinute   = 5
	bodyLimit         = 16 << 10
)

// Handler is the sign-in API. Make it with [New].
type Handler struct {
	control  *control.Control
	cookie   string // the path of the cookie
	attempts *web.Limiter
	resets   *web.Limiter // of e-mails with a link
	origin   *http.CrossOriginProtection
	body     *web.Body[Credentials]
}

// New returns the handler. The base path is the prefix of every path of the
// server, usually empty.
func New(c *control.Control, basePath string, now func() time.Time) *Handler {
	return &Handler{
		control: c, cookie: basePath + "/", attempts: web.NewLimiter(attemptsPerMinute, time.Minute, now),
		resets: web.NewLimiter(resetsPerMinute, time.Minute, now),
		origin: http.NewCrossOriginProtection(), body: &web.Body[Credentials]{Limit: bodyLimit},
	}
}

// Mount adds the routes to a router.
func (h *Handler) Mount(r chi.Router) {
	r.Method(http.MethodPost, auth.SignInPath, web.Handler(h.signIn))
	r.Method(http.MethodPost, SignOutPath, web.Handler(h.signOut))
	h.mountLinks(r)
}

// Credentials are the body of a sign-in.
type Credentials struct {
	Username string `json:"username" required:"true" doc:"Username or e-mail address"`
	Password string `json:"password" required:"true"`
}

func (h *Handler) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := h.SameOrigin(r); err != nil {
		return err
	}
	address := web.ClientIP(r)
	if err := limit(h.attempts, r); err != nil {
		return err
	}
	in, err := h.body.Read(w, r)
	if err != nil {
		return err
	}
	done, err := h.control.SignIn(r.Context(), control.SignIn{
		Login: in.Username, Password: in.Password, Address: address.String(), UserAgent: r.UserAgent(),
	})
	if err != nil {
		return err
	}
	cookie := h.newCookie(r, done.Session)
	cookie.MaxAge = int(control.SessionLife / time.Second)
	http.SetCookie(w, cookie)
	w.Header().Set("Cache-Control", "no-store")
	web.WriteJSON(w, http.StatusOK, control.AccountOf(done.User))
	return nil
}

// limit counts an attempt by the client of a request, and refuses one too many.
func limit(l *web.Limiter, r *http.Request) error {
	wait := l.Take(web.ClientIP(r))
	if wait == 0 {
		return nil
	}
	return &fault.Error{
		Kind: fault.RateLimited, RetryAfter: wait,
		Message: "too many attempts from this address; wait a minute",
	}
}

// signOut ends the session of the request. Other sessions of the person, in
// other browsers, stay.
func (h *Handler) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.SameOrigin(r); err != nil {
		return err
	}
	if session := Session(r); session != "" {
		if err := h.control.SignOut(r.Context(), session); err != nil {
			return err
		}
	}
	cookie := h.newCookie(r, "")
	cookie.MaxAge = -1
	http.SetCookie(w, cookie)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // not "cookies": they may be those of a sibling domain
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *Handler) newCookie(r *http.Request, value string) *http.Cookie {
	return &http.Cookie{
		Name: CookieName, Value: value, Path: h.cookie,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r),
	}
}

// Session returns the identifier of the session in a request's cookie; empty
// when there is none.
func Session(r *http.Request) string {
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// SameOrigin returns a Forbidden error for a request that changes something
// and that a browser says another site made it send.
func (h *Handler) SameOrigin(r *http.Request) error {
	if err := h.origin.Check(r); err != nil {
		return fault.Wrap(fault.Forbidden, err, "a page of another origin made this request; it was refused")
	}
	return nil
}
