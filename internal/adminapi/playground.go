package adminapi

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
)

// PlaygroundBody asks how flags are evaluated in one environment.
type PlaygroundBody struct {
	Environment feature.EnvironmentName `json:"environment" required:"true" minLength:"1"`
	Projects    ProjectChoice           `json:"projects,omitempty"`
	Features    []feature.Name          `json:"features,omitempty" maxItems:"500" doc:"Only these flags"`
	Context     SDKContext              `json:"context" required:"true"`
}

// AdvancedPlaygroundBody asks how flags are evaluated in several environments,
// for every combination of the values that the fields of the context hold.
type AdvancedPlaygroundBody struct {
	Environments []feature.EnvironmentName `json:"environments" required:"true" minItems:"1" maxItems:"100"`
	Projects     ProjectChoice             `json:"projects,omitempty"`
	Features     []feature.Name            `json:"features,omitempty" maxItems:"500" doc:"Only these flags"`
	Context      SDKContext                `json:"context" required:"true" doc:"Commas separate several values of a field"`
}

// PlaygroundAnswer is how flags are evaluated in one environment.
type PlaygroundAnswer struct {
	Input    PlaygroundBody   `json:"input" doc:"What was asked"`
	Features []PlaygroundFlag `json:"features"`
}

// AdvancedPlaygroundAnswer is how flags are evaluated in several environments.
type AdvancedPlaygroundAnswer struct {
	Input    AdvancedPlaygroundBody   `json:"input" doc:"What was asked"`
	Features []AdvancedPlaygroundFlag `json:"features"`
	Warnings PlaygroundWarnings       `json:"warnings"`
}

// PlaygroundWarnings says what was left out.
type PlaygroundWarnings struct {
	InvalidContextProperties []string `json:"invalidContextProperties" doc:"They hold objects or lists, which no SDK evaluates"`
}

// AdvancedPlaygroundFlag is a flag in several environments.
type AdvancedPlaygroundFlag struct {
	Name         feature.Name                    `json:"name"`
	ProjectID    feature.ProjectID               `json:"projectId"`
	Environments map[string][]PlaygroundInstance `json:"environments" doc:"By environment, one for each combination of values"`
}

// PlaygroundInstance is a flag in one environment for one context.
type PlaygroundInstance struct {
	Environment feature.EnvironmentName `json:"environment"`
	Context     map[string]any          `json:"context"`
	PlaygroundFlag
}

// PlaygroundFlag is how one flag is evaluated, and why.
type PlaygroundFlag struct {
	Name                     feature.Name         `json:"name"`
	ProjectID                feature.ProjectID    `json:"projectId"`
	IsEnabled                bool                 `json:"isEnabled" doc:"What SDKs answer"`
	IsEnabledInEnvironment   bool                 `json:"isEnabledInCurrentEnvironment"`
	HasUnsatisfiedDependency bool                 `json:"hasUnsatisfiedDependency"`
	UnsatisfiedDependencies  []feature.Name       `json:"unsatisfiedDependencies" doc:"Flags it depends on whose answer is not the one it needs"`
	Strategies               PlaygroundStrategies `json:"strategies"`
	Variant                  PlaygroundVariant    `json:"variant"`
	Variants                 []feature.Variant    `json:"variants" doc:"From which the variant was chosen"`
}

// PlaygroundStrategies is what the strategies of a flag say together.
type PlaygroundStrategies struct {
	Result Verdict              `json:"result" doc:"Whether any passes; unknown when only an SDK can tell"`
	Data   []PlaygroundStrategy `json:"data"`
}

// PlaygroundStrategy is what one strategy says, whatever others do.
type PlaygroundStrategy struct {
	ID          feature.StrategyID     `json:"id"`
	Name        string                 `json:"name"`
	Title       string                 `json:"title,omitempty"`
	Disabled    bool                   `json:"disabled"`
	Result      PlaygroundResult       `json:"result"`
	Rollout     *PlaygroundRollout     `json:"rollout,omitempty" doc:"For kinds with a rollout"`
	Segments    []PlaygroundSegment    `json:"segments"`
	Constraints []PlaygroundConstraint `json:"constraints"`
	Parameters  map[string]string      `json:"parameters"`
	Links       PlaygroundLinks        `json:"links"`
}

// PlaygroundResult is the verdict of a strategy.
type PlaygroundResult struct {
	EvaluationStatus string             `json:"evaluationStatus" enum:"complete,incomplete,unevaluated" doc:"unevaluated: disabled; incomplete: only an SDK can tell"`
	Enabled          Verdict            `json:"enabled"`
	Variant          *PlaygroundVariant `json:"variant,omitempty" doc:"That the strategy gives, when it passes and has variants"`
	Variants         []feature.Variant  `json:"variants,omitempty"`
}

