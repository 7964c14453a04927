// Package feature holds the nouns of feature flagging and the rules that make
// a value of them valid.
//
// Main types: [Flag] (what is the same in every environment), [State] (what is
// not), [View] (one flag as one environment sees it, which is what an SDK
// downloads and what package eval compiles), [Strategy], [Constraint],
// [Segment], [Variant], [Dependency], [Project], [Environment],
// [ContextField], [StrategyDefinition], [FlagType], [TagType]. Each noun has a file, with
// its validation beside it. What does not belong: storage, evaluation, HTTP,
// the clock.
//
// The JSON names are those of the client API of Unleash 8.2.0, which 30 SDKs
// read.
package feature

import "time"

// Name is the name of a flag: unique on the server, case-sensitive, never
// reused while an archived flag holds it.
type Name string

// ProjectID identifies a project.
type ProjectID string

// EnvironmentName is the name of an environment, which is its identity.
type EnvironmentName string

// SegmentID identifies a segment; SDKs know segments by nothing else.
type SegmentID int64

// StrategyID identifies one strategy of one flag in one environment (a UUID).
type StrategyID string

// DefaultProject is the project that always exists.
const DefaultProject ProjectID = "default"

// The environments that a new server has.
const (
	Development EnvironmentName = "development"
	Production  EnvironmentName = "production"
)

// Flag is the part of a flag that is the same in every environment.
type Flag struct {
	Name           Name         `json:"name"`
	Project        ProjectID    `json:"project"`
	Type           string       `json:"type"` // id of a flag type: release, experiment, operational, kill-switch, permission
	Description    *string      `json:"description"`
	Stale          bool         `json:"stale"`          // a note to people; never changes an evaluation
	ImpressionData bool         `json:"impressionData"` // SDKs emit an event at each evaluation
	CreatedAt      time.Time    `json:"createdAt"`
	CreatedBy      int64        `json:"-"`          // user id; 0 when not a person
	ArchivedAt     *time.Time   `json:"archivedAt"` // nil unless archived
	Dependencies   []Dependency `json:"dependencies,omitempty"`
}

// State is the part of a flag that belongs to one environment.
type State struct {
	Environment EnvironmentName
	Enabled     bool
	Strategies  []Strategy // in evaluation order, disabled ones included
	Variants    []Variant  // feature-level variants, kept for flags that have them
}

// View is one flag as one environment sees it. Its JSON is one element of
// "features" in GET /api/client/features, except that the client API leaves
// out disabled strategies and what only people read.
type View struct {
	Name           Name         `json:"name"`
	Type           string       `json:"type"`
	Enabled        bool         `json:"enabled"`
	Project        ProjectID    `json:"project"`
	Stale          bool         `json:"stale"`
	Strategies     []Strategy   `json:"strategies"`
	Variants       []Variant    `json:"variants"`
	Description    *string      `json:"description"`
	ImpressionData bool         `json:"impressionData"`
	Dependencies   []Dependency `json:"dependencies,omitempty"`
}

// Strategy is one way a flag can be on. A flag is on when any of its
// strategies passes.
type Strategy struct {
	ID          StrategyID        `json:"-"`
	Name        string            `json:"name"` // a StrategyDefinition's name
	Title       string            `json:"-"`
	Disabled    bool              `json:"-"`
	SortOrder   int               `json:"-"`
	Parameters  map[string]string `json:"parameters"`
	Constraints []Constraint      `json:"constraints"`
	Variants    []Variant         `json:"variants"`
	Segments    []SegmentID       `json:"segments,omitempty"` // ascending
}

// Dependency makes a child flag depend on the answer for its parent.
type Dependency struct {
	Parent Name `json:"feature"`
	// Enabled nil means true: the parent must be on. False: it must be off.
	Enabled *bool `json:"enabled,omitempty"`
	// Variants, when not empty, lists the parent variants that satisfy; only
	// for Enabled true.
	Variants []string `json:"variants,omitempty"`
}

// MustBeOn reports whether the parent has to be on.
func (d Dependency) MustBeOn() bool { return d.Enabled == nil || *d.Enabled }

