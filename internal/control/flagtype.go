package control

import (
	"context"
	"math"
	"reflect"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// eventFlagTypeUpdated is the type of events about a changed flag type.
const eventFlagTypeUpdated = "feature-type-updated"

// FlagTypes returns all types of flags, in their order.
func (c *Control) FlagTypes(ctx context.Context) ([]feature.FlagType, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.FlagType, error) { return tx.FlagTypes(ctx) })
}

// SetFlagTypeLifetime sets after how many days flags of a type count as
// potentially stale; nil and 0 mean never.
func (c *Control) SetFlagTypeLifetime(ctx context.Context, actor access.Principal, id string, days *int) (feature.FlagType, error) {
	if days != nil && (*days < 0 || *days > math.MaxInt32) {
		return feature.FlagType{}, fault.Field("/body/lifetimeDays", "lifetimeDays must be from 0 to %d, or null", math.MaxInt32)
	}
	if days != nil && *days == 0 {
		days = nil
	}
	return update(ctx, c, func(tx *store.Tx) (feature.FlagType, error) {
		before, err := tx.FlagType(ctx, id)
		if err != nil {
			return before, err
		}
		after := before
		after.LifetimeDays = days
		if reflect.DeepEqual(before, after) {
			return after, nil
		}
		if err := tx.SetFlagTypeLifetime(ctx, id, days); err != nil {
			return before, err
		}
		return after, tx.Record(ctx, actor, store.Event{Type: eventFlagTypeUpdated}, before, after)
	})
}
