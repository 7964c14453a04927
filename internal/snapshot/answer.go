package snapshot

import (
	"iter"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
)

// Answer is one flag, evaluated for one context.
type Answer struct {
	eval.Result

	Flag *feature.View // must not be changed
	// Fixed says that neither a context nor the time nor chance changes the
	// answer.
	Fixed bool
}

// Answer evaluates the flag of a name; false when the view, which must be one
// of this environment, has none.
func (e *Environment) Answer(v *View, name feature.Name, c *eval.Context) (Answer, bool) {
	found := findEntry(v.entries, name)
	if found == nil {
		return Answer{}, false
	}
	return e.answer(found, c), true
}

// Answers evaluates all flags of a view, which must be one of this
// environment, by name: those that are off too.
func (e *Environment) Answers(v *View, c *eval.Context) iter.Seq[Answer] {
	return func(yield func(Answer) bool) {
		for _, entry := range v.entries {
			if !yield(e.answer(entry, c)) {
				return
			}
		}
	}
}

func (e *Environment) answer(entry *entry, c *eval.Context) Answer {
	result, fixed := e.set.Static(entry.flag)
	if !fixed {
		result = e.set.Evaluate(entry.flag, c)
	}
	return Answer{Result: result, Flag: entry.view, Fixed: fixed}
}

// Append appends the answer as the front-end API sends it.
func (a Answer) Append(to []byte) []byte {
	if !a.Enabled {
		return AppendOff(to, a.Flag.Name, a.Flag.ImpressionData)
	}
	to = append(appendText(append(to, `{"name":`...), string(a.Flag.Name)), `,"enabled":true,"variant":`...)
	return appendImpression(appendVariant(to, a.Variant), a.Flag.ImpressionData)
}

// AppendOff appends what the front-end API says of a flag that is off, or that
// does not exist.
func AppendOff(to []byte, name feature.Name, impressionData bool) []byte {
	to = append(appendText(append(to, `{"name":`...), string(name)),
		`,"enabled":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":false,"featureEnabled":false}`...)
	return appendImpression(to, impressionData)
}

// appendImpression appends the end of an answer.
func appendImpression(to []byte, impressionData bool) []byte {
	if impressionData {
		return append(to, `,"impressionData":true}`...)
	}
	return append(to, `,"impressionData":false}`...)
}
