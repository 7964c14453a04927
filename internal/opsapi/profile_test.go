package opsapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/opsapi"
)

// TestProfiles: profiles are read by the address at which they are served, and
// by no name that a web page could have given to it; the command line, which
// may hold secrets, is not among them.
func TestProfiles(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(opsapi.Profiles())
	defer server.Close()
	for _, c := range []struct {
		path, host string
		status     int
	}{
		{"", "", http.StatusOK},
		{"heap?debug=1", "", http.StatusOK},
		{"goroutine?debug=1", "", http.StatusOK},
		{"nonsense", "", http.StatusNotFound},
		{"cmdline", "", http.StatusNotFound},
		{"heap?debug=1", "evil.example", http.StatusForbidden},
		{"heap?debug=1", "localhost", http.StatusForbidden},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+opsapi.ProfilePath+c.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = c.host
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		if response.StatusCode != c.status {
			t.Errorf("%s for host %q: %d, not %d", c.path, c.host, response.StatusCode, c.status)
		}
	}
}

// TestProfilesServeNothingElse: there is one root.
func TestProfilesServeNothingElse(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(opsapi.Profiles())
	defer server.Close()
	for _, path := range []string{"/", "/health", "/debug", strings.TrimSuffix(opsapi.ProfilePath, "/") + "x"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
}
