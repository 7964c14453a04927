package control

import (
	"context"
	"slices"
	"time"

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
func flagDetail(ctx context.Context, tx *store.Tx, flag feature.Flag) (FlagDetail, error) {
	all, err := flagDetails(ctx, tx, []feature.Flag{flag})
	if err != nil {
		return FlagDetail{}, err
	}
	return all[0], nil
}

// flagDetails returns flags as people see them. It takes the same few queries
// for any number of flags.
func flagDetails(ctx context.Context, tx *store.Tx, flags []feature.Flag) ([]FlagDetail, error) {
	var r related
	if err := r.load(ctx, tx, flags); err != nil {
		return nil, err
	}
	all := make([]FlagDetail, len(flags))
	for i, f := range flags {
		d := FlagDetail{
			Name: f.Name, Type: f.Type, Description: f.Description, Project: f.Project, Archived: f.ArchivedAt != nil, Stale: f.Stale,
			ImpressionData: f.ImpressionData, CreatedAt: f.CreatedAt, ArchivedAt: f.ArchivedAt,
			Environments: make([]FlagEnvironment, 0, len(r.places[f.Project])),
			Tags:         append([]feature.Tag{}, r.tags[f.Name]...),
			Children:     append([]feature.Name{}, r.children[f.Name]...),
			Dependencies: append([]feature.Dependency{}, f.Dependencies...),
		}
		if author, ok := r.authors[f.CreatedBy]; ok {
			d.CreatedBy = &author
		}
		for _, place := range r.places[f.Project] {
			e := flagEnvironment(f.Name, place, r.states[f.Name][place.Name])
			d.Enabled = d.Enabled || e.Enabled
			d.Environments = append(d.Environments, e)
		}
		all[i] = d
	}
	return all, nil
}

// summary is the flag as lists show it.
func (d FlagDetail) summary() FlagSummary {
	s := FlagSummary{
		Name: d.Name, Type: d.Type, Description: d.Description, Stale: d.Stale, Favorite: d.Favorite, ImpressionData: d.ImpressionData,
		CreatedAt: d.CreatedAt, ArchivedAt: d.ArchivedAt, Environments: make([]EnvironmentSummary, len(d.Environments)), Tags: d.Tags,
	}
	if d.Archived {
		s.Project = d.Project
	}
	for i, e := range d.Environments {
		s.Environments[i] = EnvironmentSummary{
			Name: e.Name, Type: e.Type, Enabled: e.Enabled, SortOrder: e.SortOrder, VariantCount: e.VariantCount,
			LastSeenAt: e.LastSeenAt, HasStrategies: e.HasStrategies, HasEnabledStrategies: e.HasEnabledStrategies,
		}
	}
	return s
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

// related is what stands beside flags in other tables.
type related struct {
	places   map[feature.ProjectID][]store.Place
	states   map[feature.Name]map[feature.EnvironmentName]store.FlagState
	tags     map[feature.Name][]feature.Tag
	children map[feature.Name][]feature.Name
	authors  map[int64]store.Author
}

func (r *related) load(ctx context.Context, tx *store.Tx, flags []feature.Flag) error {
	names := make([]feature.Name, len(flags))
	var projects []feature.ProjectID
	var people []int64
	for i, f := range flags {
		names[i] = f.Name
		if !slices.Contains(projects, f.Project) {
			projects = append(projects, f.Project)
		}
		if f.CreatedBy != 0 && !slices.Contains(people, f.CreatedBy) {
			people = append(people, f.CreatedBy)
		}
	}
	var err error
	if r.places, err = tx.Places(ctx, projects); err != nil {
		return err
	}
	if r.states, err = tx.States(ctx, names); err != nil {
		return err
	}
	if r.tags, err = tx.FlagTags(ctx, names); err != nil {
		return err
	}
	if r.children, err = tx.LiveChildren(ctx, names); err != nil {
		return err
	}
	r.authors, err = tx.Authors(ctx, people)
	return err
}
