package eval

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/burgeehq/burgee/internal/feature"
)

// place says where a STR operator looks for its values.
type place uint8

const (
	prefix place = iota
	suffix
	anywhere
)

func text(where place) func(*feature.Constraint) test {
	return func(k *feature.Constraint) test {
		values := trimmed(k.Values)
		if len(values) == 0 {
			return nil
		}
		if !k.CaseInsensitive {
			return func(value string, _ *Context) bool { return where.findsAny(value, values) }
		}
		lowered := make([][]byte, len(values))
		for i, v := range values {
			lowered[i] = appendLower(nil, v)
		}
		return func(value string, _ *Context) bool {
			var space [128]byte // longer values are the only ones to allocate
			return where.findsAnyBytes(appendLower(space[:0], value), lowered)
		}
	}
}

func (p place) findsAny(s string, values []string) bool {
	for _, v := range values {
		found := false
		switch p {
		case prefix:
			found = strings.HasPrefix(s, v)
		case suffix:
			found = strings.HasSuffix(s, v)
		case anywhere:
			found = strings.Contains(s, v)
		}
		if found {
			return true
		}
	}
	return false
}

func (p place) findsAnyBytes(s []byte, values [][]byte) bool {
	for _, v := range values {
		found := false
		switch p {
		case prefix:
			found = bytes.HasPrefix(s, v)
		case suffix:
			found = bytes.HasSuffix(s, v)
		case anywhere:
			found = bytes.Contains(s, v)
		}
		if found {
			return true
		}
	}
	return false
}

const (
	capitalSigma = 'Σ'
	finalSigma   = 'ς'
	dottedI      = 'İ'
)

// appendLower appends s in lower case as JavaScript's toLowerCase gives it:
// rune by rune, but a capital sigma that ends a word becomes a final one, and
// a dotted capital I becomes i and a dot.
func appendLower(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if b >= 'A' && b <= 'Z' {
				b += 'a' - 'A'
			}
			dst = append(dst, b)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == dottedI:
			dst = append(dst, "i̇"...)
		case r == capitalSigma && endsWord(s[:i], s[i+size:]):
			dst = utf8.AppendRune(dst, finalSigma)
		default:
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
		i += size
	}
	return dst
}

// endsWord reports whether a letter goes before and none after, skipping what
// may stand inside a word (Final_Sigma in Unicode's SpecialCasing).
func endsWord(before, after string) bool {
	for before != "" {
		r, size := utf8.DecodeLastRuneInString(before)
		if !caseIgnorable(r) {
			if !cased(r) {
				return false
			}
			break
		}
		before = before[:len(before)-size]
	}
	if before == "" {
		return false
	}
	for _, r := range after {
		if !caseIgnorable(r) {
			return !cased(r)
		}
	}
	return true
}

func cased(r rune) bool {
	return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) ||
		unicode.In(r, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

func caseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("'.:·\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a", r)
}
