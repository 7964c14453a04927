package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// documentVersion is the "version" that lists carry: of the form, not of the
// content. It has never changed.
const documentVersion = 1

// DefinitionBody creates a kind of strategy.
type DefinitionBody struct {
	Name        string                      `json:"name" required:"true" doc:"Unique; the name that SDKs register"`
	Title       *string                     `json:"title,omitempty"`
	Description *string                     `json:"description,omitempty"`
	Deprecated  bool                        `json:"deprecated,omitempty"`
	Parameters  []feature.StrategyParameter `json:"parameters" required:"true"`
}

// DefinitionChangeBody changes a kind of strategy. An absent title or
// description stays.
type DefinitionChangeBody struct {
	Title       *string                     `json:"title,omitempty"`
	Description *string                     `json:"description,omitempty"`
	Parameters  []feature.StrategyParameter `json:"parameters" required:"true"`
}

func (b DefinitionChangeBody) apply(d *feature.StrategyDefinition) {
	if b.Title != nil {
		d.Title = b.Title
	}
	if b.Description != nil {
		d.Description = b.Description
	}
	d.Parameters = b.Parameters
}

// DefinitionList is every kind of strategy.
type DefinitionList struct {
	Version    int                          `json:"version"`
	Strategies []feature.StrategyDefinition `json:"strategies"`
}

func (h *Handler) definitionRoutes() []Route {
	return []Route{
		read("/strategies", "getAllStrategies", "List strategy definitions", signedIn(), h.listDefinitions),
		write(http.MethodPost, "/strategies", "createStrategy", "Create a strategy definition, which SDKs implement",
			in(access.CreateStrategy), http.StatusCreated, h.createDefinition),
		read("/strategies/{name}", "getStrategy", "Read a strategy definition", signedIn(), h.getDefinition).versioned(),
		write(http.MethodPut, "/strategies/{name}", "updateStrategy", "Change a strategy definition that is not built in",
			in(access.UpdateStrategy), http.StatusOK, h.updateDefinition),
		act(http.MethodDelete, "/strategies/{name}", "removeStrategy", "Delete a strategy definition that nothing uses",
			in(access.DeleteStrategy), http.StatusOK, h.deleteDefinition),
		act(http.MethodPost, "/strategies/{name}/deprecate", "deprecateStrategy", "Advise against a strategy definition",
			in(access.UpdateStrategy), http.StatusOK, h.deprecateDefinition),
		act(http.MethodPost, "/strategies/{name}/reactivate", "reactivateStrategy", "Take that advice back",
			in(access.UpdateStrategy), http.StatusOK, h.reactivateDefinition),
	}
}

func (h *Handler) listDefinitions(c *Call) (DefinitionList, error) {
	all, err := h.Control.StrategyDefinitions(c.r.Context())
	return DefinitionList{Version: documentVersion, Strategies: all}, err
}

func (h *Handler) getDefinition(c *Call) (feature.StrategyDefinition, error) {
	return h.Control.StrategyDefinition(c.r.Context(), c.Param("name"))
}

func (h *Handler) createDefinition(c *Call, b DefinitionBody) (feature.StrategyDefinition, error) {
	return h.Control.CreateStrategyDefinition(c.r.Context(), c.Actor, feature.StrategyDefinition{
		Name: b.Name, Title: b.Title, Description: b.Description, Deprecated: b.Deprecated, Parameters: b.Parameters,
	})
}

func (h *Handler) updateDefinition(c *Call, b DefinitionChangeBody) (None, error) {
	return None{}, h.Control.ChangeStrategyDefinition(c.r.Context(), c.Actor, c.Param("name"), b.apply)
}

func (h *Handler) deleteDefinition(c *Call) (None, error) {
	return None{}, h.Control.DeleteStrategyDefinition(c.r.Context(), c.Actor, c.Param("name"))
}

func (h *Handler) deprecateDefinition(c *Call) (None, error) {
	return None{}, h.Control.DeprecateStrategyDefinition(c.r.Context(), c.Actor, c.Param("name"), true)
}

func (h *Handler) reactivateDefinition(c *Call) (None, error) {
	return None{}, h.Control.DeprecateStrategyDefinition(c.r.Context(), c.Actor, c.Param("name"), false)
}
