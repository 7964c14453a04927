package frontendapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

const dev = "development"

// on returns the names of the flags in an answer.
func on(t *testing.T, answer testkit.Answer) string {
	t.Helper()
	var body struct {
		Toggles []struct {
			Name string `json:"name"`
		} `json:"toggles"`
	}
	answer.JSON(t, &body)
	names := make([]string, 0, len(body.Toggles))
	for _, toggle := range body.Toggles {
		names = append(names, toggle.Name)
	}
	return strings.Join(names, " ")
}

// TestEvaluation: R17. The shapes of answers, in order of name.
func TestEvaluation(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Flag("default", dev, "c-plain")
	s.Flag("default", dev, "a-off-for-you", testkit.Constrained(`{"contextName":"userId","operator":"IN","values":["42"]}`))
	s.Flag("default", dev, "b-variant", `{"name":"flexibleRollout","parameters":{"rollout":"100","stickiness":"userId","groupId":"b"},
		"constraints":[{"contextName":"userId","operator":"IN","values":["7"]}],
		"variants":[{"name":"only","weight":1000,"weightType":"variable","stickiness":"default","payload":{"type":"json","value":"{\"a\":\"<é>\"}"}}]}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"never-on","impressionData":true}`)
	secret := s.FrontendToken(dev)
	const none = `{"name":"disabled","enabled":false,"feature_enabled":true,"featureEnabled":true}`
	const variant = `{"name":"only","payload":{"type":"json","value":"{\"a\":\"<é>\"}"},"enabled":true,"feature_enabled":true,"featureEnabled":true}`
	for _, tc := range []struct{ name, method, query, body, want string }{
		{"nobody", "GET", "", "", `{"toggles":[{"name":"c-plain","enabled":true,"variant":` + none + `,"impressionData":false}]}`},
		{"user 7", "GET", "?userId=7", "", `{"toggles":[{"name":"b-variant","enabled":true,"variant":` + variant + `,"impressionData":false},` +
			`{"name":"c-plain","enabled":true,"variant":` + none + `,"impressionData":false}]}`},
		{"user 42", "POST", "", `{"context":{"userId":42}}`, `{"toggles":[{"name":"a-off-for-you","enabled":true,"variant":` + none + `,"impressionData":false},` +
			`{"name":"c-plain","enabled":true,"variant":` + none + `,"impressionData":false}]}`},
	} {
		got := s.Do(tc.method, "/api/frontend"+tc.query, tc.body, "Authorization", secret)
		if diff := cmp.Diff(tc.want, got.Body); got.Status != http.StatusOK || diff != "" {
			t.Errorf("%s: status %d (-want +got):\n%s", tc.name, got.Status, diff)
		}
	}
	s.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/c-plain/environments/"+dev+"/off", "")
	if got := s.Do("GET", "/api/frontend", "", "Authorization", secret); got.Body != `{"toggles":[]}` {
		t.Errorf("when nothing is on: %s", got.Body)
	}
}

// TestEachAPITakesItsOwnTokens: R5, R11, R16, R19.
func TestEachAPITakesItsOwnTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client, frontend := s.ClientToken(dev), s.FrontendToken(dev)
	for path, ok := range map[string]int{
		"/api/frontend": 200, "/api/frontend/all": 200, "/api/frontend/client/features": 405, "/api/frontend/x": 404,
		"/api/proxy": 200, "/proxy": 200, "/proxy/all": 200, "/proxy/x": 404, "/proxy/health": 405, "/api/proxy/features/x": 404,
	} {
		for secret, status := range map[string]int{
			frontend: ok, "Bearer " + frontend: ok, "bearer  " + frontend: ok,
			client: 403, testkit.AdminToken: 403, "user:anything": 403, "*:*.anything": 403,
			"": 401, "unknown": 401, "Basic " + frontend: 401, frontend + "x": 401,
		} {
			got := s.Do("GET", path, "", "Authorization", secret)
			if got.Status != status {
				t.Errorf("%s with %q: status %d, want %d: %s", path, secret, got.Status, status, got.Body)
			}
			if status == 401 || status == 403 {
				checkBare(t, got)
			}
		}
	}
	for _, secret := range []string{frontend, "Bearer " + frontend} {
		if got := s.Do("GET", "/api/client/features", "", "Authorization", secret); got.Status != http.StatusForbidden {
			t.Errorf("a front-end token on the client API: %d", got.Status)
		}
	}
}

