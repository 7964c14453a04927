package adminapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
)

// HeldPermission is a permission and whether it is held.
type HeldPermission struct {
	PermissionInfo
	HasPermission bool `json:"hasPermission"`
}

// HeldPermissions are all permissions, and whether each is held: on the whole
// server, in the project and in the environment that were asked about.
type HeldPermissions struct {
	Root        []HeldPermission `json:"root"`
	Project     []HeldPermission `json:"project"`
	Environment []HeldPermission `json:"environment"`
	Groups      []MyGroup        `json:"groups" doc:"The groups of the account"`
}

// Rights is what an account may do.
type Rights struct {
	Overview     HeldPermissions `json:"overview"`
	User         control.Account `json:"user"`
	RootRole     RoleInfo        `json:"rootRole"`
	ProjectRoles []RoleDetail    `json:"projectRoles" doc:"In the project that was asked about"`
	Holdings     []HeldRole      `json:"holdings" doc:"Every role that the account holds, with where it comes from"`
}

// AccessOverview is what everybody belongs to.
type AccessOverview struct {
	Overview []AccountAccess `json:"overview"`
}

// AccountAccess is what an account belongs to.
type AccountAccess struct {
	UserID             int64               `json:"userId"`
	CreatedAt          time.Time           `json:"createdAt"`
	UserName           string              `json:"userName"`
	UserEmail          string              `json:"userEmail"`
	LastSeen           *time.Time          `json:"lastSeen" doc:"The last sign-in"`
	AccessibleProjects []feature.ProjectID `json:"accessibleProjects" doc:"In which it holds a role or a right; all for an administrator"`
	Groups             []string            `json:"groups"`
	RootRole           string              `json:"rootRole"`
}

// BaseAccounts are the accounts and groups that roles can be given to.
type BaseAccounts struct {
	Users  []BaseAccount `json:"users"`
	Groups []Group       `json:"groups"`
}

// BaseAccount is who an account is.
type BaseAccount struct {
	ID       int64  `json:"id"`
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
	Email    string `json:"email,omitempty"`
	ImageURL string `json:"imageUrl,omitempty"`
}

// InactiveUsers is the people who have not been here for long.
type InactiveUsers struct {
	Version       int            `json:"version"`
	InactiveUsers []InactiveUser `json:"inactiveUsers"`
}

// InactiveUser is a person who has not been here for long.
type InactiveUser struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name,omitempty"`
	Email     string     `json:"email,omitempty"`
	Username  string     `json:"username,omitempty"`
	SeenAt    *time.Time `json:"seenAt"`
	CreatedAt time.Time  `json:"createdAt"`
	PATSeenAt *time.Time `json:"patSeenAt" doc:"The last use of a personal token"`
}

// UserIDsBody names people.
type UserIDsBody struct {
	IDs []int64 `json:"ids" required:"true" maxItems:"1000"`
}

func rightsQuery() []Param {
	return []Param{text("project", "Say what is held in this project"), text("environment", "And in this environment of it")}
}

func (h *Handler) rightsRoutes() []Route {
	admin := in(access.AdminAll)
	give := inSome(access.ReadProjectAccess, access.WriteProjectAccess, access.UpdateProject)
	return []Route{
		read("/user-admin/{id}/permissions", "getUserPermissions", "Read what a person may do", admin, h.userRights).with(rightsQuery()...),
		read("/access/overview", "getAccessOverview", "List everybody with role, groups and projects", admin, h.accessOverview),
		read("/user-admin/access", "getBaseUsersAndGroups", "List the accounts and groups that roles can be given to", give, h.baseAccounts),
		read("/user-admin/admin-count", "getAdminCount", "Count who holds the role Admin", admin, h.adminCount),
		read("/user-admin/inactive", "getInactiveUsers", "List people who have done nothing here for 180 days", admin, h.inactiveUsers),
		write(http.MethodPost, "/user-admin/inactive/delete", "deleteInactiveUsers", "Delete several people, all or none",
			admin, http.StatusOK, h.deleteUsers),
	}
}

