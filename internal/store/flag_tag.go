package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

// FlagTags returns the tags of flags, each in order of type and value; flags
// without tags are absent. Names narrows the answer; nil means all.
func (tx *Tx) FlagTags(ctx context.Context, names []feature.Name) (map[feature.Name][]feature.Tag, error) {
	byFlag := make(map[feature.Name][]feature.Tag)
	if names != nil && len(names) == 0 {
		return byFlag, nil
	}
	type row struct {
		flag feature.Name
		tag  feature.Tag
	}
	listed, args := among(tx, "feature", names)
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		var r row
		err := s.Scan(&r.flag, &r.tag.Type, &r.tag.Value)
		return r, err
	}, `SELECT feature, type, value FROM feature_tag WHERE TRUE`+listed+` ORDER BY feature, type, value`, args...)
	for _, r := range rows {
		byFlag[r.flag] = append(byFlag[r.flag], r.tag)
	}
	return byFlag, err
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
