package frontendapi_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/frontendapi"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// sink keeps the counts of a proxy.
type sink struct {
	mu     sync.Mutex
	counts map[string]int64 // by application
}

func (s *sink) Write(_ context.Context, b usage.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range b.Counts {
		if c.Variant == "" {
			s.counts[c.App+" "+string(c.Feature)] += c.Yes + c.No
		}
	}
	return nil
}

func (*sink) Applications(context.Context) ([]string, error) { return nil, nil }

func (*sink) Prune(context.Context, time.Time) error { return nil }

// proxy is a proxy's door over fixed flags.
type proxy struct {
	frontendapi.Proxy

	sink  sink
	ready bool
	early int
	url   string
}

const (
	keyOne    = "some-secret"
	keyTwo    = `another, with "quotes" & spaces`
	serverKey = "server:side"
)

// startProxy serves flags a-on, b-seven (user 7) and c-off. Without flags it is
// not ready.
func startProxy(t *testing.T, change func(*proxy)) *proxy {
	t.Helper()
	snapshots := snapshot.NewStore(eval.NewCompiler(eval.Options{Hash: eval.LowByte}))
	seven := feature.Strategy{Name: "default", Constraints: []feature.Constraint{{ContextName: "userId", Operator: "IN", Values: []string{"7"}}}}
	snapshots.Apply(snapshot.Change{Revision: 1, Environments: []snapshot.EnvironmentChange{{Name: dev, Flags: []snapshot.Flag{
		{View: feature.View{Name: "a-on", Project: "default", Enabled: true}},
		{View: feature.View{Name: "b-seven", Project: "default", Enabled: true, Strategies: []feature.Strategy{seven}}},
		{View: feature.View{Name: "c-off", Project: "default"}},
	}}}})
	scope := token.Scope{AllProjects: true, Environment: dev}
	grant := auth.NewGrant(token.DigestOf("upstream"), auth.Terms{Kind: token.Client, Scope: scope}, nil)
	p := &proxy{ready: true, sink: sink{counts: map[string]int64{}}}
	now := testkit.NewClock().Now
	counts, err := usage.New(t.Context(), usage.Options{Sink: &p.sink, Now: now, Unknown: true, Project: func(feature.EnvironmentName, feature.Name) (feature.ProjectID, bool) {
		return "default", true
	}})
	if err != nil {
		t.Fatal(err)
	}
	p.Proxy = frontendapi.Proxy{
		Handler: &frontendapi.Handler{Snapshots: snapshots, Origins: &frontendapi.Origins{}, Usage: counts, Now: now},
		Grant: func() *auth.Grant {
			if !p.ready {
				return nil
			}
			return grant
		},
		Ready: func(context.Context) error {
			if !p.ready {
				return fault.New(fault.Unavailable, "no flags")
			}
			return nil
		},
		Clients: frontendapi.NewKeys([]string{keyOne, keyTwo, ""}), Servers: frontendapi.NewKeys([]string{serverKey}),
		App: "unleash-proxy", Metrics: http.NotFoundHandler(), Early: func() { p.early++ },
		CORS: frontendapi.CORS{NoCredentials: true, Methods: "GET, POST", MaxAge: 172800},
	}
	if change != nil {
		change(p)
	}
	router := chi.NewRouter()
	p.Mount(router)
	front := httptest.NewServer(web.Stack(web.StackOptions{}, router))
	t.Cleanup(front.Close)
	p.url = front.URL
	return p
}

// do sends a request; headers are pairs of name and value.
func (p *proxy) do(t *testing.T, method, path, body string, headers ...string) testkit.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return testkit.Answer{Status: response.StatusCode, Header: response.Header, Body: string(text)}
}

