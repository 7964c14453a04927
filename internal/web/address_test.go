package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/web"
)

// serve sends one request through the stack to a handler on every path.
func serve(o web.StackOptions, r *http.Request, handler http.HandlerFunc) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	stacked(o, handler).ServeHTTP(answer, r)
	return answer
}

// TestClientIP: X-Forwarded-For is believed from trusted proxies only, from the
// right, so that nobody can choose an address for himself.
func TestClientIP(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy", "203.0.113.9:1234", nil, "203.0.113.9"},
		{"header of a stranger", "203.0.113.9:1234", []string{"1.1.1.1"}, "203.0.113.9"},
		{"header of a proxy", "10.0.0.1:1", []string{"203.0.113.9"}, "203.0.113.9"},
		{"no header of a proxy", "10.0.0.1:1", nil, "10.0.0.1"},
		{"the client lies to the proxy", "10.0.0.1:1", []string{"1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
		{"two proxies", "10.0.0.1:1", []string{"203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		{"two proxies and a lie", "10.0.0.1:1", []string{"10.9.9.9, 203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		{"two header lines", "10.0.0.1:1", []string{"1.1.1.1", "203.0.113.9"}, "203.0.113.9"},
		{"proxies only", "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"empty entries", "10.0.0.1:1", []string{" , 203.0.113.9 ,, "}, "203.0.113.9"},
		{"no address", "10.0.0.1:1", []string{"203.0.113.9, unknown"}, "10.0.0.1"},
		{"no address further left", "10.0.0.1:1", []string{"203.0.113.9, _hidden, 10.0.0.2"}, "10.0.0.2"},
		{"with a port", "10.0.0.1:1", []string{"203.0.113.9:5678"}, "203.0.113.9"},
		{"IPv6", "[fd00::1]:1", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv6 with brackets", "[fd00::1]:1", []string{"[2001:db8::7]"}, "2001:db8::7"},
		{"IPv6 with a port", "[fd00::1]:1", []string{"[2001:db8::7]:80"}, "2001:db8::7"},
		{"IPv6 with a zone", "[fe80::1%eth0]:1", nil, "fe80::1"},
		{"IPv4 in IPv6", "[::ffff:203.0.113.9]:1", nil, "203.0.113.9"},
		{"IPv4 in IPv6 of a proxy", "[::ffff:10.0.0.1]:1", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"Unix socket", "@", []string{"203.0.113.9"}, "invalid IP"},
		{"far too many", "10.0.0.1:1", []string{"203.0.113.9, " + strings.Repeat("10.0.0.2, ", 100) + "10.0.0.3"}, "10.0.0.2"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/things/one", http.NoBody)
		r.RemoteAddr = c.peer
		r.Header["X-Forwarded-For"] = c.forwarded
		var got netip.Addr
		serve(web.StackOptions{TrustedProxies: trusted}, r, func(_ http.ResponseWriter, r *http.Request) { got = web.ClientIP(r) })
		if got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestSecure: X-Forwarded-Proto is believed from trusted proxies only, and
// decides about HSTS.
func TestSecure(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		name, url, peer string
		proto           []string
		want            bool
	}{
		{"plain", "http://h/things/one", "203.0.113.9:1", nil, false},
		{"TLS", "https://h/things/one", "203.0.113.9:1", nil, true},
		{"a stranger's word", "http://h/things/one", "203.0.113.9:1", []string{"https"}, false},
		{"a proxy's word", "http://h/things/one", "10.0.0.1:1", []string{"https"}, true},
		{"in capitals", "http://h/things/one", "10.0.0.1:1", []string{"HTTPS"}, true},
		{"a proxy's word against TLS", "https://h/things/one", "10.0.0.1:1", []string{"http"}, false},
		{"the client lies to the proxy", "http://h/things/one", "10.0.0.1:1", []string{"https, http"}, false},
		{"a silent proxy", "https://h/things/one", "10.0.0.1:1", nil, true},
	} {
		r := httptest.NewRequest(http.MethodGet, c.url, http.NoBody)
		r.RemoteAddr = c.peer
		r.Header["X-Forwarded-Proto"] = c.proto
		var got bool
		answer := serve(web.StackOptions{TrustedProxies: trusted}, r, func(_ http.ResponseWriter, r *http.Request) { got = web.Secure(r) })
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if hsts := answer.Header().Get("Strict-Transport-Security") != ""; hsts != c.want {
			t.Errorf("%s: HSTS is %v, want %v", c.name, hsts, c.want)
		}
	}
}

// TestRequestID: a proxy's id is taken over if it is harmless in a log; the
// answer and an error's body carry the same one.
func TestRequestID(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		name, peer, sent string
		taken            bool
	}{
		{"a proxy's", "10.0.0.1:1", "abc-1.2_Z", true},
		{"a stranger's", "203.0.113.9:1", "abc", false},
		{"with a line break", "10.0.0.1:1", "abc\ndef", false},
		{"with spaces", "10.0.0.1:1", "a b", false},
		{"too long", "10.0.0.1:1", strings.Repeat("a", 65), false},
		{"none", "10.0.0.1:1", "", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/nowhere", http.NoBody)
		r.RemoteAddr = c.peer
		r.Header["X-Request-Id"] = []string{c.sent}
		answer := serve(web.StackOptions{TrustedProxies: trusted}, r, nil)
		id := answer.Header().Get("X-Request-Id")
		if (id == c.sent) != c.taken || id == "" {
			t.Errorf("%s: the id is %q", c.name, id)
		}
		if !strings.Contains(answer.Body.String(), `"id":"`+id+`"`) {
			t.Errorf("%s: the body %s lacks the id %s", c.name, answer.Body, id)
		}
	}
}
