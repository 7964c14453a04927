package control

import (
	"context"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// FlagDetail is a flag with everything people see of it.
type FlagDetail struct {
	Name           feature.Name         `json:"name"`
	Type           string               `json:"type"`
	Description    *string              `json:"description"`
	Project        feature.ProjectID    `json:"project"`
	Archived       bool                 `json:"archived"`
	Enabled        bool                 `json:"enabled" doc:"On in at least one environment"`
	Stale          bool                 `json:"stale"`
	Favorite       bool                 `json:"favorite"`
	ImpressionData bool                 `json:"impressionData"`
	CreatedAt      time.Time            `json:"createdAt"`
	CreatedBy      *store.Author        `json:"createdBy,omitempty" doc:"Absent when a token made it"`
	ArchivedAt     *time.Time           `json:"archivedAt"`
	Environments   []FlagEnvironment    `json:"environments"`
	Tags           []feature.Tag        `json:"tags"`
	Children       []feature.Name       `json:"children" doc:"Flags that depend on it"`
	Dependencies   []feature.Dependency `json:"dependencies" doc:"Flags it depends on"`
	Lifecycle      feature.Step         `json:"lifecycle"`
	Links          []feature.Link       `json:"links"`
}

// FlagSummary is a flag as lists show it.
type FlagSummary struct {
	Name           feature.Name         `json:"name"`
	Type           string               `json:"type"`
	Description    *string              `json:"description"`
	Stale          bool                 `json:"stale"`
	Favorite       bool                 `json:"favorite"`
	ImpressionData bool                 `json:"impressionData"`
	CreatedAt      time.Time            `json:"createdAt"`
	Project        feature.ProjectID    `json:"project,omitempty" doc:"In lists of archived flags only"`
	ArchivedAt     *time.Time           `json:"archivedAt,omitempty" doc:"In lists of archived flags only"`
	Environments   []EnvironmentSummary `json:"environments"`
	Tags           []feature.Tag        `json:"tags"`
}

// EnvironmentSummary is a flag in one environment as lists show it.
type EnvironmentSummary struct {
	Name                 feature.EnvironmentName `json:"name"`
	Type                 string                  `json:"type"`
	Enabled              bool                    `json:"enabled"`
	SortOrder            int                     `json:"sortOrder"`
	VariantCount         int                     `json:"variantCount"`
	LastSeenAt           *time.Time              `json:"lastSeenAt" doc:"When an SDK last evaluated it; null for never"`
	HasStrategies        bool                    `json:"hasStrategies"`
	HasEnabledStrategies bool                    `json:"hasEnabledStrategies"`
}

// FlagEnvironment is a flag in one environment.
type FlagEnvironment struct {
	Name                 feature.EnvironmentName `json:"name"`
	FeatureName          feature.Name            `json:"featureName"`
	Environment          feature.EnvironmentName `json:"environment" doc:"The same as name"`
	Type                 string                  `json:"type"`
	Enabled              bool                    `json:"enabled"`
	SortOrder            int                     `json:"sortOrder"`
	VariantCount         int                     `json:"variantCount"`
	Strategies           []StrategyDetail        `json:"strategies"`
	Variants             []feature.Variant       `json:"variants"`
	LastSeenAt           *time.Time              `json:"lastSeenAt" doc:"When an SDK last evaluated it; null for never"`
	HasStrategies        bool                    `json:"hasStrategies"`
	HasEnabledStrategies bool                    `json:"hasEnabledStrategies"`
}

// StrategyDetail is a strategy with everything people see of it.
type StrategyDetail struct {
	ID          feature.StrategyID   `json:"id"`
	Name        string               `json:"name"`
	Title       *string              `json:"title"`
	Disabled    bool                 `json:"disabled"`
	FeatureName feature.Name         `json:"featureName"`
	SortOrder   int                  `json:"sortOrder"`
	Segments    []feature.SegmentID  `json:"segments"`
	Constraints []feature.Constraint `json:"constraints"`
	Variants    []feature.Variant    `json:"variants"`
	Parameters  map[string]string    `json:"parameters"`
}

// Lasting leaves out what changes without anybody's doing, and what is whoever
// asks's own: the rest is what a version of a flag is.
func (d FlagDetail) Lasting() any {
	d.Favorite, d.Lifecycle.Entered = false, time.Time{}
	if d.Lifecycle.Status == "" {
		d.Lifecycle.Stage = ""
	}
	d.Environments = slices.Clone(d.Environments)
	for i := range d.Environments {
		d.Environments[i].LastSeenAt = nil
	}
	return d
}

// Lasting leaves out what changes without anybody's doing.
func (e FlagEnvironment) Lasting() any {
	e.LastSeenAt = nil
	return e
}

// NewStrategyDetail returns a flag's strategy as people see it.
func NewStrategyDetail(flag feature.Name, s feature.Strategy) StrategyDetail {
	d := StrategyDetail{
		ID: s.ID, Name: s.Name, Disabled: s.Disabled, FeatureName: flag, SortOrder: s.SortOrder,
		Segments: append([]feature.SegmentID{}, s.Segments...), Constraints: append([]feature.Constraint{}, s.Constraints...),
		Variants: append([]feature.Variant{}, s.Variants...), Parameters: s.Parameters,
	}
	if s.Title != "" {
		d.Title = &s.Title
	}
	if d.Parameters == nil {
		d.Parameters = map[string]string{}
	}
	return d
}

// strategyDetails returns a flag's strategies as people see them.
func strategyDetails(flag feature.Name, strategies []feature.Strategy) []StrategyDetail {
	all := make([]StrategyDetail, len(strategies))
	for i, s := range strategies {
		all[i] = NewStrategyDetail(flag, s)
	}
	return all
}

// flagDetail returns one flag as people see it.
func flagDetail(ctx context.Context, tx *store.Tx, f feature.Flag) (FlagDetail, error) {
	names := []feature.Name{f.Name}
	places, err := tx.Places(ctx, []feature.ProjectID{f.Project})
	if err != nil {
		return FlagDetail{}, err
	}
	states, err := tx.States(ctx, names)
	if err != nil {
		return FlagDetail{}, err
	}
	tags, err := tx.FlagTags(ctx, names)
	if err != nil {
		return FlagDetail{}, err
	}
	children, err := tx.LiveChildren(ctx, names)
	if err != nil {
		return FlagDetail{}, err
	}
	author, err := authorOf(ctx, tx, f)
	if err != nil {
		return FlagDetail{}, err
	}
	lifecycles, err := tx.Lifecycles(ctx, names)
	if err != nil {
		return FlagDetail{}, err
	}
	links, err := tx.FlagLinks(ctx, f.Name)
	if err != nil {
		return FlagDetail{}, err
	}
	favorites, err := tx.FavoriteFlags(ctx, viewer(ctx).UserID, names)
	d := FlagDetail{
		Name: f.Name, Type: f.Type, Description: f.Description, Project: f.Project, Archived: f.ArchivedAt != nil, Stale: f.Stale,
		Favorite: favorites[f.Name], Lifecycle: lifecycles[f.Name].Now(), Links: links,
		ImpressionData: f.ImpressionData, CreatedAt: f.CreatedAt, CreatedBy: author, ArchivedAt: f.ArchivedAt,
		Environments: []FlagEnvironment{},
		Tags:         append([]feature.Tag{}, tags[f.Name]...),
		Children:     append([]feature.Name{}, children[f.Name]...),
		Dependencies: append([]feature.Dependency{}, f.Dependencies...),
	}
	for _, place := range places[f.Project] {
		e := flagEnvironment(f.Name, place, states[f.Name][place.Name])
		d.Enabled = d.Enabled || e.Enabled
		d.Environments = append(d.Environments, e)
	}
	return d, err
}

// authorOf returns the person who made a flag; nil when it was none.
func authorOf(ctx context.Context, tx *store.Tx, f feature.Flag) (*store.Author, error) {
	author, err := tx.Author(ctx, f.CreatedBy)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // nobody is an answer
	}
	return author, err
}

