package control

import (
	"context"
	"slices"
	"strings"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// EventPage is a part of the event log.
type EventPage struct {
	Events []store.Event // newest first
	Total  int           // how many match in all, of which store.MaxCounted are counted
}

// Events returns a part of the event log.
func (c *Control) Events(ctx context.Context, filter store.EventFilter) (EventPage, error) {
	return view(ctx, c, func(tx *store.Tx) (EventPage, error) {
		var page EventPage
		var err error
		if filter.Hidden, err = hiddenEvents(ctx, tx); err != nil {
			return page, err
		}
		page.Events, page.Total, err = tx.Events(ctx, filter)
		return page, err
	})
}

// hiddenEvents returns what those events have for a project that whoever asks
// may not know of. An event about several projects shows when any of them may
// be known; one about a project that is gone, to administrators alone.
func hiddenEvents(ctx context.Context, tx *store.Tx) ([]feature.ProjectID, error) {
	if viewer(ctx).IsAdmin() {
		return nil, nil
	}
	about, err := tx.EventProjects(ctx)
	return slices.DeleteFunc(about, func(projects feature.ProjectID) bool {
		for one := range strings.SplitSeq(string(projects), ",") {
			if sees(ctx, feature.ProjectID(one)) {
				return true
			}
		}
		return false
	}), err
}

// EventCreators returns everybody who made an event, by name.
func (c *Control) EventCreators(ctx context.Context) ([]store.EventCreator, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.EventCreator, error) { return tx.EventCreators(ctx) })
}
