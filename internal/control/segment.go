package control

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about segments.
const (
	eventSegmentCreated = "segment-created"
	eventSegmentUpdated = "segment-updated"
	eventSegmentDeleted = "segment-deleted"
)

// UsedSegment is a segment with how far live flags use it.
type UsedSegment struct {
	feature.Segment
	Reach store.Reach
}

// segmentRecord is a segment as events show it.
type segmentRecord struct {
	ID          feature.SegmentID    `json:"id"`
	Name        string               `json:"name"`
	Description *string              `json:"description"`
	Project     feature.ProjectID    `json:"project,omitempty"`
	Constraints []feature.Constraint `json:"constraints"`
}

func segmentData(s *feature.Segment) any {
	if s == nil {
		return nil
	}
	return segmentRecord{ID: s.ID, Name: s.Name, Description: s.Description, Project: s.Project, Constraints: s.Constraints}
}

// Segments returns all segments, by name.
func (c *Control) Segments(ctx context.Context) ([]UsedSegment, error) {
	return view(ctx, c, func(tx *store.Tx) ([]UsedSegment, error) {
		segments, err := tx.Segments(ctx)
		if err != nil {
			return nil, err
		}
		return withReach(ctx, tx, visible(ctx, segments, func(s feature.Segment) feature.ProjectID { return s.Project }))
	})
}

// SegmentsOfStrategy returns the segments that a strategy uses.
func (c *Control) SegmentsOfStrategy(ctx context.Context, id feature.StrategyID) ([]UsedSegment, error) {
	return view(ctx, c, func(tx *store.Tx) ([]UsedSegment, error) {
		placed, err := tx.Strategy(ctx, id)
		if err != nil {
			return nil, err
		}
		if _, err := findFlag(ctx, tx, FlagRef{Name: placed.Feature}); err != nil {
			return nil, err
		}
		segments, err := tx.StrategySegments(ctx, id)
		if err != nil {
			return nil, err
		}
		return withReach(ctx, tx, segments)
	})
}

// Segment returns one segment.
func (c *Control) Segment(ctx context.Context, id feature.SegmentID) (UsedSegment, error) {
	return view(ctx, c, func(tx *store.Tx) (UsedSegment, error) {
		segment, err := findSegment(ctx, tx, id)
		if err != nil {
			return UsedSegment{}, err
		}
		used, err := withReach(ctx, tx, []feature.Segment{segment})
		if err != nil {
			return UsedSegment{}, err
		}
		return used[0], nil
	})
}

// findSegment returns a segment that whoever asks may know of.
func findSegment(ctx context.Context, tx *store.Tx, id feature.SegmentID) (feature.Segment, error) {
	s, err := tx.Segment(ctx, id)
	return s, unlessHidden(ctx, err, s.Project, "there is no segment %d", id)
}

func withReach(ctx context.Context, tx *store.Tx, segments []feature.Segment) ([]UsedSegment, error) {
	reach, err := tx.SegmentReach(ctx)
	if err != nil {
		return nil, err
	}
	used := make([]UsedSegment, len(segments))
	for i, s := range segments {
		used[i] = UsedSegment{Segment: s, Reach: reach[s.ID]}
	}
	return used, nil
}

// SegmentUse returns the strategies of live flags that use a segment.
func (c *Control) SegmentUse(ctx context.Context, id feature.SegmentID) ([]store.StrategyUse, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.StrategyUse, error) {
		if _, err := findSegment(ctx, tx, id); err != nil {
			return nil, err
		}
		use, err := tx.SegmentUse(ctx, id)
		return slices.DeleteFunc(use, func(u store.StrategyUse) bool { return u.Archived || !sees(ctx, u.Project) }), err
	})
}

// CheckSegmentName reports a name that a new segment could not have.
func (c *Control) CheckSegmentName(ctx context.Context, name string) error {
	if err := feature.CheckTitle("/body/name", "name", name); err != nil {
		return err
	}
	taken, err := view(ctx, c, func(tx *store.Tx) (bool, error) { return tx.SegmentNamed(ctx, name) })
	if err == nil && taken {
		return nameExists("a segment named %q exists already", name)
	}
	return err
}

