package adminapi

import (
	"net/http"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/store"
)

// ServiceAccount is a service account as answers show it.
type ServiceAccount struct {
	ID        int64         `json:"id"`
	Name      string        `json:"name,omitempty"`
	Username  string        `json:"username,omitempty"`
	RootRole  access.RoleID `json:"rootRole"`
	CreatedAt time.Time     `json:"createdAt"`
	// DisabledAt is left out unless asked for, as are details of tokens.
	DisabledAt *time.Time      `json:"disabledAt,omitempty" doc:"Since when its tokens open nothing; with ?details=true"`
	Tokens     []PersonalToken `json:"tokens"`
}

// ServiceAccounts is all service accounts, with the roles they can have.
type ServiceAccounts struct {
	ServiceAccounts []ServiceAccount `json:"serviceAccounts"`
	RootRoles       []RoleInfo       `json:"rootRoles"`
}

// ServiceAccountBody creates a service account.
type ServiceAccountBody struct {
	Username string  `json:"username" required:"true" minLength:"1"`
	Name     string  `json:"name" required:"true"`
	RootRole RoleRef `json:"rootRole" required:"true"`
}

// ServiceAccountChangeBody changes a service account; what is absent stays.
type ServiceAccountChangeBody struct {
	Name     *string  `json:"name,omitempty"`
	RootRole *RoleRef `json:"rootRole,omitempty"`
	Disabled *bool    `json:"disabled,omitempty" doc:"true: its tokens open nothing until it is enabled again"`
}

func (h *Handler) serviceRoutes() []Route {
	const one, tokens = "/service-account/{id}", "/service-account/{id}/token"
	admin := in(access.AdminAll)
	return []Route{
		read("/service-account", "getServiceAccounts", "List service accounts", admin, h.listServiceAccounts),
		write(http.MethodPost, "/service-account", "createServiceAccount", "Create a service account", admin, http.StatusCreated, h.createServiceAccount),
		write(http.MethodPut, one, "updateServiceAccount", "Change a service account", admin, http.StatusOK, h.updateServiceAccount),
		act(http.MethodDelete, one, "deleteServiceAccount", "Delete a service account with its tokens", admin, http.StatusOK, h.deleteServiceAccount),
		read(one+"/permissions", "getServiceAccountPermissions", "Read what a service account may do", admin, h.serviceRights).with(rightsQuery()...),
		read(tokens, "getServiceAccountTokens", "List the tokens of a service account", admin, h.listServiceTokens),
		write(http.MethodPost, tokens, "createServiceAccountToken", "Create a token for a service account", admin, http.StatusCreated, h.createServiceToken),
		write(http.MethodPost, tokens+"/{tokenId}/rotate", "rotateServiceAccountToken", "Give a token of a service account a new secret", admin, http.StatusOK, h.rotateServiceToken),
		write(http.MethodPut, tokens+"/{tokenId}", "updateServiceAccountToken", "Disable or enable a token of a service account", admin, http.StatusOK, h.updateServiceToken),
		act(http.MethodDelete, tokens+"/{tokenId}", "deleteServiceAccountToken", "Delete a token of a service account", admin, http.StatusOK, h.deleteServiceToken),
		read("/user-admin/{id}/tokens", "getUserPats", "List a person's personal access tokens", admin, h.listUserTokens),
		write(http.MethodPut, "/user-admin/{id}/tokens/{tokenId}", "updateUserPat", "Disable or enable a person's personal access token", admin, http.StatusOK, h.updateUserToken),
		act(http.MethodDelete, "/user-admin/{id}/tokens/{tokenId}", "deleteUserPat", "Revoke a person's personal access token", admin, http.StatusOK, h.deleteUserToken),
	}
}

func (h *Handler) listServiceAccounts(c *Call) (ServiceAccounts, error) {
	accounts, err := h.Control.ServiceAccounts(c.r.Context())
	if err != nil {
		return ServiceAccounts{}, err
	}
	all := ServiceAccounts{ServiceAccounts: make([]ServiceAccount, len(accounts))}
	for i, a := range accounts {
		all.ServiceAccounts[i] = h.serviceAccount(c, a.User, a.Tokens)
	}
	all.RootRoles, err = h.rootRoles(c)
	return all, err
}

// rootRoles are the roles that can be held on the whole server.
func (h *Handler) rootRoles(c *Call) ([]RoleInfo, error) {
	roles, err := h.Control.Roles(c.r.Context())
	return roleInfos(slices.DeleteFunc(roles, func(r access.Role) bool { return !r.Type.OnServer() })), err
}

