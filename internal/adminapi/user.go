package adminapi

import (
	"encoding/json"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

// Users is everybody, with the roles they can have.
type Users struct {
	Users     []control.Account `json:"users"`
	RootRoles []RoleInfo        `json:"rootRoles"`
}

// RoleRef names a role in a body: by its id or its name.
type RoleRef access.RoleID

// JSONSchema implements [web.Schemer].
func (RoleRef) JSONSchema() *openapi3.Schema {
	return &openapi3.Schema{OneOf: openapi3.SchemaRefs{
		openapi3.NewSchemaRef("", openapi3.NewIntegerSchema()), openapi3.NewSchemaRef("", openapi3.NewStringSchema()),
	}}
}

// UnmarshalJSON implements json.Unmarshaler.
func (ref *RoleRef) UnmarshalJSON(raw []byte) error {
	var id access.RoleID
	if json.Unmarshal(raw, &id) == nil {
		*ref = RoleRef(id)
		return nil
	}
	var name string
	if json.Unmarshal(raw, &name) == nil {
		for _, role := range access.BuiltInRoles() {
			if role.Name == name {
				*ref = RoleRef(role.ID)
				return nil
			}
		}
	}
	return fault.Field("/body/rootRole", "rootRole must be the id or the name of a root role: Admin, Editor or Viewer")
}

// UserBody creates a user.
type UserBody struct {
	Username  string  `json:"username,omitempty" doc:"Or an e-mail address, or both"`
	Email     string  `json:"email,omitempty"`
	Name      string  `json:"name,omitempty"`
	Password  string  `json:"password,omitempty" doc:"Without one, the answer has a link with which the user chooses one"`
	RootRole  RoleRef `json:"rootRole" required:"true"`
	SendEmail *bool   `json:"sendEmail,omitempty" doc:"Mail the invitation, when the server can; true when absent"`
}

// UserChangeBody changes a user; what is absent stays.
type UserChangeBody struct {
	Email    *string  `json:"email,omitempty"`
	Name     *string  `json:"name,omitempty"`
	RootRole *RoleRef `json:"rootRole,omitempty"`
	Disabled *bool    `json:"disabled,omitempty" doc:"true: ends the user's sessions; neither the password nor a token of the user opens anything until the user is enabled again"`
}

func (h *Handler) userRoutes() []Route {
	admin := in(access.AdminAll)
	return []Route{
		read("/user-admin", "getUsers", "List users", admin, h.listUsers),
		write(http.MethodPost, "/user-admin", "createUser", "Create a user", admin, http.StatusCreated, h.createUser),
		read("/user-admin/search", "searchUsers", "Find users by a part of their names",
			inSome(access.ReadProjectAccess, access.WriteProjectAccess, access.UpdateProject), h.searchUsers),
		write(http.MethodPost, "/user-admin/validate-password", "validateUserPassword", "Check a password against the rules",
			admin, http.StatusOK, h.validatePassword),
		read("/user-admin/{id}", "getUser", "Read a user", admin, h.getUser).versioned(),
		write(http.MethodPut, "/user-admin/{id}", "updateUser", "Change a user", admin, http.StatusOK, h.updateUser),
		act(http.MethodDelete, "/user-admin/{id}", "deleteUser", "Delete a user", admin, http.StatusOK, h.deleteUser),
		write(http.MethodPost, "/user-admin/{id}/change-password", "changeUserPassword", "Give a user a new password",
			admin, http.StatusOK, h.changePassword),
	}
}

func (h *Handler) listUsers(c *Call) (Users, error) {
	users, err := h.Control.Users(c.r.Context())
	if err != nil {
		return Users{}, err
	}
	roles, err := h.rootRoles(c)
	return Users{Users: c.accounts(users), RootRoles: roles}, err
}

func (h *Handler) searchUsers(c *Call) ([]control.Account, error) {
	users, err := h.Control.SearchUsers(c.r.Context(), c.Query("q"))
	return c.accounts(users), err
}

func (h *Handler) getUser(c *Call) (control.Account, error) {
	id, err := c.ID("id")
	if err != nil {
		return control.Account{}, err
	}
	u, err := h.Control.User(c.r.Context(), id)
	return c.account(u), err
}

func (h *Handler) createUser(c *Call, b UserBody) (control.Account, error) {
	i, err := h.Control.InviteUser(c.r.Context(), c.Actor, store.User{
		Username: b.Username, Email: b.Email, Name: b.Name, RootRole: access.RoleID(b.RootRole),
	}, b.Password, b.SendEmail == nil || *b.SendEmail)
	c.w.Header().Set("Cache-Control", "no-store")
	made := control.AccountOf(i.User)
	made.InviteLink, made.EmailSent = i.Link, i.Mailed
	return made, err
}

func (h *Handler) updateUser(c *Call, b UserChangeBody) (control.Account, error) {
	id, err := c.ID("id")
	if err != nil {
		return control.Account{}, err
	}
	u, err := h.Control.UpdateUser(c.r.Context(), c.Actor, id, control.UserChange{
		Name: b.Name, Email: b.Email, Role: (*access.RoleID)(b.RootRole), Disabled: b.Disabled,
	})
	return c.account(u), err
}

func (h *Handler) deleteUser(c *Call) (None, error) {
	id, err := c.ID("id")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DeleteUser(c.r.Context(), c.Actor, id)
}

func (h *Handler) changePassword(c *Call, b PasswordBody) (None, error) {
	id, err := c.ID("id")
	if err != nil {
		return None{}, err
	}
	if err := b.check(); err != nil {
		return None{}, err
	}
	return None{}, h.Control.SetPassword(c.r.Context(), c.Actor, id, b.Password)
}

func (h *Handler) validatePassword(_ *Call, b PasswordBody) (None, error) {
	return None{}, control.CheckPassword("/body/password", b.Password)
}

// account is what an answer shows of a user.
func (c *Call) account(u store.User) control.Account {
	a := control.AccountOf(u)
	if c.Query("details") == "true" {
		a.DisabledAt = u.DisabledAt
	}
	return a
}

func (c *Call) accounts(users []store.User) []control.Account {
	all := make([]control.Account, len(users))
	for i, u := range users {
		all[i] = c.account(u)
	}
	return all
}
