package adminapi

import (
	"time"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
)

// ProjectStatus is how a project does.
type ProjectStatus struct {
	ActivityCountByDate []DayActivity    `json:"activityCountByDate" doc:"Of the last year, without days on which nothing happened"`
	Health              CurrentValue     `json:"health"`
	TechnicalDebt       CurrentValue     `json:"technicalDebt"`
	Resources           ProjectResources `json:"resources"`
	StaleFlags          TotalCount       `json:"staleFlags" doc:"Marked as stale, or older than their type is meant to become"`
	LifecycleSummary    LifecycleSummary `json:"lifecycleSummary"`
}

// DayActivity counts events of a day.
type DayActivity struct {
	Date  string `json:"date" doc:"yyyy-mm-dd, in UTC"`
	Count int    `json:"count"`
}

// CurrentValue is a number as it is now, in per cent.
type CurrentValue struct {
	Current int `json:"current"`
}

// TotalCount is how many there are.
type TotalCount struct {
	Total int `json:"total"`
}

// ProjectResources counts what a project has.
type ProjectResources struct {
	APITokens int `json:"apiTokens" doc:"Those of all projects left out"`
	Members   int `json:"members"`
	Segments  int `json:"segments" doc:"Its own"`
}

// LifecycleSummary says how long the flags of a project stay in each stage.
type LifecycleSummary struct {
	Initial   StageSummary    `json:"initial"`
	PreLive   StageSummary    `json:"preLive"`
	Live      StageSummary    `json:"live"`
	Completed StageSummary    `json:"completed"`
	Archived  ArchivedSummary `json:"archived"`
}

// StageSummary says how long flags stay in a stage.
type StageSummary struct {
	AverageDays  *float64 `json:"averageDays" doc:"Of flags that have left it; null when none has"`
	CurrentFlags int      `json:"currentFlags"`
}

// ArchivedSummary counts archived flags.
type ArchivedSummary struct {
	CurrentFlags int `json:"currentFlags"`
	Last30Days   int `json:"last30Days"`
}

// HealthReport is a project with its flags and how healthy they are.
type HealthReport struct {
	Version               int                   `json:"version"`
	Name                  string                `json:"name"`
	Description           *string               `json:"description"`
	DefaultStickiness     string                `json:"defaultStickiness"`
	Mode                  string                `json:"mode"`
	Members               int                   `json:"members"`
	Health                int                   `json:"health"`
	TechnicalDebt         int                   `json:"technicalDebt"`
	Favorite              bool                  `json:"favorite"`
	CreatedAt             time.Time             `json:"createdAt"`
	UpdatedAt             time.Time             `json:"updatedAt"`
	Environments          []ProjectEnvironment  `json:"environments"`
	Stats                 ProjectStats          `json:"stats"`
	Features              []control.FlagSummary `json:"features"`
	PotentiallyStaleCount int                   `json:"potentiallyStaleCount"`
	ActiveCount           int                   `json:"activeCount"`
	StaleCount            int                   `json:"staleCount"`
}

// OutdatedSDKs are SDKs that are a major version behind.
type OutdatedSDKs struct {
	SDKs []OutdatedSDK `json:"sdks"`
}

// OutdatedSDK is an SDK and what runs it.
type OutdatedSDK struct {
	SDKVersion   string   `json:"sdkVersion"`
	Applications []string `json:"applications"`
}

func (h *Handler) projectStatusRoutes() []Route {
	return []Route{
		read("/projects/{projectId}/status", "getProjectStatus", "Read how a project does", signedIn(), h.projectStatus),
		read("/projects/{projectId}/health-report", "getProjectHealthReport", "Read a project with its flags and their health", signedIn(), h.healthReport),
		read("/projects/{projectId}/sdks/outdated", "getOutdatedProjectSdks", "List outdated SDKs that applications of a project run", signedIn(), h.outdatedSDKs),
		read("/metrics/sdks/outdated", "getOutdatedSdks", "List outdated SDKs that applications run", signedIn(), h.outdatedSDKs),
	}
}

func (h *Handler) projectStatus(c *Call) (ProjectStatus, error) {
	s, err := h.Control.ProjectStatus(c.r.Context(), c.project())
	stage := func(stage feature.Stage) StageSummary {
		return StageSummary{AverageDays: s.Stages[stage].Days, CurrentFlags: s.Stages[stage].Flags}
	}
	health := s.Numbers.Health()
	answer := ProjectStatus{
		ActivityCountByDate: make([]DayActivity, len(s.Activity)),
		Health:              CurrentValue{health}, TechnicalDebt: CurrentValue{100 - health},
		Resources:  ProjectResources{APITokens: s.Tokens, Members: s.Numbers.Members, Segments: s.Segments},
		StaleFlags: TotalCount{s.Numbers.Stale + s.Numbers.PotentiallyStale},
		LifecycleSummary: LifecycleSummary{
			Initial: stage(feature.StageInitial), PreLive: stage(feature.StagePreLive), Live: stage(feature.StageLive),
			Completed: stage(feature.StageCompleted),
			Archived:  ArchivedSummary{CurrentFlags: s.Stages[feature.StageArchived].Flags, Last30Days: s.ArchivedLately},
		},
	}
	for i, day := range s.Activity {
		answer.ActivityCountByDate[i] = DayActivity{Date: day.Day.Format(time.DateOnly), Count: day.Count}
	}
	return answer, err
}

func (h *Handler) healthReport(c *Call) (HealthReport, error) {
	r, err := h.Control.HealthReport(c.r.Context(), c.project())
	if err != nil {
		return HealthReport{}, err
	}
	o := overviewAnswer(&r.ProjectOverview)
	n := r.Numbers
	return HealthReport{
		Version: o.Version, Name: o.Name, Description: o.Description, DefaultStickiness: o.DefaultStickiness, Mode: o.Mode, Members: o.Members,
		Health: o.Health, TechnicalDebt: o.TechnicalDebt, Favorite: o.Favorite, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt,
		Environments: o.Environments, Stats: o.Stats, Features: r.Flags,
		PotentiallyStaleCount: n.PotentiallyStale, StaleCount: n.Stale, ActiveCount: n.Flags - n.Stale,
	}, nil
}

func (h *Handler) outdatedSDKs(c *Call) (OutdatedSDKs, error) {
	all, err := h.Control.OutdatedSDKs(c.r.Context(), c.project())
	answer := OutdatedSDKs{SDKs: make([]OutdatedSDK, len(all))}
	for i, sdk := range all {
		answer.SDKs[i] = OutdatedSDK{SDKVersion: sdk.SDK, Applications: sdk.Applications}
	}
	return answer, err
}
