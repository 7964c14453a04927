package control

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// statusWindow is how far back the activity of a project is counted by day.
const statusWindow = 365 * 24 * time.Hour

// ProjectStatus is how a project does.
type ProjectStatus struct {
	Activity         []store.DayCount // of the last year, without days on which nothing happened
	Numbers          store.ProjectNumbers
	Tokens, Segments int
	Stages           map[feature.Stage]StageSummary
	ArchivedLately   int // flags, in the last 30 days
}

// StageSummary is what is known of the flags of a project in a stage.
type StageSummary struct {
	Flags int      // that are in it
	Days  *float64 // that flags which have left it spent in it, on average; nil when none has
}

// ProjectStatus returns how a project does.
func (c *Control) ProjectStatus(ctx context.Context, id feature.ProjectID) (ProjectStatus, error) {
	return view(ctx, c, func(tx *store.Tx) (ProjectStatus, error) {
		var s ProjectStatus
		if _, err := tx.Project(ctx, id); err != nil {
			return s, err
		}
		numbers, err := tx.ProjectNumbers(ctx)
		if err != nil {
			return s, err
		}
		s.Numbers = numbers[id]
		if s.Activity, err = tx.EventDays(ctx, id, tx.Now().Add(-statusWindow)); err != nil {
			return s, err
		}
		if s.Tokens, s.Segments, err = tx.ProjectResources(ctx, id); err != nil {
			return s, err
		}
		lives, err := tx.ProjectLifecycles(ctx, id)
		s.Stages, s.ArchivedLately = stageSummaries(lives, tx.Now().Add(-activityWindow))
		return s, err
	})
}

func stageSummaries(lives []feature.Lifecycle, since time.Time) (map[feature.Stage]StageSummary, int) {
	all := make(map[feature.Stage]StageSummary)
	left := make(map[feature.Stage]int)
	lately := 0
	for _, life := range lives {
		steps := life.Steps()
		last := steps[len(steps)-1]
		now := all[last.Stage]
		now.Flags++
		all[last.Stage] = now
		if last.Stage == feature.StageArchived && !last.Entered.Before(since) {
			lately++
		}
		for i, step := range steps[:len(steps)-1] {
			summary := all[step.Stage]
			days := steps[i+1].Entered.Sub(step.Entered).Hours() / 24
			if summary.Days == nil {
				summary.Days = new(float64)
			}
			*summary.Days += days
			left[step.Stage]++
			all[step.Stage] = summary
		}
	}
	for stage, summary := range all {
		if summary.Days != nil {
			*summary.Days /= float64(left[stage])
		}
	}
	return all, lately
}

// OutdatedSDK is a version of an SDK that is outdated and what runs it.
type OutdatedSDK struct {
	SDK          string
	Applications []string // sorted
}

// OutdatedSDKs returns the outdated SDKs that applications run, by name; of a
// project, when it is not empty.
func (c *Control) OutdatedSDKs(ctx context.Context, project feature.ProjectID) ([]OutdatedSDK, error) {
	apps, _, err := c.Applications(ctx, store.ApplicationFilter{Project: project, Limit: maxJudgedApplications})
	if err != nil {
		return nil, err
	}
	users := make(map[string][]string)
	for _, app := range apps {
		for _, instance := range app.Instances {
			if feature.OutdatedSDK(instance.SDK) && !slices.Contains(users[instance.SDK], app.Name) {
				users[instance.SDK] = append(users[instance.SDK], app.Name)
			}
		}
	}
	all := make([]OutdatedSDK, 0, len(users))
	for sdk, names := range users {
		slices.Sort(names)
		all = append(all, OutdatedSDK{SDK: sdk, Applications: names})
	}
	slices.SortFunc(all, func(a, b OutdatedSDK) int { return cmp.Compare(a.SDK, b.SDK) })
	return all, nil
}

// maxJudgedApplications bounds the applications whose SDKs are looked at.
const maxJudgedApplications = 1000

// HealthReport is a project with its flags and how healthy they are.
type HealthReport struct {
	ProjectOverview
	Flags []FlagSummary // live ones, by name
}

// HealthReport returns a project with its flags and how healthy they are.
func (c *Control) HealthReport(ctx context.Context, id feature.ProjectID) (HealthReport, error) {
	overview, err := c.ProjectOverview(ctx, id)
	if err != nil {
		return HealthReport{}, err
	}
	flags, err := c.Flags(ctx, id, false)
	return HealthReport{ProjectOverview: overview, Flags: flags}, err
}
