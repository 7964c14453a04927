package feature

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/burgeehq/burgee/internal/fault"
)

// Validate returns the rules c breaks, none when it may be stored. The path
// is where c stands in the request ("/body/constraints/0"); a detail's path
// goes on from there.
//
// The rules are those of the Admin API of Unleash 8.2.0, which accepts more
// than evaluation understands (a date as milliseconds since 1970) and does
// not know IN_CIDR, which Burgee accepts.
func (c Constraint) Validate(path string) []fault.Detail {
	var details []fault.Detail
	add := func(field, format string, args ...any) {
		details = append(details, fault.Detail{Path: path + "/" + field, Message: fmt.Sprintf(format, args...)})
	}
	if c.ContextName == "" {
		add("contextName", "contextName must name a context field")
	}
	rule, ok := ruleOf(c.Operator)
	if !ok {
		add("operator", "operator must be one of %s", operatorNames())
		return details
	}
	if c.Inverted && rule.NoInvert {
		add("inverted", "inverted must be false: %s cannot be inverted", c.Operator)
	}
	switch {
	case rule.Many && len(c.Values) == 0:
		add("values", "values must hold at least one value for %s", c.Operator)
	case rule.Many:
		for i, value := range c.Values {
			switch {
			case tooLong(value):
				add("values/"+strconv.Itoa(i), "values[%d] must not be longer than %d characters", i, MaxConstraintText)
			case !rule.Accepts(value):
				add("values/"+strconv.Itoa(i), "values[%d] must be %s for %s", i, rule.Want, c.Operator)
			}
		}
	case tooLong(c.Value):
		add("value", "value must not be longer than %d characters", MaxConstraintText)
	case !rule.Accepts(c.Value):
		add("value", "value must be %s for %s", rule.Want, c.Operator)
	}
	return details
}

// tooLong keeps a regular expression from costing much to compile or to match.
func tooLong(value string) bool { return utf8.RuneCountInString(value) > MaxConstraintText }

func ruleOf(operator Operator) (OperatorRule, bool) {
	for _, rule := range Operators() {
		if rule.Operator == operator {
			return rule, true
		}
	}
	return OperatorRule{}, false
}

func operatorNames() string {
	var names []string
	for _, rule := range Operators() {
		names = append(names, string(rule.Operator))
	}
	return strings.Join(names, ", ")
}
