package app

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// proxyOf reads a command line as main does.
func proxyOf(t *testing.T, arguments ...string) (ProxyConfig, error) {
	t.Helper()
	var c ProxyConfig
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(arguments)
	return c, err
}

const (
	proxyURL   = "--unleash-url=http://localhost:1/api"
	proxyToken = "--unleash-api-token=*:development.secret"
	proxyKeys  = "--client-keys=key"
)

// TestProxyConfigRefuses: R30, R33. What is missing or cannot work is named by
// flag and variable.
func TestProxyConfigRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		arguments []string
		names     []string
	}{
		{nil, []string{"--unleash-url", "UNLEASH_URL"}},
		{[]string{proxyURL}, []string{"--unleash-api-token", "UNLEASH_API_TOKEN"}},
		{[]string{proxyURL, proxyToken}, []string{"--client-keys", "UNLEASH_PROXY_CLIENT_KEYS"}},
		{[]string{proxyURL, proxyToken, "--client-keys= , "}, []string{"--client-keys"}},
		{[]string{"--unleash-url=nowhere", proxyToken, proxyKeys}, []string{"--unleash-url"}},
		{[]string{proxyURL, "--unleash-api-token=user:abc", proxyKeys}, []string{"--unleash-api-token", "personal"}},
		{[]string{proxyURL, proxyToken, "--client-keys=a,*:development.secret"}, []string{"--client-keys", "public"}},
		{[]string{"--custom-strategies=x.js"}, []string{"--custom-strategies", "UNLEASH_CUSTOM_STRATEGIES_FILE", "constraint"}},
		{[]string{"--exp-custom-enrichers=x.js"}, []string{"EXP_CUSTOM_ENRICHERS_FILE"}},
		{[]string{"--exp-bootstrap-url=http://x"}, []string{"EXP_BOOTSTRAP_URL", "--backup-folder"}},
		{[]string{"--exp-bootstrap-authorization=x"}, []string{"EXP_BOOTSTRAP_AUTHORIZATION"}},
		{[]string{"--enable-oas"}, []string{"ENABLE_OAS"}},
		{[]string{"--cors-preflight-continue"}, []string{"CORS_PREFLIGHT_CONTINUE"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--tags=a"}, []string{"UNLEASH_TAGS"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--trust-proxy=2"}, []string{"TRUST_PROXY", "hops"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--trust-proxy=x"}, []string{"TRUST_PROXY"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--proxy-base-path=/a b"}, []string{"PROXY_BASE_PATH"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--client-keys-header-name=a b"}, []string{"CLIENT_KEY_HEADER_NAME"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--refresh-interval=0"}, []string{"UNLEASH_FETCH_INTERVAL"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--metrics-interval=-1"}, []string{"UNLEASH_METRICS_INTERVAL"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--metrics-jitter=-1"}, []string{"UNLEASH_METRICS_JITTER"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--cors-options-success-status=404"}, []string{"CORS_OPTIONS_SUCCESS_STATUS"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--cors-max-age=0"}, []string{"CORS_MAX_AGE"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--log-level=loud"}, []string{"LOG_LEVEL"}},
		{[]string{proxyURL, proxyToken, proxyKeys, "--listen=nowhere"}, []string{"--listen"}},
	} {
		c, err := proxyOf(t, tc.arguments...)
		if err != nil {
			t.Errorf("%v: %v", tc.arguments, err)
			continue
		}
		if err = c.Check(); err == nil {
			t.Errorf("%v: accepted", tc.arguments)
			continue
		}
		for _, name := range tc.names {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%v: %q does not name %s", tc.arguments, err, name)
			}
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: %q shows the token", tc.arguments, err)
		}
	}
	if _, err := proxyOf(t, proxyURL, proxyToken, proxyKeys, "--enable-all-endpoint=perhaps"); err == nil {
		t.Error("a boolean that is none is accepted")
	}
}

