package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// TagTypeBody creates a tag type.
type TagTypeBody struct {
	_           struct{} `closed:"true"`
	Name        string   `json:"name" required:"true" doc:"Unique; URL friendly"`
	Description *string  `json:"description,omitempty"`
	Icon        *string  `json:"icon,omitempty"`
	Color       *string  `json:"color,omitempty" doc:"As in #1a2b3c"`
}

func (b TagTypeBody) tagType() feature.TagType {
	return feature.TagType{Name: b.Name, Description: b.Description, Icon: b.Icon, Color: b.Color}
}

// TagTypeChangeBody changes a tag type. What is absent stays.
type TagTypeChangeBody struct {
	Description *string `json:"description,omitempty"`
	Icon        *string `json:"icon,omitempty"`
	Color       *string `json:"color,omitempty"`
}

func (b TagTypeChangeBody) apply(t *feature.TagType) {
	for _, field := range []struct{ to, from **string }{
		{&t.Description, &b.Description}, {&t.Icon, &b.Icon}, {&t.Color, &b.Color},
	} {
		if *field.from != nil {
			*field.to = *field.from
		}
	}
}

// TagTypeList is every tag type.
type TagTypeList struct {
	Version  int               `json:"version"`
	TagTypes []feature.TagType `json:"tagTypes"`
}

// ValidTagType says that a tag type could be created.
type ValidTagType struct {
	Valid   bool            `json:"valid"`
	TagType feature.TagType `json:"tagType"`
}

// TagBody is a tag as clients send it.
type TagBody struct {
	Type  string `json:"type" required:"true" doc:"The name of a tag type"`
	Value string `json:"value" required:"true"`
}

// TagList is a list of tags.
type TagList struct {
	Version int           `json:"version"`
	Tags    []feature.Tag `json:"tags"`
}

// VersionedTag is one tag in the form of the list.
type VersionedTag struct {
	Version int         `json:"version"`
	Tag     feature.Tag `json:"tag"`
}

func (h *Handler) tagRoutes() []Route {
	return []Route{
		read("/tag-types", "getTagTypes", "List tag types", signedIn(), h.listTagTypes),
		write(http.MethodPost, "/tag-types", "createTagType", "Create a tag type", in(access.CreateTagType), http.StatusCreated, h.createTagType),
		write(http.MethodPost, "/tag-types/validate", "validateTagType", "Ask whether a tag type could be created",
			signedIn(), http.StatusOK, h.validateTagType),
		read("/tag-types/{name}", "getTagType", "Read a tag type", signedIn(), h.getTagType).versioned(),
		write(http.MethodPut, "/tag-types/{name}", "updateTagType", "Change a tag type", in(access.UpdateTagType), http.StatusOK, h.updateTagType),
		act(http.MethodDelete, "/tag-types/{name}", "deleteTagType", "Delete a tag type and its tags, from flags too",
			in(access.DeleteTagType), http.StatusOK, h.deleteTagType),
		read("/tags", "getTags", "List tags", signedIn(), h.listTags),
		write(http.MethodPost, "/tags", "createTag", "Create a tag", inSome(access.UpdateFeature), http.StatusCreated, h.createTag),
		read("/tags/{type}", "getTagsByType", "List the tags of a type", signedIn(), h.listTags),
		read("/tags/{type}/{value}", "getTag", "Read a tag", signedIn(), h.getTag),
		act(http.MethodDelete, "/tags/{type}/{value}", "deleteTag", "Delete a tag, from flags too",
			in(access.UpdateTagType), http.StatusOK, h.deleteTag),
	}
}

func (h *Handler) listTagTypes(c *Call) (TagTypeList, error) {
	all, err := h.Control.TagTypes(c.r.Context())
	return TagTypeList{Version: documentVersion, TagTypes: all}, err
}

func (h *Handler) getTagType(c *Call) (feature.TagType, error) {
	return h.Control.TagType(c.r.Context(), c.Param("name"))
}

func (h *Handler) createTagType(c *Call, b TagTypeBody) (feature.TagType, error) {
	return h.Control.CreateTagType(c.r.Context(), c.Actor, b.tagType())
}

func (h *Handler) validateTagType(c *Call, b TagTypeBody) (ValidTagType, error) {
	t := b.tagType()
	return ValidTagType{Valid: true, TagType: t}, h.Control.CheckTagType(c.r.Context(), t)
}

func (h *Handler) updateTagType(c *Call, b TagTypeChangeBody) (None, error) {
	return None{}, h.Control.ChangeTagType(c.r.Context(), c.Actor, c.Param("name"), b.apply)
}

func (h *Handler) deleteTagType(c *Call) (None, error) {
	return None{}, h.Control.DeleteTagType(c.r.Context(), c.Actor, c.Param("name"))
}

func (h *Handler) listTags(c *Call) (TagList, error) {
	all, err := h.Control.Tags(c.r.Context(), c.Param("type"))
	return TagList{Version: documentVersion, Tags: all}, err
}

func (h *Handler) getTag(c *Call) (VersionedTag, error) {
	t, err := h.Control.Tag(c.r.Context(), tagOfPath(c))
	return VersionedTag{Version: documentVersion, Tag: t}, err
}

func (h *Handler) createTag(c *Call, b TagBody) (VersionedTag, error) {
	t, err := h.Control.CreateTag(c.r.Context(), c.Actor, feature.Tag{Type: b.Type, Value: b.Value})
	return VersionedTag{Version: documentVersion, Tag: t}, err
}

func (h *Handler) deleteTag(c *Call) (None, error) {
	return None{}, h.Control.DeleteTag(c.r.Context(), c.Actor, tagOfPath(c))
}

func tagOfPath(c *Call) feature.Tag {
	return feature.Tag{Type: c.Param("type"), Value: c.Param("value")}
}
