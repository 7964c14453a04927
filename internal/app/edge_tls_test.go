package app_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// behindTLS is an address that passes on to the server above by HTTPS, with a
// certificate of the authority, for those whose certificate is of it too when
// that is asked for.
func (w world) behindTLS(t *testing.T, a *testkit.Authority, mutual bool) string {
	t.Helper()
	address, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(address)
	pass.FlushInterval = -1
	front := httptest.NewUnstartedServer(pass)
	front.EnableHTTP2 = true
	front.Config.ErrorLog = nil
	front.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{a.Pair("flags.test")}, ClientCAs: a.Pool}
	if mutual {
		front.TLS.ClientAuth = tls.RequireAndVerifyClientCert
	}
	front.StartTLS()
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	return front.URL
}

// TestUpstreamByTLS: the server above is believed by a certificate of the system
// or of a file, or whatever it shows when that is asked for; and an edge shows a
// certificate of its own where one is asked for, from two files or from one.
func TestUpstreamByTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	authority, stranger := testkit.NewAuthority(t), testkit.NewAuthority(t)
	plain, mutual := w.behindTLS(t, authority, false), w.behindTLS(t, authority, true)
	certificate, key, both := authority.Issue("edge.test")
	_, _, foreign := stranger.Issue("edge.test")
	believe := func(c *app.EdgeConfig) { c.CertificateFile = authority.File }
	for name, c := range map[string]struct {
		upstream string
		works    bool
		change   func(*app.EdgeConfig)
	}{
		"a certificate that nobody knows": {plain, false, func(*app.EdgeConfig) {}},
		"of another authority":            {plain, false, func(c *app.EdgeConfig) { c.CertificateFile = stranger.File }},
		"of the file":                     {plain, true, believe},
		"any":                             {plain, true, func(c *app.EdgeConfig) { c.SkipVerification = true }},
		"mutual, nothing shown":           {mutual, false, believe},
		"mutual, of another authority":    {mutual, false, func(c *app.EdgeConfig) { believe(c); c.ClientPEM = foreign }},
		"mutual, two files":               {mutual, true, func(c *app.EdgeConfig) { believe(c); c.ClientCertificate, c.ClientKey = certificate, key }},
		"mutual, one file":                {mutual, true, func(c *app.EdgeConfig) { believe(c); c.ClientPEM = both }},
		"mutual, one file, any":           {mutual, true, func(c *app.EdgeConfig) { c.SkipVerification, c.ClientPEM = true, both }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := testkit.StartEdge(t, c.upstream, []string{w.whole}, c.change)
			if !c.works {
				if got := e.Do("GET", features, w.whole, ""); got.Status != http.StatusServiceUnavailable {
					t.Errorf("it answers %d %s", got.Status, got.Body)
				}
				return
			}
			if got := e.Do("GET", features, w.one, ""); got.Status != http.StatusOK || !strings.Contains(got.Body, `"first"`) {
				t.Errorf("it answers %d %s", got.Status, got.Body)
			}
			testkit.Eventually(t, "it streams, over HTTP/2", func() bool {
				return strings.Contains(e.Do("GET", "/internal-backstage/tokens", "", "").Body, `"mode":"streaming"`)
			})
		})
	}
	_, err := app.NewEdge(t.Context(), withConfig(plain, []string{w.whole}, func(c *app.EdgeConfig) { c.ClientPEM = authority.File }), time.Now)
	if err == nil || !strings.Contains(err.Error(), "certificate for the server above") {
		t.Errorf("a certificate without its key: %v", err)
	}
}

// TestEdgeByTLS: an edge serves HTTPS, and sends clients of the plain port there
// when that is asked for; `burgee edge ready` believes a file.
func TestEdgeByTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	authority := testkit.NewAuthority(t)
	certificate, key, _ := authority.Issue("edge.test")
	port := func() uint16 {
		_, text, _ := net.SplitHostPort(testkit.FreeAddress(t))
		return number(t, text)
	}
	config := withConfig(w.URL, []string{w.whole}, func(c *app.EdgeConfig) {
		c.Listen, c.Interface, c.Port, c.TLSServerPort = "", "127.0.0.1", port(), port()
		c.TLSEnable, c.TLSServerCert, c.TLSServerKey, c.RedirectToTLS = true, certificate, key, true
	})
	e, err := app.NewEdge(t.Context(), config, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("it ends with %v", err)
		}
	}()
	secure := (&url.URL{Scheme: "https", Host: net.JoinHostPort("127.0.0.1", decimal(config.TLSServerPort))}).String()
	plain := (&url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", decimal(config.Port))}).String()
	testkit.Eventually(t, "it is ready", func() bool {
		return app.Probe(t.Context(), app.ProbeConfig{EdgeURL: secure, Certificate: authority.File}, "ready", io.Discard) == nil
	})
	if err := app.Probe(t.Context(), app.ProbeConfig{EdgeURL: secure}, "ready", io.Discard); err == nil {
		t.Error("a certificate that nobody knows is believed")
	}
	if err := app.Probe(t.Context(), app.ProbeConfig{EdgeURL: secure, Certificate: authority.File}, "health", io.Discard); err != nil {
		t.Errorf("health: %v", err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, plain+"/api/frontend?userId=7", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if got := response.Header.Get("Location"); response.StatusCode != http.StatusPermanentRedirect || got != secure+"/api/frontend?userId=7" {
		t.Errorf("the plain port answers %d to %s", response.StatusCode, got)
	}
}

func decimal(n uint16) string { return strconv.FormatUint(uint64(n), 10) }
