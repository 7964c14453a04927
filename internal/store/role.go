package store

import (
	"context"
	"fmt"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

// Roles returns the custom roles, by name, with their permissions.
func (tx *Tx) Roles(ctx context.Context) ([]access.Role, error) {
	return tx.roles(ctx, ``)
}

// Role returns one custom role, or a NotFound error.
func (tx *Tx) Role(ctx context.Context, id access.RoleID) (access.Role, error) {
	roles, err := tx.roles(ctx, ` WHERE role.id = $1`, id)
	if err == nil && len(roles) == 0 {
		err = fault.New(fault.NotFound, "there is no role %d", id)
	}
	if err != nil {
		return access.Role{}, err
	}
	return roles[0], nil
}

func (tx *Tx) roles(ctx context.Context, condition string, args ...any) ([]access.Role, error) {
	type row struct {
		role       access.Role
		permission access.RolePermission
	}
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		var r row
		err := s.Scan(&r.role.ID, &r.role.Name, &r.role.Description, &r.role.Type,
			text[access.Permission]{&r.permission.Permission}, text[string]{&r.permission.Environment})
		return r, err
	}, `SELECT role.id, role.name, role.description, role.type, p.permission, p.environment
		FROM role LEFT JOIN role_permission p ON p.role_id = role.id`+condition+`
		ORDER BY role.name, role.id, p.permission, p.environment`, args...)
	if err != nil {
		return nil, err
	}
	roles := []access.Role{}
	for _, r := range rows {
		if n := len(roles); n == 0 || roles[n-1].ID != r.role.ID {
			roles = append(roles, r.role)
		}
		if r.permission.Permission != "" {
			last := &roles[len(roles)-1]
			last.Permissions = append(last.Permissions, r.permission)
		}
	}
	return roles, nil
}

// InsertRole stores a new custom role and returns it with its id, or returns a
// Conflict error when another one has its name or an environment does not
// exist.
func (tx *Tx) InsertRole(ctx context.Context, role access.Role) (access.Role, error) {
	err := tx.one(ctx, `INSERT INTO role (name, description, type) VALUES ($1,$2,$3) RETURNING id`,
		[]any{role.Name, role.Description, role.Type}, &role.ID)
	if err != nil {
		return role, err
	}
	return role, tx.insertRolePermissions(ctx, role)
}

// UpdateRole replaces name, description and permissions of a custom role. It
// fails as InsertRole does.
func (tx *Tx) UpdateRole(ctx context.Context, role access.Role) error {
	_, err := tx.exec(ctx, `UPDATE role SET name = $2, description = $3 WHERE id = $1`, role.ID, role.Name, role.Description)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `DELETE FROM role_permission WHERE role_id = $1`, role.ID); err != nil {
		return err
	}
	return tx.insertRolePermissions(ctx, role)
}

func (tx *Tx) insertRolePermissions(ctx context.Context, role access.Role) error {
	for _, p := range role.Permissions {
		_, err := tx.exec(ctx, `INSERT INTO role_permission (role_id, permission, environment) VALUES ($1,$2,$3)`,
			role.ID, p.Permission, optionalText(p.Environment))
		if err != nil {
			return fmt.Errorf("storing the permission %s: %w", p.Permission, err)
		}
	}
	return nil
}

// DeleteRole removes a custom role. Make sure first that nobody holds it.
func (tx *Tx) DeleteRole(ctx context.Context, id access.RoleID) error {
	_, err := tx.exec(ctx, `DELETE FROM role WHERE id = $1`, id)
	return err
}

// RoleUse is who holds a role: on the whole server when Project is empty, else
// in that project.
type RoleUse struct {
	Project  feature.ProjectID
	Users    int
	Services int
	Groups   int
}

// RoleUses returns who holds a role, a row a place, by project.
func (tx *Tx) RoleUses(ctx context.Context, id access.RoleID) ([]RoleUse, error) {
	return list(ctx, tx, func(s scanner) (RoleUse, error) {
		var u RoleUse
		err := s.Scan(&u.Project, &u.Users, &u.Services, &u.Groups)
		return u, err
	}, `SELECT place, SUM(person), SUM(service), SUM(party) FROM (
			SELECT '' AS place, CASE WHEN is_service THEN 0 ELSE 1 END AS person, CASE WHEN is_service THEN 1 ELSE 0 END AS service, 0 AS party
				FROM users WHERE root_role = $1 AND deleted_at IS NULL
			UNION ALL SELECT '', 0, 0, 1 FROM user_group WHERE root_role = $1
			UNION ALL SELECT m.project, CASE WHEN u.is_service THEN 0 ELSE 1 END, CASE WHEN u.is_service THEN 1 ELSE 0 END, 0
				FROM project_member m JOIN users u ON u.id = m.user_id WHERE m.role_id = $1
			UNION ALL SELECT project, 0, 0, 1 FROM project_group WHERE role_id = $1
		) AS held GROUP BY place ORDER BY place`, id)
}
