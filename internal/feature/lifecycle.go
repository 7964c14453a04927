package feature

import "time"

// Stage is how far a flag has come in its life.
type Stage string

// The stages, in order. A flag is in the last of those it has entered.
const (
	StageInitial   Stage = "initial"   // nobody has asked for it
	StagePreLive   Stage = "pre-live"  // asked for, outside production only
	StageLive      Stage = "live"      // asked for in an environment of type production
	StageCompleted Stage = "completed" // people say that its purpose is fulfilled
	StageArchived  Stage = "archived"
)

// Stages returns all stages in order.
func Stages() []Stage {
	return []Stage{StageInitial, StagePreLive, StageLive, StageCompleted, StageArchived}
}

// Outcome is what becomes of what a completed flag was for.
type Outcome string

// The outcomes.
const (
	Kept      Outcome = "kept"
	Discarded Outcome = "discarded"
)

// Lifecycle says when a flag entered each stage of its life. It begins anew
// when the flag is revived.
type Lifecycle struct {
	Began       time.Time
	PreLive     *time.Time // nil: not entered, as each below
	Live        *time.Time
	Completed   *time.Time
	CompletedAs Outcome // with Completed
	Value       string  // with Completed: the variant that is kept; may be empty
	Archived    *time.Time
}

// Step is one stage that a flag has entered.
type Step struct {
	Stage   Stage     `json:"stage"`
	Status  Outcome   `json:"status,omitempty" doc:"Of the stage completed: kept or discarded"`
	Value   string    `json:"statusValue,omitempty" doc:"Of the stage completed: the variant that is kept"`
	Entered time.Time `json:"enteredStageAt"`
}

// Steps returns the stages that a flag has entered, in order; the last is the
// one it is in. A stage that came only after a later one is left out.
func (l Lifecycle) Steps() []Step {
	steps := []Step{{Stage: StageInitial, Entered: l.Began}}
	add := func(stage Stage, entered *time.Time) *Step {
		if entered == nil {
			return new(Step)
		}
		for len(steps) > 1 && steps[len(steps)-1].Entered.After(*entered) {
			steps = steps[:len(steps)-1]
		}
		steps = append(steps, Step{Stage: stage, Entered: *entered})
		return &steps[len(steps)-1]
	}
	add(StagePreLive, l.PreLive)
	add(StageLive, l.Live)
	completed := add(StageCompleted, l.Completed)
	completed.Status, completed.Value = l.CompletedAs, l.Value
	add(StageArchived, l.Archived)
	return steps
}

// Now returns the stage that a flag is in.
func (l Lifecycle) Now() Step {
	steps := l.Steps()
	return steps[len(steps)-1]
}
