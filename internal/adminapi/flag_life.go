package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
)

// CompleteBody says what became of what a flag was for.
type CompleteBody struct {
	_           struct{}        `closed:"true"`
	Status      feature.Outcome `json:"status" required:"true" enum:"kept,discarded"`
	StatusValue string          `json:"statusValue,omitempty" doc:"The variant that is kept"`
}

// LinkBody is a link of a flag.
type LinkBody struct {
	URL   string  `json:"url" required:"true" doc:"Begins with http:// or https://"`
	Title *string `json:"title,omitempty"`
}

// StageCounts counts flags by the stage of their life.
type StageCounts struct {
	Initial   int `json:"initial"`
	PreLive   int `json:"preLive"`
	Live      int `json:"live"`
	Completed int `json:"completed"`
	Archived  int `json:"archived"`
}

func (h *Handler) flagLifeRoutes() []Route {
	const life, link = flagPath + "/lifecycle", flagPath + "/link"
	change := in(access.UpdateFeature)
	return []Route{
		read(life, "getFeatureLifecycle", "List the stages of its life that a flag has entered", signedIn(), h.lifecycle),
		write(http.MethodPost, life+"/complete", "complete", "Say that the purpose of a flag is fulfilled", change, http.StatusOK, h.completeFlag),
		act(http.MethodPost, life+"/uncomplete", "uncomplete", "Take back that the purpose of a flag is fulfilled", change, http.StatusOK, h.uncompleteFlag),
		read("/lifecycle/count", "getFeatureLifecycleStageCount", "Count flags by the stage of their life", signedIn(), h.stageCounts),
		write(http.MethodPost, link, "createFeatureLink", "Give a flag a link", change, http.StatusNoContent, h.addLink),
		write(http.MethodPut, link+"/{linkId}", "updateFeatureLink", "Change a link of a flag", change, http.StatusNoContent, h.changeLink),
		act(http.MethodDelete, link+"/{linkId}", "deleteFeatureLink", "Take a link away from a flag", change, http.StatusNoContent, h.removeLink),
	}
}

func (h *Handler) lifecycle(c *Call) ([]feature.Step, error) {
	return h.Control.Lifecycle(c.r.Context(), c.flag())
}

func (h *Handler) completeFlag(c *Call, b CompleteBody) (None, error) {
	return None{}, h.Control.CompleteFlag(c.r.Context(), c.Actor, c.flag(), control.Completion{Outcome: b.Status, Variant: b.StatusValue})
}

func (h *Handler) uncompleteFlag(c *Call) (None, error) {
	return None{}, h.Control.UncompleteFlag(c.r.Context(), c.Actor, c.flag())
}

func (h *Handler) stageCounts(c *Call) (StageCounts, error) {
	n, err := h.Control.StageCounts(c.r.Context(), "")
	return StageCounts{
		Initial: n[feature.StageInitial], PreLive: n[feature.StagePreLive], Live: n[feature.StageLive],
		Completed: n[feature.StageCompleted], Archived: n[feature.StageArchived],
	}, err
}

func (h *Handler) addLink(c *Call, b LinkBody) (None, error) {
	return None{}, h.Control.AddFlagLink(c.r.Context(), c.Actor, c.flag(), feature.Link{URL: b.URL, Title: b.Title})
}

func (h *Handler) changeLink(c *Call, b LinkBody) (None, error) {
	return None{}, h.Control.ChangeFlagLink(c.r.Context(), c.Actor, c.flag(), feature.Link{ID: c.Param("linkId"), URL: b.URL, Title: b.Title})
}

func (h *Handler) removeLink(c *Call) (None, error) {
	return None{}, h.Control.RemoveFlagLink(c.r.Context(), c.Actor, c.flag(), c.Param("linkId"))
}