// PlaygroundRollout says where a context stands in a rollout.
type PlaygroundRollout struct {
	Stickiness string  `json:"stickiness" doc:"The field that decides; random for chance"`
	Place      int     `json:"place" doc:"From 1 to 100: within the rollout up to share; 0 when the context lacks the field"`
	Share      float64 `json:"share" doc:"In per cent"`
}

// PlaygroundSegment is what a segment says.
type PlaygroundSegment struct {
	ID          feature.SegmentID      `json:"id"`
	Name        string                 `json:"name"`
	Result      bool                   `json:"result"`
	Constraints []PlaygroundConstraint `json:"constraints"`
}

// PlaygroundConstraint is what a constraint says.
type PlaygroundConstraint struct {
	ContextName     string           `json:"contextName"`
	Operator        feature.Operator `json:"operator"`
	CaseInsensitive bool             `json:"caseInsensitive"`
	Inverted        bool             `json:"inverted"`
	Values          []string         `json:"values"`
	Value           string           `json:"value,omitempty"`
	Result          bool             `json:"result"`
}

// PlaygroundVariant is a variant that somebody gets.
type PlaygroundVariant struct {
	Name           string           `json:"name"`
	Enabled        bool             `json:"enabled"`
	Payload        *feature.Payload `json:"payload,omitempty"`
	FeatureEnabled bool             `json:"feature_enabled"`
}

// PlaygroundLinks are pages of the user interface.
type PlaygroundLinks struct {
	Edit string `json:"edit"`
}

func (h *Handler) playgroundRoutes() []Route {
	return []Route{
		write(http.MethodPost, "/playground", "getPlayground", "Evaluate flags in an environment and say why", signedIn(), http.StatusOK, h.playground),
		write(http.MethodPost, "/playground/advanced", "getAdvancedPlayground",
			"Evaluate flags in several environments for many contexts and say why", signedIn(), http.StatusOK, h.advancedPlayground),
	}
}

func (h *Handler) playground(c *Call, b PlaygroundBody) (PlaygroundAnswer, error) {
	context, _, err := b.Context.read()
	if err != nil {
		return PlaygroundAnswer{}, err
	}
	flags, err := h.Control.Explain(c.r.Context(), control.Playground{
		Environments: []feature.EnvironmentName{b.Environment}, Projects: b.Projects, Flags: b.Features, Contexts: []eval.Context{context},
	})
	answer := PlaygroundAnswer{Input: b, Features: make([]PlaygroundFlag, len(flags))}
	for i, f := range flags {
		answer.Features[i] = h.explained(&f.Answers[0])
	}
	return answer, err
}

func (h *Handler) advancedPlayground(c *Call, b AdvancedPlaygroundBody) (AdvancedPlaygroundAnswer, error) {
	var answer AdvancedPlaygroundAnswer
	contexts, warnings, err := b.Context.combinations()
	if err != nil {
		return answer, err
	}
	flags, err := h.Control.Explain(c.r.Context(), control.Playground{
		Environments: unique(b.Environments), Projects: b.Projects, Flags: b.Features, Contexts: contexts,
	})
	answer = AdvancedPlaygroundAnswer{
		Input: b, Features: make([]AdvancedPlaygroundFlag, len(flags)), Warnings: PlaygroundWarnings{InvalidContextProperties: warnings},
	}
	for i, f := range flags {
		flag := AdvancedPlaygroundFlag{Name: f.Name, ProjectID: f.Project, Environments: make(map[string][]PlaygroundInstance)}
		for j := range f.Answers {
			a := &f.Answers[j]
			flag.Environments[string(a.Environment)] = append(flag.Environments[string(a.Environment)], PlaygroundInstance{
				Environment: a.Environment, Context: askedContext(&contexts[a.Context]), PlaygroundFlag: h.explained(a),
			})
		}
		answer.Features[i] = flag
	}
	return answer, err
}

func unique[T comparable](values []T) []T {
	var all []T
	for _, value := range values {
		all = with(all, value)
	}
	return all
}

