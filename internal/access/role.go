package access

// RoleID identifies a role. The built-in ones have fixed ids.
type RoleID int64

// The built-in roles.
const (
	AdminRole  RoleID = 1
	EditorRole RoleID = 2
	ViewerRole RoleID = 3
	OwnerRole  RoleID = 4
	MemberRole RoleID = 5
	ReaderRole RoleID = 6
)

// RoleType says where a role applies and whether it can be changed.
type RoleType string

// The role types.
const (
	RootRole          RoleType = "root"
	ProjectRole       RoleType = "project"
	CustomRootRole    RoleType = "root-custom"
	CustomProjectRole RoleType = "custom"
)

// OnServer reports whether a role of the type is held on the whole server,
// rather than in a project.
func (t RoleType) OnServer() bool { return t == RootRole || t == CustomRootRole }

// BuiltIn reports whether roles of the type are the same on every server and
// cannot be changed.
func (t RoleType) BuiltIn() bool { return t == RootRole || t == ProjectRole }

// Role is a named set of permissions. The built-in roles are fixed data, not
// rows: an environment permission of theirs holds in every environment.
type Role struct {
	ID          RoleID
	Name        string
	Description string
	Type        RoleType
	Permissions []RolePermission
}

// RolePermission is a permission that a role gives.
type RolePermission struct {
	Permission  Permission
	Environment string // the only one it holds in; empty for all
}

// everywhere are permissions that hold in every environment.
func everywhere(permissions ...Permission) []RolePermission {
	all := make([]RolePermission, len(permissions))
	for i, p := range permissions {
		all[i] = RolePermission{Permission: p}
	}
	return all
}

// projectWork is what a member of a project may do in it.
var projectWork = []Permission{
	CreateFeature, UpdateFeature, UpdateDependency, DeleteFeature, UpdateFeatureVariants,
	ReadProjectToken, CreateProjectToken, UpdateProjectToken, DeleteProjectToken,
	CreateFeatureStrategy, UpdateFeatureStrategy, DeleteFeatureStrategy, UpdateFeatureEnv, UpdateFeatureEnvVariant,
}

var builtIn = []Role{
	{AdminRole, "Admin", "May do everything, everywhere.", RootRole, everywhere(AdminAll)},
	{EditorRole, "Editor", "May work on flags of the default project and on what all projects share.", RootRole, everywhere(append([]Permission{
		CreateAddon, UpdateAddon, DeleteAddon, CreateContextField, UpdateContextField, DeleteContextField,
		CreateProject, CreateSegment, UpdateSegment, DeleteSegment, CreateStrategy, UpdateStrategy, DeleteStrategy,
		CreateTagType, UpdateTagType, DeleteTagType, UpdateApplication, CreateReleaseTemplate, UpdateReleaseTemplate,
		ReadClientToken, ReadFrontendToken, MoveFeature, UpdateProject, DeleteProject,
	}, projectWork...)...)},
	{ViewerRole, "Viewer", "May look at everything but tokens and people.", RootRole, nil},
	{OwnerRole, "Owner", "May do everything in the project.", ProjectRole, everywhere(append([]Permission{
		MoveFeature, UpdateProject, DeleteProject, UpdateProjectContext, UpdateProjectSegment, UpdateProjectTemplate,
	}, projectWork...)...)},
	{MemberRole, "Member", "May work on the flags and tokens of the project.", ProjectRole, everywhere(projectWork...)},
	{ReaderRole, "Reader", "May look at the project.", ProjectRole, nil},
}

// BuiltInRoles returns the roles every server has. The slice is a copy.
func BuiltInRoles() []Role { return append([]Role(nil), builtIn...) }

// BuiltInRole returns the built-in role of an id.
func BuiltInRole(id RoleID) (Role, bool) {
	for _, role := range builtIn {
		if role.ID == id {
			return role, true
		}
	}
	return Role{}, false
}

// GrantsOf returns what holding a role gives. For a root role, project is
// empty: its project and environment permissions then hold in the default
// project only, as they do in Unleash.
func GrantsOf(role Role, project string) Grants {
	if project == "" {
		project = defaultProject
	}
	grants := make(Grants, 0, len(role.Permissions))
	for _, p := range role.Permissions {
		info, ok := Lookup(p.Permission)
		if !ok {
			continue
		}
		g := Grant{Permission: p.Permission, Environment: p.Environment}
		if info.Scope != Root {
			g.Project = project
		}
		grants = append(grants, g)
	}
	return grants
}

// Holding is a role that somebody holds, alone or in a group.
type Holding struct {
	Role    Role
	Project string // empty: on the whole server
}

// Unite returns all that holding some roles gives, and the projects that the
// holder belongs to: by a role in them, even one without permissions, or by a
// right in them.
func Unite(holdings []Holding) (Grants, map[string]bool) {
	var all Grants
	member := map[string]bool{}
	for _, h := range holdings {
		if h.Project != "" {
			member[h.Project] = true
		}
		for _, g := range GrantsOf(h.Role, h.Project) {
			all = append(all, g)
			if g.Project != "" {
				member[g.Project] = true
			}
		}
	}
	return all, member
}
