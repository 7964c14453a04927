package edgeapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

// Question is the body of POST /edge/validate.
type Question struct {
	Tokens []web.Text `json:"tokens" required:"true" maxItems:"1000" doc:"Secrets to look up"`
}

// Verdicts answer a [Question].
type Verdicts struct {
	Tokens []Verdict `json:"tokens" doc:"Those that are live, in the order asked"`
}

// Verdict is what an edge may know of a live token.
type Verdict struct {
	Token       string   `json:"token"`
	Type        string   `json:"type" doc:"client, frontend or admin"`
	Projects    []string `json:"projects" doc:"Ids, or * alone for all; empty when the token sees nothing"`
	Environment string   `json:"environment"`

	// What narrows the use of the token; other servers do not tell.
	Expires   *time.Time `json:"expiresAt,omitempty" doc:"When the secret stops working by itself"`
	Networks  []string   `json:"networks,omitempty" doc:"CIDR ranges from which alone it works"`
	Origins   []string   `json:"origins,omitempty" doc:"Pages from which alone it works"`
	PerSecond int        `json:"perSecond,omitempty" doc:"Requests a second it may make on each process"`
}

// validate says which of some tokens are live, and what they may see. Whoever
// has a secret may ask about it; a token of an SDK in the Authorization header
// is refused, as everywhere it does not belong.
func (h *Handler) validate(w http.ResponseWriter, r *http.Request) error {
	if wait := h.questions.Take(web.ClientIP(r)); wait > 0 {
		return &fault.Error{Kind: fault.RateLimited, RetryAfter: wait, Message: "too many questions from this address; wait a minute"}
	}
	caller, err := h.tokens.Token(r.Context(), token.FromHeader(r.Header.Get("Authorization")))
	if err == nil && caller != nil && !caller.Kind.Opens(token.AdminAPI) {
		return &fault.Error{
			Kind: fault.Forbidden, Bare: true,
			Message: "wrong kind of token: this takes tokens in its body, and none of an SDK in the Authorization header",
		}
	}
	question, err := h.body.Read(w, r)
	if err != nil {
		return err
	}
	answer := Verdicts{Tokens: []Verdict{}}
	for _, secret := range question.Tokens {
		grant, err := h.tokens.Token(r.Context(), string(secret))
		if err != nil {
			return err
		}
		if grant != nil && grant.Kind != token.Personal {
			answer.Tokens = append(answer.Tokens, verdict(string(secret), grant))
		}
	}
	web.WriteJSON(w, http.StatusOK, answer)
	return nil
}

func verdict(secret string, grant *auth.Grant) Verdict {
	v := Verdict{Token: secret, Type: grant.Kind.String(), Projects: grant.Scope.Projects, Environment: grant.Scope.Environment}
	switch {
	case grant.Scope.AllProjects:
		v.Projects = []string{"*"}
	case v.Projects == nil:
		v.Projects = []string{}
	}
	terms := grant.Terms()
	if !terms.Expires.IsZero() {
		at := terms.Expires.UTC()
		v.Expires = &at
	}
	for _, network := range terms.Limits.Networks {
		v.Networks = append(v.Networks, network.String())
	}
	v.Origins, v.PerSecond = terms.Limits.Origins, terms.Limits.PerSecond
	return v
}
