package frontendapi

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/burgeehq/burgee/internal/web"
)

// anyOrigin, in a list of origins, lets every page call.
const anyOrigin = "*"

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

// CORS is what browsers are told beside the origins. The zero value has the
// defaults of a server.
type CORS struct {
	Methods       string // that pages may use; all by default
	Headers       string // that pages may send; those they ask for by default
	Expose        string // headers of answers that pages may read; ETag by default
	NoCredentials bool   // pages may not send cookies along
	MaxAge        int    // seconds to remember what a preflight allowed; a day by default
	Status        int    // of the answer to a preflight; 204 by default
}

const (
	corsMethods = "GET,HEAD,PUT,PATCH,POST,DELETE"
	corsExpose  = "ETag"
	corsMaxAge  = 86400
)

// cors adds what a browser needs to read the answer, to refusals too, so that
// a page can tell why it got none; it answers preflights, which carry no
// token.
func (c CORS) cors(origins *Origins, next http.Handler) http.Handler {
	expose := []string{cmp.Or(c.Expose, corsExpose)}
	vary, credentials, every := []string{"Origin, Accept-Encoding"}, []string{"true"}, []string{anyOrigin}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		web.NoPage(r)
		header["Vary"] = vary
		switch allowed := origins.allow(r.Header.Get("Origin")); allowed {
		case "":
		case anyOrigin:
			header["Access-Control-Allow-Origin"] = every
		default:
			header["Access-Control-Allow-Origin"] = []string{allowed}
		}
		if header["Access-Control-Allow-Origin"] != nil {
			if !c.NoCredentials {
				header["Access-Control-Allow-Credentials"] = credentials
			}
			header["Access-Control-Expose-Headers"] = expose
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		c.preflight(w, r)
	})
}

func (c CORS) preflight(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Add("Vary", "Access-Control-Request-Headers")
	header.Set("Access-Control-Allow-Methods", cmp.Or(c.Methods, corsMethods))
	if allowed := cmp.Or(c.Headers, r.Header.Get("Access-Control-Request-Headers")); allowed != "" {
		header.Set("Access-Control-Allow-Headers", allowed)
	}
	header.Set("Access-Control-Max-Age", strconv.Itoa(cmp.Or(c.MaxAge, corsMaxAge)))
	w.WriteHeader(cmp.Or(c.Status, http.StatusNoContent))
}
