package snapshot

import "github.com/burgeehq/burgee/internal/eval"

// plan is how to answer the front-end API for a view: what no context changes
// is encoded already, only the rest is evaluated.
type plan struct {
	steps []step
	size  int // of an answer in which everything is on, about
}

// step is a run of answers that stand, and then, unless it is nil, a flag to
// evaluate.
type step struct {
	fixed []byte
	ask   *entry
}

func (e *Environment) planFor(v *View) *plan {
	v.planned.Do(func() {
		var fixed []byte
		for _, entry := range v.entries {
			result, static := e.set.Static(entry.flag)
			switch {
			case !static:
				v.plan.steps = append(v.plan.steps, step{fixed, entry})
				v.plan.size += len(fixed) + len(entry.head) + len(entry.tail) + len(noVariant)
				fixed = nil
			case result.Enabled:
				fixed = appendAnswer(fixed, entry, result.Variant)
			}
		}
		v.plan.steps = append(v.plan.steps, step{fixed: fixed})
		v.plan.size += len(fixed) + len(toggles) + 1
	})
	return &v.plan
}

const (
	toggles = `{"toggles":[`
	// noVariant is the variant of a flag that is on and gives none.
	noVariant = `{"name":"disabled","enabled":false,"feature_enabled":true,"featureEnabled":true}`
)

// Evaluate appends the answer of the front-end API for a context: the flags of
// a view that are on, by name. The view must be one of this environment. It
// allocates nothing but room in the slice.
func (e *Environment) Evaluate(v *View, c *eval.Context, to []byte) []byte {
	to = append(to, toggles...)
	empty := len(to)
	for _, s := range e.planFor(v).steps {
		to = append(to, s.fixed...)
		if s.ask == nil {
			continue
		}
		if result := e.set.Evaluate(s.ask.flag, c); result.Enabled {
			to = appendAnswer(to, s.ask, result.Variant)
		}
	}
	if len(to) == empty {
		return append(to, `]}`...)
	}
	to[len(to)-1] = ']' // in the place of the last comma
	return append(to, '}')
}

// appendAnswer appends the answer for one flag that is on, with a comma.
func appendAnswer(to []byte, e *entry, v *eval.Variant) []byte {
	to = append(to, e.head...)
	to = appendVariant(to, v)
	return append(to, e.tail...)
}

func appendVariant(to []byte, v *eval.Variant) []byte {
	if v == nil {
		return append(to, noVariant...)
	}
	to = append(to, `{"name":`...)
	to = appendText(to, v.Name)
	if v.Payload != nil {
		to = append(to, `,"payload":{"type":`...)
		to = appendText(to, v.Payload.Type)
		to = append(to, `,"value":`...)
		to = appendText(to, v.Payload.Value)
		to = append(to, '}')
	}
	return append(to, `,"enabled":true,"feature_enabled":true,"featureEnabled":true}`...)
}
