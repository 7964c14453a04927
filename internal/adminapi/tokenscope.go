package adminapi

import (
	"slices"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// readScope reads what narrows an admin token.
func (b APITokenBody) readScope(n *control.NewAPIToken) error {
	if n.Kind != token.Admin {
		switch {
		case b.Permissions != nil:
			return fault.Field("/body/permissions", "permissions are for admin tokens: what a %s token opens is fixed", n.Kind)
		case b.Environments != nil:
			return fault.Field("/body/environments", "environments are for admin tokens: a %s token has exactly one environment", n.Kind)
		}
		return nil
	}
	var err error
	if n.Limits.Permissions, err = given("permissions", b.Permissions); err != nil {
		return err
	}
	if n.Limits.Environments, err = given("environments", b.Environments); err != nil {
		return err
	}
	if !b.Environment.Set || b.Environment.Text == "*" {
		return nil
	}
	if n.Limits.Environments == nil {
		n.Limits.Environments = []string{b.Environment.Text}
	}
	if !slices.Equal(n.Limits.Environments, []string{b.Environment.Text}) {
		return fault.Field("/body/environment", "environment and environments contradict each other: give one of them")
	}
	return nil
}

// given returns a list without duplicates, in order; nil when it is absent.
func given(field string, list *[]string) ([]string, error) {
	if list == nil {
		return nil, nil
	}
	if len(*list) == 0 {
		return nil, fault.Field("/body/"+field, "%s must not be empty; leave it out for no such limit", field)
	}
	return slices.Compact(slices.Sorted(slices.Values(*list))), nil
}
