package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// Holding is one role that a user holds, alone or in a group.
type Holding struct {
	UserID  int64
	Role    access.RoleID
	Project feature.ProjectID // empty: on the whole server
	Group   int64             // the group that holds it; 0: the user does
}

const holdings = `SELECT user_id, role_id, project, group_id FROM (
		SELECT id AS user_id, root_role AS role_id, '' AS project, 0 AS group_id FROM users WHERE deleted_at IS NULL
		UNION ALL SELECT user_id, role_id, project, 0 FROM project_member
		UNION ALL SELECT m.user_id, g.root_role, '', g.id FROM group_member m JOIN user_group g ON g.id = m.group_id WHERE g.root_role IS NOT NULL
		UNION ALL SELECT m.user_id, p.role_id, p.project, p.group_id FROM group_member m JOIN project_group p ON p.group_id = m.group_id
	) AS held`

// Holdings returns the roles that everybody holds.
func (tx *Tx) Holdings(ctx context.Context) ([]Holding, error) {
	return list(ctx, tx, scanHolding, holdings+` ORDER BY user_id, project, role_id, group_id`)
}

// HoldingsOf returns the roles that one user holds.
func (tx *Tx) HoldingsOf(ctx context.Context, user int64) ([]Holding, error) {
	return list(ctx, tx, scanHolding, holdings+` WHERE user_id = $1 ORDER BY project, role_id, group_id`, user)
}

// HoldersOf returns the users who hold a role, alone or in a group, anywhere.
func (tx *Tx) HoldersOf(ctx context.Context, role access.RoleID) ([]int64, error) {
	return list(ctx, tx, scanID, `SELECT DISTINCT user_id FROM (`+holdings+` WHERE role_id = $1) AS holders`, role)
}

func scanID(s scanner) (int64, error) {
	var id int64
	err := s.Scan(&id)
	return id, err
}

func scanHolding(s scanner) (Holding, error) {
	var h Holding
	err := s.Scan(&h.UserID, &h.Role, &h.Project, &h.Group)
	return h, err
}
