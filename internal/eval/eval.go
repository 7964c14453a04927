// Package eval answers whether a flag is on for a context, and which variant
// the context gets.
//
// Main types: [Compiler] turns one [feature.View] into one immutable [Flag];
// [Set] holds the flags of one environment and evaluates them against a
// [Context]; [Result] is the answer. Flow: a writer compiles the flags that
// changed and builds the next Set with [Set.With]; readers call
// [Set.Evaluate], which allocates nothing and takes no lock. A new constraint
// operator is one row in operators.go.
//
// The rules are those of the Node engine of Unleash (unleash-client 6.12.1),
// which answers /api/frontend of Unleash 8.2.0; docs/evaluation.md lists the
// deliberate differences. What does not belong: the clock (the caller sets
// [Context.CurrentTime]), I/O, HTTP, and what a request leaves out or means.
package eval

import "github.com/burgeehq/burgee/internal/feature"

// Result is the answer for one flag and one context.
type Result struct {
	Enabled bool
	// Variant is nil for the disabled variant: the flag is off, or has no
	// variants. It points into the compiled flag and must not be changed.
	Variant *Variant
}

// Variant is a variant of a compiled flag.
type Variant struct {
	Name           string
	Payload        *feature.Payload // nil when the variant has none
	FeatureEnabled bool             // always true: a flag that is off has no variant
}

// disabledVariant is the name of the variant of a flag that gives none.
const disabledVariant = "disabled"

// VariantName returns the name of the variant, "disabled" when there is none.
func (r Result) VariantName() string {
	if r.Variant == nil {
		return disabledVariant
	}
	return r.Variant.Name
}

// Flag is one compiled flag. It is immutable and may be shared by any number
// of sets and goroutines.
type Flag struct {
	view       *feature.View
	parents    []parent
	strategies []strategy
	variants   variants
	// wants are conditions of which a context must fulfil one for the flag to be
	// on; anyone is set when there are none.
	wants  []*want
	anyone bool
	// fixed is set when the answer, dependencies aside, is always answer.
	fixed  bool
	answer Result
}

// Name returns the name of the flag.
func (f *Flag) Name() feature.Name { return f.view.Name }

// View returns what the flag was compiled from; it must not be changed.
func (f *Flag) View() *feature.View { return f.view }

// evaluate answers for the flag itself, its dependencies aside.
func (f *Flag) evaluate(c *Context) Result {
	if f.fixed {
		return f.answer
	}
	if len(f.strategies) == 0 {
		return Result{Enabled: true, Variant: f.variants.pick(c)}
	}
	for i := range f.strategies {
		s := &f.strategies[i]
		if !s.passes(c) {
			continue
		}
		v := s.variants.pick(c)
		if v == nil {
			v = f.variants.pick(c)
		}
		return Result{Enabled: true, Variant: v}
	}
	return Result{}
}
