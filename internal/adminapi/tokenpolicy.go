package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
)

// TokenPolicy says how long tokens may live, by kind.
type TokenPolicy struct {
	Client   TokenLifetime `json:"client"`
	Frontend TokenLifetime `json:"frontend"`
	Admin    TokenLifetime `json:"admin"`
	Personal TokenLifetime `json:"personal"`
}

// TokenLifetime is how long tokens of a kind may live.
type TokenLifetime struct {
	DefaultDays   int  `json:"defaultDays" doc:"Lifetime of a token that is made without an expiry; 0: it never ends"`
	MaxDays       int  `json:"maxDays" doc:"The longest lifetime, from the creation or from a change of the expiry; 0: any"`
	RequireExpiry bool `json:"requireExpiry" doc:"No token without an expiry"`
}

func (h *Handler) tokenPolicyRoutes() []Route {
	return []Route{
		read("/token-policy", "getTokenPolicy", "Read how long tokens may live", signedIn(), h.tokenPolicy),
		write(http.MethodPut, "/token-policy", "setTokenPolicy", "Say how long tokens may live; what is absent is unlimited",
			in(access.AdminAll), http.StatusOK, h.setTokenPolicy),
	}
}

func (h *Handler) tokenPolicy(c *Call) (TokenPolicy, error) {
	p, err := h.Control.TokenPolicy(c.r.Context())
	return TokenPolicy{
		Client: TokenLifetime(p.Client), Frontend: TokenLifetime(p.Frontend), Admin: TokenLifetime(p.Admin), Personal: TokenLifetime(p.Personal),
	}, err
}

func (h *Handler) setTokenPolicy(c *Call, b TokenPolicy) (TokenPolicy, error) {
	err := h.Control.SetTokenPolicy(c.r.Context(), c.Actor, control.TokenPolicy{
		Client: control.Lifetime(b.Client), Frontend: control.Lifetime(b.Frontend), Admin: control.Lifetime(b.Admin), Personal: control.Lifetime(b.Personal),
	})
	return b, err
}
