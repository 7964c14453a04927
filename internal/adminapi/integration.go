package adminapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/web"
)

// Addon is an integration as answers show it.
type Addon struct {
	ID           int64             `json:"id"`
	Provider     string            `json:"provider"`
	Description  *string           `json:"description" nullable:"true"`
	Enabled      bool              `json:"enabled"`
	Parameters   map[string]string `json:"parameters" doc:"Those that may hold secrets are shown as *****"`
	Events       []string          `json:"events"`
	Projects     []string          `json:"projects" doc:"Empty: all"`
	Environments []string          `json:"environments" doc:"Empty: all"`
}

// AddonParameter is a setting of a provider.
type AddonParameter struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
	Required    bool   `json:"required"`
	Sensitive   bool   `json:"sensitive"`
}

// AddonType is a provider of integrations.
type AddonType struct {
	Name             string           `json:"name"`
	DisplayName      string           `json:"displayName"`
	DocumentationURL string           `json:"documentationUrl"`
	Description      string           `json:"description"`
	Parameters       []AddonParameter `json:"parameters"`
	Events           []string         `json:"events" doc:"The commonest; any type of the event log will do"`
}

// Addons is all integrations, with the providers there are.
type Addons struct {
	Addons    []Addon     `json:"addons"`
	Providers []AddonType `json:"providers"`
}

// AddonBody creates or replaces an integration.
type AddonBody struct {
	Provider     string              `json:"provider" required:"true" doc:"webhook"`
	Description  *string             `json:"description,omitempty" nullable:"true"`
	Enabled      bool                `json:"enabled" required:"true"`
	Parameters   map[string]web.Text `json:"parameters" required:"true" doc:"One that is ***** stays as it is"`
	Events       []string            `json:"events" required:"true"`
	Projects     []string            `json:"projects,omitempty" doc:"Absent, empty or *: all"`
	Environments []string            `json:"environments,omitempty" doc:"Absent, empty or *: all"`
}

// IntegrationEvent is what came of telling an integration of an event.
type IntegrationEvent struct {
	ID            string    `json:"id"`
	IntegrationID int64     `json:"integrationId"`
	CreatedAt     time.Time `json:"createdAt"`
	State         string    `json:"state" enum:"success,failed"`
	StateDetails  string    `json:"stateDetails"`
	Event         Event     `json:"event"`
	Details       struct{}  `json:"details"`
}

// IntegrationEvents is what an integration was told lately.
type IntegrationEvents struct {
	IntegrationEvents []IntegrationEvent `json:"integrationEvents" doc:"The latest first; of each integration 100 are kept"`
}

func (h *Handler) integrationRoutes() []Route {
	readers := in(access.CreateAddon, access.UpdateAddon, access.DeleteAddon)
	return []Route{
		read("/addons", "getAddons", "List integrations, and the providers there are", readers, h.listAddons),
		write(http.MethodPost, "/addons", "createAddon", "Create an integration", in(access.CreateAddon), http.StatusOK, h.createAddon),
		read("/addons/{id}", "getAddon", "Read an integration", readers, h.getAddon),
		write(http.MethodPut, "/addons/{id}", "updateAddon", "Replace an integration", in(access.UpdateAddon), http.StatusOK, h.updateAddon),
		act(http.MethodDelete, "/addons/{id}", "deleteAddon", "Delete an integration", in(access.DeleteAddon), http.StatusOK, h.deleteAddon),
		read("/addons/{id}/events", "getIntegrationEvents", "See what an integration was told lately", readers, h.listDeliveries),
	}
}

func (h *Handler) listAddons(c *Call) (Addons, error) {
	integrations, err := h.Control.Integrations(c.r.Context())
	all := Addons{Addons: make([]Addon, len(integrations)), Providers: []AddonType{webhookType()}}
	for n, i := range integrations {
		all.Addons[n] = showAddon(i)
	}
	return all, err
}

func (h *Handler) getAddon(c *Call) (Addon, error) {
	id, err := c.ID("id")
	if err != nil {
		return Addon{}, err
	}
	i, err := h.Control.Integration(c.r.Context(), id)
	return showAddon(i), err
}

func (h *Handler) createAddon(c *Call, b AddonBody) (Addon, error) {
	i, err := h.Control.CreateIntegration(c.r.Context(), c.Actor, b.fields())
	return showAddon(i), err
}

func (h *Handler) updateAddon(c *Call, b AddonBody) (Addon, error) {
	id, err := c.ID("id")
	if err != nil {
		return Addon{}, err
	}
	i, err := h.Control.UpdateIntegration(c.r.Context(), c.Actor, id, b.fields())
	return showAddon(i), err
}

func (h *Handler) deleteAddon(c *Call) (None, error) {
	id, err := c.ID("id")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DeleteIntegration(c.r.Context(), c.Actor, id)
}

func (h *Handler) listDeliveries(c *Call) (IntegrationEvents, error) {
	id, err := c.ID("id")
	if err != nil {
		return IntegrationEvents{}, err
	}
	told, err := h.Control.Deliveries(c.r.Context(), id)
	all := IntegrationEvents{IntegrationEvents: make([]IntegrationEvent, len(told))}
	for n, t := range told {
		all.IntegrationEvents[n] = IntegrationEvent{
			ID: strconv.FormatInt(t.ID, 10), IntegrationID: t.Integration, CreatedAt: t.CreatedAt,
			State: t.State, StateDetails: t.Details, Event: eventAnswer(t.Event, false),
		}
	}
	return all, err
}

func (b AddonBody) fields() control.IntegrationFields {
	f := control.IntegrationFields{
		Provider: b.Provider, Description: b.Description, Enabled: b.Enabled, Parameters: map[string]string{},
		Events: b.Events, Projects: b.Projects, Environments: b.Environments,
	}
	for name, value := range b.Parameters {
		f.Parameters[name] = string(value)
	}
	return f
}

func showAddon(i store.Integration) Addon {
	shown := Addon{
		ID: i.ID, Provider: i.Provider, Description: i.Description, Enabled: i.Enabled, Parameters: map[string]string{},
		Events: i.Events, Projects: i.Projects, Environments: i.Environments,
	}
	for name, value := range i.Parameters {
		shown.Parameters[name] = value
	}
	for name := range i.Secrets {
		shown.Parameters[name] = control.MaskedParameter
	}
	return shown
}

func webhookType() AddonType {
	hook := AddonType{
		Name: control.Webhook, DisplayName: "Webhook", DocumentationURL: "https://github.com/burgeehq/burgee/blob/main/docs/integrations.md",
		Description: "Sends events as JSON to an address of your choice.", Events: control.WebhookEvents(),
	}
	for _, p := range control.WebhookParameters() {
		kind := "text"
		if p.Name == "customHeaders" {
			kind = "textfield"
		}
		hook.Parameters = append(hook.Parameters, AddonParameter{
			Name: p.Name, DisplayName: p.DisplayName, Type: kind, Description: p.Description, Placeholder: p.Placeholder,
			Required: p.Required, Sensitive: p.Sensitive,
		})
	}
	return hook
}
