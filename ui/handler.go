package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/web"
)

// policy is the Content-Security-Policy of every page: nothing inline, nothing
// from elsewhere. Styles that the app sets at run time go through the CSS
// object model, which the policy does not concern.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

const (
	indexFile  = "index.html"
	baseMark   = `<base href="/" />` // in the index page; replaced by the base path
	packed     = ".gz"
	assetsPath = "/assets/"
)

// pages are the addresses of the app: each with everything below it. The same
// as in src/routes.tsx, which a test compares.
func pages() []string {
	return []string{
		"/login", "/new-user", "/reset-password", "/forgotten-password",
		"/projects", "/features", "/archive", "/segments", "/context", "/environments", "/playground", "/applications",
		"/edges", "/history", "/search", "/admin", "/users", "/groups", "/roles", "/service-accounts", "/instance", "/profile",
		"/strategies", "/tag-types", "/integrations", "/feature-toggle-type",
	}
}

// Handler serves the app. Make it with [New].
type Handler struct {
	files   fs.FS
	index   *file
	missing []byte // the page of a binary without the app
	doors   map[string]bool
}

// file is one embedded file in both encodings.
type file struct {
	plain, packed []byte // packed is nil for what does not compress
	kind          string
	tag           string // quoted; empty for a file whose name holds its digest
}

// New returns the handler of the app in files: [Built], or other files in
// tests. The base path is the prefix of every path of the server, usually
// empty. Without an index page in files every page says how to build one.
func New(files fs.FS, basePath string) (*Handler, error) {
	h := &Handler{files: files, doors: map[string]bool{}}
	page, err := fs.ReadFile(files, indexFile)
	if err != nil {
		h.missing = []byte("<!doctype html><html lang=\"en\"><title>Burgee</title><p>This binary was built without its UI: run <code>make build</code>.</p></html>\n")
		return h, nil //nolint:nilerr // a Go build alone is a way to build
	}
	if !bytes.Contains(page, []byte(baseMark)) {
		return nil, fmt.Errorf("ui: %s lacks %s", indexFile, baseMark)
	}
	page = bytes.Replace(page, []byte(baseMark), []byte(`<base href="`+html.EscapeString(basePath)+`/" />`), 1)
	digest := sha256.Sum256(page)
	h.index = &file{plain: page, kind: "text/html; charset=utf-8", tag: `"` + hex.EncodeToString(digest[:8]) + `"`}
	h.index.packed, err = pack(page)
	return h, err
}

// Mount adds the routes of the app to a router that has those of all doors:
// paths that begin as theirs do never get a page.
func (h *Handler) Mount(r chi.Router) error {
	err := chi.Walk(r, func(_ string, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		h.doors[first(route)] = true
		return nil
	})
	if err != nil {
		return fmt.Errorf("ui: listing the routes of the doors: %w", err)
	}
	r.Get("/", h.page(http.StatusOK))
	for _, page := range pages() {
		r.Get(page, h.page(http.StatusOK))
		r.Get(page+"/*", h.page(http.StatusOK))
	}
	r.Method(http.MethodGet, assetsPath+"*", h.asset("public, max-age=31536000, immutable"))
	r.Method(http.MethodGet, "/favicon.svg", h.asset("public, max-age=86400"))
	return nil
}

// NotFound answers for a path that no door has: a person's browser gets the
// app, which says so in its own words; everything else the usual error.
func (h *Handler) NotFound(w http.ResponseWriter, r *http.Request) {
	asksPage := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
	if !asksPage || h.doors[first(r.URL.Path)] || path.Ext(r.URL.Path) != "" {
		web.NotFound(w, r)
		return
	}
	h.page(http.StatusNotFound)(w, r)
}

// first returns the first segment of a path.
func first(path string) string {
	segment, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return segment
}

func (h *Handler) page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", policy)
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		head.Set("Cache-Control", "no-cache")
		if h.index == nil {
			(&file{plain: h.missing, kind: "text/html; charset=utf-8"}).write(w, r, http.StatusServiceUnavailable)
			return
		}
		h.index.write(w, r, status)
	}
}

func (h *Handler) asset(cache string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		found, err := h.open(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			web.NotFound(w, r)
			return nil //nolint:nilerr // said
		}
		w.Header().Set("Cache-Control", cache)
		found.write(w, r, http.StatusOK)
		return nil
	}
}

// open reads a file as the build left it: packed, or plain where packing does
// not help.
func (h *Handler) open(name string) (*file, error) {
	found := &file{kind: kinds()[path.Ext(name)]}
	if found.kind == "" {
		return nil, fs.ErrNotExist
	}
	var err error
	if found.packed, err = fs.ReadFile(h.files, name+packed); err == nil {
		return found, nil
	}
	found.packed = nil
	found.plain, err = fs.ReadFile(h.files, name)
	return found, err //nolint:wrapcheck // becomes a 404
}

// kinds are the types of the files that the build makes.
func kinds() map[string]string {
	return map[string]string{
		".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
		".woff2": "font/woff2", ".png": "image/png",
	}
}

// write sends the file, packed to those who read that.
func (f *file) write(w http.ResponseWriter, r *http.Request, status int) {
	body := f.plain
	w.Header().Set("Content-Type", f.kind)
	w.Header().Add("Vary", "Accept-Encoding")
	if f.tag != "" {
		w.Header().Set("ETag", "W/"+f.tag)
		if status == http.StatusOK && web.NoneMatch(r, func(tag string) bool { return tag == f.tag }) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	switch {
	case f.packed == nil:
	case web.AcceptsGzip(r):
		w.Header().Set("Content-Encoding", "gzip")
		body = f.packed
	case body == nil:
		body = unpack(f.packed)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the browser may be gone
}

func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if _, err := zip.Write(plain); err != nil {
		return nil, fmt.Errorf("ui: packing: %w", err)
	}
	if err := zip.Close(); err != nil {
		return nil, fmt.Errorf("ui: packing: %w", err)
	}
	return out.Bytes(), nil
}

// unpack returns what the build packed; its own files are whole.
func unpack(packed []byte) []byte {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	plain, _ := io.ReadAll(zip)
	return plain
}
