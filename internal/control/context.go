package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about context fields.
const (
	eventContextCreated = "context-field-created"
	eventContextUpdated = "context-field-updated"
	eventContextDeleted = "context-field-deleted"
)

// ContextFields returns all context fields.
func (c *Control) ContextFields(ctx context.Context) ([]feature.ContextField, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.ContextField, error) { return tx.ContextFields(ctx) })
}

// ContextField returns one context field.
func (c *Control) ContextField(ctx context.Context, name string) (feature.ContextField, error) {
	return view(ctx, c, func(tx *store.Tx) (feature.ContextField, error) { return tx.ContextField(ctx, name) })
}

// CreateContextField stores a new context field.
func (c *Control) CreateContextField(ctx context.Context, actor access.Principal, f feature.ContextField) (feature.ContextField, error) {
	if err := feature.CheckName("/body/name", "name", f.Name); err != nil {
		return f, err
	}
	if f.LegalValues == nil {
		f.LegalValues = []feature.LegalValue{}
	}
	return update(ctx, c, func(tx *store.Tx) (feature.ContextField, error) {
		f.CreatedAt = tx.Now()
		if err := tx.InsertContextField(ctx, f); err != nil {
			return f, taken(err, "a context field named %q exists already", f.Name)
		}
		return f, tx.Record(ctx, actor, store.Event{Type: eventContextCreated, Project: f.Project}, nil, f)
	})
}

// taken replaces a Conflict error by one that names the thing.
func taken(err error, format string, args ...any) error {
	if fault.Is(err, fault.Conflict) {
		return &fault.Error{Kind: fault.Conflict, Code: "NameExistsError", Message: fault.New(fault.Conflict, format, args...).Message}
	}
	return err
}
