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
	listed, args := among("feature", names)
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