// checkBare: the body of a refusal is a message and nothing else.
func checkBare(t *testing.T, got testkit.Answer) {
	t.Helper()
	var body map[string]any
	got.JSON(t, &body)
	if message, ok := body["message"].(string); !ok || message == "" || len(body) != 1 {
		t.Errorf("the body of a refusal: %s", got.Body)
	}
}

func TestPathsThatDoNotExist(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	frontend := s.FrontendToken(dev)
	for _, tc := range []struct {
		method, path string
		status       int
		name         string
	}{
		{"PUT", "/api/frontend", 404, "NotFoundError"},
		{"DELETE", "/api/frontend", 404, "NotFoundError"},
		{"PUT", "/proxy/all", 404, "NotFoundError"},
		{"GET", "/api/proxy/client/metrics", 404, "NotFoundError"},
		{"GET", "/api/frontend/client/features", 405, "NotImplementedError"},
		{"GET", "/api/frontend/health", 405, "NotImplementedError"},
		{"POST", "/api/frontend/health", 404, "NotFoundError"},
	} {
		got := s.Do(tc.method, tc.path, "", "Authorization", frontend)
		if got.Status != tc.status || !strings.Contains(got.Body, `"name":"`+tc.name+`"`) {
			t.Errorf("%s %s: %d %s", tc.method, tc.path, got.Status, got.Body)
		}
	}
}

