package control

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// MaxPlayground bounds the answers of one question to the playground: flags
// times environments times contexts.
const MaxPlayground = 20_000

// Playground asks how flags are evaluated.
type Playground struct {
	Environments []feature.EnvironmentName
	Projects     []feature.ProjectID // nil: all that whoever asks may know of
	Flags        []feature.Name      // nil: all of them
	Contexts     []eval.Context      // an empty environment means the one evaluated in, no time means now
}

// PlaygroundFlag is one flag in the answer, with an answer for each environment
// that its project has and each context, in the order asked for.
type PlaygroundFlag struct {
	Name    feature.Name
	Project feature.ProjectID
	Answers []PlaygroundAnswer
}

// PlaygroundAnswer is how a flag is evaluated in an environment for a context.
type PlaygroundAnswer struct {
	eval.Explanation
	Environment feature.EnvironmentName
	Context     int           // its place among those asked about
	View        *feature.View // the flag, with disabled strategies
	// Segments are those that strategies use, by id.
	Segments map[feature.SegmentID]*feature.Segment
}

// Explain evaluates flags as SDKs do and says why each answer is what it is.
// Chance falls alike for all strategies of a flag within one answer.
func (c *Control) Explain(ctx context.Context, p Playground) ([]PlaygroundFlag, error) {
	return view(ctx, c, func(tx *store.Tx) ([]PlaygroundFlag, error) {
		if err := p.check(ctx, tx); err != nil {
			return nil, err
		}
		list, err := tx.Segments(ctx)
		if err != nil {
			return nil, err
		}
		segments := make(map[feature.SegmentID]*feature.Segment, len(list))
		for i := range list {
			segments[list[i].ID] = &list[i]
		}
		x := explaining{Tx: tx, ask: p, segments: segments, compiler: eval.NewCompiler(c.Evaluation), at: make(map[feature.Name]int)}
		for _, environment := range p.Environments {
			if err := x.environment(ctx, environment); err != nil {
				return nil, err
			}
		}
		return x.flags, nil
	})
}

func (p Playground) check(ctx context.Context, tx *store.Tx) error {
	for i, name := range p.Environments {
		_, err := tx.Environment(ctx, name)
		if fault.Is(err, fault.NotFound) {
			return fault.Field(indexed("/body/environments", i), "there is no environment %q", name)
		}
		if err != nil {
			return err
		}
	}
	for i, id := range p.Projects {
		_, err := tx.Project(ctx, id)
		if fault.Is(err, fault.NotFound) || err == nil && !sees(ctx, id) {
			return fault.Field(indexed("/body/projects", i), "there is no project %q", id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// explaining is one question in progress.
type explaining struct {
	*store.Tx
	ask      Playground
	segments map[feature.SegmentID]*feature.Segment
	compiler *eval.Compiler
	flags    []PlaygroundFlag
	at       map[feature.Name]int // of flags
	answers  int
}

func (x *explaining) segment(id feature.SegmentID) *feature.Segment { return x.segments[id] }

// environment answers for one environment.
func (x *explaining) environment(ctx context.Context, environment feature.EnvironmentName) error {
	names, err := x.withParents(ctx)
	if err != nil {
		return err
	}
	views, err := x.WholeViews(ctx, environment, names)
	if err != nil {
		return err
	}
	compiled := make([]*eval.Flag, len(views))
	for i := range views {
		compiled[i] = x.compiler.Flag(&views[i], x.segment)
	}
	set := eval.NewSet(compiled)
	for _, flag := range compiled {
		if !x.asked(ctx, flag.View()) {
			continue
		}
		if x.answers += len(x.ask.Contexts); x.answers > MaxPlayground {
			return fault.Field("/body", "flags times environments times contexts must not be more than %d: name fewer projects, flags, environments or values", MaxPlayground)
		}
		x.explain(set, flag, environment)
	}
	return nil
}

// withParents returns the names of the flags asked for and of those they depend
// on; nil for all.
func (x *explaining) withParents(ctx context.Context) ([]feature.Name, error) {
	if x.ask.Flags == nil {
		return nil, nil
	}
	names := append([]feature.Name{}, x.ask.Flags...)
	dependencies, err := x.Dependencies(ctx, names)
	if err != nil {
		return nil, err
	}
	parents := []feature.Name{}
	for _, list := range dependencies {
		for _, d := range list {
			parents = append(parents, d.Parent)
		}
	}
	return append(names, parents...), nil
}

func (x *explaining) asked(ctx context.Context, v *feature.View) bool {
	return sees(ctx, v.Project) &&
		(x.ask.Projects == nil || slices.Contains(x.ask.Projects, v.Project)) &&
		(x.ask.Flags == nil || slices.Contains(x.ask.Flags, v.Name))
}

func (x *explaining) explain(set *eval.Set, flag *eval.Flag, environment feature.EnvironmentName) {
	explainer := x.compiler.Explainer(flag, x.segment)
	i, known := x.at[flag.Name()]
	if !known {
		i = len(x.flags)
		x.at[flag.Name()] = i
		x.flags = append(x.flags, PlaygroundFlag{Name: flag.Name(), Project: flag.View().Project})
	}
	for j := range x.ask.Contexts {
		c := x.ask.Contexts[j]
		if c.Environment == "" {
			c.Environment = string(environment)
		}
		if c.CurrentTime.IsZero() {
			c.CurrentTime = x.Now()
		}
		still := rand.Uint32()
		c.Random = func(n uint32) uint32 { return uint32(uint64(still) * uint64(n) >> 32) }
		x.flags[i].Answers = append(x.flags[i].Answers, PlaygroundAnswer{
			Explanation: explainer.Explain(set, &c), Environment: environment, Context: j, View: flag.View(), Segments: x.segments,
		})
	}
}
