package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/burgeehq/burgee/internal/eval"
)

// plan is how to answer the front-end API for a view: what no context changes
// is encoded already, and of the rest only the flags that may be on for a
// context are evaluated.
type plan struct {
	fixed []byte // the answers that no context changes, each with a comma
	asked []asked
	index *eval.Index // of the flags that are asked
	name  []byte      // a digest of all that no context changes
	whole *Fixed      // the answer, when no context changes any of it
}

// asked is a flag to evaluate.
type asked struct {
	*entry

	at int // the place of its answer among those that stand
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
		p := &v.plan
		var flags []*eval.Flag
		digest, from := sha256.New(), 0
		for _, entry := range v.entries {
			result, static := e.set.Static(entry.flag)
			switch {
			case !static:
				for _, part := range [][]byte{p.fixed[from:], entry.head, entry.tail} {
					digest.Write(part)
				}
				digest.Write([]byte{0}) // JSON has none: runs of one length cannot be taken for another
				from = len(p.fixed)
				p.asked = append(p.asked, asked{entry, from})
				flags = append(flags, entry.flag)
			case result.Enabled:
				p.fixed = appendAnswer(p.fixed, entry, result.Variant)
			}
		}
		digest.Write(p.fixed[from:])
		p.name = digest.Sum(nil)
		if len(flags) == 0 {
			p.whole = &Fixed{Content: newContent(closed(append([]byte(toggles), p.fixed...)))}
			return
		}
		p.index = eval.NewIndex(flags)
	})
	return &v.plan
}

const (
	toggles = `{"toggles":[`
	// noVariant is the variant of a flag that is on and gives none.
	noVariant = `{"name":"disabled","enabled":false,"feature_enabled":true,"featureEnabled":true}`
)

// What an outcome says of a flag that is on, after its place among those that
// are asked. After withVariant comes the variant as it is answered: a JSON
// object, which says where it ends.
const (
	plain byte = iota
	withVariant
)

// Fixed returns the answer of the front-end API for a view of this environment,
// and its outcome, when it is the same for every context; nil when it is not.
func (e *Environment) Fixed(v *View) (answer *Fixed, outcome []byte) {
	plan := e.planFor(v)
	return plan.whole, plan.name
}

// Evaluate appends the answer of the front-end API for a context: the flags of
// a view that are on, by name. The view must be one of this environment. To
// outcome it appends what tells the answer apart from others: two answers are
// equal when their outcomes are, also those of other views and other
// processes; it is far shorter than the answer. It allocates nothing but room
// in the slices, and a bit a flag when more than 16,384 depend on the context.
func (e *Environment) Evaluate(v *View, c *eval.Context, to, outcome []byte) (answer, told []byte) {
	plan := e.planFor(v)
	outcome = append(outcome, plan.name...)
	if plan.whole != nil {
		return append(to, plan.whole.Bytes...), outcome
	}
	to = append(to, toggles...)
	from := 0
	var room [maxAskedInPlace / 64]uint64
	for i := range plan.index.Candidates(c, room[:0]).All() {
		ask := &plan.asked[i]
		result := e.set.Evaluate(ask.flag, c)
		if !result.Enabled {
			continue
		}
		outcome = binary.AppendUvarint(outcome, uint64(i))
		if result.Variant == nil {
			outcome = append(outcome, plain)
		} else {
			outcome = appendVariant(append(outcome, withVariant), result.Variant)
		}
		to = append(to, plan.fixed[from:ask.at]...)
		to = appendAnswer(to, ask.entry, result.Variant)
		from = ask.at
	}
	return closed(append(to, plan.fixed[from:]...)), outcome
}

// maxAskedInPlace is up to how many flags that depend on the context a request
// costs no memory of its own.
const maxAskedInPlace = 16384

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
