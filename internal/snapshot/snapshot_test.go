package snapshot

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// TestIncrementalEqualsRebuild makes random changes and compares what a store
// serves that was told each of them with what one serves that reads everything.
func TestIncrementalEqualsRebuild(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		m, followed := newModel(seed), newStore()
		for i := range 120 {
			followed.Apply(m.step())
			if i%10 != 0 {
				read(t, followed) // so that there are views to inherit
				continue
			}
			rebuilt := newStore()
			rebuilt.Apply(m.all())
			got, want := read(t, followed), read(t, rebuilt)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, step %d: followed and rebuilt differ (-rebuilt +followed):\n%s", seed, i, diff)
			}
		}
	}
}

// read returns all that a store serves, but for revisions.
func read(t *testing.T, s *Store) map[string]string {
	t.Helper()
	served := map[string]string{}
	for _, environment := range []feature.EnvironmentName{dev, feature.Production, "nowhere"} {
		e := s.Environment(environment)
		for i, scope := range scopes(environment) {
			view := e.View(scope)
			key := string(environment) + strconv.Itoa(i)
			for _, inline := range []bool{true, false} {
				body := view.Payload(inline).Body().Bytes
				if !json.Valid(body) {
					t.Fatalf("not JSON: %s", body)
				}
				before, _, found := bytes.Cut(body, []byte(`,"meta":`))
				if !found {
					t.Fatalf("no meta in %s", body)
				}
				hash, _, _ := strings.Cut(view.Payload(inline).ETag(), ":")
				served[key+strconv.FormatBool(inline)] = string(before) + hash
			}
			for user := range 4 {
				c := eval.Context{UserID: strconv.Itoa(user), Properties: map[string]string{"plan": "5"}}
				answer, outcome := e.Evaluate(view, &c, nil, nil)
				if !json.Valid(answer) {
					t.Fatalf("not JSON: %s", answer)
				}
				served[key+"for"+c.UserID], served[key+"outcome"+c.UserID] = string(answer), string(outcome)
			}
		}
	}
	return served
}

// TestOutcomes: answers are equal when their outcomes are, whatever the state,
// the scope and the context, and an answer that no context changes is the one
// that every context gets.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	answers, fixed, several := map[string]string{}, 0, map[string]bool{}
	for seed := range uint64(40) {
		m, s := newModel(seed), newStore()
		for range 20 {
			s.Apply(m.step())
			e := s.Environment(dev)
			for _, scope := range scopes(dev) {
				view := e.View(scope)
				kept, name := e.Fixed(view)
				for user := range 8 {
					c := eval.Context{UserID: strconv.Itoa(user), Properties: map[string]string{"plan": strconv.Itoa(user % 5)}}
					answer, outcome := e.Evaluate(view, &c, nil, nil)
					if before, known := answers[string(outcome)]; known && before != string(answer) {
						t.Fatalf("seed %d: one outcome of two answers:\n%s\n%s", seed, before, answer)
					}
					answers[string(outcome)] = string(answer)
					several[string(answer)] = true
					if kept != nil && (!bytes.Equal(kept.Bytes, answer) || !bytes.Equal(name, outcome) || kept.Length[0] != strconv.Itoa(len(answer))) {
						t.Fatalf("seed %d: fixed as %s, and evaluated to %s", seed, kept.Bytes, answer)
					}
				}
				if kept != nil {
					fixed++
				}
			}
		}
	}
	if fixed == 0 || len(several) < 100 {
		t.Errorf("%d fixed answers and %d different ones: too few to prove anything", fixed, len(several))
	}
}

