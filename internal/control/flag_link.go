package control

import (
	"context"
	"reflect"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// The types of events about links of flags.
const (
	eventLinkAdded   = "feature-link-added"
	eventLinkUpdated = "feature-link-updated"
	eventLinkRemoved = "feature-link-removed"
)

// AddFlagLink gives a flag a link.
func (c *Control) AddFlagLink(ctx context.Context, actor access.Principal, ref FlagRef, link feature.Link) error {
	if err := link.Check(); err != nil {
		return err
	}
	return c.changeLink(ctx, actor, ref, "", func(w flagWork, flag feature.Flag, _ feature.Link) (changed[feature.Link], error) {
		links, err := w.FlagLinks(ctx, flag.Name)
		if err == nil && len(links) >= feature.MaxLinks {
			err = feature.Exceeded("links of a flag", feature.MaxLinks)
		}
		if err != nil {
			return changed[feature.Link]{}, err
		}
		if link.ID, err = newUUID(c.Random); err != nil {
			return changed[feature.Link]{}, err
		}
		return changed[feature.Link]{event: eventLinkAdded, after: &link}, w.InsertFlagLink(ctx, flag.Name, link)
	})
}

// ChangeFlagLink replaces the address and title of a link.
func (c *Control) ChangeFlagLink(ctx context.Context, actor access.Principal, ref FlagRef, link feature.Link) error {
	if err := link.Check(); err != nil {
		return err
	}
	return c.changeLink(ctx, actor, ref, link.ID, func(w flagWork, _ feature.Flag, before feature.Link) (changed[feature.Link], error) {
		if reflect.DeepEqual(before, link) {
			return changed[feature.Link]{}, nil
		}
		return changed[feature.Link]{event: eventLinkUpdated, before: &before, after: &link}, w.UpdateFlagLink(ctx, link)
	})
}

// RemoveFlagLink takes a link away from a flag.
func (c *Control) RemoveFlagLink(ctx context.Context, actor access.Principal, ref FlagRef, id string) error {
	return c.changeLink(ctx, actor, ref, id, func(w flagWork, _ feature.Flag, before feature.Link) (changed[feature.Link], error) {
		return changed[feature.Link]{event: eventLinkRemoved, before: &before}, w.DeleteFlagLink(ctx, id)
	})
}

// changeLink runs a change of a link of a live flag; of a new link the
// identifier is empty. A change without event is none.
func (c *Control) changeLink(ctx context.Context, actor access.Principal, ref FlagRef, id string,
	change func(flagWork, feature.Flag, feature.Link) (changed[feature.Link], error),
) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := findLiveFlag(ctx, w.Tx, ref)
		if err != nil {
			return struct{}{}, err
		}
		var link feature.Link
		if id != "" {
			if link, err = w.FlagLink(ctx, flag.Name, id); err != nil {
				return struct{}{}, err
			}
		}
		made, err := change(w, flag, link)
		if err != nil || made.event == "" {
			return struct{}{}, err
		}
		return struct{}{}, w.Record(ctx, actor, aboutFlag(made.event, flag), orNil(made.before), orNil(made.after))
	})
	return err
}
