package control

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// activityWindow is how far back "recent" goes in the overview of a project.
const activityWindow = 30 * 24 * time.Hour

// Onboarding says how far a project has come.
type Onboarding string

// The steps of a project's onboarding.
const (
	OnboardingStarted Onboarding = "onboarding-started" // it has no flag
	FirstFlagCreated  Onboarding = "first-flag-created" // no SDK has connected
	SDKConnected      Onboarding = "sdk-connected"      // no flag was evaluated
	Onboarded         Onboarding = "onboarded"
)

// ProjectOverview is a project with all that its first page shows.
type ProjectOverview struct {
	CountedProject
	Activity     store.ProjectActivity
	Environments []store.ProjectEnvironment
	Types        []store.FlagTypeCount
	Onboarding   Onboarding
	FirstFlag    feature.Name // for FirstFlagCreated
}

// ProjectOverview returns a project with all that its first page shows.
func (c *Control) ProjectOverview(ctx context.Context, id feature.ProjectID) (ProjectOverview, error) {
	return view(ctx, c, func(tx *store.Tx) (ProjectOverview, error) {
		var o ProjectOverview
		var err error
		if o.Project, err = tx.Project(ctx, id); err != nil {
			return o, err
		}
		numbers, err := tx.ProjectNumbers(ctx)
		if err != nil {
			return o, err
		}
		o.Numbers = numbers[id]
		favorites, err := tx.FavoriteProjects(ctx, viewer(ctx).UserID)
		if err != nil {
			return o, err
		}
		o.Favorite = favorites[id]
		if o.Activity, err = tx.ProjectActivity(ctx, id, activityWindow); err != nil {
			return o, err
		}
		if o.Environments, err = tx.ProjectEnvironments(ctx, id); err != nil {
			return o, err
		}
		if o.Types, err = tx.FlagTypeCounts(ctx, id); err != nil {
			return o, err
		}
		if o.FirstFlag, err = tx.OldestFlag(ctx, id); err != nil {
			return o, err
		}
		connected, err := tx.Connected(ctx, id)
		o.Onboarding = onboarding(o, connected)
		return o, err
	})
}

func onboarding(o ProjectOverview, connected bool) Onboarding {
	switch {
	case o.Numbers.LastSeenAt != nil:
		return Onboarded
	case o.FirstFlag == "":
		return OnboardingStarted
	case connected:
		return SDKConnected
	default:
		return FirstFlagCreated
	}
}
