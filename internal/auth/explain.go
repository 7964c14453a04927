package auth

import (
	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// Judgement is what a token may do.
type Judgement struct {
	// Grant is of the token's current secret.
	Grant *Grant
	// Principal is who it acts for on the Admin API; zero for other kinds.
	Principal access.Principal
	// Refusal is why a request would be refused whatever it asks for; nil when
	// it would not. That requests come too fast is not looked at.
	Refusal error
}

// Judge says what a token may do, and what would become of a request to an
// API: by what decides when requests come, but without being one. It fails
// with NotFound for a token that is not in the index. The id of a personal
// token is its number.
func (a *Auth) Judge(kind token.Kind, id string, api token.API, r Request) (Judgement, error) {
	grant := a.current(kind, id)
	if grant == nil {
		return Judgement{}, fault.New(fault.NotFound, "there is no such token")
	}
	j := Judgement{Grant: grant}
	if grant.Kind.Opens(token.AdminAPI) {
		var err error
		if j.Principal, err = a.principal(grant, r); err != nil {
			return j, err
		}
	}
	if grant.disabled {
		j.Refusal = fault.New(fault.Unauthenticated, "the token is disabled")
		return j, nil
	}
	if !grant.live(a.now()) {
		j.Refusal = fault.New(fault.Unauthenticated, "the token has expired")
		return j, nil
	}
	j.Refusal = grant.refuses(api, r)
	return j, nil
}
