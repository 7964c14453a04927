package adminapi

import (
	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// RoleHolders is who holds a role, a row a place.
type RoleHolders struct {
	Users           []RoleHolder `json:"users"`
	ServiceAccounts []RoleHolder `json:"serviceAccounts"`
	Groups          []RoleHolder `json:"groups"`
}

// RoleHolder holds a role in one place.
type RoleHolder struct {
	ID      int64             `json:"id"`
	Name    string            `json:"name"`
	Project feature.ProjectID `json:"project,omitempty" doc:"Absent: on the whole server"`
}

// HeldRole is a role that an account holds, with where it comes from.
type HeldRole struct {
	Role    RoleInfo          `json:"role"`
	Project feature.ProjectID `json:"project,omitempty" doc:"Absent: on the whole server"`
	Group   *MyGroup          `json:"group,omitempty" doc:"The group that gives it; absent: the account holds it itself"`
}

func (h *Handler) holderRoutes() []Route {
	const service = "/service-account/{id}"
	admin := in(access.AdminAll)
	return []Route{
		read("/roles/{roleId}/holders", "getRoleHolders", "List who holds a role, and where", admin, h.roleHolders),
		read(service, "getServiceAccount", "Read a service account", admin, h.getServiceAccount).versioned(),
		read(service+"/token/{tokenId}/usage", "getServiceAccountTokenUsage", "See who uses a token of a service account, and how often",
			admin, h.serviceTokenUsage).with(hoursBackParam()),
		read("/user-admin/{id}/tokens/{tokenId}/usage", "getUserPatUsage", "See who uses a person's personal access token, and how often",
			admin, h.userTokenUsage).with(hoursBackParam()),
	}
}

func (h *Handler) roleHolders(c *Call) (RoleHolders, error) {
	all := RoleHolders{Users: []RoleHolder{}, ServiceAccounts: []RoleHolder{}, Groups: []RoleHolder{}}
	id, err := c.ID("roleId")
	if err != nil {
		return all, err
	}
	holders, err := h.Control.RoleHolders(c.r.Context(), access.RoleID(id))
	for _, held := range holders {
		holder := RoleHolder{ID: held.ID, Name: held.Name, Project: held.Project}
		switch held.Kind {
		case store.PersonHolds:
			all.Users = append(all.Users, holder)
		case store.ServiceHolds:
			all.ServiceAccounts = append(all.ServiceAccounts, holder)
		case store.GroupHolds:
			all.Groups = append(all.Groups, holder)
		}
	}
	return all, err
}

func (h *Handler) getServiceAccount(c *Call) (ServiceAccount, error) {
	id, err := c.ID("id")
	if err != nil {
		return ServiceAccount{}, err
	}
	a, err := h.Control.ServiceAccount(c.r.Context(), id)
	return h.serviceAccount(c, a.User, a.Tokens), err
}

// Lasting leaves out the tokens, which have no part in what is edited of the
// account.
func (a ServiceAccount) Lasting() any {
	a.DisabledAt, a.Tokens = nil, nil
	return a
}

func (h *Handler) serviceTokenUsage(c *Call) (TokenUsage, error) { return h.accountTokenUsage(c, true) }

func (h *Handler) userTokenUsage(c *Call) (TokenUsage, error) { return h.accountTokenUsage(c, false) }

func (h *Handler) accountTokenUsage(c *Call, service bool) (TokenUsage, error) {
	which, err := c.accountToken(service)
	if err != nil {
		return TokenUsage{}, err
	}
	t, err := h.Control.TokenOf(c.r.Context(), which)
	if err != nil {
		return TokenUsage{}, err
	}
	return h.showUsage(c, personalSecrets(t))
}

// heldRoles are the roles of an account, each with where it comes from.
func heldRoles(held []control.HeldRole) []HeldRole {
	all := make([]HeldRole, len(held))
	for i, one := range held {
		all[i] = HeldRole{Role: roleInfo(one.Role), Project: one.Project}
		if one.Group != nil {
			all[i].Group = &MyGroup{ID: one.Group.ID, Name: one.Group.Name}
		}
	}
	return all
}
