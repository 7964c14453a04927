package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/burgeehq/burgee/bench/workload"
	"github.com/burgeehq/burgee/internal/testkit"
)

// discard is the cheapest place to write an answer to.
type discard struct {
	header http.Header
	status int
	bytes  int
}

func (d *discard) Header() http.Header { return d.header }
func (d *discard) WriteHeader(s int)   { d.status = s }
func (d *discard) Write(p []byte) (int, error) {
	d.bytes += len(p)
	return len(p), nil
}

// seeded is a server with the medium workload.
func seeded(b *testing.B) *testkit.Server {
	b.Helper()
	s := testkit.Start(b)
	for _, flag := range workload.Medium() {
		for _, r := range flag.Requests() {
			body := ""
			if r.Body != nil {
				text, err := json.Marshal(r.Body)
				if err != nil {
					b.Fatal(err)
				}
				body = string(text)
			}
			if got := s.Do(r.Method, r.Path, body); got.Status >= http.StatusMultipleChoices {
				b.Fatalf("%s %s: %d %s", r.Method, r.Path, got.Status, got.Body)
			}
		}
	}
	return s
}

// BenchmarkReads runs the hot reads through the whole stack of the real app,
// but for the network: what is left is our share of a request.
func BenchmarkReads(b *testing.B) {
	s := seeded(b)
	client, frontend := s.ClientToken("development"), s.FrontendToken("development")
	const features = "/api/client/features"
	etag := s.Do("GET", features, "", "Authorization", client).Header.Get("ETag")
	for _, c := range []struct {
		name, path, secret string
		header             http.Header
		status             int
	}{
		{"client", features, client, nil, http.StatusOK},
		{"client-gzip", features, client, http.Header{"Accept-Encoding": {"gzip"}}, http.StatusOK},
		{"client-unchanged", features, client, http.Header{"If-None-Match": {etag}}, http.StatusNotModified},
		{"frontend", "/api/frontend?userId=42&appName=web&properties%5Bplan%5D=pro", frontend, nil, http.StatusOK},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, c.path, http.NoBody)
			for key, values := range c.header {
				r.Header[key] = values
			}
			r.Header.Set("Authorization", c.secret)
			b.ReportAllocs()
			for b.Loop() {
				w := discard{header: make(http.Header), status: http.StatusOK}
				s.App.Handler().ServeHTTP(&w, r)
				if w.status != c.status {
					b.Fatalf("status %d", w.status)
				}
			}
		})
	}
}
