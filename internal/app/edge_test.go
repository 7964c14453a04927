package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/testkit"
)

const (
	features = "/api/client/features"
	onForAll = `{"name":"default"}`
)

// world is a server with a flag in two projects, and what stands between it and
// edges.
type world struct {
	*testkit.Server

	between                 *testkit.Between
	whole, one, page, other string // tokens: of all projects, of default, of pages, of production
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{Server: testkit.Start(t)}
	w.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"second","name":"Second"}`)
	w.Flag("default", "development", "first", onForAll)
	w.Flag("second", "development", "elsewhere", onForAll)
	w.Flag("default", "production", "live", onForAll)
	w.between = testkit.NewBetween(t, w.URL)
	w.whole, w.one, w.page = w.ClientToken("development", "*"), w.ClientToken("development", "default"), w.FrontendToken("development", "*")
	w.other = w.ClientToken("production", "*")
	return w
}

// toggle switches the flag first on or off.
func (w world) toggle(state string) {
	w.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/first/environments/development/"+state, "")
}

// mute makes the server above one that tells nothing of itself: no streams, no
// news of tokens.
func (w world) mute() {
	w.between.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != edge.NewsPath && r.URL.Path != "/api/client/streaming" {
			return false
		}
		rw.WriteHeader(http.StatusNotFound)
		return true
	})
}

// TestEdgeAnswersAsTheServer (R1, R16): server SDKs and pages get from an edge,
// and from an edge below that, what they get from the server: bodies, tags,
// refusals.
func TestEdgeAnswersAsTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	upper := testkit.StartEdge(t, w.URL, []string{w.whole, w.other})
	lower := testkit.StartEdge(t, upper.URL, []string{w.whole, w.other})
	for _, c := range []struct{ name, path, secret string }{
		{"all", features, w.whole},
		{"one project", features, w.one},
		{"another environment", features, w.other},
		{"one flag", features + "/first", w.one},
		{"a flag of another project", features + "/elsewhere", w.one},
		{"narrowed", features + "?namePrefix=fi", w.whole},
		{"page", "/api/frontend?userId=7", w.page},
		{"page of old", "/proxy?userId=7", w.page},
		{"page with everything", "/api/frontend/all?userId=7", w.page},
		{"page token for a server SDK", features, w.page},
		{"client token for a page", "/api/frontend", w.whole},
		{"admin token", features, testkit.AdminToken},
		{"unknown", features, "default:development.unknown"},
		{"nonsense", features, "nonsense"},
		{"none", features, ""},
	} {
		want := w.Do("GET", c.path, "", "Authorization", c.secret)
		for name, edge := range map[string]*testkit.Edge{"edge": upper, "edge below": lower} {
			got := edge.Do("GET", c.path, c.secret, "")
			if got.Status != want.Status || withoutRevision(got.Body) != withoutRevision(want.Body) {
				t.Errorf("%s at the %s: %d %s, the server says %d %s", c.name, name, got.Status, got.Body, want.Status, want.Body)
			}
		}
	}
}

// withoutRevision cuts off what may differ between processes, and what names one
// answer.
func withoutRevision(body string) string {
	before, _, _ := strings.Cut(body, `,"meta":{"revisionId":`)
	if _, after, found := strings.Cut(before, `{"id":"`); found {
		_, before, _ = strings.Cut(after, `"`)
	}
	return before
}

// TestEdgeFollowsChanges: what is changed at the server is changed at an edge,
// and at the edge below.
func TestEdgeFollowsChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, mode := range []string{"auto", "polling", "delta"} {
		upper := testkit.StartEdge(t, w.URL, []string{w.whole}, func(c *app.EdgeConfig) { c.Sync = mode })
		lower := testkit.StartEdge(t, upper.URL, []string{w.one}, func(c *app.EdgeConfig) { c.Sync = mode })
		for _, state := range []string{"off", "on"} {
			w.toggle(state)
			testkit.Eventually(t, mode+": the flag is "+state, func() bool {
				return strings.Contains(lower.Do("GET", features+"/first", w.one, "").Body, fmt.Sprintf(`"enabled":%t`, state == "on"))
			})
		}
	}
}

