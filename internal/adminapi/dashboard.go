package adminapi

import (
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// How much a dashboard shows of each.
const (
	dashboardFlags  = 100
	dashboardEvents = 10
)

// PersonalDashboard is what concerns the person asking.
type PersonalDashboard struct {
	Projects      []DashboardProject `json:"projects" doc:"In which they hold a role"`
	Flags         []DashboardFlag    `json:"flags" doc:"That they made and that are not archived, the latest 100"`
	Admins        []DashboardAdmin   `json:"admins" doc:"Whom to ask for access"`
	ProjectOwners []DashboardOwner   `json:"projectOwners" doc:"Of projects that they may see"`
}

// DashboardProject is a project on a dashboard.
type DashboardProject struct {
	ID            feature.ProjectID `json:"id"`
	Name          string            `json:"name"`
	Health        int               `json:"health"`
	TechnicalDebt int               `json:"technicalDebt"`
	MemberCount   int               `json:"memberCount"`
	FeatureCount  int               `json:"featureCount"`
}

// DashboardFlag is a flag on a dashboard.
type DashboardFlag struct {
	Name    feature.Name      `json:"name"`
	Project feature.ProjectID `json:"project"`
	Type    string            `json:"type"`
}

// DashboardAdmin is an administrator, without the address.
type DashboardAdmin struct {
	ID       int64  `json:"id"`
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
}

// DashboardOwner is an owner of projects.
type DashboardOwner struct {
	OwnerType string `json:"ownerType" enum:"user,group,system"`
	Name      string `json:"name,omitempty" doc:"Absent for the system, which owns what nobody does"`
}

// DashboardDetails is what a dashboard shows of one project.
type DashboardDetails struct {
	Owners           []DashboardOwner  `json:"owners"`
	Roles            []DashboardRole   `json:"roles" doc:"Of the person asking"`
	LatestEvents     []DashboardEvent  `json:"latestEvents" doc:"Of flags alone for those who may not read the event log"`
	OnboardingStatus OnboardingStatus  `json:"onboardingStatus"`
	Insights         DashboardInsights `json:"insights"`
}

// DashboardRole is a role in a project.
type DashboardRole struct {
	ID   access.RoleID `json:"id"`
	Name string        `json:"name"`
	Type string        `json:"type" enum:"project,custom"`
}

// DashboardEvent is an event in one sentence.
type DashboardEvent struct {
	ID                int64     `json:"id"`
	Summary           string    `json:"summary"`
	CreatedBy         string    `json:"createdBy"`
	CreatedByImageURL string    `json:"createdByImageUrl" doc:"Always empty: no picture is asked of anybody else"`
	CreatedAt         time.Time `json:"createdAt"`
}

// DashboardInsights counts the flags of a project.
type DashboardInsights struct {
	AvgHealthCurrentWindow *int `json:"avgHealthCurrentWindow" nullable:"true" doc:"Always null: health is not kept day by day"`
	AvgHealthPastWindow    *int `json:"avgHealthPastWindow" nullable:"true" doc:"Always null"`
	TotalFlags             int  `json:"totalFlags"`
	ActiveFlags            int  `json:"activeFlags"`
	StaleFlags             int  `json:"staleFlags"`
	PotentiallyStaleFlags  int  `json:"potentiallyStaleFlags"`
	Health                 int  `json:"health"`
	TechnicalDebt          int  `json:"technicalDebt"`
}

func (h *Handler) dashboardRoutes() []Route {
	return []Route{
		read("/personal-dashboard", "getPersonalDashboard", "Read what concerns you", signedIn(), h.personalDashboard),
		read("/personal-dashboard/{projectId}", "getPersonalDashboardProjectDetails", "Read what concerns you of a project",
			signedIn(), h.dashboardDetails),
	}
}

func (h *Handler) personalDashboard(c *Call) (PersonalDashboard, error) {
	if !c.Actor.Person() {
		return PersonalDashboard{}, fault.New(fault.Forbidden, "an admin token belongs to no person and has no dashboard")
	}
	d, err := h.Control.PersonalDashboard(c.r.Context(), c.Actor.UserID, dashboardFlags)
	answer := PersonalDashboard{
		Projects: make([]DashboardProject, len(d.Projects)), Flags: make([]DashboardFlag, len(d.Flags)),
		Admins: make([]DashboardAdmin, len(d.Admins)), ProjectOwners: dashboardOwners(d.Owners),
	}
	for i, p := range d.Projects {
		health := p.Numbers.Health()
		answer.Projects[i] = DashboardProject{
			ID: p.ID, Name: p.Name, Health: health, TechnicalDebt: 100 - health, MemberCount: p.Numbers.Members, FeatureCount: p.Numbers.Flags,
		}
	}
	for i, f := range d.Flags {
		answer.Flags[i] = DashboardFlag{Name: f.Name, Project: f.Project, Type: f.Type}
	}
	for i, u := range d.Admins {
		answer.Admins[i] = DashboardAdmin{ID: u.ID, Name: u.Name, Username: u.Username}
	}
	return answer, err
}

func dashboardOwners(owners []control.ProjectOwner) []DashboardOwner {
	all := make([]DashboardOwner, len(owners))
	for i, o := range owners {
		all[i] = DashboardOwner{OwnerType: o.Kind, Name: o.Name}
	}
	return all
}

func (h *Handler) dashboardDetails(c *Call) (DashboardDetails, error) {
	if !c.Actor.Person() {
		return DashboardDetails{}, fault.New(fault.Forbidden, "an admin token belongs to no person and has no dashboard")
	}
	ctx, project := c.r.Context(), c.project()
	overview, err := h.Control.ProjectOverview(ctx, project)
	if err != nil {
		return DashboardDetails{}, err
	}
	owners, err := h.Control.ProjectOwners(ctx, project)
	if err != nil {
		return DashboardDetails{}, err
	}
	roles, err := h.Control.ProjectRoles(ctx, project, c.Actor.UserID)
	if err != nil {
		return DashboardDetails{}, err
	}
	onboarding := overviewAnswer(&overview).OnboardingStatus
	n := overview.Numbers
	answer := DashboardDetails{
		Owners: dashboardOwners(owners), Roles: make([]DashboardRole, len(roles)), OnboardingStatus: onboarding,
		Insights: DashboardInsights{
			TotalFlags: n.Flags, ActiveFlags: n.Flags - n.Stale, StaleFlags: n.Stale, PotentiallyStaleFlags: n.PotentiallyStale,
			Health: n.Health(), TechnicalDebt: 100 - n.Health(),
		},
	}
	if len(owners) == 0 {
		answer.Owners = []DashboardOwner{{OwnerType: "system"}}
	}
	for i, role := range roles {
		answer.Roles[i] = DashboardRole{ID: role.ID, Name: role.Name, Type: string(role.Type)}
	}
	answer.LatestEvents, err = h.latestEvents(c, project)
	return answer, err
}

// latestEvents is the newest events of a project that the caller may know of.
func (h *Handler) latestEvents(c *Call, project feature.ProjectID) ([]DashboardEvent, error) {
	page, err := h.Control.Events(c.r.Context(), store.EventFilter{Projects: []feature.ProjectID{project}, Limit: searchedEvents})
	if !c.Actor.Can("", "", access.AdminAll, access.ReadLogs) {
		page.Events = slices.DeleteFunc(page.Events, func(e store.Event) bool { return e.Feature == "" })
	}
	page.Events = page.Events[:min(len(page.Events), dashboardEvents)]
	latest := make([]DashboardEvent, len(page.Events))
	for i, e := range page.Events {
		latest[i] = DashboardEvent{ID: e.ID, Summary: eventAnswer(e, false).Summary, CreatedBy: e.CreatedBy, CreatedAt: e.CreatedAt}
	}
	return latest, err
}