// TestContext follows the table of contract/evaluation.md, section 3, with the
// deviations that docs/client-api.md lists: each flag is on exactly when the
// context has what its constraint asks for.
func TestContext(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	in := func(field, value string) string {
		return `{"contextName":"` + field + `","operator":"IN","values":["` + value + `"]}`
	}
	for name, strategy := range map[string]string{
		"app-default":    testkit.Constrained(in("appName", "frontend-api")),
		"app-shop":       testkit.Constrained(in("appName", "shop")),
		"env-dev":        testkit.Constrained(in("environment", dev)),
		"env-sent":       testkit.Constrained(in("environment", "moon")),
		"ip-loopback":    testkit.Constrained(in("remoteAddress", "127.0.0.1")),
		"ip-sent":        `{"name":"remoteAddress","parameters":{"IPs":"10.0.0.0/8"},"constraints":[]}`,
		"session-any":    testkit.Constrained(`{"contextName":"sessionId","operator":"REGEX","value":"."}`),
		"user-field":     `{"name":"flexibleRollout","parameters":{"rollout":"100","stickiness":"userId","groupId":"x"},"constraints":[]}`,
		"user-seen":      testkit.Constrained(in("userId", "7")),
		"plan-pro":       testkit.Constrained(in("plan", "pro")),
		"plan-missing":   testkit.Constrained(`{"contextName":"plan","operator":"NOT_IN","values":["a"]}`, `{"contextName":"plan","operator":"STR_CONTAINS","values":["o"],"inverted":true}`),
		"age-under-21":   testkit.Constrained(`{"contextName":"age","operator":"NUM_LT","value":"21"}`),
		"age-21":         testkit.Constrained(`{"contextName":"age","operator":"NUM_EQ","value":"21"}`),
		"version-1-2-3":  testkit.Constrained(`{"contextName":"version","operator":"SEMVER_EQ","value":"1.2.3"}`),
		"version-newer":  testkit.Constrained(`{"contextName":"version","operator":"SEMVER_GT","value":"1.2.3"}`),
		"after-new-year": testkit.Constrained(`{"contextName":"currentTime","operator":"DATE_AFTER","value":"2027-01-01T00:00:00Z"}`),
	} {
		s.Flag("default", dev, name, strategy)
	}
	secret := s.FrontendToken(dev)
	const always = "app-default env-dev ip-loopback plan-missing session-any"
	for _, tc := range []struct {
		name, query string
		body        string // of a POST, when not empty
		want        string
	}{
		{"nothing", "", "", always},
		{"appName", "appName=shop", "", "app-shop env-dev ip-loopback plan-missing session-any"},
		{"environment that is sent", "environment=moon", "", "app-default env-sent ip-loopback plan-missing session-any"},
		{"address that is sent", "remoteAddress=10.1.2.3", "", "app-default env-dev ip-sent plan-missing session-any"},
		{"session that is sent", "sessionId=7", "", always},
		{"user", "userId=7", "", always + " user-field user-seen"},
		{"empty user", "userId=", "", always},
		{"user in properties only", "properties[userId]=7", "", always + " user-field user-seen"},
		{"custom field", "plan=pro", "", "app-default env-dev ip-loopback plan-pro session-any"},
		{"custom field in properties", "properties[plan]=pro", "", "app-default env-dev ip-loopback plan-pro session-any"},
		{"escaped brackets", "properties%5Bplan%5D=pro", "", "app-default env-dev ip-loopback plan-pro session-any"},
		{"properties win", "plan=pro&properties[plan]=bro", "", "app-default env-dev ip-loopback session-any"},
		{"currentTime", "currentTime=2027-01-02T00:00:00Z", "", "after-new-year " + always},
		{"garbage for currentTime", "currentTime=tomorrow", "", always},
		{"POST nothing", "", `{}`, always},
		{"POST number", "", `{"context":{"userId":7}}`, always + " user-field user-seen"},
		{"POST null", "", `{"context":{"userId":null,"plan":null,"properties":{"age":null}}}`, always},
		{"POST currentTime", "", `{"context":{"currentTime":"2027-01-02T00:00:00Z"}}`, "after-new-year " + always},
		{"POST properties win", "", `{"context":{"plan":"a","properties":{"plan":"pro"}}}`, "app-default env-dev ip-loopback plan-pro session-any"},
		{"POST number in properties", "", `{"context":{"properties":{"age":21}}}`, "age-21 " + always},
	} {
		method := "GET"
		if tc.body != "" {
			method = "POST"
		}
		got := on(t, s.Do(method, "/api/frontend?"+tc.query, tc.body, "Authorization", secret))
		if diff := cmp.Diff(sorted(tc.want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	// Section 4.4: what numbers and versions read as.
	const rest = "app-default env-dev ip-loopback plan-missing session-any"
	for value, want := range map[string]string{
		"21": "age-21", "21.0": "age-21", " 21 ": "age-21", "0x15": "age-21", "2.1e1": "age-21",
		"": "age-under-21", "abc": "", "NaN": "", "1_000": "", "21,0": "", "Infinity": "", "-Infinity": "age-under-21",
	} {
		got := on(t, s.Do("GET", "/api/frontend?properties[age]="+url.QueryEscape(value), "", "Authorization", secret))
		if diff := cmp.Diff(sorted(rest+" "+want), got); diff != "" {
			t.Errorf("age %q (-want +got):\n%s", value, diff)
		}
	}
	for value, want := range map[string]string{
		"1.2.3": "version-1-2-3", " 1.2.3 ": "version-1-2-3", "1.2.3+b": "version-1-2-3", "2.0.0-beta.11": "version-newer",
		"v1.2.3": "", "=1.2.3": "", "1.2": "", "01.2.3": "", "": "", "1.2.3-alpha": "",
	} {
		got := on(t, s.Do("GET", "/api/frontend?properties[version]="+url.QueryEscape(value), "", "Authorization", secret))
		if diff := cmp.Diff(sorted(rest+" "+want), got); diff != "" {
			t.Errorf("version %q (-want +got):\n%s", value, diff)
		}
	}
}

// sorted returns words in the order of flags' names.
func sorted(words string) string {
	list := strings.Fields(words)
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestPostRefuses(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.FrontendToken(dev)
	for body, status := range map[string]int{
		`[]`: 400, `1`: 400, `{`: 400, `{"context":null}`: 400, `{"context":{"appName":""}}`: 400,
		`{"context":{"currentTime":"soon"}}`: 400, `{"context":{"properties":{"a":{}}}}`: 400,
		`{"context":{"x":"` + strings.Repeat("x", 200<<10) + `"}}`: 413,
	} {
		got := s.Do("POST", "/api/frontend", body, "Authorization", secret)
		var problem struct {
			Name    string `json:"name"`
			Details []struct {
				Message string `json:"message"`
			} `json:"details"`
		}
		got.JSON(t, &problem)
		if got.Status != status || problem.Name == "" || len(problem.Details) == 0 {
			t.Errorf("%.60s: %d %s", body, got.Status, got.Body)
		}
	}
	if got := s.Do("POST", "/api/frontend", `{}`, "Authorization", secret, "Content-Type", "text/plain"); got.Status != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d", got.Status)
	}
}

// TestForwardedAddress: X-Forwarded-For counts only from a proxy that the
// operator trusts. The peer believes everybody.
func TestForwardedAddress(t *testing.T) {
	t.Parallel()
	strategy := `{"name":"remoteAddress","parameters":{"IPs":"10.0.0.0/8"},"constraints":[]}`
	for _, tc := range []struct {
		name    string
		trusted []string
		want    string
	}{
		{"nobody is trusted", nil, ""},
		{"the peer is trusted", []string{"127.0.0.1", "::1"}, "inside"},
	} {
		s := testkit.Start(t, func(c *app.ServeConfig) { c.TrustedProxies = tc.trusted })
		s.Flag("default", dev, "inside", strategy)
		secret := s.FrontendToken(dev)
		got := on(t, s.Do("GET", "/api/frontend", "", "Authorization", secret, "X-Forwarded-For", "10.1.2.3"))
		if got != tc.want {
			t.Errorf("%s: on for %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestNotModified: the ETag names the answer, whatever led to it.
func TestNotModified(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Flag("default", dev, "plain")
	s.Flag("default", dev, "seven", testkit.Constrained(`{"contextName":"userId","operator":"IN","values":["7"]}`))
	secret := s.FrontendToken(dev)
	get := func(query string, headers ...string) testkit.Answer {
		return s.Do("GET", "/api/frontend"+query, "", append(headers, "Authorization", secret)...)
	}
	first := get("?userId=1")
	tag := first.Header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) || first.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("headers: %v", first.Header)
	}
	for _, tc := range []struct {
		query, tag string
		status     int
	}{
		{"?userId=1", tag, 304},
		{"?userId=2", tag, 304},
		{"?userId=2", strings.TrimPrefix(tag, "W/"), 304},
		{"?userId=2", `"x", ` + tag, 304},
		{"?userId=2", "*", 304},
		{"?userId=7", tag, 200},
		{"?userId=2", `W/"x"`, 200},
		{"?userId=2", strings.Trim(tag, `W/"`), 200},
	} {
		got := get(tc.query, "If-None-Match", tc.tag)
		if got.Status != tc.status {
			t.Errorf("%s, If-None-Match %s: %d, want %d", tc.query, tc.tag, got.Status, tc.status)
		}
		if got.Status == http.StatusNotModified && (got.Body != "" || got.Header.Get("ETag") != tag) {
			t.Errorf("304 with body %q and ETag %q", got.Body, got.Header.Get("ETag"))
		}
	}
	s.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/plain/environments/"+dev+"/off", "")
	if got := get("?userId=1", "If-None-Match", tag); got.Status != http.StatusOK {
		t.Errorf("after a change: %d", got.Status)
	}
}

// TestFixedAnswer: flags that no context changes are answered the same by every
// way of asking, and become others with the first flag that a context changes.
func TestFixedAnswer(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Flag("default", dev, "plain")
	secret := s.FrontendToken(dev)
	many := "?a=1"
	for i := range 1001 {
		many += "&" + strconv.Itoa(i) + "=1"
	}
	want := s.Must(http.StatusOK, "GET", "/api/frontend", "", "Authorization", secret)
	if got := on(t, want); got != "plain" {
		t.Fatalf("on: %q", got)
	}
	for _, ask := range []struct{ method, query, body string }{
		{"GET", "?userId=7", ""}, {"GET", many, ""}, {"HEAD", "", ""}, {"POST", "", `{"context":{"userId":"7"}}`}, {"POST", "", `{}`},
	} {
		got := s.Must(http.StatusOK, ask.method, "/api/frontend"+ask.query, ask.body, "Authorization", secret)
		if got.Header.Get("ETag") != want.Header.Get("ETag") || ask.method != "HEAD" && got.Body != want.Body {
			t.Errorf("%s %.20s %s: ETag %s, %s", ask.method, ask.query, ask.body, got.Header.Get("ETag"), got.Body)
		}
	}
	s.Must(http.StatusBadRequest, "POST", "/api/frontend", `{"context":7}`, "Authorization", secret)
	s.Flag("default", dev, "seven", testkit.Constrained(`{"contextName":"userId","operator":"IN","values":["7"]}`))
	if got := on(t, s.Must(http.StatusOK, "GET", "/api/frontend?userId=7", "", "Authorization", secret)); got != "plain seven" {
		t.Errorf("on for 7: %q", got)
	}
	s.Must(http.StatusBadRequest, "GET", "/api/frontend"+many, "", "Authorization", secret)
}

func TestCompressedAnswer(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for i := range 10 {
		s.Flag("default", dev, "a-flag-with-a-long-name-"+strconv.Itoa(i))
	}
	secret := s.FrontendToken(dev)
	plain := s.Do("GET", "/api/frontend", "", "Authorization", secret, "Accept-Encoding", "identity")
	for range 3 { // what is kept from one request must not show in the next
		got := s.Do("GET", "/api/frontend", "", "Authorization", secret, "Accept-Encoding", "gzip")
		reader, err := gzip.NewReader(strings.NewReader(got.Body))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reader)
		if err != nil || string(body) != plain.Body || got.Header.Get("Content-Encoding") != "gzip" || len(got.Body)*2 > len(body) {
			t.Errorf("gzip: %v, %d of %d bytes, %v", err, len(got.Body), len(body), got.Header)
		}
		if got.Header.Get("ETag") != plain.Header.Get("ETag") || !strings.Contains(got.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("headers: %v", got.Header)
		}
	}
	s.Must(http.StatusOK, "POST", "/api/frontend", `{}`, "Authorization", secret)
	if got := s.Do("GET", "/api/frontend?userId=1", "", "Authorization", secret, "Accept-Encoding", "identity"); got.Body != plain.Body || got.Header.Get("Content-Encoding") != "" {
		t.Errorf("plain again: %v", got.Header)
	}
}

// TestCORS: R17. On every answer, refusals too; only for configured origins.
func TestCORS(t *testing.T) {
	t.Parallel()
	const shop = "https://shop.example"
	for _, tc := range []struct {
		name    string
		origins []string
		origin  string
		allowed string
	}{
		{"any", []string{"*"}, shop, "*"},
		{"empty list", nil, shop, "*"},
		{"any among others", []string{"https://a.example", "*"}, shop, "*"},
		{"listed", []string{"https://a.example", shop}, shop, shop},
		{"not listed", []string{"https://a.example"}, shop, ""},
		{"listed, no origin", []string{shop}, "", ""},
		{"a longer name", []string{shop}, shop + ".evil.example", ""},
		{"null", []string{shop}, "null", ""},
	} {
		s := testkit.Start(t, func(c *app.ServeConfig) { c.FrontendOrigins = tc.origins })
		secret := s.FrontendToken(dev)
		check := func(what string, got testkit.Answer, status int) {
			t.Helper()
			credentials, expose := "true", "ETag"
			if tc.allowed == "" {
				credentials, expose = "", ""
			}
			want := map[string]string{
				"Access-Control-Allow-Origin": tc.allowed, "Access-Control-Allow-Credentials": credentials, "Access-Control-Expose-Headers": expose,
			}
			if got.Status != status || !strings.Contains(strings.Join(got.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s, %s: status %d, want %d; Vary %q", tc.name, what, got.Status, status, got.Header.Values("Vary"))
			}
			for header, value := range want {
				if got.Header.Get(header) != value {
					t.Errorf("%s, %s: %s is %q, want %q", tc.name, what, header, got.Header.Get(header), value)
				}
			}
		}
		check("200", s.Do("GET", "/api/frontend", "", "Authorization", secret, "Origin", tc.origin), 200)
		check("401", s.Do("GET", "/api/frontend", "", "Authorization", "", "Origin", tc.origin), 401)
		check("403", s.Do("GET", "/api/frontend", "", "Origin", tc.origin), 403)
		check("404", s.Do("GET", "/api/frontend/x", "", "Authorization", secret, "Origin", tc.origin), 404)
		preflight := s.Do("OPTIONS", "/api/frontend", "", "Authorization", "", "Origin", tc.origin,
			"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization,if-none-match")
		check("preflight", preflight, 204)
		if preflight.Header.Get("Access-Control-Allow-Headers") != "authorization,if-none-match" || preflight.Header.Get("Access-Control-Max-Age") != "86400" ||
			preflight.Header.Get("Access-Control-Allow-Methods") != "GET,HEAD,PUT,PATCH,POST,DELETE" {
			t.Errorf("%s: preflight %v", tc.name, preflight.Header)
		}
		check("preflight below", s.Do("OPTIONS", "/api/frontend/client/metrics", "", "Authorization", "", "Origin", tc.origin), 204)
	}
}

// TestOriginsCountAtOnce: R17. What an administrator sets beats the start-up
// setting, from the next request on.
func TestOriginsCountAtOnce(t *testing.T) {
	t.Parallel()
	const shop = "https://shop.example"
	s := testkit.Start(t, func(c *app.ServeConfig) { c.FrontendOrigins = []string{"https://start.example"} })
	allowed := func(want string) {
		t.Helper()
		got := s.Do("OPTIONS", "/api/frontend", "", "Authorization", "", "Origin", shop, "Access-Control-Request-Method", "GET")
		if origin := got.Header.Get("Access-Control-Allow-Origin"); origin != want {
			t.Errorf("allowed %q, want %q", origin, want)
		}
	}
	set := func(origins string) {
		t.Helper()
		s.Must(http.StatusNoContent, "POST", "/api/admin/ui-config/cors", `{"frontendApiOrigins":[`+origins+`]}`)
	}
	allowed("")
	set(`"` + shop + `"`)
	allowed(shop)
	set(`"https://other.example"`)
	allowed("")
	set(``)
	allowed("*")
}

// TestOnlyFrontendHasCORS: R16. A browser cannot use the client API.
func TestOnlyFrontendHasCORS(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, path := range []string{"/api/client/features", "/api/admin/projects/default/features", "/edge/validate", "/health"} {
		for _, method := range []string{"GET", "OPTIONS"} {
			got := s.Do(method, path, "", "Origin", "https://shop.example", "Access-Control-Request-Method", "GET", "Authorization", "")
			for header := range got.Header {
				if strings.HasPrefix(header, "Access-Control-") {
					t.Errorf("%s %s has the header %s", method, path, header)
				}
			}
		}
	}
	if got := s.Do("OPTIONS", "/api/client/features", "", "Authorization", "", "Origin", "https://shop.example"); got.Status != http.StatusUnauthorized {
		t.Errorf("preflight of the client API: %d", got.Status)
	}
}

// TestNothingButAnswers: R19. A front-end token reveals no definition.
func TestNothingButAnswers(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Flag("default", dev, "beta", testkit.Constrained(`{"contextName":"userId","operator":"IN","values":["7","secret-user"]}`))
	got := s.Do("GET", "/api/frontend?userId=7", "", "Authorization", s.FrontendToken(dev))
	if !strings.Contains(got.Body, `"beta"`) || strings.Contains(got.Body, "secret-user") || strings.Contains(got.Body, "constraints") {
		t.Errorf("the answer: %s", got.Body)
	}
	if !json.Valid([]byte(got.Body)) {
		t.Errorf("not JSON: %s", got.Body)
	}
}
