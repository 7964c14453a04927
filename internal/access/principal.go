package access

import (
	"slices"

	"github.com/burgeehq/burgee/internal/token"
)

const defaultProject = "default"

// Anywhere covers every project or environment, as the one of a [Grant].
const Anywhere = "*"

// Grant is one permission somebody holds.
type Grant struct {
	Permission  Permission
	Project     string // empty for a root permission, [Anywhere] for all
	Environment string // empty: every environment
}

// Grants is all that somebody holds.
type Grants []Grant

// Has reports whether the permission is held in the project and environment.
// Pass empty strings for a root permission. ADMIN covers everything.
func (g Grants) Has(p Permission, project, environment string) bool {
	info, known := Lookup(p)
	if !known {
		return false
	}
	for _, grant := range g {
		if grant.Permission == AdminAll {
			return true
		}
		if grant.Permission != p {
			continue
		}
		if info.Scope == Root {
			return true
		}
		if grant.Project != Anywhere && (grant.Project == "" || grant.Project != project) {
			continue
		}
		if info.Scope == Environment && grant.Environment != "" && grant.Environment != environment {
			continue
		}
		return true
	}
	return false
}

// HasAnywhere reports whether the permission is held in at least one place.
func (g Grants) HasAnywhere(p Permission) bool {
	return slices.ContainsFunc(g, func(grant Grant) bool {
		return grant.Permission == p || grant.Permission == AdminAll
	})
}

// Lacks returns the first of some rights that is not held, and whether there is
// one. A right that holds in every environment, or everywhere, is not made up
// of rights in each. Who may change all settings of a project holds the right
// to each of them.
func (g Grants) Lacks(rights Grants) (Grant, bool) {
	for _, right := range rights {
		if !g.covers(right) {
			return right, true
		}
	}
	return Grant{}, false
}

func (g Grants) covers(right Grant) bool {
	return slices.ContainsFunc(g, func(held Grant) bool {
		if held.Permission == AdminAll {
			return true
		}
		if held.Permission != right.Permission && (held.Permission != UpdateProject || !isProjectSetting(right.Permission)) {
			return false
		}
		place := held.Project == Anywhere || held.Project == right.Project
		return place && (held.Environment == "" || held.Environment == right.Environment)
	})
}

// isProjectSetting reports whether UPDATE_PROJECT does as well as the
// permission, wherever that is asked for.
func isProjectSetting(p Permission) bool {
	return slices.Contains([]Permission{
		ReadProjectAccess, WriteProjectAccess, ReadDefaultStrategy, WriteDefaultStrategy,
		ReadProjectSettings, WriteProjectSettings, ReadProjectChangeReqs, WriteProjectChangeReqs,
	}, p)
}

// Reserved user ids in events, as Unleash 8.2.0 writes them.
const (
	TokenUserID  int64 = -42   // an admin token acted
	SystemUserID int64 = -1337 // the server itself acted
)

// Principal is who is asking. It is built anew for every request, so a right
// given or taken counts at once.
type Principal struct {
	Kind     token.Kind // Admin or Personal for tokens; 0 for a session or the system
	UserID   int64      // the person, or one of the reserved ids
	Username string
	Email    string
	Name     string // for an admin token, the token's name
	// TokenID is the public identifier of the token used; empty for a session.
	TokenID string
	// SessionID is the digest of the session used; empty for tokens.
	SessionID string
	Address   string // the client's network address, for the event log
	Grants    Grants
	Projects  Visibility
	// Reach, when not nil, bounds the tokens that may be made, seen or changed.
	Reach *Reach
}

// Person reports whether a user stands behind the request.
func (p Principal) Person() bool { return p.UserID > 0 }

// Can reports whether the principal holds any of the permissions in the
// project and environment.
func (p Principal) Can(project, environment string, anyOf ...Permission) bool {
	return slices.ContainsFunc(anyOf, func(perm Permission) bool {
		return p.Grants.Has(perm, project, environment)
	})
}

// Sees reports whether the principal may know of a project: everybody of one
// that is not private, its members and administrators of one that is. Of a
// project that does not exist, nobody but administrators may know.
func (p Principal) Sees(project string) bool {
	return p.Projects.All || p.Projects.Open[project] || p.Projects.Member[project] || p.IsAdmin()
}

// IsAdmin reports whether the principal may do everything.
func (p Principal) IsAdmin() bool { return p.Grants.HasAnywhere(AdminAll) }

// DisplayName is what the event log shows: the e-mail or username of a person,
// the name of a token.
func (p Principal) DisplayName() string {
	switch {
	case p.Email != "":
		return p.Email
	case p.Username != "":
		return p.Username
	default:
		return p.Name
	}
}

// Visibility says which projects somebody may know of. The zero value is none.
// Its maps are shared and must not be changed.
type Visibility struct {
	All    bool            // every project, now and later
	Open   map[string]bool // projects that everybody sees
	Member map[string]bool // projects in which somebody holds a role or a right
}

// System is the server acting by itself, with every right.
func System() Principal {
	return Principal{UserID: SystemUserID, Name: "burgee", Grants: Grants{{Permission: AdminAll}}}
}
