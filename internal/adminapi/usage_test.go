package adminapi_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

// countFor reports metrics of one flag at the server's time.
func countFor(s *testkit.Server, secret, app, flag string, yes, no int) {
	at := s.Clock.Now().Format(time.RFC3339)
	s.Must(http.StatusAccepted, "POST", "/api/client/metrics", fmt.Sprintf(
		`{"appName":%q,"instanceId":"one","sdkVersion":"unleash-node-sdk:6.12.1","bucket":{"start":%q,"stop":%q,"toggles":{%q:{"yes":%d,"no":%d,"variants":{"blue":%d}}}}}`,
		app, at, at, flag, yes, no, yes), "Authorization", secret)
}

// TestUsage: counts show at once, by hour and environment, as far back as
// asked.
func TestUsage(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"flag"}`)
	development, production := s.ClientToken("development", "*"), s.ClientToken("production", "*")
	const raw, summary = "/api/admin/client-metrics/features/flag/raw", "/api/admin/client-metrics/features/flag"
	s.Run(
		testkit.Step{Name: "never used", Method: "GET", Path: raw, Status: http.StatusOK, Contains: []string{`{"version":1,"maturity":"stable","data":[]}`}},
		testkit.Step{Name: "never used", Method: "GET", Path: summary, Status: http.StatusOK, Contains: []string{
			`{"version":1,"maturity":"stable","featureName":"flag","lastHourUsage":[],"totalUsage":[],"seenApplications":[]}`,
		}},
	)
	countFor(s, development, "old", "flag", 100, 0) // 12:00
	s.Clock.Advance(30 * time.Hour)                 // 18:00 on the 23rd
	countFor(s, development, "shop", "flag", 1, 2)
	countFor(s, production, "shop", "flag", 10, 20)
	s.Clock.Advance(90 * time.Minute) // 19:30
	countFor(s, development, "api", "flag", 3, 4)
	s.Run(
		testkit.Step{Name: "two days", Method: "GET", Path: raw, Status: http.StatusOK, Contains: []string{
			`"appName":"old","environment":"development","timestamp":"2026-11-22T12:00:00Z","yes":100,"no":0,"variants":{"blue":100}}`,
			`"appName":"shop","environment":"production","timestamp":"2026-11-23T18:00:00Z","yes":10,"no":20`,
			`"appName":"api","environment":"development","timestamp":"2026-11-23T19:00:00Z","yes":3,"no":4`,
		}},
		testkit.Step{Name: "one hour", Method: "GET", Path: raw + "?hoursBack=1", Status: http.StatusOK, Contains: []string{`"api"`, `"shop"`}, Lacks: []string{`"old"`}},
		testkit.Step{Name: "not a number", Method: "GET", Path: raw + "?hoursBack=x", Status: http.StatusBadRequest, Contains: []string{`"/query/hoursBack"`}},
		testkit.Step{Name: "nothing back", Method: "GET", Path: raw + "?hoursBack=0", Status: http.StatusBadRequest},
		testkit.Step{Name: "a very long time", Method: "GET", Path: raw + "?hoursBack=99999999999999999999", Status: http.StatusBadRequest},
		testkit.Step{Name: "the largest", Method: "GET", Path: raw + "?hoursBack=1000000000", Status: http.StatusOK, Contains: []string{`"old"`}},
		testkit.Step{Name: "summary", Method: "GET", Path: summary, Status: http.StatusOK, Contains: []string{
			`"lastHourUsage":[{"featureName":"flag","environment":"development","timestamp":"2026-11-23T19:00:00Z","yes":4,"no":6},` +
				`{"featureName":"flag","environment":"production","timestamp":"2026-11-23T18:00:00Z","yes":10,"no":20}]`,
			`"totalUsage":[{"environment":"development","yes":104,"no":6},{"environment":"production","yes":10,"no":20}]`,
			`"seenApplications":["api","shop"]`,
		}},
		testkit.Step{Name: "no such flag", Method: "GET", Path: "/api/admin/client-metrics/features/nope", Status: http.StatusNotFound},
		testkit.Step{Name: "no such flag", Method: "GET", Path: "/api/admin/client-metrics/features/nope/raw", Status: http.StatusNotFound},
	)
}

// TestApplications: reports make applications; people describe and forget
// them.
func TestApplications(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"other","name":"Other"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"flag"}`)
	all, one := s.ClientToken("development", "*"), s.ClientToken("production", "default", "other")
	s.Must(http.StatusAccepted, "POST", "/api/client/register",
		`{"appName":"shop","instanceId":"one","sdkVersion":"unleash-node-sdk:6.12.1","strategies":["default","homemade"],"started":1,"interval":15}`, "Authorization", all)
	countFor(s, one, "shop", "flag", 1, 1)
	countFor(s, all, "shop", "gone", 1, 1)
	s.Clock.Advance(time.Minute)
	countFor(s, one, "100% odd/name", "flag", 1, 1)

	const apps = "/api/admin/metrics/applications"
	editor, viewer := s.Person("edith", "Editor").PAT, s.Person("victor", "Viewer").PAT
	s.Run(
		testkit.Step{Name: "list", Method: "GET", Path: apps, Status: http.StatusOK, Contains: []string{
			`"total":2`, `"appName":"shop","sdkVersion":"unleash-node-sdk:6.12.1","strategies":["default","homemade"]`,
			`"usage":[{"project":"*","environments":["development"]},{"project":"default","environments":["production"]},{"project":"other","environments":["production"]}],"lastSeen":"2026-11-22T12:00:00Z","instanceCount":2,"outdatedSdks":[]`,
		}},
		testkit.Step{Name: "newest first", Method: "GET", Path: apps + "?sortBy=lastSeen&sortOrder=desc&limit=1", Status: http.StatusOK, Contains: []string{`"total":2`, `odd/name`}, Lacks: []string{`"shop"`}},
		testkit.Step{Name: "second page", Method: "GET", Path: apps + "?sortBy=lastSeen&sortOrder=desc&limit=1&offset=1", Status: http.StatusOK, Contains: []string{`"shop"`}, Lacks: []string{`odd/name`}},
		testkit.Step{Name: "search", Method: "GET", Path: apps + "?query=SHO", Status: http.StatusOK, Contains: []string{`"total":1`, `"shop"`}},
		testkit.Step{Name: "search for what SQL knows", Method: "GET", Path: apps + "?query=%25%20", Status: http.StatusOK, Contains: []string{`"total":1`, `odd/name`}},
		testkit.Step{Name: "search for anything", Method: "GET", Path: apps + "?query=_", Status: http.StatusOK, Contains: []string{`"total":0`}},
		testkit.Step{Name: "bad limit", Method: "GET", Path: apps + "?limit=0", Status: http.StatusBadRequest, Contains: []string{`"/query/limit"`}},
		testkit.Step{Name: "bad offset", Method: "GET", Path: apps + "?offset=-1", Status: http.StatusBadRequest, Contains: []string{`"/query/offset"`}},
		testkit.Step{Name: "bad order", Method: "GET", Path: apps + "?sortOrder=up", Status: http.StatusBadRequest, Contains: []string{`"/query/sortOrder"`}},
		testkit.Step{Name: "bad key", Method: "GET", Path: apps + "?sortBy=color", Status: http.StatusBadRequest, Contains: []string{`"/query/sortBy"`}},
		testkit.Step{Name: "read", Method: "GET", Path: apps + "/100%25%20odd%2Fname", Status: http.StatusOK, Contains: []string{`"appName":"100% odd/name"`}},
		testkit.Step{Name: "unknown", Method: "GET", Path: apps + "/nope", Status: http.StatusNotFound},
		testkit.Step{Name: "overview", Method: "GET", Path: apps + "/shop/overview", Status: http.StatusOK, Contains: []string{
			`"projects":["*","default","other"],"featureCount":1,"features":[{"name":"flag","project":"default"}]`, `"missingStrategies":["homemade"]`,
			`"name":"development","instanceCount":1,"sdks":["unleash-node-sdk:6.12.1"],"frontendSdks":[],"backendSdks":["unleash-node-sdk:6.12.1"],"lastSeen":"2026-11-22T12:00:00Z","issues":{"missingFeatures":["gone"]`,
			`"name":"production","instanceCount":1`,
		}},
		testkit.Step{Name: "overview of an unknown one", Method: "GET", Path: apps + "/nope/overview", Status: http.StatusNotFound},
		testkit.Step{Name: "instances", Method: "GET", Path: "/api/admin/metrics/instances/shop/environment/production", Status: http.StatusOK, Contains: []string{
			`{"instances":[{"instanceId":"one","sdkVersion":"unleash-node-sdk:6.12.1","clientIp":"127.0.0.1","lastSeen":"2026-11-22T12:00:00Z"}]}`,
		}},
		testkit.Step{Name: "instances nowhere", Method: "GET", Path: "/api/admin/metrics/instances/shop/environment/nope", Status: http.StatusOK, Contains: []string{`{"instances":[]}`}},
		testkit.Step{Name: "instances of an unknown one", Method: "GET", Path: "/api/admin/metrics/instances/nope/environment/production", Status: http.StatusNotFound},
		testkit.Step{Name: "of a project", Method: "GET", Path: "/api/admin/projects/other/applications", Status: http.StatusOK, Contains: []string{
			`"total":2`, `{"name":"shop","environments":["development","production"],"instances":["one"],"sdks":[{"name":"unleash-node-sdk","versions":["6.12.1"]}]}`,
		}},
		testkit.Step{Name: "of an unknown project", Method: "GET", Path: "/api/admin/projects/nope/applications", Status: http.StatusNotFound},

		testkit.Step{Name: "describe", Method: "POST", Path: apps + "/shop", Body: `{"url":"https://shop.example","icon":"cart"}`, Status: http.StatusAccepted},
		testkit.Step{Name: "add to it", Method: "POST", Path: apps + "/shop", Body: `{"description":"sells"}`, Status: http.StatusAccepted},
		testkit.Step{Name: "described", Method: "GET", Path: apps + "/shop", Status: http.StatusOK, Contains: []string{`"description":"sells","url":"https://shop.example","icon":"cart"`, `"homemade"`}},
		testkit.Step{Name: "by hand", Method: "POST", Path: apps + "/planned", Body: `{"strategies":["default"]}`, Status: http.StatusAccepted},
		testkit.Step{Name: "of another type", Method: "POST", Path: apps + "/planned", Body: `{"strategies":"default"}`, Status: http.StatusBadRequest, Contains: []string{`"/body/strategies"`}},
		testkit.Step{Name: "in the log", Method: "GET", Path: "/api/admin/events?type=application-created", Status: http.StatusOK, Contains: []string{`"planned"`}},
	)
	for _, c := range []struct {
		secret, method string
		status         int
	}{
		{viewer, "GET", http.StatusOK},
		{viewer, "POST", http.StatusForbidden},
		{viewer, "DELETE", http.StatusForbidden},
		{editor, "POST", http.StatusAccepted},
		{editor, "DELETE", http.StatusOK},
		{editor, "DELETE", http.StatusOK},
	} {
		if got := s.Do(c.method, apps+"/planned", map[string]string{"POST": `{}`}[c.method], "Authorization", c.secret); got.Status != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.method, got.Status, c.status, got.Body)
		}
	}
	s.Run(testkit.Step{Name: "forgotten", Method: "GET", Path: apps + "/planned", Status: http.StatusNotFound})
}
