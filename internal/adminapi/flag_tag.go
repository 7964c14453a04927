package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
)

func tagsOf(bodies []TagBody) []feature.Tag {
	tags := make([]feature.Tag, len(bodies))
	for i, b := range bodies {
		tags[i] = feature.Tag{Type: b.Type, Value: b.Value}
	}
	return tags
}

// TagsBody changes the tags of a flag: first some go, then some come.
type TagsBody struct {
	AddedTags   []TagBody `json:"addedTags" required:"true" maxItems:"100"`
	RemovedTags []TagBody `json:"removedTags" required:"true" maxItems:"100"`
}

func (b TagsBody) change(path string) control.TagChange {
	return control.TagChange{Added: tagsOf(b.AddedTags), Removed: tagsOf(b.RemovedTags), Path: path}
}

func (h *Handler) flagTagRoutes() []Route {
	const path = "/features/{featureName}/tags"
	change := inSome(access.UpdateFeature)
	return []Route{
		read(path, "listTags", "List the tags of a flag", signedIn(), h.listFlagTags),
		write(http.MethodPost, path, "addTag", "Put a tag on a flag", change, http.StatusCreated, h.addFlagTag),
		write(http.MethodPut, path, "updateTags", "Change the tags of a flag", change, http.StatusOK, h.updateFlagTags),
		act(http.MethodDelete, path+"/{type}/{value}", "removeTag", "Take a tag off a flag", change, http.StatusOK, h.removeFlagTag),
	}
}

func (h *Handler) listFlagTags(c *Call) (TagList, error) {
	tags, err := h.Control.FlagTags(c.r.Context(), c.flag())
	return TagList{Version: 1, Tags: tags}, err
}

func (h *Handler) addFlagTag(c *Call, b TagBody) (feature.Tag, error) {
	return h.Control.AddFlagTag(c.r.Context(), c.Actor, c.flag(), feature.Tag{Type: b.Type, Value: b.Value})
}

func (h *Handler) updateFlagTags(c *Call, b TagsBody) (TagList, error) {
	tags, err := h.Control.TagFlag(c.r.Context(), c.Actor, c.flag(), b.change("/body/addedTags"))
	return TagList{Version: 1, Tags: tags}, err
}

func (h *Handler) removeFlagTag(c *Call) (None, error) {
	tag := feature.Tag{Type: c.Param("type"), Value: c.Param("value")}
	_, err := h.Control.TagFlag(c.r.Context(), c.Actor, c.flag(), control.TagChange{Removed: []feature.Tag{tag}})
	return None{}, err
}
