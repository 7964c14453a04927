package snapshot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// parse reads a delta and checks what it says of itself.
func parse(t *testing.T, d *Delta) feature.Delta {
	t.Helper()
	text := bytes.Join(d.Parts, nil)
	var document feature.Delta
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if len(document.Events) != d.Events || len(text) != d.Size || bytes.ContainsAny(text, "\r\n") {
		t.Errorf("%d events in %d bytes, said to be %d in %d: %s", len(document.Events), len(text), d.Events, d.Size, text)
	}
	last := int64(0)
	for _, e := range document.Events {
		if e.ID < last {
			t.Errorf("event ids fall: %s", text)
		}
		last = e.ID
	}
	if last != d.ID {
		t.Errorf("the id is %d, and that of the last event %d", d.ID, last)
	}
	return document
}

// client is one that keeps itself current by deltas.
type client struct {
	mirror     feature.Mirror
	hydrations int
}

// poll asks a store for what the client lacks, and checks that it then knows
// what everybody else does.
func (c *client) poll(t *testing.T, s *Store, name feature.EnvironmentName, scope Scope) {
	t.Helper()
	e, last := s.Environment(name), c.mirror.Revision
	d, ok := e.Since(scope, last)
	if !ok {
		d = e.Hydration(scope, 0)
		c.hydrations++
	}
	if d != nil {
		if d.ID < last || !d.Hydration && d.ID == last {
			t.Errorf("the id goes from %d to %d", last, d.ID)
		}
		if err := c.mirror.Apply(parse(t, d)); err != nil {
			t.Error(err)
		}
	}
	var fresh feature.Mirror
	if err := fresh.Apply(parse(t, e.Hydration(scope, 0))); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(content(&fresh), content(&c.mirror)); diff != "" {
		t.Fatalf("scope %v, from %d to %d: the client differs from a new one (-new +client):\n%s", scope, last, e.Newest(), diff)
	}
}

func content(m *feature.Mirror) []any { return []any{m.FlagList(), m.SegmentList()} }

// TestDeltasEqualHydration: whatever changes, however seldom a client
// asks, and whichever of two processes, of which the second sees only every
// third revision: it knows what a new client is told.
func TestDeltasEqualHydration(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		m, first, second := newModel(seed), newStore(), newStore()
		first.Apply(m.all())
		second.Apply(m.all())
		clients := make(map[string]*client)
		for i := range 90 {
			first.Apply(m.step())
			if i%3 == 0 {
				all := m.all()
				all.Complete = false // but its environments are, as when a project changes
				for j := range all.Environments {
					all.Environments[j].Complete = true
				}
				for id := range feature.SegmentID(4) {
					if _, exists := m.segments[id]; !exists {
						all.GoneSegments = append(all.GoneSegments, id)
					}
				}
				second.Apply(all)
			}
			for _, environment := range []feature.EnvironmentName{dev, feature.Production} {
				for j, scope := range scopes(environment) {
					for _, rarely := range []int{1, 2, 11} {
						key := fmt.Sprint(environment, j, rarely)
						if clients[key] == nil {
							clients[key] = &client{}
						}
						if m.random.IntN(rarely) != 0 {
							continue
						}
						node := first
						if i%3 == 0 && m.random.IntN(2) == 0 {
							node = second
						}
						clients[key].poll(t, node, environment, scope)
					}
				}
			}
		}
		if often := clients[fmt.Sprint(dev, 0, 1)]; often.hydrations > 45 {
			t.Errorf("seed %d: a client that asks all the time was told everything %d times", seed, often.hydrations)
		}
	}
}

// flagOf is a flag in a project that uses segments.
func flagOf(name, project string, segments ...feature.SegmentID) Flag {
	return Flag{View: feature.View{
		Name: feature.Name(name), Project: feature.ProjectID(project), Enabled: true,
		Strategies: []feature.Strategy{{Name: "default", Segments: segments}},
	}}
}