func (h *Handler) userRights(c *Call) (Rights, error) { return h.rights(c, false) }

func (h *Handler) serviceRights(c *Call) (Rights, error) { return h.rights(c, true) }

func (h *Handler) rights(c *Call, service bool) (Rights, error) {
	id, err := c.ID("id")
	if err != nil {
		return Rights{}, err
	}
	project, environment := c.Query("project"), c.Query("environment")
	held, err := h.Control.RightsOf(c.r.Context(), id, service, feature.ProjectID(project))
	if err != nil {
		return Rights{}, err
	}
	r := Rights{
		User: control.AccountOf(held.User), RootRole: roleInfo(held.RootRole), Holdings: heldRoles(held.Held), ProjectRoles: make([]RoleDetail, len(held.ProjectRoles)),
		Overview: HeldPermissions{Root: []HeldPermission{}, Project: []HeldPermission{}, Environment: []HeldPermission{}, Groups: []MyGroup{}},
	}
	for i, role := range held.ProjectRoles {
		r.ProjectRoles[i] = roleDetail(role)
	}
	for _, g := range held.Groups {
		r.Overview.Groups = append(r.Overview.Groups, MyGroup{ID: g.ID, Name: g.Name})
	}
	for i, info := range access.Permissions() {
		shown := HeldPermission{PermissionInfo: permissionInfo(i, info), HasPermission: held.Grants.Has(info.Permission, project, environment)}
		switch info.Scope {
		case access.Root:
			r.Overview.Root = append(r.Overview.Root, shown)
		case access.Project:
			r.Overview.Project = append(r.Overview.Project, shown)
		case access.Environment:
			r.Overview.Environment = append(r.Overview.Environment, shown)
		}
	}
	return r, nil
}

func (h *Handler) accessOverview(c *Call) (AccessOverview, error) {
	all, err := h.Control.AccessOverview(c.r.Context())
	overview := AccessOverview{Overview: make([]AccountAccess, len(all))}
	for i, a := range all {
		name := a.User.Name
		if name == "" {
			name = a.User.Username
		}
		overview.Overview[i] = AccountAccess{
			UserID: a.User.ID, CreatedAt: a.User.CreatedAt, UserName: name, UserEmail: a.User.Email, LastSeen: a.User.SeenAt,
			AccessibleProjects: a.Projects, Groups: a.Groups, RootRole: a.RootRole,
		}
	}
	return overview, err
}

func (h *Handler) baseAccounts(c *Call) (BaseAccounts, error) {
	users, err := h.Control.Accounts(c.r.Context())
	if err != nil {
		return BaseAccounts{}, err
	}
	groups, err := h.Control.Groups(c.r.Context())
	all := BaseAccounts{Users: make([]BaseAccount, len(users)), Groups: groupAnswers(groups)}
	for i, u := range users {
		all.Users[i] = BaseAccount{ID: u.ID, Name: u.Name, Username: u.Username, Email: u.Email, ImageURL: u.ImageURL}
	}
	return all, err
}

func (h *Handler) adminCount(c *Call) (control.AdminCount, error) {
	return h.Control.CountAdmins(c.r.Context())
}

func (h *Handler) inactiveUsers(c *Call) (InactiveUsers, error) {
	users, err := h.Control.InactiveUsers(c.r.Context())
	all := InactiveUsers{Version: 1, InactiveUsers: make([]InactiveUser, len(users))}
	for i, u := range users {
		all.InactiveUsers[i] = InactiveUser{
			ID: u.ID, Name: u.Name, Email: u.Email, Username: u.Username, SeenAt: u.SeenAt, CreatedAt: u.CreatedAt, PATSeenAt: u.TokenSeenAt,
		}
	}
	return all, err
}

func (h *Handler) deleteUsers(c *Call, b UserIDsBody) (None, error) {
	return None{}, h.Control.DeleteUsers(c.r.Context(), c.Actor, b.IDs)
}
