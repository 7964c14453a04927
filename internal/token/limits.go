package token

import "net/netip"

// Limits narrow a token beyond its scope. The zero value does not.
type Limits struct {
	// Permissions and Environments are of an admin token: the only permissions
	// it gives, and the only environments in which those hold that are about
	// one. Empty: see access.TokenGrants.
	Permissions  []string `json:"permissions,omitempty"`
	Environments []string `json:"environments,omitempty"`
	// Networks are those from which alone the token works; empty: from all.
	Networks []netip.Prefix `json:"networks,omitempty"`
	// Origins are the pages from which alone a front-end token works, as
	// browsers send them in the Origin header; empty: from all, and without.
	Origins []string `json:"origins,omitempty"`
	// PerSecond is how many requests a second the token may make on each
	// process; a second's worth may come at once. 0: any number.
	PerSecond int `json:"perSecond,omitempty"`
}

// Empty reports whether nothing is narrowed.
func (l Limits) Empty() bool {
	return len(l.Permissions)+len(l.Environments)+len(l.Networks)+len(l.Origins) == 0 && l.PerSecond == 0
}

// EnvironmentLabel is what the secret of an admin token shows of its
// environments.
func (l Limits) EnvironmentLabel() string {
	switch len(l.Environments) {
	case 0:
		return "*"
	case 1:
		return l.Environments[0]
	default:
		return "[]"
	}
}
