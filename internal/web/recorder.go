package web

import (
	"net/http"
	"strings"
)

// recorder remembers what was answered. It passes Flush on and lets
// [http.ResponseController] reach what it wraps.
type recorder struct {
	http.ResponseWriter
	status int // 0 until the header is sent
	bytes  int64
	noPage bool // no browser shows the answer
}

// begin notes that the header is about to be sent.
func (r *recorder) begin(status int) {
	r.status = status
	if !r.noPage {
		setPageHeaders(r.Header())
	}
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK {
		r.begin(status)
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.begin(http.StatusOK)
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher.
func (r *recorder) Flush() {
	if r.status == 0 {
		r.begin(http.StatusOK)
	}
	_ = http.NewResponseController(r.ResponseWriter).Flush() // as a plain writer would: nothing to report to
}

// Unwrap serves http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) streaming() bool {
	return strings.HasPrefix(r.Header().Get("Content-Type"), "text/event-stream")
}
