package adminapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// ProjectEnvironmentBody makes a project use an environment.
type ProjectEnvironmentBody struct {
	Environment           feature.EnvironmentName `json:"environment" required:"true"`
	ChangeRequestsEnabled bool                    `json:"changeRequestsEnabled,omitempty" doc:"Must not be true: this server has no change requests"`
	DefaultStrategy       *StrategyBody           `json:"defaultStrategy,omitempty"`
}

// ProjectEnvironment is an environment that a project uses.
type ProjectEnvironment struct {
	Environment     feature.EnvironmentName `json:"environment"`
	DefaultStrategy *DefaultStrategy        `json:"defaultStrategy,omitempty"`
}

// DefaultStrategy is what a flag gets that is switched on without a strategy.
type DefaultStrategy struct {
	Name        string               `json:"name"`
	Title       *string              `json:"title,omitempty"`
	Disabled    bool                 `json:"disabled"`
	Parameters  map[string]string    `json:"parameters"`
	Constraints []feature.Constraint `json:"constraints"`
	Variants    []feature.Variant    `json:"variants"`
	Segments    []feature.SegmentID  `json:"segments"`
}

func defaultStrategyAnswer(s feature.Strategy) DefaultStrategy {
	d := control.NewStrategyDetail("", s)
	return DefaultStrategy{
		Name: d.Name, Title: d.Title, Disabled: d.Disabled, Parameters: d.Parameters,
		Constraints: d.Constraints, Variants: d.Variants, Segments: d.Segments,
	}
}

// ProjectOverview is a project with its recent activity.
type ProjectOverview struct {
	Version           int                   `json:"version"`
	Name              string                `json:"name"`
	Description       *string               `json:"description"`
	DefaultStickiness string                `json:"defaultStickiness"`
	Mode              string                `json:"mode"`
	Members           int                   `json:"members"`
	Health            int                   `json:"health"`
	TechnicalDebt     int                   `json:"technicalDebt"`
	CreatedAt         time.Time             `json:"createdAt"`
	UpdatedAt         time.Time             `json:"updatedAt"`
	ArchivedAt        *time.Time            `json:"archivedAt"`
	Environments      []ProjectEnvironment  `json:"environments"`
	FeatureTypeCounts []store.FlagTypeCount `json:"featureTypeCounts"`
	Stats             ProjectStats          `json:"stats"`
	OnboardingStatus  OnboardingStatus      `json:"onboardingStatus"`
	Favorite          bool                  `json:"favorite" doc:"Of whoever asks"`
}

// ProjectStats counts what happened in the last 30 days and in the 30 before.
type ProjectStats struct {
	CreatedCurrentWindow             int     `json:"createdCurrentWindow"`
	CreatedPastWindow                int     `json:"createdPastWindow"`
	ArchivedCurrentWindow            int     `json:"archivedCurrentWindow"`
	ArchivedPastWindow               int     `json:"archivedPastWindow"`
	ProjectActivityCurrentWindow     int     `json:"projectActivityCurrentWindow"`
	ProjectActivityPastWindow        int     `json:"projectActivityPastWindow"`
	ProjectMembersAddedCurrentWindow int     `json:"projectMembersAddedCurrentWindow"`
	AvgTimeToProdCurrentWindow       float64 `json:"avgTimeToProdCurrentWindow" doc:"In days; 0 when no flag reached production"`
}

// OnboardingStatus says how far a project has come.
type OnboardingStatus struct {
	Status  control.Onboarding `json:"status"`
	Feature feature.Name       `json:"feature,omitempty"`
}

func (h *Handler) projectEnvironmentRoutes() []Route {
	const environments = "/projects/{projectId}/environments"
	return []Route{
		write(http.MethodPost, environments, "addEnvironmentToProject", "Make a project use an environment",
			in(access.UpdateProject), http.StatusOK, h.addProjectEnvironment),
		act(http.MethodDelete, environments+"/{environment}", "removeEnvironmentFromProject", "Make a project no longer use an environment",
			in(access.UpdateProject), http.StatusOK, h.removeProjectEnvironment),
		write(http.MethodPost, environments+"/{environment}/default-strategy", "addDefaultStrategyToProjectEnvironment",
			"Set what a flag gets that is switched on without a strategy",
			in(access.UpdateProject, access.WriteDefaultStrategy), http.StatusOK, h.setDefaultStrategy),
	}
}

func (h *Handler) addProjectEnvironment(c *Call, b ProjectEnvironmentBody) (None, error) {
	if b.ChangeRequestsEnabled {
		return None{}, fault.Field("/body/changeRequestsEnabled", "changeRequestsEnabled must be false: this server has no change requests")
	}
	pe := store.ProjectEnvironment{Project: c.project(), Environment: b.Environment}
	if b.DefaultStrategy != nil {
		pe.DefaultStrategy = new(b.DefaultStrategy.strategy().Strategy)
	}
	return None{}, h.Control.AddProjectEnvironment(c.r.Context(), c.Actor, pe)
}

func (h *Handler) removeProjectEnvironment(c *Call) (None, error) {
	return None{}, h.Control.RemoveProjectEnvironment(c.r.Context(), c.Actor, c.project(), feature.EnvironmentName(c.Param("environment")))
}

func (h *Handler) setDefaultStrategy(c *Call, b StrategyBody) (DefaultStrategy, error) {
	s, err := h.Control.SetDefaultStrategy(c.r.Context(), c.Actor, store.ProjectEnvironment{
		Project: c.project(), Environment: feature.EnvironmentName(c.Param("environment")), DefaultStrategy: new(b.strategy().Strategy),
	})
	return defaultStrategyAnswer(s), err
}

func (h *Handler) projectOverview(c *Call) (ProjectOverview, error) {
	o, err := h.Control.ProjectOverview(c.r.Context(), c.project())
	if err != nil {
		return ProjectOverview{}, err
	}
	return overviewAnswer(&o), nil
}

func overviewAnswer(o *control.ProjectOverview) ProjectOverview {
	a := o.Activity
	answer := ProjectOverview{
		Version: documentVersion, Name: o.Name, Description: o.Description, DefaultStickiness: o.DefaultStickiness, Mode: o.Mode,
		Members: o.Numbers.Members, Health: o.Numbers.Health(), TechnicalDebt: 100 - o.Numbers.Health(),
		CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt, ArchivedAt: o.ArchivedAt,
		Environments: make([]ProjectEnvironment, len(o.Environments)), FeatureTypeCounts: o.Types,
		Stats: ProjectStats{
			CreatedCurrentWindow: a.Created, CreatedPastWindow: a.CreatedBefore, ArchivedCurrentWindow: a.Archived, ArchivedPastWindow: a.ArchivedBefore,
			ProjectActivityCurrentWindow: a.Events, ProjectActivityPastWindow: a.EventsBefore,
			ProjectMembersAddedCurrentWindow: a.MembersAdded, AvgTimeToProdCurrentWindow: a.DaysToProduction,
		},
		OnboardingStatus: OnboardingStatus{Status: o.Onboarding}, Favorite: o.Favorite,
	}
	for i, pe := range o.Environments {
		answer.Environments[i].Environment = pe.Environment
		if pe.DefaultStrategy != nil {
			answer.Environments[i].DefaultStrategy = new(defaultStrategyAnswer(*pe.DefaultStrategy))
		}
	}
	if o.Onboarding == control.FirstFlagCreated {
		answer.OnboardingStatus.Feature = o.FirstFlag
	}
	return answer
}
