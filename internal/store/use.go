package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

// StrategyUse is a strategy that uses something, and where it stands.
type StrategyUse struct {
	ID          feature.StrategyID
	Feature     feature.Name
	Project     feature.ProjectID
	Environment feature.EnvironmentName
	Name        string // of the strategy's kind
	Archived    bool   // the flag is
	Constraints []feature.Constraint
}

const (
	useSelect = `SELECT s.id, s.feature, f.project, s.environment, s.name, f.archived_at IS NOT NULL, s.constraints
		FROM strategy s JOIN feature f ON f.name = s.feature`
	useOrder = ` ORDER BY s.feature, s.environment, s.sort_order, s.id`
)

// SegmentUse returns the strategies that use a segment, of archived flags too.
func (tx *Tx) SegmentUse(ctx context.Context, id feature.SegmentID) ([]StrategyUse, error) {
	return list(ctx, tx, scanUse, useSelect+` JOIN strategy_segment ss ON ss.strategy = s.id WHERE ss.segment = $1`+useOrder, id)
}

// DefinitionUse returns the strategies of a kind, of archived flags too.
func (tx *Tx) DefinitionUse(ctx context.Context, name string) ([]StrategyUse, error) {
	return list(ctx, tx, scanUse, useSelect+` WHERE s.name = $1`+useOrder, name)
}

// ConstrainedStrategies returns the strategies of live flags that have a
// constraint of their own. A field narrows them to those that may name it:
// the caller looks at the constraints.
func (tx *Tx) ConstrainedStrategies(ctx context.Context, field string) ([]StrategyUse, error) {
	return list(ctx, tx, scanUse, useSelect+` WHERE f.archived_at IS NULL AND s.constraints <> '[]'
		AND s.constraints LIKE '%' || CAST($1 AS TEXT) || '%'`+useOrder, field)
}

// Reach says in how many flags and projects something is used.
type Reach struct {
	Features int
	Projects int
}

// SegmentReach returns the reach of every segment that live flags use.
func (tx *Tx) SegmentReach(ctx context.Context) (map[feature.SegmentID]Reach, error) {
	all := make(map[feature.SegmentID]Reach)
	_, err := list(ctx, tx, func(s scanner) (Reach, error) {
		var id feature.SegmentID
		var r Reach
		err := s.Scan(&id, &r.Features, &r.Projects)
		all[id] = r
		return r, err
	}, `SELECT ss.segment, count(DISTINCT f.name), count(DISTINCT f.project) FROM strategy_segment ss
		JOIN strategy s ON s.id = ss.strategy JOIN feature f ON f.name = s.feature
		WHERE f.archived_at IS NULL GROUP BY ss.segment`)
	return all, err
}

func scanUse(s scanner) (StrategyUse, error) {
	u := StrategyUse{Constraints: []feature.Constraint{}}
	err := s.Scan(&u.ID, &u.Feature, &u.Project, &u.Environment, &u.Name, &u.Archived, document{&u.Constraints})
	return u, err
}
