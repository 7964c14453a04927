package adminapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// A token works from its networks only, for every kind, and a change
// counts at once.
func TestAllowedNetworks(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) { c.TrustedProxies = []string{"127.0.0.1"} })
	for _, c := range []struct{ kind, path string }{
		{"client", features}, {"frontend", "/api/frontend"}, {"admin", "/api/admin/projects"},
	} {
		secret := s.Token(`{"tokenName":"here","type":"` + c.kind + `","allowedNetworks":["192.0.2.0/24","2001:db8::7"]}`)
		want := func(when, from string, status int) {
			t.Helper()
			got := s.Do(http.MethodGet, c.path, "", "Authorization", secret, "X-Forwarded-For", from)
			if got.Status != status || (status == 403 && !strings.Contains(got.Body, "network address")) {
				t.Errorf("%s, %s, from %s: %d, want %d: %s", c.kind, when, from, got.Status, status, got.Body)
			}
		}
		want("inside", "192.0.2.200", 200)
		want("inside", "::ffff:192.0.2.1", 200)
		want("inside", "2001:db8::7", 200)
		want("outside", "192.0.3.1", 403)
		want("outside", "2001:db8::8", 403)
		s.Must(http.StatusOK, http.MethodPut, tokensPath+"/"+secret, `{"allowedNetworks":["198.51.100.1"]}`)
		want("changed", "192.0.2.200", 403)
		want("changed", "198.51.100.1", 200)
		s.Must(http.StatusOK, http.MethodPut, tokensPath+"/"+secret, `{"allowedNetworks":[]}`)
		want("lifted", "192.0.2.200", 200)
	}
}

// A front-end token works for its pages only.
func TestAllowedOrigins(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.Token(`{"tokenName":"page","type":"frontend","allowedOrigins":["https://shop.example"]}`)
	for origin, status := range map[string]int{
		"https://shop.example": 200, "https://evil.example": 403, "https://shop.example:8443": 403, "http://shop.example": 403, "": 403,
	} {
		if got := s.Do(http.MethodGet, "/api/frontend", "", "Authorization", secret, "Origin", origin); got.Status != status {
			t.Errorf("from %q: %d, want %d: %s", origin, got.Status, status, got.Body)
		}
	}
}

// A token that makes too many requests a second is told when to come
// back; both secrets of a rotation draw from the same bucket.
func TestRequestsPerSecond(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	first := s.Token(`{"tokenName":"slow","type":"client","requestsPerSecond":3}`)
	second := rotate(t, s, tokensPath+"/"+first, `{}`)
	for _, secret := range []string{first, second, first} {
		opens(t, s, "within the rate", features, secret, 200)
	}
	got := s.Do(http.MethodGet, features, "", "Authorization", second)
	if got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "1" {
		t.Errorf("beyond the rate: %d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
	}
	s.Must(http.StatusOK, http.MethodPut, tokensPath+"/"+first, `{"expiresAt":"2040-01-01T00:00:00Z"}`)
	opens(t, s, "a change does not refill", features, first, 429)
	s.Clock.Advance(time.Second / 3)
	opens(t, s, "a third of a second later", features, first, 429)
	s.Clock.Advance(time.Millisecond)
	opens(t, s, "and a millisecond", features, first, 200)
	opens(t, s, "once", features, first, 429)
	s.Must(http.StatusOK, http.MethodPut, tokensPath+"/"+first, `{"requestsPerSecond":0}`)
	for range 5 {
		opens(t, s, "without a limit", features, first, 200)
	}
}

// Only what is given changes, details show it, and what cannot be kept is
// refused.
func TestTokenLimits(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.Token(`{"tokenName":"narrow","type":"frontend","allowedNetworks":["127.0.0.1"],"requestsPerSecond":9,"expiresAt":"2040-01-01T00:00:00Z"}`)
	for _, c := range []struct {
		body, says string
		status     int
	}{
		{`{}`, "/body/expiresAt", 400},
		{`{"allowedNetworks":["nonsense"]}`, "/body/allowedNetworks/0", 400},
		{`{"allowedNetworks":["10.0.0.0/33"]}`, "/body/allowedNetworks/0", 400},
		{`{"allowedNetworks":["10.0.0.0/8","fe80::1%eth0"]}`, "/body/allowedNetworks/1", 400},
		{`{"allowedNetworks":["` + strings.Repeat(`10.0.0.1","`, 100) + `10.0.0.1"]}`, "/body/allowedNetworks", 400},
		{`{"allowedOrigins":["*"]}`, "/body/allowedOrigins/0", 400},
		{`{"allowedOrigins":["https://a.example/path"]}`, "/body/allowedOrigins/0", 400},
		{`{"requestsPerSecond":-1}`, "/body/requestsPerSecond", 400},
		{`{"requestsPerSecond":1000001}`, "/body/requestsPerSecond", 400},
		{`{"allowedOrigins":["https://a.example"]}`, "", 200},
	} {
		got := s.Do(http.MethodPut, tokensPath+"/"+secret, c.body)
		if got.Status != c.status || !strings.Contains(got.Body, c.says) {
			t.Errorf("%.60s: %d %s, want %d with %s", c.body, got.Status, got.Body, c.status, c.says)
		}
	}
	details := s.Must(http.StatusOK, http.MethodGet, tokensPath+"/narrow?details=true", "").Body
	for _, want := range []string{`"allowedNetworks":["127.0.0.1/32"]`, `"allowedOrigins":["https://a.example"]`, `"requestsPerSecond":9`, `"expiresAt":"2040-01-01T00:00:00Z"`} {
		if !strings.Contains(details, want) {
			t.Errorf("the details lack %s: %s", want, details)
		}
	}
	if got := s.Do(http.MethodPost, tokensPath, `{"tokenName":"x","type":"client","allowedOrigins":["https://a.example"]}`); got.Status != 400 {
		t.Errorf("a client token with origins: %d %s", got.Status, got.Body)
	}
}
