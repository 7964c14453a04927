package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

// EnvironmentBody creates an environment.
type EnvironmentBody struct {
	Name      feature.EnvironmentName `json:"name" required:"true" doc:"Unique; URL friendly"`
	Type      string                  `json:"type" required:"true" doc:"What it is for: development, test, pre-production or production"`
	Enabled   *bool                   `json:"enabled,omitempty" doc:"New projects use it; true unless given"`
	SortOrder int                     `json:"sortOrder,omitempty" doc:"Its place in lists; last unless given"`
	Approvals
}

// EnvironmentChangeBody changes an environment. What is absent stays.
type EnvironmentChangeBody struct {
	Type      *string `json:"type,omitempty"`
	SortOrder *int    `json:"sortOrder,omitempty"`
	Approvals
}

// Approvals is refused: to take it and then let changes through unapproved
// would be a trap.
type Approvals struct {
	RequiredApprovals *int `json:"requiredApprovals,omitempty" doc:"Must be absent or null: this server has no change requests"`
}

func (a Approvals) check() error {
	if a.RequiredApprovals != nil {
		return fault.Field("/body/requiredApprovals", "requiredApprovals must be absent or null: this server has no change requests")
	}
	return nil
}

func (b EnvironmentChangeBody) apply(e *feature.Environment) {
	set(&e.Type, b.Type)
	set(&e.SortOrder, b.SortOrder)
}

// EnvironmentCloneBody makes a copy of an environment.
type EnvironmentCloneBody struct {
	Name     feature.EnvironmentName `json:"name" required:"true" doc:"Of the copy; unique, URL friendly"`
	Type     string                  `json:"type" required:"true"`
	Projects []feature.ProjectID     `json:"projects,omitempty" doc:"That take the copy; absent or empty for all that use the original"`
}

// Environment is an environment with what uses it.
type Environment struct {
	feature.Environment
	ProjectCount       int `json:"projectCount"`
	APITokenCount      int `json:"apiTokenCount"`
	EnabledToggleCount int `json:"enabledToggleCount"`
}

func usedEnvironment(e control.UsedEnvironment) Environment {
	return Environment{
		Environment: e.Environment, ProjectCount: e.Numbers.Projects, APITokenCount: e.Numbers.Tokens, EnabledToggleCount: e.Numbers.Enabled,
	}
}

// EnvironmentList is every environment.
type EnvironmentList struct {
	Version      int           `json:"version"`
	Environments []Environment `json:"environments"`
}

// EnvironmentOfProject is an environment as a project sees it.
type EnvironmentOfProject struct {
	feature.Environment
	ProjectAPITokenCount      int                     `json:"projectApiTokenCount"`
	ProjectEnabledToggleCount int                     `json:"projectEnabledToggleCount"`
	DefaultStrategy           *control.StrategyDetail `json:"defaultStrategy,omitempty"`
	Visible                   bool                    `json:"visible" doc:"The project uses it"`
}

// EnvironmentOfProjectList is every environment as a project sees it.
type EnvironmentOfProjectList struct {
	Version      int                    `json:"version"`
	Environments []EnvironmentOfProject `json:"environments"`
}

func (h *Handler) environmentRoutes() []Route {
	admin := in(access.AdminAll)
	return []Route{
		read("/environments", "getAllEnvironments", "List environments", signedIn(), h.listEnvironments),
		write(http.MethodPost, "/environments", "createEnvironment", "Create an environment, which no project uses yet",
			admin, http.StatusCreated, h.createEnvironment),
		write(http.MethodPost, "/environments/validate", "validateEnvironmentName", "Ask whether a name is free for an environment",
			admin, http.StatusOK, h.validateEnvironment),
		write(http.MethodPut, "/environments/sort-order", "updateSortOrder", "Give environments their places in lists, by name",
			admin, http.StatusOK, h.sortEnvironments),
		write(http.MethodPut, "/environments/update/{name}", "updateEnvironment", "Change an environment", admin, http.StatusOK, h.updateEnvironment),
		read("/environments/project/{projectId}", "getProjectEnvironments", "List environments as a project sees them",
			signedIn(), h.listEnvironmentsOf),
		read("/environments/{name}", "getEnvironment", "Read an environment", signedIn(), h.getEnvironment).versioned("/environments/update/{name}"),
		act(http.MethodDelete, "/environments/{name}", "removeEnvironment", "Delete an environment, all that flags have in it, and its API tokens",
			admin, http.StatusOK, h.deleteEnvironment),
		write(http.MethodPost, "/environments/{name}/clone", "cloneEnvironment", "Copy an environment with the state of its flags, without its API tokens",
			admin, http.StatusOK, h.cloneEnvironment),
		act(http.MethodPost, "/environments/{name}/on", "toggleEnvironmentOn", "Let new projects use an environment",
			admin, http.StatusNoContent, switchEnvironment(h, true)),
		act(http.MethodPost, "/environments/{name}/off", "toggleEnvironmentOff", "Keep new projects from using an environment",
			admin, http.StatusNoContent, switchEnvironment(h, false)),
	}
}