// maySegment reports whether the actor may act on segments of a project; empty
// means of the whole server.
func maySegment(actor access.Principal, root access.Permission, project feature.ProjectID) error {
	if project == "" {
		return require(actor, "", "", root)
	}
	return require(actor, string(project), "", root, access.UpdateProjectSegment)
}

// CreateSegment stores a new segment.
func (c *Control) CreateSegment(ctx context.Context, actor access.Principal, s feature.Segment) (feature.Segment, error) {
	if err := maySegment(actor, access.CreateSegment, s.Project); err != nil {
		return s, err
	}
	s = normalSegment(s)
	if err := s.Check(); err != nil {
		return s, err
	}
	return update(ctx, c, func(tx *store.Tx) (feature.Segment, error) {
		if err := projectOfBody(ctx, tx, s.Project); err != nil {
			return s, err
		}
		n, err := tx.CountSegments(ctx)
		if err != nil {
			return s, err
		}
		if n >= feature.MaxSegments {
			return s, feature.Exceeded("segments", feature.MaxSegments)
		}
		s.CreatedAt, s.CreatedBy = tx.Now(), actor.DisplayName()
		if s.ID, err = tx.InsertSegment(ctx, s); err != nil {
			return s, taken(err, "a segment named %q exists already", s.Name)
		}
		return s, segmentChanged(ctx, tx, actor, changed[feature.Segment]{event: eventSegmentCreated, after: &s})
	})
}

// UpdateSegment replaces name, description, project and constraints of a
// segment.
func (c *Control) UpdateSegment(ctx context.Context, actor access.Principal, s feature.Segment) error {
	s = normalSegment(s)
	if err := s.Check(); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := findSegment(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		for _, project := range []feature.ProjectID{before.Project, s.Project} {
			if err := maySegment(actor, access.UpdateSegment, project); err != nil {
				return err
			}
		}
		if s.Project != before.Project {
			if err := canMoveSegment(ctx, tx, s); err != nil {
				return err
			}
		}
		s.CreatedAt, s.CreatedBy = before.CreatedAt, before.CreatedBy
		if reflect.DeepEqual(before, s) {
			return nil
		}
		if err := tx.UpdateSegment(ctx, s); err != nil {
			return taken(err, "a segment named %q exists already", s.Name)
		}
		return segmentChanged(ctx, tx, actor, changed[feature.Segment]{event: eventSegmentUpdated, before: &before, after: &s})
	})
}

// canMoveSegment reports a segment that would leave flags of other projects
// behind.
func canMoveSegment(ctx context.Context, tx *store.Tx, s feature.Segment) error {
	if s.Project == "" {
		return nil
	}
	if err := projectOfBody(ctx, tx, s.Project); err != nil {
		return err
	}
	places, err := segmentPlaces(ctx, tx, s.ID, func(project feature.ProjectID) bool { return project != s.Project })
	if err != nil || len(places) == 0 {
		return err
	}
	return fault.New(fault.Conflict, "the segment cannot move to project %q: it is used elsewhere, by %s", s.Project, strings.Join(places, ", "))
}

// DeleteSegment removes a segment that nothing uses.
func (c *Control) DeleteSegment(ctx context.Context, actor access.Principal, id feature.SegmentID) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := findSegment(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := maySegment(actor, access.DeleteSegment, before.Project); err != nil {
			return err
		}
		places, err := segmentPlaces(ctx, tx, id, func(feature.ProjectID) bool { return true })
		if err != nil {
			return err
		}
		if len(places) > 0 {
			return fault.New(fault.Conflict, "the segment %q cannot be deleted: it is used by %s", before.Name, strings.Join(places, ", "))
		}
		if err := tx.DeleteSegment(ctx, id); err != nil {
			return err
		}
		return segmentChanged(ctx, tx, actor, changed[feature.Segment]{event: eventSegmentDeleted, before: &before})
	})
}

// maxPlaces bounds the places an error names.
const maxPlaces = 5

