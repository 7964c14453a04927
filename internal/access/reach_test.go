package access_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/token"
)

var (
	someProjects     = []string{"a", "b", "c"}
	someEnvironments = []string{"dev", "prod"}
)

// some returns a random part of a list, in its order.
func some[T any](r *rand.Rand, list []T) []T {
	var part []T
	for _, one := range list {
		if r.IntN(2) == 0 {
			part = append(part, one)
		}
	}
	return part
}

func randomScope(r *rand.Rand) (token.Scope, token.Limits) {
	scope := token.Scope{AllProjects: r.IntN(3) == 0}
	if !scope.AllProjects {
		scope.Projects = some(r, someProjects)
	}
	var l token.Limits
	if r.IntN(2) == 0 {
		for _, info := range some(r, access.Permissions()) {
			if info.Permission != access.AdminAll {
				l.Permissions = append(l.Permissions, string(info.Permission))
			}
		}
	}
	if r.IntN(2) == 0 {
		l.Environments = some(r, someEnvironments)
	}
	return scope, l
}

// R6: a scoped admin token may do nothing outside its permissions, projects
// and environments, and everything inside; checked on random scopes against
// the rule in words.
func TestScopedTokenMayDoNothingOutside(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		scope, l := randomScope(r)
		grants := access.TokenGrants(scope, l)
		for _, info := range access.Permissions() {
			for _, project := range []string{"a", "b", "c", "later", "default"} {
				for _, environment := range []string{"dev", "prod", "later"} {
					want := allowed(info, scope, l, project, environment)
					if got := grants.Has(info.Permission, project, environment); got != want {
						t.Fatalf("%+v %+v: %s in %s, %s is %v, want %v", scope, l, info.Permission, project, environment, got, want)
					}
				}
			}
		}
	}
}

func allowed(info access.Info, scope token.Scope, l token.Limits, project, environment string) bool {
	if scope.AllProjects && len(l.Permissions) == 0 && len(l.Environments) == 0 {
		return true // full access
	}
	if info.Permission == access.AdminAll {
		return false
	}
	if len(l.Permissions) > 0 && !slices.Contains(l.Permissions, string(info.Permission)) {
		return false
	}
	if info.Scope == access.Root {
		return len(l.Permissions) > 0
	}
	if !scope.AllProjects && !slices.Contains(scope.Projects, project) {
		return false
	}
	return info.Scope != access.Environment || len(l.Environments) == 0 || slices.Contains(l.Environments, environment)
}

// R6: of two random scopes, when one may make a token of the other, the other
// may do nothing that the one may not.
func TestScopedTokenMakesNothingWider(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	made := 0
	for range 3000 {
		scope, l := randomScope(r)
		maker := access.TokenGrants(scope, l)
		reach := &access.Reach{Scope: scope, Environments: l.Environments}
		childScope, childLimits := randomScope(r)
		child := access.TokenGrants(childScope, childLimits)
		if _, lacks := maker.Lacks(child); lacks || !reach.Covers(childScope, childLimits.Environments) {
			continue
		}
		made++
		for _, info := range access.Permissions() {
			for _, project := range someProjects {
				for _, environment := range someEnvironments {
					if child.Has(info.Permission, project, environment) && !maker.Has(info.Permission, project, environment) {
						t.Fatalf("%+v %+v may make %+v %+v, which may %s in %s, %s", scope, l, childScope, childLimits, info.Permission, project, environment)
					}
				}
			}
		}
	}
	if made < 100 {
		t.Fatalf("only %d of the random pairs were allowed: the test says nothing", made)
	}
}

// R6: what a scope covers.
func TestReach(t *testing.T) {
	t.Parallel()
	in := &access.Reach{Scope: token.Scope{Projects: []string{"a", "b"}}, Environments: []string{"dev"}}
	for _, c := range []struct {
		name         string
		reach        *access.Reach
		scope        token.Scope
		environments []string
		want         bool
	}{
		{"no bound", nil, token.Scope{AllProjects: true}, nil, true},
		{"inside", in, token.Scope{Projects: []string{"b"}}, []string{"dev"}, true},
		{"another project", in, token.Scope{Projects: []string{"b", "c"}}, []string{"dev"}, false},
		{"all projects", in, token.Scope{AllProjects: true}, []string{"dev"}, false},
		{"another environment", in, token.Scope{Projects: []string{"a"}}, []string{"prod"}, false},
		{"all environments", in, token.Scope{Projects: []string{"a"}}, nil, false},
	} {
		if got := c.reach.Covers(c.scope, c.environments); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
