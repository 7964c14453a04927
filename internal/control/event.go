package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/store"
)

// EventPage is a part of the event log.
type EventPage struct {
	Events []store.Event // newest first
	Total  int           // how many match in all
}

// Events returns a part of the event log.
func (c *Control) Events(ctx context.Context, filter store.EventFilter) (EventPage, error) {
	return view(ctx, c, func(tx *store.Tx) (EventPage, error) {
		var page EventPage
		var err error
		page.Events, page.Total, err = tx.Events(ctx, filter)
		return page, err
	})
}

// EventCreators returns everybody who made an event, by name.
func (c *Control) EventCreators(ctx context.Context) ([]store.EventCreator, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.EventCreator, error) { return tx.EventCreators(ctx) })
}
