package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/store"
)

// feed keeps what SDKs are answered from current with the database: the flags
// that a commit changed are read anew, and no others.
type feed struct {
	db        *store.DB
	snapshots *snapshot.Store
	// origins reads the web origins of the front-end API anew.
	origins func(context.Context) error
}

// start subscribes to the database and loads everything.
func (f *feed) start(ctx context.Context) error {
	f.db.Subscribe(f.receive)
	return f.load(ctx)
}

// receive takes over one commit. A write is visible to the next read on this
// process, since the commit is not acknowledged before.
func (f *feed) receive(ctx context.Context, c store.Commit) error {
	if !c.Complete {
		return f.load(ctx)
	}
	origins := store.Change{Noun: store.NounSetting, Key: control.SettingFrontendOrigins}
	if slices.Contains(c.Changes, origins) {
		if err := f.origins(ctx); err != nil {
			return err
		}
	}
	p := planOf(c)
	if p.empty() {
		f.snapshots.Apply(snapshot.Change{Revision: c.Revision})
		return nil
	}
	return f.db.View(ctx, func(tx *store.Tx) error {
		change, err := p.read(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading what changed: %w", err)
		}
		change.Revision = c.Revision
		f.snapshots.Apply(change)
		return nil
	})
}

// load reads everything anew.
func (f *feed) load(ctx context.Context) error {
	if err := f.origins(ctx); err != nil {
		return err
	}
	return f.db.View(ctx, func(tx *store.Tx) error {
		revision, err := tx.Revision(ctx)
		if err != nil {
			return err
		}
		change, err := reading{everything: true}.read(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading all flags: %w", err)
		}
		change.Revision = revision
		f.snapshots.Apply(change)
		return nil
	})
}

// reading says what to read of the database.
type reading struct {
	everything   bool
	flags        []feature.Name            // in every environment
	segments     []feature.SegmentID       // with the flags that use them
	environments []feature.EnvironmentName // whole
	all          bool                      // every environment whole
}

func planOf(c store.Commit) reading {
	var p reading
	for _, change := range c.Changes {
		switch change.Noun {
		case store.NounFeature:
			p.flags = append(p.flags, feature.Name(change.Key))
		case store.NounSegment:
			if id, err := strconv.ParseInt(change.Key, 10, 64); err == nil {
				p.segments = append(p.segments, feature.SegmentID(id))
			}
		case store.NounEnvironment:
			p.environments = append(p.environments, feature.EnvironmentName(change.Key))
		case store.NounProject:
			p.all = true // flags come and go with projects and their environments
		case store.NounAPIToken, store.NounPersonalToken, store.NounUser, store.NounRole, store.NounGroup,
			store.NounSetting, store.NounOther:
		}
	}
	return p
}

func (p reading) empty() bool {
	return !p.everything && !p.all && len(p.flags) == 0 && len(p.segments) == 0 && len(p.environments) == 0
}

func (p reading) read(ctx context.Context, tx *store.Tx) (snapshot.Change, error) {
	c := snapshot.Change{Complete: p.everything}
	if p.everything || len(p.segments) > 0 {
		segments, err := tx.Segments(ctx)
		if err != nil {
			return c, err
		}
		c.Segments = segments
		for _, id := range p.segments {
			if !slices.ContainsFunc(segments, func(s feature.Segment) bool { return s.ID == id }) {
				c.GoneSegments = append(c.GoneSegments, id)
			}
		}
	}
	environments, err := tx.Environments(ctx)
	if err != nil {
		return c, err
	}
	for _, e := range environments {
		change, err := p.environment(ctx, tx, e.Name)
		if err != nil {
			return c, err
		}
		c.Environments = append(c.Environments, change)
	}
	for _, name := range p.environments {
		if !slices.ContainsFunc(environments, func(e feature.Environment) bool { return e.Name == name }) {
			c.GoneEnvironments = append(c.GoneEnvironments, name)
		}
	}
	return c, nil
}

// environment reads one environment: whole, or the flags that changed.
func (p reading) environment(ctx context.Context, tx *store.Tx, name feature.EnvironmentName) (snapshot.EnvironmentChange, error) {
	c := snapshot.EnvironmentChange{Name: name, Complete: p.everything || p.all || slices.Contains(p.environments, name)}
	names := p.flags
	if c.Complete {
		names = nil
	} else if len(names) == 0 {
		return c, nil
	}
	views, err := tx.Views(ctx, name, names)
	if err != nil {
		return c, err
	}
	tags, err := tx.FlagTags(ctx, names)
	if err != nil {
		return c, err
	}
	found := make(map[feature.Name]bool, len(views))
	for i := range views {
		found[views[i].Name] = true
		c.Flags = append(c.Flags, snapshot.Flag{View: views[i], Tags: tags[views[i].Name]})
	}
	for _, flag := range names {
		if !found[flag] {
			c.Gone = append(c.Gone, flag)
		}
	}
	return c, nil
}
