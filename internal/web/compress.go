package web

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// Compress sends answers of 1 kB (1024 bytes) and more as gzip to clients that
// read it. Doors that keep compressed bodies ready do not use it.
func Compress(next http.Handler) http.Handler { return gzhttp.GzipHandler(next) }
