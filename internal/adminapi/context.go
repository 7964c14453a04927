package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// ContextFieldBody creates or replaces a context field.
type ContextFieldBody struct {
	Name        string               `json:"name" required:"true" minLength:"1" doc:"Unique; URL friendly"`
	Description *string              `json:"description,omitempty" nullable:"true"`
	Stickiness  bool                 `json:"stickiness,omitempty" doc:"May be used as stickiness of a rollout"`
	SortOrder   int                  `json:"sortOrder,omitempty"`
	LegalValues []feature.LegalValue `json:"legalValues,omitempty"`
}

func (h *Handler) contextRoutes() []Route {
	return []Route{
		read("/context", "getContextFields", "List context fields", signedIn(), h.listContextFields),
		write(http.MethodPost, "/context", "createContextField", "Create a context field",
			in(access.CreateContextField), http.StatusCreated, h.createContextField),
		read("/context/{contextField}", "getContextField", "Read a context field", signedIn(), h.getContextField),
	}
}

func (h *Handler) listContextFields(c *Call) ([]feature.ContextField, error) {
	return h.Control.ContextFields(c.r.Context())
}

func (h *Handler) getContextField(c *Call) (feature.ContextField, error) {
	return h.Control.ContextField(c.r.Context(), c.Param("contextField"))
}

func (h *Handler) createContextField(c *Call, b ContextFieldBody) (feature.ContextField, error) {
	return h.Control.CreateContextField(c.r.Context(), c.Actor, feature.ContextField{
		Name: b.Name, Description: b.Description, Stickiness: b.Stickiness, SortOrder: b.SortOrder, LegalValues: b.LegalValues,
	})
}
