package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/web"
)

// The paths of flags.
const (
	flagsPath = "/projects/{projectId}/features"
	flagPath  = flagsPath + "/{featureName}"
)

// FlagBody creates a flag.
type FlagBody struct {
	Name           feature.Name `json:"name" required:"true" minLength:"1" doc:"Unique on the server, archived flags included; URL friendly"`
	Type           string       `json:"type,omitempty" doc:"The id of a flag type; release when absent"`
	Description    *string      `json:"description,omitempty"`
	ImpressionData bool         `json:"impressionData,omitempty" doc:"SDKs emit an event at each evaluation"`
	Tags           []TagBody    `json:"tags,omitempty"`
}

// FlagUpdateBody changes a flag; what is absent stays as it is.
type FlagUpdateBody struct {
	Description    *string `json:"description,omitempty"`
	Type           *string `json:"type,omitempty"`
	Stale          *bool   `json:"stale,omitempty"`
	ImpressionData *bool   `json:"impressionData,omitempty"`
	Archived       *bool   `json:"archived,omitempty"`
}

// flagDocument is what a JSON Patch of a flag applies to.
type flagDocument struct {
	_              struct{} `closed:"true"`
	Description    *string  `json:"description"`
	Type           string   `json:"type" required:"true"`
	Stale          bool     `json:"stale"`
	ImpressionData bool     `json:"impressionData"`
	Archived       bool     `json:"archived"`
}

// CloneBody clones a flag.
type CloneBody struct {
	Name           feature.Name `json:"name" required:"true" minLength:"1"`
	ReplaceGroupID *bool        `json:"replaceGroupId,omitempty" doc:"Rollouts in the group of the old name get the new one; true when absent"`
}

// MoveBody moves a flag to another project.
type MoveBody struct {
	NewProjectID feature.ProjectID `json:"newProjectId" required:"true" minLength:"1"`
}

// FlagNameBody asks whether a name could be given to a new flag.
type FlagNameBody struct {
	Name      feature.Name       `json:"name" required:"true"`
	ProjectID *feature.ProjectID `json:"projectId,omitempty"`
}

// FlagList is a list of flags.
type FlagList struct {
	Version  int                   `json:"version"`
	Features []control.FlagSummary `json:"features"`
}

func (h *Handler) flagRoutes() []Route {
	remove := in(access.DeleteFeature)
	return []Route{
		read(flagsPath, "getFeatures", "List the flags of a project", signedIn(), h.listFlags),
		write(http.MethodPost, flagsPath, "createFeature", "Create a flag", in(access.CreateFeature), http.StatusCreated, h.createFlag),
		read(flagPath, "getFeature", "Read a flag", signedIn(), h.getFlag).
			versioned("/archive/{featureName}", "/archive/revive/{featureName}", "/features/{featureName}"),
		write(http.MethodPut, flagPath, "updateFeature", "Change a flag", in(access.UpdateFeature), http.StatusOK, h.updateFlag),
		write(http.MethodPatch, flagPath, "patchFeature", "Change a flag by JSON Patch", in(access.UpdateFeature), http.StatusOK, patchFlag(h)),
		act(http.MethodDelete, flagPath, "archiveFeature", "Archive a flag", remove, http.StatusAccepted, h.archiveFlag),
		write(http.MethodPost, flagPath+"/clone", "cloneFeature", "Clone a flag", in(access.CreateFeature), http.StatusCreated, h.cloneFlag),
		write(http.MethodPost, flagPath+"/changeProject", "changeProject", "Move a flag to another project",
			in(access.MoveFeature), http.StatusOK, h.moveFlag),
		write(http.MethodPost, "/features/validate", "validateFeature", "Ask whether a name is free for a flag",
			signedIn(), http.StatusOK, h.validateFlag),
		read("/archive/features", "getArchivedFeatures", "List archived flags", signedIn(), h.listArchived),
		read("/archive/features/{projectId}", "getArchivedFeaturesByProjectId", "List the archived flags of a project", signedIn(), h.listArchived),
		act(http.MethodPost, "/archive/revive/{featureName}", "reviveFeature", "Revive an archived flag",
			inSome(access.DeleteFeature, access.UpdateFeature), http.StatusOK, h.reviveFlag),
		act(http.MethodDelete, "/archive/{featureName}", "deleteFeature", "Delete an archived flag for good",
			inSome(access.DeleteFeature), http.StatusOK, h.deleteFlag),
	}
}

