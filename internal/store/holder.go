package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// HolderKind says what holds a role.
type HolderKind string

// Who can hold a role.
const (
	PersonHolds  HolderKind = "person"
	ServiceHolds HolderKind = "service"
	GroupHolds   HolderKind = "group"
)

// RoleHolder is who holds a role in one place: on the whole server when Project
// is empty. Members of a group that holds it are not among them.
type RoleHolder struct {
	Kind    HolderKind
	ID      int64
	Name    string // or the username, or the e-mail address, of who has no name
	Project feature.ProjectID
}

// RoleHolders returns who holds a role, by kind, name and project.
func (tx *Tx) RoleHolders(ctx context.Context, id access.RoleID) ([]RoleHolder, error) {
	return list(ctx, tx, func(s scanner) (RoleHolder, error) {
		var h RoleHolder
		err := s.Scan(&h.Kind, &h.ID, &h.Name, &h.Project)
		return h, err
	}, `SELECT kind, id, name, place FROM (
			SELECT CASE WHEN u.is_service THEN 'service' ELSE 'person' END AS kind, u.id AS id,
				COALESCE(NULLIF(u.name, ''), NULLIF(u.username, ''), u.email, '') AS name, held.place AS place
				FROM users u JOIN (SELECT id AS holder, '' AS place FROM users WHERE root_role = $1
					UNION ALL SELECT user_id, project FROM project_member WHERE role_id = $1) AS held ON held.holder = u.id
				WHERE u.deleted_at IS NULL
			UNION ALL SELECT 'group', id, name, '' FROM user_group WHERE root_role = $1
			UNION ALL SELECT 'group', g.id, g.name, p.project FROM project_group p JOIN user_group g ON g.id = p.group_id WHERE p.role_id = $1
		) AS holders ORDER BY kind, name, id, place`, id)
}

// CountRoleHolders returns how many accounts and groups hold each role, a place
// at a time. Roles that nobody holds are left out.
func (tx *Tx) CountRoleHolders(ctx context.Context) (map[access.RoleID]int, error) {
	type row struct {
		id access.RoleID
		n  int
	}
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		var r row
		err := s.Scan(&r.id, &r.n)
		return r, err
	}, `SELECT role_id, COUNT(*) FROM (
			SELECT root_role AS role_id FROM users WHERE deleted_at IS NULL
			UNION ALL SELECT root_role FROM user_group WHERE root_role IS NOT NULL
			UNION ALL SELECT role_id FROM project_member
			UNION ALL SELECT role_id FROM project_group
		) AS held GROUP BY role_id`)
	counts := make(map[access.RoleID]int, len(rows))
	for _, r := range rows {
		counts[r.id] = r.n
	}
	return counts, err
}
