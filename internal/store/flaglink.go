package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

// FlagLinks returns the links of a flag, oldest first.
func (tx *Tx) FlagLinks(ctx context.Context, name feature.Name) ([]feature.Link, error) {
	return list(ctx, tx, scanFlagLink, `SELECT id, url, title FROM feature_link WHERE feature = $1 ORDER BY created_at, id`, name)
}

// FlagLink returns one link of a flag, or a NotFound error.
func (tx *Tx) FlagLink(ctx context.Context, name feature.Name, id string) (feature.Link, error) {
	l, err := get(ctx, tx, scanFlagLink, `SELECT id, url, title FROM feature_link WHERE feature = $1 AND id = $2`, name, id)
	return l, missing(err, "the flag %q has no link %q", name, id)
}

// InsertFlagLink stores a new link of a flag.
func (tx *Tx) InsertFlagLink(ctx context.Context, name feature.Name, l feature.Link) error {
	_, err := tx.exec(ctx, `INSERT INTO feature_link (id, feature, url, title, created_at) VALUES ($1,$2,$3,$4,$5)`,
		l.ID, name, l.URL, l.Title, millis(tx.now))
	return err
}

// UpdateFlagLink replaces what may change of a link.
func (tx *Tx) UpdateFlagLink(ctx context.Context, l feature.Link) error {
	_, err := tx.exec(ctx, `UPDATE feature_link SET url = $2, title = $3 WHERE id = $1`, l.ID, l.URL, l.Title)
	return err
}

// DeleteFlagLink removes a link.
func (tx *Tx) DeleteFlagLink(ctx context.Context, id string) error {
	_, err := tx.exec(ctx, `DELETE FROM feature_link WHERE id = $1`, id)
	return err
}

func scanFlagLink(s scanner) (feature.Link, error) {
	var l feature.Link
	err := s.Scan(&l.ID, &l.URL, &l.Title)
	return l, err
}
