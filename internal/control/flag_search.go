package control

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// FoundFlag is a flag as a search shows it.
type FoundFlag struct {
	Name           feature.Name       `json:"name"`
	Type           string             `json:"type"`
	Description    *string            `json:"description"`
	DependencyType *string            `json:"dependencyType" enum:"parent,child" doc:"child: it depends on others; parent: others depend on it"`
	Project        feature.ProjectID  `json:"project"`
	Stale          bool               `json:"stale"`
	Favorite       bool               `json:"favorite"`
	ImpressionData bool               `json:"impressionData"`
	CreatedAt      time.Time          `json:"createdAt"`
	ArchivedAt     *time.Time         `json:"archivedAt"`
	Environments   []FoundEnvironment `json:"environments"`
	Segments       []string           `json:"segments" doc:"Names of those its strategies use"`
	Tags           []feature.Tag      `json:"tags"`
	Lifecycle      feature.Step       `json:"lifecycle"`
	CreatedBy      store.Author       `json:"createdBy" doc:"With the id -42 when a token made it"`
}

// FoundEnvironment is a flag in one environment as a search shows it.
type FoundEnvironment struct {
	EnvironmentSummary
	Yes int64 `json:"yes" doc:"How often it was on in the hours that the last 60 minutes touch"`
	No  int64 `json:"no"`
}

// FoundFlags is a page of what a search found.
type FoundFlags struct {
	Features []FoundFlag `json:"features"`
	Total    int         `json:"total" doc:"How many match in all"`
}

// SearchFlags returns a page of the flags that match, of projects that whoever
// asks may know of. Who asks decides whose favourites count, and what is
// hidden.
func (c *Control) SearchFlags(ctx context.Context, search store.FlagSearch) (FoundFlags, error) {
	return view(ctx, c, func(tx *store.Tx) (FoundFlags, error) {
		var err error
		if search.Hidden, err = hiddenProjects(ctx, tx); err != nil {
			return FoundFlags{}, err
		}
		search.User = viewer(ctx).UserID
		found, total, err := tx.SearchFlags(ctx, search)
		if err != nil {
			return FoundFlags{}, err
		}
		flags, err := foundFlags(ctx, tx, found)
		return FoundFlags{Features: flags, Total: total}, err
	})
}

// foundFlags returns flags as a search shows them, in a fixed number of
// queries.
func foundFlags(ctx context.Context, tx *store.Tx, found []store.FoundFlag) ([]FoundFlag, error) {
	flags := make([]feature.Flag, len(found))
	for i := range found {
		flags[i] = found[i].Flag
	}
	summaries, err := flagSummaries(ctx, tx, flags)
	if err != nil || len(flags) == 0 {
		return []FoundFlag{}, err
	}
	more, err := readMore(ctx, tx, flags)
	if err != nil {
		return nil, err
	}
	all := make([]FoundFlag, len(found))
	for i, s := range summaries {
		f := found[i].Flag
		all[i] = FoundFlag{
			Name: f.Name, Type: f.Type, Description: f.Description, DependencyType: more.dependencyType(f.Name), Project: f.Project, Stale: f.Stale,
			Favorite: found[i].Favorite, ImpressionData: f.ImpressionData, CreatedAt: f.CreatedAt, ArchivedAt: f.ArchivedAt,
			Environments: make([]FoundEnvironment, len(s.Environments)), Segments: append([]string{}, more.segments[f.Name]...),
			Tags: s.Tags, Lifecycle: more.lifecycles[f.Name].Now(), CreatedBy: more.author(f.CreatedBy),
		}
		for j, e := range s.Environments {
			n := more.usage[f.Name][e.Name]
			all[i].Environments[j] = FoundEnvironment{EnvironmentSummary: e, Yes: n.Yes, No: n.No}
		}
	}
	return all, nil
}

// found is what a search shows of flags beyond a summary.
type found struct {
	parents    map[feature.Name][]feature.Dependency // by child
	children   map[feature.Name][]feature.Name       // by parent
	segments   map[feature.Name][]string
	lifecycles map[feature.Name]feature.Lifecycle
	usage      map[feature.Name]map[feature.EnvironmentName]store.YesNo
	authors    map[int64]store.Author
}

func readMore(ctx context.Context, tx *store.Tx, flags []feature.Flag) (found, error) {
	names, _ := namesAndProjects(flags)
	var people []int64
	for _, f := range flags {
		people = append(people, f.CreatedBy)
	}
	var more found
	var err error
	for _, read := range []func() error{
		func() error { more.parents, err = tx.Dependencies(ctx, names); return err },
		func() error { more.children, err = tx.LiveChildren(ctx, names); return err },
		func() error { more.segments, err = tx.SegmentNames(ctx, names); return err },
		func() error { more.lifecycles, err = tx.Lifecycles(ctx, names); return err },
		func() error {
			more.usage, err = tx.UsageSince(ctx, names, tx.Now().Add(-time.Hour).Truncate(time.Hour))
			return err
		},
		func() error { more.authors, err = tx.Authors(ctx, people); return err },
	} {
		if err := read(); err != nil {
			return more, err
		}
	}
	return more, nil
}

func (m found) dependencyType(name feature.Name) *string {
	switch {
	case len(m.parents[name]) > 0:
		return new("child")
	case len(m.children[name]) > 0:
		return new("parent")
	}
	return nil
}

func (m found) author(id int64) store.Author {
	if a, known := m.authors[id]; known {
		return a
	}
	return store.Author{ID: access.TokenUserID, Name: "API token"}
}

// FlagCreators returns the people who made flags of a project, by name.
func (c *Control) FlagCreators(ctx context.Context, project feature.ProjectID) ([]store.EventCreator, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.EventCreator, error) {
		if _, err := tx.Project(ctx, project); err != nil {
			return nil, err
		}
		return tx.FlagCreators(ctx, project)
	})
}
