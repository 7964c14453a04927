package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/fault"
)

// Setting returns the value of a setting; empty when it was never set.
func (tx *Tx) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := tx.one(ctx, `SELECT value FROM setting WHERE name = $1`, []any{name}, &value)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return value, err
}

// PutSetting sets a setting.
func (tx *Tx) PutSetting(ctx context.Context, name, value string) error {
	_, err := tx.exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
