package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about favourites.
const (
	eventFlagFavorite      = "feature-favorited"
	eventFlagNoFavorite    = "feature-unfavorited"
	eventProjectFavorite   = "project-favorited"
	eventProjectNoFavorite = "project-unfavorited"
)

// favoriteEvent is what the event log keeps of a favourite.
type favoriteEvent struct {
	UserID int64 `json:"userId"`
}

// SetFlagFavorite makes a flag a favourite of whoever asks, or takes that back.
func (c *Control) SetFlagFavorite(ctx context.Context, actor access.Principal, ref FlagRef, favorite bool) error {
	if err := onlyPeople(actor); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		flag, err := findFlag(ctx, tx, ref)
		if err != nil {
			return err
		}
		news, err := tx.SetFlagFavorite(ctx, actor.UserID, flag.Name, favorite)
		if err != nil || !news {
			return err
		}
		event := aboutFlag(eventFlagNoFavorite, flag)
		if favorite {
			event.Type = eventFlagFavorite
		}
		return tx.Record(ctx, actor, event, nil, favoriteEvent{actor.UserID})
	})
}

// SetProjectFavorite makes a project a favourite of whoever asks, or takes that
// back.
func (c *Control) SetProjectFavorite(ctx context.Context, actor access.Principal, id feature.ProjectID, favorite bool) error {
	if err := onlyPeople(actor); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Project(ctx, id); err != nil {
			return err
		}
		news, err := tx.SetProjectFavorite(ctx, actor.UserID, id, favorite)
		if err != nil || !news {
			return err
		}
		event := store.Event{Type: eventProjectNoFavorite, Project: id}
		if favorite {
			event.Type = eventProjectFavorite
		}
		return tx.Record(ctx, actor, event, nil, favoriteEvent{actor.UserID})
	})
}

func onlyPeople(actor access.Principal) error {
	if actor.Person() {
		return nil
	}
	return fault.New(fault.Forbidden, "only people have favourites: use a session or a personal access token")
}