// TestEdgeTakesTokensThatItWasNotStartedWith: they are asked about, once, and a
// client token that sees more gets flags of its own, unless the edge is strict.
func TestEdgeTakesTokensThatItWasNotStartedWith(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mute() // else all tokens are asked about when the news begin
	dynamic := testkit.StartEdge(t, w.between.URL, []string{w.one})
	strict := testkit.StartEdge(t, w.URL, []string{w.one}, func(c *app.EdgeConfig) { c.Strict = true })
	for _, c := range []struct {
		name, secret    string
		dynamic, strict int
	}{
		{"of the start", w.one, 200, 200},
		{"covered", w.ClientToken("development", "default"), 200, 200},
		{"wider", w.whole, 200, 403},
		{"of another environment", w.other, 200, 403},
	} {
		if got := dynamic.Do("GET", features, c.secret, ""); got.Status != c.dynamic {
			t.Errorf("%s: %d, want %d: %s", c.name, got.Status, c.dynamic, got.Body)
		}
		if got := strict.Do("GET", features, c.secret, ""); got.Status != c.strict {
			t.Errorf("%s at a strict edge: %d, want %d: %s", c.name, got.Status, c.strict, got.Body)
		}
	}
	asked := w.between.Count("/edge/validate")
	for range 20 {
		dynamic.Do("GET", features, w.whole, "")
	}
	if now := w.between.Count("/edge/validate"); now != asked {
		t.Errorf("known tokens were asked about %d times more", now-asked)
	}
	page := w.FrontendToken("production", "*")
	if got := strict.Do("GET", "/api/frontend", page, ""); got.Status != http.StatusForbidden || !strings.Contains(got.Body, "production") {
		t.Errorf("a page of an environment without flags: %d %s", got.Status, got.Body)
	}
}

// TestDeletedTokenIsRefusedAtOnce (R34): a Burgee above tells which tokens end,
// through every edge between, and streams that it opened end with it.
func TestDeletedTokenIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	upper := testkit.StartEdge(t, w.URL, []string{w.whole})
	lower := testkit.StartEdge(t, upper.URL, []string{w.whole})
	edges := map[string]*testkit.Edge{"edge": upper, "edge below": lower}
	for name, e := range edges {
		if got := e.Do("GET", features, w.one, ""); got.Status != http.StatusOK {
			t.Fatalf("%s before: %d", name, got.Status)
		}
	}
	for name, ask := range map[string]func() string{
		"the server": func() string { return w.Do("GET", "/internal-backstage/prometheus", "").Body },
		"the edge":   func() string { return upper.Do("GET", "/internal-backstage/metrics", "", "").Body },
	} {
		testkit.Eventually(t, name+" is listened to", func() bool { return strings.Contains(ask(), "\nburgee_edges_listening 1\n") })
	}
	streams := map[string]<-chan struct{}{}
	for name, e := range edges {
		streams[name] = follow(t, e.URL, w.one)
	}
	w.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+w.one, "")
	deadline := time.After(time.Second)
	for name, e := range edges {
		for e.Do("GET", features, w.one, "").Status != http.StatusUnauthorized {
			select {
			case <-deadline:
				t.Fatalf("%s lets a deleted token in after 1 s", name)
			default:
			}
		}
		select {
		case <-streams[name]:
		case <-deadline:
			t.Fatalf("a stream of a deleted token is open at the %s after 1 s", name)
		}
		if got := e.Do("GET", features, w.whole, ""); got.Status != http.StatusOK {
			t.Errorf("%s: another token: %d", name, got.Status)
		}
	}
}

// follow opens a stream of flags and returns a channel that is closed when it
// has ended.
func follow(t *testing.T, address, secret string) <-chan struct{} {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/api/client/streaming", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", secret)
	response, err := http.DefaultTransport.RoundTrip(request) //nolint:bodyclose // the reader below does
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("opening a stream: %v %v", response, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer response.Body.Close()
		for buffer := make([]byte, 4096); ; {
			if _, err := response.Body.Read(buffer); err != nil {
				return
			}
		}
	}()
	return ended
}

// TestRevalidation: of a server above that tells nothing, tokens are asked about
// at the interval.
func TestRevalidation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mute()
	e := testkit.StartEdge(t, w.between.URL, []string{w.whole}, func(c *app.EdgeConfig) { c.Revalidation = 1 })
	if got := e.Do("GET", features, w.one, ""); got.Status != http.StatusOK {
		t.Fatalf("before: %d", got.Status)
	}
	w.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+w.one, "")
	testkit.Eventually(t, "the deleted token is refused", func() bool { return e.Do("GET", features, w.one, "").Status == http.StatusUnauthorized })
	w.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+w.whole, "")
	testkit.Eventually(t, "the edge's own token is refused", func() bool { return e.Do("GET", features, w.whole, "").Status == http.StatusUnauthorized })
}

