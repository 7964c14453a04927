package authapi

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/web"
)

func (h *Handler) mountLinks(r chi.Router) {
	newPassword, address := body[NewPassword](), body[Address]()
	candidate, newcomer := body[Candidate](), body[Newcomer]()
	for _, route := range []struct {
		method, path string
		handle       web.Handler
	}{
		{http.MethodGet, "/auth/reset/validate", h.readLink},
		{http.MethodPost, "/auth/reset/password", read(h, newPassword, h.setPassword)},
		{http.MethodPost, "/auth/reset/password-email", read(h, address, h.requestReset)},
		{http.MethodPost, "/auth/reset/validate-password", read(h, candidate, h.checkPassword)},
		{http.MethodGet, "/invite/{token}/validate", h.checkSignup},
		{http.MethodPost, "/invite/{token}/signup", read(h, newcomer, h.signUp)},
	} {
		r.Method(route.method, route.path, route.handle)
	}
}

// NewPassword sets a password by a link.
type NewPassword struct {
	Token    string `json:"token" required:"true"`
	Password string `json:"password" required:"true"`
}

// Address asks for a link by e-mail.
type Address struct {
	Email string `json:"email" required:"true"`
}

// Candidate is a password to check against the rules.
type Candidate struct {
	Password string `json:"password" required:"true"`
}

// Newcomer signs up by an invitation.
type Newcomer struct {
	Username string `json:"username,omitempty"`
	Email    string `json:"email" required:"true"`
	Name     string `json:"name" required:"true"`
	Password string `json:"password" required:"true"`
}

// Linked is whose password a link sets.
type Linked struct {
	ID        int64  `json:"id"`
	Name      string `json:"name,omitempty"`
	Email     string `json:"email"`
	Token     string `json:"token"`
	CreatedBy string `json:"createdBy"`
	Role      Role   `json:"role"`
}

// Role is what a user holds on the whole server.
type Role struct {
	ID          access.RoleID   `json:"id"`
	Type        access.RoleType `json:"type"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
}

func body[T any]() *web.Body[T] { return &web.Body[T]{Limit: bodyLimit} }

// read makes a handler of one that takes a body, for requests that no other
// site made a browser send.
func read[T any](h *Handler, from *web.Body[T], handle func(http.ResponseWriter, *http.Request, T) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := h.SameOrigin(r); err != nil {
			return err
		}
		in, err := from.Read(w, r)
		if err != nil {
			return err
		}
		return handle(w, r, in)
	}
}

func (h *Handler) readLink(w http.ResponseWriter, r *http.Request) error {
	if err := limit(h.attempts, r); err != nil {
		return err
	}
	secret := r.URL.Query().Get("token")
	linked, err := h.control.PasswordLink(r.Context(), secret)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	web.WriteJSON(w, http.StatusOK, Linked{
		ID: linked.User.ID, Name: linked.User.Name, Email: linked.User.Email, Token: secret, CreatedBy: linked.CreatedBy,
		Role: Role{ID: linked.Role.ID, Type: linked.Role.Type, Name: linked.Role.Name, Description: linked.Role.Description},
	})
	return nil
}

func (h *Handler) setPassword(w http.ResponseWriter, r *http.Request, in NewPassword) error {
	if err := limit(h.attempts, r); err != nil {
		return err
	}
	if err := h.control.SetPasswordByLink(r.Context(), in.Token, in.Password, web.ClientIP(r).String()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// requestReset answers the same, as fast, whether or not there is such a user.
func (h *Handler) requestReset(w http.ResponseWriter, r *http.Request, in Address) error {
	if err := limit(h.resets, r); err != nil {
		return err
	}
	h.control.RequestReset(r.Context(), in.Email)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (h *Handler) checkPassword(w http.ResponseWriter, _ *http.Request, in Candidate) error {
	if err := control.CheckPassword("/body/password", in.Password); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (h *Handler) checkSignup(w http.ResponseWriter, r *http.Request) error {
	if err := limit(h.attempts, r); err != nil {
		return err
	}
	if err := h.control.CheckSignup(r.Context(), chi.URLParam(r, "token")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (h *Handler) signUp(w http.ResponseWriter, r *http.Request, in Newcomer) error {
	if err := limit(h.attempts, r); err != nil {
		return err
	}
	made, err := h.control.SignUp(r.Context(), chi.URLParam(r, "token"), web.ClientIP(r).String(),
		store.User{Username: in.Username, Email: in.Email, Name: in.Name}, in.Password)
	if err != nil {
		return err
	}
	web.WriteJSON(w, http.StatusOK, control.AccountOf(made))
	return nil
}
