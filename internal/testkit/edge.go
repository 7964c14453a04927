package testkit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
)

// Edge is a running edge.
type Edge struct {
	URL string
	App *app.Edge
	t   testing.TB
}

// StartEdge runs an edge below an address until the test ends. It works in real
// time, and fast: it polls every second.
func StartEdge(t testing.TB, upstream string, tokens []string, change ...func(*app.EdgeConfig)) *Edge {
	t.Helper()
	config := EdgeConfig(upstream, tokens)
	for _, f := range change {
		f(&config)
	}
	edge, err := app.NewEdge(t.Context(), config, time.Now)
	if err != nil {
		t.Fatalf("starting the edge: %v", err)
	}
	front := httptest.NewServer(edge.Handler())
	t.Cleanup(func() {
		front.Close()
		if err := edge.Close(); err != nil {
			t.Errorf("closing the edge: %v", err)
		}
	})
	return &Edge{URL: front.URL, App: edge, t: t}
}

// EdgeConfig is what a command line that names an upstream and tokens makes, but
// faster.
func EdgeConfig(upstream string, tokens []string) app.EdgeConfig {
	var c app.EdgeConfig
	c.Version, c.Listen, c.LogLevel, c.AppName, c.CORSOrigin = "test", "127.0.0.1:0", "info", "burgee-edge", []string{"*"}
	c.UpstreamURL, c.Tokens, c.Sync, c.RedisMode = upstream, tokens, "auto", "single"
	c.RefreshInterval, c.MetricsInterval, c.Revalidation, c.ConnectTimeout, c.SocketTimeout, c.KeepAlive = 1, 1, 60, 5, 5, 15
	c.RedisRead, c.RedisWrite, c.RedisPrefix = 2000, 2000, "burgee-edge"
	c.MaxStreams, c.MaxStreamsPerToken = 1000, 1000
	return c
}

// Do sends a request with a token. A body is sent as JSON.
func (e *Edge) Do(method, path, secret, body string) Answer {
	e.t.Helper()
	request, err := http.NewRequestWithContext(e.t.Context(), method, e.URL+path, strings.NewReader(body))
	if err != nil {
		e.t.Fatalf("making the request: %v", err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Authorization", secret)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		e.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		e.t.Fatalf("reading the answer of %s %s: %v", method, path, err)
	}
	return Answer{Status: response.StatusCode, Header: response.Header, Body: string(content)}
}

// Eventually waits until a condition holds, and fails the test when it does not
// within ten seconds.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// Between stands between an edge and the server above it, and makes faults.
type Between struct {
	URL   string
	fault atomic.Pointer[func(http.ResponseWriter, *http.Request) bool]

	mu    sync.Mutex
	count map[string]int
}

// NewBetween passes everything on to an address until the test ends.
func NewBetween(t testing.TB, to string) *Between {
	t.Helper()
	address, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	b := &Between{count: map[string]int{}}
	pass := httputil.NewSingleHostReverseProxy(address)
	pass.FlushInterval = -1
	pass.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.count[r.URL.Path]++
		b.mu.Unlock()
		if fault := b.fault.Load(); fault != nil && (*fault)(w, r) {
			return
		}
		pass.ServeHTTP(w, r)
	}))
	b.URL = front.URL
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	return b
}

// Fault makes f answer requests, those for which it returns true; nil ends
// that.
func (b *Between) Fault(f func(http.ResponseWriter, *http.Request) bool) {
	if f == nil {
		b.fault.Store(nil)
		return
	}
	b.fault.Store(&f)
}

// Count returns how many requests there were for a path.
func (b *Between) Count(path string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count[path]
}
