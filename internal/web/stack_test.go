package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/web"
)

// TestPaths: doubled and trailing slashes are forgiven, percent-encoded ones
// belong to a parameter, and the base path comes off where it is whole.
func TestPaths(t *testing.T) {
	t.Parallel()
	open := func(path string) bool { return path == "/things/open" }
	for _, c := range []struct {
		base, target string
		want         string // the parameter, or empty for 404
	}{
		{"", "/things/one", "one"},
		{"", "/things/one/", "one"},
		{"", "//things///one//", "one"},
		{"", "/things/a%2Fb", "a%2Fb"},
		{"", "/things//a%2F%2Fb/", "a%2F%2Fb"},
		{"", "/things/*:development.x", "*:development.x"},
		{"", "/things/[]:development.x", "[]:development.x"},
		{"", "/things/%5B%5D%3Adevelopment.x", "%5B%5D%3Adevelopment.x"},
		{"", "/things/", ""},
		{"", "/things/one/two", ""},
		{"/flags", "/flags/things/one", "one"},
		{"/flags", "/flags//things/one/", "one"},
		{"/flags", "/flags/things/a%2Fb", "a%2Fb"},
		{"/flags", "/things/one", ""},
		{"/flags", "/flagsthings/one", ""},
		{"/flags", "/FLAGS/things/one", ""},
		{"/flags", "/flags", ""},
		{"/flags", "/things/open", "open"},
		{"/flags", "/flags/things/open", "open"},
		{"/a/b", "/a/b/things/one", "one"},
	} {
		got := ""
		answer := serve(web.StackOptions{BasePath: c.base, Everywhere: open}, httptest.NewRequest(http.MethodGet, c.target, http.NoBody),
			func(_ http.ResponseWriter, r *http.Request) { got = chi.URLParam(r, "thing") })
		if got != c.want || (answer.Code == http.StatusNotFound) != (c.want == "") {
			t.Errorf("%s below %q: %d with %q, want %q", c.target, c.base, answer.Code, got, c.want)
		}
	}
}

// TestMethods: HEAD is GET without a body, and an unknown method is 404 as
// JSON that does not repeat the path.
func TestMethods(t *testing.T) {
	t.Parallel()
	front := httptest.NewServer(stacked(web.StackOptions{}, func(w http.ResponseWriter, _ *http.Request) {
		web.WriteJSON(w, http.StatusOK, "hello")
	}))
	defer front.Close()
	for _, c := range []struct {
		method string
		status int
	}{
		{http.MethodGet, http.StatusOK},
		{http.MethodHead, http.StatusOK},
		{http.MethodPost, http.StatusOK},
		{http.MethodPatch, http.StatusNotFound},
		{http.MethodOptions, http.StatusNotFound},
		{"PROPFIND", http.StatusNotFound},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, front.URL+"/things/s3cret", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := front.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d (%v)", c.method, answer.StatusCode, c.status, err)
		}
		if (c.method == http.MethodHead) != (len(body) == 0) {
			t.Errorf("%s: the body is %q", c.method, body)
		}
		if strings.Contains(string(body), "s3cret") {
			t.Errorf("%s: the body %s repeats the path", c.method, body)
		}
		if got := answer.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("%s: the content type is %q", c.method, got)
		}
	}
}

func stacked(o web.StackOptions, handler http.HandlerFunc) http.Handler {
	router := chi.NewRouter()
	router.NotFound(web.NotFound)
	router.MethodNotAllowed(web.NotFound)
	router.Get("/things/{thing}", handler)
	router.Post("/things/{thing}", handler)
	return web.Stack(o, router)
}

// TestHeaders: every answer, errors included, has the security headers.
func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/things/one", "/nowhere"} {
		answer := serve(web.StackOptions{}, httptest.NewRequest(http.MethodGet, target, http.NoBody),
			func(w http.ResponseWriter, _ *http.Request) { web.WriteJSON(w, http.StatusOK, 1) })
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"Strict-Transport-Security": "",
		} {
			if got := answer.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
	}
}