// explained shows how one flag was evaluated.
func (h *Handler) explained(a *control.PlaygroundAnswer) PlaygroundFlag {
	f := PlaygroundFlag{
		Name: a.View.Name, ProjectID: a.View.Project, IsEnabled: a.Enabled, IsEnabledInEnvironment: a.View.Enabled,
		UnsatisfiedDependencies: []feature.Name{},
		Strategies:              PlaygroundStrategies{Result: together(a), Data: make([]PlaygroundStrategy, len(a.Strategies))},
		Variant:                 variantAnswer(a.Variant, a.Enabled), Variants: a.View.Variants,
	}
	for _, d := range a.Dependencies {
		if !d.Satisfied {
			f.HasUnsatisfiedDependency = true
			f.UnsatisfiedDependencies = append(f.UnsatisfiedDependencies, d.Parent)
		}
	}
	if a.Winner >= 0 && len(a.View.Strategies[a.Winner].Variants) > 0 {
		f.Variants = a.View.Strategies[a.Winner].Variants
	}
	for i := range a.Strategies {
		f.Strategies.Data[i] = h.explainedStrategy(a, i)
	}
	return f
}

// together is what all strategies of a flag say.
func together(a *control.PlaygroundAnswer) Verdict {
	if a.Winner >= 0 || !slices.ContainsFunc(a.Strategies, func(s eval.StrategyReason) bool { return !s.Disabled }) {
		return yes
	}
	for i := range a.Strategies {
		if verdictOf(&a.Strategies[i]) == unknown {
			return unknown
		}
	}
	return no
}

// verdictOf is what one strategy says.
func verdictOf(s *eval.StrategyReason) Verdict {
	holds := !slices.Contains(s.Constraints, false) && !slices.ContainsFunc(s.Segments, func(g eval.SegmentReason) bool { return !g.Holds })
	switch {
	case s.Disabled || !holds:
		return no
	case s.Elsewhere:
		return unknown
	case s.Passes:
		return yes
	}
	return no
}

func (h *Handler) explainedStrategy(a *control.PlaygroundAnswer, at int) PlaygroundStrategy {
	source, reason := &a.View.Strategies[at], &a.Strategies[at]
	s := PlaygroundStrategy{
		ID: source.ID, Name: source.Name, Title: source.Title, Disabled: source.Disabled,
		Result:   PlaygroundResult{EvaluationStatus: "complete", Enabled: verdictOf(reason)},
		Segments: make([]PlaygroundSegment, len(reason.Segments)), Constraints: explainedConstraints(source.Constraints, reason.Constraints),
		Parameters: source.Parameters, Links: PlaygroundLinks{Edit: h.editPage(a, source.ID)},
	}
	switch {
	case reason.Disabled:
		s.Result.EvaluationStatus = "unevaluated"
	case s.Result.Enabled == unknown:
		s.Result.EvaluationStatus = "incomplete"
	case s.Result.Enabled == yes && reason.Variant != nil:
		variant := variantAnswer(reason.Variant, true)
		s.Result.Variant, s.Result.Variants = &variant, source.Variants
	}
	if r := reason.Rollout; r != nil {
		s.Rollout = &PlaygroundRollout{Stickiness: r.Field, Place: r.Place, Share: r.Share}
	}
	for i, g := range reason.Segments {
		s.Segments[i] = PlaygroundSegment{ID: g.ID, Result: g.Holds, Constraints: []PlaygroundConstraint{}}
		if segment := a.Segments[g.ID]; segment != nil {
			s.Segments[i].Name, s.Segments[i].Constraints = segment.Name, explainedConstraints(segment.Constraints, g.Constraints)
		}
	}
	return s
}

// editPage is the page of the user interface on which a strategy is edited.
func (h *Handler) editPage(a *control.PlaygroundAnswer, id feature.StrategyID) string {
	query := url.Values{"environmentId": {string(a.Environment)}, "strategyId": {string(id)}}
	return h.BasePath + "/projects/" + url.PathEscape(string(a.View.Project)) + "/features/" + url.PathEscape(string(a.View.Name)) +
		"/strategies/edit?" + query.Encode()
}

func explainedConstraints(list []feature.Constraint, holds []bool) []PlaygroundConstraint {
	all := make([]PlaygroundConstraint, len(list))
	for i, c := range list {
		all[i] = PlaygroundConstraint{
			ContextName: c.ContextName, Operator: c.Operator, CaseInsensitive: c.CaseInsensitive, Inverted: c.Inverted,
			Values: append([]string{}, c.Values...), Value: c.Value, Result: holds[i],
		}
	}
	return all
}

func variantAnswer(v *eval.Variant, enabled bool) PlaygroundVariant {
	answer := PlaygroundVariant{Name: eval.Result{Variant: v}.VariantName(), Enabled: v != nil, FeatureEnabled: enabled}
	if v != nil {
		answer.Payload = v.Payload
	}
	return answer
}