// TestRevisionStaysInScope: R15, R21. What a token does not see moves neither
// its revision nor its ETag; what it sees does, and so does a flag that goes.
func TestRevisionStaysInScope(t *testing.T) {
	t.Parallel()
	s := newStore()
	flag := func(name, project string, segments ...feature.SegmentID) Flag {
		return Flag{View: feature.View{
			Name: feature.Name(name), Project: feature.ProjectID(project), Enabled: true,
			Strategies: []feature.Strategy{{Name: "default", Segments: segments}},
		}}
	}
	in := func(name feature.EnvironmentName, flags ...Flag) []EnvironmentChange {
		return []EnvironmentChange{{Name: name, Flags: flags}}
	}
	segment := func(id feature.SegmentID, name string) feature.Segment {
		return feature.Segment{ID: id, Name: name, Constraints: []feature.Constraint{}}
	}
	gone := func(names ...feature.Name) []EnvironmentChange {
		return []EnvironmentChange{{Name: dev, Gone: names}}
	}
	off := flag("one", "a", 1)
	off.View.Enabled = false
	tagged := off
	tagged.Tags = []feature.Tag{{Type: "simple", Value: "x"}}
	scope := Scope{Token: token.Scope{Projects: []string{"a"}, Environment: string(dev)}, Key: "a"}
	last := ""
	for i, step := range []struct {
		name   string
		change Change
		moves  bool
	}{
		{"everything", Change{Complete: true, Segments: []feature.Segment{segment(1, "one"), segment(2, "two")}, Environments: append(
			in(dev, flag("one", "a", 1), flag("two", "b", 2)), in(feature.Production, flag("one", "a"))...)}, true},
		{"another project", Change{Environments: in(dev, flag("three", "b"))}, false},
		{"another environment", Change{Environments: in(feature.Production, flag("one", "a", 2))}, false},
		{"a segment of another project's flag", Change{Segments: []feature.Segment{segment(2, "zwei")}}, false},
		{"a segment nobody uses", Change{Segments: []feature.Segment{segment(3, "three")}}, false},
		{"the same again", Change{Environments: in(dev, flag("one", "a", 1))}, false},
		{"all again", Change{Environments: []EnvironmentChange{{Name: dev, Complete: true, Flags: []Flag{flag("one", "a", 1), flag("two", "b", 2), flag("three", "b")}}}}, false},
		{"its own flag", Change{Environments: in(dev, off)}, true},
		{"a tag, which is not in the payload", Change{Environments: in(dev, tagged)}, false},
		{"its segment", Change{Segments: []feature.Segment{segment(1, "uno")}}, true},
		{"another project's flag goes", Change{Environments: gone("three")}, false},
		{"a flag comes", Change{Environments: in(dev, flag("two", "a", 2))}, true},
		{"and moves away", Change{Environments: in(dev, flag("two", "b", 2))}, true},
		{"its own flag goes", Change{Environments: gone("one")}, true},
		{"and comes back", Change{Environments: in(dev, flag("one", "a", 1))}, true},
		{"the environment goes", Change{GoneEnvironments: []feature.EnvironmentName{dev}}, true},
	} {
		step.change.Revision = int64(i + 1)
		s.Apply(step.change)
		p := s.Environment(dev).View(scope).Payload(false)
		if moved := p.ETag() != last; moved != step.moves {
			t.Errorf("%s: ETag %s after %s, want a change: %v", step.name, p.ETag(), last, step.moves)
		}
		if step.moves && p.Revision() != step.change.Revision {
			t.Errorf("%s: revision %d, want %d", step.name, p.Revision(), step.change.Revision)
		}
		last = p.ETag()
	}
}

// TestSegmentsStayInScope: R21. The peer gives every segment to every token.
func TestSegmentsStayInScope(t *testing.T) {
	t.Parallel()
	s := newStore()
	constraint := []feature.Constraint{{ContextName: "userId", Operator: feature.In, Values: []string{"secret-user"}}}
	s.Apply(Change{
		Revision: 1, Segments: []feature.Segment{{ID: 1, Name: "mine"}, {ID: 2, Name: "theirs", Constraints: constraint}, {ID: 3, Name: "unused"}},
		Environments: []EnvironmentChange{{Name: dev, Flags: []Flag{
			{View: feature.View{Name: "x", Project: "a", Strategies: []feature.Strategy{{Name: "default", Segments: []feature.SegmentID{1}}}}},
			{View: feature.View{Name: "y", Project: "b", Strategies: []feature.Strategy{{Name: "default", Segments: []feature.SegmentID{2}}}}},
		}}},
	})
	body := string(s.Environment(dev).View(Scope{Token: token.Scope{Projects: []string{"a"}}, Key: "a"}).Payload(false).Body().Bytes)
	if !strings.Contains(body, `"segments":[{"id":1,"name":"mine","constraints":[]}]`) {
		t.Errorf("its own segment is missing: %s", body)
	}
	if strings.Contains(body, "secret-user") || strings.Contains(body, "unused") {
		t.Errorf("a segment of others leaks: %s", body)
	}
}

// TestMissingSegmentLetsNobodyIn: inlining nothing for a segment that is not
// there would open the flag to everybody.
func TestMissingSegmentLetsNobodyIn(t *testing.T) {
	t.Parallel()
	s := newStore()
	s.Apply(Change{Revision: 1, Environments: []EnvironmentChange{{Name: dev, Flags: []Flag{
		{View: feature.View{Name: "x", Project: "a", Enabled: true, Strategies: []feature.Strategy{{Name: "default", Segments: []feature.SegmentID{9}}}}},
	}}}})
	e := s.Environment(dev)
	view := e.View(Scope{Token: token.Scope{AllProjects: true}, Key: "*"})
	const want = `"constraints":[{"values":[],"operator":"IN","contextName":"userId"}]`
	if body := string(view.Payload(true).Body().Bytes); !strings.Contains(body, want) {
		t.Errorf("inlined: %s lacks %s", body, want)
	}
	if got, _ := e.Evaluate(view, &eval.Context{UserID: "1"}, nil, nil); string(got) != `{"toggles":[]}` {
		t.Errorf("evaluated: %s", got)
	}
}

func TestGzipIsTheBody(t *testing.T) {
	t.Parallel()
	m, s := newModel(1), newStore()
	for range 30 {
		s.Apply(m.step())
	}
	for _, scope := range scopes(dev) {
		p := s.Environment(dev).View(scope).Payload(true)
		reader, err := gzip.NewReader(bytes.NewReader(p.Gzip().Bytes))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(plain, p.Body().Bytes) {
			t.Errorf("gzip holds %s, want %s", plain, p.Body().Bytes)
		}
	}
}

