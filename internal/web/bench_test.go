package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/burgeehq/burgee/internal/web"
)

// BenchmarkStack is what every request pays before and after its handler.
func BenchmarkStack(b *testing.B) {
	handler := stacked(web.StackOptions{Observe: func(web.Observation) {}}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	request := httptest.NewRequest(http.MethodGet, "/things/one", http.NoBody)
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(httptest.NewRecorder(), request)
	}
}
