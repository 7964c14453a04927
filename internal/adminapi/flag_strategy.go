package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/web"
)

// StrategyBody adds a strategy to a flag.
type StrategyBody struct {
	Name        string                `json:"name" required:"true" minLength:"1" doc:"The name of a strategy definition"`
	Title       *string               `json:"title,omitempty"`
	Disabled    *bool                 `json:"disabled,omitempty"`
	SortOrder   *int                  `json:"sortOrder,omitempty" maximum:"1000000" doc:"Among its siblings; last when absent"`
	Parameters  map[string]web.Text   `json:"parameters,omitempty"`
	Constraints []ConstraintBody      `json:"constraints,omitempty"`
	Variants    []StrategyVariantBody `json:"variants,omitempty"`
	Segments    []feature.SegmentID   `json:"segments,omitempty"`
}

func (b StrategyBody) strategy() control.NewStrategy {
	n := control.NewStrategy{Order: b.SortOrder, Strategy: feature.Strategy{
		Name: b.Name, Parameters: parametersOf(b.Parameters), Constraints: constraintsOf(b.Constraints),
		Variants: variantsOf(b.Variants), Segments: b.Segments,
	}}
	set(&n.Title, b.Title)
	set(&n.Disabled, b.Disabled)
	return n
}

func parametersOf(body map[string]web.Text) map[string]string {
	parameters := make(map[string]string, len(body))
	for name, value := range body {
		parameters[name] = string(value)
	}
	return parameters
}

// StrategyUpdateBody changes a strategy; what is absent stays as it is.
type StrategyUpdateBody struct {
	Name        *string               `json:"name,omitempty" minLength:"1"`
	Title       *string               `json:"title,omitempty" doc:"Empty for none"`
	Disabled    *bool                 `json:"disabled,omitempty"`
	SortOrder   *int                  `json:"sortOrder,omitempty" maximum:"1000000"`
	Parameters  map[string]web.Text   `json:"parameters,omitempty"`
	Constraints []ConstraintBody      `json:"constraints,omitempty"`
	Variants    []StrategyVariantBody `json:"variants,omitempty"`
	Segments    []feature.SegmentID   `json:"segments,omitempty"`
}

func (b StrategyUpdateBody) apply(s feature.Strategy) feature.Strategy {
	set(&s.Name, b.Name)
	set(&s.Title, b.Title)
	set(&s.Disabled, b.Disabled)
	set(&s.SortOrder, b.SortOrder)
	if b.Parameters != nil {
		s.Parameters = parametersOf(b.Parameters)
	}
	if b.Constraints != nil {
		s.Constraints = constraintsOf(b.Constraints)
	}
	if b.Variants != nil {
		s.Variants = variantsOf(b.Variants)
	}
	if b.Segments != nil {
		s.Segments = b.Segments
	}
	return s
}

// strategyDocument is what a JSON Patch of a strategy applies to.
type strategyDocument struct {
	_           struct{}              `closed:"true"`
	Name        string                `json:"name" required:"true"`
	Title       *string               `json:"title"`
	Disabled    bool                  `json:"disabled"`
	SortOrder   int                   `json:"sortOrder" maximum:"1000000"`
	Parameters  map[string]web.Text   `json:"parameters"`
	Constraints []ConstraintBody      `json:"constraints"`
	Variants    []StrategyVariantBody `json:"variants"`
	Segments    []feature.SegmentID   `json:"segments"`
}

