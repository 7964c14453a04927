package eval

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/burgeehq/burgee/internal/feature"
)

// TestIndexLeavesOutOnlyWhatIsOff evaluates random flags for random contexts:
// those that the index leaves out are off, and it leaves out some.
func TestIndexLeavesOutOnlyWhatIsOff(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(11, 12))}
	segments := []feature.Segment{{ID: 1, Constraints: g.constraints(2)}, {ID: 2, Constraints: []feature.Constraint{oneOfUsers("42", "alice")}}}
	var views []feature.View
	for i := range 500 {
		v := g.view(i)
		for j := range v.Strategies {
			if g.chance(50) {
				v.Strategies[j].Constraints = append(v.Strategies[j].Constraints, feature.Constraint{
					ContextName: pick(g, "userId", "plan", "region", "appName"), Operator: pick(g, feature.In, feature.NotIn),
					Values: some(g, append(poolTexts, poolUsers...), 4), Inverted: g.chance(25),
				})
			}
		}
		views = append(views, v)
	}
	set := compileAll(Options{}, views, segments)
	flags := flagsIn(set)
	index := NewIndex(flags)
	on, left := 0, 0
	for range 300 {
		chance := false
		c := g.context().context(&chance)
		asked := slices.Collect(index.Candidates(c, nil).All())
		if !slices.IsSorted(asked) {
			t.Fatalf("the places are not in order: %v", asked)
		}
		for i, f := range flags {
			_, candidate := slices.BinarySearch(asked, i)
			enabled := set.Evaluate(f, c).Enabled
			if enabled && !candidate {
				t.Fatalf("a flag that is on is left out: %s", dump(*f.view))
			}
			if enabled {
				on++
			}
			if !candidate {
				left++
			}
		}
	}
	if on == 0 || left == 0 {
		t.Errorf("%d answers were on and %d left out: this test proves nothing", on, left)
	}
}

func oneOfUsers(ids ...string) feature.Constraint {
	return feature.Constraint{ContextName: "userId", Operator: feature.In, Values: ids}
}

// TestIndex says which flags are asked for user 7 of application shop, with plan
// pro. No value of another shares a bucket with one of these.
func TestIndex(t *testing.T) {
	other := feature.Constraint{ContextName: "plan", Operator: feature.In, Values: []string{" free ", ""}}
	plan := feature.Constraint{ContextName: "plan", Operator: feature.In, Values: []string{"pro"}}
	app := feature.Constraint{ContextName: "appName", Operator: feature.In, Values: []string{"shop"}}
	inverted := oneOfUsers("8")
	inverted.Inverted = true
	with := func(k ...feature.Constraint) feature.Strategy {
		return feature.Strategy{Name: "default", Constraints: k}
	}
	users := func(ids string) feature.Strategy {
		return feature.Strategy{Name: "userWithId", Parameters: map[string]string{"userIds": ids}}
	}
	many := oneOfUsers()
	for i := range maxKeys + 1 {
		many.Values = append(many.Values, fmt.Sprint("user-", i))
	}
	segmented := with()
	segmented.Segments = []feature.SegmentID{1}
	missing := with()
	missing.Segments = []feature.SegmentID{2}
	cases := []struct {
		name       string
		asked      bool
		strategies []feature.Strategy
	}{
		{"of no strategy", true, nil},
		{"of the user", true, []feature.Strategy{with(oneOfUsers("6", "7"))}},
		{"of others", false, []feature.Strategy{with(oneOfUsers("8", "77"))}},
		{"not of others", true, []feature.Strategy{with(inverted)}},
		{"of others or the plan", true, []feature.Strategy{with(oneOfUsers("8")), with(plan)}},
		{"of others or another plan", false, []feature.Strategy{with(oneOfUsers("8")), with(other)}},
		{"of others and the application", false, []feature.Strategy{with(app, oneOfUsers("8"))}},
		{"of anyone beside others", true, []feature.Strategy{with(oneOfUsers("8")), with(inverted)}},
		{"of a list of users", true, []feature.Strategy{users("5, 7")}},
		{"of a list of others", false, []feature.Strategy{users("5, 8")}},
		{"of a segment", false, []feature.Strategy{segmented}},
		{"of a segment that is missing", false, []feature.Strategy{missing}},
		{"of too many others", true, []feature.Strategy{with(many)}},
	}
	var views []feature.View
	for _, tc := range cases {
		views = append(views, feature.View{Name: feature.Name(tc.name), Enabled: true, Strategies: tc.strategies})
	}
	set := compileAll(Options{}, views, []feature.Segment{{ID: 1, Constraints: []feature.Constraint{oneOfUsers("8", "10")}}})
	c := Context{UserID: "7", AppName: "shop", CurrentTime: noon, Properties: map[string]string{"plan": "pro"}}
	asked := make(map[feature.Name]bool)
	flags := flagsIn(set)
	for i := range NewIndex(flags).Candidates(&c, nil).All() {
		asked[flags[i].Name()] = true
	}
	for _, tc := range cases {
		if got := asked[feature.Name(tc.name)]; got != tc.asked {
			t.Errorf("a flag %s is asked: %v, want %v", tc.name, got, tc.asked)
		}
	}
}

// BenchmarkIndex finds the flags of one user among 1,500 that name ten of 5,000
// users in each of two strategies, and evaluates them; "all" evaluates all.
func BenchmarkIndex(b *testing.B) {
	random := rand.New(rand.NewPCG(7, 7))
	var views []feature.View
	for i := range 1500 {
		v := feature.View{Name: feature.Name(fmt.Sprintf("flag-%04d", i)), Enabled: true}
		for range 2 {
			k := oneOfUsers()
			for range 10 {
				k.Values = append(k.Values, fmt.Sprint(random.IntN(5000)))
			}
			v.Strategies = append(v.Strategies, feature.Strategy{Name: "default", Constraints: []feature.Constraint{k}})
		}
		views = append(views, v)
	}
	set := compileAll(Options{}, views, nil)
	flags := flagsIn(set)
	index := NewIndex(flags)
	c := Context{UserID: "42", CurrentTime: noon}
	b.Run("index", func(b *testing.B) {
		b.ReportAllocs()
		var room [32]uint64
		for b.Loop() {
			for i := range index.Candidates(&c, room[:0]).All() {
				set.Evaluate(flags[i], &c)
			}
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			for _, f := range flags {
				set.Evaluate(f, &c)
			}
		}
	})
	b.Run("build", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			NewIndex(flags)
		}
	})
}
