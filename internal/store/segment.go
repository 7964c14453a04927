package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

const segmentColumns = `id, name, description, project, constraints, created_by, created_at`

// Segments returns all segments, by name.
func (tx *Tx) Segments(ctx context.Context) ([]feature.Segment, error) {
	return list(ctx, tx, scanSegment, `SELECT `+segmentColumns+` FROM segment ORDER BY name`)
}

// Segment returns one segment, or a NotFound error.
func (tx *Tx) Segment(ctx context.Context, id feature.SegmentID) (feature.Segment, error) {
	s, err := get(ctx, tx, scanSegment, `SELECT `+segmentColumns+` FROM segment WHERE id = $1`, id)
	return s, missing(err, "there is no segment %d", id)
}

// InsertSegment stores a new segment and returns its id, or a Conflict error
// when another one has its name.
func (tx *Tx) InsertSegment(ctx context.Context, s feature.Segment) (feature.SegmentID, error) {
	constraints, err := encode(s.Constraints)
	if err != nil {
		return 0, err
	}
	var id feature.SegmentID
	err = tx.one(ctx, `INSERT INTO segment (name, description, project, constraints, created_by, created_at)
		VALUES ($1,$2,$3,$4,$5,$6) RETURNING id`,
		[]any{s.Name, s.Description, optionalText(s.Project), constraints, s.CreatedBy, millis(s.CreatedAt)}, &id)
	return id, err
}

// UpdateSegment replaces what may change of a segment, or returns a Conflict
// error when another one has its name.
func (tx *Tx) UpdateSegment(ctx context.Context, s feature.Segment) error {
	constraints, err := encode(s.Constraints)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE segment SET name = $2, description = $3, project = $4, constraints = $5 WHERE id = $1`,
		s.ID, s.Name, s.Description, optionalText(s.Project), constraints)
	return err
}

// DeleteSegment removes a segment, or returns a Conflict error while a
// strategy uses it.
func (tx *Tx) DeleteSegment(ctx context.Context, id feature.SegmentID) error {
	_, err := tx.exec(ctx, `DELETE FROM segment WHERE id = $1`, id)
	return err
}

// CountSegments returns how many segments there are.
func (tx *Tx) CountSegments(ctx context.Context) (int, error) {
	var n int
	err := tx.one(ctx, `SELECT count(*) FROM segment`, nil, &n)
	return n, err
}

// SegmentNamed reports whether a segment has the name.
func (tx *Tx) SegmentNamed(ctx context.Context, name string) (bool, error) {
	var exists bool
	err := tx.one(ctx, `SELECT EXISTS (SELECT 1 FROM segment WHERE name = $1)`, []any{name}, &exists)
	return exists, err
}

// StrategySegments returns the segments that a strategy uses, by id.
func (tx *Tx) StrategySegments(ctx context.Context, id feature.StrategyID) ([]feature.Segment, error) {
	return list(ctx, tx, scanSegment, `SELECT `+segmentColumns+` FROM segment
		WHERE id IN (SELECT segment FROM strategy_segment WHERE strategy = $1) ORDER BY id`, id)
}

func scanSegment(s scanner) (feature.Segment, error) {
	segment := feature.Segment{Constraints: []feature.Constraint{}}
	err := s.Scan(&segment.ID, &segment.Name, &segment.Description, text[feature.ProjectID]{&segment.Project},
		document{&segment.Constraints}, &segment.CreatedBy, instant{&segment.CreatedAt})
	return segment, err
}
