package control

import (
	"context"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about roles.
const (
	eventRoleCreated = "role-created"
	eventRoleUpdated = "role-updated"
	eventRoleDeleted = "role-deleted"
)

// MaxRoles is how many custom roles a server holds.
const MaxRoles = 250

// Roles returns every role: the built-in ones, then the custom ones by name.
func (c *Control) Roles(ctx context.Context) ([]access.Role, error) {
	return view(ctx, c, func(tx *store.Tx) ([]access.Role, error) { return roles(ctx, tx) })
}

func roles(ctx context.Context, tx *store.Tx) ([]access.Role, error) {
	custom, err := tx.Roles(ctx)
	return append(access.BuiltInRoles(), custom...), err
}

// Role returns one role, or a NotFound error.
func (c *Control) Role(ctx context.Context, id access.RoleID) (access.Role, error) {
	return view(ctx, c, func(tx *store.Tx) (access.Role, error) { return findRole(ctx, tx, id) })
}

func findRole(ctx context.Context, tx *store.Tx, id access.RoleID) (access.Role, error) {
	if role, known := access.BuiltInRole(id); known {
		return role, nil
	}
	return tx.Role(ctx, id)
}

// roleToGive returns the role that a body names, to be held on the whole
// server or in a project.
func roleToGive(ctx context.Context, tx *store.Tx, path string, id access.RoleID, onServer bool) (access.Role, error) {
	role, err := findRole(ctx, tx, id)
	if unlessMissing(err) != nil {
		return role, err
	}
	if err != nil || role.Type.OnServer() != onServer {
		kind := "project"
		if onServer {
			kind = "root"
		}
		return role, fault.Field(path, "%s must be the id of a %s role; %d is none", strings.TrimPrefix(path, "/body/"), kind, id)
	}
	return role, nil
}

// CreateRole stores a new custom role.
func (c *Control) CreateRole(ctx context.Context, actor access.Principal, role access.Role) (access.Role, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return role, err
	}
	return update(ctx, c, func(tx *store.Tx) (access.Role, error) {
		if err := checkRole(ctx, tx, role); err != nil {
			return role, err
		}
		custom, err := tx.Roles(ctx)
		if err != nil {
			return role, err
		}
		if len(custom) >= MaxRoles {
			return role, feature.Exceeded("custom roles", MaxRoles)
		}
		if role, err = tx.InsertRole(ctx, role); err != nil {
			return role, err
		}
		return role, roleChanged(ctx, tx, actor, changed[access.Role]{event: eventRoleCreated, after: &role})
	})
}

// UpdateRole replaces name, description and permissions of a custom role. When
// it returns, the new permissions count for everybody who holds the role.
func (c *Control) UpdateRole(ctx context.Context, actor access.Principal, role access.Role) (access.Role, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return role, err
	}
	return update(ctx, c, func(tx *store.Tx) (access.Role, error) {
		before, err := customRole(ctx, tx, role.ID)
		if err != nil {
			return role, err
		}
		if role.Type == "" {
			role.Type = before.Type
		}
		if role.Type != before.Type {
			return role, fault.Field("/body/type", "type cannot change: the role is of the type %s", before.Type)
		}
		if err := checkRole(ctx, tx, role); err != nil {
			return role, err
		}
		if err := tx.UpdateRole(ctx, role); err != nil {
			return role, err
		}
		return role, roleChanged(ctx, tx, actor, changed[access.Role]{event: eventRoleUpdated, before: &before, after: &role})
	})
}

// DeleteRole deletes a custom role that nobody holds.
func (c *Control) DeleteRole(ctx context.Context, actor access.Principal, id access.RoleID) error {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		role, err := customRole(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := unused(ctx, tx, role); err != nil {
			return err
		}
		if err := tx.DeleteRole(ctx, id); err != nil {
			return err
		}
		return roleChanged(ctx, tx, actor, changed[access.Role]{event: eventRoleDeleted, before: &role})
	})
}

// CheckRole reports a role that could not be stored: with id 0 as a new one,
// else as a change of the one that has the id.
func (c *Control) CheckRole(ctx context.Context, role access.Role) error {
	return c.DB.View(ctx, func(tx *store.Tx) error { return checkRole(ctx, tx, role) })
}

// RoleUses returns who holds a role, a row a place: the whole server first,
// then the projects that whoever asks may know of.
func (c *Control) RoleUses(ctx context.Context, id access.RoleID) ([]store.RoleUse, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.RoleUse, error) {
		if _, err := findRole(ctx, tx, id); err != nil {
			return nil, err
		}
		uses, err := tx.RoleUses(ctx, id)
		return visible(ctx, uses, func(u store.RoleUse) feature.ProjectID { return u.Project }), err
	})
}