// TestDeltaEvents: what becomes an event, in which order, for whom.
func TestDeltaEvents(t *testing.T) {
	t.Parallel()
	in := func(flags ...Flag) []EnvironmentChange { return []EnvironmentChange{{Name: dev, Flags: flags}} }
	segment := func(id feature.SegmentID, name string) []feature.Segment {
		return []feature.Segment{{ID: id, Name: name}}
	}
	off := flagOf("one", "a", 1)
	off.View.Enabled = false
	tagged := off
	tagged.Tags = []feature.Tag{{Type: "simple", Value: "x"}}
	scope := Scope{Token: token.Scope{Projects: []string{"a", "c"}}, Key: "a c"}
	s := newStore()
	s.Apply(Change{
		Revision: 10, Complete: true, Segments: []feature.Segment{{ID: 1, Name: "s1"}, {ID: 2, Name: "s2"}},
		Environments: in(flagOf("one", "a", 1), flagOf("two", "b", 2)),
	})
	for i, c := range []struct {
		name   string
		change Change
		want   string
	}{
		{"another project", Change{Environments: in(flagOf("two", "b"))}, ""},
		{"a commit without flags", Change{}, ""},
		{"its flag", Change{Environments: in(off)}, "feature-updated one"},
		{"a tag, which it does not see", Change{Environments: in(tagged)}, ""},
		{"its segment: not the flag", Change{Segments: segment(1, "s1b")}, "segment-updated 1"},
		{"another project's segment", Change{Segments: segment(2, "s2b")}, ""},
		{"a flag that uses an older segment", Change{Environments: in(flagOf("three", "a", 2))}, "segment-updated 2, feature-updated three"},
		{"a flag that uses one that it has", Change{Environments: in(flagOf("four", "c", 2))}, "segment-updated 2, feature-updated four"},
		{"one of two users of a segment goes", Change{Environments: []EnvironmentChange{{Name: dev, Gone: []feature.Name{"three"}}}}, "feature-removed three"},
		{"and the other", Change{Environments: in(flagOf("four", "c"))}, "feature-updated four, segment-removed 2"},
		{"to another project that it sees", Change{Environments: in(flagOf("four", "a"))}, "feature-removed four, feature-updated four"},
		{"out of sight", Change{Environments: in(flagOf("four", "b"))}, "feature-removed four"},
		{"into sight", Change{Environments: in(flagOf("two", "c"))}, "feature-updated two"},
		{"a segment is deleted under a flag", Change{GoneSegments: []feature.SegmentID{1}}, "segment-removed 1"},
		{"the environment", Change{GoneEnvironments: []feature.EnvironmentName{dev}}, "feature-removed one, feature-removed two"},
	} {
		before := s.Environment(dev)
		from := before.Newest()
		c.change.Revision = int64(11 + i)
		s.Apply(c.change)
		d, ok := s.Environment(dev).Since(scope, from)
		if !ok {
			t.Errorf("%s: a hydration is needed", c.name)
			continue
		}
		var got []string
		if d != nil {
			for _, e := range parse(t, d).Events {
				got = append(got, e.Type+" "+subject(e))
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		select {
		case <-before.Replaced():
		default:
			if c.want != "" {
				t.Errorf("%s: nobody is told", c.name)
			}
		}
	}
}

func subject(e feature.DeltaEvent) string {
	switch {
	case e.Feature != nil:
		return string(e.Feature.Name)
	case e.Segment != nil:
		return fmt.Sprint(e.Segment.ID)
	case e.SegmentID != nil:
		return fmt.Sprint(*e.SegmentID)
	default:
		return string(e.FeatureName)
	}
}

// TestHistoryIsBounded: a client that is too far behind is told everything, and
// so is one that knows a revision which this process skipped.
func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	s, scope := newStore(), Scope{Token: token.Scope{AllProjects: true}, Key: "*"}
	apply := func(revision int64, names ...string) {
		change := EnvironmentChange{Name: dev}
		for _, name := range names {
			f := flagOf(name, "a")
			f.View.Type = fmt.Sprint(revision)
			change.Flags = append(change.Flags, f)
		}
		s.Apply(Change{Revision: revision, Environments: []EnvironmentChange{change}})
	}
	since := func(revision int64) bool {
		_, ok := s.Environment(dev).Since(scope, revision)
		return ok
	}
	apply(5, "one")
	for revision := int64(6); revision < 6+maxHistory; revision++ {
		apply(revision, "one")
	}
	if !since(5) || since(4) {
		t.Errorf("since the start: %v, before it: %v", since(5), since(4))
	}
	newest := int64(6 + maxHistory)
	apply(newest, "two")
	if since(5) || !since(6) || !since(newest) {
		t.Errorf("after one more: from 5: %v, from 6: %v, from the newest: %v", since(5), since(6), since(newest))
	}
	apply(newest+3, "three")
	if !since(newest) || since(newest+1) || since(newest+2) || !since(newest+3) {
		t.Error("a revision that was skipped counts as known, or one that was not does not")
	}
	var many []string
	for i := range maxHistory + 1 {
		many = append(many, fmt.Sprint("many-", i))
	}
	apply(newest+4, many...)
	if e := s.Environment(dev); since(newest+3) || !since(newest+4) || len(e.history.moves) != 0 || e.history.size != 0 {
		t.Errorf("after a change of more than there is room for: %d moves of size %d", len(e.history.moves), e.history.size)
	}
}

// TestDeltasAreShared: clients of equal scope get the same document.
func TestDeltasAreShared(t *testing.T) {
	t.Parallel()
	m, s := newModel(1), newStore()
	s.Apply(m.all())
	from := s.Environment(dev).Newest()
	for range 40 {
		s.Apply(m.step())
	}
	e := s.Environment(dev)
	for i, scope := range scopes(dev) {
		again := scopes(dev)[i]
		a, _ := e.Since(scope, from)
		b, _ := e.Since(again, from)
		if a != b || e.Hydration(scope, 0) != e.Hydration(again, 0) {
			t.Errorf("scope %d: two documents are made", i)
		}
	}
	e.deltas.events = maxDeltas
	a, _ := e.Since(scopes(dev)[0], from+1)
	if b, _ := e.Since(scopes(dev)[0], from+1); a == b || a == nil {
		t.Error("more is kept than there is room for")
	}
}
