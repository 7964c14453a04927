package store

import (
	"context"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// User is a person who can sign in, or a service account.
type User struct {
	ID           int64
	Username     string // unique when not empty
	Email        string // unique in any case when not empty
	Name         string
	ImageURL     string
	PasswordHash string // PHC string or bcrypt; empty: cannot sign in with a password
	RootRole     access.RoleID
	Service      bool
	CreatedAt    time.Time
	SeenAt       *time.Time // the last sign-in
	DisabledAt   *time.Time // since when nothing of the user opens anything; nil: not disabled
}

// Label is what people call the user: username, else e-mail address.
func (u User) Label() string {
	if u.Username != "" {
		return u.Username
	}
	return u.Email
}

// Member is one role that a user holds in one project.
type Member struct {
	Project feature.ProjectID
	UserID  int64
	Role    access.RoleID
	AddedAt time.Time
}

const userColumns = `id, username, email, name, image_url, password_hash, root_role, is_service, created_at, seen_at, disabled_at`

// Users returns everybody, in the order of their ids.
func (tx *Tx) Users(ctx context.Context) ([]User, error) {
	return list(ctx, tx, scanUser, `SELECT `+userColumns+` FROM users WHERE deleted_at IS NULL ORDER BY id`)
}

// User returns one user, or a NotFound error.
func (tx *Tx) User(ctx context.Context, id int64) (User, error) {
	u, err := get(ctx, tx, scanUser, `SELECT `+userColumns+` FROM users WHERE id = $1 AND deleted_at IS NULL`, id)
	return u, missing(err, "there is no user %d", id)
}

// UserByLogin returns the user of a username or, in any case, of an e-mail
// address, or a NotFound error. A username wins.
func (tx *Tx) UserByLogin(ctx context.Context, login string) (User, error) {
	u, err := get(ctx, tx, scanUser, `SELECT `+userColumns+` FROM users
		WHERE deleted_at IS NULL AND (username = $1 OR lower(email) = lower($1))
		ORDER BY CASE WHEN username = $1 THEN 0 ELSE 1 END LIMIT 1`, login)
	return u, missing(err, "there is no such user")
}

// CountUsers returns how many users were ever made, deleted ones included.
func (tx *Tx) CountUsers(ctx context.Context) (int, error) {
	var n int
	err := tx.one(ctx, `SELECT count(*) FROM users`, nil, &n)
	return n, err
}

// CountUsersOfRole returns how many people who are not disabled, service
// accounts left out, hold a root role themselves.
func (tx *Tx) CountUsersOfRole(ctx context.Context, role access.RoleID) (int, error) {
	var n int
	err := tx.one(ctx, `SELECT count(*) FROM users WHERE deleted_at IS NULL AND disabled_at IS NULL AND NOT is_service AND root_role = $1`, []any{role}, &n)
	return n, err
}

// InsertUser stores a new user and returns it with its id, or returns a
// Conflict error when username or e-mail are taken.
func (tx *Tx) InsertUser(ctx context.Context, u User) (User, error) {
	err := tx.one(ctx, `INSERT INTO users (username, email, name, image_url, password_hash, root_role, is_service, created_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8) RETURNING id`,
		[]any{
			optionalText(u.Username), optionalText(u.Email), optionalText(u.Name), optionalText(u.ImageURL),
			optionalText(u.PasswordHash), u.RootRole, u.Service, millis(u.CreatedAt),
		}, &u.ID)
	return u, err
}

// UpdateUser replaces the names and the root role of a user, and whether the
// user is disabled.
func (tx *Tx) UpdateUser(ctx context.Context, u User) error {
	_, err := tx.exec(ctx, `UPDATE users SET username = $2, email = $3, name = $4, image_url = $5, root_role = $6, disabled_at = $7 WHERE id = $1`,
		u.ID, optionalText(u.Username), optionalText(u.Email), optionalText(u.Name), optionalText(u.ImageURL), u.RootRole,
		optionalMillis(u.DisabledAt))
	return err
}

// SetPasswordHash replaces a user's password.
func (tx *Tx) SetPasswordHash(ctx context.Context, user int64, hash string) error {
	_, err := tx.exec(ctx, `UPDATE users SET password_hash = $2 WHERE id = $1`, user, optionalText(hash))
	return err
}

// RecordSignIn stores that a user signed in now.
func (tx *Tx) RecordSignIn(ctx context.Context, user int64) error {
	_, err := tx.exec(ctx, `UPDATE users SET seen_at = $2 WHERE id = $1`, user, millis(tx.now))
	return err
}

// DeleteUser removes a user with all tokens, sessions and memberships. The id
// stays taken, for the event log; names, address and password are erased.
func (tx *Tx) DeleteUser(ctx context.Context, id int64) error {
	for _, query := range []string{
		`DELETE FROM personal_token WHERE user_id = $1`,
		`DELETE FROM session WHERE user_id = $1`,
		`DELETE FROM project_member WHERE user_id = $1`,
		`DELETE FROM group_member WHERE user_id = $1`,
		`DELETE FROM password_link WHERE user_id = $1`,
		`DELETE FROM signup_user WHERE user_id = $1`,
	} {
		if _, err := tx.exec(ctx, query, id); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `UPDATE users SET username = NULL, email = NULL, name = NULL, image_url = NULL,
		password_hash = NULL, deleted_at = $2 WHERE id = $1`, id, millis(tx.now))
	return err
}

// Members returns all roles that users hold in projects.
func (tx *Tx) Members(ctx context.Context) ([]Member, error) {
	return list(ctx, tx, scanMember, `SELECT project, user_id, role_id, added_at FROM project_member ORDER BY project, user_id, role_id`)
}

// MembersOf returns the roles that users hold in one project.
func (tx *Tx) MembersOf(ctx context.Context, project feature.ProjectID) ([]Member, error) {
	return list(ctx, tx, scanMember, `SELECT project, user_id, role_id, added_at FROM project_member
		WHERE project = $1 ORDER BY user_id, role_id`, project)
}

// MembershipsOf returns the roles that one user holds in projects.
func (tx *Tx) MembershipsOf(ctx context.Context, user int64) ([]Member, error) {
	return list(ctx, tx, scanMember, `SELECT project, user_id, role_id, added_at FROM project_member
		WHERE user_id = $1 ORDER BY project, role_id`, user)
}

// SetMember replaces the roles that a user holds in a project; none removes
// the user from it. A role that was held before keeps the time it was added.
func (tx *Tx) SetMember(ctx context.Context, project feature.ProjectID, user int64, roles []access.RoleID) error {
	return tx.replaceRoles(ctx, rolesOf{"project_member", "user_id"}, project, user, roles)
}

// rolesOf names the table of the roles that some kind of holder has in
// projects, and its column of the holder.
type rolesOf struct{ table, holder string }

// replaceRoles makes roles all that one holder has in a project. What was held
// before and stays is left alone, and so keeps the time it was added.
func (tx *Tx) replaceRoles(ctx context.Context, of rolesOf, project feature.ProjectID, holder int64, roles []access.RoleID) error {
	held, err := list(ctx, tx, func(s scanner) (access.RoleID, error) {
		var role access.RoleID
		err := s.Scan(&role)
		return role, err
	}, `SELECT role_id FROM `+of.table+` WHERE project = $1 AND `+of.holder+` = $2`, project, holder)
	if err != nil {
		return err
	}
	for _, role := range held {
		if slices.Contains(roles, role) {
			continue
		}
		if _, err := tx.exec(ctx, `DELETE FROM `+of.table+` WHERE project = $1 AND `+of.holder+` = $2 AND role_id = $3`, project, holder, role); err != nil {
			return err
		}
	}
	for _, role := range roles {
		_, err := tx.exec(ctx, `INSERT INTO `+of.table+` (project, `+of.holder+`, role_id, added_at) VALUES ($1,$2,$3,$4)
			ON CONFLICT (project, `+of.holder+`, role_id) DO NOTHING`, project, holder, role, millis(tx.now))
		if err != nil {
			return err
		}
	}
	return nil
}

func scanUser(s scanner) (User, error) {
	var u User
	err := s.Scan(&u.ID, text[string]{&u.Username}, text[string]{&u.Email}, text[string]{&u.Name}, text[string]{&u.ImageURL},
		text[string]{&u.PasswordHash}, &u.RootRole, &u.Service, instant{&u.CreatedAt}, optionalInstant{&u.SeenAt}, optionalInstant{&u.DisabledAt})
	return u, err
}

func scanMember(s scanner) (Member, error) {
	var m Member
	err := s.Scan(&m.Project, &m.UserID, &m.Role, instant{&m.AddedAt})
	return m, err
}
