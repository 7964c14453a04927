package eval

import "github.com/burgeehq/burgee/internal/feature"

// constraint is one compiled constraint.
type constraint struct {
	field field
	test  test
	clock bool  // the test compares the current time; the field is ignored
	flip  bool  // the answer is the opposite of the test
	wants *want // without which it does not hold; nil: unknown
}

// test compares the value of a context field with what the constraint says.
type test func(value string, c *Context) bool

func (k *constraint) holds(c *Context) bool {
	if k.clock {
		return k.test("", c) != k.flip
	}
	value, ok := c.value(k.field)
	return (ok && k.test(value, c)) != k.flip
}

// conjunction is a list of constraints that must all hold, those left out
// that always do.
type conjunction struct {
	certain     certainty
	constraints []constraint
}

func (j *conjunction) holds(c *Context) bool {
	for i := range j.constraints {
		if !j.constraints[i].holds(c) {
			return false
		}
	}
	return true
}

// wants returns the narrowest condition without which the constraints do not
// all hold; nil when none is known.
func (j *conjunction) wants() *want {
	var narrowest *want
	for i := range j.constraints {
		narrowest = narrower(narrowest, j.constraints[i].wants)
	}
	return narrowest
}

func (c *Compiler) conjunction(list []feature.Constraint) conjunction {
	j := conjunction{certain: always}
	for i := range list {
		k, certain := c.constraint(&list[i])
		j.certain = j.certain.and(certain)
		if certain == depends {
			j.constraints = append(j.constraints, k)
		}
	}
	return j
}

func (c *Compiler) constraint(k *feature.Constraint) (constraint, certainty) {
	op, ok := c.operators[k.Operator]
	if !ok {
		return constraint{}, never // inverted or not
	}
	compiled := constraint{
		field: fieldNamed(k.ContextName),
		test:  op.compile(k),
		clock: op.clock,
		flip:  op.negates != k.Inverted,
	}
	if compiled.test == nil {
		return compiled, certainly(compiled.flip)
	}
	if op.lists && !compiled.flip {
		compiled.wants = wants(compiled.field, trimmed(k.Values))
	}
	return compiled, depends
}
