package adminapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
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
}

// Roles is a list of roles.
type Roles struct {
	Version int        `json:"version"`
	Roles   []RoleInfo `json:"roles"`
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

// ProjectAccess is who may do what in a project.
type ProjectAccess struct {
	Users  []ProjectUser `json:"users"`
	Groups []struct{}    `json:"groups"`
	Roles  []RoleInfo    `json:"roles" doc:"The roles that can be given"`
}

// ProjectUser is a user with roles in a project.
type ProjectUser struct {
	ID       int64           `json:"id"`
	Name     string          `json:"name,omitempty"`
	Username string          `json:"username,omitempty"`
	Email    string          `json:"email,omitempty"`
	ImageURL string          `json:"imageUrl,omitempty"`
	AddedAt  time.Time       `json:"addedAt"`
	RoleID   access.RoleID   `json:"roleId" doc:"The first of roles"`
	Roles    []access.RoleID `json:"roles"`
}

// UserRolesBody replaces a user's roles in a project.
type UserRolesBody struct {
	Roles []access.RoleID `json:"roles" required:"true" maxItems:"20"`
}

func (h *Handler) roleRoutes() []Route {
	const user = "/projects/{projectId}/users/{userId}/roles"
	seeAccess := in(access.ReadProjectAccess, access.WriteProjectAccess, access.UpdateProject)
	setAccess := in(access.WriteProjectAccess, access.UpdateProject)
	return []Route{
		read("/roles", "getRoles", "List roles", signedIn(), h.listRoles),
		read("/roles/{roleId}", "getRoleById", "Read a role with its permissions", signedIn(), h.getRole),
		read("/permissions", "getPermissions", "List permissions", signedIn(), h.listPermissions),
		read("/projects/{projectId}/access", "getProjectAccess", "List who may do what in a project", seeAccess, h.projectAccess),
		write(http.MethodPut, user, "setRolesForUser", "Replace a user's roles in a project", setAccess, http.StatusOK, h.setProjectRoles),
		act(http.MethodDelete, user, "removeUserAccess", "Take all of a user's roles in a project", setAccess, http.StatusOK, h.removeProjectRoles),
	}
}

func (h *Handler) listRoles(*Call) (Roles, error) {
	all := Roles{Version: 1, Roles: []RoleInfo{}}
	for _, role := range access.BuiltInRoles() {
		all.Roles = append(all.Roles, roleInfo(role))
	}
	return all, nil
}

func (h *Handler) getRole(c *Call) (RoleDetail, error) {
	id, err := c.ID("roleId")
	if err != nil {
		return RoleDetail{}, err
	}
	role, known := access.BuiltInRole(access.RoleID(id))
	if !known {
		return RoleDetail{}, fault.New(fault.NotFound, "there is no role %d", id)
	}
	detail := RoleDetail{ID: role.ID, Name: role.Name, Type: role.Type, Description: role.Description, Permissions: []PermissionInfo{}}
	for i, info := range access.Permissions() {
		for _, p := range role.Permissions {
			if p == info.Permission {
				detail.Permissions = append(detail.Permissions, permissionInfo(i, info))
			}
		}
	}
	return detail, nil
}

func (h *Handler) listPermissions(c *Call) (Permissions, error) {
	all := Permissions{Version: 1, Permissions: PermissionGroups{
		Root: []PermissionInfo{}, Project: []PermissionInfo{}, Environments: []EnvironmentPermissions{},
	}}
	scoped := []PermissionInfo{}
	for i, info := range access.Permissions() {
		switch info.Scope {
		case access.Root:
			all.Permissions.Root = append(all.Permissions.Root, permissionInfo(i, info))
		case access.Project:
			all.Permissions.Project = append(all.Permissions.Project, permissionInfo(i, info))
		case access.Environment:
			scoped = append(scoped, permissionInfo(i, info))
		}
	}
	names, err := h.Control.EnvironmentNames(c.r.Context())
	for _, name := range names {
		all.Permissions.Environments = append(all.Permissions.Environments, EnvironmentPermissions{Name: name, Permissions: scoped})
	}
	return all, err
}

func (h *Handler) projectAccess(c *Call) (ProjectAccess, error) {
	members, err := h.Control.ProjectMembers(c.r.Context(), feature.ProjectID(c.Param("projectId")))
	all := ProjectAccess{Users: make([]ProjectUser, len(members)), Groups: []struct{}{}, Roles: []RoleInfo{}}
	for i, m := range members {
		all.Users[i] = projectUser(m)
	}
	for _, role := range access.BuiltInRoles() {
		if role.Type == access.ProjectRole {
			all.Roles = append(all.Roles, roleInfo(role))
		}
	}
	return all, err
}

func (h *Handler) setProjectRoles(c *Call, b UserRolesBody) (None, error) {
	user, err := c.ID("userId")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.SetProjectRoles(c.r.Context(), c.Actor, feature.ProjectID(c.Param("projectId")), user, b.Roles)
}

func (h *Handler) removeProjectRoles(c *Call) (None, error) {
	return h.setProjectRoles(c, UserRolesBody{})
}

func roleInfo(role access.Role) RoleInfo {
	return RoleInfo{ID: role.ID, Name: role.Name, Type: role.Type, Description: role.Description}
}

func permissionInfo(index int, info access.Info) PermissionInfo {
	scope := "root"
	switch info.Scope {
	case access.Root:
	case access.Project:
		scope = "project"
	case access.Environment:
		scope = "environment"
	}
	return PermissionInfo{ID: index + 1, Name: info.Permission, DisplayName: info.Label, Type: scope}
}

func projectUser(m control.ProjectMember) ProjectUser {
	u := ProjectUser{
		ID: m.User.ID, Name: m.User.Name, Username: m.User.Username, Email: m.User.Email, ImageURL: m.User.ImageURL,
		AddedAt: m.Roles[0].AddedAt, RoleID: m.Roles[0].Role,
	}
	for _, role := range m.Roles {
		u.Roles = append(u.Roles, role.Role)
	}
	return u
}
