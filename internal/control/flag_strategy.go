package control

import (
	"context"
	"reflect"
	"slices"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// NewStrategy is a strategy to add to a flag.
type NewStrategy struct {
	feature.Strategy
	Order *int // among its siblings; nil: last
}

// StrategyOrder gives one strategy its place among its siblings.
type StrategyOrder struct {
	ID        feature.StrategyID `json:"id" required:"true"`
	SortOrder int                `json:"sortOrder" required:"true" maximum:"1000000"`
}

// FlagStrategy returns one strategy of a flag.
func (c *Control) FlagStrategy(ctx context.Context, at FlagPlace, id feature.StrategyID) (StrategyDetail, error) {
	return view(ctx, c, func(tx *store.Tx) (StrategyDetail, error) {
		flag, err := findFlag(ctx, tx, at.FlagRef)
		if err != nil {
			return StrategyDetail{}, err
		}
		placed, err := findStrategy(ctx, tx, at, id)
		return NewStrategyDetail(flag.Name, placed.Strategy), err
	})
}

// findStrategy returns a strategy where the caller expects it.
func findStrategy(ctx context.Context, tx *store.Tx, at FlagPlace, id feature.StrategyID) (store.Placed, error) {
	placed, err := tx.Strategy(ctx, id)
	if err == nil && (placed.Feature != at.Name || placed.Environment != at.Environment) {
		err = fault.New(fault.NotFound, "the flag %q has no strategy %q in %q", at.Name, id, at.Environment)
	}
	return placed, err
}

// AddStrategy adds a strategy to a flag in an environment.
func (c *Control) AddStrategy(ctx context.Context, actor access.Principal, at FlagPlace, n NewStrategy) (StrategyDetail, error) {
	return changeFlags(ctx, c, actor, func(w flagWork) (StrategyDetail, error) {
		flag, err := findPlaced(ctx, w.Tx, at)
		if err != nil {
			return StrategyDetail{}, err
		}
		state, err := stateIn(ctx, w.Tx, flag.Name, at.Environment)
		if err != nil {
			return StrategyDetail{}, err
		}
		if err := checkStrategyRoom(state.Strategies); err != nil {
			return StrategyDetail{}, err
		}
		strategy := n.Strategy
		if strategy.Variants, err = feature.NormalizeVariants("/body/variants", strategy.Variants); err != nil {
			return StrategyDetail{}, err
		}
		strategy.SortOrder = nextOrder(state.Strategies)
		if n.Order != nil {
			strategy.SortOrder = *n.Order
		}
		strategy, err = w.insertStrategy(ctx, flag, store.Placed{Environment: at.Environment, Strategy: strategy})
		return NewStrategyDetail(flag.Name, strategy), err
	})
}

// checkStrategyRoom reports whether one more strategy is allowed beside some.
func checkStrategyRoom(strategies []feature.Strategy) error {
	if len(strategies) >= feature.MaxStrategies {
		return feature.Exceeded("strategies of this flag in this environment", feature.MaxStrategies)
	}
	return nil
}

// nextOrder is the place after all of some strategies.
func nextOrder(strategies []feature.Strategy) int {
	next := 0
	for _, s := range strategies {
		next = max(next, s.SortOrder+1)
	}
	return next
}

// insertStrategy checks and stores a new strategy of a flag, under an
// identifier of its own. Its variants are normal already.
func (w flagWork) insertStrategy(ctx context.Context, flag feature.Flag, at store.Placed) (feature.Strategy, error) {
	id, err := newUUID(w.control.Random)
	if err != nil {
		return at.Strategy, err
	}
	strategy := at.Strategy.WithDefaults(flag.Name)
	strategy.ID = feature.StrategyID(id)
	if err := strategy.Check("/body"); err != nil {
		return strategy, err
	}
	if err := checkReferences(ctx, w.Tx, flag.Project, strategy); err != nil {
		return strategy, err
	}
	at.Feature, at.Strategy = flag.Name, strategy
	if err := w.InsertStrategy(ctx, at); err != nil {
		return strategy, err
	}
	return strategy, w.note(ctx, aboutPlace(eventStrategyAdded, flag, at.Environment), nil, NewStrategyDetail(flag.Name, strategy))
}

// checkReferences reports what a strategy refers to and flags of the project
// cannot use: an unknown kind of strategy, a segment of another project.
func checkReferences(ctx context.Context, tx *store.Tx, project feature.ProjectID, s feature.Strategy) error {
	if _, err := tx.StrategyDefinition(ctx, s.Name); err != nil {
		if fault.Is(err, fault.NotFound) {
			return fault.Field("/body/name", "name must name a kind of strategy of this server: there is no %q", s.Name)
		}
		return err
	}
	foreign, err := tx.ForeignSegments(ctx, project, s.Segments)
	if err == nil && len(foreign) > 0 {
		err = fault.Field("/body/segments", "segments must exist and be global or of project %q: %d is not", project, foreign[0])
	}
	return err
}

// UpdateStrategy changes a strategy. The function is given it as it is and
// returns it as it shall be. A flag that loses its last enabled strategy is
// switched off.
func (c *Control) UpdateStrategy(ctx context.Context, actor access.Principal, at FlagPlace, id feature.StrategyID, change func(feature.Strategy) (feature.Strategy, error)) (StrategyDetail, error) {
	return changeFlags(ctx, c, actor, func(w flagWork) (StrategyDetail, error) {
		flag, err := findPlaced(ctx, w.Tx, at)
		if err != nil {
			return StrategyDetail{}, err
		}
		old, err := findStrategy(ctx, w.Tx, at, id)
		if err != nil {
			return StrategyDetail{}, err
		}
		// The change gets a copy: what it is given must not tell old from new.
		strategy, err := change(old.Strategy.WithDefaults(flag.Name))
		if err != nil {
			return StrategyDetail{}, err
		}
		if !reflect.DeepEqual(strategy.Variants, old.Strategy.Variants) {
			if strategy.Variants, err = feature.NormalizeVariants("/body/variants", strategy.Variants); err != nil {
				return StrategyDetail{}, err
			}
		}
		strategy.ID = id
		strategy = strategy.WithDefaults(flag.Name)
		if err := w.updateStrategy(ctx, flag, old, strategy); err != nil {
			return StrategyDetail{}, err
		}
		return NewStrategyDetail(flag.Name, strategy), w.switchOffWithoutStrategy(ctx, flag, at.Environment)
	})
}

// updateStrategy checks and stores a strategy that exists; it does nothing
// when it is so already.
func (w flagWork) updateStrategy(ctx context.Context, flag feature.Flag, old store.Placed, strategy feature.Strategy) error {
	before, after := NewStrategyDetail(flag.Name, old.Strategy), NewStrategyDetail(flag.Name, strategy)
	if reflect.DeepEqual(before, after) {
		return nil
	}
	if err := strategy.Check("/body"); err != nil {
		return err
	}
	if before.Name != after.Name || !slices.Equal(before.Segments, after.Segments) {
		if err := checkReferences(ctx, w.Tx, flag.Project, strategy); err != nil {
			return err
		}
	}
	if err := w.Tx.UpdateStrategy(ctx, strategy); err != nil {
		return err
	}
	return w.note(ctx, aboutPlace(eventStrategyUpdated, flag, old.Environment), before, after)
}

// DeleteStrategy removes a strategy. A flag that loses its last enabled
// strategy is switched off.
func (c *Control) DeleteStrategy(ctx context.Context, actor access.Principal, at FlagPlace, id feature.StrategyID) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := findPlaced(ctx, w.Tx, at)
		if err != nil {
			return struct{}{}, err
		}
		old, err := findStrategy(ctx, w.Tx, at, id)
		if err != nil {
			return struct{}{}, err
		}
		if err := w.Tx.DeleteStrategy(ctx, id); err != nil {
			return struct{}{}, err
		}
		before := NewStrategyDetail(flag.Name, old.Strategy)
		if err := w.note(ctx, aboutPlace(eventStrategyRemoved, flag, at.Environment), before, nil); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.switchOffWithoutStrategy(ctx, flag, at.Environment)
	})
	return err
}

