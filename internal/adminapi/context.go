package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
)

// ContextFieldBody creates a context field.
type ContextFieldBody struct {
	Name        string               `json:"name" required:"true" minLength:"1" doc:"Unique; URL friendly"`
	Description *string              `json:"description,omitempty"`
	Stickiness  bool                 `json:"stickiness,omitempty" doc:"May be used as stickiness of a rollout"`
	SortOrder   int                  `json:"sortOrder,omitempty"`
	LegalValues []feature.LegalValue `json:"legalValues,omitempty"`
	Project     *feature.ProjectID   `json:"project,omitempty" doc:"The only project it is for; absent for all"`
}

// ContextFieldChangeBody changes a context field. What is absent stays.
type ContextFieldChangeBody struct {
	Description *string               `json:"description,omitempty"`
	Stickiness  *bool                 `json:"stickiness,omitempty"`
	SortOrder   *int                  `json:"sortOrder,omitempty"`
	LegalValues *[]feature.LegalValue `json:"legalValues,omitempty"`
}

func (b ContextFieldChangeBody) apply(f *feature.ContextField) error {
	if b.Description != nil {
		f.Description = b.Description
	}
	set(&f.Stickiness, b.Stickiness)
	set(&f.SortOrder, b.SortOrder)
	set(&f.LegalValues, b.LegalValues)
	return nil
}

// set replaces a value by one of a body, unless that is absent.
func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// ContextField is a context field with how far live flags use it.
type ContextField struct {
	feature.ContextField
	UsedInFeatures int `json:"usedInFeatures"`
	UsedInProjects int `json:"usedInProjects"`
}

func contextAnswer(f control.UsedContextField) ContextField {
	return ContextField{ContextField: f.ContextField, UsedInFeatures: f.Reach.Features, UsedInProjects: f.Reach.Projects}
}

// contextPaths are where context fields are: in the list of the whole server
// and in that of each project.
var contextPaths = []struct {
	prefix, suffix, whose, include string
}{
	{"/context", "", "", `"project" lists those of projects too`},
	{"/projects/{projectId}/context", "ForProject", " of a project", `"root" lists those of the whole server too`},
}

func (h *Handler) contextRoutes() []Route {
	var all []Route
	for _, at := range contextPaths {
		one := at.prefix + "/{contextField}"
		may := func(root access.Permission) Need { return inSome(root, access.UpdateProjectContext) }
		all = append(all,
			read(at.prefix, "getContextFields"+at.suffix, "List context fields"+at.whose, signedIn(), h.listContextFields).
				with(text("include", at.include)),
			write(http.MethodPost, at.prefix, "createContextField"+at.suffix, "Create a context field"+at.whose,
				may(access.CreateContextField), http.StatusCreated, h.createContextField),
			write(http.MethodPost, at.prefix+"/validate", "validateContextFieldName"+at.suffix, "Ask whether a name is free for a context field"+at.whose,
				signedIn(), http.StatusOK, h.validateContextField),
			read(one, "getContextField"+at.suffix, "Read a context field"+at.whose, signedIn(), h.getContextField).versioned(),
			write(http.MethodPut, one, "updateContextField"+at.suffix, "Change a context field"+at.whose,
				may(access.UpdateContextField), http.StatusOK, h.updateContextField),
			act(http.MethodDelete, one, "deleteContextField"+at.suffix, "Delete a context field"+at.whose,
				may(access.DeleteContextField), http.StatusOK, h.deleteContextField),
			write(http.MethodPost, one+"/legal-values", "updateContextFieldLegalValue"+at.suffix, "Add or change a legal value of a context field"+at.whose,
				may(access.UpdateContextField), http.StatusOK, h.putLegalValue),
			act(http.MethodDelete, one+"/legal-values/{legalValue}", "deleteContextFieldLegalValue"+at.suffix, "Delete a legal value of a context field"+at.whose,
				may(access.UpdateContextField), http.StatusOK, h.deleteLegalValue),
			read(one+"/strategies", "getStrategiesByContextField"+at.suffix, "List the strategies that name a context field"+at.whose,
				signedIn(), h.contextFieldUse),
		)
	}
	return all
}

// contextKey is the field that the path names.
func contextKey(c *Call) control.ContextKey {
	return control.ContextKey{Project: feature.ProjectID(c.Param("projectId")), Name: c.Param("contextField")}
}

func (h *Handler) listContextFields(c *Call) ([]ContextField, error) {
	project, both := contextKey(c).Project, "project"
	if project != "" {
		both = "root"
	}
	fields, err := h.Control.ContextFields(c.r.Context(), project, c.Query("include") == both)
	all := make([]ContextField, len(fields))
	for i, f := range fields {
		all[i] = contextAnswer(f)
	}
	return all, err
}

func (h *Handler) getContextField(c *Call) (ContextField, error) {
	f, err := h.Control.ContextField(c.r.Context(), contextKey(c))
	return contextAnswer(f), err
}

func (h *Handler) createContextField(c *Call, b ContextFieldBody) (ContextField, error) {
	project := contextKey(c).Project
	if project != "" {
		if _, err := h.Control.Project(c.r.Context(), project); err != nil {
			return ContextField{}, err
		}
	} else if b.Project != nil {
		project = *b.Project
	}
	f, err := h.Control.CreateContextField(c.r.Context(), c.Actor, feature.ContextField{
		Name: b.Name, Description: b.Description, Stickiness: b.Stickiness, SortOrder: b.SortOrder, LegalValues: b.LegalValues, Project: project,
	})
	return contextAnswer(control.UsedContextField{ContextField: f}), err
}

func (h *Handler) validateContextField(c *Call, b NameBody) (None, error) {
	return None{}, h.Control.CheckContextFieldName(c.r.Context(), control.ContextKey{Project: contextKey(c).Project, Name: b.Name})
}

func (h *Handler) updateContextField(c *Call, b ContextFieldChangeBody) (None, error) {
	return None{}, h.Control.ChangeContextField(c.r.Context(), c.Actor, contextKey(c), b.apply)
}

func (h *Handler) deleteContextField(c *Call) (None, error) {
	return None{}, h.Control.DeleteContextField(c.r.Context(), c.Actor, contextKey(c))
}

func (h *Handler) putLegalValue(c *Call, v feature.LegalValue) (None, error) {
	return None{}, h.Control.PutLegalValue(c.r.Context(), c.Actor, contextKey(c), v)
}

func (h *Handler) deleteLegalValue(c *Call) (None, error) {
	return None{}, h.Control.DeleteLegalValue(c.r.Context(), c.Actor, contextKey(c), c.Param("legalValue"))
}

func (h *Handler) contextFieldUse(c *Call) (StrategyUseList, error) {
	return strategyUseList(h.Control.ContextFieldUse(c.r.Context(), contextKey(c)))
}
