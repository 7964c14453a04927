package snapshot

import (
	"bytes"
	"crypto/sha256"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/burgeehq/burgee/internal/eval"
)

// plan is how to answer the front-end API for a view: what no context changes
// is encoded already, only the rest is evaluated.
type plan struct {
	steps []step
	name  []byte // a digest of all that no context changes
	fixed *Fixed // the answer, when no context changes any of it
}

// step is a run of answers that stand, and then, unless it is nil, a flag to
// evaluate.
type step struct {
	fixed []byte
	ask   *entry
}

// Fixed is the answer of a view that no context changes.
type Fixed struct {
	Content

	compressed sync.Once
	zipped     Content
}

// Gzip returns the answer compressed. It is made once.
func (f *Fixed) Gzip() Content {
	f.compressed.Do(func() {
		var b bytes.Buffer
		zip := gzip.NewWriter(&b)
		_, _ = zip.Write(f.Bytes) // a bytes.Buffer takes everything
		_ = zip.Close()
		f.zipped = newContent(bytes.Clone(b.Bytes()))
	})
	return f.zipped
}

func (e *Environment) planFor(v *View) *plan {
	v.planned.Do(func() {
		var fixed []byte
		digest := sha256.New()
		for _, entry := range v.entries {
			result, static := e.set.Static(entry.flag)
			switch {
			case !static:
				v.plan.steps = append(v.plan.steps, step{fixed, entry})
				for _, part := range [][]byte{fixed, entry.head, entry.tail} {
					digest.Write(part)
				}
				digest.Write([]byte{0}) // JSON has none: runs of one length cannot be taken for another
				fixed = nil
			case result.Enabled:
				fixed = appendAnswer(fixed, entry, result.Variant)
			}
		}
		digest.Write(fixed)
		v.plan.name = digest.Sum(nil)
		if len(v.plan.steps) == 0 {
			v.plan.fixed = &Fixed{Content: newContent(closed(append([]byte(toggles), fixed...)))}
			return
		}
		v.plan.steps = append(v.plan.steps, step{fixed: fixed})
	})
	return &v.plan
}

const (
	toggles = `{"toggles":[`
	// noVariant is the variant of a flag that is on and gives none.
	noVariant = `{"name":"disabled","enabled":false,"feature_enabled":true,"featureEnabled":true}`
)

// What an outcome says of a flag. After withVariant comes the variant as it is
// answered: a JSON object, which says where it ends.
const (
	off byte = iota
	on
	withVariant
)

// Fixed returns the answer of the front-end API for a view of this environment,
// and its outcome, when it is the same for every context; nil when it is not.
func (e *Environment) Fixed(v *View) (answer *Fixed, outcome []byte) {
	plan := e.planFor(v)
	return plan.fixed, plan.name
}

// Evaluate appends the answer of the front-end API for a context: the flags of
// a view that are on, by name. The view must be one of this environment. To
// outcome it appends what tells the answer apart from others: two answers are
// equal when their outcomes are, also those of other views and other
// processes; it is far shorter than the answer. It allocates nothing but room
// in the slices.
func (e *Environment) Evaluate(v *View, c *eval.Context, to, outcome []byte) (answer, told []byte) {
	plan := e.planFor(v)
	outcome = append(outcome, plan.name...)
	if plan.fixed != nil {
		return append(to, plan.fixed.Bytes...), outcome
	}
	to = append(to, toggles...)
	for _, s := range plan.steps {
		to = append(to, s.fixed...)
		if s.ask == nil {
			continue
		}
		switch result := e.set.Evaluate(s.ask.flag, c); {
		case !result.Enabled:
			outcome = append(outcome, off)
		case result.Variant == nil:
			outcome = append(outcome, on)
			to = appendAnswer(to, s.ask, nil)
		default:
			outcome = appendVariant(append(outcome, withVariant), result.Variant)
			to = appendAnswer(to, s.ask, result.Variant)
		}
	}
	return closed(to), outcome
}

// closed ends an answer of which each flag has a comma after it.
func closed(answer []byte) []byte {
	if answer[len(answer)-1] == '[' {
		return append(answer, `]}`...)
	}
	answer[len(answer)-1] = ']' // in the place of the last comma
	return append(answer, '}')
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
