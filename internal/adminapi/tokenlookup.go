package adminapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// DigestsBody asks which secrets are tokens of this server, without telling
// them.
type DigestsBody struct {
	Digests []string `json:"digests" required:"true" maxItems:"1000" doc:"SHA-256 of each whole secret, in base64url without padding"`
}

// KnownToken is a token that has one of the digests.
type KnownToken struct {
	Digest    string     `json:"digest"`
	ID        string     `json:"id"`
	Kind      string     `json:"kind" enum:"client,frontend,admin,personal"`
	Name      string     `json:"name" doc:"Of a personal token its description"`
	Hint      string     `json:"hint"`
	ExpiresAt *time.Time `json:"expiresAt" nullable:"true"`
	Disabled  bool       `json:"disabled,omitempty" doc:"The token, or its user, is disabled"`
	Owner     string     `json:"owner,omitempty" doc:"Whose personal token it is"`
}

// KnownTokens answers a [DigestsBody].
type KnownTokens struct {
	Tokens []KnownToken `json:"tokens" doc:"Expired ones included"`
}

func (h *Handler) tokenLookupRoutes() []Route {
	return []Route{
		write(http.MethodPost, "/api-tokens/lookup", "lookupApiTokens", "Find out which digests belong to tokens",
			in(access.AdminAll), http.StatusOK, h.lookupTokens),
	}
}

func (h *Handler) lookupTokens(c *Call, b DigestsBody) (KnownTokens, error) {
	digests := make([]token.Digest, len(b.Digests))
	for i, text := range b.Digests {
		var err error
		if digests[i], err = token.ParseDigest(text); err != nil {
			return KnownTokens{}, fault.Field("/body/digests/"+strconv.Itoa(i), "%s", err.Error())
		}
	}
	found, err := h.Control.LookupTokens(c.r.Context(), c.Actor, digests)
	answer := KnownTokens{Tokens: make([]KnownToken, len(found))}
	for i, t := range found {
		answer.Tokens[i] = KnownToken{
			Digest: t.Digest.String(), ID: t.ID, Kind: t.Kind.String(), Name: t.Name, Hint: t.Hint, ExpiresAt: t.ExpiresAt, Disabled: t.Disabled, Owner: t.Owner,
		}
	}
	return answer, err
}
