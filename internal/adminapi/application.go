package adminapi

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// maxApplicationPage is how many applications one answer lists at most.
const maxApplicationPage = 1000

// ApplicationBody is what people write about an application.
type ApplicationBody struct {
	Description *string  `json:"description,omitempty" maxLength:"2000"`
	URL         *string  `json:"url,omitempty" maxLength:"2000"`
	Color       *string  `json:"color,omitempty" maxLength:"100"`
	Icon        *string  `json:"icon,omitempty" maxLength:"100"`
	Strategies  []string `json:"strategies,omitempty" maxItems:"100" doc:"That it implements"`
}

// Application is a program that SDKs reported.
type Application struct {
	AppName     string             `json:"appName"`
	SDKVersion  string             `json:"sdkVersion,omitempty"`
	Strategies  []string           `json:"strategies"`
	Description *string            `json:"description,omitempty"`
	URL         *string            `json:"url,omitempty"`
	Color       *string            `json:"color,omitempty"`
	Icon        *string            `json:"icon,omitempty"`
	Usage       []ApplicationUsage `json:"usage"`

	LastSeen      time.Time `json:"lastSeen" doc:"Our own, as what follows: when it last reported"`
	InstanceCount int       `json:"instanceCount" doc:"Seen in the last 48 hours"`
	OutdatedSDKs  []string  `json:"outdatedSdks" doc:"That instances of it run"`
}

// ApplicationUsage says in which environments an application used tokens of a
// project, or of all projects: "*".
type ApplicationUsage struct {
	Project      feature.ProjectID         `json:"project"`
	Environments []feature.EnvironmentName `json:"environments"`
}

// ApplicationList is a page of applications.
type ApplicationList struct {
	Total        int           `json:"total" doc:"How many match in all"`
	Applications []Application `json:"applications"`
}

// ApplicationOverview says how an application uses the server.
type ApplicationOverview struct {
	Projects     []feature.ProjectID      `json:"projects"`
	FeatureCount int                      `json:"featureCount" doc:"Flags it asked for in the last 24 hours"`
	Features     []AskedFlag              `json:"features" doc:"Our own"`
	Environments []ApplicationEnvironment `json:"environments"`
	Issues       ApplicationIssues        `json:"issues"`
}

// AskedFlag is a flag that an application asks for.
type AskedFlag struct {
	Name    feature.Name      `json:"name"`
	Project feature.ProjectID `json:"project" doc:"Empty when the flag was deleted since"`
}

// ApplicationIssues is what is wrong with an application everywhere.
type ApplicationIssues struct {
	MissingStrategies []string `json:"missingStrategies" doc:"It implements them and nobody has defined them"`
}

// ApplicationEnvironment says how an application runs in an environment.
type ApplicationEnvironment struct {
	Name          feature.EnvironmentName `json:"name"`
	InstanceCount int                     `json:"instanceCount" doc:"Seen in the last 48 hours"`
	SDKs          []string                `json:"sdks"`
	FrontendSDKs  []string                `json:"frontendSdks"`
	BackendSDKs   []string                `json:"backendSdks"`
	LastSeen      *time.Time              `json:"lastSeen" nullable:"true"`
	Issues        EnvironmentIssues       `json:"issues"`
}

// EnvironmentIssues is what is wrong with an application in an environment.
type EnvironmentIssues struct {
	MissingFeatures []string `json:"missingFeatures" doc:"It asks for them and no flag has the name"`
	OutdatedSDKs    []string `json:"outdatedSdks"`
}

// Instance is one running copy of an application.
type Instance struct {
	InstanceID string    `json:"instanceId"`
	SDKVersion *string   `json:"sdkVersion" nullable:"true"`
	ClientIP   *string   `json:"clientIp" nullable:"true"`
	LastSeen   time.Time `json:"lastSeen"`
}

// InstanceList is the running copies of an application in an environment.
type InstanceList struct {
	Instances []Instance `json:"instances"`
}

// ProjectApplication is an application as a project sees it.
type ProjectApplication struct {
	Name         string                    `json:"name"`
	Environments []feature.EnvironmentName `json:"environments"`
	Instances    []string                  `json:"instances"`
	SDKs         []SDKVersions             `json:"sdks"`
}

// SDKVersions is an SDK and its versions in use.
type SDKVersions struct {
	Name     string   `json:"name"`
	Versions []string `json:"versions"`
}

// ProjectApplicationList is a page of applications of a project.
type ProjectApplicationList struct {
	Total        int                  `json:"total" doc:"How many match in all"`
	Applications []ProjectApplication `json:"applications"`
}

