package adminapi

import (
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// defaultHoursBack is how far back raw counts go when nobody says.
const defaultHoursBack = 48

// UsageCount is how often a flag was on and off in an environment.
type UsageCount struct {
	FeatureName feature.Name            `json:"featureName,omitempty"`
	AppName     string                  `json:"appName,omitempty"`
	Environment feature.EnvironmentName `json:"environment"`
	Timestamp   time.Time               `json:"timestamp" doc:"The beginning of the hour, or of the day once its hours are added up"`
	Yes         int64                   `json:"yes"`
	No          int64                   `json:"no"`
	Variants    map[string]int64        `json:"variants,omitempty"`
}

// UsageTotal is how often a flag was on and off in an environment in all.
type UsageTotal struct {
	Environment feature.EnvironmentName `json:"environment"`
	Yes         int64                   `json:"yes"`
	No          int64                   `json:"no"`
}

// UsageSummary is what a flag's page shows of its use.
type UsageSummary struct {
	Version          int          `json:"version"`
	Maturity         string       `json:"maturity"`
	FeatureName      feature.Name `json:"featureName"`
	LastHourUsage    []UsageCount `json:"lastHourUsage" doc:"By environment, of the hours that the last 60 minutes touch"`
	TotalUsage       []UsageTotal `json:"totalUsage" doc:"By environment, of the last 90 days"`
	SeenApplications []string     `json:"seenApplications" doc:"Asked for the flag in the last 24 hours"`
}

// UsageList is the counts of a flag.
type UsageList struct {
	Version  int          `json:"version"`
	Maturity string       `json:"maturity"`
	Data     []UsageCount `json:"data"`
}

// EvaluationList is how often flags were on and off by hour.
type EvaluationList struct {
	Data []Evaluations `json:"data" doc:"Hours without any are left out"`
}

// Evaluations is how often flags were on and off in an hour.
type Evaluations struct {
	Timestamp   time.Time               `json:"timestamp" doc:"The beginning of the hour"`
	Environment feature.EnvironmentName `json:"environment"`
	AppName     string                  `json:"appName"`
	Yes         int64                   `json:"yes"`
	No          int64                   `json:"no"`
}

// UnknownFlag is a name that applications ask for and no flag has.
type UnknownFlag struct {
	Name        string          `json:"name"`
	LastSeenAt  time.Time       `json:"lastSeenAt"`
	LastEventAt *time.Time      `json:"lastEventAt" nullable:"true"`
	Reports     []UnknownReport `json:"reports"`
}

// UnknownReport says where an application asks for a name.
type UnknownReport struct {
	AppName      string         `json:"appName"`
	Environments []UnknownPlace `json:"environments"`
}

// UnknownPlace says when a name was asked for last in an environment.
type UnknownPlace struct {
	Environment feature.EnvironmentName `json:"environment"`
	SeenAt      time.Time               `json:"seenAt"`
}

// UnknownFlagList is the names that no flag has.
type UnknownFlagList struct {
	UnknownFlags []UnknownFlag `json:"unknownFlags"`
}

// The version and maturity of the answers about usage, as clients know them.
const (
	usageVersion  = 1
	usageMaturity = "stable"
)

func (h *Handler) usageRoutes() []Route {
	return []Route{
		read("/client-metrics/features/{name}", "getFeatureUsageSummary", "Read how a flag is used", signedIn(), h.usageSummary),
		read("/client-metrics/features/{name}/raw", "getRawFeatureMetrics", "Read the counts of a flag", signedIn(), h.usage),
		read("/metrics/evaluations", "getEvaluations", "Count evaluations by hour, environment and application", signedIn(), h.evaluations).
			with(text("project", "Of flags of this project"), text("environment", "In this environment"), text("appName", "By this application"), hoursBackParam()),
		read("/metrics/unknown-flags", "getUnknownFlags", "List names that applications ask for and no flag has", signedIn(), h.unknownFlags),
	}
}

func (h *Handler) usageSummary(c *Call) (UsageSummary, error) {
	name := feature.Name(c.Param("name"))
	summary, err := h.Control.UsageSummary(c.r.Context(), name)
	if err != nil {
		return UsageSummary{}, err
	}
	totals := make([]UsageTotal, len(summary.Total))
	for i, total := range summary.Total {
		totals[i] = UsageTotal{Environment: total.Environment, Yes: total.Yes, No: total.No}
	}
	return UsageSummary{
		Version: usageVersion, Maturity: usageMaturity, FeatureName: name,
		LastHourUsage: usageAnswer(summary.LastHour), TotalUsage: totals, SeenApplications: summary.Applications,
	}, nil
}

func (h *Handler) evaluations(c *Call) (EvaluationList, error) {
	hours, err := c.hoursBack()
	if err != nil {
		return EvaluationList{}, err
	}
	totals, err := h.Control.UsageTotals(c.r.Context(), control.Evaluations{
		Project: feature.ProjectID(c.Query("project")), Environment: feature.EnvironmentName(c.Query("environment")), App: c.Query("appName"), Hours: hours,
	})
	answer := EvaluationList{Data: make([]Evaluations, len(totals))}
	for i, t := range totals {
		answer.Data[i] = Evaluations{Timestamp: t.Hour, Environment: t.Environment, AppName: t.App, Yes: t.Yes, No: t.No}
	}
	return answer, err
}

func (h *Handler) usage(c *Call) (UsageList, error) {
	hours, err := c.number("hoursBack", defaultHoursBack, 1)
	if err != nil {
		return UsageList{}, err
	}
	counts, err := h.Control.Usage(c.r.Context(), feature.Name(c.Param("name")), hours)
	return UsageList{Version: usageVersion, Maturity: usageMaturity, Data: usageAnswer(counts)}, err
}

func usageAnswer(counts []control.UsageCount) []UsageCount {
	all := make([]UsageCount, len(counts))
	for i, count := range counts {
		all[i] = UsageCount{
			FeatureName: count.Feature, AppName: count.App, Environment: count.Environment, Timestamp: count.From,
			Yes: count.Yes, No: count.No, Variants: count.Variants,
		}
	}
	return all
}

func (h *Handler) unknownFlags(c *Call) (UnknownFlagList, error) {
	unknown, err := h.Control.UnknownFlags(c.r.Context())
	answer := UnknownFlagList{UnknownFlags: []UnknownFlag{}}
	for _, u := range unknown {
		answer.add(u)
	}
	return answer, err
}

// add adds a place; places come sorted by name and application.
func (l *UnknownFlagList) add(u store.UnknownFlag) {
	if n := len(l.UnknownFlags); n == 0 || l.UnknownFlags[n-1].Name != u.Name {
		l.UnknownFlags = append(l.UnknownFlags, UnknownFlag{Name: u.Name})
	}
	flag := &l.UnknownFlags[len(l.UnknownFlags)-1]
	if u.SeenAt.After(flag.LastSeenAt) {
		flag.LastSeenAt = u.SeenAt
	}
	if n := len(flag.Reports); n == 0 || flag.Reports[n-1].AppName != u.App {
		flag.Reports = append(flag.Reports, UnknownReport{AppName: u.App})
	}
	report := &flag.Reports[len(flag.Reports)-1]
	report.Environments = append(report.Environments, UnknownPlace{Environment: u.Environment, SeenAt: u.SeenAt})
}

// number returns a query parameter that is a whole number of at least a
// minimum; fallback when it is absent, an Invalid error when it is not one.
func (c *Call) number(name string, fallback, minimum int) (int, error) {
	text := c.Query(name)
	if text == "" {
		return fallback, nil
	}
	const most = 1 << 30
	n, err := strconv.Atoi(text)
	if err != nil || n < minimum || n > most {
		return 0, fault.Field("/query/"+name, "%s must be a whole number from %d to %d", name, minimum, most)
	}
	return n, nil
}