// Segment is a named list of constraints that several strategies share.
type Segment struct {
	ID          SegmentID    `json:"id"`
	Name        string       `json:"name"`
	Constraints []Constraint `json:"constraints"`
	Description *string      `json:"-"`
	Project     ProjectID    `json:"-"` // empty: usable in every project
	CreatedBy   string       `json:"-"`
	CreatedAt   time.Time    `json:"-"`
}

// Constraint compares one field of the context with values.
type Constraint struct {
	ContextName     string   `json:"contextName"`
	Operator        Operator `json:"operator"`
	Values          []string `json:"values"`
	Value           string   `json:"value,omitempty"`
	Inverted        bool     `json:"inverted,omitempty"`
	CaseInsensitive bool     `json:"caseInsensitive,omitempty"`
}

// Operator names a comparison. Package eval implements each.
type Operator string

// WeightType says whether a variant keeps its weight or shares the rest.
type WeightType string

// The weight types.
const (
	Fix      WeightType = "fix"
	Variable WeightType = "variable"
)

// Variant is one of several values a flag can have. Weights are in thousandths.
type Variant struct {
	Name       string     `json:"name"`
	Weight     int        `json:"weight"`
	WeightType WeightType `json:"weightType,omitempty"`
	Stickiness string     `json:"stickiness,omitempty"`
	Payload    *Payload   `json:"payload,omitempty"`
	Overrides  []Override `json:"overrides,omitempty"` // feature-level variants only
}

// Payload is a value that travels with a variant.
type Payload struct {
	Type  string `json:"type"` // string, json, csv or number
	Value string `json:"value"`
}

// Override gives a variant to contexts whose field has one of the values.
type Override struct {
	ContextName string   `json:"contextName"`
	Values      []string `json:"values"`
}

// Project groups flags that one team owns.
type Project struct {
	ID                ProjectID  `json:"id"`
	Name              string     `json:"name"`
	Description       *string    `json:"description"`
	DefaultStickiness string     `json:"defaultStickiness"`
	Mode              string     `json:"mode"` // open, protected or private
	CreatedAt         time.Time  `json:"createdAt"`
	UpdatedAt         time.Time  `json:"updatedAt"`
	ArchivedAt        *time.Time `json:"archivedAt,omitempty"`
}

// Environment is a place flags are evaluated in.
type Environment struct {
	Name      EnvironmentName `json:"name"`
	Type      string          `json:"type"` // development, test, pre-production or production
	Enabled   bool            `json:"enabled"`
	Protected bool            `json:"protected"`
	SortOrder int             `json:"sortOrder"`
}

// ContextField is a field of the evaluation context that constraints may name.
type ContextField struct {
	Name        string       `json:"name"`
	Description *string      `json:"description"`
	Stickiness  bool         `json:"stickiness"` // may be used as stickiness of a rollout
	SortOrder   int          `json:"sortOrder"`
	LegalValues []LegalValue `json:"legalValues"`
	Project     ProjectID    `json:"project,omitempty"` // empty: usable in every project
	CreatedAt   time.Time    `json:"createdAt"`
}

// LegalValue is one value a context field may take.
type LegalValue struct {
	Value       string  `json:"value"`
	Description *string `json:"description,omitempty"`
}

// StrategyDefinition is a kind of strategy: built in, or custom (evaluated by
// SDKs that register an implementation of that name).
type StrategyDefinition struct {
	Name        string              `json:"name"`
	DisplayName *string             `json:"displayName"`
	Description *string             `json:"description"`
	Title       *string             `json:"title"`
	Parameters  []StrategyParameter `json:"parameters"`
	Editable    bool                `json:"editable"` // false for the built-in ones
	Deprecated  bool                `json:"deprecated"`
}

// StrategyParameter describes one parameter of a strategy definition.
type StrategyParameter struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // string, percentage, list, number or boolean
	Description string `json:"description"`
	Required    bool   `json:"required"`
}

// FlagType says what a flag is for, and how long a flag of its kind is meant
// to live.
type FlagType struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	// LifetimeDays is after how many days a flag of the type counts as
	// potentially stale; nil means never.
	LifetimeDays *int `json:"lifetimeDays"`
}

// TagType is a class of tags.
type TagType struct {
	Name        string  `json:"name"`
	Description *string `json:"description"`
	Icon        *string `json:"icon"`
	Color       *string `json:"color"`
}

// Tag labels a flag.
type Tag struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}
