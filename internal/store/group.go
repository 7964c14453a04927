package store

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// Group is people who hold roles together.
type Group struct {
	ID          int64
	Name        string // unique
	Description *string
	MappingsSSO []string       // names of groups of an identity provider; never nil
	RootRole    *access.RoleID // nil: none
	CreatedBy   string
	CreatedAt   time.Time
}

// GroupMember is one user in one group.
type GroupMember struct {
	Group    int64
	UserID   int64
	JoinedAt time.Time
	AddedBy  string
}

// ProjectGroup is one role that a group holds in one project.
type ProjectGroup struct {
	Project feature.ProjectID
	Group   int64
	Role    access.RoleID
	AddedAt time.Time
}

const groupColumns = `id, name, description, mappings_sso, root_role, created_by, created_at`

// Groups returns all groups, by name.
func (tx *Tx) Groups(ctx context.Context) ([]Group, error) {
	return list(ctx, tx, scanGroup, `SELECT `+groupColumns+` FROM user_group ORDER BY name, id`)
}

// Group returns one group, or a NotFound error.
func (tx *Tx) Group(ctx context.Context, id int64) (Group, error) {
	g, err := get(ctx, tx, scanGroup, `SELECT `+groupColumns+` FROM user_group WHERE id = $1`, id)
	return g, missing(err, "there is no group %d", id)
}

// InsertGroup stores a new group and returns it with its id, or returns a
// Conflict error when another one has its name.
func (tx *Tx) InsertGroup(ctx context.Context, g Group) (Group, error) {
	mappings, err := encode(g.MappingsSSO)
	if err != nil {
		return g, err
	}
	err = tx.one(ctx, `INSERT INTO user_group (name, description, mappings_sso, root_role, created_by, created_at)
		VALUES ($1,$2,$3,$4,$5,$6) RETURNING id`,
		[]any{g.Name, g.Description, mappings, g.RootRole, g.CreatedBy, millis(g.CreatedAt)}, &g.ID)
	return g, err
}

// UpdateGroup replaces name, description, mappings and root role of a group. It
// fails as InsertGroup does.
func (tx *Tx) UpdateGroup(ctx context.Context, g Group) error {
	mappings, err := encode(g.MappingsSSO)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE user_group SET name = $2, description = $3, mappings_sso = $4, root_role = $5 WHERE id = $1`,
		g.ID, g.Name, g.Description, mappings, g.RootRole)
	return err
}

// DeleteGroup removes a group with its memberships and project roles.
func (tx *Tx) DeleteGroup(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `DELETE FROM user_group WHERE id = $1`, id)
	return err
}

// GroupMembers returns all members of all groups, by group and user.
func (tx *Tx) GroupMembers(ctx context.Context) ([]GroupMember, error) {
	return list(ctx, tx, scanGroupMember, `SELECT group_id, user_id, joined_at, created_by FROM group_member ORDER BY group_id, user_id`)
}

// GroupMembersOf returns the members of one group, by user.
func (tx *Tx) GroupMembersOf(ctx context.Context, group int64) ([]GroupMember, error) {
	return list(ctx, tx, scanGroupMember, `SELECT group_id, user_id, joined_at, created_by FROM group_member
		WHERE group_id = $1 ORDER BY user_id`, group)
}

// GroupsOf returns the groups that a user is in, by name.
func (tx *Tx) GroupsOf(ctx context.Context, user int64) ([]Group, error) {
	return list(ctx, tx, scanGroup, `SELECT `+groupColumns+` FROM user_group
		WHERE id IN (SELECT group_id FROM group_member WHERE user_id = $1) ORDER BY name, id`, user)
}

// AddGroupMember puts a user into a group; one who is in it stays as before.
func (tx *Tx) AddGroupMember(ctx context.Context, m GroupMember) error {
	_, err := tx.exec(ctx, `INSERT INTO group_member (group_id, user_id, joined_at, created_by) VALUES ($1,$2,$3,$4)
		ON CONFLICT (group_id, user_id) DO NOTHING`, m.Group, m.UserID, millis(m.JoinedAt), m.AddedBy)
	return err
}

// RemoveGroupMember takes a user out of a group.
func (tx *Tx) RemoveGroupMember(ctx context.Context, group, user int64) error {
	_, err := tx.exec(ctx, `DELETE FROM group_member WHERE group_id = $1 AND user_id = $2`, group, user)
	return err
}

// ProjectGroups returns all roles that groups hold in projects.
func (tx *Tx) ProjectGroups(ctx context.Context) ([]ProjectGroup, error) {
	return list(ctx, tx, scanProjectGroup, `SELECT project, group_id, role_id, added_at FROM project_group ORDER BY project, group_id, role_id`)
}

// ProjectGroupsIn returns the roles that groups hold in one project.
func (tx *Tx) ProjectGroupsIn(ctx context.Context, project feature.ProjectID) ([]ProjectGroup, error) {
	return list(ctx, tx, scanProjectGroup, `SELECT project, group_id, role_id, added_at FROM project_group
		WHERE project = $1 ORDER BY group_id, role_id`, project)
}

// SetProjectGroup replaces the roles that a group holds in a project; none
// removes the group from it. A role that was held before keeps the time it was
// added.
func (tx *Tx) SetProjectGroup(ctx context.Context, project feature.ProjectID, group int64, roles []access.RoleID) error {
	return tx.replaceRoles(ctx, rolesOf{"project_group", "group_id"}, project, group, roles)
}

func scanGroup(s scanner) (Group, error) {
	g := Group{MappingsSSO: []string{}}
	err := s.Scan(&g.ID, &g.Name, &g.Description, document{&g.MappingsSSO}, &g.RootRole, &g.CreatedBy, instant{&g.CreatedAt})
	return g, err
}

func scanGroupMember(s scanner) (GroupMember, error) {
	var m GroupMember
	err := s.Scan(&m.Group, &m.UserID, instant{&m.JoinedAt}, &m.AddedBy)
	return m, err
}

func scanProjectGroup(s scanner) (ProjectGroup, error) {
	var g ProjectGroup
	err := s.Scan(&g.Project, &g.Group, &g.Role, instant{&g.AddedAt})
	return g, err
}
