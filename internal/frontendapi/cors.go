package frontendapi

import (
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/burgeehq/burgee/internal/web"
)

// anyOrigin, in a list of origins, lets every page call.
const anyOrigin = "*"

// preflightAge is how long, in seconds, a browser may remember what it was
// allowed.
const preflightAge = "86400"

// Origins is the list of web origins whose pages may call the front-end API,
// such as "https://shop.example". It is safe for concurrent use. The zero value
// is the empty list, which means every origin.
type Origins struct {
	list atomic.Pointer[[]string]
}

// Set replaces the list. Empty, or with "*" in it, it lets every origin in.
func (o *Origins) Set(list []string) {
	list = slices.Clone(list)
	o.list.Store(&list)
}

// allow returns the value of Access-Control-Allow-Origin for a page's origin;
// empty when it is not to call.
func (o *Origins) allow(origin string) string {
	list := o.list.Load()
	switch {
	case list == nil || len(*list) == 0 || slices.Contains(*list, anyOrigin):
		return anyOrigin
	case slices.Contains(*list, origin):
		return origin
	default:
		return ""
	}
}

// cors adds what a browser needs to read the answer and some of its headers, to
// refusals too, so that a page can tell why it got none; it answers preflights,
// which carry no token.
func (h *Handler) cors(expose string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		web.NoPage(header)
		header["Vary"] = []string{"Origin, Accept-Encoding"}
		if allowed := h.Origins.allow(r.Header.Get("Origin")); allowed != "" {
			header["Access-Control-Allow-Origin"] = []string{allowed}
			header["Access-Control-Allow-Credentials"] = []string{"true"}
			header["Access-Control-Expose-Headers"] = []string{expose}
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		header.Add("Vary", "Access-Control-Request-Headers")
		header.Set("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
		if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
			header.Set("Access-Control-Allow-Headers", asked)
		}
		header.Set("Access-Control-Max-Age", preflightAge)
		w.WriteHeader(http.StatusNoContent)
	})
}
