package app_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/testkit"
)

// TestEdgeConfigRefuses: what cannot work is refused, by a message that names
// the setting and shows no secret.
func TestEdgeConfigRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*app.EdgeConfig)
		named  string
	}{
		"no server above":      {func(c *app.EdgeConfig) { c.UpstreamURL = "" }, "--upstream-url (UPSTREAM_URL)"},
		"an address of nobody": {func(c *app.EdgeConfig) { c.UpstreamURL = "flags.example.com" }, "--upstream-url"},
		"strict, no token":     {func(c *app.EdgeConfig) { c.Strict, c.Tokens = true, nil }, "--strict"},
		"strict and not":       {func(c *app.EdgeConfig) { c.Strict, c.Dynamic = true, true }, "--dynamic"},
		"two headers":          {func(c *app.EdgeConfig) { c.TokenHeader, c.AuthHeader = "A", "B" }, "--token-header"},
		"a token with spaces":  {func(c *app.EdgeConfig) { c.Tokens = []string{"a b-hidden"} }, "--tokens, entry 1"},
		"pretrusted nothing":   {func(c *app.EdgeConfig) { c.Pretrusted = []string{"hidden"} }, "--pretrusted-tokens, entry 1"},
		"offline, no token":    {func(c *app.EdgeConfig) { c.Offline, c.Tokens = "x.json", nil }, "--client-tokens"},
		"offline, no file":     {func(c *app.EdgeConfig) { c.Offline = "/nowhere/x.json" }, "/nowhere/x.json"},
		"offline, kept":        {func(c *app.EdgeConfig) { c.Offline, c.BackupFolder = "x.json", "y" }, "--backup-folder"},
		"tokens of offline":    {func(c *app.EdgeConfig) { c.ClientTokens = []string{"x"} }, "--client-tokens"},
		"kept twice":           {func(c *app.EdgeConfig) { c.BackupFolder, c.RedisHost = "x", "y" }, "--redis-host"},
		"kept, no token":       {func(c *app.EdgeConfig) { c.BackupFolder, c.Tokens = "x", nil }, "--backup-folder"},
		"no Redis":             {func(c *app.EdgeConfig) { c.RedisURL = []string{"http://user:hidden@x"} }, "--redis-url"},
		"half a certificate":   {func(c *app.EdgeConfig) { c.ClientKey = "x" }, "--pkcs8-client-certificate-file"},
		"no certificate":       {func(c *app.EdgeConfig) { c.CertificateFile = "/nowhere" }, "--upstream-certificate-file"},
		"no header":            {func(c *app.EdgeConfig) { c.Headers = []string{"hidden"} }, "--custom-client-headers, entry 1"},
		"no interval":          {func(c *app.EdgeConfig) { c.RefreshInterval = 0 }, "--features-refresh-interval-seconds"},
		"no network":           {func(c *app.EdgeConfig) { c.AllowList = []string{"x"} }, "--allow-list"},
		"no TLS":               {func(c *app.EdgeConfig) { c.TLSEnable = true }, "--tls-server-cert"},
		"no redirect":          {func(c *app.EdgeConfig) { c.RedirectToTLS = true }, "--tls-enable"},
		"no format":            {func(c *app.EdgeConfig) { c.LogFormat = "xml" }, "--log-format"},
		"two ways":             {func(c *app.EdgeConfig) { c.Streaming, c.Delta = true, true }, "--delta"},
		"a bucket":             {func(c *app.EdgeConfig) { c.S3Bucket = "x" }, "--s3-bucket-name (S3_BUCKET_NAME)"},
		"pushed metrics":       {func(c *app.EdgeConfig) { c.RemoteWrite = "x" }, "PROMETHEUS_REMOTE_WRITE_URL"},
		"issued tokens":        {func(c *app.EdgeConfig) { c.ClientSecret = "hidden" }, "UNLEASH_CLIENT_SECRET"},
		"PKCS#12":              {func(c *app.EdgeConfig) { c.PKCS12 = "x" }, "openssl pkcs12"},
	} {
		config := testkit.EdgeConfig("http://127.0.0.1:1", []string{"default:development.x"})
		c.change(&config)
		_, err := app.NewEdge(t.Context(), config, time.Now)
		switch {
		case err == nil:
			t.Errorf("%s: no error", name)
		case !strings.Contains(err.Error(), c.named) || strings.Contains(err.Error(), "hidden"):
			t.Errorf("%s: %v, want one that names %s", name, err, c.named)
		}
	}
}

