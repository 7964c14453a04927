package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Integration is where some events are told outside.
type Integration struct {
	ID           int64
	Provider     string // webhook
	Description  *string
	Enabled      bool
	Parameters   map[string]string // that may be shown
	Secrets      map[string]string // parameters that may not, as token.Keep returns them
	Events       []string          // types; never nil
	Projects     []string          // empty: all
	Environments []string          // empty: all
	// Position is the id of the last event that is done with, Attempts how often
	// the next one was tried. Both are written by Advance.
	Position int64
	Attempts int
}

// SealID is what the secrets of the integration are sealed for.
func (i Integration) SealID(parameter string) string {
	return "integration " + strconv.FormatInt(i.ID, 10) + " " + parameter
}

// Wants reports whether the integration tells of an event: of one of its types,
// in one of its projects and environments where the event names any.
func (i Integration) Wants(e Event) bool {
	return slices.Contains(i.Events, e.Type) && allows(i.Environments, string(e.Environment)) &&
		slices.ContainsFunc(strings.Split(string(e.Project), ","), func(id string) bool { return allows(i.Projects, id) }) // of tokens, several
}

// allows reports whether a filter lets a value through.
func allows(allowed []string, value string) bool {
	return value == "" || value == "*" || len(allowed) == 0 || slices.Contains(allowed, "*") || slices.Contains(allowed, value)
}

// Delivery is what came of telling an integration of an event.
type Delivery struct {
	ID          int64
	Integration int64
	CreatedAt   time.Time
	State       string // success or failed
	Details     string
	Event       int64
}

// keptDeliveries is how many deliveries of each integration are kept.
const keptDeliveries = 100

const integrationColumns = `id, provider, description, enabled, parameters, secrets, events, projects, environments, position, attempts`

// Integrations returns all integrations, in the order of their ids.
func (tx *Tx) Integrations(ctx context.Context) ([]Integration, error) {
	return list(ctx, tx, scanIntegration, `SELECT `+integrationColumns+` FROM integration ORDER BY id`)
}

// Integration returns one integration, or a NotFound error.
func (tx *Tx) Integration(ctx context.Context, id int64) (Integration, error) {
	i, err := get(ctx, tx, scanIntegration, `SELECT `+integrationColumns+` FROM integration WHERE id = $1`, id)
	return i, missing(err, "there is no integration %d", id)
}

// InsertIntegration stores a new integration and returns it with its id. It
// hears of events after the newest one.
func (tx *Tx) InsertIntegration(ctx context.Context, i Integration) (Integration, error) {
	columns, err := i.columns()
	if err != nil {
		return i, err
	}
	head, err := tx.ChainHead(ctx)
	if err != nil {
		return i, err
	}
	i.Position = head.ID
	err = tx.one(ctx, `INSERT INTO integration (provider, description, enabled, parameters, secrets, events, projects, environments, position)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) RETURNING id`, append(columns, head.ID), &i.ID)
	return i, err
}

// UpdateIntegration stores all of an integration but its place in the log. One
// that is switched on hears of events after the newest one.
func (tx *Tx) UpdateIntegration(ctx context.Context, i Integration) error {
	columns, err := i.columns()
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE integration SET
		position = CASE WHEN $3 AND NOT enabled THEN (SELECT COALESCE(MAX(id), 0) FROM event) ELSE position END,
		attempts = 0, not_before = 0,
		provider = $1, description = $2, enabled = $3, parameters = $4, secrets = $5, events = $6, projects = $7, environments = $8
		WHERE id = $9`, append(columns, i.ID)...)
	return err
}

// ResealIntegration replaces the secrets of an integration by the same under
// another key, unless they have been replaced meanwhile.
func (tx *Tx) ResealIntegration(ctx context.Context, i Integration, fresh map[string]string) error {
	before, err := encode(i.Secrets)
	if err != nil {
		return err
	}
	after, err := encode(fresh)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE integration SET secrets = $3 WHERE id = $1 AND secrets = $2`, i.ID, before, after)
	return err
}

