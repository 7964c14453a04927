package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
)

// Event is one line of the log: who changed what, when, from what to what. It
// holds no secret.
type Event struct {
	ID              int64
	Revision        int64
	Type            string
	CreatedAt       time.Time
	CreatedBy       string
	CreatedByUserID int64
	TokenID         string // the token that was used; empty for a session
	Address         string
	Project         feature.ProjectID
	Feature         feature.Name
	Environment     feature.EnvironmentName
	Data            json.RawMessage // after; nil when there is none
	PreData         json.RawMessage // before; nil when there is none
	// Hash chains the log: SHA-256, in hex, over the event before and this one.
	Hash string
}

// Record appends an event by an actor. Set Type, Data, PreData and what the
// event is about; the rest is filled in. Data and PreData are values that
// encode to JSON. The transaction takes the next revision.
func (tx *Tx) Record(ctx context.Context, actor access.Principal, e Event, before, after any) error {
	revision, err := tx.nextRevision(ctx)
	if err != nil {
		return err
	}
	pre, err := optionalDocument(before)
	if err != nil {
		return err
	}
	data, err := optionalDocument(after)
	if err != nil {
		return err
	}
	values := []any{
		revision, e.Type, millis(tx.now), actor.DisplayName(), actor.UserID, optionalText(actor.TokenID), actor.Address,
		optionalText(e.Project), optionalText(e.Feature), optionalText(e.Environment), data, pre,
	}
	if tx.head, err = tx.head.next(values); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO event (hash, `+hashedColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		append([]any{tx.head.Hash, tx.head.ID}, values...)...)
	return err
}

func optionalDocument(value any) (*string, error) {
	if value == nil {
		return nil, nil //nolint:nilnil // NULL is the stored form of "none"
	}
	text, err := encode(value)
	return &text, err
}

const eventColumns = hashedColumns + `, hash`

func scanEvent(s scanner) (Event, error) {
	var e Event
	var data, pre *string
	err := s.Scan(&e.ID, &e.Revision, &e.Type, instant{&e.CreatedAt}, &e.CreatedBy, &e.CreatedByUserID, text[string]{&e.TokenID},
		&e.Address, text[feature.ProjectID]{&e.Project}, text[feature.Name]{&e.Feature}, text[feature.EnvironmentName]{&e.Environment}, &data, &pre, &e.Hash)
	if data != nil {
		e.Data = json.RawMessage(*data)
	}
	if pre != nil {
		e.PreData = json.RawMessage(*pre)
	}
	return e, err
}

// EventsSince returns the events of later revisions than one, oldest first, at
// most limit.
func (tx *Tx) EventsSince(ctx context.Context, revision int64, limit int) ([]Event, error) {
	return list(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event WHERE revision > $1 ORDER BY revision, id LIMIT $2`, revision, limit)
}
