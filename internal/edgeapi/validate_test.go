package edgeapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

func ask(t *testing.T, s *testkit.Server, tokens ...any) testkit.Answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"tokens": append([]any{}, tokens...)})
	if err != nil {
		t.Fatal(err)
	}
	return s.Do("POST", "/edge/validate", string(body), "Authorization", "")
}

// TestValidate: live tokens only, in the order asked, revoked at once (the
// peer goes on reporting a deleted token that it saw once).
func TestValidate(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client, frontend := s.ClientToken("development", "default"), s.FrontendToken("production")
	expiring := s.Token(`{"tokenName":"brief","type":"client","environment":"development","projects":["*"],"expiresAt":"` +
		s.Clock.Now().Add(time.Hour).Format(time.RFC3339) + `"}`)
	var personal struct {
		Secret string `json:"secret"`
	}
	session := s.SignIn("admin", testkit.AdminPassword)
	s.Must(http.StatusCreated, "POST", "/api/admin/user/tokens", `{"description":"mine","expiresAt":"2100-01-01T00:00:00Z"}`, "Cookie", session).JSON(t, &personal)

	verdict := func(secret, kind, projects, environment string) string {
		return `{"token":"` + secret + `","type":"` + kind + `","projects":["` + projects + `"],"environment":"` + environment + `"}`
	}
	ofClient, ofFrontend := verdict(client, "client", "default", "development"), verdict(frontend, "frontend", "*", "production")
	ofAdmin, ofExpiring := verdict(testkit.AdminToken, "admin", "*", "*"), verdict(expiring, "client", "*", "development")
	ofExpiring = strings.TrimSuffix(ofExpiring, "}") + `,"expiresAt":"2026-11-22T13:00:00Z"}`
	check := func(name string, want []string, tokens ...any) {
		t.Helper()
		got := ask(t, s, tokens...)
		if body := `{"tokens":[` + strings.Join(want, ",") + `]}`; got.Status != http.StatusOK || got.Body != body {
			t.Errorf("%s: %d %s, want %s", name, got.Status, got.Body, body)
		}
	}
	check("none", nil)
	check("in the order asked", []string{ofFrontend, ofClient, ofFrontend, ofAdmin}, frontend, "unknown", client, frontend, testkit.AdminToken)
	check("personal", nil, personal.Secret)
	check("with a scheme", nil, "Bearer "+client)
	check("numbers and others", nil, 7, true, "", "*:*.x", "user:x", strings.Repeat("x", 5000))
	check("before it expires", []string{ofExpiring}, expiring)
	s.Clock.Advance(time.Hour)
	check("after it expired", nil, expiring)
	s.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+client, "")
	check("deleted", []string{ofFrontend}, client, frontend)
}

func TestValidateRefuses(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client, frontend := s.ClientToken("development"), s.FrontendToken("development")
	for secret, status := range map[string]int{
		client: 403, frontend: 403, "Bearer " + client: 403, testkit.AdminToken: 200, "unknown": 200, "user:x": 200, "": 200,
	} {
		if got := s.Do("POST", "/edge/validate", `{"tokens":[]}`, "Authorization", secret); got.Status != status {
			t.Errorf("with %q: status %d, want %d: %s", secret, got.Status, status, got.Body)
		}
	}
	long := `{"tokens":[` + strings.TrimSuffix(strings.Repeat(`"x",`, 1001), ",") + `]}`
	for body, status := range map[string]int{
		`{}`: 400, `{"tokens":1}`: 400, `{"tokens":null}`: 400, `[]`: 400, `{`: 400, `{"tokens":[{}]}`: 400, long: 400,
		`{"tokens":["` + strings.Repeat("x", 2<<20) + `"]}`: 413,
	} {
		if got := s.Do("POST", "/edge/validate", body, "Authorization", ""); got.Status != status {
			t.Errorf("%.40s: status %d, want %d: %s", body, got.Status, status, got.Body)
		}
	}
	if got := s.Do("POST", "/edge/validate", `{}`, "Authorization", "", "Content-Type", "text/plain"); got.Status != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: status %d", got.Status)
	}
}

// TestValidateIsLimited: it tells who asks which secrets are live.
func TestValidateIsLimited(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	var last testkit.Answer
	for range 121 {
		last = ask(t, s)
	}
	if last.Status != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
		t.Errorf("the 121st question in a minute: %d %v", last.Status, last.Header)
	}
	s.Clock.Advance(time.Minute)
	if got := ask(t, s); got.Status != http.StatusOK {
		t.Errorf("a minute later: %d", got.Status)
	}
}
