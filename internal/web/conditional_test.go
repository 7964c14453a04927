package web_test

import (
	"net/http"
	"testing"

	"github.com/burgeehq/burgee/internal/web"
)

func TestNoneMatch(t *testing.T) {
	t.Parallel()
	const tag = `"a,b:1"`
	for header, want := range map[string]bool{
		tag: true, "W/" + tag: true, "*": true, " * ": true, `"x",` + tag: true, `"x" , W/` + tag + ` , "y"`: true, tag + "," + tag: true,
		"": false, `a,b:1`: false, `"x"`: false, `"a,b:1`: false, `"x", a,b:1`: false, `x, ` + tag: true, `"*"`: false, ",,": false, `W/`: false, `w/` + tag: false,
	} {
		r := &http.Request{Header: http.Header{"If-None-Match": {header}}}
		if got := web.NoneMatch(r, func(other string) bool { return other == tag }); got != want {
			t.Errorf("If-None-Match %s: %v, want %v", header, got, want)
		}
	}
	two := &http.Request{Header: http.Header{"If-None-Match": {`"x"`, tag}}}
	if !web.NoneMatch(two, func(other string) bool { return other == tag }) {
		t.Error("a second header is not read")
	}
	if web.NoneMatch(&http.Request{}, func(string) bool { return true }) {
		t.Error("a request without the header matches")
	}
}

func TestAcceptsGzip(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"gzip": true, "GZIP": true, "x-gzip": true, "gzip, deflate, br": true, "br;q=1.0, gzip;q=0.5": true, "*": true, "deflate, *;q=0.1": true, "gzip; q=0.001": true,
		"": false, "identity": false, "br": false, "gzip;q=0": false, "gzip; q=0.000, br": false, "*;q=0": false, "gzip;q=0, *": false, "gzipped": false,
	} {
		r := &http.Request{Header: http.Header{"Accept-Encoding": {header}}}
		if got := web.AcceptsGzip(r); got != want {
			t.Errorf("Accept-Encoding %q: %v, want %v", header, got, want)
		}
	}
}
