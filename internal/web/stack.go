package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/fault"
)

// MaxBody bounds every request body, in bytes; routes state lower limits.
const MaxBody = 16 << 20

// bodyTimeout is how long a client may take to send a body.
const bodyTimeout = 30 * time.Second

// slow is how long a request may take before the log mentions it.
const slow = time.Second

// StackOptions say how requests reach the routes.
type StackOptions struct {
	// TrustedProxies are the peers whose X-Forwarded-For, X-Forwarded-Proto and
	// X-Request-Id are believed.
	TrustedProxies []netip.Prefix
	// BasePath is the prefix of every address, such as "/flags"; empty for none.
	BasePath string
	// Everywhere reports paths that are served without BasePath too, for probes
	// that do not know it. Nil means none.
	Everywhere func(path string) bool
	// Observe is told of every finished request. Nil means nobody.
	Observe func(Observation)
	// Panicked is told of every panic that a handler did not catch. Nil means nobody.
	Panicked func()
}

// Observation is what became of one request. Its fields are few-valued enough
// to be labels of a metric and hold no secret.
type Observation struct {
	Method  string // upper case; "other" for methods that HTTP does not define
	Route   string // see [RoutePattern]
	Status  int
	Bytes   int64 // of the body, as sent
	Elapsed time.Duration
}

// Stack puts what every door needs in front of a router: it names the request
// and its client, logs and measures it, turns a panic into status 500, sets the
// security headers, bounds the body, takes the base path off, forgives doubled
// and trailing slashes, and routes HEAD as GET.
//
// It is one handler around the router, and no chain of middleware inside: what
// it keeps of a request is one allocation and one copy of the request, and the
// router finds its own state there in the place of a second copy. That halves
// what a hot read costs beyond net/http itself (docs/adr/0008-speed.md).
func Stack(o StackOptions, router chi.Router) http.Handler {
	return &stack{options: o, router: router}
}

type stack struct {
	options StackOptions
	router  chi.Router
	routes  sync.Pool // of *chi.Context
}

// ServeHTTP implements http.Handler.
func (s *stack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := &exchange{Context: r.Context(), route: s.route(), started: time.Now(), recorder: recorder{ResponseWriter: w}}
	e.request = identify(r, s.options.TrustedProxies)
	e.panicked = s.options.Panicked
	r = r.WithContext(e)
	defer s.finish(e, r) // an answer that a panic cut off counts too
	defer func() {
		if cause := recover(); cause != nil {
			s.panicked(e, r, cause)
		}
	}()
	e.setHeaders(e.recorder.Header())
	if r.Body != nil && r.Body != http.NoBody {
		limitBody(w, r)
	}
	if !forgiven(r.URL) {
		r = singleSlashes(r)
	}
	if r.Method == http.MethodHead {
		e.route.RouteMethod = http.MethodGet // net/http sends no body
	}
	if s.options.BasePath == "" {
		s.routed(&e.recorder, r, e.route)
		return
	}
	s.belowBase(&e.recorder, r, e.route)
}

// routed hands a request to its handler.
func (s *stack) routed(w http.ResponseWriter, r *http.Request, route *chi.Context) {
	if direct, ok := s.router.(*Router); ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		if handler := direct.exact[r.URL.Path]; handler != nil && r.URL.RawPath == "" {
			route.RoutePatterns = append(route.RoutePatterns, r.URL.Path)
			handler.ServeHTTP(w, r)
			return
		}
	}
	s.router.ServeHTTP(w, r)
}

// exchange is a request with its answer, and the context of the request: one
// allocation for all that is kept of it.
type exchange struct {
	context.Context //nolint:containedctx // it is one

	request  request
	id       [1]string // of the request, as a header keeps it
	recorder recorder
	route    *chi.Context
	started  time.Time
	panicked func() // may be nil
}

// Value implements context.Context.
func (e *exchange) Value(key any) any {
	switch key {
	case exchangeKey{}:
		return e
	case chi.RouteCtxKey:
		return e.route
	}
	return e.Context.Value(key)
}

type exchangeKey struct{}

// exchangeOf returns that of a request; nil outside of a stack.
func exchangeOf(r *http.Request) *exchange {
	e, _ := r.Context().Value(exchangeKey{}).(*exchange)
	return e
}

// route returns the router's state for a request; finish takes it back, as
// chi itself does.
func (s *stack) route() *chi.Context {
	route, ok := s.routes.Get().(*chi.Context)
	if !ok {
		route = chi.NewRouteContext()
	}
	route.Reset()
	route.Routes = s.router
	return route
}

// finish logs a request that failed or was slow, and each one at level debug,
// and tells whoever measures. The line names the route's pattern, never the
// path: paths of the Admin API hold tokens.
func (s *stack) finish(e *exchange, r *http.Request) {
	if e.recorder.status == 0 {
		e.recorder.begin(http.StatusOK) // what net/http sends when the handler sent nothing
	}
	seen := Observation{
		Method: method(r.Method), Route: RoutePattern(r), Status: e.recorder.status,
		Bytes: e.recorder.bytes, Elapsed: time.Since(e.started),
	}
	logRequest(r, seen, &e.recorder)
	if s.options.Observe != nil {
		s.options.Observe(seen)
	}
	s.routes.Put(e.route)
}