// columns are the values of provider to environments.
func (i Integration) columns() ([]any, error) {
	columns := []any{i.Provider, i.Description, i.Enabled}
	for _, value := range []any{i.Parameters, i.Secrets, i.Events, i.Projects, i.Environments} {
		text, err := encode(value)
		if err != nil {
			return nil, err
		}
		columns = append(columns, text)
	}
	return columns, nil
}

// DeleteIntegration removes an integration with its deliveries.
func (tx *Tx) DeleteIntegration(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `DELETE FROM integration WHERE id = $1`, id)
	return err
}

// DueIntegrations returns the enabled integrations that somebody may work on
// and that have not heard of the newest event.
func (tx *Tx) DueIntegrations(ctx context.Context) ([]Integration, error) {
	return list(ctx, tx, scanIntegration, `SELECT `+integrationColumns+` FROM integration
		WHERE enabled AND not_before <= $1 AND position < (SELECT COALESCE(MAX(id), 0) FROM event) ORDER BY id`, millis(tx.now))
}

// ClaimIntegration keeps others off an integration for a time. It reports
// false when somebody has claimed it or moved it on since it was read.
func (tx *Tx) ClaimIntegration(ctx context.Context, i Integration, lease time.Duration) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE integration SET not_before = $3 WHERE id = $1 AND position = $2 AND enabled AND not_before <= $4`,
		i.ID, i.Position, millis(tx.now.Add(lease)), millis(tx.now))
	return n == 1, err
}

// Progress is how far an integration has got, and what came of it.
type Progress struct {
	Position int64
	Attempts int           // at the event after it
	Pause    time.Duration // after which somebody may go on
	Done     []Delivery    // State, Details and Event
}

// Advance ends a claim on an integration. Nothing changes when it was moved on
// since it was read.
func (tx *Tx) Advance(ctx context.Context, before Integration, p Progress) error {
	n, err := tx.exec(ctx, `UPDATE integration SET position = $3, attempts = $4, not_before = $5 WHERE id = $1 AND position = $2`,
		before.ID, before.Position, p.Position, p.Attempts, millis(tx.now.Add(p.Pause)))
	if err != nil || n == 0 {
		return err
	}
	for _, d := range p.Done {
		_, err := tx.exec(ctx, `INSERT INTO integration_event (integration, created_at, state, details, event) VALUES ($1,$2,$3,$4,$5)`,
			before.ID, millis(tx.now), d.State, d.Details, d.Event)
		if err != nil {
			return err
		}
	}
	_, err = tx.exec(ctx, `DELETE FROM integration_event WHERE integration = $1 AND id <= (
		SELECT id FROM integration_event WHERE integration = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, before.ID, keptDeliveries)
	return err
}

// Deliveries returns the latest deliveries of an integration, newest first.
func (tx *Tx) Deliveries(ctx context.Context, integration int64) ([]Delivery, error) {
	return list(ctx, tx, func(s scanner) (Delivery, error) {
		var d Delivery
		err := s.Scan(&d.ID, &d.Integration, instant{&d.CreatedAt}, &d.State, &d.Details, &d.Event)
		return d, err
	}, `SELECT id, integration, created_at, state, details, event FROM integration_event WHERE integration = $1 ORDER BY id DESC`, integration)
}

// EventsAfter returns the events that follow one, oldest first.
func (tx *Tx) EventsAfter(ctx context.Context, id int64, limit int) ([]Event, error) {
	return list(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event WHERE id > $1 ORDER BY id LIMIT $2`, id, limit)
}

func scanIntegration(s scanner) (Integration, error) {
	var i Integration
	err := s.Scan(&i.ID, &i.Provider, &i.Description, &i.Enabled, document{&i.Parameters}, document{&i.Secrets},
		document{&i.Events}, document{&i.Projects}, document{&i.Environments}, &i.Position, &i.Attempts)
	return i, err
}