func (h *Handler) applicationRoutes() []Route {
	const one = "/metrics/applications/{appName}"
	page := []Param{
		text("query", "A part of the name"), text("sortBy", "appName or lastSeen"), text("sortOrder", "asc or desc"),
		number("limit", "At most so many; 1000 is the most"), number("offset", "Leave out so many"),
	}
	return []Route{
		read("/metrics/applications", "getApplications", "List applications", signedIn(), h.listApplications).with(page...),
		read(one, "getApplication", "Read an application", signedIn(), h.getApplication),
		write(http.MethodPost, one, "createApplication", "Create or change an application",
			in(access.UpdateApplication), http.StatusAccepted, h.saveApplication),
		act(http.MethodDelete, one, "deleteApplication", "Forget an application", in(access.UpdateApplication), http.StatusOK, h.deleteApplication),
		read(one+"/overview", "getApplicationOverview", "Read how an application uses the server", signedIn(), h.applicationOverview),
		read("/metrics/instances/{appName}/environment/{environment}", "getApplicationEnvironmentInstances",
			"List the running copies of an application", signedIn(), h.listInstances),
		read("/projects/{projectId}/applications", "getProjectApplications", "List the applications of a project",
			signedIn(), h.listProjectApplications).with(page...),
	}
}

// applicationFilter reads the query of a list.
func (c *Call) applicationFilter() (store.ApplicationFilter, error) {
	filter := store.ApplicationFilter{Query: c.Query("query")}
	var err error
	if filter.Offset, err = c.number("offset", 0, 0); err != nil {
		return filter, err
	}
	if filter.Limit, err = c.number("limit", maxApplicationPage, 1); err != nil {
		return filter, err
	}
	filter.Limit = min(filter.Limit, maxApplicationPage)
	switch by := c.Query("sortBy"); by {
	case "", "appName", "name":
	case "lastSeen":
		filter.ByLastSeen = true
	default:
		return filter, fault.Field("/query/sortBy", "sortBy must be appName or lastSeen, not %q", by)
	}
	if filter.Descending, err = c.descending(); err != nil {
		return filter, err
	}
	return filter, nil
}

// descending reads the order of a list.
func (c *Call) descending() (bool, error) {
	switch order := c.Query("sortOrder"); order {
	case "", "asc":
		return false, nil
	case "desc":
		return true, nil
	default:
		return false, fault.Field("/query/sortOrder", "sortOrder must be asc or desc, not %q", order)
	}
}

func (h *Handler) listApplications(c *Call) (ApplicationList, error) {
	filter, err := c.applicationFilter()
	if err != nil {
		return ApplicationList{}, err
	}
	all, total, err := h.Control.Applications(c.r.Context(), filter)
	answer := ApplicationList{Total: total, Applications: make([]Application, len(all))}
	for i := range all {
		answer.Applications[i] = applicationAnswer(&all[i])
	}
	return answer, err
}

func (h *Handler) getApplication(c *Call) (Application, error) {
	app, err := h.Control.Application(c.r.Context(), c.Param("appName"))
	return applicationAnswer(&app), err
}

func applicationAnswer(a *control.Application) Application {
	answer := Application{
		AppName: a.Name, Strategies: a.Strategies, Description: a.Description, URL: a.URL, Color: a.Color, Icon: a.Icon,
		Usage: []ApplicationUsage{}, LastSeen: a.SeenAt, InstanceCount: len(a.Instances), OutdatedSDKs: []string{},
	}
	var newest time.Time
	for i := range a.Instances {
		instance := &a.Instances[i]
		if feature.OutdatedSDK(instance.SDK) {
			answer.OutdatedSDKs = with(answer.OutdatedSDKs, instance.SDK)
		}
		if instance.SDK != "" && instance.SeenAt.After(newest) {
			newest, answer.SDKVersion = instance.SeenAt, instance.SDK
		}
	}
	for _, place := range a.Places { // sorted by project
		if n := len(answer.Usage); n == 0 || answer.Usage[n-1].Project != place.Project {
			answer.Usage = append(answer.Usage, ApplicationUsage{Project: place.Project})
		}
		last := &answer.Usage[len(answer.Usage)-1]
		last.Environments = append(last.Environments, place.Environment)
	}
	return answer
}

func (h *Handler) saveApplication(c *Call, b ApplicationBody) (None, error) {
	return None{}, h.Control.SaveApplication(c.r.Context(), c.Actor, c.Param("appName"), control.ApplicationChange{
		Description: b.Description, URL: b.URL, Color: b.Color, Icon: b.Icon, Strategies: b.Strategies,
	})
}

func (h *Handler) deleteApplication(c *Call) (None, error) {
	return None{}, h.Control.DeleteApplication(c.r.Context(), c.Actor, c.Param("appName"))
}

