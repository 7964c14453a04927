package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/feature"
)

// TestDeterminism evaluates random flags twice, with a fresh context and with
// one used before for others, and wants the same answer.
func TestDeterminism(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(1, 2))}
	var views []feature.View
	for i := range 200 {
		views = append(views, g.view(i))
	}
	segments := []feature.Segment{{ID: 1, Constraints: g.constraints(2)}}
	a, b := compileAll(Options{}, views, segments), compileAll(Options{}, views, segments)
	for range 50 {
		n := g.context()
		chance := false
		used := n.context(&chance)
		for i := range views {
			name := views[i].Name
			got, again := a.Evaluate(a.Flag(name), used), b.Evaluate(b.Flag(name), n.context(&chance))
			if got.Enabled != again.Enabled || got.VariantName() != again.VariantName() {
				t.Fatalf("%v %s, then %v %s\nflag %s\ncontext %s", got.Enabled, got.VariantName(), again.Enabled, again.VariantName(), dump(views[i]), dump(n))
			}
		}
	}
}

// TestInverted checks that inverting a constraint turns its answer around,
// except for an operator that is not known.
func TestInverted(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(3, 4))}
	for range 5000 {
		k := g.constraint()
		chance := false
		c := g.context().context(&chance)
		got := holds(k, c)
		k.Inverted = !k.Inverted
		if turned := holds(k, c); turned == got && k.Operator != "BOGUS" {
			t.Fatalf("inverted and not, both %v: %s", got, dump(k))
		}
		k.Inverted = !k.Inverted
		if again := holds(k, c); again != got {
			t.Fatalf("inverted twice %v, before %v: %s", again, got, dump(k))
		}
	}
}

// TestDistribution checks that ids and chance spread over a rollout and over
// variants as the weights say, within a fifth of a per cent of all or five
// standard deviations.
func TestDistribution(t *testing.T) {
	const n = 10_000
	view := feature.View{
		Strategies: []feature.Strategy{{
			Name:       "flexibleRollout",
			Parameters: map[string]string{"rollout": "30", "groupId": "g"},
			Variants:   []feature.Variant{{Name: "a", Weight: 100}, {Name: "b", Weight: 250}, {Name: "c", Weight: 650}},
		}},
	}
	view.Name, view.Enabled = "flag", true
	set := compileAll(Options{}, []feature.View{view}, nil)
	flag := set.Flag("flag")
	random := rand.New(rand.NewPCG(5, 6))
	for _, byChance := range []bool{false, true} {
		on, variants := 0, map[string]int{}
		for i := range n {
			c := Context{Random: random.Uint32N}
			if !byChance {
				c.UserID = fmt.Sprint("user-", i)
			}
			if r := set.Evaluate(flag, &c); r.Enabled {
				on++
				variants[r.VariantName()]++
			}
		}
		within(t, "rollout", on, n, .30)
		within(t, "a", variants["a"], on, .10)
		within(t, "b", variants["b"], on, .25)
		within(t, "c", variants["c"], on, .65)
	}
}

func within(t *testing.T, what string, got, of int, share float64) {
	t.Helper()
	want := float64(of) * share
	if tolerance := 5 * math.Sqrt(want*(1-share)); math.Abs(float64(got)-want) > tolerance {
		t.Errorf("%s: %d of %d, want %.0f ± %.0f", what, got, of, want, tolerance)
	}
}

// FuzzConstraint compiles and evaluates any constraint for any context: it
// must not panic, and inverting must turn the answer around.
func FuzzConstraint(f *testing.F) {
	for _, v := range vectors() {
		f.Add(string(v.operator), v.with, v.value, "10.0.0.1", false)
	}
	f.Add("STR_CONTAINS", "ΟΔΟΣ|i", "İΣ", "::1%eth0", true)
	f.Add("IN_CIDR", "10.0.0.0/8|::/0|1|2|3|4|5|6|7::|8.8.8.8", "7::/3", "2001:db8::1/16", true)
	f.Add("LIKE", "a", "a", "", true)
	f.Fuzz(func(t *testing.T, operator, with, value, address string, insensitive bool) {
		k := feature.Constraint{
			Operator: feature.Operator(operator), Value: with, Values: strings.Split(with, "|"), CaseInsensitive: insensitive,
		}
		c := &Context{RemoteAddress: address, CurrentTime: noon, Properties: map[string]string{"x": value}}
		for _, name := range []string{"x", "remoteAddress", "missing"} {
			k.ContextName, k.Inverted = name, false
			got := holds(k, c)
			k.Inverted = true
			if _, known := NewCompiler(Options{}).operators[k.Operator]; holds(k, c) == got && known {
				t.Errorf("inverted and not, both %v: %s", got, dump(k))
			}
		}
		evaluate(strategyView("remoteAddress", map[string]string{"IPs": with}), c)
		evaluate(strategyView("flexibleRollout", map[string]string{"rollout": with, "groupId": value, "stickiness": "x"}), c)
		evaluate(strategyView("userWithId", map[string]string{"userIds": with}), &Context{UserID: value})
	})
}