func TestSameContent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{`"abc:1:v1"`, `"abc:1:v1"`, true},
		{`"abc:1:v1"`, `"abc:2:v1"`, true},
		{`"abc:1:v1"`, `"abd:1:v1"`, false},
		{`"abc:1:v1"`, `"abc:1:v2"`, false},
		{`"abc:1:v1"`, `"abc"`, false},
		{`"abc:1:v1"`, ``, false},
	} {
		if got := SameContent(tc.a, tc.b); got != tc.want {
			t.Errorf("SameContent(%s, %s) = %v", tc.a, tc.b, got)
		}
	}
}

// TestViewsAreBounded asks for more scopes and filters than an environment
// remembers.
func TestViewsAreBounded(t *testing.T) {
	t.Parallel()
	m, s := newModel(1), newStore()
	s.Apply(m.step())
	e := s.Environment(dev)
	remembered := func() int { return len(*e.views.table.Load()) }
	for i := range maxViews + 10 {
		key := strconv.Itoa(i)
		e.View(Scope{Token: token.Scope{Projects: []string{key}}, Key: key})
		if remembered() > maxViews {
			t.Fatalf("%d views are remembered", remembered())
		}
	}
	popular := Scope{Token: token.Scope{AllProjects: true}, Key: "*"}
	kept := e.View(popular)
	for i := range maxFiltered + 10 {
		e.View(Scope{Token: token.Scope{AllProjects: true}, Key: "*", Filter: &Filter{NamePrefix: strconv.Itoa(i)}})
		if e.View(popular) != kept {
			t.Fatal("a view in use was forgotten")
		}
		if remembered() > maxViews {
			t.Fatalf("%d views are remembered", remembered())
		}
	}
	filtered := 0
	for key := range *e.views.table.Load() {
		if key.filter != "" {
			filtered++
		}
	}
	if filtered > maxFiltered {
		t.Errorf("%d filtered views are remembered", filtered)
	}
}

// TestFiltersAreToldApart: the text of a filter comes from a URL and may hold
// anything.
func TestFiltersAreToldApart(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for i, f := range []*Filter{
		nil,
		{},
		{NamePrefix: "a"},
		{Projects: []string{"a"}},
		{Projects: []string{"a", "b"}},
		{Projects: []string{"a b"}},
		{Projects: []string{`a" "b`}},
		{Tags: []feature.Tag{{Type: "a", Value: "b"}}},
		{Tags: []feature.Tag{{Type: "a", Value: "b"}, {Type: "c", Value: "d"}}},
		{Tags: []feature.Tag{{Type: "a", Value: "b\x00pz"}}},
		{Tags: []feature.Tag{{Type: "a", Value: "b"}}, Projects: []string{"z"}},
		{Tags: []feature.Tag{{Type: "a", Value: `b"} {"c" "d`}}},
	} {
		if j, taken := seen[f.key()]; taken {
			t.Errorf("filters %d and %d have the key %s", i, j, f.key())
		}
		seen[f.key()] = i
	}
}

// TestReadersDuringChanges reads everything while a thousand changes happen;
// the race detector is what makes it worth its time.
func TestReadersDuringChanges(t *testing.T) {
	t.Parallel()
	m, s := newModel(3), newStore()
	s.Apply(m.all())
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			last := int64(0)
			for {
				select {
				case <-done:
					return
				default:
				}
				e := s.Environment(dev)
				for _, scope := range scopes(dev) {
					view := e.View(scope)
					answer, _ := e.Evaluate(view, &eval.Context{UserID: "1"}, nil, nil)
					if !json.Valid(answer) || !json.Valid(view.Payload(true).Body().Bytes) || len(view.Payload(false).Gzip().Bytes) == 0 {
						t.Error("a reader got a broken answer")
						return
					}
				}
				revision := e.View(scopes(dev)[0]).Payload(true).Revision()
				if revision < last {
					t.Errorf("the revision fell from %d to %d", last, revision)
				}
				last = revision
			}
		})
	}
	for range 1000 {
		s.Apply(m.step())
	}
	close(done)
	readers.Wait()
}

// TestHotPathsDoNotAllocate: what every request does.
func TestHotPathsDoNotAllocate(t *testing.T) {
	m, s := newModel(5), newStore()
	for range 60 {
		s.Apply(m.step())
	}
	scope := scopes(dev)[0]
	c := eval.Context{UserID: "7", Properties: map[string]string{"plan": "5"}}
	answer, outcome := make([]byte, 0, 64<<10), make([]byte, 0, 64<<10)
	for name, work := range map[string]func(){
		"payload": func() {
			p := s.Environment(dev).View(scope).Payload(true)
			if p.ETag() == "" || len(p.Body().Bytes) == 0 {
				t.Error("no payload")
			}
		},
		"evaluate": func() {
			e := s.Environment(dev)
			answer, outcome = e.Evaluate(e.View(scope), &c, answer[:0], outcome[:0])
		},
	} {
		if n := testing.AllocsPerRun(100, work); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
