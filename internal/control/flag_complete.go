package control

import (
	"context"
	"slices"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about the life of flags.
const (
	eventFlagCompleted   = "feature-completed"
	eventFlagUncompleted = "feature-uncompleted"
)

// Completion is what became of what a flag was for.
type Completion struct {
	Outcome feature.Outcome `json:"status"`
	Variant string          `json:"statusValue,omitempty"` // that is kept; empty for none
}

// Lifecycle returns the stages that a flag has entered, in order.
func (c *Control) Lifecycle(ctx context.Context, ref FlagRef) ([]feature.Step, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.Step, error) {
		flag, err := findFlag(ctx, tx, ref)
		if err != nil {
			return nil, err
		}
		lifecycles, err := tx.Lifecycles(ctx, []feature.Name{flag.Name})
		return lifecycles[flag.Name].Steps(), err
	})
}

// CompleteFlag says that the purpose of a flag is fulfilled and what becomes of
// what it was for.
func (c *Control) CompleteFlag(ctx context.Context, actor access.Principal, ref FlagRef, to Completion) error {
	if !slices.Contains([]feature.Outcome{feature.Kept, feature.Discarded}, to.Outcome) {
		return fault.Field("/body/status", "status must be %s or %s", feature.Kept, feature.Discarded)
	}
	if to.Variant != "" && to.Outcome != feature.Kept {
		return fault.Field("/body/statusValue", "statusValue names the variant that is kept: status must be %s", feature.Kept)
	}
	if err := feature.CheckText("/body/statusValue", "statusValue", &to.Variant); err != nil {
		return err
	}
	return c.setCompletion(ctx, actor, ref, eventFlagCompleted, to)
}

// UncompleteFlag takes back that the purpose of a flag is fulfilled.
func (c *Control) UncompleteFlag(ctx context.Context, actor access.Principal, ref FlagRef) error {
	return c.setCompletion(ctx, actor, ref, eventFlagUncompleted, Completion{})
}

func (c *Control) setCompletion(ctx context.Context, actor access.Principal, ref FlagRef, event string, to Completion) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		flag, err := findLiveFlag(ctx, tx, ref)
		if err != nil {
			return err
		}
		lifecycles, err := tx.Lifecycles(ctx, []feature.Name{flag.Name})
		if err != nil {
			return err
		}
		was := Completion{Outcome: lifecycles[flag.Name].CompletedAs, Variant: lifecycles[flag.Name].Value}
		if was == to {
			return nil
		}
		if err := tx.Complete(ctx, flag.Name, to.Outcome, to.Variant); err != nil {
			return err
		}
		return tx.Record(ctx, actor, aboutFlag(event, flag), completionData(was), completionData(to))
	})
}

func completionData(c Completion) any {
	if c.Outcome == "" {
		return nil
	}
	return c
}

// StageCounts returns how many flags of projects that whoever asks may know of
// are in each stage of their life; of a project, when it is not empty.
func (c *Control) StageCounts(ctx context.Context, project feature.ProjectID) (map[feature.Stage]int, error) {
	return view(ctx, c, func(tx *store.Tx) (map[feature.Stage]int, error) {
		sum := make(map[feature.Stage]int)
		counts, err := tx.StageCounts(ctx)
		for id, byStage := range counts {
			if !sees(ctx, id) || project != "" && project != id {
				continue
			}
			for stage, n := range byStage {
				sum[stage] += n
			}
		}
		return sum, err
	})
}
