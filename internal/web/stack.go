package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

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

// Stack returns the middleware of every door, outermost first, for
// [chi.Router.Use]: it names the request and its client, logs and measures it,
// turns a panic into status 500, sets the security headers, bounds the body,
// takes the base path off, and forgives doubled and trailing slashes.
func Stack(o StackOptions) []func(http.Handler) http.Handler {
	return []func(http.Handler) http.Handler{
		identify(o.TrustedProxies), observe(o), recoverPanics(o.Panicked), secure, limitBody, forgiveSlashes, stripBase(o), headAsGet,
	}
}

// observe logs a request that failed or was slow, and each one at level debug.
// The line names the route's pattern, never the path: paths of the Admin API
// hold tokens.
func observe(o StackOptions) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			recorded := &recorder{ResponseWriter: w}
			defer func() { // an answer that a panic cut off counts too
				seen := Observation{
					Method: method(r.Method), Route: RoutePattern(r), Status: recorded.code(),
					Bytes: recorded.bytes, Elapsed: time.Since(start),
				}
				logRequest(r, seen, recorded.streaming())
				if o.Observe != nil {
					o.Observe(seen)
				}
			}()
			next.ServeHTTP(recorded, r)
		})
	}
}

func logRequest(r *http.Request, seen Observation, streaming bool) {
	level := slog.LevelDebug
	switch {
	case seen.Status >= http.StatusInternalServerError:
		level = slog.LevelWarn
	case seen.Elapsed >= slow && !streaming:
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

// recoverPanics answers 500 for a handler that panicked and logs where. An
// answer that is already on its way is cut off instead.
func recoverPanics(panicked func()) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if info, ok := r.Context().Value(requestKey{}).(*request); ok {
				info.panicked = panicked
			}
			defer func() {
				cause := recover()
				if cause == nil {
					return
				}
				if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so too
					panic(cause)
				}
				if panicked != nil {
					panicked()
				}
				answerPanic(w, r, cause)
			}()
			next.ServeHTTP(w, r)
		})
	}
}

// answerPanic logs what a handler panicked with, and where.
func answerPanic(w http.ResponseWriter, r *http.Request, cause any) {
	slog.ErrorContext(r.Context(), "a handler panicked", "id", RequestID(r), "method", method(r.Method),
		"route", RoutePattern(r), "panic", cause, "stack", string(debug.Stack()))
	if recorded, ok := w.(*recorder); ok && recorded.status != 0 {
		panic(http.ErrAbortHandler)
	}
	WriteError(w, r, fault.New(fault.Internal, "something went wrong on our side"))
}

// securityHeaders are those of every answer, in the form that a header keeps
// them: setting them allocates nothing.
var securityHeaders = []struct {
	name  string
	value []string
}{
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"X-Frame-Options", []string{"DENY"}},
	{"Referrer-Policy", []string{"no-referrer"}},
	{"Cache-Control", []string{"no-store"}},
}

// secure sets the headers that keep a browser from doing with an answer what
// it is not meant for. Handlers may replace them.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, fixed := range securityHeaders {
			h[fixed.name] = fixed.value
		}
		if Secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// limitBody bounds a body's size and how long it may take to arrive.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)) // not every writer has a connection
			r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
		}
		next.ServeHTTP(w, r)
	})
}

// stripBase takes the base path off. A path outside of it is not found, unless
// it is served everywhere.
func stripBase(o StackOptions) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		if o.BasePath == "" {
			return next
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			path, raw := r.URL.Path, r.URL.RawPath
			rest, under := strings.CutPrefix(path, o.BasePath)
			restRaw, rawUnder := strings.CutPrefix(raw, o.BasePath)
			switch {
			case under && (rest == "" || rest[0] == '/') && (raw == "" || rawUnder):
				next.ServeHTTP(w, withPath(r, orSlash(rest), restRaw))
			case o.Everywhere != nil && o.Everywhere(path):
				next.ServeHTTP(w, r)
			default:
				NotFound(w, r)
			}
		})
	}
}

func orSlash(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// forgiveSlashes routes a path with doubled or trailing slashes as the one
// without.
func forgiveSlashes(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, raw := single(r.URL.Path), single(r.URL.RawPath)
		if r.URL.RawPath != "" {
			path = r.URL.Path // slashes that were percent-encoded belong to a parameter
		}
		if path == r.URL.Path && raw == r.URL.RawPath {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, withPath(r, path, raw))
	})
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
