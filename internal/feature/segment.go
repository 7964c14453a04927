package feature

import (
	"strconv"

	"github.com/burgeehq/burgee/internal/fault"
)

// Check reports what a segment breaks that needs no look at the server: its
// name, limits, constraints.
func (s Segment) Check() error {
	if err := CheckTitle("/body/name", "name", s.Name); err != nil {
		return err
	}
	if err := CheckText("/body/description", "description", s.Description); err != nil {
		return err
	}
	if len(s.Constraints) > MaxConstraints {
		return fault.Field("/body/constraints", "constraints must not be more than %d", MaxConstraints)
	}
	var details []fault.Detail
	values := 0
	for i, c := range s.Constraints {
		values += len(c.Values)
		details = append(details, c.Validate("/body/constraints/"+strconv.Itoa(i))...)
	}
	if values > MaxSegmentValues {
		return fault.Field("/body/constraints", "constraints must not hold more than %d values together, these hold %d", MaxSegmentValues, values)
	}
	if len(details) > 0 {
		return &fault.Error{Kind: fault.Invalid, Message: details[0].Message, Details: details}
	}
	return nil
}
