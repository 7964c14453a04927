package adminapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

// PersonalToken is a personal access token as answers show it.
type PersonalToken struct {
	ID          int64      `json:"id"`
	Description string     `json:"description"`
	ExpiresAt   *time.Time `json:"expiresAt" nullable:"true" doc:"null: never"`
	UserID      int64      `json:"userId"`
	CreatedAt   time.Time  `json:"createdAt"`
	SeenAt      *time.Time `json:"seenAt" nullable:"true"`
	Secret      string     `json:"secret,omitempty" doc:"In the answer to its creation or rotation only"`
	DisabledAt  *time.Time `json:"disabledAt,omitempty" doc:"Since when it opens nothing, until it is enabled; with ?details=true"`
	Secrets     []Secret   `json:"secrets,omitempty" doc:"The current secret and, after a rotation, the one before it; with ?details=true"`
}

// PersonalTokens is a list of personal access tokens.
type PersonalTokens struct {
	PATs []PersonalToken `json:"pats"`
}

// PersonalTokenBody creates a personal access token.
type PersonalTokenBody struct {
	Description *web.Text `json:"description,omitempty" nullable:"true" doc:"Unique among your tokens unless empty"`
	ExpiresAt   Expiry    `json:"expiresAt" required:"true" doc:"null: never. An expiry is recommended"`
}

// DisabledBody disables or enables something.
type DisabledBody struct {
	Disabled bool `json:"disabled" required:"true" doc:"true: it opens nothing until it is enabled again"`
}

func (h *Handler) personalTokenRoutes() []Route {
	return []Route{
		read("/user/tokens", "getPats", "List your personal access tokens", signedIn(), h.listPersonalTokens).with(detailsParam()),
		write(http.MethodPost, "/user/tokens", "createPat", "Create a personal access token", signedIn(), http.StatusCreated, h.createPersonalToken),
		read("/user/tokens/{id}/usage", "getPatUsage", "See who uses one of your personal access tokens, and how often",
			signedIn(), h.personalTokenUsage).with(hoursBackParam()),
		write(http.MethodPost, "/user/tokens/{id}/rotate", "rotatePat", "Give one of your personal access tokens a new secret",
			signedIn(), http.StatusOK, h.rotatePersonalToken),
		write(http.MethodPut, "/user/tokens/{id}", "updatePat", "Disable or enable one of your personal access tokens",
			signedIn(), http.StatusOK, h.updatePersonalToken),
		act(http.MethodDelete, "/user/tokens/{id}", "deletePat", "Delete one of your personal access tokens", signedIn(), http.StatusOK, h.deletePersonalToken),
	}
}

func (h *Handler) listPersonalTokens(c *Call) (PersonalTokens, error) {
	tokens, err := h.Control.PersonalTokens(c.r.Context(), c.Actor)
	return PersonalTokens{PATs: h.showPersonalTokens(c, tokens)}, err
}

func (h *Handler) showPersonalTokens(c *Call, tokens []store.PersonalToken) []PersonalToken {
	all := make([]PersonalToken, len(tokens))
	for i, t := range tokens {
		all[i] = h.showPersonalToken(t)
		if c.Query("details") == "true" {
			all[i].Secrets, all[i].DisabledAt = h.showSecrets(personalSecrets(t)), t.DisabledAt
		}
	}
	return all
}

func (h *Handler) createPersonalToken(c *Call, b PersonalTokenBody) (PersonalToken, error) {
	made, secret, err := h.Control.CreatePersonalToken(c.r.Context(), c.Actor, b.description(), b.ExpiresAt.At)
	if err != nil {
		return PersonalToken{}, err
	}
	return h.showCreatedPersonal(c, made, secret), nil
}

func (b PersonalTokenBody) description() string {
	if b.Description == nil {
		return ""
	}
	return string(*b.Description)
}

// showCreatedPersonal is the answer to a creation: the only one with the
// secret.
func (h *Handler) showCreatedPersonal(c *Call, t store.PersonalToken, secret string) PersonalToken {
	c.w.Header().Set("Cache-Control", "no-store")
	shown := h.showPersonalToken(t)
	shown.Secret = secret
	return shown
}

func (h *Handler) updatePersonalToken(c *Call, b DisabledBody) (None, error) {
	id, err := c.ID("id")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DisablePersonalToken(c.r.Context(), c.Actor, id, b.Disabled)
}

func (h *Handler) deletePersonalToken(c *Call) (None, error) {
	id, err := c.ID("id")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DeletePersonalToken(c.r.Context(), c.Actor, id)
}

func (h *Handler) showPersonalToken(t store.PersonalToken) PersonalToken {
	return PersonalToken{
		ID: t.ID, Description: t.Description, ExpiresAt: t.ExpiresAt, UserID: t.UserID, CreatedAt: t.CreatedAt,
		SeenAt: h.lastSeen(token.Personal, strconv.FormatInt(t.ID, 10), t.SeenAt),
	}
}
