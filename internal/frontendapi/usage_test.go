package frontendapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

// TestReports (R17): a front-end token registers applications and sends
// metrics, from a browser; no other credential does.
func TestReports(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"mine"}`)
	page, client := s.FrontendToken("development", "default"), s.ClientToken("development", "default")
	for path, body := range map[string]string{
		"/api/frontend/client/register": `{"appName":"page","strategies":[],"started":"2026-11-22T12:00:00Z","interval":15}`,
		"/api/frontend/client/metrics": `{"appName":"page","instanceId":"browser","impactMetrics":[],"sdkVersion":"unleash-js-sdk:3.8.2",
			"bucket":{"start":"2026-11-22T12:00:00.000Z","stop":"2026-11-22T12:01:00.000Z","toggles":{"mine":{"yes":1,"no":2,"variants":{}}}}}`,
	} {
		got := s.Do("POST", path, body, "Authorization", page, "Origin", "https://shop.example")
		if got.Status != http.StatusOK || got.Body != "OK" {
			t.Errorf("%s: status %d, body %q", path, got.Status, got.Body)
		}
		if got.Header.Get("Access-Control-Allow-Origin") == "" {
			t.Errorf("%s: a browser may not read the answer", path)
		}
		s.Run(
			testkit.Step{Name: "client token", Method: "POST", Path: path, Body: body, As: client, Status: http.StatusForbidden},
			testkit.Step{Name: "admin token", Method: "POST", Path: path, Body: body, Status: http.StatusForbidden},
			testkit.Step{Name: "unknown token", Method: "POST", Path: path, Body: body, As: page + "x", Status: http.StatusUnauthorized},
			testkit.Step{Name: "nothing", Method: "POST", Path: path, Body: "{}", As: page, Status: http.StatusBadRequest, Contains: []string{`"path":"/body/`}},
			testkit.Step{Name: "large", Method: "POST", Path: path, Body: `{"appName":"` + strings.Repeat("a", 256<<10) + `"}`, As: page, Status: http.StatusRequestEntityTooLarge},
		)
	}
	s.Run(
		testkit.Step{Name: "counted", Method: "GET", Path: "/api/admin/client-metrics/features/mine/raw", Status: http.StatusOK, Contains: []string{
			`{"featureName":"mine","appName":"page","environment":"development","timestamp":"2026-11-22T12:00:00Z","yes":1,"no":2}`,
		}},
		testkit.Step{Name: "as a front end", Method: "GET", Path: "/api/admin/metrics/applications/page/overview", Status: http.StatusOK, Contains: []string{
			`"frontendSdks":["unleash-js-sdk:3.8.2"]`, `"backendSdks":[]`,
		}},
	)
}
