package control

import (
	"context"
	"slices"
	"strconv"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about who may do what in a project.
const (
	eventAccessAdded       = "project-access-added"
	eventAccessUpdated     = "project-access-updated"
	eventRolesUpdated      = "project-access-user-roles-updated"
	eventRolesDeleted      = "project-access-user-roles-deleted"
	eventGroupRolesUpdated = "project-access-group-roles-updated"
	eventGroupRolesDeleted = "project-access-group-roles-deleted"
)

// ProjectMember is a user with the roles held in one project.
type ProjectMember struct {
	User  store.User
	Roles []store.Member
}

// ProjectTeam is a group with the roles held in one project.
type ProjectTeam struct {
	GroupDetail
	Roles []store.ProjectGroup
}

// ProjectAccess is who may do what in a project.
type ProjectAccess struct {
	Members []ProjectMember
	Teams   []ProjectTeam
	Roles   []access.Role // those that can be held in a project
}

// ProjectAccess returns who holds a role in a project, in the order of their
// ids.
func (c *Control) ProjectAccess(ctx context.Context, project feature.ProjectID) (ProjectAccess, error) {
	return view(ctx, c, func(tx *store.Tx) (ProjectAccess, error) {
		var a ProjectAccess
		if _, err := tx.Project(ctx, project); err != nil {
			return a, err
		}
		var err error
		if a.Members, err = projectMembers(ctx, tx, project); err != nil {
			return a, err
		}
		if a.Teams, err = projectTeams(ctx, tx, project); err != nil {
			return a, err
		}
		a.Roles, err = roles(ctx, tx)
		a.Roles = slices.DeleteFunc(a.Roles, func(r access.Role) bool { return r.Type.OnServer() })
		return a, err
	})
}

func projectMembers(ctx context.Context, tx *store.Tx, project feature.ProjectID) ([]ProjectMember, error) {
	rows, err := tx.MembersOf(ctx, project)
	if err != nil {
		return nil, err
	}
	members := []ProjectMember{}
	for _, row := range rows {
		if n := len(members); n > 0 && members[n-1].User.ID == row.UserID {
			members[n-1].Roles = append(members[n-1].Roles, row)
			continue
		}
		u, err := tx.User(ctx, row.UserID)
		if err != nil {
			return nil, err
		}
		members = append(members, ProjectMember{User: u, Roles: []store.Member{row}})
	}
	return members, nil
}

func projectTeams(ctx context.Context, tx *store.Tx, project feature.ProjectID) ([]ProjectTeam, error) {
	rows, err := tx.ProjectGroupsIn(ctx, project)
	if err != nil {
		return nil, err
	}
	var groups []store.Group
	roles := map[int64][]store.ProjectGroup{}
	for _, row := range rows {
		if roles[row.Group] == nil {
			g, err := tx.Group(ctx, row.Group)
			if err != nil {
				return nil, err
			}
			groups = append(groups, g)
		}
		roles[row.Group] = append(roles[row.Group], row)
	}
	details, err := groupDetails(ctx, tx, groups)
	teams := make([]ProjectTeam, len(details))
	for i, d := range details {
		teams[i] = ProjectTeam{GroupDetail: d, Roles: roles[d.ID]}
	}
	return teams, err
}

// team is a change of who may do what in a project, in one transaction.
type team struct {
	*store.Tx
	actor   access.Principal
	project feature.ProjectID
}

// changeTeam runs a change of who may do what in a project.
func (c *Control) changeTeam(ctx context.Context, actor access.Principal, project feature.ProjectID, change func(team) error) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Project(ctx, project); err != nil {
			return err
		}
		return change(team{tx, actor, project})
	})
}

// SetProjectRoles replaces the roles that a user holds in a project; none
// removes the user from it. Nobody gives or takes a role that allows more than
// they may do in the project themselves.
func (c *Control) SetProjectRoles(ctx context.Context, actor access.Principal, project feature.ProjectID, user int64, roles []access.RoleID) error {
	return c.changeTeam(ctx, actor, project, func(t team) error {
		before, err := t.setUser(ctx, user, roles, "")
		if err != nil {
			return err
		}
		event := eventRolesUpdated
		if len(roles) == 0 {
			event = eventRolesDeleted
		}
		return t.note(ctx, event, userRoles{user, before}, userRoles{user, roles})
	})
}

// SetProjectGroupRoles replaces the roles that a group holds in a project; none
// removes the group from it. It fails as SetProjectRoles does.
func (c *Control) SetProjectGroupRoles(ctx context.Context, actor access.Principal, project feature.ProjectID, group int64, roles []access.RoleID) error {
	return c.changeTeam(ctx, actor, project, func(t team) error {
		before, err := t.setGroup(ctx, group, roles, "")
		if err != nil {
			return err
		}
		event := eventGroupRolesUpdated
		if len(roles) == 0 {
			event = eventGroupRolesDeleted
		}
		return t.note(ctx, event, groupRoles{group, before}, groupRoles{group, roles})
	})
}