// environmentName is the name in the path.
func environmentName(c *Call) feature.EnvironmentName {
	return feature.EnvironmentName(c.Param("name"))
}

func (h *Handler) listEnvironments(c *Call) (EnvironmentList, error) {
	all, err := h.Control.Environments(c.r.Context())
	list := EnvironmentList{Version: documentVersion, Environments: make([]Environment, len(all))}
	for i, e := range all {
		list.Environments[i] = usedEnvironment(e)
	}
	return list, err
}

func (h *Handler) listEnvironmentsOf(c *Call) (EnvironmentOfProjectList, error) {
	all, err := h.Control.EnvironmentsOf(c.r.Context(), feature.ProjectID(c.Param("projectId")))
	list := EnvironmentOfProjectList{Version: documentVersion, Environments: make([]EnvironmentOfProject, len(all))}
	for i, e := range all {
		item := EnvironmentOfProject{
			Environment: e.Environment, ProjectAPITokenCount: e.Numbers.Tokens, ProjectEnabledToggleCount: e.Numbers.Enabled, Visible: e.Of != nil,
		}
		if e.Of != nil && e.Of.DefaultStrategy != nil {
			item.DefaultStrategy = new(control.NewStrategyDetail("", *e.Of.DefaultStrategy))
		}
		list.Environments[i] = item
	}
	return list, err
}

func (h *Handler) getEnvironment(c *Call) (Environment, error) {
	e, err := h.Control.Environment(c.r.Context(), environmentName(c))
	return usedEnvironment(e), err
}

func (h *Handler) createEnvironment(c *Call, b EnvironmentBody) (Environment, error) {
	if err := b.check(); err != nil {
		return Environment{}, err
	}
	e := feature.Environment{Name: b.Name, Type: b.Type, Enabled: true, SortOrder: b.SortOrder}
	set(&e.Enabled, b.Enabled)
	e, err := h.Control.CreateEnvironment(c.r.Context(), c.Actor, e)
	return usedEnvironment(control.UsedEnvironment{Environment: e}), err
}

func (h *Handler) validateEnvironment(c *Call, b NameBody) (None, error) {
	return None{}, h.Control.CheckEnvironmentName(c.r.Context(), feature.EnvironmentName(b.Name))
}

func (h *Handler) sortEnvironments(c *Call, orders map[feature.EnvironmentName]int) (None, error) {
	return None{}, h.Control.SortEnvironments(c.r.Context(), c.Actor, orders)
}

func (h *Handler) updateEnvironment(c *Call, b EnvironmentChangeBody) (Environment, error) {
	if err := b.check(); err != nil {
		return Environment{}, err
	}
	e, err := h.Control.ChangeEnvironment(c.r.Context(), c.Actor, environmentName(c), b.apply)
	return usedEnvironment(e), err
}

func (h *Handler) deleteEnvironment(c *Call) (None, error) {
	return None{}, h.Control.DeleteEnvironment(c.r.Context(), c.Actor, environmentName(c))
}

func (h *Handler) cloneEnvironment(c *Call, b EnvironmentCloneBody) (Environment, error) {
	if len(b.Projects) == 0 {
		b.Projects = nil
	}
	e, err := h.Control.CloneEnvironment(c.r.Context(), c.Actor, environmentName(c), control.EnvironmentCopy{Name: b.Name, Type: b.Type, Projects: b.Projects})
	return usedEnvironment(e), err
}

func switchEnvironment(h *Handler, on bool) func(*Call) (None, error) {
	return func(c *Call) (None, error) {
		_, err := h.Control.ChangeEnvironment(c.r.Context(), c.Actor, environmentName(c), func(e *feature.Environment) { e.Enabled = on })
		return None{}, err
	}
}
