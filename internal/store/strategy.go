package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

// Placed is a strategy with the flag and the environment it belongs to.
type Placed struct {
	Feature     feature.Name
	Environment feature.EnvironmentName
	Strategy    feature.Strategy
}

// Strategy returns one strategy, or a NotFound error.
func (tx *Tx) Strategy(ctx context.Context, id feature.StrategyID) (Placed, error) {
	placed, err := get(ctx, tx, func(s scanner) (Placed, error) {
		var p Placed
		var err error
		p.Strategy, err = scanStrategy(prefixed{s, []any{&p.Feature, &p.Environment}})
		return p, err
	}, `SELECT s.feature, s.environment, `+strategyColumns+` FROM strategy s WHERE s.id = $1`, id)
	if err != nil {
		return placed, missing(err, "there is no strategy %q", id)
	}
	placed.Strategy.Segments, err = list(ctx, tx, func(s scanner) (feature.SegmentID, error) {
		var segment feature.SegmentID
		err := s.Scan(&segment)
		return segment, err
	}, `SELECT segment FROM strategy_segment WHERE strategy = $1 ORDER BY segment`, id)
	return placed, err
}

// InsertStrategy stores a new strategy with its segments.
func (tx *Tx) InsertStrategy(ctx context.Context, p Placed) error {
	s := p.Strategy
	parameters, constraints, variants, err := strategyDocuments(s)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO strategy (id, feature, environment, name, title, disabled, sort_order, parameters, constraints, variants, created_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		s.ID, p.Feature, p.Environment, s.Name, s.Title, s.Disabled, s.SortOrder, parameters, constraints, variants, millis(tx.now))
	if err != nil {
		return err
	}
	return tx.insertStrategySegments(ctx, s)
}

// UpdateStrategy replaces everything of a strategy but where it belongs.
func (tx *Tx) UpdateStrategy(ctx context.Context, s feature.Strategy) error {
	parameters, constraints, variants, err := strategyDocuments(s)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE strategy SET name = $2, title = $3, disabled = $4, sort_order = $5, parameters = $6, constraints = $7, variants = $8
		WHERE id = $1`, s.ID, s.Name, s.Title, s.Disabled, s.SortOrder, parameters, constraints, variants)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `DELETE FROM strategy_segment WHERE strategy = $1`, s.ID); err != nil {
		return err
	}
	return tx.insertStrategySegments(ctx, s)
}

// SetStrategyOrder changes where a strategy stands among its siblings.
func (tx *Tx) SetStrategyOrder(ctx context.Context, id feature.StrategyID, order int) error {
	_, err := tx.exec(ctx, `UPDATE strategy SET sort_order = $2 WHERE id = $1`, id, order)
	return err
}

// DeleteStrategy removes a strategy.
func (tx *Tx) DeleteStrategy(ctx context.Context, id feature.StrategyID) error {
	_, err := tx.exec(ctx, `DELETE FROM strategy WHERE id = $1`, id)
	return err
}

func (tx *Tx) insertStrategySegments(ctx context.Context, s feature.Strategy) error {
	for _, segment := range s.Segments {
		if _, err := tx.exec(ctx, `INSERT INTO strategy_segment (strategy, segment) VALUES ($1,$2) ON CONFLICT DO NOTHING`, s.ID, segment); err != nil {
			return err
		}
	}
	return nil
}

func strategyDocuments(s feature.Strategy) (parameters, constraints, variants string, err error) {
	if s.Parameters == nil {
		s.Parameters = map[string]string{}
	}
	if parameters, err = encode(s.Parameters); err != nil {
		return "", "", "", err
	}
	if constraints, err = encode(append([]feature.Constraint{}, s.Constraints...)); err != nil {
		return "", "", "", err
	}
	variants, err = encode(append([]feature.Variant{}, s.Variants...))
	return parameters, constraints, variants, err
}

// ForeignSegments returns, of the given segments, those that do not exist or
// belong to another project than the one given.
func (tx *Tx) ForeignSegments(ctx context.Context, project feature.ProjectID, segments []feature.SegmentID) ([]feature.SegmentID, error) {
	var foreign []feature.SegmentID
	for _, id := range segments {
		var usable bool
		err := tx.one(ctx, `SELECT EXISTS (SELECT 1 FROM segment WHERE id = $1 AND (project IS NULL OR project = $2))`, []any{id, project}, &usable)
		if err != nil {
			return nil, err
		}
		if !usable {
			foreign = append(foreign, id)
		}
	}
	return foreign, nil
}
