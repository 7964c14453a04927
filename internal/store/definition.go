package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

const definitionColumns = `name, display_name, description, title, parameters, editable, deprecated`

// StrategyDefinitions returns all kinds of strategies: built-in ones first,
// then by name.
func (tx *Tx) StrategyDefinitions(ctx context.Context) ([]feature.StrategyDefinition, error) {
	return list(ctx, tx, scanDefinition, `SELECT `+definitionColumns+` FROM strategy_definition ORDER BY sort_order, name`)
}

// StrategyDefinition returns one kind of strategy, or a NotFound error.
func (tx *Tx) StrategyDefinition(ctx context.Context, name string) (feature.StrategyDefinition, error) {
	d, err := get(ctx, tx, scanDefinition, `SELECT `+definitionColumns+` FROM strategy_definition WHERE name = $1`, name)
	return d, missing(err, "there is no strategy definition %q", name)
}

// customSortOrder lists custom definitions after the built-in ones.
const customSortOrder = 9999

// InsertStrategyDefinition stores a new custom kind of strategy, or returns a
// Conflict error.
func (tx *Tx) InsertStrategyDefinition(ctx context.Context, d feature.StrategyDefinition) error {
	return tx.insertDefinition(ctx, d, customSortOrder)
}

// InsertBuiltInDefinition stores a built-in kind of strategy at a place in the
// list.
func (tx *Tx) InsertBuiltInDefinition(ctx context.Context, d feature.StrategyDefinition, order int) error {
	return tx.insertDefinition(ctx, d, order)
}

func (tx *Tx) insertDefinition(ctx context.Context, d feature.StrategyDefinition, order int) error {
	parameters, err := encode(d.Parameters)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO strategy_definition (`+definitionColumns+`, sort_order) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		d.Name, d.DisplayName, d.Description, d.Title, parameters, d.Editable, d.Deprecated, order)
	return err
}

// UpdateStrategyDefinition replaces what may change of a kind of strategy.
func (tx *Tx) UpdateStrategyDefinition(ctx context.Context, d feature.StrategyDefinition) error {
	parameters, err := encode(d.Parameters)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE strategy_definition SET description = $2, title = $3, parameters = $4, deprecated = $5 WHERE name = $1`,
		d.Name, d.Description, d.Title, parameters, d.Deprecated)
	return err
}

// DeleteStrategyDefinition removes a kind of strategy. Strategies of the kind
// stay; SDKs that do not know it answer false for them.
func (tx *Tx) DeleteStrategyDefinition(ctx context.Context, name string) error {
	_, err := tx.exec(ctx, `DELETE FROM strategy_definition WHERE name = $1`, name)
	return err
}

func scanDefinition(s scanner) (feature.StrategyDefinition, error) {
	d := feature.StrategyDefinition{Parameters: []feature.StrategyParameter{}}
	err := s.Scan(&d.Name, &d.DisplayName, &d.Description, &d.Title, document{&d.Parameters}, &d.Editable, &d.Deprecated)
	return d, err
}
