package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

const environmentColumns = `name, type, enabled, protected, sort_order`

// Environments returns all environments, in their order.
func (tx *Tx) Environments(ctx context.Context) ([]feature.Environment, error) {
	return list(ctx, tx, scanEnvironment, `SELECT `+environmentColumns+` FROM environment ORDER BY sort_order, name`)
}

// Environment returns one environment, or a NotFound error.
func (tx *Tx) Environment(ctx context.Context, name feature.EnvironmentName) (feature.Environment, error) {
	e, err := get(ctx, tx, scanEnvironment, `SELECT `+environmentColumns+` FROM environment WHERE name = $1`, name)
	return e, missing(err, "there is no environment %q", name)
}

// InsertEnvironment stores a new environment, or returns a Conflict error.
func (tx *Tx) InsertEnvironment(ctx context.Context, e feature.Environment) error {
	_, err := tx.exec(ctx, `INSERT INTO environment (`+environmentColumns+`) VALUES ($1,$2,$3,$4,$5)`,
		e.Name, e.Type, e.Enabled, e.Protected, e.SortOrder)
	return err
}

// UpdateEnvironment replaces what may change of an environment.
func (tx *Tx) UpdateEnvironment(ctx context.Context, e feature.Environment) error {
	_, err := tx.exec(ctx, `UPDATE environment SET type = $2, enabled = $3, sort_order = $4 WHERE name = $1`,
		e.Name, e.Type, e.Enabled, e.SortOrder)
	return err
}

// DeleteEnvironment removes an environment with all that flags have in it.
func (tx *Tx) DeleteEnvironment(ctx context.Context, name feature.EnvironmentName) error {
	if _, err := tx.exec(ctx, `DELETE FROM feature_last_seen WHERE environment = $1`, name); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `DELETE FROM environment WHERE name = $1`, name)
	return err
}

func scanEnvironment(s scanner) (feature.Environment, error) {
	var e feature.Environment
	err := s.Scan(&e.Name, &e.Type, &e.Enabled, &e.Protected, &e.SortOrder)
	return e, err
}