// Assignment is a role in a project with those who hold it.
type Assignment struct {
	Role   access.RoleID `json:"id"`
	Groups []int64       `json:"groups"`
	Users  []int64       `json:"users"`
}

// ReplaceProjectAccess makes these the only roles that anybody holds in a
// project. It fails as SetProjectRoles does.
func (c *Control) ReplaceProjectAccess(ctx context.Context, actor access.Principal, project feature.ProjectID, wanted []Assignment) error {
	return c.changeTeam(ctx, actor, project, func(t team) error {
		before, users, groups, err := t.assignments(ctx)
		if err != nil {
			return err
		}
		for _, a := range wanted {
			users, groups = append(users, a.Users...), append(groups, a.Groups...)
		}
		for _, user := range distinct(users) {
			roles := rolesOf(wanted, func(a Assignment) bool { return slices.Contains(a.Users, user) })
			if _, err := t.setUser(ctx, user, roles, "/body/roles"); err != nil {
				return err
			}
		}
		for _, group := range distinct(groups) {
			roles := rolesOf(wanted, func(a Assignment) bool { return slices.Contains(a.Groups, group) })
			if _, err := t.setGroup(ctx, group, roles, "/body/roles"); err != nil {
				return err
			}
		}
		after, _, _, err := t.assignments(ctx)
		if err != nil {
			return err
		}
		return t.note(ctx, eventAccessUpdated, accessEvent{before}, accessEvent{after})
	})
}

// NewAccess is roles to add for each of some users and groups.
type NewAccess struct {
	Roles  []access.RoleID `json:"roles"`
	Groups []int64         `json:"groups"`
	Users  []int64         `json:"users"`
}

// AddProjectAccess adds roles in a project to those that users and groups hold
// there. It fails as SetProjectRoles does.
func (c *Control) AddProjectAccess(ctx context.Context, actor access.Principal, project feature.ProjectID, n NewAccess) error {
	return c.changeTeam(ctx, actor, project, func(t team) error {
		for _, user := range distinct(n.Users) {
			held, err := projectRoles(ctx, t.Tx, project, user)
			if err != nil {
				return err
			}
			if _, err := t.setUser(ctx, user, append(held, n.Roles...), "/body/users"); err != nil {
				return err
			}
		}
		for _, group := range distinct(n.Groups) {
			held, err := t.groupRoles(ctx, group)
			if err != nil {
				return err
			}
			if _, err := t.setGroup(ctx, group, append(held, n.Roles...), "/body/groups"); err != nil {
				return err
			}
		}
		return t.note(ctx, eventAccessAdded, nil, n)
	})
}

// setUser replaces the roles of a user and returns those before.
func (t team) setUser(ctx context.Context, user int64, roles []access.RoleID, path string) ([]access.RoleID, error) {
	if _, err := t.User(ctx, user); err != nil {
		return nil, unknownIn(err, path, "user", user)
	}
	before, err := projectRoles(ctx, t.Tx, t.project, user)
	if err != nil {
		return nil, err
	}
	if err := t.mayTurn(ctx, before, roles); err != nil {
		return nil, err
	}
	if err := t.SetMember(ctx, t.project, user, roles); err != nil {
		return nil, err
	}
	return before, t.Touch(ctx, store.NounUser, strconv.FormatInt(user, 10))
}

// setGroup replaces the roles of a group and returns those before.
func (t team) setGroup(ctx context.Context, group int64, roles []access.RoleID, path string) ([]access.RoleID, error) {
	if _, err := t.Group(ctx, group); err != nil {
		return nil, unknownIn(err, path, "group", group)
	}
	before, err := t.groupRoles(ctx, group)
	if err != nil {
		return nil, err
	}
	if err := t.mayTurn(ctx, before, roles); err != nil {
		return nil, err
	}
	if err := t.SetProjectGroup(ctx, t.project, group, roles); err != nil {
		return nil, err
	}
	return before, t.Touch(ctx, store.NounGroup, strconv.FormatInt(group, 10))
}

// unknownIn turns a thing that a list in the body names and that does not exist
// into an error about the body. Without a path in the body, the request's path
// names the thing and the error stays.
func unknownIn(err error, path, what string, id int64) error {
	if fault.Is(err, fault.NotFound) && path != "" {
		return fault.Field(path, "there is no %s %d", what, id)
	}
	return err
}