// TestObservations: what metrics learn of requests has few values and no
// parameter of a path.
func TestObservations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, method, target string
		handler              http.HandlerFunc
		want                 web.Observation
	}{
		{
			"written", "GET", "/things/s3cret", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("four")) },
			web.Observation{Method: "GET", Route: "/things/{thing}", Status: 200, Bytes: 4},
		},
		{
			"silent", "POST", "/things/s3cret", func(http.ResponseWriter, *http.Request) {},
			web.Observation{Method: "POST", Route: "/things/{thing}", Status: 200},
		},
		{
			"early hints", "GET", "/things/s3cret", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				w.WriteHeader(http.StatusTeapot)
			},
			web.Observation{Method: "GET", Route: "/things/{thing}", Status: 418},
		},
		{
			"flushed", "GET", "/things/s3cret", func(w http.ResponseWriter, _ *http.Request) {
				if err := http.NewResponseController(w).Flush(); err != nil {
					panic(err)
				}
			},
			web.Observation{Method: "GET", Route: "/things/{thing}", Status: 200},
		},
		{
			"cut off", "GET", "/things/s3cret", func(http.ResponseWriter, *http.Request) { panic("boom") },
			web.Observation{Method: "GET", Route: "/things/{thing}", Status: 500},
		},
		{"unknown path", "GET", "/s3cret", nil, web.Observation{Method: "GET", Route: "unmatched", Status: 404}},
		{"unknown method", "SECRET", "/things/one", nil, web.Observation{Method: "other", Route: "unmatched", Status: 404}},
	} {
		var got web.Observation
		serve(web.StackOptions{Observe: func(o web.Observation) { got = o }}, httptest.NewRequest(c.method, c.target, http.NoBody), c.handler)
		if got.Elapsed <= 0 {
			t.Errorf("%s: no time passed", c.name)
		}
		if got.Elapsed = 0; c.want.Bytes == 0 {
			got.Bytes = 0 // of an error's body
		}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestPanic: a panic is counted and answered with status 500 that tells
// nothing; once the answer is on its way, the connection is cut.
func TestPanic(t *testing.T) {
	t.Parallel()
	panics := 0
	o := web.StackOptions{Panicked: func() { panics++ }}
	answer := serve(o, httptest.NewRequest(http.MethodGet, "/things/one", http.NoBody), func(http.ResponseWriter, *http.Request) {
		panic("the s3cret state")
	})
	if answer.Code != http.StatusInternalServerError || strings.Contains(answer.Body.String(), "s3cret") ||
		strings.Contains(answer.Body.String(), "goroutine") || !strings.Contains(answer.Body.String(), `"InternalError"`) {
		t.Errorf("the answer is %d %s", answer.Code, answer.Body)
	}
	if panics != 1 {
		t.Errorf("%d panics were counted", panics)
	}
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // a value that was panicked with
			t.Errorf("recovered %v instead of a cut connection", cause)
		}
	}()
	serve(o, httptest.NewRequest(http.MethodGet, "/things/one", http.NoBody), func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		panic("boom")
	})
}

// TestBodyLimit: no body is read beyond the outermost limit, whatever a
// handler does.
func TestBodyLimit(t *testing.T) {
	t.Parallel()
	body := bytes.NewReader(make([]byte, web.MaxBody+1))
	var read int64
	var failed error
	serve(web.StackOptions{}, httptest.NewRequest(http.MethodPost, "/things/one", body), func(_ http.ResponseWriter, r *http.Request) {
		read, failed = io.Copy(io.Discard, r.Body)
	})
	if failed == nil || read > web.MaxBody {
		t.Errorf("read %d bytes, error %v", read, failed)
	}
}

// TestCompress: bodies from 1 kB on are compressed for clients that ask.
func TestCompress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		size   int
		accept string
		gzip   bool
	}{
		{10, "gzip", false},
		{5000, "gzip", true},
		{5000, "gzip;q=0", false},
		{5000, "br", false},
		{5000, "", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header.Set("Accept-Encoding", c.accept)
		answer := httptest.NewRecorder()
		web.Compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			web.WriteJSON(w, http.StatusOK, strings.Repeat("a", c.size))
		})).ServeHTTP(answer, r)
		if got := answer.Header().Get("Content-Encoding") == "gzip"; got != c.gzip || (answer.Body.Len() > c.size) == c.gzip {
			t.Errorf("%d bytes with %q: gzip is %v, %d bytes", c.size, c.accept, got, answer.Body.Len())
		}
		if answer.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%d bytes with %q: Vary is %q", c.size, c.accept, answer.Header().Get("Vary"))
		}
	}
}

// TestRouter: what is found in the map is what the router finds, in every form
// of its path that is forgiven, and goes through middleware if there is any.
func TestRouter(t *testing.T) {
	t.Parallel()
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, text+" "+web.RoutePattern(r)) })
	}
	for _, marked := range []bool{false, true} {
		router := web.NewRouter()
		if marked {
			router.Use(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Mark", "seen")
					next.ServeHTTP(w, r)
				})
			})
		}
		router.NotFound(web.NotFound)
		router.MethodNotAllowed(web.NotFound)
		router.Method(http.MethodGet, "/things", answer("all"))
		router.Method(http.MethodGet, "/things/{thing}", answer("one"))
		router.Method(http.MethodPost, "/things", answer("new"))
		for _, base := range []string{"", "/base"} {
			var seen string
			handler := web.Stack(web.StackOptions{BasePath: base, Observe: func(o web.Observation) { seen = o.Route }}, router)
			for _, tc := range []struct {
				method, path string
				status       int
				body         string
			}{
				{"GET", "/things", 200, "all /things"},
				{"GET", "/things/", 200, "all /things"},
				{"GET", "//things", 200, "all /things"},
				{"GET", "/things?x=1", 200, "all /things"},
				{"GET", "/thing%73", 404, ""},
				{"HEAD", "/things", 200, "all /things"},
				{"POST", "/things", 200, "new /things"},
				{"PUT", "/things", 404, ""},
				{"GET", "/things/7", 200, "one /things/{thing}"},
				{"GET", "/thing", 404, ""},
			} {
				got := httptest.NewRecorder()
				handler.ServeHTTP(got, httptest.NewRequest(tc.method, base+tc.path, http.NoBody))
				_, pattern, _ := strings.Cut(tc.body, " ")
				if got.Code != tc.status || tc.body != "" && (got.Body.String() != tc.body || seen != pattern) {
					t.Errorf("%s %s%s: %d %q, observed as %s", tc.method, base, tc.path, got.Code, got.Body, seen)
				}
				if (got.Header().Get("Mark") == "seen") != marked {
					t.Errorf("%s %s%s: middleware %v", tc.method, base, tc.path, !marked)
				}
			}
		}
	}
}
