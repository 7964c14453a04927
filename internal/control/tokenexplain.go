package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// FlagsAndSegments returns the names of all live flags and all segments that
// whoever asks may know of, by name.
func (c *Control) FlagsAndSegments(ctx context.Context) (flags, segments []string, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Flags(ctx, store.FlagFilter{})
		if err != nil {
			return err
		}
		for _, f := range visible(ctx, all, func(f feature.Flag) feature.ProjectID { return f.Project }) {
			flags = append(flags, string(f.Name))
		}
		shared, err := tx.Segments(ctx)
		for _, s := range visible(ctx, shared, func(s feature.Segment) feature.ProjectID { return s.Project }) {
			segments = append(segments, s.Name)
		}
		return err
	})
	return flags, segments, err
}