// SortStrategies changes the order of some or all strategies of a flag in an
// environment.
func (c *Control) SortStrategies(ctx context.Context, actor access.Principal, at FlagPlace, orders []StrategyOrder) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := findPlaced(ctx, w.Tx, at)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.sortStrategies(ctx, flag, at.Environment, orders)
	})
	return err
}

func (w flagWork) sortStrategies(ctx context.Context, flag feature.Flag, environment feature.EnvironmentName, orders []StrategyOrder) error {
	before, err := stateIn(ctx, w.Tx, flag.Name, environment)
	if err != nil {
		return err
	}
	for i, order := range orders {
		if !slices.ContainsFunc(before.Strategies, func(s feature.Strategy) bool { return s.ID == order.ID }) {
			return fault.Field(indexed("/body", i)+"/id", "id must be a strategy of the flag %q in %q: %q is not", flag.Name, environment, order.ID)
		}
		if err := w.SetStrategyOrder(ctx, order.ID, order.SortOrder); err != nil {
			return err
		}
	}
	after, err := stateIn(ctx, w.Tx, flag.Name, environment)
	if err != nil {
		return err
	}
	return w.note(ctx, aboutPlace(eventStrategyOrder, flag, environment), orderOf(before.Strategies), orderOf(after.Strategies))
}

// strategyIDs is an order of strategies as its events show it.
type strategyIDs struct {
	IDs []feature.StrategyID `json:"strategyIds"`
}

func orderOf(strategies []feature.Strategy) strategyIDs {
	ids := strategyIDs{IDs: make([]feature.StrategyID, len(strategies))}
	for i, s := range strategies {
		ids.IDs[i] = s.ID
	}
	return ids
}

// CheckConstraint reports the rules that one constraint breaks.
func (c *Control) CheckConstraint(constraint feature.Constraint) error {
	if len(constraint.Values) > feature.MaxConstraintValues {
		return fault.Field("/body/values", "values must not be more than %d", feature.MaxConstraintValues)
	}
	details := constraint.Validate("/body")
	if len(details) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: details[0].Message, Details: details}
}
