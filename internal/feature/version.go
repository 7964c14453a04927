package feature

import (
	"cmp"
	"strconv"
	"strings"
)

// maxVersion bounds the length of a version, as node-semver does.
const maxVersion = 256

// maxSafeInteger is the largest number JavaScript counts exactly to.
const maxSafeInteger = 1<<53 - 1

// Version is a semantic version. Its build metadata is dropped: it orders
// nothing. The zero value is 0.0.0.
type Version struct {
	Major, Minor, Patch uint64
	Pre                 string // "beta.2"; empty for a release
}

// ParseVersion reads strict semantic versioning 2.0.0: three numbers without
// leading zeros, no "v", no white space around.
func ParseVersion(s string) (Version, bool) {
	if len(s) > maxVersion {
		return Version{}, false
	}
	s, build, hasBuild := strings.Cut(s, "+")
	if hasBuild && !validIdentifiers(build, true) {
		return Version{}, false
	}
	core, pre, hasPre := strings.Cut(s, "-")
	if hasPre && !validIdentifiers(pre, false) {
		return Version{}, false
	}
	major, rest, ok1 := strings.Cut(core, ".")
	minor, patch, ok2 := strings.Cut(rest, ".")
	if !ok1 || !ok2 {
		return Version{}, false
	}
	v := Version{Pre: pre}
	for _, part := range [...]struct {
		text string
		into *uint64
	}{{major, &v.Major}, {minor, &v.Minor}, {patch, &v.Patch}} {
		if !isNumeric(part.text) || leadingZero(part.text) {
			return Version{}, false
		}
		n, err := strconv.ParseUint(part.text, 10, 64)
		if err != nil || n > maxSafeInteger {
			return Version{}, false
		}
		*part.into = n
	}
	return v, true
}

// Compare returns -1, 0 or 1 as v precedes, equals or follows w.
func (v Version) Compare(w Version) int {
	if c := cmp.Compare(v.Major, w.Major); c != 0 {
		return c
	}
	if c := cmp.Compare(v.Minor, w.Minor); c != 0 {
		return c
	}
	if c := cmp.Compare(v.Patch, w.Patch); c != 0 {
		return c
	}
	switch {
	case v.Pre == w.Pre:
		return 0
	case v.Pre == "":
		return 1
	case w.Pre == "":
		return -1
	}
	return comparePre(v.Pre, w.Pre)
}

func comparePre(a, b string) int {
	for {
		idA, restA, moreA := strings.Cut(a, ".")
		idB, restB, moreB := strings.Cut(b, ".")
		if c := compareIdentifier(idA, idB); c != 0 {
			return c
		}
		switch {
		case !moreA && !moreB:
			return 0
		case !moreA:
			return -1
		case !moreB:
			return 1
		}
		a, b = restA, restB
	}
}

// compareIdentifier orders numbers by value and before text, text by bytes.
func compareIdentifier(a, b string) int {
	numA, numB := isNumeric(a), isNumeric(b)
	switch {
	case numA && numB:
		// No leading zeros, so the longer number is the larger.
		if c := cmp.Compare(len(a), len(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	case numA:
		return -1
	case numB:
		return 1
	}
	return strings.Compare(a, b)
}

func validIdentifiers(s string, zeros bool) bool {
	for {
		id, rest, more := strings.Cut(s, ".")
		if id == "" || !zeros && isNumeric(id) && leadingZero(id) {
			return false
		}
		for i := range len(id) {
			if c := id[i]; c != '-' && !isLetter(c) && (c < '0' || c > '9') {
				return false
			}
		}
		if !more {
			return true
		}
		s = rest
	}
}

func isNumeric(s string) bool { return s != "" && leadingDigits(s) == len(s) }

func leadingZero(s string) bool { return len(s) > 1 && s[0] == '0' }
