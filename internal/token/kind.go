// Package token is the grammar of Burgee's secrets: their kinds, how one is
// generated, read, recognised and digested.
//
// Main types: [Kind], [Scope], [Parsed], [Digest]. Flow: control generates a
// secret with [Generate] and stores its [Digest] and [Hint]; auth turns the
// Authorization header into a secret with [FromHeader] and looks its digest
// up. What does not belong: storage, permissions, HTTP, the clock. A secret's
// text never grants anything by itself: scope is stored data, the prefix is
// for people.
package token

import "strings"

// Kind is what a secret is for. Its zero value is no kind.
type Kind uint8

// The kinds of tokens.
const (
	Client   Kind = iota + 1 // server SDKs, proxies and edges read flags, register, send metrics
	Frontend                 // browsers and phones evaluate flags; not a secret
	Admin                    // automation; no person behind it
	Personal                 // its user's rights, at every request
)

// API is a family of endpoints that accept the same kinds.
type API uint8

// The APIs a kind may open.
const (
	AdminAPI API = iota + 1
	ClientAPI
	FrontendAPI
)

// kinds has one row a kind: its wire name, other spellings that are read, and
// the one API that accepts it.
var kinds = [...]struct {
	kind    Kind
	name    string
	aliases []string
	api     API
}{
	{Client, "client", []string{"backend"}, ClientAPI},
	{Frontend, "frontend", nil, FrontendAPI},
	{Admin, "admin", nil, AdminAPI},
	{Personal, "personal", nil, AdminAPI},
}

// Kinds returns every kind, in a fixed order.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, row := range kinds {
		all[i] = row.kind
	}
	return all
}

// ParseKind reads a kind's wire name in any case. "backend" is the newer name
// of "client".
func ParseKind(name string) (Kind, bool) {
	name = strings.ToLower(name)
	for _, row := range kinds {
		if row.name == name {
			return row.kind, true
		}
		for _, alias := range row.aliases {
			if alias == name {
				return row.kind, true
			}
		}
	}
	return 0, false
}

// String returns the wire name.
func (k Kind) String() string {
	for _, row := range kinds {
		if row.kind == k {
			return row.name
		}
	}
	return "unknown"
}

// Opens reports whether the API accepts tokens of this kind.
func (k Kind) Opens(api API) bool {
	for _, row := range kinds {
		if row.kind == k {
			return row.api == api
		}
	}
	return false
}