func (h *Handler) createServiceAccount(c *Call, b ServiceAccountBody) (ServiceAccount, error) {
	u, err := h.Control.CreateServiceAccount(c.r.Context(), c.Actor, store.User{
		Username: b.Username, Name: b.Name, RootRole: access.RoleID(b.RootRole),
	})
	return h.serviceAccount(c, u, nil), err
}

func (h *Handler) updateServiceAccount(c *Call, b ServiceAccountChangeBody) (ServiceAccount, error) {
	id, err := c.ID("id")
	if err != nil {
		return ServiceAccount{}, err
	}
	u, err := h.Control.UpdateServiceAccount(c.r.Context(), c.Actor, id, control.UserChange{
		Name: b.Name, Role: (*access.RoleID)(b.RootRole), Disabled: b.Disabled,
	})
	if err != nil {
		return ServiceAccount{}, err
	}
	tokens, err := h.Control.TokensOf(c.r.Context(), id, true)
	return h.serviceAccount(c, u, tokens), err
}

func (h *Handler) deleteServiceAccount(c *Call) (None, error) {
	id, err := c.ID("id")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DeleteServiceAccount(c.r.Context(), c.Actor, id)
}

func (h *Handler) listServiceTokens(c *Call) (PersonalTokens, error) { return h.tokensOf(c, true) }

func (h *Handler) listUserTokens(c *Call) (PersonalTokens, error) { return h.tokensOf(c, false) }

func (h *Handler) tokensOf(c *Call, service bool) (PersonalTokens, error) {
	id, err := c.ID("id")
	if err != nil {
		return PersonalTokens{}, err
	}
	tokens, err := h.Control.TokensOf(c.r.Context(), id, service)
	return PersonalTokens{PATs: h.showPersonalTokens(c, tokens)}, err
}

func (h *Handler) createServiceToken(c *Call, b PersonalTokenBody) (PersonalToken, error) {
	id, err := c.ID("id")
	if err != nil {
		return PersonalToken{}, err
	}
	made, secret, err := h.Control.CreateServiceToken(c.r.Context(), c.Actor, store.PersonalToken{
		UserID: id, Description: b.description(), ExpiresAt: b.ExpiresAt.At,
	})
	if err != nil {
		return PersonalToken{}, err
	}
	return h.showCreatedPersonal(c, made, secret), nil
}

func (h *Handler) deleteServiceToken(c *Call) (None, error) { return h.revokeToken(c, true) }

func (h *Handler) deleteUserToken(c *Call) (None, error) { return h.revokeToken(c, false) }

func (h *Handler) revokeToken(c *Call, service bool) (None, error) {
	which, err := c.accountToken(service)
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.RevokeToken(c.r.Context(), c.Actor, which)
}

func (h *Handler) updateServiceToken(c *Call, b DisabledBody) (None, error) {
	return h.disableToken(c, true, b.Disabled)
}

func (h *Handler) updateUserToken(c *Call, b DisabledBody) (None, error) {
	return h.disableToken(c, false, b.Disabled)
}

func (h *Handler) disableToken(c *Call, service, disable bool) (None, error) {
	which, err := c.accountToken(service)
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DisableAccountToken(c.r.Context(), c.Actor, which, disable)
}

// accountToken is the token that the path names.
func (c *Call) accountToken(service bool) (control.AccountToken, error) {
	account, err := c.ID("id")
	if err != nil {
		return control.AccountToken{}, err
	}
	id, err := c.ID("tokenId")
	return control.AccountToken{Account: account, ID: id, Service: service}, err
}

func (h *Handler) rotateServiceToken(c *Call, b RotationBody) (PersonalToken, error) {
	which, err := c.accountToken(true)
	if err != nil {
		return PersonalToken{}, err
	}
	t, secret, err := h.Control.RotateServiceToken(c.r.Context(), c.Actor, which, b.overlap())
	return h.showRotatedPersonal(c, t, secret), err
}

func (h *Handler) serviceAccount(c *Call, u store.User, tokens []store.PersonalToken) ServiceAccount {
	shown := ServiceAccount{
		ID: u.ID, Name: u.Name, Username: u.Username, RootRole: u.RootRole, CreatedAt: u.CreatedAt, Tokens: h.showPersonalTokens(c, tokens),
	}
	if c.Query("details") == "true" {
		shown.DisabledAt = u.DisabledAt
	}
	return shown
}