// TestLastGoodStays: whatever the server above answers, what was there stays, and
// when it is well again the edge follows.
func TestLastGoodStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := func(status int, body string) func(http.ResponseWriter) {
		return func(rw http.ResponseWriter) {
			rw.WriteHeader(status)
			_, _ = rw.Write([]byte(body))
		}
	}
	for name, answer := range map[string]func(http.ResponseWriter){
		"500": text(500, "broken"), "502 page": text(502, "<html>"), "429": func(rw http.ResponseWriter) {
			rw.Header().Set("Retry-After", "1")
			rw.WriteHeader(http.StatusTooManyRequests)
		},
		"404": text(404, ""), "empty": text(200, ""), "garbage": text(200, "\x00\x01garbage"), "a page": text(200, "<html>sign in</html>"), "null": text(200, "null"),
		"another shape":       text(200, `{"features":{}}`),
		"another environment": text(200, `{"version":2,"features":[],"query":{"environment":"production"}}`),
		"another project":     text(200, `{"version":2,"features":[{"name":"x","enabled":true,"project":"secret","strategies":[]}],"query":{"environment":"development"}}`),
		"half a body": func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Length", "1000")
			_, _ = rw.Write([]byte(`{"version":2,"features":[`))
		},
		"redirect": func(rw http.ResponseWriter) {
			rw.Header().Set("Location", "http://127.0.0.1:1/")
			rw.WriteHeader(http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			between := testkit.NewBetween(t, w.URL)
			e := testkit.StartEdge(t, between.URL, []string{w.one}, func(c *app.EdgeConfig) { c.Sync = "polling" })
			before := e.Do("GET", features, w.one, "")
			if before.Status != http.StatusOK || !strings.Contains(before.Body, `"first"`) {
				t.Fatalf("before: %d %s", before.Status, before.Body)
			}
			var faults atomic.Int64
			between.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != features {
					return false
				}
				faults.Add(1)
				answer(rw)
				return true
			})
			testkit.Eventually(t, "two polls", func() bool { return faults.Load() >= 2 })
			if got := e.Do("GET", features, w.one, ""); got.Body != before.Body {
				t.Errorf("then: %d %s", got.Status, got.Body)
			}
			if got := e.Do("GET", "/ready", "", ""); got.Status != http.StatusOK {
				t.Errorf("ready: %d", got.Status)
			}
			between.Fault(nil)
			polls := between.Count(features)
			testkit.Eventually(t, "it is asked again", func() bool { return between.Count(features) > polls })
		})
	}
}

// TestUpstreamIsSlow: a server above that takes five seconds stops nobody.
func TestUpstreamIsSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := testkit.StartEdge(t, w.between.URL, []string{w.one}, func(c *app.EdgeConfig) { c.Sync, c.SocketTimeout = "polling", 1 })
	testkit.Eventually(t, "flags are there", func() bool { return e.Do("GET", features, w.one, "").Status == http.StatusOK })
	var slow atomic.Int64
	w.between.Fault(func(_ http.ResponseWriter, r *http.Request) bool {
		slow.Add(1)
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
		return true
	})
	testkit.Eventually(t, "it is asked", func() bool { return slow.Load() > 0 })
	start := time.Now()
	for range 50 {
		if got := e.Do("GET", features, w.one, ""); got.Status != http.StatusOK {
			t.Fatalf("meanwhile: %d", got.Status)
		}
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("50 requests took %s", took)
	}
}

// TestEdgeStartsWithout: an edge starts without the server above from what it
// kept, and only one with the same token; without it waits and says so.
func TestEdgeStartsWithout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	folder := t.TempDir()
	kept := func(c *app.EdgeConfig) { c.BackupFolder = folder }
	first, err := app.NewEdge(t.Context(), withConfig(w.between.URL, []string{w.whole}, kept), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(first.Handler())
	for _, path := range []string{features, "/api/frontend"} {
		secret := map[string]string{features: w.one, "/api/frontend": w.page}[path]
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, front.URL+path, http.NoBody)
		request.Header.Set("Authorization", secret)
		testkit.Eventually(t, "the first edge answers", func() bool {
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				return false
			}
			_ = response.Body.Close()
			return response.StatusCode == http.StatusOK
		})
	}
	front.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing is kept: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, readable := range []string{w.whole, w.one, w.page, "first", "development"} {
			if strings.Contains(string(content), readable) {
				t.Errorf("%s shows %q", file, readable)
			}
		}
	}
	w.between.Fault(func(rw http.ResponseWriter, _ *http.Request) bool { rw.WriteHeader(http.StatusBadGateway); return true })
	again := testkit.StartEdge(t, w.between.URL, []string{w.whole}, kept)
	for secret, path := range map[string]string{w.whole: features, w.one: features, w.page: "/api/frontend"} {
		if got := again.Do("GET", path, secret, ""); got.Status != http.StatusOK || !strings.Contains(got.Body, `"first"`) {
			t.Errorf("after the restart: %s: %d %s", path, got.Status, got.Body)
		}
	}
	if got := again.Do("GET", "/internal-backstage/ready", "", ""); got.Status != http.StatusOK {
		t.Errorf("ready: %d %s", got.Status, got.Body)
	}
	if got := again.Do("GET", features, "default:development.new", ""); got.Status != http.StatusServiceUnavailable {
		t.Errorf("a token that nobody can judge: %d", got.Status)
	}
	foreign := testkit.StartEdge(t, w.between.URL, []string{w.other}, kept)
	if got := foreign.Do("GET", "/ready", "", ""); got.Status != http.StatusServiceUnavailable {
		t.Errorf("an edge with another token is ready: %d", got.Status)
	}
	w.between.Fault(nil)
	testkit.Eventually(t, "it is ready when the server above is back", func() bool { return foreign.Do("GET", "/ready", "", "").Status == http.StatusOK })
}

