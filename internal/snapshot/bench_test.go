package snapshot

import (
	"fmt"
	"testing"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
)

// many is an environment of so many flags, half of which depend on the
// context.
func many(n int) Change {
	flags := make([]Flag, n)
	for i := range flags {
		name := feature.Name(fmt.Sprintf("flag-%05d", i))
		strategy := feature.Strategy{Name: "flexibleRollout", Parameters: map[string]string{"rollout": "100", "stickiness": "default", "groupId": string(name)}}
		if i%2 == 0 {
			strategy.Parameters["rollout"] = "50"
			strategy.Constraints = []feature.Constraint{{ContextName: "plan", Operator: feature.In, Values: []string{"pro", "team"}}}
		}
		flags[i] = Flag{View: feature.View{Name: name, Type: "release", Project: "a", Enabled: true, Strategies: []feature.Strategy{strategy}}}
	}
	return Change{Revision: 1, Environments: []EnvironmentChange{{Name: dev, Flags: flags}}}
}

// BenchmarkChange switches one flag among many and reads the result once.
func BenchmarkChange(b *testing.B) {
	for _, n := range []int{350, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newStore()
			all := many(n)
			s.Apply(all)
			one := all.Environments[0].Flags[n/2]
			scope := scopes(dev)[1]
			for b.Loop() {
				all.Revision++
				one.View.Enabled = !one.View.Enabled
				s.Apply(Change{Revision: all.Revision, Environments: []EnvironmentChange{{Name: dev, Flags: []Flag{one}}}})
				s.Environment(dev).View(scope).Payload(true).ETag()
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	all := many(10_000)
	for b.Loop() {
		newStore().Apply(all)
	}
}

func BenchmarkGzip(b *testing.B) {
	s := newStore()
	s.Apply(many(350))
	view := s.Environment(dev).View(scopes(dev)[0])
	for b.Loop() {
		p := Payload{view: view, inline: true}
		p.Gzip()
	}
}

func BenchmarkEvaluate(b *testing.B) {
	s := newStore()
	s.Apply(many(350))
	e := s.Environment(dev)
	view := e.View(scopes(dev)[0])
	c := eval.Context{UserID: "7", Properties: map[string]string{"plan": "pro"}}
	var answer []byte
	for b.Loop() {
		answer, _ = e.Evaluate(view, &c, answer[:0], nil)
	}
	b.SetBytes(int64(len(answer)))
}