// segmentPlaces names what uses a segment in projects that match, for an error.
func segmentPlaces(ctx context.Context, tx *store.Tx, id feature.SegmentID, match func(feature.ProjectID) bool) ([]string, error) {
	use, err := tx.SegmentUse(ctx, id)
	if err != nil {
		return nil, err
	}
	defaults, err := tx.DefaultStrategies(ctx)
	if err != nil {
		return nil, err
	}
	var places []string
	for _, u := range use {
		if match(u.Project) {
			places = append(places, placeOf(ctx, u))
		}
	}
	for _, pe := range defaults {
		if match(pe.Project) && slices.Contains(pe.DefaultStrategy.Segments, id) {
			places = append(places, placeOfDefault(ctx, pe))
		}
	}
	return fewer(places), nil
}

// elsewhere is a place that whoever asks may not know of.
const elsewhere = "a project you may not see"

// placeOf names the flag a strategy belongs to.
func placeOf(ctx context.Context, u store.StrategyUse) string {
	if !sees(ctx, u.Project) {
		return elsewhere
	}
	if u.Archived {
		return fmt.Sprintf("archived flag %s", u.Feature)
	}
	return fmt.Sprintf("flag %s", u.Feature)
}

// placeOfDefault names a project's default strategy.
func placeOfDefault(ctx context.Context, pe store.ProjectEnvironment) string {
	if !sees(ctx, pe.Project) {
		return elsewhere
	}
	return fmt.Sprintf("the default strategy of project %s in %s", pe.Project, pe.Environment)
}

// fewer cuts a list of places to what an error can show, without repetition.
func fewer(places []string) []string {
	slices.Sort(places)
	places = slices.Compact(places)
	if len(places) <= maxPlaces {
		return places
	}
	return append(places[:maxPlaces:maxPlaces], strconv.Itoa(len(places)-maxPlaces)+" more")
}

// SetStrategySegments replaces the segments of one strategy, which must be in
// the project and environment.
func (c *Control) SetStrategySegments(ctx context.Context, actor access.Principal, in StrategySegments) error {
	if err := require(actor, string(in.Project), string(in.Environment), access.UpdateFeatureStrategy); err != nil {
		return err
	}
	slices.Sort(in.Segments)
	in.Segments = slices.Compact(in.Segments)
	if len(in.Segments) > feature.MaxStrategySegments {
		return fault.Field("/body/segmentIds", "segmentIds must not be more than %d", feature.MaxStrategySegments)
	}
	placed, err := view(ctx, c, func(tx *store.Tx) (store.Placed, error) { return tx.Strategy(ctx, in.Strategy) })
	if err != nil {
		return err
	}
	at := FlagPlace{FlagRef{in.Project, placed.Feature}, in.Environment}
	_, err = c.UpdateStrategy(ctx, actor, at, in.Strategy, func(s feature.Strategy) (feature.Strategy, error) {
		s.Segments = in.Segments
		return s, nil
	})
	return err
}

// StrategySegments says which segments a strategy uses.
type StrategySegments struct {
	Project     feature.ProjectID
	Environment feature.EnvironmentName
	Strategy    feature.StrategyID
	Segments    []feature.SegmentID
}

// projectOfBody reports a project in the body that is not there; empty is
// fine.
func projectOfBody(ctx context.Context, tx *store.Tx, id feature.ProjectID) error {
	if id == "" {
		return nil
	}
	_, err := tx.Project(ctx, id)
	if fault.Is(err, fault.NotFound) || !sees(ctx, id) {
		return fault.Field("/body/project", "project must be the id of a project; there is no %q", id)
	}
	return err
}

// normalSegment fills in what the stored form has.
func normalSegment(s feature.Segment) feature.Segment {
	s.Constraints = append([]feature.Constraint{}, s.Constraints...)
	for i := range s.Constraints {
		s.Constraints[i].Values = append([]string{}, s.Constraints[i].Values...)
	}
	return s
}

func segmentChanged(ctx context.Context, tx *store.Tx, actor access.Principal, c changed[feature.Segment]) error {
	about := c.about()
	if err := tx.Touch(ctx, store.NounSegment, strconv.FormatInt(int64(about.ID), 10)); err != nil {
		return err
	}
	return tx.Record(ctx, actor, store.Event{Type: c.event, Project: about.Project}, segmentData(c.before), segmentData(c.after))
}
