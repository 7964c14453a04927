package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

const contextColumns = `name, description, stickiness, sort_order, legal_values, project, created_at`

// ContextFields returns all context fields, in their order.
func (tx *Tx) ContextFields(ctx context.Context) ([]feature.ContextField, error) {
	return list(ctx, tx, scanContextField, `SELECT `+contextColumns+` FROM context_field ORDER BY sort_order, name`)
}

// ContextField returns one context field, or a NotFound error.
func (tx *Tx) ContextField(ctx context.Context, name string) (feature.ContextField, error) {
	f, err := get(ctx, tx, scanContextField, `SELECT `+contextColumns+` FROM context_field WHERE name = $1`, name)
	return f, missing(err, "there is no context field %q", name)
}

// InsertContextField stores a new context field, or returns a Conflict error.
func (tx *Tx) InsertContextField(ctx context.Context, f feature.ContextField) error {
	values, err := encode(f.LegalValues)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO context_field (`+contextColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		f.Name, f.Description, f.Stickiness, f.SortOrder, values, optionalText(f.Project), millis(f.CreatedAt))
	return err
}

// UpdateContextField replaces what may change of a context field.
func (tx *Tx) UpdateContextField(ctx context.Context, f feature.ContextField) error {
	values, err := encode(f.LegalValues)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE context_field SET description = $2, stickiness = $3, sort_order = $4, legal_values = $5 WHERE name = $1`,
		f.Name, f.Description, f.Stickiness, f.SortOrder, values)
	return err
}

// DeleteContextField removes a context field.
func (tx *Tx) DeleteContextField(ctx context.Context, name string) error {
	_, err := tx.exec(ctx, `DELETE FROM context_field WHERE name = $1`, name)
	return err
}

func scanContextField(s scanner) (feature.ContextField, error) {
	f := feature.ContextField{LegalValues: []feature.LegalValue{}}
	err := s.Scan(&f.Name, &f.Description, &f.Stickiness, &f.SortOrder, document{&f.LegalValues},
		text[feature.ProjectID]{&f.Project}, instant{&f.CreatedAt})
	return f, err
}
