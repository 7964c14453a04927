package feature

import "github.com/burgeehq/burgee/internal/fault"

// The limits on how many of a thing there may be. One table: what a limit
// bounds, the Admin API reports and the documentation lists come from here.
// Projects and environments have none.
const (
	MaxFlags            = 20_000 // live flags on the server
	MaxStrategies       = 30     // of one flag in one environment
	MaxStrategySegments = 5      // of one strategy
	MaxConstraints      = 30     // of one strategy or segment
	MaxConstraintValues = 250    // of one constraint of a strategy
	MaxConstraintText   = 1000   // characters of one value, which may be a regular expression
	MaxSegments         = 300    // on the server
	MaxSegmentValues    = 1000   // of all constraints of one segment together
	MaxLegalValues      = 1000   // of one context field
	MaxVariants         = 100    // of one strategy, or of one flag in one environment
	MaxAPITokens        = 2000   // on the server
)

// MaxText is the longest free text, such as a description, in characters.
const MaxText = 2000

// CheckText reports a free text longer than [MaxText]. Nil is fine.
func CheckText(path, field string, text *string) error {
	if text != nil && len([]rune(*text)) > MaxText {
		return fault.Field(path, "%s must not be longer than %d characters", field, MaxText)
	}
	return nil
}

// CheckTitle reports a name for people that is empty, only spaces or longer
// than [MaxName].
func CheckTitle(path, field, title string) error {
	switch {
	case !visible.MatchString(title):
		return fault.Field(path, "%s must not be empty", field)
	case len([]rune(title)) > MaxName:
		return fault.Field(path, "%s must not be longer than %d characters", field, MaxName)
	}
	return nil
}

// Exceeded is the error for one thing more than a limit allows.
func Exceeded(things string, limit int) error {
	return fault.New(fault.Exhausted, "there are as many %s as the limit of %d allows: delete one first", things, limit)
}