// flagSummaries returns flags as lists show them. It takes the same few
// queries for any number of flags.
func flagSummaries(ctx context.Context, tx *store.Tx, flags []feature.Flag) ([]FlagSummary, error) {
	names, projects := namesAndProjects(flags)
	places, err := tx.Places(ctx, projects)
	if err != nil {
		return nil, err
	}
	states, err := tx.StateSummaries(ctx, names)
	if err != nil {
		return nil, err
	}
	tags, err := tx.FlagTags(ctx, names)
	if err != nil {
		return nil, err
	}
	favorites, err := tx.FavoriteFlags(ctx, viewer(ctx).UserID, names)
	if err != nil {
		return nil, err
	}
	all := make([]FlagSummary, len(flags))
	for i, f := range flags {
		s := FlagSummary{
			Name: f.Name, Type: f.Type, Description: f.Description, Stale: f.Stale, ImpressionData: f.ImpressionData,
			Favorite: favorites[f.Name], CreatedAt: f.CreatedAt, ArchivedAt: f.ArchivedAt, Environments: make([]EnvironmentSummary, len(places[f.Project])),
			Tags: append([]feature.Tag{}, tags[f.Name]...),
		}
		if f.ArchivedAt != nil {
			s.Project = f.Project
		}
		for j, place := range places[f.Project] {
			state := states[f.Name][place.Name]
			s.Environments[j] = EnvironmentSummary{
				Name: place.Name, Type: place.Type, Enabled: state.Enabled, SortOrder: place.SortOrder, VariantCount: state.Variants,
				LastSeenAt: state.LastSeenAt, HasStrategies: state.Strategies > 0, HasEnabledStrategies: state.EnabledStrategies > 0,
			}
		}
		all[i] = s
	}
	return all, nil
}

func namesAndProjects(flags []feature.Flag) ([]feature.Name, []feature.ProjectID) {
	names := make([]feature.Name, len(flags))
	var projects []feature.ProjectID
	for i, f := range flags {
		names[i] = f.Name
		if !slices.Contains(projects, f.Project) {
			projects = append(projects, f.Project)
		}
	}
	return names, projects
}

func flagEnvironment(flag feature.Name, place store.Place, state store.FlagState) FlagEnvironment {
	return FlagEnvironment{
		Name: place.Name, FeatureName: flag, Environment: place.Name, Type: place.Type, Enabled: state.Enabled, SortOrder: place.SortOrder,
		VariantCount: len(state.Variants), Strategies: strategyDetails(flag, state.Strategies),
		Variants: append([]feature.Variant{}, state.Variants...), LastSeenAt: state.LastSeenAt,
		HasStrategies: len(state.Strategies) > 0, HasEnabledStrategies: slices.ContainsFunc(state.Strategies, enabledStrategy),
	}
}

func enabledStrategy(s feature.Strategy) bool { return !s.Disabled }
