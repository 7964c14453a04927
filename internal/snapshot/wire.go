package snapshot

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/burgeehq/burgee/internal/feature"
)

// The types of this file are what server SDKs read, with the keys in the order
// in which Unleash 8.2.0 writes them (contract: evaluation.md, sections 1.2 to
// 1.6). They are apart from the nouns so that a field added for the Admin API
// never reaches an SDK by accident: old SDKs broke on such fields before.

type wireFlag struct {
	Name           feature.Name      `json:"name"`
	Type           string            `json:"type"`
	Enabled        bool              `json:"enabled"`
	Project        feature.ProjectID `json:"project"`
	Stale          bool              `json:"stale"`
	Strategies     []wireStrategy    `json:"strategies"`
	Variants       []wireVariant     `json:"variants"`
	Description    *string           `json:"description"`
	ImpressionData bool              `json:"impressionData"`
	Dependencies   []wireDependency  `json:"dependencies,omitempty"`
}

type wireStrategy struct {
	Name        string              `json:"name"`
	Constraints []wireConstraint    `json:"constraints"`
	Parameters  map[string]string   `json:"parameters"`
	Variants    []wireVariant       `json:"variants"`
	Segments    []feature.SegmentID `json:"segments,omitempty"`
}

type wireConstraint struct {
	Value           string           `json:"value,omitempty"`
	Values          []string         `json:"values"`
	Inverted        bool             `json:"inverted,omitempty"`
	Operator        feature.Operator `json:"operator"`
	ContextName     string           `json:"contextName"`
	CaseInsensitive bool             `json:"caseInsensitive,omitempty"`
}

type wireVariant struct {
	Name       string             `json:"name"`
	Weight     int                `json:"weight"`
	Payload    *feature.Payload   `json:"payload,omitempty"`
	Overrides  []wireOverride     `json:"overrides,omitempty"`
	Stickiness string             `json:"stickiness,omitempty"`
	WeightType feature.WeightType `json:"weightType,omitempty"`
}

type wireOverride struct {
	Values      []string `json:"values"`
	ContextName string   `json:"contextName"`
}

type wireDependency struct {
	Feature  feature.Name `json:"feature"`
	Enabled  bool         `json:"enabled"`
	Variants *[]string    `json:"variants,omitempty"` // nil for a parent that must be off
}

type wireSegment struct {
	ID          feature.SegmentID `json:"id"`
	Name        string            `json:"name"`
	Constraints []wireConstraint  `json:"constraints"`
}

// never is the constraint that nothing satisfies. It stands for a segment that
// is missing when segments are inlined: without it, the strategy would let in
// everybody.
func never() wireConstraint {
	return wireConstraint{ContextName: "userId", Operator: feature.In, Values: []string{}}
}

func wireFlagOf(v *feature.View) wireFlag {
	f := wireFlag{
		Name: v.Name, Type: v.Type, Enabled: v.Enabled, Project: v.Project, Stale: v.Stale,
		Strategies: make([]wireStrategy, 0, len(v.Strategies)), Variants: wireVariants(v.Variants),
		Description: v.Description, ImpressionData: v.ImpressionData,
	}
	for i := range v.Strategies {
		if s := &v.Strategies[i]; !s.Disabled {
			f.Strategies = append(f.Strategies, wireStrategyOf(s))
		}
	}
	for _, d := range v.Dependencies {
		f.Dependencies = append(f.Dependencies, wireDependencyOf(d))
	}
	return f
}

func wireStrategyOf(s *feature.Strategy) wireStrategy {
	w := wireStrategy{
		Name: s.Name, Constraints: wireConstraints(s.Constraints), Parameters: s.Parameters,
		Variants: wireVariants(s.Variants), Segments: s.Segments,
	}
	if w.Parameters == nil {
		w.Parameters = map[string]string{}
	}
	return w
}

func wireConstraints(list []feature.Constraint) []wireConstraint {
	all := make([]wireConstraint, 0, len(list))
	for _, c := range list {
		w := wireConstraint{
			Value: c.Value, Values: c.Values, Inverted: c.Inverted, Operator: c.Operator,
			ContextName: c.ContextName, CaseInsensitive: c.CaseInsensitive,
		}
		if w.Values == nil {
			w.Values = []string{}
		}
		all = append(all, w)
	}
	return all
}

func wireVariants(list []feature.Variant) []wireVariant {
	all := make([]wireVariant, 0, len(list))
	for _, v := range list {
		w := wireVariant{Name: v.Name, Weight: v.Weight, Payload: v.Payload, Stickiness: v.Stickiness, WeightType: v.WeightType}
		for _, o := range v.Overrides {
			w.Overrides = append(w.Overrides, wireOverride{Values: o.Values, ContextName: o.ContextName})
		}
		all = append(all, w)
	}
	return all
}

func wireDependencyOf(d feature.Dependency) wireDependency {
	w := wireDependency{Feature: d.Parent, Enabled: d.MustBeOn()}
	if w.Enabled {
		variants := d.Variants
		if variants == nil {
			variants = []string{}
		}
		w.Variants = &variants
	}
	return w
}

// encode returns a value as JSON, with < > & as they are, as JavaScript writes
// them. The types of this file always encode.
func encode(value any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // cannot fail: no cycles, no channels, no NaN
	return bytes.Clone(bytes.TrimSuffix(buffer.Bytes(), []byte("\n")))
}

const hexDigits = "0123456789abcdef"

// appendText appends a text as a JSON string. Invalid UTF-8 is replaced.
func appendText(to []byte, text string) []byte {
	if !utf8.ValidString(text) {
		return append(to, encode(text)...)
	}
	to = append(to, '"')
	from := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		to = append(to, text[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			to = append(to, '\\', c)
		case '\n':
			to = append(to, '\\', 'n')
		case '\r':
			to = append(to, '\\', 'r')
		case '\t':
			to = append(to, '\\', 't')
		default:
			to = append(to, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(to, text[from:]...), '"')
}