// TestProxyKeys: R30, R31. Each of several keys lets in, as it is, to the byte;
// nothing else does.
func TestProxyKeys(t *testing.T) {
	t.Parallel()
	p := startProxy(t, nil)
	for key, status := range map[string]int{
		keyOne: 200, keyTwo: 200, "": 401, "Some-secret": 401, keyOne + "x": 401, keyOne[:5]: 401, "Bearer " + keyOne: 401,
		serverKey: 401, "upstream": 401, "*:*.unleash-insecure-api-token": 401,
	} {
		for _, method := range []string{"GET", "POST"} {
			got := p.do(t, method, "/proxy", "", "Authorization", key)
			if method == "POST" {
				got = p.do(t, method, "/proxy", "{}", "Authorization", key)
			}
			if got.Status != status || status == 401 && (got.Body != "Unauthorized" || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/plain")) {
				t.Errorf("%s with %q: %d %s", method, key, got.Status, got.Body)
			}
		}
	}
	other := startProxy(t, func(p *proxy) { p.KeyHeader = "X-Key" })
	if got := other.do(t, "GET", "/proxy", "", "X-Key", keyOne); got.Status != 200 {
		t.Errorf("a header of another name: %d", got.Status)
	}
	if got := other.do(t, "GET", "/proxy", "", "Authorization", keyOne); got.Status != 401 {
		t.Errorf("the usual header when another is asked for: %d", got.Status)
	}
	none := startProxy(t, func(p *proxy) { p.Clients = frontendapi.NewKeys([]string{""}) })
	if got := none.do(t, "GET", "/proxy", "", "Authorization", ""); got.Status != 401 {
		t.Errorf("without any key: %d", got.Status)
	}
}

// TestProxyAnswers: R31. What clients of Unleash Proxy are used to.
func TestProxyAnswers(t *testing.T) {
	t.Parallel()
	p := startProxy(t, func(p *proxy) { p.All = true })
	const (
		aOn  = `{"name":"a-on","enabled":true,"variant":` + noVariant + `,"impressionData":false}`
		bOff = `{"name":"b-seven"` + offEnd + `false}`
		bOn  = `{"name":"b-seven","enabled":true,"variant":` + noVariant + `,"impressionData":false}`
		cOff = `{"name":"c-off"` + offEnd + `false}`
		xOff = `{"name":"x"` + offEnd + `false}`
	)
	for _, tc := range []struct{ method, path, body, want string }{
		{"GET", "/proxy?userId=7", "", `{"toggles":[` + aOn + `,` + bOn + `]}`},
		{"GET", "/proxy", "", `{"toggles":[` + aOn + `]}`},
		{"POST", "/proxy", `{"context":{"userId":7}}`, `{"toggles":[` + aOn + `,` + bOn + `]}`},
		{"POST", "/proxy", `{"toggles":["x","c-off","a-on"],"context":{"appName":"script"}}`, `{"toggles":[` + xOff + `,` + cOff + `,` + aOn + `]}`},
		{"POST", "/proxy", `{"toggles":["a-on"]}`, `{"toggles":[` + aOn + `]}`},
		{"GET", "/proxy/all", "", `{"toggles":[` + aOn + `,` + bOff + `,` + cOff + `]}`},
		{"POST", "/proxy/all", `{"toggles":["c-off"]}`, `{"toggles":[` + cOff + `]}`},
	} {
		got := p.do(t, tc.method, tc.path, tc.body, "Authorization", keyTwo, "Origin", "https://shop.example")
		if diff := cmp.Diff(tc.want, got.Body); got.Status != 200 || diff != "" {
			t.Errorf("%s %s %s: %d (-want +got):\n%s", tc.method, tc.path, tc.body, got.Status, diff)
		}
		for header, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag", "Access-Control-Allow-Credentials": "",
			"Cache-Control": "public, max-age=2",
		} {
			if got.Header.Get(header) != want {
				t.Errorf("%s %s: %s is %q, want %q", tc.method, tc.path, header, got.Header.Get(header), want)
			}
		}
		tag := got.Header.Get("ETag")
		again := p.do(t, tc.method, tc.path, tc.body, "Authorization", keyOne, "If-None-Match", tag)
		if !strings.HasPrefix(tag, `W/"`) || again.Status != 304 {
			t.Errorf("%s %s with If-None-Match %s: %d", tc.method, tc.path, tag, again.Status)
		}
	}
	if err := p.Handler.Usage.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{"script x": 2, "script c-off": 2, "script a-on": 2, "unleash-proxy a-on": 2, "unleash-proxy c-off": 2}
	if diff := cmp.Diff(want, p.sink.counts); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
}

