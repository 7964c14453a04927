package adminapi

import (
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/web"
)

// ConstraintBody is a constraint as clients send it: values may be numbers.
type ConstraintBody struct {
	_               struct{}   `closed:"true"`
	ContextName     string     `json:"contextName" required:"true"`
	Operator        string     `json:"operator" required:"true"`
	Values          []web.Text `json:"values,omitempty"`
	Value           web.Text   `json:"value,omitempty"`
	Inverted        bool       `json:"inverted,omitempty"`
	CaseInsensitive bool       `json:"caseInsensitive,omitempty"`
}

func (b ConstraintBody) constraint() feature.Constraint {
	values := make([]string, len(b.Values))
	for i, v := range b.Values {
		values[i] = string(v)
	}
	return feature.Constraint{
		ContextName: b.ContextName, Operator: feature.Operator(b.Operator), Values: values, Value: string(b.Value),
		Inverted: b.Inverted, CaseInsensitive: b.CaseInsensitive,
	}
}

func constraintsOf(bodies []ConstraintBody) []feature.Constraint {
	all := make([]feature.Constraint, len(bodies))
	for i, b := range bodies {
		all[i] = b.constraint()
	}
	return all
}

// SegmentBody creates or replaces a segment.
type SegmentBody struct {
	Name        string             `json:"name" required:"true" doc:"Unique on the server"`
	Description *string            `json:"description,omitempty"`
	Project     *feature.ProjectID `json:"project,omitempty" doc:"The only project that may use it; absent for all"`
	Constraints []ConstraintBody   `json:"constraints" required:"true"`
}

func (b SegmentBody) segment(id feature.SegmentID) feature.Segment {
	s := feature.Segment{ID: id, Name: b.Name, Description: b.Description, Constraints: constraintsOf(b.Constraints)}
	if b.Project != nil {
		s.Project = *b.Project
	}
	return s
}

// Segment is a segment with how far live flags use it.
type Segment struct {
	ID             feature.SegmentID    `json:"id"`
	Name           string               `json:"name"`
	Description    *string              `json:"description"`
	Project        feature.ProjectID    `json:"project,omitempty"`
	Constraints    []feature.Constraint `json:"constraints"`
	CreatedBy      string               `json:"createdBy"`
	CreatedAt      time.Time            `json:"createdAt"`
	UsedInFeatures int                  `json:"usedInFeatures"`
	UsedInProjects int                  `json:"usedInProjects"`
}

func segmentAnswer(s control.UsedSegment) Segment {
	return Segment{
		ID: s.ID, Name: s.Name, Description: s.Description, Project: s.Project, Constraints: s.Constraints,
		CreatedBy: s.CreatedBy, CreatedAt: s.CreatedAt, UsedInFeatures: s.Reach.Features, UsedInProjects: s.Reach.Projects,
	}
}

// SegmentList is a list of segments.
type SegmentList struct {
	Segments []Segment `json:"segments"`
}

func segmentList(segments []control.UsedSegment, err error) (SegmentList, error) {
	list := SegmentList{Segments: make([]Segment, len(segments))}
	for i, s := range segments {
		list.Segments[i] = segmentAnswer(s)
	}
	return list, err
}

// StrategyUse is a strategy that uses something.
type StrategyUse struct {
	ID           feature.StrategyID      `json:"id"`
	FeatureName  feature.Name            `json:"featureName"`
	ProjectID    feature.ProjectID       `json:"projectId"`
	Environment  feature.EnvironmentName `json:"environment"`
	StrategyName string                  `json:"strategyName"`
}

// StrategyUseList is a list of strategies that use something.
type StrategyUseList struct {
	Strategies []StrategyUse `json:"strategies"`
}

func strategyUseList(use []store.StrategyUse, err error) (StrategyUseList, error) {
	list := StrategyUseList{Strategies: make([]StrategyUse, len(use))}
	for i, u := range use {
		list.Strategies[i] = StrategyUse{ID: u.ID, FeatureName: u.Feature, ProjectID: u.Project, Environment: u.Environment, StrategyName: u.Name}
	}
	return list, err
}

