package clientapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

const bucket = `"bucket":{"start":"2026-11-22T12:00:00.000Z","stop":"2026-11-22T12:01:00.000Z","toggles":`

// TestReports (R13): a client token registers applications and sends metrics;
// no other credential does, and what breaks a rule is refused.
func TestReports(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client, page := s.ClientToken("development", "*"), s.FrontendToken("development", "*")
	const register = `{"appName":"shop","instanceId":"one","sdkVersion":"sdk:1","strategies":["default"],"started":"2026-11-22T12:00:00Z","interval":15,"yggdrasilVersion":null}`
	const metrics = `{"appName":"shop","instanceId":"one",` + bucket + `{}}}`
	const bulk = `{"applications":[],"metrics":[]}`
	for _, path := range []string{"/api/client/register", "/api/client/metrics", "/api/client/metrics/bulk"} {
		body := map[string]string{"/api/client/register": register, "/api/client/metrics": metrics, "/api/client/metrics/bulk": bulk}[path]
		s.Run(
			testkit.Step{Name: "client token", Method: "POST", Path: path, Body: body, As: client, Status: http.StatusAccepted},
			testkit.Step{Name: "with Bearer", Method: "POST", Path: path, Body: body, As: "Bearer " + client, Status: http.StatusAccepted},
			testkit.Step{Name: "front-end token", Method: "POST", Path: path, Body: body, As: page, Status: http.StatusForbidden},
			testkit.Step{Name: "admin token", Method: "POST", Path: path, Body: body, Status: http.StatusForbidden},
			testkit.Step{Name: "unknown token", Method: "POST", Path: path, Body: body, As: client + "x", Status: http.StatusUnauthorized},
			testkit.Step{Name: "refused before the body is read", Method: "POST", Path: path, Body: "{", As: page, Status: http.StatusForbidden},
			testkit.Step{Name: "nothing", Method: "POST", Path: path, Body: "{}", As: client, Status: http.StatusBadRequest, Contains: []string{`"path":"/body/`}},
			testkit.Step{Name: "no JSON", Method: "POST", Path: path, Body: "{", As: client, Status: http.StatusBadRequest},
			testkit.Step{Name: "no such method", Method: "GET", Path: path, As: client, Status: http.StatusNotFound},
		)
		if got := s.Do("POST", path, body, "Authorization", client, "Content-Type", "text/plain"); got.Status != http.StatusUnsupportedMediaType {
			t.Errorf("%s as text: status %d", path, got.Status)
		}
		if got := s.Do("POST", path, body, "Authorization", client); got.Body != "" {
			t.Errorf("%s: the body is %q", path, got.Body)
		}
		large := `{"appName":"` + strings.Repeat("a", 1<<20) + `"}`
		if got := s.Do("POST", path, large, "Authorization", client); got.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with a large body: status %d", path, got.Status)
		}
	}
	s.Run(
		testkit.Step{Name: "bucket null", Method: "POST", Path: "/api/client/metrics", Body: `{"appName":"shop","bucket":null,"impactMetrics":[]}`, As: client, Status: http.StatusAccepted},
		testkit.Step{Name: "bad date", Method: "POST", Path: "/api/client/metrics", Body: `{"appName":"shop","bucket":{"start":"no","stop":1,"toggles":{}}}`, As: client, Status: http.StatusBadRequest, Contains: []string{`"/body/bucket/start"`}},
		testkit.Step{Name: "negative", Method: "POST", Path: "/api/client/metrics", Body: `{"appName":"shop",` + bucket + `{"f":{"yes":-1}}}}`, As: client, Status: http.StatusBadRequest, Contains: []string{`"/body/bucket/toggles/f/yes"`}},
		testkit.Step{Name: "no toggles", Method: "POST", Path: "/api/client/metrics", Body: `{"appName":"shop","bucket":{"start":1,"stop":1}}`, As: client, Status: http.StatusBadRequest, Contains: []string{`"/body/bucket/toggles"`}},
	)
}

