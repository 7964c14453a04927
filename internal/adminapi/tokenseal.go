package adminapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/burgeehq/burgee/internal/store"
)

// needsSecrets reports whether a request comes from a tool that finds its
// tokens again by their secrets, such as Terraform's provider. Tools are known
// by their User-Agent or, as SDKs are, by the name of the application. It gives
// no right: it only stands for asking.
func (h *Handler) needsSecrets(r *http.Request) bool {
	agent, _, _ := strings.Cut(r.UserAgent(), "/")
	return slices.ContainsFunc(h.SealTools, func(tool string) bool {
		return tool != "" && (tool == strings.TrimSpace(agent) || tool == r.Header.Get("Unleash-Appname"))
	})
}

// seals reports whether to keep a sealed copy of a new token's secret: when the
// body says so, or a tool makes the token that will ask for the secret, on a
// server that keeps copies.
func (h *Handler) seals(c *Call, b APITokenBody) bool {
	if b.Seal != nil {
		return *b.Seal
	}
	return h.Control.Sealer != nil && h.needsSecrets(c.r)
}

// revealParam asks for the secrets of sealed copies.
func revealParam() Param {
	return Param{Name: "reveal", Doc: "true: secret is the secret itself, of tokens with a sealed copy; needs the permission REVEAL_API_TOKEN, and is an event"}
}

// detailsParam asks for what the public description lacks.
func detailsParam() Param {
	return Param{Name: "details", Doc: "true: with what the API of Unleash does not have, such as id, hint, secrets and limits"}
}

// showRevealed shows a list of tokens, with the secrets that the caller asks
// for and may have.
func (h *Handler) showRevealed(c *Call, tokens []store.APIToken) (APITokens, error) {
	shown := h.showTokens(c, tokens)
	if c.Query("reveal") != "true" && !h.needsSecrets(c.r) {
		return shown, nil
	}
	secrets, err := h.Control.RevealAPITokens(c.r.Context(), c.Actor, tokens)
	if err != nil {
		return APITokens{}, err
	}
	c.w.Header().Set("Cache-Control", "no-store")
	for i, t := range tokens {
		if secret, revealed := secrets[t.ID]; revealed {
			shown.Tokens[i].Secret = secret
		}
	}
	return shown, nil
}
