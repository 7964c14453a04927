package web

import (
	"net/http"
	"strings"
)

// NoneMatch reports whether the If-None-Match header of a request names what
// the server would send, so that 304 is the answer: it is "*", or same holds
// for one of its tags. Tags are handed over with their quotes and without the
// mark of a weak one. What is not quoted is no tag and never matches.
func NoneMatch(r *http.Request, same func(tag string) bool) bool {
	for _, header := range r.Header["If-None-Match"] {
		if same(header) { // one tag, as SDKs send it
			return true
		}
		rest := strings.Trim(header, " \t")
		if rest == "*" {
			return true
		}
		for rest != "" {
			var tag string
			tag, rest = nextTag(rest)
			if tag != "" && same(tag) {
				return true
			}
		}
	}
	return false
}

// nextTag returns the first tag of a list, empty when that is malformed, and
// what follows.
func nextTag(list string) (tag, rest string) {
	list = strings.TrimPrefix(strings.TrimLeft(list, " \t,"), "W/")
	if !strings.HasPrefix(list, `"`) {
		_, rest, _ = strings.Cut(list, ",")
		return "", rest
	}
	end := strings.IndexByte(list[1:], '"')
	if end < 0 {
		return "", ""
	}
	return list[:end+2], list[end+2:]
}

// AcceptsGzip reports whether a request takes an answer in gzip: its
// Accept-Encoding header names gzip, or everything, and not with a quality of
// zero.
func AcceptsGzip(r *http.Request) bool {
	other := false
	for _, header := range r.Header["Accept-Encoding"] {
		for header != "" {
			var item string
			item, header, _ = strings.Cut(header, ",")
			coding, parameters, _ := strings.Cut(item, ";")
			switch coding = strings.TrimSpace(coding); {
			case strings.EqualFold(coding, "gzip"), strings.EqualFold(coding, "x-gzip"):
				return !zeroQuality(parameters)
			case coding == "*":
				other = !zeroQuality(parameters)
			}
		}
	}
	return other
}

// zeroQuality reports whether the parameters of a coding say that it is not
// wanted, as in "q=0" or "q=0.000".
func zeroQuality(parameters string) bool {
	name, value, _ := strings.Cut(strings.TrimSpace(parameters), "=")
	if !strings.EqualFold(strings.TrimSpace(name), "q") {
		return false
	}
	value = strings.TrimSpace(value)
	return value != "" && strings.Trim(value, "0.") == ""
}
