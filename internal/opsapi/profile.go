package opsapi

import (
	"net/http"
	"net/http/pprof"
)

// ProfilePath is below which [Profiles] lists and serves profiles.
const ProfilePath = "/debug/pprof/"

// Profiles returns what `go tool pprof` reads. It knows no permissions: serve
// it on an address that only this machine reaches. A request must name that
// address, so that no web page can ask by a name of its own.
func Profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ProfilePath, pprof.Index)
	mux.HandleFunc("GET "+ProfilePath+"profile", pprof.Profile)
	mux.HandleFunc("GET "+ProfilePath+"symbol", pprof.Symbol)
	mux.HandleFunc("POST "+ProfilePath+"symbol", pprof.Symbol)
	mux.HandleFunc("GET "+ProfilePath+"trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if local, ok := r.Context().Value(http.LocalAddrContextKey).(interface{ String() string }); !ok || r.Host != local.String() {
			http.Error(w, "profiles are read by the address at which they are served", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