func (h *Handler) applicationOverview(c *Call) (ApplicationOverview, error) {
	o, err := h.Control.ApplicationOverview(c.r.Context(), c.Param("appName"))
	if err != nil {
		return ApplicationOverview{}, err
	}
	answer := ApplicationOverview{
		Projects: []feature.ProjectID{}, FeatureCount: len(o.Flags), Features: make([]AskedFlag, len(o.Flags)), Environments: []ApplicationEnvironment{},
		Issues: ApplicationIssues{MissingStrategies: append([]string{}, o.MissingStrategies...)},
	}
	for i, f := range o.Flags {
		answer.Features[i] = AskedFlag(f)
	}
	for _, place := range o.Places {
		answer.Projects = with(answer.Projects, place.Project)
	}
	for _, name := range environmentsOf(o.Places) {
		answer.Environments = append(answer.Environments, environmentAnswer(&o, name))
	}
	return answer, nil
}

func environmentsOf(places []store.ApplicationPlace) []feature.EnvironmentName {
	all := []feature.EnvironmentName{}
	for _, place := range places {
		all = with(all, place.Environment)
	}
	slices.Sort(all)
	return all
}

func environmentAnswer(o *control.ApplicationOverview, name feature.EnvironmentName) ApplicationEnvironment {
	e := ApplicationEnvironment{
		Name: name, SDKs: []string{}, FrontendSDKs: []string{}, BackendSDKs: []string{},
		Issues: EnvironmentIssues{MissingFeatures: []string{}, OutdatedSDKs: []string{}},
	}
	for _, place := range o.Places {
		if place.Environment == name && (e.LastSeen == nil || place.SeenAt.After(*e.LastSeen)) {
			e.LastSeen = &place.SeenAt
		}
	}
	for i := range o.Instances {
		instance := &o.Instances[i]
		if instance.Environment != name {
			continue
		}
		e.InstanceCount++
		if feature.OutdatedSDK(instance.SDK) {
			e.Issues.OutdatedSDKs = with(e.Issues.OutdatedSDKs, instance.SDK)
		}
		switch {
		case instance.SDK == "":
		case instance.Frontend:
			e.SDKs, e.FrontendSDKs = with(e.SDKs, instance.SDK), with(e.FrontendSDKs, instance.SDK)
		default:
			e.SDKs, e.BackendSDKs = with(e.SDKs, instance.SDK), with(e.BackendSDKs, instance.SDK)
		}
	}
	for _, flag := range o.MissingFlags {
		if flag.Environment == name {
			e.Issues.MissingFeatures = append(e.Issues.MissingFeatures, flag.Name)
		}
	}
	return e
}

func (h *Handler) listInstances(c *Call) (InstanceList, error) {
	app, err := h.Control.Application(c.r.Context(), c.Param("appName"))
	answer := InstanceList{Instances: []Instance{}}
	for _, instance := range app.Instances {
		if string(instance.Environment) == c.Param("environment") {
			answer.Instances = append(answer.Instances, Instance{
				InstanceID: instance.ID, SDKVersion: orNull(instance.SDK), ClientIP: orNull(instance.Address), LastSeen: instance.SeenAt,
			})
		}
	}
	return answer, err
}

func (h *Handler) listProjectApplications(c *Call) (ProjectApplicationList, error) {
	filter, err := c.applicationFilter()
	if err != nil {
		return ProjectApplicationList{}, err
	}
	filter.Project = feature.ProjectID(c.Param("projectId"))
	all, total, err := h.Control.Applications(c.r.Context(), filter)
	answer := ProjectApplicationList{Total: total, Applications: make([]ProjectApplication, len(all))}
	for i := range all {
		answer.Applications[i] = projectApplicationAnswer(&all[i], filter.Project)
	}
	return answer, err
}

func projectApplicationAnswer(a *control.Application, project feature.ProjectID) ProjectApplication {
	places := slices.DeleteFunc(slices.Clone(a.Places), func(p store.ApplicationPlace) bool {
		return p.Project != project && p.Project != store.AllProjects
	})
	answer := ProjectApplication{Name: a.Name, Environments: environmentsOf(places), Instances: []string{}, SDKs: []SDKVersions{}}
	for i := range a.Instances {
		instance := &a.Instances[i]
		if !slices.Contains(answer.Environments, instance.Environment) {
			continue
		}
		answer.Instances = with(answer.Instances, instance.ID)
		name, version, _ := strings.Cut(instance.SDK, ":")
		if name == "" {
			continue
		}
		at := slices.IndexFunc(answer.SDKs, func(s SDKVersions) bool { return s.Name == name })
		if at < 0 {
			at = len(answer.SDKs)
			answer.SDKs = append(answer.SDKs, SDKVersions{Name: name, Versions: []string{}})
		}
		if version != "" {
			answer.SDKs[at].Versions = with(answer.SDKs[at].Versions, version)
		}
	}
	return answer
}

// with returns the values and one more, unless it is among them.
func with[T comparable](values []T, value T) []T {
	if slices.Contains(values, value) {
		return values
	}
	return append(values, value)
}

// orNull is null for an empty text.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
