package feature

import (
	"slices"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/fault"
)

// parameterTypes are the types a strategy's parameter may have.
var parameterTypes = []string{"string", "percentage", "list", "number", "boolean"}

// maxParameters bounds the parameters of a strategy definition.
const maxParameters = 100

// Check reports what a strategy definition breaks that needs no look at the
// server.
func (d StrategyDefinition) Check() error {
	if err := CheckName("/body/name", "name", d.Name); err != nil {
		return err
	}
	if err := CheckText("/body/description", "description", d.Description); err != nil {
		return err
	}
	if err := CheckText("/body/title", "title", d.Title); err != nil {
		return err
	}
	if len(d.Parameters) > maxParameters {
		return fault.Field("/body/parameters", "parameters must not be more than %d", maxParameters)
	}
	for i, p := range d.Parameters {
		path := "/body/parameters/" + strconv.Itoa(i)
		if err := CheckTitle(path+"/name", "name", p.Name); err != nil {
			return err
		}
		if !slices.Contains(parameterTypes, p.Type) {
			return fault.Field(path+"/type", "type must be one of %s", strings.Join(parameterTypes, ", "))
		}
		if slices.ContainsFunc(d.Parameters[:i], func(q StrategyParameter) bool { return q.Name == p.Name }) {
			return fault.Field(path+"/name", "parameters must not hold %q twice", p.Name)
		}
	}
	return nil
}
