package access_test

import (
	"slices"
	"testing"

	"github.com/burgeehq/burgee/internal/access"
)

func TestGrantsHas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                 string
		grants               access.Grants
		permission           access.Permission
		project, environment string
		want                 bool
	}{
		{"nothing held", nil, access.CreateFeature, "default", "", false},
		{"admin covers a root permission", access.Grants{{Permission: access.AdminAll}}, access.CreateProject, "", "", true},
		{"admin covers every project", access.Grants{{Permission: access.AdminAll}}, access.UpdateFeatureEnv, "x", "production", true},
		{"root permission ignores the project", access.Grants{{Permission: access.CreateProject}}, access.CreateProject, "x", "", true},
		{"project permission in its project", access.Grants{{access.CreateFeature, "a", ""}}, access.CreateFeature, "a", "", true},
		{"project permission elsewhere", access.Grants{{access.CreateFeature, "a", ""}}, access.CreateFeature, "b", "", false},
		{"project permission without project", access.Grants{{access.CreateFeature, "", ""}}, access.CreateFeature, "", "", false},
		{"project permission anywhere", access.Grants{{access.CreateFeature, access.Anywhere, ""}}, access.CreateFeature, "b", "", true},
		{"environment permission in every environment", access.Grants{{access.UpdateFeatureEnv, "a", ""}}, access.UpdateFeatureEnv, "a", "production", true},
		{"environment permission in its environment", access.Grants{{access.UpdateFeatureEnv, "a", "development"}}, access.UpdateFeatureEnv, "a", "development", true},
		{"environment permission in another", access.Grants{{access.UpdateFeatureEnv, "a", "development"}}, access.UpdateFeatureEnv, "a", "production", false},
		{"another permission", access.Grants{{access.CreateFeature, "a", ""}}, access.DeleteFeature, "a", "", false},
		{"a permission nobody knows", access.Grants{{Permission: "NONSENSE"}}, "NONSENSE", "", "", false},
	} {
		if got := c.grants.Has(c.permission, c.project, c.environment); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// R25, R27, R29 and the table of predefined roles: what each may do to tokens
// and flags, in the default project and elsewhere.
func TestBuiltInRoles(t *testing.T) {
	t.Parallel()
	roots := map[access.RoleID]map[access.Permission]bool{
		access.AdminRole:  {access.CreateClientToken: true, access.ReadClientToken: true, access.ReadLogs: true, access.UpdateCORS: true},
		access.EditorRole: {access.CreateClientToken: false, access.ReadClientToken: true, access.ReadFrontendToken: true, access.DeleteFrontendToken: false, access.CreateProject: true, access.ReadLogs: false, access.UpdateCORS: false, access.AdminAll: false},
		access.ViewerRole: {access.CreateClientToken: false, access.ReadClientToken: false, access.ReadFrontendToken: false, access.CreateProject: false},
	}
	for id, permissions := range roots {
		role, _ := access.BuiltInRole(id)
		grants := access.GrantsOf(role, "")
		for p, want := range permissions {
			if got := grants.Has(p, "", ""); got != want {
				t.Errorf("%s has %s: %v, want %v", role.Name, p, got, want)
			}
		}
		wantDefault, wantElsewhere := id != access.ViewerRole, id == access.AdminRole
		for _, p := range []access.Permission{access.CreateFeature, access.CreateProjectToken, access.ReadProjectToken, access.UpdateFeatureEnv} {
			if got := grants.Has(p, "default", "production"); got != wantDefault {
				t.Errorf("%s has %s in default: %v", role.Name, p, got)
			}
			if got := grants.Has(p, "elsewhere", "production"); got != wantElsewhere {
				t.Errorf("%s has %s elsewhere: %v", role.Name, p, got)
			}
		}
	}
	for id, want := range map[access.RoleID]bool{access.OwnerRole: true, access.MemberRole: true, access.ReaderRole: false} {
		role, _ := access.BuiltInRole(id)
		grants := access.GrantsOf(role, "mine")
		for _, p := range []access.Permission{access.CreateProjectToken, access.ReadProjectToken, access.UpdateProjectToken, access.DeleteProjectToken, access.CreateFeature} {
			if got := grants.Has(p, "mine", ""); got != want {
				t.Errorf("%s has %s in its project: %v", role.Name, p, got)
			}
			if grants.Has(p, "other", "") {
				t.Errorf("%s has %s in another project", role.Name, p)
			}
		}
	}
}

func TestEveryPermissionOfARoleIsKnown(t *testing.T) {
	t.Parallel()
	var seen []access.Permission
	for _, info := range access.Permissions() {
		if slices.Contains(seen, info.Permission) {
			t.Errorf("%s has two rows", info.Permission)
		}
		seen = append(seen, info.Permission)
	}
	for _, role := range access.BuiltInRoles() {
		for _, p := range role.Permissions {
			if !slices.Contains(seen, p.Permission) {
				t.Errorf("role %s has the unknown permission %s", role.Name, p.Permission)
			}
		}
	}
}

func TestPrincipalNames(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]access.Principal{
		"ada@example.org": {UserID: 1, Username: "ada", Email: "ada@example.org", Name: "Ada"},
		"ada":             {UserID: 1, Username: "ada", Name: "Ada"},
		"ci":              {UserID: access.TokenUserID, Name: "ci"},
	} {
		if got := p.DisplayName(); got != want {
			t.Errorf("DisplayName of %+v = %q, want %q", p, got, want)
		}
	}
	if !access.System().IsAdmin() || access.System().Person() {
		t.Error("the system is a person, or not an administrator")
	}
}