func logRequest(r *http.Request, seen Observation, answer *recorder) {
	level := slog.LevelDebug
	switch {
	case seen.Status >= http.StatusInternalServerError:
		level = slog.LevelWarn
	case seen.Elapsed >= slow && !answer.streaming():
		level = slog.LevelInfo
	}
	if !slog.Default().Enabled(r.Context(), level) {
		return
	}
	slog.LogAttrs(r.Context(), level, "request", slog.String("method", seen.Method), slog.String("route", seen.Route),
		slog.Int("status", seen.Status), slog.Int64("bytes", seen.Bytes), slog.Duration("elapsed", seen.Elapsed),
		slog.String("client", ClientIP(r).String()), slog.String("id", RequestID(r)))
}

// method bounds the values of a metric's label.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return name
	}
	return "other"
}

// panicked answers 500 for a handler that panicked and logs where. An answer
// that is already on its way is cut off instead.
func (s *stack) panicked(e *exchange, r *http.Request, cause any) {
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so too
		panic(cause)
	}
	if s.options.Panicked != nil {
		s.options.Panicked()
	}
	answerPanic(&e.recorder, r, cause)
}

// answerPanic logs what a handler panicked with, and where.
func answerPanic(w *recorder, r *http.Request, cause any) {
	slog.ErrorContext(r.Context(), "a handler panicked", "id", RequestID(r), "method", method(r.Method),
		"route", RoutePattern(r), "panic", cause, "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	WriteError(w, r, fault.New(fault.Internal, "something went wrong on our side"))
}

// Headers of every answer that we give, in the form in which a header keeps
// them: setting them allocates nothing.
var (
	noSniff    = []string{"nosniff"}
	noStore    = []string{"no-store"}
	noFrame    = []string{"DENY"}
	noReferrer = []string{"no-referrer"}
	strict     = []string{"max-age=31536000"}
)

// setHeaders sets the headers that keep a browser from doing with an answer
// what it is not meant for, which handlers may replace, and the request's id.
func (e *exchange) setHeaders(h http.Header) {
	h["X-Content-Type-Options"] = noSniff
	h["Cache-Control"] = noStore
	e.id = [...]string{e.request.id}
	h["X-Request-Id"] = e.id[:]
	if e.request.secure {
		h["Strict-Transport-Security"] = strict
	}
}

// setPageHeaders sets those that say how a browser may show an answer.
func setPageHeaders(h http.Header) {
	h["X-Frame-Options"] = noFrame
	h["Referrer-Policy"] = noReferrer
}

// NoPage leaves out the headers that say how a browser may show the answer to a
// request, for answers that no browser shows: fewer than nine headers spare
// net/http a larger map and a longer sort, a tenth of our share of a hot read.
func NoPage(r *http.Request) {
	if e := exchangeOf(r); e != nil {
		e.recorder.noPage = true
	}
}

// limitBody bounds a body's size and how long it may take to arrive.
func limitBody(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)) // not every writer has a connection
	r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
}

// belowBase takes the base path off. A path outside of it is not found, unless
// it is served everywhere.
func (s *stack) belowBase(w http.ResponseWriter, r *http.Request, route *chi.Context) {
	path, raw := r.URL.Path, r.URL.RawPath
	rest, under := strings.CutPrefix(path, s.options.BasePath)
	restRaw, rawUnder := strings.CutPrefix(raw, s.options.BasePath)
	switch {
	case under && (rest == "" || rest[0] == '/') && (raw == "" || rawUnder):
		s.routed(w, withPath(r, orSlash(rest), restRaw), route)
	case s.options.Everywhere != nil && s.options.Everywhere(path):
		s.routed(w, r, route)
	default:
		NotFound(w, r)
	}
}

func orSlash(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// forgiven reports whether a path has neither doubled slashes nor one at its
// end.
func forgiven(u *url.URL) bool {
	return u.RawPath == "" && !strings.Contains(u.Path, "//") && (len(u.Path) <= 1 || u.Path[len(u.Path)-1] != '/')
}

// singleSlashes routes a path with doubled or trailing slashes as the one
// without.
func singleSlashes(r *http.Request) *http.Request {
	path, raw := single(r.URL.Path), single(r.URL.RawPath)
	if r.URL.RawPath != "" {
		path = r.URL.Path // slashes that were percent-encoded belong to a parameter
	}
	return withPath(r, path, raw)
}

// single returns a path without doubled and trailing slashes.
func single(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return path
}

// withPath returns the request with another path.
func withPath(r *http.Request, path, raw string) *http.Request {
	copied, address := *r, *r.URL
	address.Path, address.RawPath = path, raw
	copied.URL = &address
	return &copied
}

// NotFound answers that there is no such path, or that it does not know the
// method: clients that grew up with Unleash expect 404 for both. The path is
// not repeated, since it may hold a secret.
func NotFound(w http.ResponseWriter, r *http.Request) {
	WriteError(w, r, fault.New(fault.NotFound, "this server has no such path, or the path does not take %s requests", method(r.Method)))
}
