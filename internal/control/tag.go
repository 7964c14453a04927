package control

import (
	"context"
	"reflect"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about tags and their types.
const (
	eventTagTypeCreated = "tag-type-created"
	eventTagTypeUpdated = "tag-type-updated"
	eventTagTypeDeleted = "tag-type-deleted"
	eventTagCreated     = "tag-created"
	eventTagDeleted     = "tag-deleted"
)

// TagTypes returns all classes of tags, by name.
func (c *Control) TagTypes(ctx context.Context) ([]feature.TagType, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.TagType, error) { return tx.TagTypes(ctx) })
}

// TagType returns one class of tags.
func (c *Control) TagType(ctx context.Context, name string) (feature.TagType, error) {
	return view(ctx, c, func(tx *store.Tx) (feature.TagType, error) { return tx.TagType(ctx, name) })
}

// CheckTagType reports what hinders a class of tags from being created.
func (c *Control) CheckTagType(ctx context.Context, t feature.TagType) error {
	if err := t.Check(); err != nil {
		return err
	}
	return c.DB.View(ctx, func(tx *store.Tx) error {
		_, err := tx.TagType(ctx, t.Name)
		return free(err, "a tag type named %q exists already", t.Name)
	})
}

// CreateTagType stores a new class of tags.
func (c *Control) CreateTagType(ctx context.Context, actor access.Principal, t feature.TagType) (feature.TagType, error) {
	if err := t.Check(); err != nil {
		return t, err
	}
	return update(ctx, c, func(tx *store.Tx) (feature.TagType, error) {
		if err := tx.InsertTagType(ctx, t); err != nil {
			return t, taken(err, "a tag type named %q exists already", t.Name)
		}
		return t, tx.Record(ctx, actor, store.Event{Type: eventTagTypeCreated}, nil, t)
	})
}

// ChangeTagType applies a change to a class of tags. Its name stays.
func (c *Control) ChangeTagType(ctx context.Context, actor access.Principal, name string, change func(*feature.TagType)) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.TagType(ctx, name)
		if err != nil {
			return err
		}
		after := before
		change(&after)
		if err := after.Check(); err != nil || reflect.DeepEqual(before, after) {
			return err
		}
		if err := tx.UpdateTagType(ctx, after); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: eventTagTypeUpdated}, before, after)
	})
}

// DeleteTagType removes a class of tags with its tags, from flags too.
func (c *Control) DeleteTagType(ctx context.Context, actor access.Principal, name string) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.TagType(ctx, name)
		if err != nil {
			return err
		}
		if err := touchTagged(ctx, tx, feature.Tag{Type: name}); err != nil {
			return err
		}
		if err := tx.DeleteTagType(ctx, name); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: eventTagTypeDeleted}, before, nil)
	})
}

// touchTagged says that flags lose a tag, or all of its class when the value is
// empty.
func touchTagged(ctx context.Context, tx *store.Tx, t feature.Tag) error {
	flags, err := tx.TaggedFlags(ctx, t)
	if err != nil {
		return err
	}
	for _, name := range flags {
		if err := tx.Touch(ctx, store.NounFeature, string(name)); err != nil {
			return err
		}
	}
	return nil
}

// Tags returns all tags, or all of one class when it is not empty.
func (c *Control) Tags(ctx context.Context, class string) ([]feature.Tag, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.Tag, error) {
		if class != "" {
			if _, err := tx.TagType(ctx, class); err != nil {
				return nil, err
			}
		}
		return tx.Tags(ctx, class)
	})
}

// Tag returns one tag.
func (c *Control) Tag(ctx context.Context, t feature.Tag) (feature.Tag, error) {
	return view(ctx, c, func(tx *store.Tx) (feature.Tag, error) { return tx.Tag(ctx, t.Type, t.Value) })
}

// CreateTag stores a new tag, which no flag carries yet.
func (c *Control) CreateTag(ctx context.Context, actor access.Principal, t feature.Tag) (feature.Tag, error) {
	t = t.Normal()
	if err := t.Check("/body"); err != nil {
		return t, err
	}
	return update(ctx, c, func(tx *store.Tx) (feature.Tag, error) {
		if _, err := tx.TagType(ctx, t.Type); fault.Is(err, fault.NotFound) {
			return t, fault.Field("/body/type", "type must name a tag type; there is no %q", t.Type)
		} else if err != nil {
			return t, err
		}
		if err := tx.InsertTag(ctx, t); err != nil {
			return t, taken(err, "the tag %s:%s exists already", t.Type, t.Value)
		}
		return t, tx.Record(ctx, actor, store.Event{Type: eventTagCreated}, nil, t)
	})
}

// DeleteTag removes a tag, from flags too.
func (c *Control) DeleteTag(ctx context.Context, actor access.Principal, t feature.Tag) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.Tag(ctx, t.Type, t.Value)
		if err != nil {
			return err
		}
		if err := touchTagged(ctx, tx, before); err != nil {
			return err
		}
		if err := tx.DeleteTag(ctx, before); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: eventTagDeleted}, before, nil)
	})
}
