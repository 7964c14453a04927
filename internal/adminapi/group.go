package adminapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// GroupInfo is a group without its members.
type GroupInfo struct {
	ID          int64          `json:"id"`
	Name        string         `json:"name"`
	Description *string        `json:"description" nullable:"true"`
	MappingsSSO []string       `json:"mappingsSSO" doc:"Groups of an identity provider"`
	RootRole    *access.RoleID `json:"rootRole" nullable:"true" doc:"What every member holds on the whole server"`
	CreatedBy   string         `json:"createdBy"`
	CreatedAt   time.Time      `json:"createdAt"`
}

// Group is a group with its members and its projects.
type Group struct {
	GroupInfo
	Users     []GroupUser         `json:"users"`
	Projects  []feature.ProjectID `json:"projects" doc:"Where it holds a role"`
	UserCount int                 `json:"userCount"`
}

// GroupUser is a member of a group.
type GroupUser struct {
	JoinedAt  time.Time       `json:"joinedAt"`
	CreatedBy string          `json:"createdBy" doc:"Who added the member"`
	User      control.Account `json:"user"`
}

// Groups is a list of groups.
type Groups struct {
	Groups []Group `json:"groups"`
}

// GroupBody creates a group or replaces what is said of it.
type GroupBody struct {
	Name        string          `json:"name" required:"true" doc:"Unique on the server"`
	Description *string         `json:"description,omitempty"`
	MappingsSSO []string        `json:"mappingsSSO,omitempty"`
	RootRole    *access.RoleID  `json:"rootRole,omitempty" doc:"Absent or null: none"`
	Users       []GroupUserBody `json:"users,omitempty" maxItems:"5000" doc:"Absent: the members stay"`
}

// GroupUserBody names a member of a group.
type GroupUserBody struct {
	User struct {
		ID int64 `json:"id" required:"true"`
	} `json:"user" required:"true"`
}

func (h *Handler) groupRoutes() []Route {
	admin := in(access.AdminAll)
	return []Route{
		read("/groups", "getGroups", "List groups", admin, h.listGroups),
		write(http.MethodPost, "/groups", "createGroup", "Create a group", admin, http.StatusCreated, h.createGroup),
		read("/groups/{groupId}", "getGroup", "Read a group", admin, h.getGroup).versioned(),
		write(http.MethodPut, "/groups/{groupId}", "updateGroup", "Replace what is said of a group", admin, http.StatusOK, h.updateGroup),
		act(http.MethodDelete, "/groups/{groupId}", "deleteGroup", "Delete a group", admin, http.StatusOK, h.deleteGroup),
	}
}

func (h *Handler) listGroups(c *Call) (Groups, error) {
	groups, err := h.Control.Groups(c.r.Context())
	return Groups{Groups: groupAnswers(groups)}, err
}

func (h *Handler) createGroup(c *Call, b GroupBody) (Group, error) {
	g, err := h.Control.CreateGroup(c.r.Context(), c.Actor, b.fields())
	return groupAnswer(g), err
}

func (h *Handler) getGroup(c *Call) (Group, error) {
	id, err := c.ID("groupId")
	if err != nil {
		return Group{}, err
	}
	g, err := h.Control.Group(c.r.Context(), id)
	return groupAnswer(g), err
}

func (h *Handler) updateGroup(c *Call, b GroupBody) (Group, error) {
	id, err := c.ID("groupId")
	if err != nil {
		return Group{}, err
	}
	g, err := h.Control.UpdateGroup(c.r.Context(), c.Actor, id, b.fields())
	return groupAnswer(g), err
}

func (h *Handler) deleteGroup(c *Call) (None, error) {
	id, err := c.ID("groupId")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DeleteGroup(c.r.Context(), c.Actor, id)
}

func (b GroupBody) fields() control.GroupFields {
	f := control.GroupFields{Name: b.Name, Description: b.Description, MappingsSSO: b.MappingsSSO, RootRole: b.RootRole}
	if b.Users != nil {
		f.Users = []int64{}
	}
	for _, u := range b.Users {
		f.Users = append(f.Users, u.User.ID)
	}
	return f
}

func groupInfo(g store.Group) GroupInfo {
	return GroupInfo{
		ID: g.ID, Name: g.Name, Description: g.Description, MappingsSSO: g.MappingsSSO, RootRole: g.RootRole,
		CreatedBy: g.CreatedBy, CreatedAt: g.CreatedAt,
	}
}

func groupUsers(members []control.GroupPerson) []GroupUser {
	all := make([]GroupUser, len(members))
	for i, m := range members {
		all[i] = GroupUser{JoinedAt: m.JoinedAt, CreatedBy: m.AddedBy, User: control.AccountOf(m.User)}
	}
	return all
}

func groupAnswer(g control.GroupDetail) Group {
	return Group{GroupInfo: groupInfo(g.Group), Users: groupUsers(g.Members), Projects: g.Projects, UserCount: len(g.Members)}
}

func groupAnswers(groups []control.GroupDetail) []Group {
	all := make([]Group, len(groups))
	for i, g := range groups {
		all[i] = groupAnswer(g)
	}
	return all
}