// project is the project that the path names.
func (c *Call) project() feature.ProjectID { return feature.ProjectID(c.Param("projectId")) }

// flag is the flag that the path names.
func (c *Call) flag() control.FlagRef {
	return control.FlagRef{Project: c.project(), Name: feature.Name(c.Param("featureName"))}
}

func (h *Handler) listFlags(c *Call) (FlagList, error) {
	flags, err := h.Control.Flags(c.r.Context(), c.project(), false)
	return FlagList{Version: 2, Features: flags}, err
}

func (h *Handler) listArchived(c *Call) (FlagList, error) {
	flags, err := h.Control.Flags(c.r.Context(), c.project(), true)
	return FlagList{Version: 2, Features: flags}, err
}

func (h *Handler) createFlag(c *Call, b FlagBody) (control.FlagDetail, error) {
	return h.Control.CreateFlag(c.r.Context(), c.Actor, control.NewFlag{
		Name: b.Name, Project: c.project(), Type: b.Type, Description: b.Description, ImpressionData: b.ImpressionData, Tags: tagsOf(b.Tags),
	})
}

func (h *Handler) getFlag(c *Call) (control.FlagDetail, error) {
	return h.Control.Flag(c.r.Context(), c.flag())
}

func (h *Handler) updateFlag(c *Call, b FlagUpdateBody) (control.FlagDetail, error) {
	return h.Control.UpdateFlag(c.r.Context(), c.Actor, c.flag(), func(f control.FlagFields) (control.FlagFields, error) {
		if b.Description != nil {
			f.Description = b.Description
		}
		set(&f.Type, b.Type)
		set(&f.Stale, b.Stale)
		set(&f.ImpressionData, b.ImpressionData)
		set(&f.Archived, b.Archived)
		return f, nil
	})
}

func patchFlag(h *Handler) func(*Call, web.Patch) (control.FlagDetail, error) {
	document := &web.Body[flagDocument]{}
	return func(c *Call, patch web.Patch) (control.FlagDetail, error) {
		return h.Control.UpdateFlag(c.r.Context(), c.Actor, c.flag(), func(f control.FlagFields) (control.FlagFields, error) {
			d, err := web.ApplyPatch(document, patch, flagDocument{
				Description: f.Description, Type: f.Type, Stale: f.Stale, ImpressionData: f.ImpressionData, Archived: f.Archived,
			})
			return control.FlagFields{
				Description: d.Description, Type: d.Type, Stale: d.Stale, ImpressionData: d.ImpressionData, Archived: d.Archived,
			}, err
		})
	}
}

func (h *Handler) archiveFlag(c *Call) (None, error) {
	return None{}, h.Control.ArchiveFlag(c.r.Context(), c.Actor, c.flag())
}

func (h *Handler) cloneFlag(c *Call, b CloneBody) (control.FlagDetail, error) {
	replace := b.ReplaceGroupID == nil || *b.ReplaceGroupID
	return h.Control.CloneFlag(c.r.Context(), c.Actor, c.flag(), b.Name, replace)
}

func (h *Handler) moveFlag(c *Call, b MoveBody) (None, error) {
	return None{}, h.Control.MoveFlag(c.r.Context(), c.Actor, c.flag(), b.NewProjectID)
}

func (h *Handler) validateFlag(c *Call, b FlagNameBody) (None, error) {
	var project feature.ProjectID
	set(&project, b.ProjectID)
	return None{}, h.Control.ValidateFlagName(c.r.Context(), b.Name, project)
}

func (h *Handler) reviveFlag(c *Call) (None, error) {
	return None{}, h.Control.ReviveFlag(c.r.Context(), c.Actor, feature.Name(c.Param("featureName")))
}

func (h *Handler) deleteFlag(c *Call) (None, error) {
	return None{}, h.Control.DeleteFlag(c.r.Context(), c.Actor, feature.Name(c.Param("featureName")))
}
