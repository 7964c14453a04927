package adminapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

// ProjectBody creates a project.
type ProjectBody struct {
	ID                        feature.ProjectID         `json:"id,omitempty" doc:"Unique; URL friendly; made of the name when absent"`
	Name                      string                    `json:"name" required:"true"`
	Description               *string                   `json:"description,omitempty"`
	Mode                      string                    `json:"mode,omitempty" doc:"open, protected or private; open when absent"`
	DefaultStickiness         string                    `json:"defaultStickiness,omitempty" doc:"What new rollouts of the project stick to"`
	Environments              []feature.EnvironmentName `json:"environments,omitempty" doc:"It uses these; all enabled ones when absent"`
	ChangeRequestEnvironments []struct {
		Name string `json:"name" required:"true"`
	} `json:"changeRequestEnvironments,omitempty" maxItems:"0" doc:"This server has no change requests"`
}

func (b ProjectBody) project() control.NewProject {
	p := feature.Project{ID: b.ID, Name: b.Name, Description: b.Description, Mode: b.Mode, DefaultStickiness: b.DefaultStickiness}
	if p.Mode == "" {
		p.Mode = feature.ModeOpen
	}
	if p.DefaultStickiness == "" {
		p.DefaultStickiness = feature.DefaultStickiness
	}
	return control.NewProject{Project: p, Environments: b.Environments}
}

// ProjectChangeBody changes a project. What is absent stays.
type ProjectChangeBody struct {
	Name              string  `json:"name" required:"true"`
	Description       *string `json:"description,omitempty"`
	Mode              *string `json:"mode,omitempty"`
	DefaultStickiness *string `json:"defaultStickiness,omitempty"`
}

func (b ProjectChangeBody) apply(p *feature.Project) {
	p.Name = b.Name
	if b.Description != nil {
		p.Description = b.Description
	}
	set(&p.Mode, b.Mode)
	set(&p.DefaultStickiness, b.DefaultStickiness)
}

// ProjectSettingsBody changes settings of a project. Naming patterns and link
// templates are refused, since nothing would keep to them.
type ProjectSettingsBody struct {
	Mode          *string `json:"mode,omitempty"`
	FeatureNaming *struct {
		Pattern *string `json:"pattern"`
	} `json:"featureNaming,omitempty" doc:"Only with an empty pattern: this server has no naming patterns"`
	LinkTemplates []struct {
		URLTemplate string `json:"urlTemplate"`
	} `json:"linkTemplates,omitempty" maxItems:"0" doc:"This server has no link templates"`
}

func (b ProjectSettingsBody) check() error {
	if b.FeatureNaming != nil && b.FeatureNaming.Pattern != nil && *b.FeatureNaming.Pattern != "" {
		return fault.Field("/body/featureNaming/pattern", "featureNaming.pattern must be empty: this server has no naming patterns")
	}
	return nil
}

// ProjectIDBody asks whether an id could be given to a new project.
type ProjectIDBody struct {
	ID feature.ProjectID `json:"id" required:"true"`
}

// Project is a project with its numbers.
type Project struct {
	feature.Project
	Health                    int        `json:"health" doc:"Share of flags that are not stale, in per cent"`
	TechnicalDebt             int        `json:"technicalDebt" doc:"The rest of health to 100"`
	FeatureCount              int        `json:"featureCount"`
	StaleFeatureCount         int        `json:"staleFeatureCount"`
	PotentiallyStaleFlagCount int        `json:"potentiallyStaleFeatureCount"`
	MemberCount               int        `json:"memberCount"`
	LastReportedFlagUsage     *time.Time `json:"lastReportedFlagUsage"`
	Favorite                  bool       `json:"favorite" doc:"Of whoever asks"`
}

func projectAnswer(p control.CountedProject) Project {
	n := p.Numbers
	return Project{
		Project: p.Project, Health: n.Health(), TechnicalDebt: 100 - n.Health(), FeatureCount: n.Flags, StaleFeatureCount: n.Stale,
		PotentiallyStaleFlagCount: n.PotentiallyStale, MemberCount: n.Members, LastReportedFlagUsage: n.LastSeenAt, Favorite: p.Favorite,
	}
}

// ProjectList is a list of projects.
type ProjectList struct {
	Version  int       `json:"version"`
	Projects []Project `json:"projects"`
}

