package adminapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

func TestUIConfig(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) { c.BasePath, c.Version = "/flags", "1.2.3" })
	viewer := "" // nobody
	s.Run([]testkit.Step{
		{Name: "config", Method: "GET", Path: "/flags/api/admin/ui-config", Status: 200, Contains: []string{
			`"version":"8.2.0"`, `"burgeeVersion":"1.2.3"`, `"baseUriPath":"/flags"`, `"unleashUrl":"` + s.URL + `/flags"`,
			`"current":{"oss":"8.2.0"`, `"segmentValues":1000`, `"flags":{}`, `"frontendApiOrigins":[]`,
		}},
	}...)
	if got := s.Do("GET", "/flags/api/admin/ui-config", "", "Authorization", viewer); got.Status != http.StatusUnauthorized {
		t.Errorf("without a credential: %d, want 401", got.Status)
	}
}

// R17: the origins of the front-end API.
func TestFrontendOrigins(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/ui-config/cors"
	token := s.FrontendToken("development")
	allowed := func(origin string) string {
		t.Helper()
		return s.Do("GET", "/api/frontend", "", "Authorization", token, "Origin", origin).Header.Get("Access-Control-Allow-Origin")
	}
	if got := allowed("https://a.example"); got != "*" {
		t.Errorf("nobody has set origins: allowed %q, want *", got)
	}
	set := func(status int, body string) {
		t.Helper()
		s.Must(status, "POST", path, body)
	}
	set(http.StatusNoContent, `{"frontendApiOrigins":["https://a.example","http://b.example:8080","https://a.example","http://[::1]:3000"]}`)
	for origin, want := range map[string]string{
		"https://a.example": "https://a.example", "http://b.example:8080": "http://b.example:8080", "https://evil.example": "", "http://a.example": "",
	} {
		if got := allowed(origin); got != want {
			t.Errorf("origin %s: allowed %q, want %q", origin, got, want)
		}
	}
	for _, origin := range []string{
		"", "null", "a.example", "https://", "https://a.example/", "https://a.example/path", "https://A.example", "HTTPS://a.example",
		"https://a.example:443", "http://a.example:80", "https://*.example", "https://a.example?x", "https://a.example#x",
		"https://user@a.example", "https://a.example:", "https://a.example:0443", "https://a.example:99999", "ftp://a.example", "https://a b",
	} {
		got := s.Do("POST", path, `{"frontendApiOrigins":["*","`+origin+`"]}`)
		if got.Status != http.StatusBadRequest || !strings.Contains(got.Body, `"/body/frontendApiOrigins/1"`) {
			t.Errorf("origin %q: %d %s, want 400", origin, got.Status, got.Body)
		}
	}
	set(http.StatusBadRequest, `{}`)
	set(http.StatusBadRequest, `{"frontendApiOrigins":"*"}`)
	s.Run(
		testkit.Step{Name: "shown", Method: "GET", Path: "/api/admin/ui-config", Status: 200, Contains: []string{`"frontendApiOrigins":["https://a.example","http://b.example:8080","http://[::1]:3000"]`}},
		testkit.Step{Name: "not for an editor", Method: "POST", Path: path, Body: `{"frontendApiOrigins":[]}`, As: s.Person("editor", "Editor").PAT, Status: 403, Contains: []string{"UPDATE_CORS"}},
	)
	set(http.StatusNoContent, `{"frontendApiOrigins":[]}`)
	if got := allowed("https://evil.example"); got != "*" {
		t.Errorf("no origins set: allowed %q, want *", got)
	}
	var log eventLog
	s.Must(http.StatusOK, "GET", "/api/admin/search/events?type=IS_ANY_OF:setting-created,setting-updated", "").JSON(t, &log)
	if diff := cmp.Diff([]string{"setting-updated", "setting-created"}, log.types()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestStatistics(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	editor := s.Person("editor", "Editor")
	s.ClientToken("development")
	s.FrontendToken("development")
	const flag = "/api/admin/projects/default/features"
	s.Must(http.StatusCreated, "POST", flag, `{"name":"f"}`)
	s.Must(http.StatusCreated, "POST", flag, `{"name":"gone"}`)
	s.Must(http.StatusAccepted, "DELETE", flag+"/gone", "")
	s.Must(http.StatusOK, "POST", flag+"/f/environments/production/strategies",
		`{"name":"default","constraints":[{"contextName":"userId","operator":"IN","values":["a","b","c"]},{"contextName":"userId","operator":"IN","values":["a"]}]}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/segments", `{"name":"s","constraints":[]}`)
	s.Run(testkit.Step{Name: "counts", Method: "GET", Path: "/api/admin/instance-admin/statistics", As: editor.PAT, Status: 200, Contains: []string{
		`"versionOSS":"8.2.0"`, `"versionEnterprise":""`, `"users":2`, `"featureToggles":1`, `"projects":1`, `"environments":2`, `"segments":1`,
		`"strategies":4`, `"contextFields":5`, `"roles":6`, `"groups":0`, `"apiTokens":{"admin":1,"client":1,"frontend":1}`,
		`"activeUsers":{"last7":1,`, `"productionChanges":{"last7":1,`, `"maxEnvironmentStrategies":1`, `"maxConstraints":2`, `"maxConstraintValues":3`,
		`{"range":"allTime","count":0}`,
	}})
}
