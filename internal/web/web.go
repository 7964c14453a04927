// Package web is the HTTP kit that every door shares.
//
// Main types: [Handler], a handler that returns its error; [Body], which reads
// and checks a JSON body against the schema of its Go type; [WriteError], with
// the only table from error kinds to statuses. Middleware: real client
// address, recovery, logging, security headers, body limits, cross-origin
// protection, compression. What does not belong: routes, permissions, anything
// about flags.
package web

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-chi/chi/v5"
)

// Handler answers a request or returns an error for [WriteError].
type Handler func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP implements http.Handler.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h(w, r); err != nil {
		WriteError(w, r, err)
	}
}

// WriteJSON writes a value as JSON. The value must be encodable: a failure is
// logged and ends the answer.
func WriteJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		slog.Error("encoding an answer failed", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header()["Content-Type"] = jsonType
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; nothing to do about it
}

// jsonType and GzipCoding are values in the form that a header keeps them:
// setting them allocates nothing. They must not be changed.
var (
	jsonType   = []string{"application/json; charset=utf-8"}
	GzipCoding = []string{"gzip"} // of Content-Encoding
)

// WriteContent writes encoded JSON of a length, which is given as the value of
// a header.
func WriteContent(w http.ResponseWriter, body []byte, length []string) {
	header := w.Header()
	header["Content-Type"] = jsonType
	header["Content-Length"] = length
	_, _ = w.Write(body) // the client may be gone; nothing to do about it
}

// NewID returns a random id for one answer: 32 hexadecimal digits. It is to be
// found in a log, and no secret.
func NewID() string {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(b[8:], rand.Uint64())
	var text [2 * len(b)]byte
	hex.Encode(text[:], b[:])
	return string(text[:])
}

// RoutePattern returns the template of the route that serves r, such as
// "/api/admin/projects/{projectId}", safe for logs and metric labels: path
// parameters may hold secrets.
func RoutePattern(r *http.Request) string {
	if route := chi.RouteContext(r.Context()); route != nil {
		if pattern := route.RoutePattern(); pattern != "" {
			return pattern
		}
	}
	return "unmatched"
}

// PathParam returns a parameter of the path of a route, unescaped.
func PathParam(r *http.Request, name string) string {
	raw := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return raw // chi matched the path that net/http has unescaped already
	}
	if value, err := url.PathUnescape(raw); err == nil {
		return value
	}
	return raw
}