// TestCountsFollowTheToken (R13, R15): counts go to the token's environment,
// whatever the body says, and only for flags of its projects.
func TestCountsFollowTheToken(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"other","name":"Other"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"mine"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/other/features", `{"name":"theirs"}`)
	secret := s.ClientToken("development", "default")
	s.Must(http.StatusAccepted, "POST", "/api/client/metrics", `{"appName":"shop","environment":"production","instanceId":"one",`+bucket+
		`{"mine":{"yes":2,"no":1,"variants":{"blue":2}},"theirs":{"yes":5,"no":5},"nobodys":{"yes":1,"no":0}}}}`, "Authorization", secret)
	s.Must(http.StatusAccepted, "POST", "/api/client/metrics/bulk", `{"applications":[{"appName":"page","instanceId":"b","environment":"production","sdkType":"frontend"}],
		"metrics":[{"featureName":"mine","appName":"page","environment":"production","timestamp":"2026-11-22T12:00:00Z","yes":10,"no":20},
		{"featureName":"theirs","appName":"page","environment":"development","yes":1,"no":1}]}`, "Authorization", secret)
	s.Run(
		testkit.Step{Name: "mine", Method: "GET", Path: "/api/admin/client-metrics/features/mine/raw", Status: http.StatusOK, Contains: []string{
			`{"featureName":"mine","appName":"page","environment":"development","timestamp":"2026-11-22T12:00:00Z","yes":10,"no":20}`,
			`{"featureName":"mine","appName":"shop","environment":"development","timestamp":"2026-11-22T12:00:00Z","yes":2,"no":1,"variants":{"blue":2}}`,
		}, Lacks: []string{"production"}},
		testkit.Step{Name: "theirs", Method: "GET", Path: "/api/admin/client-metrics/features/theirs/raw", Status: http.StatusOK, Contains: []string{`"data":[]`}},
		testkit.Step{Name: "nobody's", Method: "GET", Path: "/api/admin/client-metrics/features/nobodys/raw", Status: http.StatusNotFound},
		testkit.Step{Name: "unknown", Method: "GET", Path: "/api/admin/metrics/unknown-flags", Status: http.StatusOK, Contains: []string{
			`{"name":"nobodys","lastSeenAt":"2026-11-22T12:00:00Z","lastEventAt":null,"reports":[{"appName":"shop","environments":[{"environment":"development",`,
		}, Lacks: []string{"theirs"}},
		testkit.Step{Name: "last seen", Method: "GET", Path: "/api/admin/projects/default/features/mine", Status: http.StatusOK, Contains: []string{`"lastSeenAt":"2026-11-22T12:00:00Z"`}},
	)
	// A name stops being unknown when a flag gets it.
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"nobodys"}`)
	s.Run(testkit.Step{Name: "known now", Method: "GET", Path: "/api/admin/metrics/unknown-flags", Status: http.StatusOK, Contains: []string{`{"unknownFlags":[]}`}})
}

// TestSeenAtTheEdge: tokens that an edge saw count as used; what is not a token
// is ignored.
func TestSeenAtTheEdge(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	edge, behind := s.ClientToken("development", "*"), s.FrontendToken("development", "*")
	s.Must(http.StatusAccepted, "POST", "/api/client/metrics/bulk", `{"applications":[],"metrics":[],"seenTokens":["`+behind+`","nonsense","",5]}`, "Authorization", edge)
	var list struct {
		Tokens []struct {
			Type   string
			SeenAt *string
		}
	}
	s.Must(http.StatusOK, "GET", "/api/admin/api-tokens", "").JSON(t, &list)
	for _, token := range list.Tokens {
		if token.Type == "frontend" && token.SeenAt == nil {
			t.Error("the token that was used behind the edge has not been seen")
		}
	}
}

// TestNoCORS (R16): a browser gets nothing from the client API.
func TestNoCORSForReports(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.ClientToken("development", "*")
	for _, method := range []string{"OPTIONS", "POST"} {
		got := s.Do(method, "/api/client/metrics", `{"appName":"shop"}`, "Authorization", secret, "Origin", "https://shop.example", "Access-Control-Request-Method", "POST")
		if allowed := got.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
			t.Errorf("%s allows %q", method, allowed)
		}
	}
}

// TestReportsWithOddTexts: texts with NUL, control characters or bytes that are
// no UTF-8 are refused or cleaned at the door, in every field, and keep no other
// report from being stored.
func TestReportsWithOddTexts(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"mine"}`)
	client, page := s.ClientToken("development", "*"), s.FrontendToken("development", "*")
	for _, odd := range []string{`a\u0000b`, `a\u0007b`, "a\xffb", `a\ud800b`} {
		for _, c := range []struct{ path, secret, body string }{
			{"/api/client/register", client, `{"appName":"ODD","instanceId":"one","strategies":[],"started":1,"interval":1}`},
			{"/api/client/register", client, `{"appName":"shop","instanceId":"ODD","sdkVersion":"ODD","strategies":["ODD"],"started":1,"interval":1,"environment":"ODD"}`},
			{"/api/client/metrics", client, `{"appName":"ODD",` + bucket + `{"mine":{"yes":0,"no":0}}}}`},
			{"/api/client/metrics", client, `{"appName":"shop","instanceId":"ODD","sdkVersion":"ODD",` + bucket + `{"mine":{"yes":1,"no":0,"variants":{"ODD":1}},"ODD":{"yes":1,"no":1}}}}`},
			{"/api/frontend/client/metrics", page, `{"appName":"shop","instanceId":"ODD",` + bucket + `{"mine":{"yes":1,"no":0},"ODD":{"yes":1,"no":1}}}}`},
			{"/api/client/metrics/bulk", client, `{"applications":[{"appName":"shop","instanceId":"ODD","environment":"ODD","sdkVersion":"ODD"}],
				"metrics":[{"featureName":"ODD","appName":"shop","environment":"ODD","yes":1,"no":1}],"seenTokens":["ODD"]}`},
			{"/api/client/metrics/edge", client, `{"identifier":"ODD","appName":"ODD","edgeVersion":"ODD","region":"ODD"}`},
		} {
			got := s.Do("POST", c.path, strings.ReplaceAll(c.body, "ODD", odd), "Authorization", c.secret, "Unleash-Appname", "a\xffb", "Unleash-Instanceid", "a\xffb")
			if got.Status >= 500 || got.Status == http.StatusUnauthorized {
				t.Errorf("%s with %q: %d %s", c.path, odd, got.Status, got.Body)
			}
		}
	}
	s.Must(http.StatusAccepted, "POST", "/api/client/metrics", `{"appName":"last",`+bucket+`{"mine":{"yes":7,"no":3}}}}`, "Authorization", client)
	s.Run(
		testkit.Step{Name: "counts", Method: "GET", Path: "/api/admin/client-metrics/features/mine/raw", Status: http.StatusOK, Contains: []string{`"appName":"last"`, `"yes":7,"no":3`}},
		testkit.Step{Name: "applications", Method: "GET", Path: "/api/admin/metrics/applications", Status: http.StatusOK, Contains: []string{`"shop"`, `"last"`}, Lacks: []string{`\u0000`, `\u0007`}},
		testkit.Step{Name: "nothing was dropped for it", Method: "GET", Path: "/internal-backstage/prometheus", Status: http.StatusOK, Contains: []string{
			"\nburgee_usage_dropped_total{reason=\"refused\"} 0\n", "\nburgee_usage_flush_failures_total 0\n",
		}},
	)
}
