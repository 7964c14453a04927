package opsapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/opsapi"
	"github.com/burgeehq/burgee/internal/testkit"
)

// TestOpen: probes and metrics are open, with and without the base path, and
// whatever credential a request happens to carry changes nothing.
func TestOpen(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) { c.BasePath = "/flags" })
	s.URL += "/flags"
	client, page := s.ClientToken("development", "*"), s.FrontendToken("development", "*")
	root := strings.TrimSuffix(s.URL, "/flags")
	for _, base := range []string{root, s.URL} {
		s.URL = base
		for _, credential := range []string{"", client, "Bearer " + page, testkit.AdminToken, "user:nonsense", "*:*.nonsense", "nonsense"} {
			s.Run(
				testkit.Step{Name: "health", Method: "GET", Path: "/health", As: credential, Status: http.StatusOK, Contains: []string{`{"health":"GOOD"}`}},
				testkit.Step{Name: "health", Method: "HEAD", Path: "/health/", As: credential, Status: http.StatusOK},
				testkit.Step{Name: "ready", Method: "GET", Path: "/ready", As: credential, Status: http.StatusOK, Contains: []string{`{"health":"GOOD"}`}},
				testkit.Step{Name: "metrics", Method: "GET", Path: "/internal-backstage/prometheus", As: credential, Status: http.StatusOK, Contains: []string{
					`http_requests_total{method="GET",route="/health",status="200"}`, "go_goroutines", "process_open_fds", "burgee_build_info", "burgee_feed_revision",
					"burgee_usage_pending", `burgee_usage_dropped_total{reason="series"} 0`, "http_request_duration_seconds_bucket",
				}},
			)
		}
	}
	s.URL = root
	s.Run(testkit.Step{Name: "nothing else outside the base path", Method: "GET", Path: "/api/admin/context", Status: http.StatusNotFound})
}

// TestReady: a server that cannot answer says so, and why, without what only
// the log should tell.
func TestReady(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err, degraded error
		status        int
		body          string
	}{
		{nil, nil, http.StatusOK, `{"health":"GOOD"}`},
		{nil, fault.Wrap(fault.Unavailable, errors.New("disk I/O s3cret"), "the database cannot be used"), http.StatusOK, `{"health":"DEGRADED","reason":"the database cannot be used"}`},
		{nil, errors.New("s3cret"), http.StatusOK, `{"health":"DEGRADED","reason":"not everything works"}`},
		{fault.Wrap(fault.Unavailable, errors.New("disk I/O s3cret"), "the database cannot be used"), nil, http.StatusServiceUnavailable, `{"health":"BAD","reason":"the database cannot be used"}`},
		{errors.New("s3cret"), errors.New("s3cret"), http.StatusServiceUnavailable, `{"health":"BAD","reason":"the server is not ready"}`},
	} {
		router := chi.NewRouter()
		(&opsapi.Handler{Ready: func(context.Context) error { return c.err }, Degraded: func(context.Context) error { return c.degraded }, Metrics: prometheus.NewRegistry()}).Mount(router)
		for path, want := range map[string]int{"/ready": c.status, "/health": http.StatusOK} {
			answer := httptest.NewRecorder()
			router.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, http.NoBody))
			if answer.Code != want || path == "/ready" && answer.Body.String() != c.body {
				t.Errorf("%s with %v: %d %s", path, c.err, answer.Code, answer.Body)
			}
		}
	}
}
