package control

import (
	"context"
	"reflect"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about strategy definitions.
const (
	eventDefinitionCreated     = "strategy-created"
	eventDefinitionUpdated     = "strategy-updated"
	eventDefinitionDeleted     = "strategy-deleted"
	eventDefinitionDeprecated  = "strategy-deprecated"
	eventDefinitionReactivated = "strategy-reactivated"
)

// StrategyDefinitions returns all kinds of strategies.
func (c *Control) StrategyDefinitions(ctx context.Context) ([]feature.StrategyDefinition, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.StrategyDefinition, error) { return tx.StrategyDefinitions(ctx) })
}

// StrategyDefinition returns one kind of strategy.
func (c *Control) StrategyDefinition(ctx context.Context, name string) (feature.StrategyDefinition, error) {
	return view(ctx, c, func(tx *store.Tx) (feature.StrategyDefinition, error) { return tx.StrategyDefinition(ctx, name) })
}

// CreateStrategyDefinition stores a new custom kind of strategy.
func (c *Control) CreateStrategyDefinition(ctx context.Context, actor access.Principal, d feature.StrategyDefinition) (feature.StrategyDefinition, error) {
	d.Editable = true
	if d.Parameters == nil {
		d.Parameters = []feature.StrategyParameter{}
	}
	if err := d.Check(); err != nil {
		return d, err
	}
	return update(ctx, c, func(tx *store.Tx) (feature.StrategyDefinition, error) {
		if err := tx.InsertStrategyDefinition(ctx, d); err != nil {
			return d, taken(err, "a strategy definition named %q exists already", d.Name)
		}
		return d, tx.Record(ctx, actor, store.Event{Type: eventDefinitionCreated}, nil, d)
	})
}

// ChangeStrategyDefinition applies a change to a custom kind of strategy. Its
// name stays.
func (c *Control) ChangeStrategyDefinition(ctx context.Context, actor access.Principal, name string, change func(*feature.StrategyDefinition)) error {
	return c.changeDefinition(ctx, actor, name, eventDefinitionUpdated, func(d *feature.StrategyDefinition) error {
		if !d.Editable {
			return fault.New(fault.Conflict, "the strategy definition %q is built in and cannot be changed", name)
		}
		change(d)
		return d.Check()
	})
}

// DeprecateStrategyDefinition says that a kind of strategy should not be used
// for something new; reactivating takes that back. The default one cannot be
// deprecated.
func (c *Control) DeprecateStrategyDefinition(ctx context.Context, actor access.Principal, name string, deprecated bool) error {
	event := eventDefinitionReactivated
	if deprecated {
		event = eventDefinitionDeprecated
	}
	return c.changeDefinition(ctx, actor, name, event, func(d *feature.StrategyDefinition) error {
		if deprecated && name == feature.StrategyDefault {
			return fault.New(fault.Conflict, "the strategy definition %q cannot be deprecated", name)
		}
		d.Deprecated = deprecated
		return nil
	})
}

func (c *Control) changeDefinition(ctx context.Context, actor access.Principal, name, event string, change func(*feature.StrategyDefinition) error) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.StrategyDefinition(ctx, name)
		if err != nil {
			return err
		}
		after := before
		if err := change(&after); err != nil || reflect.DeepEqual(before, after) {
			return err
		}
		if err := tx.UpdateStrategyDefinition(ctx, after); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: event}, before, after)
	})
}

// DeleteStrategyDefinition removes a custom kind of strategy that no flag
// uses.
func (c *Control) DeleteStrategyDefinition(ctx context.Context, actor access.Principal, name string) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.StrategyDefinition(ctx, name)
		if err != nil {
			return err
		}
		if !before.Editable {
			return fault.New(fault.Conflict, "the strategy definition %q is built in and cannot be deleted", name)
		}
		places, err := definitionPlaces(ctx, tx, name)
		if err != nil {
			return err
		}
		if len(places) > 0 {
			return fault.New(fault.Conflict, "the strategy definition %q cannot be deleted: it is used by %s", name, strings.Join(places, ", "))
		}
		if err := tx.DeleteStrategyDefinition(ctx, name); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: eventDefinitionDeleted}, before, nil)
	})
}

// definitionPlaces names what uses a kind of strategy, for an error.
func definitionPlaces(ctx context.Context, tx *store.Tx, name string) ([]string, error) {
	use, err := tx.DefinitionUse(ctx, name)
	if err != nil {
		return nil, err
	}
	defaults, err := tx.DefaultStrategies(ctx)
	if err != nil {
		return nil, err
	}
	var places []string
	for _, u := range use {
		places = append(places, placeOf(ctx, u))
	}
	for _, pe := range defaults {
		if pe.DefaultStrategy.Name == name {
			places = append(places, placeOfDefault(ctx, pe))
		}
	}
	return fewer(places), nil
}