// TestProxyOrderOfChecks: the body, then whether there are flags, then the key.
func TestProxyOrderOfChecks(t *testing.T) {
	t.Parallel()
	const json, none = "application/json", ""
	for _, tc := range []struct {
		name                           string
		ready                          bool
		method, path, body, media, key string
		status                         int
		answer                         string
	}{
		{"not ready, no key", false, "GET", "/proxy", "", none, none, 503, "try again"},
		{"not ready, key", false, "GET", "/proxy", "", none, keyOne, 503, "try again"},
		{"bad body before not ready", false, "POST", "/proxy", "{", json, none, 400, `"error":"We were unable to parse`},
		{"bad field before the key", true, "POST", "/proxy", `{"context":7}`, json, none, 400, `"error":"Request validation failed","validation":[{"instancePath":"/context"`},
		{"bad names", true, "POST", "/proxy", `{"toggles":[7]}`, json, keyOne, 400, `"instancePath":"/toggles/0"`},
		{"a form", true, "POST", "/proxy", "a=b", "application/x-www-form-urlencoded", keyOne, 415, ""},
		{"a body without type", true, "POST", "/proxy", `{}`, none, keyOne, 200, "a-on"},
		{"all switched off", true, "GET", "/proxy/all", "", none, keyOne, 501, "ENABLE_ALL_ENDPOINT"},
		{"all switched off, no key", true, "GET", "/proxy/all", "", none, none, 401, "Unauthorized"},
		{"health", true, "GET", "/proxy/health", "", none, none, 200, "ok"},
		{"health, not ready", false, "GET", "/proxy/health", "", none, none, 503, "try again"},
		{"definitions", true, "GET", "/proxy/client/features", "", none, serverKey, 200, `"version":2,"features":[`},
		{"definitions for a page", true, "GET", "/proxy/client/features", "", none, keyOne, 401, "Unauthorized"},
		{"definitions, not ready", false, "GET", "/proxy/client/features", "", none, serverKey, 503, ""},
		{"no such path", true, "GET", "/proxy/features/a-on", "", none, keyOne, 404, "<!DOCTYPE html>"},
		{"no such method", true, "DELETE", "/proxy", "", none, keyOne, 404, "DELETE"},
		{"register", false, "POST", "/proxy/client/register", `{"appName":"a","interval":1,"started":"2026-11-22T12:00:00Z","strategies":[]}`, json, keyOne, 200, "OK"},
		{"register, by a server", true, "POST", "/proxy/all/client/register", `{"appName":"a","interval":1,"started":1,"strategies":[]}`, json, serverKey, 200, "OK"},
		{"register, no key", true, "POST", "/proxy/client/register", `{"appName":"a","interval":1,"started":1,"strategies":[]}`, json, none, 401, "Unauthorized"},
		{"register nothing", true, "POST", "/proxy/client/register", `{}`, json, none, 400, `"keyword":"required"`},
		{"metrics", false, "POST", "/proxy/client/metrics", metricsOf("a"), json, keyOne, 200, "OK"},
		{"metrics without instance", true, "POST", "/proxy/client/metrics", strings.Replace(metricsOf("a"), "instanceId", "x", 1), json, keyOne, 400, `"/instanceId"`},
		{"metrics without bucket", true, "POST", "/proxy/client/metrics", `{"appName":"a","instanceId":"i"}`, json, keyOne, 400, `"/bucket"`},
		{"metrics, no key", true, "POST", "/proxy/client/metrics", metricsOf("a"), json, none, 401, "Unauthorized"},
	} {
		p := startProxy(t, func(p *proxy) { p.ready = tc.ready })
		headers := []string{"Authorization", tc.key}
		if tc.media != "" {
			headers = append(headers, "Content-Type", tc.media)
		}
		got := p.do(t, tc.method, tc.path, tc.body, headers...)
		if got.Status != tc.status || !strings.Contains(got.Body, tc.answer) || tc.status == 415 && got.Body != "" {
			t.Errorf("%s: %d %s, want %d %s", tc.name, got.Status, got.Body, tc.status, tc.answer)
		}
		if got.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: a page cannot read the answer", tc.name)
		}
	}
}

func metricsOf(app string) string {
	return `{"appName":"` + app + `","instanceId":"i","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{"a-on":{"yes":3,"no":1}}}}`
}

