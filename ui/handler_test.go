package ui_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/ui"
)

// serve returns the app in files, beside the routes of two doors.
func serve(t *testing.T, files fstest.MapFS, base string) http.Handler {
	t.Helper()
	h, err := ui.New(files, base)
	if err != nil {
		t.Fatal(err)
	}
	r := chi.NewRouter()
	r.NotFound(h.NotFound)
	r.Get("/api/admin/projects", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	r.Get("/invite/{token}/validate", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	if err := h.Mount(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	r.Header.Set("Accept", "text/html,*/*")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const page = `<!doctype html><base href="/" /><div id="root"></div>`

func packed(t *testing.T, text string) *fstest.MapFile {
	t.Helper()
	var out strings.Builder
	zip := gzip.NewWriter(&out)
	if _, err := io.WriteString(zip, text); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: []byte(out.String())}
}

func TestPagesAreOfTheAppAndNothingElse(t *testing.T) {
	t.Parallel()
	h := serve(t, fstest.MapFS{"index.html": {Data: []byte(page)}}, "")
	for _, c := range []struct {
		path, accept string
		status       int
		page         bool
	}{
		{"/", "text/html", http.StatusOK, true},
		{"/login", "text/html", http.StatusOK, true},
		{"/projects/default/features/a.b", "text/html", http.StatusOK, true},
		{"/projects/default", "*/*", http.StatusOK, true},
		{"/no/such/page", "text/html", http.StatusNotFound, true},
		{"/no/such/page", "application/json", http.StatusNotFound, false},
		{"/wp-login.php", "text/html", http.StatusNotFound, false},
		{"/api/nothing", "text/html", http.StatusNotFound, false},
		{"/invite/x", "text/html", http.StatusNotFound, false},
		{"/assets/gone.js", "text/html", http.StatusNotFound, false},
		{"/assets/../index.html", "text/html", http.StatusNotFound, false},
	} {
		w := get(h, c.path, "Accept", c.accept)
		if w.Code != c.status {
			t.Errorf("%s for %s: status %d, want %d", c.path, c.accept, w.Code, c.status)
		}
		if isPage := strings.Contains(w.Body.String(), `id="root"`); isPage != c.page {
			t.Errorf("%s for %s: the app is %v, want %v", c.path, c.accept, isPage, c.page)
		}
		if c.page && !strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self';") {
			t.Errorf("%s: policy is %q", c.path, w.Header().Get("Content-Security-Policy"))
		}
	}
}

func TestIndexKnowsTheBasePathAndItsTag(t *testing.T) {
	t.Parallel()
	h := serve(t, fstest.MapFS{"index.html": {Data: []byte(page)}}, "/flags")
	w := get(h, "/login")
	if !strings.Contains(w.Body.String(), `<base href="/flags/" />`) {
		t.Errorf("the page is %q", w.Body.String())
	}
	again := get(h, "/login", "If-None-Match", w.Header().Get("ETag"))
	if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("with its own tag: status %d, %d bytes", again.Code, again.Body.Len())
	}
	if _, err := ui.New(fstest.MapFS{"index.html": {Data: []byte("<html></html>")}}, ""); err == nil {
		t.Error("an index page without its mark was accepted")
	}
}

func TestAssetsArePackedAndKept(t *testing.T) {
	t.Parallel()
	h := serve(t, fstest.MapFS{
		"index.html": {Data: []byte(page)}, "assets/app-1.js.gz": packed(t, "let a"), "manifest.json": {Data: []byte("{}")},
	}, "")
	zipped := get(h, "/assets/app-1.js", "Accept-Encoding", "gzip, br")
	for name, want := range map[string]string{
		"Content-Encoding": "gzip", "Content-Type": "text/javascript; charset=utf-8", "Vary": "Accept-Encoding",
		"Cache-Control": "public, max-age=31536000, immutable",
	} {
		if got := zipped.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	plain := get(h, "/assets/app-1.js")
	if plain.Body.String() != "let a" || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("without gzip: %q, %q", plain.Body.String(), plain.Header())
	}
	if w := get(h, "/manifest.json"); w.Code != http.StatusNotFound {
		t.Errorf("what is no asset: status %d", w.Code)
	}
}

func TestBinaryWithoutTheAppSaysHowToBuildIt(t *testing.T) {
	t.Parallel()
	w := get(serve(t, fstest.MapFS{".gitkeep": {}}, ""), "/projects")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("status %d: %s", w.Code, w.Body.String())
	}
	if ui.Built() == nil {
		t.Error("nothing is embedded")
	}
}
