package adminapi

import (
	"net/http"
	"strconv"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

// RoleInfo is a role without its permissions.
type RoleInfo struct {
	ID          access.RoleID   `json:"id"`
	Name        string          `json:"name"`
	Type        access.RoleType `json:"type"`
	Description string          `json:"description,omitempty"`
	Project     string          `json:"project,omitempty" doc:"Where it is held"`
	Holders     *int            `json:"holders,omitempty" doc:"How many accounts and groups hold it, a place at a time; for administrators, in the list with ?details=true"`
}

// Roles is a list of roles.
type Roles struct {
	Version int        `json:"version"`
	Roles   []RoleInfo `json:"roles"`
}

// ChangedRole is a role that was just made or changed.
type ChangedRole struct {
	Version int      `json:"version"`
	Role    RoleInfo `json:"roles" doc:"One role, under the name that clients expect"`
}

// RoleDetail is a role with its permissions.
type RoleDetail struct {
	ID          access.RoleID    `json:"id"`
	Name        string           `json:"name"`
	Type        access.RoleType  `json:"type"`
	Description string           `json:"description"`
	Permissions []PermissionInfo `json:"permissions"`
}

// PermissionInfo describes a permission.
type PermissionInfo struct {
	ID          int               `json:"id" doc:"Its place in the list of permissions"`
	Name        access.Permission `json:"name"`
	DisplayName string            `json:"displayName"`
	Type        string            `json:"type" enum:"root,project,environment"`
	Environment string            `json:"environment,omitempty" doc:"The only one it holds in; absent for all"`
	Category    string            `json:"category,omitempty" doc:"What it is about, in the list of permissions"`
}

// EnvironmentPermissions are the permissions that are given an environment at
// a time.
type EnvironmentPermissions struct {
	Name        feature.EnvironmentName `json:"name"`
	Permissions []PermissionInfo        `json:"permissions"`
}

// PermissionGroups are all permissions by how far they reach.
type PermissionGroups struct {
	Root         []PermissionInfo         `json:"root"`
	Project      []PermissionInfo         `json:"project"`
	Environments []EnvironmentPermissions `json:"environments"`
}

// Permissions is what roles are made of.
type Permissions struct {
	Version     int              `json:"version"`
	Permissions PermissionGroups `json:"permissions"`
}

// RoleBody creates or replaces a custom role.
type RoleBody struct {
	Name        string               `json:"name" required:"true" doc:"Unique on the server, in any case"`
	Description string               `json:"description,omitempty"`
	Type        access.RoleType      `json:"type,omitempty" enum:"root-custom,custom" doc:"root-custom: held on the whole server; custom, as when absent: in projects"`
	Permissions []RolePermissionBody `json:"permissions,omitempty" maxItems:"1000" doc:"All that the role gives"`
}

// RolePermissionBody names a permission of a role.
type RolePermissionBody struct {
	ID          int               `json:"id,omitempty" doc:"Its place in the list of permissions, in the place of a name"`
	Name        access.Permission `json:"name,omitempty"`
	Environment *string           `json:"environment,omitempty" doc:"The only one it holds in, for a permission of the type environment; empty, null or absent for all"`
}

// RoleUses is where a role is held.
type RoleUses struct {
	Projects []RoleUse `json:"projects"`
}

// RoleUse is how many hold a role in one project.
type RoleUse struct {
	Project             feature.ProjectID `json:"project"`
	Role                access.RoleID     `json:"role"`
	UserCount           int               `json:"userCount"`
	ServiceAccountCount int               `json:"serviceAccountCount"`
	GroupCount          int               `json:"groupCount"`
}

func (h *Handler) roleRoutes() []Route {
	admin := in(access.AdminAll)
	give := inSome(access.ReadRole, access.ReadProjectAccess, access.WriteProjectAccess, access.UpdateProject)
	return []Route{
		read("/roles", "getRoles", "List roles", give, h.listRoles),
		write(http.MethodPost, "/roles", "createRole", "Create a custom role", admin, http.StatusOK, h.createRole),
		write(http.MethodPost, "/roles/validate", "validateRole", "Ask whether a custom role could be created",
			admin, http.StatusOK, h.validateRole),
		read("/roles/{roleId}", "getRoleById", "Read a role with its permissions", give, h.getRole).versioned(),
		write(http.MethodPut, "/roles/{roleId}", "updateRole", "Replace a custom role, for everybody who holds it", admin, http.StatusOK, h.updateRole),
		act(http.MethodDelete, "/roles/{roleId}", "deleteRole", "Delete a custom role that nobody holds", admin, http.StatusOK, h.deleteRole),
		read("/permissions", "getPermissions", "List permissions", signedIn(), h.listPermissions),
		read("/projects/roles/{roleId}/access", "getRoleProjectAccess", "List the projects in which a role is held", give, h.roleUses),
	}
}

func (h *Handler) listRoles(c *Call) (Roles, error) {
	roles, err := h.Control.Roles(c.r.Context())
	all := Roles{Version: 1, Roles: roleInfos(roles)}
	if err != nil || c.Query("details") != "true" || !c.Actor.IsAdmin() {
		return all, err
	}
	counts, err := h.Control.CountRoleHolders(c.r.Context())
	for i, role := range all.Roles {
		all.Roles[i].Holders = new(counts[role.ID])
	}
	return all, err
}

func (h *Handler) createRole(c *Call, b RoleBody) (ChangedRole, error) {
	role, err := b.role(access.CustomProjectRole)
	if err != nil {
		return ChangedRole{}, err
	}
	role, err = h.Control.CreateRole(c.r.Context(), c.Actor, role)
	return ChangedRole{Version: 1, Role: roleInfo(role)}, err
}

func (h *Handler) validateRole(c *Call, b RoleBody) (None, error) {
	role, err := b.role(access.CustomProjectRole)
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.CheckRole(c.r.Context(), role)
}

func (h *Handler) getRole(c *Call) (RoleDetail, error) {
	id, err := c.ID("roleId")
	if err != nil {
		return RoleDetail{}, err
	}
	role, err := h.Control.Role(c.r.Context(), access.RoleID(id))
	return roleDetail(role), err
}

func (h *Handler) updateRole(c *Call, b RoleBody) (ChangedRole, error) {
	id, err := c.ID("roleId")
	if err != nil {
		return ChangedRole{}, err
	}
	role, err := b.role("")
	if err != nil {
		return ChangedRole{}, err
	}
	role.ID = access.RoleID(id)
	role, err = h.Control.UpdateRole(c.r.Context(), c.Actor, role)
	return ChangedRole{Version: 1, Role: roleInfo(role)}, err
}

func (h *Handler) deleteRole(c *Call) (None, error) {
	id, err := c.ID("roleId")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DeleteRole(c.r.Context(), c.Actor, access.RoleID(id))
}

func (h *Handler) roleUses(c *Call) (RoleUses, error) {
	id, err := c.ID("roleId")
	if err != nil {
		return RoleUses{}, err
	}
	uses, err := h.Control.RoleUses(c.r.Context(), access.RoleID(id))
	all := RoleUses{Projects: []RoleUse{}}
	for _, u := range uses {
		if u.Project != "" {
			all.Projects = append(all.Projects, RoleUse{
				Project: u.Project, Role: access.RoleID(id), UserCount: u.Users, ServiceAccountCount: u.Services, GroupCount: u.Groups,
			})
		}
	}
	return all, err
}

func (h *Handler) listPermissions(c *Call) (Permissions, error) {
	all := Permissions{Version: 1, Permissions: PermissionGroups{
		Root: []PermissionInfo{}, Project: []PermissionInfo{}, Environments: []EnvironmentPermissions{},
	}}
	scoped := []PermissionInfo{}
	for i, info := range access.Permissions() {
		shown := permissionInfo(i, info)
		shown.Category = info.Category
		switch info.Scope {
		case access.Root:
			all.Permissions.Root = append(all.Permissions.Root, shown)
		case access.Project:
			all.Permissions.Project = append(all.Permissions.Project, shown)
		case access.Environment:
			scoped = append(scoped, shown)
		}
	}
	names, err := h.Control.EnvironmentNames(c.r.Context())
	for _, name := range names {
		all.Permissions.Environments = append(all.Permissions.Environments, EnvironmentPermissions{Name: name, Permissions: scoped})
	}
	return all, err
}

// role returns the role that a body describes, of another type when it names
// none.
func (b RoleBody) role(otherwise access.RoleType) (access.Role, error) {
	role := access.Role{Name: b.Name, Description: b.Description, Type: b.Type}
	if role.Type == "" {
		role.Type = otherwise
	}
	seen := map[access.RolePermission]bool{}
	for i, body := range b.Permissions {
		p, err := body.permission("/body/permissions/" + strconv.Itoa(i))
		if err != nil {
			return role, err
		}
		if !seen[p] {
			role.Permissions = append(role.Permissions, p)
		}
		seen[p] = true
	}
	return role, nil
}

func (b RolePermissionBody) permission(path string) (access.RolePermission, error) {
	p := access.RolePermission{Permission: b.Name}
	if b.Environment != nil {
		p.Environment = *b.Environment
	}
	if p.Permission != "" {
		return p, nil
	}
	all := access.Permissions()
	if b.ID < 1 || b.ID > len(all) {
		return p, fault.Field(path+"/name", "permissions must each have a name, or the id of a permission")
	}
	p.Permission = all[b.ID-1].Permission
	return p, nil
}

func roleInfo(role access.Role) RoleInfo {
	return RoleInfo{ID: role.ID, Name: role.Name, Type: role.Type, Description: role.Description}
}

func roleDetail(role access.Role) RoleDetail {
	return RoleDetail{ID: role.ID, Name: role.Name, Type: role.Type, Description: role.Description, Permissions: permissionsOf(role)}
}

func roleInfos(roles []access.Role) []RoleInfo {
	all := make([]RoleInfo, len(roles))
	for i, role := range roles {
		all[i] = roleInfo(role)
	}
	return all
}

// permissionsOf returns what a role gives, in the order of all permissions.
func permissionsOf(role access.Role) []PermissionInfo {
	all := []PermissionInfo{}
	for i, info := range access.Permissions() {
		for _, p := range role.Permissions {
			if p.Permission == info.Permission {
				shown := permissionInfo(i, info)
				shown.Environment = p.Environment
				all = append(all, shown)
			}
		}
	}
	return all
}

func permissionInfo(index int, info access.Info) PermissionInfo {
	return PermissionInfo{ID: index + 1, Name: info.Permission, DisplayName: info.Label, Type: info.Scope.String()}
}