// RoleHolders returns who holds a role, and where, as far as whoever asks may
// know of the projects.
func (c *Control) RoleHolders(ctx context.Context, id access.RoleID) ([]store.RoleHolder, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.RoleHolder, error) {
		if _, err := findRole(ctx, tx, id); err != nil {
			return nil, err
		}
		holders, err := tx.RoleHolders(ctx, id)
		return visible(ctx, holders, func(h store.RoleHolder) feature.ProjectID { return h.Project }), err
	})
}

// CountRoleHolders returns how many accounts and groups hold each role, a place
// at a time.
func (c *Control) CountRoleHolders(ctx context.Context) (map[access.RoleID]int, error) {
	return view(ctx, c, func(tx *store.Tx) (map[access.RoleID]int, error) { return tx.CountRoleHolders(ctx) })
}

// customRole returns a role that can be changed.
func customRole(ctx context.Context, tx *store.Tx, id access.RoleID) (access.Role, error) {
	if role, known := access.BuiltInRole(id); known {
		return role, fault.New(fault.Conflict, "the role %s is built in: it cannot be changed or deleted", role.Name)
	}
	return tx.Role(ctx, id)
}

func unused(ctx context.Context, tx *store.Tx, role access.Role) error {
	uses, err := tx.RoleUses(ctx, role.ID)
	if err != nil {
		return err
	}
	users, groups := 0, 0
	for _, u := range uses {
		users += u.Users + u.Services
		groups += u.Groups
	}
	if users+groups > 0 {
		return fault.New(fault.Conflict, "the role %s is in use, by users: %d, by groups: %d; take it from them first", role.Name, users, groups)
	}
	return nil
}

// checkRole reports the first rule that a custom role breaks.
func checkRole(ctx context.Context, tx *store.Tx, role access.Role) error {
	if err := feature.CheckTitle("/body/name", "name", role.Name); err != nil {
		return err
	}
	if err := feature.CheckText("/body/description", "description", &role.Description); err != nil {
		return err
	}
	if role.Type != access.CustomRootRole && role.Type != access.CustomProjectRole {
		return fault.Field("/body/type", "type must be %s or %s", access.CustomRootRole, access.CustomProjectRole)
	}
	all, err := roles(ctx, tx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != role.ID && strings.EqualFold(other.Name, role.Name) {
			return takenAt("/body/name", "a role named %q exists already", other.Name)
		}
	}
	for i, p := range role.Permissions {
		if err := checkRolePermission(ctx, tx, role.Type, p, "/body/permissions/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func checkRolePermission(ctx context.Context, tx *store.Tx, kind access.RoleType, p access.RolePermission, path string) error {
	info, known := access.Lookup(p.Permission)
	switch {
	case !known:
		return fault.Field(path+"/name", "there is no permission %q", p.Permission)
	case p.Permission == access.AdminAll:
		return fault.Field(path+"/name", "%s is of the role Admin alone", p.Permission)
	case kind.OnServer() && info.Scope != access.Root:
		return fault.Field(path+"/name", "%s is a permission in projects: a role of the type %s cannot give it", p.Permission, kind)
	case !kind.OnServer() && info.Scope == access.Root:
		return fault.Field(path+"/name", "%s is a permission on the whole server: a role of the type %s cannot give it", p.Permission, kind)
	case p.Environment == "":
		return nil
	case info.Scope != access.Environment:
		return fault.Field(path+"/environment", "%s holds in all environments: leave environment out", p.Permission)
	}
	_, err := tx.Environment(ctx, feature.EnvironmentName(p.Environment))
	if fault.Is(err, fault.NotFound) {
		return fault.Field(path+"/environment", "environment %q does not exist", p.Environment)
	}
	return err
}

// roleEvent is what the event log keeps of a role.
type roleEvent struct {
	ID          access.RoleID         `json:"id"`
	Name        string                `json:"name"`
	Type        access.RoleType       `json:"type"`
	Description string                `json:"description"`
	Permissions []rolePermissionEvent `json:"permissions"`
}

type rolePermissionEvent struct {
	Name        access.Permission `json:"name"`
	Environment string            `json:"environment,omitempty"`
}

func roleChanged(ctx context.Context, tx *store.Tx, actor access.Principal, c changed[access.Role]) error {
	if err := tx.Record(ctx, actor, store.Event{Type: c.event}, roleData(c.before), roleData(c.after)); err != nil {
		return err
	}
	return tx.Touch(ctx, store.NounRole, strconv.FormatInt(int64(c.about().ID), 10))
}

func roleData(role *access.Role) any {
	if role == nil {
		return nil
	}
	e := roleEvent{ID: role.ID, Name: role.Name, Type: role.Type, Description: role.Description, Permissions: []rolePermissionEvent{}}
	for _, p := range role.Permissions {
		e.Permissions = append(e.Permissions, rolePermissionEvent{p.Permission, p.Environment})
	}
	return e
}
