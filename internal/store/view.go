package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/feature"
)

// Views returns the flags that an environment serves, by name: the live flags
// of projects that have the environment, with their enabled strategies only.
// Names narrows the answer; nil means all. It takes the same four queries for
// any number of flags. Strategies, Variants and what is inside them are never
// nil.
func (tx *Tx) Views(ctx context.Context, environment feature.EnvironmentName, names []feature.Name) ([]feature.View, error) {
	return tx.viewsWith(ctx, environment, names, ` AND NOT s.disabled`)
}

// WholeViews returns what Views does, with disabled strategies too.
func (tx *Tx) WholeViews(ctx context.Context, environment feature.EnvironmentName, names []feature.Name) ([]feature.View, error) {
	return tx.viewsWith(ctx, environment, names, ``)
}

func (tx *Tx) viewsWith(ctx context.Context, environment feature.EnvironmentName, names []feature.Name, condition string) ([]feature.View, error) {
	if names != nil && len(names) == 0 {
		return []feature.View{}, nil
	}
	views, err := tx.bareViews(ctx, environment, names)
	if err != nil {
		return nil, err
	}
	strategies, err := tx.strategies(ctx, []feature.EnvironmentName{environment}, names, condition)
	if err != nil {
		return nil, err
	}
	dependencies, err := tx.Dependencies(ctx, names)
	if err != nil {
		return nil, err
	}
	for i := range views {
		if found := strategies[spot{views[i].Name, environment}]; found != nil {
			views[i].Strategies = found
		}
		views[i].Dependencies = dependencies[views[i].Name]
	}
	return views, nil
}

func (tx *Tx) bareViews(ctx context.Context, environment feature.EnvironmentName, names []feature.Name) ([]feature.View, error) {
	listed, args := among(tx, "f.name", names, environment)
	return list(ctx, tx, func(s scanner) (feature.View, error) {
		v := feature.View{Strategies: []feature.Strategy{}, Variants: []feature.Variant{}}
		err := s.Scan(&v.Name, &v.Type, &v.Enabled, &v.Project, &v.Stale, document{&v.Variants}, &v.Description, &v.ImpressionData)
		return v, err
	}, `SELECT f.name, f.type, COALESCE(fe.enabled, FALSE), f.project, f.stale, COALESCE(fe.variants, '[]'), f.description, f.impression_data
		FROM feature f
		JOIN project_environment pe ON pe.project = f.project AND pe.environment = $1
		LEFT JOIN feature_environment fe ON fe.feature = f.name AND fe.environment = $1
		WHERE f.archived_at IS NULL`+listed+` ORDER BY f.name`, args...)
}

// spot is where a strategy or a state belongs.
type spot struct {
	flag        feature.Name
	environment feature.EnvironmentName
}

// strategies returns strategies in evaluation order, by where they belong.
// Empty environments or names do not narrow; the condition narrows further.
func (tx *Tx) strategies(ctx context.Context, environments []feature.EnvironmentName, names []feature.Name, condition string) (map[spot][]feature.Strategy, error) {
	segments, err := tx.segmentsOfStrategies(ctx, environments, names)
	if err != nil {
		return nil, err
	}
	type row struct {
		spot     spot
		strategy feature.Strategy
	}
	inEnvironments, args := among(tx, "s.environment", environments)
	ofFlags, args := among(tx, "s.feature", names, args...)
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		var r row
		var err error
		r.strategy, err = scanStrategy(prefixed{s, []any{&r.spot.flag, &r.spot.environment}})
		return r, err
	}, `SELECT s.feature, s.environment, `+strategyColumns+` FROM strategy s WHERE TRUE`+inEnvironments+ofFlags+condition+
		` ORDER BY s.feature, s.environment, s.sort_order, s.created_at, s.id`, args...)
	if err != nil {
		return nil, err
	}
	placed := make(map[spot][]feature.Strategy, len(rows))
	for _, r := range rows {
		r.strategy.Segments = segments[r.strategy.ID]
		placed[r.spot] = append(placed[r.spot], r.strategy)
	}
	return placed, nil
}

const strategyColumns = `s.id, s.name, s.title, s.disabled, s.sort_order, s.parameters, s.constraints, s.variants`

func scanStrategy(s scanner) (feature.Strategy, error) {
	strategy := feature.Strategy{Parameters: map[string]string{}, Constraints: []feature.Constraint{}, Variants: []feature.Variant{}}
	err := s.Scan(&strategy.ID, &strategy.Name, &strategy.Title, &strategy.Disabled, &strategy.SortOrder,
		document{&strategy.Parameters}, document{&strategy.Constraints}, document{&strategy.Variants})
	return strategy, err
}

func (tx *Tx) segmentsOfStrategies(ctx context.Context, environments []feature.EnvironmentName, names []feature.Name) (map[feature.StrategyID][]feature.SegmentID, error) {
	type row struct {
		strategy feature.StrategyID
		segment  feature.SegmentID
	}
	inEnvironments, args := among(tx, "s.environment", environments)
	ofFlags, args := among(tx, "s.feature", names, args...)
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		var r row
		err := s.Scan(&r.strategy, &r.segment)
		return r, err
	}, `SELECT ss.strategy, ss.segment FROM strategy_segment ss JOIN strategy s ON s.id = ss.strategy
		WHERE TRUE`+inEnvironments+ofFlags+` ORDER BY ss.strategy, ss.segment`, args...)
	if err != nil {
		return nil, err
	}
	byStrategy := make(map[feature.StrategyID][]feature.SegmentID, len(rows))
	for _, r := range rows {
		byStrategy[r.strategy] = append(byStrategy[r.strategy], r.segment)
	}
	return byStrategy, nil
}

// Dependencies returns dependencies by child, parents in order of name.
func (tx *Tx) Dependencies(ctx context.Context, names []feature.Name) (map[feature.Name][]feature.Dependency, error) {
	type row struct {
		child      feature.Name
		dependency feature.Dependency
	}
	listed, args := among(tx, "child", names)
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		r := row{dependency: feature.Dependency{Enabled: new(bool)}}
		err := s.Scan(&r.child, &r.dependency.Parent, r.dependency.Enabled, document{&r.dependency.Variants})
		return r, err
	}, `SELECT child, parent, enabled, variants FROM dependency WHERE TRUE`+listed+` ORDER BY child, parent`, args...)
	if err != nil {
		return nil, err
	}
	byChild := make(map[feature.Name][]feature.Dependency, len(rows))
	for _, r := range rows {
		byChild[r.child] = append(byChild[r.child], r.dependency)
	}
	return byChild, nil
}

// prefixed is a row whose first columns have targets of their own.
type prefixed struct {
	scanner
	first []any
}

// Scan implements scanner.
func (p prefixed) Scan(targets ...any) error {
	return p.scanner.Scan(append(slices.Clone(p.first), targets...)...) //nolint:wrapcheck // the caller classifies
}

// among returns a condition that a column holds one of some values, to add
// after a WHERE, and the arguments of the statement: those given, then the
// values, which take one. With none the condition is empty.
func among[T ~string](tx *Tx, column string, values []T, args ...any) (string, []any) {
	if len(values) == 0 {
		return "", args
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	args = append(args, tx.db.dialect.list(texts))
	return ` AND ` + column + strings.ReplaceAll(tx.db.dialect.among, `?`, `$`+strconv.Itoa(len(args))), args
}