// CreatedProject is a project that was just made.
type CreatedProject struct {
	ID                feature.ProjectID         `json:"id"`
	Name              string                    `json:"name"`
	Description       *string                   `json:"description"`
	Mode              string                    `json:"mode"`
	DefaultStickiness string                    `json:"defaultStickiness"`
	Environments      []feature.EnvironmentName `json:"environments"`
}

func (h *Handler) projectRoutes() []Route {
	settings := in(access.UpdateProject, access.WriteProjectSettings)
	return append([]Route{
		read("/projects", "getProjects", "List projects", signedIn(), h.listProjects).
			with(yesNo("archived", "List the archived ones instead")),
		write(http.MethodPost, "/projects", "createProject", "Create a project, whose owner is the person who asks",
			in(access.CreateProject), http.StatusCreated, h.createProject),
		write(http.MethodPost, "/projects/validate", "validateProject", "Ask whether an id is free for a project",
			in(access.CreateProject), http.StatusOK, h.validateProject),
		write(http.MethodPut, "/projects/{projectId}", "updateProject", "Change a project", settings, http.StatusOK, h.updateProject),
		write(http.MethodPut, "/projects/{projectId}/settings", "updateProjectEnterpriseSettings", "Change the mode of a project",
			settings, http.StatusOK, h.updateProjectSettings),
		act(http.MethodDelete, "/projects/{projectId}", "deleteProject", "Delete a project without live flags, and the tokens of nothing else",
			in(access.DeleteProject), http.StatusOK, h.deleteProject),
		act(http.MethodPost, "/projects/archive/{projectId}", "archiveProject", "Archive a project without live flags",
			in(access.DeleteProject), http.StatusOK, h.archiveProject),
		act(http.MethodPost, "/projects/revive/{projectId}", "reviveProject", "Bring an archived project back",
			in(access.DeleteProject), http.StatusOK, h.reviveProject),
		read("/projects/{projectId}/overview", "getProjectOverview", "Read a project with its recent activity", signedIn(), h.projectOverview).
			versioned("/projects/{projectId}", "/projects/archive/{projectId}", "/projects/revive/{projectId}"),
	}, h.projectEnvironmentRoutes()...)
}

func (h *Handler) listProjects(c *Call) (ProjectList, error) {
	archived, err := c.Bool("archived")
	if err != nil {
		return ProjectList{}, err
	}
	all, err := h.Control.Projects(c.r.Context(), archived)
	list := ProjectList{Version: documentVersion, Projects: make([]Project, len(all))}
	for i, p := range all {
		list.Projects[i] = projectAnswer(p)
	}
	return list, err
}

func (h *Handler) createProject(c *Call, b ProjectBody) (CreatedProject, error) {
	p, err := h.Control.CreateProject(c.r.Context(), c.Actor, b.project())
	return CreatedProject{
		ID: p.ID, Name: p.Name, Description: p.Description, Mode: p.Mode, DefaultStickiness: p.DefaultStickiness, Environments: p.Environments,
	}, err
}

func (h *Handler) validateProject(c *Call, b ProjectIDBody) (None, error) {
	return None{}, h.Control.CheckProjectID(c.r.Context(), b.ID)
}

func (h *Handler) updateProject(c *Call, b ProjectChangeBody) (None, error) {
	return None{}, h.Control.ChangeProject(c.r.Context(), c.Actor, c.project(), b.apply)
}

func (h *Handler) updateProjectSettings(c *Call, b ProjectSettingsBody) (None, error) {
	if err := b.check(); err != nil {
		return None{}, err
	}
	return None{}, h.Control.ChangeProject(c.r.Context(), c.Actor, c.project(), func(p *feature.Project) { set(&p.Mode, b.Mode) })
}

func (h *Handler) deleteProject(c *Call) (None, error) {
	return None{}, h.Control.DeleteProject(c.r.Context(), c.Actor, c.project())
}

func (h *Handler) archiveProject(c *Call) (None, error) {
	return None{}, h.Control.ArchiveProject(c.r.Context(), c.Actor, c.project())
}

func (h *Handler) reviveProject(c *Call) (None, error) {
	return None{}, h.Control.ReviveProject(c.r.Context(), c.Actor, c.project())
}