func (h *Handler) flagStrategyRoutes() []Route {
	const all = flagEnvironmentPath + "/strategies"
	const one = all + "/{strategyId}"
	change := in(access.UpdateFeatureStrategy)
	return []Route{
		read(all, "getFeatureStrategies", "List the strategies of a flag", signedIn(), h.listFlagStrategies),
		write(http.MethodPost, all, "addFeatureStrategy", "Add a strategy to a flag", in(access.CreateFeatureStrategy), http.StatusOK, h.addStrategy),
		write(http.MethodPost, all+"/set-sort-order", "setStrategySortOrder", "Change the order of strategies", change, http.StatusOK, h.sortStrategies),
		read(one, "getFeatureStrategy", "Read a strategy", signedIn(), h.getFlagStrategy).versioned(),
		write(http.MethodPut, one, "updateFeatureStrategy", "Change a strategy", change, http.StatusOK, h.updateStrategy),
		write(http.MethodPatch, one, "patchFeatureStrategy", "Change a strategy by JSON Patch", change, http.StatusOK, patchStrategy(h)),
		act(http.MethodDelete, one, "deleteFeatureStrategy", "Delete a strategy", in(access.DeleteFeatureStrategy), http.StatusOK, h.deleteStrategy),
		write(http.MethodPost, "/constraints/validate", "validateConstraint", "Check a constraint", signedIn(), http.StatusNoContent, h.checkConstraint),
	}
}

func (c *Call) strategyID() feature.StrategyID { return feature.StrategyID(c.Param("strategyId")) }

func (h *Handler) listFlagStrategies(c *Call) ([]control.StrategyDetail, error) {
	e, err := h.Control.FlagIn(c.r.Context(), c.place())
	return e.Strategies, err
}

func (h *Handler) addStrategy(c *Call, b StrategyBody) (control.StrategyDetail, error) {
	return h.Control.AddStrategy(c.r.Context(), c.Actor, c.place(), b.strategy())
}

func (h *Handler) sortStrategies(c *Call, b []control.StrategyOrder) (None, error) {
	return None{}, h.Control.SortStrategies(c.r.Context(), c.Actor, c.place(), b)
}

func (h *Handler) getFlagStrategy(c *Call) (control.StrategyDetail, error) {
	return h.Control.FlagStrategy(c.r.Context(), c.place(), c.strategyID())
}

func (h *Handler) updateStrategy(c *Call, b StrategyUpdateBody) (control.StrategyDetail, error) {
	return h.Control.UpdateStrategy(c.r.Context(), c.Actor, c.place(), c.strategyID(), func(s feature.Strategy) (feature.Strategy, error) {
		return b.apply(s), nil
	})
}

func patchStrategy(h *Handler) func(*Call, web.Patch) (control.StrategyDetail, error) {
	document := &web.Body[strategyDocument]{}
	return func(c *Call, patch web.Patch) (control.StrategyDetail, error) {
		return h.Control.UpdateStrategy(c.r.Context(), c.Actor, c.place(), c.strategyID(), func(s feature.Strategy) (feature.Strategy, error) {
			return patchedStrategy(document, patch, s)
		})
	}
}

func patchedStrategy(document *web.Body[strategyDocument], patch web.Patch, s feature.Strategy) (feature.Strategy, error) {
	// The parts whose JSON a body and the noun share stand in as they are.
	d, err := web.ApplyPatch(document, patch, struct {
		Name        string               `json:"name"`
		Title       string               `json:"title"`
		Disabled    bool                 `json:"disabled"`
		SortOrder   int                  `json:"sortOrder"`
		Parameters  map[string]string    `json:"parameters"`
		Constraints []feature.Constraint `json:"constraints"`
		Variants    []feature.Variant    `json:"variants"`
		Segments    []feature.SegmentID  `json:"segments"`
	}{s.Name, s.Title, s.Disabled, s.SortOrder, s.Parameters, s.Constraints, s.Variants, append([]feature.SegmentID{}, s.Segments...)})
	if err != nil {
		return s, err
	}
	after := feature.Strategy{
		ID: s.ID, Name: d.Name, Disabled: d.Disabled, SortOrder: d.SortOrder, Parameters: parametersOf(d.Parameters),
		Constraints: constraintsOf(d.Constraints), Variants: variantsOf(d.Variants), Segments: d.Segments,
	}
	set(&after.Title, d.Title)
	return after, nil
}

func (h *Handler) deleteStrategy(c *Call) (None, error) {
	return None{}, h.Control.DeleteStrategy(c.r.Context(), c.Actor, c.place(), c.strategyID())
}

func (h *Handler) checkConstraint(_ *Call, b ConstraintBody) (None, error) {
	return None{}, h.Control.CheckConstraint(b.constraint())
}
