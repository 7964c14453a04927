package snapshot

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

const dev = feature.Development

func newStore() *Store { return NewStore(eval.NewCompiler(eval.Options{Hostname: "test"})) }

// model is the whole truth, as a database holds it: tests change it, tell a
// store what changed, and compare with a store that reads everything.
type model struct {
	random   *rand.Rand
	revision int64
	segments map[feature.SegmentID]feature.Segment
	flags    map[feature.EnvironmentName]map[feature.Name]Flag
}

func newModel(seed uint64) *model {
	return &model{
		random:   rand.New(rand.NewPCG(seed, 1)),
		segments: map[feature.SegmentID]feature.Segment{},
		flags:    map[feature.EnvironmentName]map[feature.Name]Flag{dev: {}, feature.Production: {}},
	}
}

var projects = []string{"a", "b", "c"}

func (m *model) oneOf(list ...string) string { return list[m.random.IntN(len(list))] }

func (m *model) name() feature.Name { return feature.Name("flag-" + strconv.Itoa(m.random.IntN(20))) }

func (m *model) constraint() feature.Constraint {
	return feature.Constraint{
		ContextName: m.oneOf("userId", "plan"), Operator: feature.In,
		Values: []string{m.oneOf("1", "2", "3"), m.oneOf("4", "5")}, Inverted: m.random.IntN(3) == 0,
	}
}

func (m *model) flag(name feature.Name) Flag {
	v := feature.View{
		Name: name, Type: "release", Enabled: m.random.IntN(4) > 0,
		Project: feature.ProjectID(m.oneOf(projects...)), ImpressionData: m.random.IntN(2) == 0,
	}
	for range m.random.IntN(3) {
		s := feature.Strategy{
			Name: m.oneOf("default", "flexibleRollout"), Disabled: m.random.IntN(5) == 0,
			Parameters: map[string]string{"rollout": m.oneOf("0", "50", "100"), "stickiness": "userId", "groupId": string(name)},
		}
		if m.random.IntN(2) == 0 {
			s.Constraints = append(s.Constraints, m.constraint())
		}
		if m.random.IntN(2) == 0 {
			s.Segments = append(s.Segments, feature.SegmentID(m.random.IntN(4)))
		}
		if m.random.IntN(3) == 0 {
			s.Variants = []feature.Variant{{Name: `q"1`, Weight: 500}, {Name: "2", Weight: 500, Payload: &feature.Payload{Type: "json", Value: `{"a":"<ü>"}`}}}
		}
		v.Strategies = append(v.Strategies, s)
	}
	if m.random.IntN(3) == 0 {
		on := m.random.IntN(2) == 0
		v.Dependencies = []feature.Dependency{{Parent: m.name(), Enabled: &on}}
	}
	f := Flag{View: v}
	if m.random.IntN(2) == 0 {
		f.Tags = []feature.Tag{{Type: "simple", Value: m.oneOf("x", "y")}}
	}
	return f
}

// step changes the model and returns what a feed would say of it.
func (m *model) step() Change {
	m.revision++
	c := Change{Revision: m.revision}
	if m.random.IntN(3) == 0 {
		id := feature.SegmentID(m.random.IntN(4))
		if m.random.IntN(3) == 0 {
			delete(m.segments, id)
			c.GoneSegments = []feature.SegmentID{id}
		} else {
			m.segments[id] = feature.Segment{ID: id, Name: fmt.Sprint("segment ", m.oneOf("x", "y"), id), Constraints: []feature.Constraint{m.constraint()}}
			c.Segments = []feature.Segment{m.segments[id]}
		}
		return c
	}
	environment := feature.EnvironmentName(m.oneOf(string(dev), string(feature.Production)))
	change := EnvironmentChange{Name: environment}
	for range m.random.IntN(3) + 1 {
		name := m.name()
		if m.random.IntN(4) == 0 {
			delete(m.flags[environment], name)
			change.Gone = append(change.Gone, name)
			continue
		}
		f := m.flag(name)
		m.flags[environment][name] = f
		change.Flags = append(change.Flags, f)
	}
	if m.random.IntN(4) == 0 {
		change = m.whole(environment) // as when a project changes
	}
	// A feed names a thing once and reads it as it is at the end.
	last := EnvironmentChange{Name: environment, Complete: change.Complete}
	for _, f := range change.Flags {
		if now, exists := m.flags[environment][f.View.Name]; exists {
			last.Flags = append(last.Flags, now)
		}
	}
	for _, name := range change.Gone {
		if _, exists := m.flags[environment][name]; !exists {
			last.Gone = append(last.Gone, name)
		}
	}
	c.Environments = []EnvironmentChange{last}
	return c
}

func (m *model) whole(name feature.EnvironmentName) EnvironmentChange {
	change := EnvironmentChange{Name: name, Complete: true}
	for _, f := range m.flags[name] {
		change.Flags = append(change.Flags, f)
	}
	return change
}

// all is the change that says everything.
func (m *model) all() Change {
	c := Change{Revision: m.revision, Complete: true}
	for _, s := range m.segments {
		c.Segments = append(c.Segments, s)
	}
	for name := range m.flags {
		c.Environments = append(c.Environments, m.whole(name))
	}
	return c
}

// scopes are one of every sort.
func scopes(environment feature.EnvironmentName) []Scope {
	scope := func(filter *Filter, projects ...string) Scope {
		t := token.Scope{Projects: projects, Environment: string(environment)}
		if len(projects) == 1 && projects[0] == "*" {
			t = token.Scope{AllProjects: true, Environment: string(environment)}
		}
		return Scope{Token: t, Key: fmt.Sprint(projects), Filter: filter}
	}
	return []Scope{
		scope(nil, "*"), scope(nil, "a"), scope(nil, "a", "b"), scope(nil), scope(nil, "none"),
		scope(&Filter{NamePrefix: "flag-1"}, "*"), scope(&Filter{Projects: []string{"c"}}, "*"), scope(&Filter{Projects: []string{"c"}}, "a"),
		scope(&Filter{Tags: []feature.Tag{{Type: "simple", Value: "x"}}}, "*"),
		scope(&Filter{Tags: []feature.Tag{{Type: "simple", Value: "x"}, {Type: "simple", Value: "y"}}, NamePrefix: "flag-"}, "b"),
	}
}
