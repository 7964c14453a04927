package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

// FlagTags returns the tags of flags, by flag, in order of type and value.
func (tx *Tx) FlagTags(ctx context.Context, names []feature.Name) (map[feature.Name][]feature.Tag, error) {
	tags := make(map[feature.Name][]feature.Tag)
	if len(names) == 0 {
		return tags, nil
	}
	listed, args := among("feature", names)
	_, err := list(ctx, tx, func(s scanner) (feature.Tag, error) {
		var name feature.Name
		var tag feature.Tag
		err := s.Scan(&name, &tag.Type, &tag.Value)
		tags[name] = append(tags[name], tag)
		return tag, err
	}, `SELECT feature, type, value FROM feature_tag WHERE TRUE`+listed+` ORDER BY feature, type, value`, args...)
	return tags, err
}

// AddFlagTag puts a tag on a flag and reports whether it was not there before.
// The type of the tag must exist.
func (tx *Tx) AddFlagTag(ctx context.Context, name feature.Name, tag feature.Tag) (bool, error) {
	if _, err := tx.exec(ctx, `INSERT INTO tag (type, value) VALUES ($1,$2) ON CONFLICT DO NOTHING`, tag.Type, tag.Value); err != nil {
		return false, err
	}
	n, err := tx.exec(ctx, `INSERT INTO feature_tag (feature, type, value) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, name, tag.Type, tag.Value)
	return n > 0, err
}

// RemoveFlagTag takes a tag off a flag and reports whether it was there.
func (tx *Tx) RemoveFlagTag(ctx context.Context, name feature.Name, tag feature.Tag) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM feature_tag WHERE feature = $1 AND type = $2 AND value = $3`, name, tag.Type, tag.Value)
	return n > 0, err
}

// Author is a person as the flags they made show them.
type Author struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	ImageURL string `json:"imageUrl"`
}

// Authors returns people by id, those who left included.
func (tx *Tx) Authors(ctx context.Context, ids []int64) (map[int64]Author, error) {
	authors := make(map[int64]Author, len(ids))
	if len(ids) == 0 {
		return authors, nil
	}
	listed, args := among("id", ids)
	_, err := list(ctx, tx, func(s scanner) (Author, error) {
		var a Author
		err := s.Scan(&a.ID, &a.Name, &a.ImageURL)
		authors[a.ID] = a
		return a, err
	}, `SELECT id, COALESCE(name, username, email, ''), COALESCE(image_url, '') FROM users WHERE TRUE`+listed, args...)
	return authors, err
}
