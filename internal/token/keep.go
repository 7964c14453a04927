package token

import (
	"io"
	"strings"
)

// keptClear begins a text that is kept as it is, where no key seals it.
const keptClear = "0."

// Keep returns a secret text as it is to be stored: sealed for an id, or in
// clear when there is no sealer. Random is read when it is sealed.
func Keep(s *Sealer, text, id string, random io.Reader) (string, error) {
	if s == nil {
		return keptClear + text, nil
	}
	return s.Seal(text, id, random)
}

// Kept returns the text that [Keep] was given, or [ErrSealed] when no key opens
// it.
func Kept(s *Sealer, kept, id string) (string, error) {
	if text, plain := strings.CutPrefix(kept, keptClear); plain {
		return text, nil
	}
	if s == nil {
		return "", ErrSealed
	}
	return s.Open(kept, id)
}