// TestProxyConfigReads: each setting means what it meant.
func TestProxyConfigReads(t *testing.T) {
	t.Parallel()
	c, err := proxyOf(t, "--unleash-url=http://localhost:1/sub/api/", proxyToken, `--client-keys=one, a\b "c" ,,two`, "--proxy-secrets=old",
		"--project-name=p", "--name-prefix=n", "--tags=simple:a, simple:b", "--trust-proxy=10.0.0.0/8, loopback", "--proxy-base-path=flags/",
		"--enable-all-endpoint=t", "--http-options-reject-unauthorized=FALSE", "--cors-credentials", "--port=4000")
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	trusted, _ := c.trusted()
	for what, pair := range map[string][2]any{
		"keys":         {c.clientKeys(), []string{"one", `a\b "c"`, "two"}},
		"server":       {withoutAPI(c.UnleashURL), "http://localhost:1/sub"},
		"query":        {c.query(), url.Values{"project": {"p"}, "namePrefix": {"n"}, "tag": {"simple:a", "simple:b"}}},
		"base path":    {c.base(), "/flags"},
		"address":      {c.address(), ":4000"},
		"all":          {bool(c.AllEndpoint), true},
		"certificates": {bool(c.RejectUnauthorized), false},
		"cookies":      {c.cors().NoCredentials, false},
		"trusted":      {slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(netip.MustParseAddr("127.0.0.1")) }), true},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	older, err := proxyOf(t, proxyURL, proxyToken, "--proxy-secrets=old, older")
	if err != nil || !slices.Equal(older.clientKeys(), []string{"old", "older"}) || older.Check() != nil || older.query() != nil {
		t.Errorf("the older name: %v, %v", older.clientKeys(), err)
	}
	for text, want := range map[string]int{"true": 2, "false": 0, "": 0, "uniquelocal": 4, "linklocal,192.0.2.1": 3} {
		c.TrustProxy = text
		if got, err := c.trusted(); err != nil || len(got) != want {
			t.Errorf("trust %q: %v %v", text, got, err)
		}
	}
}

// TestProxyDocumentation: docs/proxy.md names every variable.
func TestProxyDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "proxy.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[ProxyConfig]()) {
		for name := range strings.SplitSeq(field.Tag.Get("env"), ",") {
			if !strings.Contains(string(text), name) {
				t.Errorf("docs/proxy.md does not name %s", name)
			}
		}
	}
}

// TestProxySaysWhatItNarrows: the settings that narrow what is served reach the
// server above, with the token, and no key does.
func TestProxySaysWhatItNarrows(t *testing.T) {
	t.Parallel()
	seen := make(chan *http.Request, 100)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/edge/validate" {
			_, _ = w.Write([]byte(`{"tokens":[{"token":"*:development.secret","type":"client","projects":["*"],"environment":"development"}]}`))
			return
		}
		select {
		case seen <- r.Clone(t.Context()):
		default:
		}
		_, _ = w.Write([]byte(`{"version":2,"features":[{"name":"one","enabled":true,"project":"default","strategies":[]}]}`))
	}))
	defer upstream.Close()
	c, err := proxyOf(t, "--unleash-url="+upstream.URL+"/api", proxyToken, "--client-keys=a-client-key", "--project-name=default", "--tags=simple:a", "--listen=127.0.0.1:0", "--unleash-app-name=my-proxy", "--unleash-instance-id=mine")
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewProxy(t.Context(), c, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	}()
	for r := range seen {
		for _, values := range r.Header {
			if slices.Contains(values, "a-client-key") {
				t.Errorf("%s %s carries a client key", r.Method, r.URL)
			}
		}
		if r.URL.Path != "/api/client/features" {
			continue
		}
		got := []string{r.URL.RawQuery, r.Header.Get("Authorization"), r.Header.Get("Unleash-Appname"), r.Header.Get("Unleash-Instanceid")}
		if diff := cmp.Diff([]string{"project=default&tag=simple%3Aa", "*:development.secret", "my-proxy", "mine"}, got); diff != "" {
			t.Errorf("a download (-want +got):\n%s", diff)
		}
		return
	}
}

// TestProxyNeedsItsToken: R33. The server above must know the token, as a client
// token.
func TestProxyNeedsItsToken(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"tokens":[]}`: "knows none",
		`{"tokens":[{"token":"*:development.secret","type":"frontend","projects":["*"],"environment":"development"}]}`: "must be a client token",
	} {
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(answer))
		}))
		c, err := proxyOf(t, "--unleash-url="+upstream.URL, proxyToken, proxyKeys)
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewProxy(t.Context(), c, time.Now)
		upstream.Close()
		if err == nil {
			err = errors.Join(errors.New("it starts"), p.Close())
		}
		if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "UNLEASH_API_TOKEN") || strings.Contains(err.Error(), ".secret") {
			t.Errorf("%s: %v", answer, err)
		}
	}
}
