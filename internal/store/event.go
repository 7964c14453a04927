package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
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
	if tx.head.ID == 0 {
		if tx.head, err = tx.ChainHead(ctx); err != nil {
			return err
		}
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

// EventFilter narrows a list of events. Empty fields do not narrow.
type EventFilter struct {
	Feature feature.Name
	Project feature.ProjectID
	Type    string
	Offset  int
	Limit   int // at most this many; required
}

const eventColumns = hashedColumns + `, hash`

// Events returns events, newest first, and how many match in all.
func (tx *Tx) Events(ctx context.Context, f EventFilter) ([]Event, int, error) {
	var where []string
	var args []any
	narrow := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, column+` = $`+strconv.Itoa(len(args)))
		}
	}
	narrow("feature", string(f.Feature))
	narrow("project", string(f.Project))
	narrow("type", f.Type)
	condition := ""
	if len(where) > 0 {
		condition = ` WHERE ` + strings.Join(where, ` AND `)
	}
	var total int
	if err := tx.one(ctx, `SELECT count(*) FROM event`+condition, args, &total); err != nil {
		return nil, 0, err
	}
	args = append(args, f.Limit, f.Offset)
	events, err := list(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event`+condition+
		` ORDER BY id DESC LIMIT $`+strconv.Itoa(len(args)-1)+` OFFSET $`+strconv.Itoa(len(args)), args...)
	return events, total, err
}

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
