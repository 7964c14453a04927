package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

// SetFlagFavorite makes a flag a favourite of a person, or takes that back. It
// reports whether that is news.
func (tx *Tx) SetFlagFavorite(ctx context.Context, user int64, name feature.Name, favorite bool) (bool, error) {
	return tx.setFavorite(ctx, `feature`, favorite, user, string(name))
}

// SetProjectFavorite makes a project a favourite of a person, or takes that
// back. It reports whether that is news.
func (tx *Tx) SetProjectFavorite(ctx context.Context, user int64, id feature.ProjectID, favorite bool) (bool, error) {
	return tx.setFavorite(ctx, `project`, favorite, user, string(id))
}

func (tx *Tx) setFavorite(ctx context.Context, noun string, favorite bool, args ...any) (bool, error) {
	query := `DELETE FROM ` + noun + `_favorite WHERE user_id = $1 AND ` + noun + ` = $2`
	if favorite {
		query = `INSERT INTO ` + noun + `_favorite (user_id, ` + noun + `) VALUES ($1,$2) ON CONFLICT DO NOTHING`
	}
	n, err := tx.exec(ctx, query, args...)
	return n > 0, err
}

// FavoriteFlags returns which of some flags are favourites of a person.
func (tx *Tx) FavoriteFlags(ctx context.Context, user int64, names []feature.Name) (map[feature.Name]bool, error) {
	if len(names) == 0 {
		return nil, nil //nolint:nilnil // none are
	}
	listed, args := among(tx, "feature", names, user)
	found, err := list(ctx, tx, scanName, `SELECT feature FROM feature_favorite WHERE user_id = $1`+listed, args...)
	return setOf(found), err
}

// FavoriteProjects returns the projects that are favourites of a person.
func (tx *Tx) FavoriteProjects(ctx context.Context, user int64) (map[feature.ProjectID]bool, error) {
	found, err := list(ctx, tx, func(s scanner) (feature.ProjectID, error) {
		var id feature.ProjectID
		err := s.Scan(&id)
		return id, err
	}, `SELECT project FROM project_favorite WHERE user_id = $1`, user)
	return setOf(found), err
}

func setOf[T comparable](values []T) map[T]bool {
	all := make(map[T]bool, len(values))
	for _, value := range values {
		all[value] = true
	}
	return all
}
