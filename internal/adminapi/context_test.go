package adminapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

func TestContextFields(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, step := range []struct {
		name, method, path, body string
		status                   int
		contains                 []string
	}{
		{"create", "POST", "/api/admin/context", `{"name":"plan","stickiness":true}`, http.StatusCreated, []string{`"name":"plan"`, `"legalValues":[]`}},
		{"read", "GET", "/api/admin/context/plan", "", http.StatusOK, []string{`"stickiness":true`}},
		{"list", "GET", "/api/admin/context", "", http.StatusOK, []string{`"plan"`}},
		{"again", "POST", "/api/admin/context", `{"name":"plan"}`, http.StatusConflict, []string{`"NameExistsError"`}},
		{"no name", "POST", "/api/admin/context", `{}`, http.StatusBadRequest, []string{`"BadDataError"`, `"/body/name"`}},
		{"not URL friendly", "POST", "/api/admin/context", `{"name":"a b"}`, http.StatusBadRequest, []string{`URL friendly`}},
		{"wrong type", "POST", "/api/admin/context", `{"name":"x","stickiness":"yes"}`, http.StatusBadRequest, []string{`"/body/stickiness"`}},
		{"not JSON", "POST", "/api/admin/context", `{`, http.StatusBadRequest, []string{`not valid JSON`}},
		{"unknown", "GET", "/api/admin/context/nope", "", http.StatusNotFound, []string{`"NotFoundError"`, `nope`}},
	} {
		got := s.Do(step.method, step.path, step.body)
		if got.Status != step.status {
			t.Errorf("%s: status %d, want %d: %s", step.name, got.Status, step.status, got.Body)
		}
		for _, want := range step.contains {
			if !strings.Contains(got.Body, want) {
				t.Errorf("%s: %q lacks %q", step.name, got.Body, want)
			}
		}
	}
}