func withConfig(upstream string, tokens []string, change ...func(*app.EdgeConfig)) app.EdgeConfig {
	c := testkit.EdgeConfig(upstream, tokens)
	for _, f := range change {
		f(&c)
	}
	return c
}

// TestEdgeWithTokensThatAreNotLive: it does not start, and says which; one that
// is live is enough.
func TestEdgeWithTokensThatAreNotLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := app.NewEdge(context.Background(), testkit.EdgeConfig(w.URL, []string{"default:development.gone9f3c"}), time.Now)
	if !errors.Is(err, edge.ErrNoToken) || strings.Contains(err.Error(), "gone9f3c") {
		t.Errorf("the error is %v", err)
	}
	e := testkit.StartEdge(t, w.URL, []string{"default:development.gone9f3c", w.one})
	if got := e.Do("GET", features, w.one, ""); got.Status != http.StatusOK {
		t.Errorf("with one that is live: %d", got.Status)
	}
}

// TestEdgeForwardsUsage: counts arrive with application, instance and SDK; while
// the server above is down they are kept; when it takes small bodies only they
// are cut.
func TestEdgeForwardsUsage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	upper := testkit.StartEdge(t, w.between.URL, []string{w.whole})
	lower := testkit.StartEdge(t, upper.URL, []string{w.whole})
	testkit.Eventually(t, "flags are there", func() bool { return lower.Do("GET", features, w.one, "").Status == http.StatusOK })
	report := func(app string) string {
		return `{"appName":"` + app + `","instanceId":"i-` + app + `","sdkVersion":"sdk:7","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{"first":{"yes":3,"no":1,"variants":{"a":2}}}}}`
	}
	send := func(e *testkit.Edge) error { return e.App.Flush(t.Context()) }
	const apps = 60
	for i := range apps {
		if got := lower.Do("POST", "/api/client/metrics", w.one, report(fmt.Sprintf("shop-%d", i))); got.Status != http.StatusAccepted {
			t.Fatalf("metrics: %d %s", got.Status, got.Body)
		}
	}
	if err := send(lower); err != nil {
		t.Fatal(err)
	}
	w.between.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
		down := strings.HasSuffix(r.URL.Path, "/bulk")
		if down {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
		return down
	})
	if err := send(upper); err == nil {
		t.Error("a server above that is down took usage")
	}
	w.between.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
		large := strings.HasSuffix(r.URL.Path, "/bulk") && r.ContentLength > 4000
		if large {
			rw.WriteHeader(http.StatusRequestEntityTooLarge)
		}
		return large
	})
	testkit.Eventually(t, "it is sent when the server above is back", func() bool { return send(upper) == nil && w.between.Count("/api/client/metrics/bulk") > 4 })
	var usage struct {
		TotalUsage []struct {
			Yes int64 `json:"yes"`
			No  int64 `json:"no"`
		} `json:"totalUsage"`
		SeenApplications []string `json:"seenApplications"`
	}
	w.Must(http.StatusOK, "GET", "/api/admin/client-metrics/features/first", "").JSON(t, &usage)
	if len(usage.SeenApplications) != apps || len(usage.TotalUsage) != 1 || usage.TotalUsage[0].Yes != 3*apps || usage.TotalUsage[0].No != apps {
		t.Errorf("the server counted %+v", usage)
	}
	if got := w.Must(http.StatusOK, "GET", "/api/admin/metrics/instances/shop-7/environment/development", ""); !strings.Contains(got.Body, "i-shop-7") || !strings.Contains(got.Body, "sdk:7") {
		t.Errorf("the instance is %s", got.Body)
	}
}

