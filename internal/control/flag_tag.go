package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// FlagTags returns the tags of a flag.
func (c *Control) FlagTags(ctx context.Context, ref FlagRef) ([]feature.Tag, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.Tag, error) {
		flag, err := findFlag(ctx, tx, ref)
		if err != nil {
			return nil, err
		}
		return tagsOf(ctx, tx, flag.Name)
	})
}

func tagsOf(ctx context.Context, tx *store.Tx, name feature.Name) ([]feature.Tag, error) {
	tags, err := tx.FlagTags(ctx, []feature.Name{name})
	return append([]feature.Tag{}, tags[name]...), err
}

// TagChange is what happens to the tags of flags: first some go, then some
// come.
type TagChange struct {
	Removed []feature.Tag
	Added   []feature.Tag
	Path    string // where the list of added ones stands in the request
}

// AddFlagTag puts a tag on a flag and returns it as it is stored. It does
// nothing when the tag is there.
func (c *Control) AddFlagTag(ctx context.Context, actor access.Principal, ref FlagRef, tag feature.Tag) (feature.Tag, error) {
	tag = tag.Normal()
	return changeFlags(ctx, c, actor, func(w flagWork) (feature.Tag, error) {
		flag, err := findLiveFlag(ctx, w.Tx, ref)
		if err != nil {
			return tag, err
		}
		if err := require(actor, string(flag.Project), "", access.UpdateFeature); err != nil {
			return tag, err
		}
		return tag, w.tag(ctx, flag, tag, "/body")
	})
}

// TagFlag changes the tags of one flag and returns those it has then.
func (c *Control) TagFlag(ctx context.Context, actor access.Principal, ref FlagRef, change TagChange) ([]feature.Tag, error) {
	return changeFlags(ctx, c, actor, func(w flagWork) ([]feature.Tag, error) {
		flag, err := findLiveFlag(ctx, w.Tx, ref)
		if err != nil {
			return nil, err
		}
		if err := w.changeTags(ctx, flag, change); err != nil {
			return nil, err
		}
		return tagsOf(ctx, w.Tx, flag.Name)
	})
}

// TagFlags changes the tags of several flags, all or none.
func (c *Control) TagFlags(ctx context.Context, actor access.Principal, batch Batch, change TagChange) error {
	return c.changeAll(ctx, actor, batch, func(w flagWork, flags []feature.Flag) error {
		for _, flag := range flags {
			if err := w.changeTags(ctx, flag, change); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w flagWork) changeTags(ctx context.Context, flag feature.Flag, change TagChange) error {
	if err := require(w.actor, string(flag.Project), "", access.UpdateFeature); err != nil {
		return err
	}
	for _, tag := range change.Removed {
		if err := w.untag(ctx, flag, tag); err != nil {
			return err
		}
	}
	for i, tag := range change.Added {
		if err := w.tag(ctx, flag, tag, indexed(change.Path, i)); err != nil {
			return err
		}
	}
	return nil
}

// tag puts a tag on a flag; it does nothing when it is there. The path is
// where the tag stands in the request.
func (w flagWork) tag(ctx context.Context, flag feature.Flag, tag feature.Tag, path string) error {
	tag = tag.Normal()
	if err := tag.Check(path); err != nil {
		return err
	}
	if _, err := w.TagType(ctx, tag.Type); err != nil {
		if fault.Is(err, fault.NotFound) {
			return fault.Field(path+"/type", "type must be a tag type of this server: there is no %q", tag.Type)
		}
		return err
	}
	added, err := w.AddFlagTag(ctx, flag.Name, tag)
	if err != nil || !added {
		return err
	}
	return w.note(ctx, aboutFlag(eventFlagTagged, flag), nil, tag)
}

func (w flagWork) untag(ctx context.Context, flag feature.Flag, tag feature.Tag) error {
	removed, err := w.RemoveFlagTag(ctx, flag.Name, tag)
	if err != nil || !removed {
		return err
	}
	return w.note(ctx, aboutFlag(eventFlagUntagged, flag), tag, nil)
}
