package adminapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
)

// ProjectAccess is who may do what in a project.
type ProjectAccess struct {
	Users  []ProjectUser  `json:"users"`
	Groups []ProjectGroup `json:"groups"`
	Roles  []RoleInfo     `json:"roles" doc:"The roles that can be given"`
}

// ProjectUser is a user with roles in a project.
type ProjectUser struct {
	ID       int64           `json:"id"`
	Name     string          `json:"name,omitempty"`
	Username string          `json:"username,omitempty"`
	Email    string          `json:"email,omitempty"`
	ImageURL string          `json:"imageUrl,omitempty"`
	IsAPI    bool            `json:"isAPI" doc:"It is a service account"`
	AddedAt  time.Time       `json:"addedAt"`
	RoleID   access.RoleID   `json:"roleId" doc:"The first of roles"`
	Roles    []access.RoleID `json:"roles"`
}

// ProjectGroup is a group with roles in a project.
type ProjectGroup struct {
	GroupInfo
	Users   []GroupUser     `json:"users"`
	AddedAt time.Time       `json:"addedAt"`
	RoleID  access.RoleID   `json:"roleId" doc:"The first of roles"`
	Roles   []access.RoleID `json:"roles"`
}

// RolesBody replaces the roles of a user or a group in a project.
type RolesBody struct {
	Roles []access.RoleID `json:"roles" required:"true" maxItems:"20"`
}

// AccessBody replaces all roles in a project.
type AccessBody struct {
	Roles []AssignmentBody `json:"roles" required:"true" maxItems:"500"`
}

// AssignmentBody is a role with those who hold it.
type AssignmentBody struct {
	ID     access.RoleID `json:"id" required:"true"`
	Groups []int64       `json:"groups,omitempty" maxItems:"5000"`
	Users  []int64       `json:"users,omitempty" maxItems:"5000"`
}

// NewAccessBody adds roles in a project.
type NewAccessBody struct {
	Roles  []access.RoleID `json:"roles" required:"true" maxItems:"20"`
	Groups []int64         `json:"groups" required:"true" maxItems:"5000"`
	Users  []int64         `json:"users" required:"true" maxItems:"5000"`
}

func (h *Handler) memberRoutes() []Route {
	const (
		all   = "/projects/{projectId}/access"
		user  = "/projects/{projectId}/users/{userId}/roles"
		group = "/projects/{projectId}/groups/{groupId}/roles"
	)
	see := in(access.ReadProjectAccess, access.WriteProjectAccess, access.UpdateProject)
	set := in(access.WriteProjectAccess, access.UpdateProject)
	return []Route{
		read(all, "getProjectAccess", "List who may do what in a project", see, h.projectAccess),
		write(http.MethodPut, all, "setProjectAccess", "Replace all roles in a project", set, http.StatusOK, h.replaceProjectAccess),
		write(http.MethodPost, all, "addAccessToProject", "Add roles in a project for users and groups", set, http.StatusOK, h.addProjectAccess),
		write(http.MethodPut, user, "setRolesForUser", "Replace a user's roles in a project", set, http.StatusOK, h.setUserRoles),
		act(http.MethodDelete, user, "removeUserAccess", "Take all of a user's roles in a project", set, http.StatusOK, h.removeUserRoles),
		write(http.MethodPut, group, "setRolesForGroup", "Replace a group's roles in a project", set, http.StatusOK, h.setGroupRoles),
		act(http.MethodDelete, group, "removeGroupAccess", "Take all of a group's roles in a project", set, http.StatusOK, h.removeGroupRoles),
	}
}

func (h *Handler) projectAccess(c *Call) (ProjectAccess, error) {
	a, err := h.Control.ProjectAccess(c.r.Context(), c.project())
	all := ProjectAccess{Users: make([]ProjectUser, len(a.Members)), Groups: make([]ProjectGroup, len(a.Teams)), Roles: roleInfos(a.Roles)}
	for i, m := range a.Members {
		all.Users[i] = projectUser(m)
	}
	for i, t := range a.Teams {
		all.Groups[i] = projectGroup(t)
	}
	return all, err
}

func (h *Handler) replaceProjectAccess(c *Call, b AccessBody) (None, error) {
	wanted := make([]control.Assignment, len(b.Roles))
	for i, a := range b.Roles {
		wanted[i] = control.Assignment{Role: a.ID, Groups: a.Groups, Users: a.Users}
	}
	return None{}, h.Control.ReplaceProjectAccess(c.r.Context(), c.Actor, c.project(), wanted)
}

func (h *Handler) addProjectAccess(c *Call, b NewAccessBody) (None, error) {
	return None{}, h.Control.AddProjectAccess(c.r.Context(), c.Actor, c.project(), control.NewAccess{
		Roles: b.Roles, Groups: b.Groups, Users: b.Users,
	})
}

func (h *Handler) setUserRoles(c *Call, b RolesBody) (None, error) {
	user, err := c.ID("userId")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.SetProjectRoles(c.r.Context(), c.Actor, c.project(), user, b.Roles)
}

func (h *Handler) removeUserRoles(c *Call) (None, error) { return h.setUserRoles(c, RolesBody{}) }

func (h *Handler) setGroupRoles(c *Call, b RolesBody) (None, error) {
	group, err := c.ID("groupId")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.SetProjectGroupRoles(c.r.Context(), c.Actor, c.project(), group, b.Roles)
}

func (h *Handler) removeGroupRoles(c *Call) (None, error) { return h.setGroupRoles(c, RolesBody{}) }

func projectUser(m control.ProjectMember) ProjectUser {
	u := ProjectUser{
		ID: m.User.ID, Name: m.User.Name, Username: m.User.Username, Email: m.User.Email, ImageURL: m.User.ImageURL,
		IsAPI: m.User.Service, AddedAt: m.Roles[0].AddedAt, RoleID: m.Roles[0].Role,
	}
	for _, role := range m.Roles {
		u.Roles = append(u.Roles, role.Role)
	}
	return u
}

func projectGroup(t control.ProjectTeam) ProjectGroup {
	g := ProjectGroup{GroupInfo: groupInfo(t.Group), Users: groupUsers(t.Members), AddedAt: t.Roles[0].AddedAt, RoleID: t.Roles[0].Role}
	for _, role := range t.Roles {
		g.Roles = append(g.Roles, role.Role)
	}
	return g
}
