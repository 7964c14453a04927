package feature

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// TrimSpace returns s without the leading and trailing white space of
// JavaScript's String.prototype.trim, which differs from [strings.TrimSpace]
// in U+FEFF (white space) and U+0085 (not).
func TrimSpace(s string) string {
	if s == "" || s[0] > ' ' && s[0] < 0x80 && s[len(s)-1] > ' ' && s[len(s)-1] < 0x80 {
		return s
	}
	return strings.TrimFunc(s, isSpace)
}

func isSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff:
		return true
	}
	return r >= 0x2000 && r <= 0x200a
}

// ParseNumber converts text to a number by the rules of JavaScript's Number():
// white space around is ignored, "" is 0, 0x, 0o and 0b prefixes are known,
// Infinity may be signed. It reports false where Number() gives NaN.
func ParseNumber(s string) (float64, bool) {
	s = TrimSpace(s)
	if s == "" {
		return 0, true
	}
	if len(s) > 2 && s[0] == '0' {
		switch s[1] {
		case 'x', 'X':
			return parseDigits(s[2:], 16)
		case 'o', 'O':
			return parseDigits(s[2:], 8)
		case 'b', 'B':
			return parseDigits(s[2:], 2)
		}
	}
	switch s {
	case "Infinity", "+Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if !isDecimal(s) {
		return 0, false
	}
	// The grammar is checked, so the only error left is a value out of range,
	// for which f is the infinity that JavaScript gives as well.
	f, _ := strconv.ParseFloat(s, 64)
	return f, true
}

// parseDecimal is ParseNumber for values that people write into a constraint:
// a finite number in decimal notation, not empty.
func parseDecimal(s string) (float64, bool) {
	if !isDecimal(TrimSpace(s)) {
		return 0, false
	}
	f, ok := ParseNumber(s)
	return f, ok && !math.IsInf(f, 0)
}

// isDecimal reports whether s is [+-] digits [. digits] [e [+-] digits], with
// digits on at least one side of the point.
func isDecimal(s string) bool {
	s = skipSign(s)
	whole := leadingDigits(s)
	s = s[whole:]
	fraction := 0
	if strings.HasPrefix(s, ".") {
		fraction = leadingDigits(s[1:])
		s = s[1+fraction:]
	}
	if whole+fraction == 0 {
		return false
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = skipSign(s[1:])
	return s != "" && leadingDigits(s) == len(s)
}

func skipSign(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[1:]
	}
	return s
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// parseDigits reads unsigned digits of a base, rounded to the nearest float64.
func parseDigits(s string, base int) (float64, bool) {
	for i := range len(s) {
		if digit(s[i]) >= base {
			return 0, false
		}
	}
	if n, err := strconv.ParseUint(s, base, 64); err == nil {
		return float64(n), true
	}
	n, ok := new(big.Int).SetString(s, base)
	if !ok {
		return 0, false
	}
	f, _ := n.Float64()
	return f, true
}

// digit returns the value of a digit in bases up to 16, or 16.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return 16
}
