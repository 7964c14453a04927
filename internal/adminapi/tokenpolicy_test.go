package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

// The policy on the lifetime of tokens holds at creation, change and
// rotation, for every kind; tokens that there are stay.
func TestTokenPolicy(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/token-policy"
	old := s.ClientToken("development")
	ada := s.Person("policy-ada", "Viewer")
	in := func(days int) string {
		return fmt.Sprintf(`"expiresAt":%q`, s.Clock.Now().Add(time.Duration(days)*24*time.Hour).Format(time.RFC3339))
	}
	for _, body := range []string{
		`{"client":{"maxDays":-1}}`, `{"personal":{"defaultDays":36501}}`, `{"admin":{"maxDays":5,"defaultDays":6}}`, `{"client":{"maxDays":"x"}}`,
	} {
		s.Must(http.StatusBadRequest, http.MethodPut, path, body)
	}
	s.Must(http.StatusForbidden, http.MethodPut, path, `{}`, "Authorization", ada.PAT)
	s.Must(http.StatusOK, http.MethodGet, path, "", "Authorization", ada.PAT) // who makes a token of their own must know
	s.Must(http.StatusOK, http.MethodPut, path,
		`{"client":{"maxDays":90,"defaultDays":30},"frontend":{"defaultDays":10},"admin":{"requireExpiry":true},"personal":{"maxDays":7,"defaultDays":5}}`)
	if got := s.Must(http.StatusOK, http.MethodGet, path, "").Body; !strings.Contains(got, `"client":{"defaultDays":30,"maxDays":90,"requireExpiry":false}`) {
		t.Errorf("the policy reads %s", got)
	}
	for _, c := range []struct {
		method, path, body, who string
		status                  int
		says                    string
	}{
		{"POST", tokensPath, `{"tokenName":"a","type":"client"}`, "", 201, `"expiresAt":"2026-12-22T12:00:00Z"`},
		{"POST", tokensPath, `{"tokenName":"a","type":"frontend"}`, "", 201, `"expiresAt":"2026-12-02T12:00:00Z"`},
		{"POST", tokensPath, `{"tokenName":"a","type":"frontend",` + in(9999) + `}`, "", 201, ""},
		{"POST", tokensPath, `{"tokenName":"a","type":"client",` + in(90) + `}`, "", 201, ""},
		{"POST", tokensPath, `{"tokenName":"a","type":"client",` + in(91) + `}`, "", 400, "within 90 days"},
		{"POST", tokensPath, `{"tokenName":"a","type":"admin"}`, "", 400, "expiresAt must be given"},
		{"POST", tokensPath, `{"tokenName":"a","type":"admin",` + in(9999) + `}`, "", 201, ""},
		{"PUT", tokensPath + "/" + old, `{"expiresAt":null}`, "", 400, "expiresAt must be given"},
		{"PUT", tokensPath + "/" + old, `{` + in(91) + `}`, "", 400, "within 90 days"},
		{"PUT", tokensPath + "/" + old, `{"requestsPerSecond":1000}`, "", 200, ""},
		{"POST", tokensPath + "/" + old + "/rotate", `{}`, "", 400, "expiresAt must be given"},
		{"PUT", tokensPath + "/" + old, `{` + in(60) + `}`, "", 200, ""},
		{"POST", tokensPath + "/" + old + "/rotate", `{}`, "", 200, ""},
		{"POST", "/api/admin/user/tokens", `{"description":"a","expiresAt":null}`, ada.PAT, 201, `"expiresAt":"2026-11-27T12:00:00Z"`},
		{"POST", "/api/admin/user/tokens", `{"description":"b",` + in(8) + `}`, ada.PAT, 400, "within 7 days"},
		{"POST", "/api/admin/user/tokens", `{"description":"b",` + in(7) + `}`, ada.PAT, 201, ""},
	} {
		var headers []string
		if c.who != "" {
			headers = []string{"Authorization", c.who}
		}
		got := s.Do(c.method, c.path, c.body, headers...)
		if got.Status != c.status || !strings.Contains(got.Body, c.says) {
			t.Errorf("%s %s: %d %s, want %d with %s", c.method, c.body, got.Status, got.Body, c.status, c.says)
		}
	}
	opens(t, s, "a token from before the policy", features, old, 200)
	opens(t, s, "a personal token from before the policy", "/api/admin/user", ada.PAT, 200)
	events := s.Must(http.StatusOK, http.MethodGet, "/api/admin/events?type=setting-updated", "").Body
	if !strings.Contains(events, "token.policy") {
		t.Errorf("the policy's change is not in the log: %s", events)
	}
}
