package adminapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/web"
)

// SignupLink is a link to sign up as answers show it.
type SignupLink struct {
	Secret    string            `json:"secret" doc:"Its public id, which opens nothing: the secret is in url, in the answer to its creation only"`
	URL       *string           `json:"url" nullable:"true" doc:"The link itself, in the answer to its creation only"`
	Name      string            `json:"name"`
	Enabled   bool              `json:"enabled"`
	ExpiresAt time.Time         `json:"expiresAt"`
	CreatedAt time.Time         `json:"createdAt"`
	CreatedBy string            `json:"createdBy"`
	Users     []control.Account `json:"users" doc:"Who came by it"`
	Role      RoleInfo          `json:"role" doc:"What they hold then"`
}

// SignupLinks is a list of links to sign up.
type SignupLinks struct {
	Tokens []SignupLink `json:"tokens"`
}

// SignupLinkBody creates a link to sign up.
type SignupLinkBody struct {
	Name      string `json:"name" required:"true"`
	ExpiresAt Expiry `json:"expiresAt" required:"true"`
}

// SignupLinkChangeBody changes a link to sign up; what is absent stays.
type SignupLinkChangeBody struct {
	Enabled   *bool  `json:"enabled,omitempty"`
	ExpiresAt Expiry `json:"expiresAt,omitempty"`
}

// ResetBody names whose password to reset.
type ResetBody struct {
	ID web.Text `json:"id" required:"true"`
}

// ResetLink lets a person set a new password once, within 24 hours.
type ResetLink struct {
	URL string `json:"resetPasswordUrl"`
}

func (h *Handler) inviteRoutes() []Route {
	const all, one = "/invite-link/tokens", "/invite-link/tokens/{token}"
	admin := in(access.AdminAll)
	return []Route{
		read(all, "getAllPublicSignupTokens", "List links to sign up", admin, h.listSignups),
		write(http.MethodPost, all, "createPublicSignupToken", "Create a link to sign up as a viewer", admin, http.StatusCreated, h.createSignup),
		read(one, "getPublicSignupToken", "Read a link to sign up", admin, h.getSignup),
		write(http.MethodPut, one, "updatePublicSignupToken", "Switch a link to sign up on or off, or change its expiry",
			admin, http.StatusOK, h.updateSignup),
		write(http.MethodPost, "/user-admin/reset-password", "resetUserPassword", "Create a link with which a person sets a new password",
			admin, http.StatusOK, h.resetPassword),
	}
}

func (h *Handler) listSignups(c *Call) (SignupLinks, error) {
	signups, err := h.Control.Signups(c.r.Context())
	all := SignupLinks{Tokens: make([]SignupLink, len(signups))}
	for i, s := range signups {
		all.Tokens[i] = c.signupLink(s)
	}
	return all, err
}

func (h *Handler) createSignup(c *Call, b SignupLinkBody) (SignupLink, error) {
	if b.ExpiresAt.At == nil {
		return SignupLink{}, badExpiry()
	}
	s, err := h.Control.CreateSignup(c.r.Context(), c.Actor, b.Name, *b.ExpiresAt.At)
	c.w.Header().Set("Cache-Control", "no-store")
	return c.signupLink(s), err
}

func (h *Handler) getSignup(c *Call) (SignupLink, error) {
	s, err := h.Control.Signup(c.r.Context(), c.Param("token"))
	return c.signupLink(s), err
}

func (h *Handler) updateSignup(c *Call, b SignupLinkChangeBody) (SignupLink, error) {
	if b.ExpiresAt.Set && b.ExpiresAt.At == nil {
		return SignupLink{}, badExpiry()
	}
	s, err := h.Control.ChangeSignup(c.r.Context(), c.Actor, c.Param("token"), b.Enabled, b.ExpiresAt.At)
	return c.signupLink(s), err
}

func (h *Handler) resetPassword(c *Call, b ResetBody) (ResetLink, error) {
	id, err := strconv.ParseInt(string(b.ID), 10, 64)
	if err != nil {
		return ResetLink{}, fault.Field("/body/id", "id must be the id of a user")
	}
	link, err := h.Control.ResetLink(c.r.Context(), c.Actor, id)
	c.w.Header().Set("Cache-Control", "no-store")
	return ResetLink{URL: link}, err
}

func (c *Call) signupLink(s control.Signup) SignupLink {
	role, _ := access.BuiltInRole(control.SignupRole)
	l := SignupLink{
		Secret: s.ID, Name: s.Name, Enabled: s.Enabled, ExpiresAt: s.ExpiresAt, CreatedAt: s.CreatedAt, CreatedBy: s.CreatedBy,
		Users: c.accounts(s.Users), Role: roleInfo(role),
	}
	if s.URL != "" {
		l.URL = &s.URL
	}
	return l
}