// TestProxyKeepsTheCaller: reports count for the application that sends them;
// one that comes too early is told of.
func TestProxyKeepsTheCaller(t *testing.T) {
	t.Parallel()
	p := startProxy(t, func(p *proxy) { p.ready = false })
	p.do(t, "POST", "/proxy/client/metrics", metricsOf("early"), "Authorization", keyOne)
	p.ready = true
	p.do(t, "POST", "/proxy/client/metrics", metricsOf("shop"), "Authorization", keyOne)
	p.do(t, "POST", "/proxy/all/client/metrics", metricsOf("shop"), "Authorization", keyTwo)
	if err := p.Handler.Usage.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"shop a-on": 8}, p.sink.counts); diff != "" || p.early != 1 {
		t.Errorf("%d came too early; uses (-want +got):\n%s", p.early, diff)
	}
}

// TestProxyPreflight: R31. Without a key, whatever the path, as configured.
func TestProxyPreflight(t *testing.T) {
	t.Parallel()
	ask := func(p *proxy, origin string) testkit.Answer {
		return p.do(t, "OPTIONS", "/proxy/client/metrics", "", "Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-key,if-none-match")
	}
	got := ask(startProxy(t, nil), "https://a.example")
	want := map[string]string{
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "x-key,if-none-match",
		"Access-Control-Max-Age": "172800", "Access-Control-Allow-Credentials": "",
	}
	for header, value := range want {
		if got.Status != 204 || got.Header.Get(header) != value {
			t.Errorf("%d, %s is %q, want %q", got.Status, header, got.Header.Get(header), value)
		}
	}
	narrow := startProxy(t, func(p *proxy) {
		p.Handler.Origins.Set([]string{"https://a.example"})
		p.CORS = frontendapi.CORS{Methods: "GET", Headers: "X-Key", MaxAge: 5, Status: 200}
	})
	got = ask(narrow, "https://a.example")
	if got.Status != 200 || got.Header.Get("Access-Control-Allow-Origin") != "https://a.example" || got.Header.Get("Access-Control-Allow-Headers") != "X-Key" ||
		got.Header.Get("Access-Control-Allow-Credentials") != "true" || got.Header.Get("Access-Control-Max-Age") != "5" {
		t.Errorf("%d %v", got.Status, got.Header)
	}
	if got := ask(narrow, "https://b.example"); got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin: %v", got.Header)
	}
}

// TestProxyOFREP: R31. Providers show a key as a bearer or in X-API-Key.
func TestProxyOFREP(t *testing.T) {
	t.Parallel()
	p := startProxy(t, nil)
	for _, tc := range []struct {
		header, value string
		status        int
	}{
		{"Authorization", "Bearer " + keyOne, 200},
		{"Authorization", keyTwo, 200},
		{"X-Api-Key", keyOne, 200},
		{"X-Api-Key", serverKey, 401},
		{"Authorization", "", 401},
	} {
		got := p.do(t, "POST", ofrepFlags+"/b-seven", `{"context":{"targetingKey":"7"}}`, tc.header, tc.value, "Content-Type", "application/json")
		if got.Status != tc.status || tc.status == 200 && !strings.Contains(got.Body, `"value":true`) || tc.status == 401 && !strings.Contains(got.Body, "errorDetails") {
			t.Errorf("%s %q: %d %s", tc.header, tc.value, got.Status, got.Body)
		}
	}
	p.ready = false
	if got := p.do(t, "POST", ofrepFlags, `{}`, "X-Api-Key", keyOne, "Content-Type", "application/json"); got.Status != 503 || got.Header.Get("Retry-After") == "" {
		t.Errorf("not ready: %d %v", got.Status, got.Header)
	}
}

// TestKeysDoNotOpenTheServer: R32. Even when a key looks like a token.
func TestKeysDoNotOpenTheServer(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, key := range []string{keyOne, keyTwo, serverKey, "*:development.proxy-client-key"} {
		for path, status := range map[string]int{"/api/frontend": 401, "/proxy": 401, "/api/client/features": 401, "/api/admin/projects": 401, ofrepFlags: 401} {
			method, body := "GET", ""
			if path == ofrepFlags {
				method, body = "POST", "{}"
			}
			if got := s.Do(method, path, body, "Authorization", key); got.Status != status {
				t.Errorf("%s with %q: %d", path, key, got.Status)
			}
		}
	}
}
