// Package testkit starts a real server in process for tests: the same app, a
// database of its own (see package testdb), a clock the test can move.
//
// Main types: [Server], made by [Start]; [Clock]. Only tests import it.
package testkit

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// Clock is a clock that tests move. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at a fixed instant.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
}

// Now returns the clock's instant.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Server is a running server.
type Server struct {
	URL   string
	Clock *Clock
	App   *app.Server
	t     testing.TB
}

// AdminToken is a secret of an admin token that every test server has, and
// that [Server.Do] sends unless the test sends credentials of its own.
const AdminToken = "*:*.testkit-admin"

// AdminPassword is the password of the user admin.
const AdminPassword = "testkit-Passw0rd"

// On makes Start use a database that other servers of the test use too.
func On(d testdb.Database) func(*app.ServeConfig) {
	return func(c *app.ServeConfig) { c.DataDir, c.DatabaseURL = d.Dir, d.URL }
}

// Start runs a server until the test ends, on a database of its own unless told
// which (see [On]). It has an admin token and the user admin, and what every new
// server has.
func Start(t testing.TB, change ...func(*app.ServeConfig)) *Server {
	t.Helper()
	config := app.ServeConfig{
		Listen: "127.0.0.1:0", FrontendOrigins: []string{"*"}, AdminPassword: AdminPassword, InitAdminTokens: []string{AdminToken},
		DatabaseLimits: app.DatabaseLimits{DatabaseMaxConnections: store.MinConnections},
		StreamConfig:   app.StreamConfig{MaxStreams: 1000, MaxStreamsPerToken: 500},
	}
	for _, f := range change {
		f(&config)
	}
	if config.DataDir == "" {
		On(testdb.New(t))(&config)
	}
	clock := NewClock()
	server, err := app.NewServer(t.Context(), config, clock.Now)
	if err != nil {
		t.Fatalf("starting the server: %v", err)
	}
	front := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		front.Close()
		if err := server.Close(); err != nil {
			t.Errorf("closing the server: %v", err)
		}
	})
	return &Server{URL: front.URL, Clock: clock, App: server, t: t}
}

// Answer is what a request got.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// JSON decodes the body into a value and fails the test when it cannot.
func (a Answer) JSON(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), into); err != nil {
		t.Fatalf("decoding %q: %v", a.Body, err)
	}
}

// Do sends a request. The body, when not empty, is sent as JSON. Headers are
// pairs of name and value. Without an Authorization or Cookie header among
// them, even an empty one, the request is made with [AdminToken].
func (s *Server) Do(method, path, body string, headers ...string) Answer {
	s.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, reader)
	if err != nil {
		s.t.Fatalf("making the request: %v", err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Authorization", AdminToken)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Authorization" || headers[i] == "Cookie" {
			request.Header.Del("Authorization")
		}
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] != "" {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatalf("reading the answer of %s %s: %v", method, path, err)
	}
	answer := Answer{Status: response.StatusCode, Header: response.Header, Body: string(content)}
	s.checkContract(method, request.URL.EscapedPath(), answer)
	return answer
}