// TestEveryEdgeSettingIsDocumented: docs/edge.md names every variable, and every
// foreign setting is refused or noted.
func TestEveryEdgeSettingIsDocumented(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../docs/edge.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range []any{app.EdgeConfig{}, app.ProbeConfig{}} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(config)) {
			names := field.Tag.Get("env")
			if names == "" {
				if flag := field.Tag.Get("name"); flag != "" && !strings.Contains(string(content), "`--"+flag+"`") {
					t.Errorf("docs/edge.md does not name --%s", flag)
				} else if flag == "" && !field.Anonymous && field.Tag.Get("kong") == "" {
					t.Errorf("%s has no variable", field.Name)
				}
				continue
			}
			if name, _, _ := strings.Cut(names, ","); !strings.Contains(string(content), "`"+name+"`") {
				t.Errorf("docs/edge.md does not name %s", name)
			}
		}
	}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(app.ForeignSettings{})) {
		if (field.Tag.Get("refused") == "") == (field.Tag.Get("noted") == "") {
			t.Errorf("%s must be refused or noted", field.Name)
		}
	}
}

// TestOfflineEdge: flags come from a file, for tokens of any form, by
// environment, and are those of the file when it changes; a broken file changes
// nothing.
func TestOfflineEdge(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "flags.json")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"environments":{"development":{"a":{"enabled":true}},"production":{"b":{"enabled":true,"variant":{"name":"v","payload":{"type":"string","value":"x"}}}}}}`)
	e := testkit.StartEdge(t, "", nil, func(c *app.EdgeConfig) {
		c.Offline, c.ReloadInterval = file, 1
		c.ClientTokens, c.FrontendTokens = []string{"*:production.server", "anything"}, []string{"page@production", "*:development.page"}
	})
	for _, c := range []struct {
		path, secret string
		status       int
		part         string
	}{
		{features, "*:production.server", 200, `"b"`},
		{features, "anything", 200, `"a"`},
		{"/api/frontend", "page@production", 200, `"value":"x"`},
		{"/api/frontend", "*:development.page", 200, `"a"`},
		{features, "page@production", 403, ""},
		{features, "other", 401, ""},
		{"/ready", "", 200, ""},
	} {
		if got := e.Do("GET", c.path, c.secret, ""); got.Status != c.status || !strings.Contains(got.Body, c.part) {
			t.Errorf("%s with %s: %d %s", c.path, c.secret, got.Status, got.Body)
		}
	}
	if got := e.Do("POST", "/edge/validate", "", `{"tokens":["anything","other"]}`); !strings.Contains(got.Body, `"anything"`) || strings.Contains(got.Body, `"other"`) {
		t.Errorf("validate: %s", got.Body)
	}
	write(`{"environments":{"development":{"changed":{"enabled":true}}}}`)
	testkit.Eventually(t, "the change is served", func() bool { return strings.Contains(e.Do("GET", features, "anything", "").Body, `"changed"`) })
	if got := e.Do("GET", features, "*:production.server", ""); got.Status != http.StatusForbidden {
		t.Errorf("an environment that is gone: %d %s", got.Status, got.Body)
	}
	write(`{"environments":`)
	testkit.Eventually(t, "it says that the file cannot be used", func() bool {
		return !strings.Contains(e.Do("GET", "/internal-backstage/metrics", "", "").Body, "\nburgee_edge_fetch_failures_total 0\n")
	})
	if got := e.Do("GET", features, "anything", ""); !strings.Contains(got.Body, `"changed"`) {
		t.Errorf("after the file broke: %s", got.Body)
	}
	below := testkit.StartEdge(t, e.URL, []string{"anything"}) // daisy chains end offline
	if got := below.Do("GET", features, "anything", ""); !strings.Contains(got.Body, `"changed"`) {
		t.Errorf("an edge below: %d %s", got.Status, got.Body)
	}
}

// TestEdgeAtTheDoor: headers, networks, base path, origins and tags.
func TestEdgeAtTheDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := testkit.StartEdge(t, w.URL, []string{w.one}, func(c *app.EdgeConfig) {
		c.AuthHeader, c.BasePath, c.CORSOrigin = "X-Token", "/flags/", []string{"https://shop.example"}
	})
	ask := func(e *testkit.Edge, path string, headers ...string) testkit.Answer {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return testkit.Answer{Status: response.StatusCode, Header: response.Header}
	}
	for _, c := range []struct {
		path, header, value string
		status              int
	}{
		{"/flags" + features, "X-Token", w.one, 200},
		{"/flags" + features, "Authorization", w.one, 401},
		{features, "X-Token", w.one, 404},
		{"/flags" + features + "?tag=simple:x", "X-Token", w.one, 400},
		{"/flags/internal-backstage/health", "X-Token", "", 200},
		{"/health", "X-Token", "", 200},
	} {
		if got := ask(other, c.path, c.header, c.value); got.Status != c.status {
			t.Errorf("%s with %s: %d, want %d", c.path, c.header, got.Status, c.status)
		}
	}
	plain := testkit.StartEdge(t, w.URL, []string{w.one})
	for _, body := range []string{"", "{}", "nonsense"} { // Unleash Edge answers it too
		if got := plain.Do("POST", features, w.one, body); got.Status != http.StatusOK || got.Body != plain.Do("GET", features, w.one, "").Body {
			t.Errorf("POST of %q: %d %s", body, got.Status, got.Body)
		}
	}
	for origin, want := range map[string]string{"https://shop.example": "https://shop.example", "https://evil.example": ""} {
		if got := ask(other, "/flags/api/frontend", "X-Token", w.page, "Origin", origin).Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s may call: %q", origin, got)
		}
	}
	for name, change := range map[string]func(*app.EdgeConfig){
		"denied":      func(c *app.EdgeConfig) { c.DenyList = []string{"127.0.0.0/8"} },
		"not allowed": func(c *app.EdgeConfig) { c.AllowList = []string{"10.0.0.0/8"} },
	} {
		if got := ask(testkit.StartEdge(t, w.URL, []string{w.one}, change), features, "Authorization", w.one); got.Status != http.StatusForbidden {
			t.Errorf("%s: %d", name, got.Status)
		}
	}
	if got := ask(testkit.StartEdge(t, w.URL, []string{w.one}, func(c *app.EdgeConfig) { c.AllowList = []string{"127.0.0.1"} }), features, "Authorization", w.one); got.Status != http.StatusOK {
		t.Errorf("allowed: %d", got.Status)
	}
}

// TestLimitsHoldAtTheEdge: a token that may be used from some networks or pages
// only, or so often, may not be used otherwise at an edge.
func TestLimitsHoldAtTheEdge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := testkit.StartEdge(t, w.URL, []string{w.whole})
	token := func(kind, limits string) string {
		return w.Token(`{"tokenName":"t","type":"` + kind + `","environment":"development","projects":["*"],` + limits + `}`)
	}
	far := token("client", `"allowedNetworks":["192.0.2.0/24"]`)
	near := token("client", `"allowedNetworks":["127.0.0.0/8","::1/128"]`)
	page := token("frontend", `"allowedOrigins":["https://shop.example"]`)
	for _, c := range []struct {
		path, secret string
		status       int
	}{{features, far, 403}, {features, near, 200}, {"/api/frontend", page, 403}} {
		if got := e.Do("GET", c.path, c.secret, ""); got.Status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.path, got.Status, c.status, got.Body)
		}
	}
}

// TestEdgeSaysWhatItIsToldTo: custom headers and the header of tokens, on every
// request to the server above.
func TestEdgeSaysWhatItIsToldTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(*app.EdgeConfig)
		ours   string // header of tokens at the edge
	}{
		"upstream only": {func(c *app.EdgeConfig) { c.UpstreamAuthHeader = "X-Up" }, "Authorization"},
		"both":          {func(c *app.EdgeConfig) { c.TokenHeader = "X-Up" }, "X-Up"},
	} {
		between := testkit.NewBetween(t, w.URL)
		between.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
			secret := r.Header.Get("X-Up")
			if r.Header.Get("X-Tenant") != "a b" || r.Header.Get("X-Other") != "c" || r.Header.Get("Authorization") != "" || secret == "" && r.URL.Path != "/edge/validate" {
				t.Errorf("%s: %s carries %v", name, r.URL.Path, r.Header)
			}
			r.Header.Set("Authorization", secret) // as what stands there does
			return false
		})
		e := testkit.StartEdge(t, between.URL, []string{w.one}, func(config *app.EdgeConfig) {
			config.Headers = []string{"X-Tenant: a b", "X-Other:c"}
			c.change(config)
		})
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.URL+features, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set(c.ours, w.one)
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", name, response.StatusCode)
		}
		if between.Count(features) == 0 || between.Count("/edge/validate") == 0 || between.Count(edge.NewsPath) == 0 {
			t.Errorf("%s: it did not ask for everything", name)
		}
	}
}

// TestEdgeBehindProxies: whose X-Forwarded-For counts as the address of a page.
func TestEdgeBehindProxies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Flag("default", "development", "inside", `{"name":"remoteAddress","parameters":{"IPs":"192.0.2.7"}}`)
	for name, c := range map[string]struct {
		change  func(*app.EdgeConfig)
		forward string
		inside  bool
	}{
		"nobody":              {func(*app.EdgeConfig) {}, "192.0.2.7", false},
		"everybody":           {func(c *app.EdgeConfig) { c.TrustProxy = true }, "192.0.2.7", true},
		"a list":              {func(c *app.EdgeConfig) { c.TrustProxy, c.TrustedServers = true, []string{"127.0.0.0/8", "10.0.0.1"} }, "192.0.2.7, 10.0.0.1", true},
		"a list, and a liar":  {func(c *app.EdgeConfig) { c.TrustedServers = []string{"127.0.0.0/8"} }, "192.0.2.7, 203.0.113.9", false},
		"a list without peer": {func(c *app.EdgeConfig) { c.TrustedServers = []string{"10.0.0.1"} }, "192.0.2.7", false},
	} {
		e := testkit.StartEdge(t, w.URL, []string{w.one}, c.change)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.URL+"/api/frontend", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", w.page)
		request.Header.Set("X-Forwarded-For", c.forward)
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || strings.Contains(string(body), `"inside"`) != c.inside {
			t.Errorf("%s: %d %s %v, want inside: %t", name, response.StatusCode, body, err, c.inside)
		}
	}
}
