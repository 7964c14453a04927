package adminapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

// Me is who is asking, with all rights.
type Me struct {
	User        control.Account     `json:"user"`
	Permissions []GrantedPermission `json:"permissions"`
	Feedback    []struct{}          `json:"feedback" doc:"Always empty: this server asks for none"`
	Splash      map[string]bool     `json:"splash" doc:"Always empty: this server shows none"`
}

// GrantedPermission is one permission and where it holds.
type GrantedPermission struct {
	Permission  access.Permission `json:"permission"`
	Project     string            `json:"project,omitempty" doc:"Absent for a root permission"`
	Environment string            `json:"environment,omitempty" doc:"Absent: in every environment"`
}

// Profile is what the person asking belongs to.
type Profile struct {
	RootRole          RoleInfo            `json:"rootRole"`
	Projects          []feature.ProjectID `json:"projects"`
	Groups            []MyGroup           `json:"groups"`
	Features          []struct{}          `json:"features"`
	Subscriptions     []string            `json:"subscriptions"`
	CanChangePassword bool                `json:"canChangePassword"`
}

// MyGroup is a group that the person asking is in.
type MyGroup struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// PasswordBody is a new password. The old one is needed for one's own account
// only.
type PasswordBody struct {
	Password        string  `json:"password" required:"true"`
	ConfirmPassword *string `json:"confirmPassword,omitempty" doc:"Must equal password, when given"`
	OldPassword     string  `json:"oldPassword,omitempty"`
}

func (b PasswordBody) check() error {
	if b.ConfirmPassword != nil && *b.ConfirmPassword != b.Password {
		return fault.Field("/body/confirmPassword", "confirmPassword differs from password")
	}
	return nil
}

func (h *Handler) meRoutes() []Route {
	return []Route{
		read("/user", "getMe", "Read who you are and what you may do", signedIn(), h.me),
		read("/user/profile", "getProfile", "Read what you belong to", signedIn(), h.profile),
		read("/user/roles", "getUserRoles", "List your roles in a project", signedIn(), h.myRoles),
		write(http.MethodPost, "/user/change-password", "changeMyPassword", "Change your password",
			signedIn(), http.StatusOK, h.changeMyPassword),
	}
}

func (h *Handler) me(c *Call) (Me, error) {
	me := Me{Permissions: showGrants(c.Actor.Grants), Feedback: []struct{}{}, Splash: map[string]bool{}}
	if !c.Actor.Person() {
		me.User = control.Account{ID: c.Actor.UserID, Name: c.Actor.Name, Username: c.Actor.Name, Permissions: []string{}}
		if c.Actor.IsAdmin() {
			me.User.Permissions = []string{string(access.AdminAll)}
		}
		return me, nil
	}
	u, err := h.Control.Account(c.r.Context(), c.Actor.UserID)
	me.User = control.AccountOf(u)
	return me, err
}

// showGrants returns each right once, by project and name.
func showGrants(grants access.Grants) []GrantedPermission {
	all := []GrantedPermission{}
	for _, g := range grants {
		granted := GrantedPermission{Permission: g.Permission, Project: g.Project, Environment: g.Environment}
		if !slices.Contains(all, granted) {
			all = append(all, granted)
		}
	}
	slices.SortFunc(all, func(a, b GrantedPermission) int {
		return strings.Compare(a.Project+" "+string(a.Permission), b.Project+" "+string(b.Permission))
	})
	return all
}

func (h *Handler) profile(c *Call) (Profile, error) {
	if !c.Actor.Person() {
		return Profile{}, fault.New(fault.Forbidden, "an admin token belongs to no person and has no profile")
	}
	u, err := h.Control.Account(c.r.Context(), c.Actor.UserID)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{Groups: []MyGroup{}, Features: []struct{}{}, Subscriptions: []string{}, CanChangePassword: u.PasswordHash != ""}
	if p.Projects, err = h.Control.ProjectsOf(c.r.Context(), u.ID); err != nil {
		return p, err
	}
	groups, err := h.Control.GroupsOf(c.r.Context(), u.ID)
	if err != nil {
		return p, err
	}
	for _, g := range groups {
		p.Groups = append(p.Groups, MyGroup{ID: g.ID, Name: g.Name})
	}
	role, err := h.Control.Role(c.r.Context(), u.RootRole)
	p.RootRole = roleInfo(role)
	return p, err
}

func (h *Handler) myRoles(c *Call) (Roles, error) {
	project := c.Query("projectId")
	if project == "" {
		return Roles{}, fault.Field("/query/projectId", "projectId must be given")
	}
	if !c.Actor.Sees(project) {
		return Roles{}, control.NoProject(feature.ProjectID(project))
	}
	mine := Roles{Version: 1, Roles: []RoleInfo{}}
	roles, err := h.Control.ProjectRoles(c.r.Context(), feature.ProjectID(project), c.Actor.UserID)
	for _, role := range roles {
		info := roleInfo(role)
		info.Project = project
		mine.Roles = append(mine.Roles, info)
	}
	return mine, err
}

func (h *Handler) changeMyPassword(c *Call, b PasswordBody) (None, error) {
	if err := b.check(); err != nil {
		return None{}, err
	}
	return None{}, h.Control.ChangeOwnPassword(c.r.Context(), c.Actor, b.OldPassword, b.Password)
}
