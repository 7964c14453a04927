package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

const tagTypeColumns = `name, description, icon, color`

// TagTypes returns all classes of tags, by name.
func (tx *Tx) TagTypes(ctx context.Context) ([]feature.TagType, error) {
	return list(ctx, tx, scanTagType, `SELECT `+tagTypeColumns+` FROM tag_type ORDER BY name`)
}

// TagType returns one class of tags, or a NotFound error.
func (tx *Tx) TagType(ctx context.Context, name string) (feature.TagType, error) {
	t, err := get(ctx, tx, scanTagType, `SELECT `+tagTypeColumns+` FROM tag_type WHERE name = $1`, name)
	return t, missing(err, "there is no tag type %q", name)
}

// InsertTagType stores a new class of tags, or returns a Conflict error.
func (tx *Tx) InsertTagType(ctx context.Context, t feature.TagType) error {
	_, err := tx.exec(ctx, `INSERT INTO tag_type (`+tagTypeColumns+`) VALUES ($1,$2,$3,$4)`, t.Name, t.Description, t.Icon, t.Color)
	return err
}

// UpdateTagType replaces what may change of a class of tags.
func (tx *Tx) UpdateTagType(ctx context.Context, t feature.TagType) error {
	_, err := tx.exec(ctx, `UPDATE tag_type SET description = $2, icon = $3, color = $4 WHERE name = $1`, t.Name, t.Description, t.Icon, t.Color)
	return err
}

// DeleteTagType removes a class of tags with its tags, from flags too.
func (tx *Tx) DeleteTagType(ctx context.Context, name string) error {
	_, err := tx.exec(ctx, `DELETE FROM tag_type WHERE name = $1`, name)
	return err
}

// Tags returns all tags, or all of one class when it is not empty.
func (tx *Tx) Tags(ctx context.Context, class string) ([]feature.Tag, error) {
	return list(ctx, tx, scanTag, `SELECT type, value FROM tag WHERE $1 = '' OR type = $1 ORDER BY type, value`, class)
}

// Tag returns one tag, or a NotFound error.
func (tx *Tx) Tag(ctx context.Context, class, value string) (feature.Tag, error) {
	t, err := get(ctx, tx, scanTag, `SELECT type, value FROM tag WHERE type = $1 AND value = $2`, class, value)
	return t, missing(err, "there is no tag %q of type %q", value, class)
}

// InsertTag stores a new tag, or returns a Conflict error when it is there
// already or its class is not.
func (tx *Tx) InsertTag(ctx context.Context, t feature.Tag) error {
	_, err := tx.exec(ctx, `INSERT INTO tag (type, value) VALUES ($1,$2)`, t.Type, t.Value)
	return err
}

// DeleteTag removes a tag, from flags too.
func (tx *Tx) DeleteTag(ctx context.Context, t feature.Tag) error {
	_, err := tx.exec(ctx, `DELETE FROM tag WHERE type = $1 AND value = $2`, t.Type, t.Value)
	return err
}

// TaggedFlags returns the flags that carry a tag, or any tag of its class when
// the value is empty, by name.
func (tx *Tx) TaggedFlags(ctx context.Context, t feature.Tag) ([]feature.Name, error) {
	return list(ctx, tx, scanName, `SELECT DISTINCT feature FROM feature_tag WHERE type = $1 AND ($2 = '' OR value = $2) ORDER BY feature`, t.Type, t.Value)
}

func scanTag(s scanner) (feature.Tag, error) {
	var t feature.Tag
	err := s.Scan(&t.Type, &t.Value)
	return t, err
}

func scanTagType(s scanner) (feature.TagType, error) {
	var t feature.TagType
	err := s.Scan(&t.Name, &t.Description, &t.Icon, &t.Color)
	return t, err
}
