package control

import (
	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// environmentsOf returns the environments that a token is bound to; none for
// an admin token of all.
func environmentsOf(t store.APIToken) []string {
	if t.Kind == token.Admin {
		return t.Limits.Environments
	}
	return []string{t.Scope.Environment}
}

// withinReach returns an error unless the token stays within what its maker
// may do: nobody makes a token that can do more than oneself.
func withinReach(actor access.Principal, t store.APIToken) error {
	if !actor.Reach.Covers(t.Scope, environmentsOf(t)) {
		return &fault.Error{
			Kind: fault.Forbidden, Code: "OperationDeniedError",
			Message: "the token would cover projects or environments that the token you use does not cover",
		}
	}
	if t.Kind != token.Admin {
		return nil
	}
	for _, name := range t.Limits.Permissions {
		if _, known := access.Lookup(access.Permission(name)); !known {
			return fault.Field("/body/permissions", "permission %q does not exist", name)
		}
		if access.Permission(name) == access.AdminAll {
			return fault.Field("/body/permissions", "the permission ADMIN cannot be one of several: leave permissions out for full access")
		}
	}
	lacking, lacks := actor.Grants.Lacks(access.TokenGrants(t.Scope, t.Limits))
	if !lacks {
		return nil
	}
	message := "the token would have the permission " + string(lacking.Permission)
	if lacking.Project != "" {
		message += " in project " + lacking.Project
	}
	if lacking.Environment != "" {
		message += " and environment " + lacking.Environment
	}
	return &fault.Error{
		Kind: fault.Forbidden, Code: "OperationDeniedError", Permissions: []string{string(lacking.Permission)},
		Message: message + ", which you do not have",
	}
}
