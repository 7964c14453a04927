package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

const flagTypeColumns = `id, name, description, lifetime_days`

// FlagTypes returns all types of flags, in their order.
func (tx *Tx) FlagTypes(ctx context.Context) ([]feature.FlagType, error) {
	return list(ctx, tx, scanFlagType, `SELECT `+flagTypeColumns+` FROM feature_type ORDER BY sort_order, id`)
}

// FlagType returns one type of flags, or a NotFound error.
func (tx *Tx) FlagType(ctx context.Context, id string) (feature.FlagType, error) {
	t, err := get(ctx, tx, scanFlagType, `SELECT `+flagTypeColumns+` FROM feature_type WHERE id = $1`, id)
	return t, missing(err, "there is no flag type %q", id)
}

// InsertFlagType stores a type of flags at a place in the list.
func (tx *Tx) InsertFlagType(ctx context.Context, t feature.FlagType, order int) error {
	_, err := tx.exec(ctx, `INSERT INTO feature_type (`+flagTypeColumns+`, sort_order) VALUES ($1,$2,$3,$4,$5)`,
		t.ID, t.Name, t.Description, t.LifetimeDays, order)
	return err
}

// SetFlagTypeLifetime sets after how many days flags of a type count as
// potentially stale; nil means never.
func (tx *Tx) SetFlagTypeLifetime(ctx context.Context, id string, days *int) error {
	_, err := tx.exec(ctx, `UPDATE feature_type SET lifetime_days = $2 WHERE id = $1`, id, days)
	return err
}

func scanFlagType(s scanner) (feature.FlagType, error) {
	var t feature.FlagType
	err := s.Scan(&t.ID, &t.Name, &t.Description, &t.LifetimeDays)
	return t, err
}