// TestPretrusted: a secret of any form is let in without asking, for what it
// says; it does not open the client API.
func TestPretrusted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mute()
	e := testkit.StartEdge(t, w.between.URL, []string{w.whole}, func(c *app.EdgeConfig) {
		c.Pretrusted = []string{"old-proxy-key@development", "second:development.chosen"}
	})
	asked := w.between.Count("/edge/validate")
	for secret, flags := range map[string]string{"old-proxy-key@development": `"first"`, "second:development.chosen": `"elsewhere"`} {
		if got := e.Do("GET", "/api/frontend", secret, ""); got.Status != http.StatusOK || !strings.Contains(got.Body, flags) {
			t.Errorf("%s: %d %s", secret, got.Status, got.Body)
		}
		if got := e.Do("GET", features, secret, ""); got.Status != http.StatusForbidden {
			t.Errorf("%s opens the client API: %d", secret, got.Status)
		}
	}
	if now := w.between.Count("/edge/validate"); now != asked {
		t.Errorf("the server above was asked %d times", now-asked)
	}
}

// TestBackstageShowsNoSecret (R34): nor do metrics.
func TestBackstageShowsNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := testkit.StartEdge(t, w.URL, []string{w.whole})
	e.Do("GET", features, w.one, "")
	e.Do("GET", "/api/frontend", w.page, "")
	for _, part := range []string{"health", "ready", "metrics", "features", "tokens", "metricsbatch", "instancedata", "prometheus"} {
		got := e.Do("GET", "/internal-backstage/"+part, "", "")
		if got.Status != http.StatusOK || got.Body == "" {
			t.Errorf("%s: %d %q", part, got.Status, got.Body)
		}
		for _, secret := range []string{w.whole, w.one, w.page} {
			if strings.Contains(got.Body, secret[strings.IndexByte(secret, '.')+1:][:20]) {
				t.Errorf("%s shows a secret", part)
			}
		}
	}
	closed := testkit.StartEdge(t, w.URL, []string{w.whole}, func(c *app.EdgeConfig) {
		c.DisableFeatures, c.DisableTokens, c.DisableMetrics, c.DisableMetricsBatch, c.DisableInstance, c.DisableAll = true, true, true, true, true, true
	})
	for _, path := range []string{"/internal-backstage/metrics", "/internal-backstage/features", "/internal-backstage/tokens", "/internal-backstage/metricsbatch", "/internal-backstage/instancedata", "/api/frontend/all"} {
		if got := closed.Do("GET", path, w.page, ""); got.Status != http.StatusNotFound {
			t.Errorf("%s is there: %d", path, got.Status)
		}
	}
}

// TestEdgeBelowAServerOfOld: one without bulk bodies of usage gets them as SDKs
// send them.
func TestEdgeBelowAServerOfOld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.between.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
		missing := strings.HasSuffix(r.URL.Path, "/bulk") || r.URL.Path == edge.NewsPath || r.URL.Path == "/api/client/streaming" || strings.HasSuffix(r.URL.Path, "/metrics/edge")
		if missing {
			rw.WriteHeader(http.StatusNotFound)
		}
		return missing
	})
	e := testkit.StartEdge(t, w.between.URL, []string{w.whole})
	testkit.Eventually(t, "flags are there", func() bool { return e.Do("GET", features, w.one, "").Status == http.StatusOK })
	for _, app := range []string{"shop", "till"} {
		report := `{"appName":"` + app + `","instanceId":"i","sdkVersion":"sdk:7","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{"first":{"yes":3,"no":1,"variants":{"a":2}}}}}`
		if got := e.Do("POST", "/api/client/metrics", w.one, report); got.Status != http.StatusAccepted {
			t.Fatalf("metrics: %d %s", got.Status, got.Body)
		}
	}
	if err := e.App.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := w.Must(http.StatusOK, "GET", "/api/admin/client-metrics/features/first/raw", "").Body
	for _, part := range []string{`"shop"`, `"till"`, `"yes":3`, `"variants":{"a":2}`} {
		if !strings.Contains(got, part) {
			t.Errorf("the server counted %s, without %s", got, part)
		}
	}
	if got := w.Must(http.StatusOK, "GET", "/api/admin/metrics/instances/till/environment/development", ""); !strings.Contains(got.Body, "sdk:7") {
		t.Errorf("the instance is %s", got.Body)
	}
}
