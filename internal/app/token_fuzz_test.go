package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// fuzzedCall is an operation that reads what anybody may send.
type fuzzedCall struct{ method, path string }

// tokenCalls is every operation about tokens that reads a body.
var tokenCalls = []fuzzedCall{
	{http.MethodPost, "/api/admin/api-tokens"},
	{http.MethodPut, "/api/admin/api-tokens/nobodys"},
	{http.MethodPost, "/api/admin/api-tokens/nobodys/rotate"},
	{http.MethodPost, "/api/admin/api-tokens/lookup"},
	{http.MethodPost, "/api/admin/projects/default/api-tokens"},
	{http.MethodPut, "/api/admin/projects/default/api-tokens/nobodys"},
	{http.MethodPost, "/api/admin/projects/default/api-tokens/nobodys/rotate"},
	{http.MethodPost, "/api/admin/user/tokens"},
	{http.MethodPost, "/api/admin/user/tokens/1/rotate"},
	{http.MethodPut, "/api/admin/token-policy"},
	{http.MethodPost, "/edge/validate"},
}

// FuzzTokenEndpoints: whatever body is sent to an operation about tokens, the
// answer is a success or names what is wrong; it is never a failure of ours.
func FuzzTokenEndpoints(f *testing.F) {
	const admin = "*:*.fuzzing-admin"
	s := testkit.Start(f, func(c *app.ServeConfig) { c.InitAdminTokens = []string{admin} })
	handler := s.App.Handler()
	for _, seed := range []string{
		`{"tokenName":"a","type":"client","environment":"development","projects":["default"],"expiresAt":"2030-01-01T00:00:00Z"}`,
		`{"username":1,"type":"ADMIN","permissions":["CREATE_FEATURE"],"environments":["development"]}`,
		`{"allowedNetworks":["10.0.0.0/8"],"allowedOrigins":["https://a.example"],"requestsPerSecond":5}`,
		`{"expiresAt":null}`, `{"overlapSeconds":0,"untilUnusedSeconds":60}`, `{"digests":["47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"]}`,
		`{"description":"a","expiresAt":"2030-01-01T00:00:00Z"}`, `{"tokens":["*:development.x"]}`, `[]`, `null`, `{`, `{"a":1e999}`, "",
	} {
		for i := range tokenCalls {
			f.Add(uint8(i), seed)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		call := tokenCalls[int(which)%len(tokenCalls)]
		r := httptest.NewRequestWithContext(t.Context(), call.method, call.path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", admin)
		if call.path == "/edge/validate" {
			r.Header.Del("Authorization")
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError {
			t.Fatalf("%s %s with %q: %d %s", call.method, call.path, body, w.Code, w.Body)
		}
	})
}

// FuzzAuthorization: whatever stands in the Authorization header, every API
// refuses it or knows it; it is never a failure of ours, and no answer to a
// stranger succeeds.
func FuzzAuthorization(f *testing.F) {
	s := testkit.Start(f)
	handler := s.App.Handler()
	paths := []string{"/api/admin/projects", "/api/admin/api-tokens", "/api/client/features", "/api/frontend", "/api/nowhere"}
	for _, seed := range []string{
		"", "Bearer ", "bearer x", "user:x", "*:*.x", "[]:development.x", "*:development.x", "Basic YTpi", "\x00", "a\tb",
		strings.Repeat("a", 5000), "Bearer Bearer x", "é", "default:development.", ":.", "user:",
	} {
		f.Add(uint8(0), seed)
	}
	f.Fuzz(func(t *testing.T, which uint8, header string) {
		path := paths[int(which)%len(paths)]
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		r.Header["Authorization"] = []string{header}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError || w.Code < http.StatusBadRequest {
			t.Fatalf("%s with Authorization %q: %d %s", path, header, w.Code, w.Body)
		}
	})
}
