package feature

import (
	"maps"
	"slices"
	"strconv"

	"github.com/burgeehq/burgee/internal/fault"
)

// DefaultStickiness takes the user's id, else the session's, else chance.
const DefaultStickiness = "default"

// The parameters of a gradual rollout.
const (
	ParameterGroupID    = "groupId"
	ParameterRollout    = "rollout"
	ParameterStickiness = "stickiness"
)

// DefaultStrategy returns what a flag gets that is switched on without a
// strategy: a gradual rollout to everybody.
func DefaultStrategy(flag Name) Strategy {
	return Strategy{Name: StrategyFlexibleRollout}.WithDefaults(flag)
}

// WithDefaults returns the strategy with everything filled in that a strategy
// of a flag has and this one lacks. No list of it is nil. Segments are
// ascending and without repetition. The strategy itself is not changed.
func (s Strategy) WithDefaults(flag Name) Strategy {
	parameters := map[string]string{}
	maps.Copy(parameters, s.Parameters)
	if s.Name == StrategyFlexibleRollout {
		for name, value := range map[string]string{
			ParameterGroupID: string(flag), ParameterRollout: "100", ParameterStickiness: DefaultStickiness,
		} {
			if parameters[name] == "" {
				parameters[name] = value
			}
		}
	}
	s.Parameters = parameters
	s.Constraints = append([]Constraint{}, s.Constraints...)
	for i := range s.Constraints {
		s.Constraints[i].Values = append([]string{}, s.Constraints[i].Values...)
	}
	s.Variants = append([]Variant{}, s.Variants...)
	s.Segments = slices.Sorted(slices.Values(s.Segments))
	s.Segments = slices.Compact(s.Segments)
	return s
}

// Check reports what a strategy breaks that needs no look at the
// server: limits, constraints. The path is where it stands in the request
// ("/body"). Variants are [NormalizeVariants]'s to check.
func (s Strategy) Check(path string) error {
	var details []fault.Detail
	add := func(field, message string) {
		details = append(details, fault.Detail{Path: path + "/" + field, Message: message})
	}
	if s.Name == "" {
		add("name", "name must name a kind of strategy")
	}
	if len([]rune(s.Title)) > MaxName {
		add("title", "title must not be longer than "+strconv.Itoa(MaxName)+" characters")
	}
	if len(s.Segments) > MaxStrategySegments {
		add("segments", "segments must not be more than "+strconv.Itoa(MaxStrategySegments))
	}
	details = append(details, CheckConstraints(path+"/constraints", s.Constraints)...)
	if len(details) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: details[0].Message, Details: details}
}

// CheckConstraints returns the rules that the constraints of a strategy break,
// none when they may be stored. The path is where they stand in the request
// ("/body/constraints").
func CheckConstraints(path string, constraints []Constraint) []fault.Detail {
	if len(constraints) > MaxConstraints {
		return []fault.Detail{{Path: path, Message: "constraints must not be more than " + strconv.Itoa(MaxConstraints)}}
	}
	var details []fault.Detail
	for i, c := range constraints {
		at := path + "/" + strconv.Itoa(i)
		if len(c.Values) > MaxConstraintValues {
			details = append(details, fault.Detail{Path: at + "/values", Message: "values must not be more than " + strconv.Itoa(MaxConstraintValues)})
			continue
		}
		details = append(details, c.Validate(at)...)
	}
	return details
}
