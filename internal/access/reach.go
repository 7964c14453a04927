package access

import (
	"slices"

	"github.com/burgeehq/burgee/internal/token"
)

// Reach is where an admin token that is scoped may act.
type Reach struct {
	Scope        token.Scope // of which the projects count
	Environments []string    // empty: all
}

// Covers reports whether a token of some projects and environments stays
// within the reach; no environments means all. Nil is no bound.
func (r *Reach) Covers(scope token.Scope, environments []string) bool {
	if r == nil {
		return true
	}
	if !r.Scope.AllProjects {
		outside := func(project string) bool { return !r.Scope.Allows(project) }
		if scope.AllProjects || slices.ContainsFunc(scope.Projects, outside) {
			return false
		}
	}
	if len(r.Environments) == 0 {
		return true
	}
	outside := func(environment string) bool { return !slices.Contains(r.Environments, environment) }
	return len(environments) > 0 && !slices.ContainsFunc(environments, outside)
}

// Scoped reports whether an admin token has less than full access.
func Scoped(scope token.Scope, l token.Limits) bool {
	return !scope.AllProjects || len(l.Permissions) > 0 || len(l.Environments) > 0
}

// TokenGrants returns what an admin token gives. Without permissions, projects
// and environments that is everything. With permissions, it is those: root ones
// on the server, the others in its projects, and environment ones in its
// environments only. With projects or environments alone, it is every
// permission that is not a root one.
func TokenGrants(scope token.Scope, l token.Limits) Grants {
	if !Scoped(scope, l) {
		return Grants{{Permission: AdminAll}}
	}
	var all Grants
	for _, info := range permissions {
		listed := slices.Contains(l.Permissions, string(info.Permission))
		switch {
		case info.Permission == AdminAll, !listed && (len(l.Permissions) > 0 || info.Scope == Root):
		case info.Scope == Root:
			all = append(all, Grant{Permission: info.Permission})
		default:
			all = append(all, inPlaces(info, scope, l.Environments)...)
		}
	}
	return all
}

// inPlaces is a permission in each project and environment of a token.
func inPlaces(info Info, scope token.Scope, environments []string) Grants {
	projects := scope.Projects
	if scope.AllProjects {
		projects = []string{Anywhere}
	}
	if info.Scope != Environment || len(environments) == 0 {
		environments = []string{""}
	}
	var all Grants
	for _, project := range projects {
		for _, environment := range environments {
			all = append(all, Grant{Permission: info.Permission, Project: project, Environment: environment})
		}
	}
	return all
}