// StrategySegmentsBody replaces the segments of one strategy.
type StrategySegmentsBody struct {
	ProjectID     feature.ProjectID       `json:"projectId" required:"true"`
	StrategyID    feature.StrategyID      `json:"strategyId" required:"true"`
	EnvironmentID feature.EnvironmentName `json:"environmentId" required:"true"`
	SegmentIDs    []feature.SegmentID     `json:"segmentIds" required:"true"`
}

// NameBody asks whether a name could be given to something new.
type NameBody struct {
	Name string `json:"name" required:"true"`
}

func (h *Handler) segmentRoutes() []Route {
	id := number("id", "The segment's id")
	update := inSome(access.UpdateSegment, access.UpdateProjectSegment)
	return []Route{
		read("/segments", "getSegments", "List segments", signedIn(), h.listSegments),
		write(http.MethodPost, "/segments", "createSegment", "Create a segment, for all projects or for one",
			inSome(access.CreateSegment, access.UpdateProjectSegment), http.StatusCreated, h.createSegment),
		write(http.MethodPost, "/segments/validate", "validateSegment", "Ask whether a name is free for a segment",
			signedIn(), http.StatusNoContent, h.validateSegment),
		write(http.MethodPost, "/segments/strategies", "updateFeatureStrategySegments", "Replace the segments of a strategy",
			inSome(access.UpdateFeatureStrategy), http.StatusCreated, h.setStrategySegments),
		read("/segments/strategies/{strategyId}", "getSegmentsByStrategyId", "List the segments of a strategy", signedIn(), h.segmentsOfStrategy),
		read("/segments/{id}", "getSegment", "Read a segment", signedIn(), h.getSegment).with(id).versioned(),
		write(http.MethodPut, "/segments/{id}", "updateSegment", "Replace a segment", update, http.StatusNoContent, h.updateSegment).with(id),
		act(http.MethodDelete, "/segments/{id}", "removeSegment", "Delete a segment that nothing uses",
			inSome(access.DeleteSegment, access.UpdateProjectSegment), http.StatusNoContent, h.deleteSegment).with(id),
		read("/segments/{id}/strategies", "getStrategiesBySegmentId", "List the strategies that use a segment", signedIn(), h.segmentUse).with(id),
	}
}

func (h *Handler) listSegments(c *Call) (SegmentList, error) {
	return segmentList(h.Control.Segments(c.r.Context()))
}

func (h *Handler) segmentsOfStrategy(c *Call) (SegmentList, error) {
	return segmentList(h.Control.SegmentsOfStrategy(c.r.Context(), feature.StrategyID(c.Param("strategyId"))))
}

func (h *Handler) getSegment(c *Call) (Segment, error) {
	id, err := c.ID("id")
	if err != nil {
		return Segment{}, err
	}
	s, err := h.Control.Segment(c.r.Context(), feature.SegmentID(id))
	return segmentAnswer(s), err
}

func (h *Handler) createSegment(c *Call, b SegmentBody) (Segment, error) {
	s, err := h.Control.CreateSegment(c.r.Context(), c.Actor, b.segment(0))
	return segmentAnswer(control.UsedSegment{Segment: s}), err
}

func (h *Handler) validateSegment(c *Call, b NameBody) (None, error) {
	return None{}, h.Control.CheckSegmentName(c.r.Context(), b.Name)
}

func (h *Handler) updateSegment(c *Call, b SegmentBody) (None, error) {
	id, err := c.ID("id")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.UpdateSegment(c.r.Context(), c.Actor, b.segment(feature.SegmentID(id)))
}

func (h *Handler) deleteSegment(c *Call) (None, error) {
	id, err := c.ID("id")
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.DeleteSegment(c.r.Context(), c.Actor, feature.SegmentID(id))
}

func (h *Handler) segmentUse(c *Call) (StrategyUseList, error) {
	id, err := c.ID("id")
	if err != nil {
		return StrategyUseList{}, err
	}
	return strategyUseList(h.Control.SegmentUse(c.r.Context(), feature.SegmentID(id)))
}

func (h *Handler) setStrategySegments(c *Call, b StrategySegmentsBody) (StrategySegmentsBody, error) {
	return b, h.Control.SetStrategySegments(c.r.Context(), c.Actor, control.StrategySegments{
		Project: b.ProjectID, Environment: b.EnvironmentID, Strategy: b.StrategyID, Segments: b.SegmentIDs,
	})
}
