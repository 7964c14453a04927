package adminapi_test

import (
	"net/http"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

// Who may change what all projects share: one row an operation, the status for
// an editor, a viewer, and a viewer who owns the project web. 404 says that the
// permission was there and the thing was not.
func TestWhoMayChangeConfiguration(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"web","name":"x"}`)
	editor, viewer, owner := s.Person("editor", "Editor"), s.Person("viewer", "Viewer"), s.Person("owner", "Viewer")
	s.Join(owner, "web", 4)
	const ok, gone, missing, bad, no, conflict = 200, 204, 404, 400, 403, 409
	for _, c := range []struct {
		name, method, path, body string
		editor, viewer, owner    int
	}{
		{"read projects", "GET", "/projects", "", ok, ok, ok},
		{"read an overview", "GET", "/projects/web/overview", "", ok, ok, ok},
		{"create a project", "POST", "/projects", `{"name":""}`, bad, no, no},
		{"ask for a project id", "POST", "/projects/validate", `{"id":"x"}`, ok, no, no},
		{"change the project", "PUT", "/projects/web", `{"name":"y"}`, no, no, ok},
		{"change the default project", "PUT", "/projects/default", `{"name":"y"}`, ok, no, no},
		{"change its settings", "PUT", "/projects/web/settings", `{}`, no, no, ok},
		{"archive the default project", "POST", "/projects/archive/default", "", conflict, no, no},
		{"delete the default project", "DELETE", "/projects/default", "", conflict, no, no},
		{"add an environment to the project", "POST", "/projects/web/environments", `{"environment":"nope"}`, no, no, bad},
		{"take one away from the project", "DELETE", "/projects/web/environments/nope", "", no, no, missing},
		{"set its default strategy", "POST", "/projects/web/environments/nope/default-strategy", `{"name":"default"}`, no, no, missing},

		{"read environments", "GET", "/environments", "", ok, ok, ok},
		{"read them as a project", "GET", "/environments/project/web", "", ok, ok, ok},
		{"create an environment", "POST", "/environments", `{"name":"x","type":"test"}`, no, no, no},
		{"delete an environment", "DELETE", "/environments/nope", "", no, no, no},
		{"change an environment", "PUT", "/environments/update/nope", `{}`, no, no, no},
		{"clone an environment", "POST", "/environments/nope/clone", `{"name":"x","type":"test"}`, no, no, no},
		{"switch an environment", "POST", "/environments/nope/off", "", no, no, no},
		{"sort environments", "PUT", "/environments/sort-order", `{"nope":1}`, no, no, no},

		{"read segments", "GET", "/segments", "", ok, ok, ok},
		{"create a segment", "POST", "/segments", `{"name":"","constraints":[]}`, bad, no, no},
		{"create one of the project", "POST", "/segments", `{"name":"","project":"web","constraints":[]}`, bad, no, bad},
		{"create one of the default project", "POST", "/segments", `{"name":"","project":"default","constraints":[]}`, bad, no, no},
		{"change a segment", "PUT", "/segments/1", `{"name":"all","constraints":[]}`, gone, no, no},
		{"change one of the project", "PUT", "/segments/2", `{"name":"web","project":"web","constraints":[]}`, gone, no, gone},
		{"make one of the project global", "PUT", "/segments/2", `{"name":"web","constraints":[]}`, gone, no, no},
		{"delete a segment", "DELETE", "/segments/99", "", missing, no, missing},
		{"give a strategy segments", "POST", "/segments/strategies", `{"projectId":"web","strategyId":"nope","environmentId":"development","segmentIds":[]}`, no, no, missing},

		{"read context fields", "GET", "/context", "", ok, ok, ok},
		{"create a context field", "POST", "/context", `{"name":"a b"}`, bad, no, no},
		{"create one of the project by path", "POST", "/projects/web/context", `{"name":"a b"}`, bad, no, bad},
		{"change a context field", "PUT", "/context/userId", `{}`, ok, no, no},
		{"add a legal value", "POST", "/context/userId/legal-values", `{"value":""}`, bad, no, bad},
		{"delete a context field", "DELETE", "/context/appName", "", ok, no, no},
		{"delete one of the default project", "DELETE", "/projects/default/context/nope", "", missing, no, missing},

		{"read strategy definitions", "GET", "/strategies", "", ok, ok, ok},
		{"create a strategy definition", "POST", "/strategies", `{"name":"a b","parameters":[]}`, bad, no, no},
		{"change one", "PUT", "/strategies/nope", `{"parameters":[]}`, missing, no, no},
		{"deprecate one", "POST", "/strategies/nope/deprecate", "", missing, no, no},
		{"delete one", "DELETE", "/strategies/nope", "", missing, no, no},

		{"read tag types", "GET", "/tag-types", "", ok, ok, ok},
		{"create a tag type", "POST", "/tag-types", `{"name":"a b"}`, bad, no, no},
		{"change a tag type", "PUT", "/tag-types/nope", `{}`, missing, no, no},
		{"delete a tag type", "DELETE", "/tag-types/nope", "", missing, no, no},
		{"create a tag", "POST", "/tags", `{"type":"simple","value":""}`, bad, no, bad},
		{"delete a tag", "DELETE", "/tags/simple/nope", "", missing, no, no},

		{"read flag types", "GET", "/feature-types", "", ok, ok, ok},
		{"change a flag type", "PUT", "/feature-types/release/lifetime", `{"lifetimeDays":1}`, no, no, no},
		{"read the event log", "GET", "/events", "", no, no, no},
		{"set web origins", "POST", "/ui-config/cors", `{"frontendApiOrigins":[]}`, no, no, no},
	} {
		s.Do("POST", "/api/admin/segments", `{"name":"all","constraints":[]}`)
		s.Do("POST", "/api/admin/segments", `{"name":"web","project":"web","constraints":[]}`)
		s.Do("PUT", "/api/admin/segments/2", `{"name":"web","project":"web","constraints":[]}`)
		for _, who := range []struct {
			name, secret string
			want         int
		}{{"owner", owner.PAT, c.owner}, {"viewer", viewer.PAT, c.viewer}, {"editor", editor.PAT, c.editor}} {
			if got := s.Do(c.method, "/api/admin"+c.path, c.body, "Authorization", who.secret); got.Status != who.want {
				t.Errorf("%s as %s: %d, want %d: %s", c.name, who.name, got.Status, who.want, got.Body)
			}
		}
	}
}

// R5, R13, R17: tokens of SDKs change and read nothing of this.
func TestSDKTokensDoNotOpenTheAdminAPI(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, secret := range []string{s.ClientToken("development"), s.FrontendToken("development"), "nonsense"} {
		for _, path := range []string{"/projects", "/environments", "/segments", "/context", "/events", "/ui-config", "/instance-admin/statistics"} {
			if got := s.Do("GET", "/api/admin"+path, "", "Authorization", secret); got.Status != http.StatusUnauthorized && got.Status != http.StatusForbidden {
				t.Errorf("GET %s with %.6s…: %d, want 401 or 403", path, secret, got.Status)
			}
		}
	}
}
