package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// FlagTypeList is every type of flags.
type FlagTypeList struct {
	Version int                `json:"version"`
	Types   []feature.FlagType `json:"types"`
}

// LifetimeBody sets how long flags of a type are meant to live.
type LifetimeBody struct {
	LifetimeDays *int `json:"lifetimeDays" required:"true" minimum:"0" maximum:"2147483647" doc:"In days; null or 0 means for ever"`
}

func (h *Handler) flagTypeRoutes() []Route {
	return []Route{
		read("/feature-types", "getAllFeatureTypes", "List types of flags", signedIn(), h.listFlagTypes),
		write(http.MethodPut, "/feature-types/{id}/lifetime", "updateFeatureTypeLifetime", "Set how long flags of a type are meant to live",
			in(access.AdminAll), http.StatusOK, h.setLifetime),
	}
}

func (h *Handler) listFlagTypes(c *Call) (FlagTypeList, error) {
	all, err := h.Control.FlagTypes(c.r.Context())
	return FlagTypeList{Version: documentVersion, Types: all}, err
}

func (h *Handler) setLifetime(c *Call, b LifetimeBody) (feature.FlagType, error) {
	return h.Control.SetFlagTypeLifetime(c.r.Context(), c.Actor, c.Param("id"), b.LifetimeDays)
}