// mayTurn returns an error unless the roles are of projects and the actor may
// do in this one whatever those roles allow that are given or taken.
func (t team) mayTurn(ctx context.Context, before, after []access.RoleID) error {
	for _, id := range distinct(append(slices.Clone(before), after...)) {
		given, taken := !slices.Contains(before, id), !slices.Contains(after, id)
		if !given && !taken {
			continue
		}
		role, err := roleToGive(ctx, t.Tx, "/body/roles", id, false)
		if err != nil {
			return err
		}
		if right, lacks := t.actor.Grants.Lacks(access.GrantsOf(role, string(t.project))); lacks {
			return &fault.Error{
				Kind: fault.Forbidden, Permissions: []string{string(right.Permission)},
				Message: "the role " + role.Name + " allows more than you may do in the project: it has " + string(right.Permission) +
					"; you can give and take only what you hold",
			}
		}
	}
	return nil
}

// note records an event about who may do what in the project.
func (t team) note(ctx context.Context, event string, before, after any) error {
	return t.Record(ctx, t.actor, store.Event{Type: event, Project: t.project}, before, after)
}

// assignments returns who holds what, with all users and groups.
func (t team) assignments(ctx context.Context) (all []Assignment, users, groups []int64, err error) {
	members, err := t.MembersOf(ctx, t.project)
	if err != nil {
		return nil, nil, nil, err
	}
	teams, err := t.ProjectGroupsIn(ctx, t.project)
	if err != nil {
		return nil, nil, nil, err
	}
	byRole := make(map[access.RoleID]*Assignment)
	of := func(role access.RoleID) *Assignment {
		if byRole[role] == nil {
			byRole[role] = &Assignment{Role: role, Groups: []int64{}, Users: []int64{}}
		}
		return byRole[role]
	}
	for _, m := range members {
		of(m.Role).Users = append(of(m.Role).Users, m.UserID)
		users = append(users, m.UserID)
	}
	for _, g := range teams {
		of(g.Role).Groups = append(of(g.Role).Groups, g.Group)
		groups = append(groups, g.Group)
	}
	all = []Assignment{}
	for _, a := range byRole {
		all = append(all, *a)
	}
	slices.SortFunc(all, func(a, b Assignment) int { return int(a.Role - b.Role) })
	return all, users, groups, nil
}

func (t team) groupRoles(ctx context.Context, group int64) ([]access.RoleID, error) {
	rows, err := t.ProjectGroupsIn(ctx, t.project)
	roles := []access.RoleID{}
	for _, row := range rows {
		if row.Group == group {
			roles = append(roles, row.Role)
		}
	}
	return roles, err
}

// rolesOf returns the roles of the assignments that a test is true of.
func rolesOf(all []Assignment, holds func(Assignment) bool) []access.RoleID {
	roles := []access.RoleID{}
	for _, a := range all {
		if holds(a) && !slices.Contains(roles, a.Role) {
			roles = append(roles, a.Role)
		}
	}
	return roles
}

// distinct returns each number once, in order.
func distinct[N ~int64](all []N) []N { return slices.Compact(slices.Sorted(slices.Values(all))) }

// userRoles is what the event log keeps of a user's roles in a project.
type userRoles struct {
	UserID int64           `json:"userId"`
	Roles  []access.RoleID `json:"roles"`
}

// groupRoles is what the event log keeps of a group's roles in a project.
type groupRoles struct {
	GroupID int64           `json:"groupId"`
	Roles   []access.RoleID `json:"roles"`
}

// accessEvent is what the event log keeps of all roles in a project.
type accessEvent struct {
	Roles []Assignment `json:"roles"`
}

// ProjectRoles returns the roles that a user holds in a project.
func (c *Control) ProjectRoles(ctx context.Context, project feature.ProjectID, user int64) ([]access.Role, error) {
	return view(ctx, c, func(tx *store.Tx) ([]access.Role, error) {
		if _, err := tx.Project(ctx, project); err != nil {
			return nil, err
		}
		held, err := tx.HoldingsOf(ctx, user)
		if err != nil {
			return nil, err
		}
		ids := []access.RoleID{}
		for _, h := range held {
			if h.Project == project {
				ids = append(ids, h.Role)
			}
		}
		roles := []access.Role{}
		for _, id := range distinct(ids) {
			role, err := findRole(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			roles = append(roles, role)
		}
		return roles, nil
	})
}

// ProjectsOf returns the projects that a user holds a role in, alone or in a
// group.
func (c *Control) ProjectsOf(ctx context.Context, user int64) ([]feature.ProjectID, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.ProjectID, error) {
		held, err := tx.HoldingsOf(ctx, user)
		projects := []feature.ProjectID{}
		for _, h := range held {
			if h.Project != "" && !slices.Contains(projects, h.Project) {
				projects = append(projects, h.Project)
			}
		}
		return projects, err
	})
}

// projectRoles returns the roles that a user holds in a project without any
// group.
func projectRoles(ctx context.Context, tx *store.Tx, project feature.ProjectID, user int64) ([]access.RoleID, error) {
	members, err := tx.MembershipsOf(ctx, user)
	roles := []access.RoleID{}
	for _, m := range members {
		if m.Project == project {
			roles = append(roles, m.Role)
		}
	}
	return roles, err
}
