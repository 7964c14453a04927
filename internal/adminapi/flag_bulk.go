package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
)

// projectPath is the path of one project.
const projectPath = "/projects/{projectId}"

// FlagsBody names flags of the project.
type FlagsBody struct {
	Features []feature.Name `json:"features" required:"true" maxItems:"500"`
}

// StaleBody marks flags of the project as stale or not.
type StaleBody struct {
	Features []feature.Name `json:"features" required:"true" maxItems:"500"`
	Stale    bool           `json:"stale" required:"true"`
}

// BulkTagsBody changes the tags of flags of the project.
type BulkTagsBody struct {
	Features []feature.Name `json:"features" required:"true" maxItems:"500"`
	Tags     TagsBody       `json:"tags" required:"true"`
}

func (h *Handler) bulkFlagRoutes() []Route {
	const switches = projectPath + "/bulk_features/environments/{environment}"
	return []Route{
		write(http.MethodPost, projectPath+"/archive", "archiveFeatures", "Archive several flags",
			in(access.DeleteFeature), http.StatusAccepted, h.archiveFlags),
		write(http.MethodPost, projectPath+"/archive/validate", "validateArchiveFeatures", "Ask what archiving flags would meet",
			in(access.DeleteFeature), http.StatusOK, h.checkArchive),
		write(http.MethodPost, projectPath+"/delete", "deleteFeatures", "Delete several archived flags for good",
			in(access.DeleteFeature), http.StatusOK, h.deleteFlags),
		write(http.MethodPost, projectPath+"/revive", "reviveFeatures", "Revive several archived flags",
			in(access.DeleteFeature, access.UpdateFeature), http.StatusOK, h.reviveFlags),
		write(http.MethodPost, projectPath+"/stale", "staleFeatures", "Mark several flags as stale, or not",
			in(access.UpdateFeature), http.StatusAccepted, h.markStale),
		write(http.MethodPost, switches+"/on", "bulkToggleFeaturesEnvironmentOn", "Switch several flags on in an environment",
			in(access.UpdateFeatureEnv), http.StatusOK, switchFlags(h, true)).with(activateParam()),
		write(http.MethodPost, switches+"/off", "bulkToggleFeaturesEnvironmentOff", "Switch several flags off in an environment",
			in(access.UpdateFeatureEnv), http.StatusOK, switchFlags(h, false)),
		write(http.MethodPut, projectPath+"/tags", "addTagToFeatures", "Change the tags of several flags",
			in(access.UpdateFeature), http.StatusOK, h.tagFlags),
	}
}

func (h *Handler) archiveFlags(c *Call, b FlagsBody) (None, error) {
	return None{}, h.Control.ArchiveFlags(c.r.Context(), c.Actor, c.project(), b.Features)
}

func (h *Handler) checkArchive(c *Call, b FlagsBody) (control.ArchiveCheck, error) {
	return h.Control.CheckArchive(c.r.Context(), c.project(), b.Features)
}

func (h *Handler) deleteFlags(c *Call, b FlagsBody) (None, error) {
	return None{}, h.Control.DeleteFlags(c.r.Context(), c.Actor, c.project(), b.Features)
}

func (h *Handler) reviveFlags(c *Call, b FlagsBody) (None, error) {
	return None{}, h.Control.ReviveFlags(c.r.Context(), c.Actor, c.project(), b.Features)
}

func (h *Handler) markStale(c *Call, b StaleBody) (None, error) {
	return None{}, h.Control.MarkStale(c.r.Context(), c.Actor, control.Batch{Project: c.project(), Names: b.Features}, b.Stale)
}

func switchFlags(h *Handler, on bool) func(*Call, FlagsBody) (None, error) {
	return func(c *Call, b FlagsBody) (None, error) {
		batch := control.Batch{Project: c.project(), Names: b.Features}
		return None{}, h.Control.SwitchFlags(c.r.Context(), c.Actor, batch, c.environment(), c.switchTo(on))
	}
}

func (h *Handler) tagFlags(c *Call, b BulkTagsBody) (None, error) {
	batch := control.Batch{Project: c.project(), Names: b.Features}
	return None{}, h.Control.TagFlags(c.r.Context(), c.Actor, batch, b.Tags.change("/body/tags/addedTags"))
}
