package adminapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

func TestProjects(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/projects"
	s.Run([]testkit.Step{
		{Name: "the default one", Method: "GET", Path: path, Status: 200, Contains: []string{`"version":1`, `"id":"default"`, `"health":100`, `"featureCount":0`, `"mode":"open"`}},
		{
			Name: "create", Method: "POST", Path: path, Body: `{"id":"web","name":"Web shop","description":"d","mode":"protected","defaultStickiness":"userId","environments":["production","production"]}`, Status: 201,
			Contains: []string{`"id":"web"`, `"mode":"protected"`, `"environments":["production"]`},
		},
		{Name: "listed", Method: "GET", Path: path, Status: 200, Contains: []string{`"Web shop"`, `"defaultStickiness":"userId"`}},
		{Name: "id of the name", Method: "POST", Path: path, Body: `{"name":" Été & Mobile  App! "}`, Status: 201, Contains: []string{`"id":"t-mobile-app"`, `"environments":["development","production"]`, `"mode":"open"`, `"defaultStickiness":"default"`}},
		{Name: "id of the same name", Method: "POST", Path: path, Body: `{"name":"T mobile app"}`, Status: 201, Contains: []string{`"id":"t-mobile-app-2"`}},
		{Name: "id of a name without letters", Method: "POST", Path: path, Body: `{"name":"日本"}`, Status: 201, Contains: []string{`"id":"project"`}},
		{Name: "id taken", Method: "POST", Path: path, Body: `{"id":"web","name":"x"}`, Status: 409, Contains: []string{"NameExistsError"}},
		{Name: "id not URL friendly", Method: "POST", Path: path, Body: `{"id":"a b","name":"x"}`, Status: 400, Contains: []string{`"/body/id"`}},
		{Name: "no name", Method: "POST", Path: path, Body: `{"id":"x"}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "blank name", Method: "POST", Path: path, Body: `{"id":"x","name":" "}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "unknown mode", Method: "POST", Path: path, Body: `{"id":"x","name":"x","mode":"secret"}`, Status: 400, Contains: []string{`"/body/mode"`}},
		{Name: "an unknown mode", Method: "POST", Path: path, Body: `{"id":"x","name":"x","mode":"secret"}`, Status: 400, Contains: []string{`"/body/mode"`}},
		{Name: "unknown environment", Method: "POST", Path: path, Body: `{"id":"x","name":"x","environments":["production","nope"]}`, Status: 400, Contains: []string{`"/body/environments/1"`}},
		{Name: "no environment", Method: "POST", Path: path, Body: `{"id":"x","name":"x","environments":[]}`, Status: 400, Contains: []string{`"/body/environments"`}},
		{Name: "change requests", Method: "POST", Path: path, Body: `{"id":"x","name":"x","changeRequestEnvironments":[{"name":"production"}]}`, Status: 400, Contains: []string{`"/body/changeRequestEnvironments"`}},
		{Name: "nothing half made", Method: "POST", Path: path + "/validate", Body: `{"id":"x"}`, Status: 200},
		{Name: "id is not free", Method: "POST", Path: path + "/validate", Body: `{"id":"web"}`, Status: 409},
		{Name: "id is no id", Method: "POST", Path: path + "/validate", Body: `{"id":"a/b"}`, Status: 400},

		{Name: "change", Method: "PUT", Path: path + "/web", Body: `{"name":"Shop"}`, Status: 200},
		{Name: "changed, the rest stays", Method: "GET", Path: path + "/web/overview", Status: 200, Contains: []string{`"name":"Shop"`, `"description":"d"`, `"mode":"protected"`, `"onboarding-started"`, `"environments":[{"environment":"production"}]`}},
		{Name: "change to a blank name", Method: "PUT", Path: path + "/web", Body: `{"name":""}`, Status: 400},
		{Name: "change what is missing", Method: "PUT", Path: path + "/nope", Body: `{"name":"x"}`, Status: 404},
		{Name: "overview of what is missing", Method: "GET", Path: path + "/nope/overview", Status: 404},
		{Name: "settings", Method: "PUT", Path: path + "/web/settings", Body: `{"mode":"open","featureNaming":{"pattern":""},"linkTemplates":[]}`, Status: 200},
		{Name: "set", Method: "GET", Path: path + "/web/overview", Status: 200, Contains: []string{`"mode":"open"`}},
		{Name: "naming pattern", Method: "PUT", Path: path + "/web/settings", Body: `{"featureNaming":{"pattern":"a.*"}}`, Status: 400, Contains: []string{`"/body/featureNaming/pattern"`}},
		{Name: "link templates", Method: "PUT", Path: path + "/web/settings", Body: `{"linkTemplates":[{"urlTemplate":"https://x"}]}`, Status: 400, Contains: []string{`"/body/linkTemplates"`}},

		{Name: "not a truth value", Method: "GET", Path: path + "?archived=maybe", Status: 400, Contains: []string{`"/query/archived"`}},
		{Name: "archive", Method: "POST", Path: path + "/archive/web", Status: 200},
		{Name: "hidden", Method: "GET", Path: path, Status: 200, Lacks: []string{`"web"`}},
		{Name: "among the archived", Method: "GET", Path: path + "?archived=true", Status: 200, Contains: []string{`"web"`, `"archivedAt":"2026`}, Lacks: []string{`"default"`}},
		{Name: "archive again", Method: "POST", Path: path + "/archive/web", Status: 409},
		{Name: "archived does not change", Method: "PUT", Path: path + "/web", Body: `{"name":"x"}`, Status: 409},
		{Name: "archived gets no environment", Method: "POST", Path: path + "/web/environments", Body: `{"environment":"development"}`, Status: 404},
		{Name: "revive", Method: "POST", Path: path + "/revive/web", Status: 200},
		{Name: "revive again", Method: "POST", Path: path + "/revive/web", Status: 409},
		{Name: "back", Method: "GET", Path: path, Status: 200, Contains: []string{`"web"`}},
		{Name: "archive the default", Method: "POST", Path: path + "/archive/default", Status: 409},
		{Name: "archive what is missing", Method: "POST", Path: path + "/archive/nope", Status: 404},
		{Name: "delete the default", Method: "DELETE", Path: path + "/default", Status: 409},
		{Name: "delete", Method: "DELETE", Path: path + "/web", Status: 200},
		{Name: "delete again", Method: "DELETE", Path: path + "/web", Status: 404},
	}...)
}

func TestProjectWithFlags(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/projects"
	feature := func(name string) string { return path + "/web/features/" + name }
	s.Run([]testkit.Step{
		{Name: "project", Method: "POST", Path: path, Body: `{"id":"web","name":"Web"}`, Status: 201},
		{Name: "parent", Method: "POST", Path: path + "/web/features", Body: `{"name":"a-parent"}`, Status: 201},
		{Name: "child", Method: "POST", Path: path + "/web/features", Body: `{"name":"b-child","type":"experiment"}`, Status: 201},
		{Name: "dependency", Method: "POST", Path: feature("b-child") + "/dependencies", Body: `{"feature":"a-parent"}`, Status: 200},
		{Name: "counted", Method: "GET", Path: path, Status: 200, Contains: []string{`"featureCount":2`, `"potentiallyStaleFeatureCount":0`}},
		{Name: "in the overview", Method: "GET", Path: path + "/web/overview", Status: 200, Contains: []string{
			`{"type":"experiment","count":1}`, `"createdCurrentWindow":2`, `"createdPastWindow":0`, `"first-flag-created","feature":"a-parent"`,
		}},
		{Name: "delete with live flags", Method: "DELETE", Path: path + "/web", Status: 409, Contains: []string{"2 flags"}},
		{Name: "archive with live flags", Method: "POST", Path: path + "/archive/web", Status: 409},
	}...)
	s.Clock.Advance(41 * 24 * 60 * 60 * 1e9)
	s.Run([]testkit.Step{
		{Name: "grown old", Method: "GET", Path: path, Status: 200, Contains: []string{`"potentiallyStaleFeatureCount":2`, `"health":0`, `"technicalDebt":100`}},
		{Name: "window has passed", Method: "GET", Path: path + "/web/overview", Status: 200, Contains: []string{`"createdCurrentWindow":0`, `"createdPastWindow":2`}},
		{Name: "archive child", Method: "DELETE", Path: feature("b-child"), Status: 202},
		{Name: "archive parent", Method: "DELETE", Path: feature("a-parent"), Status: 202},
		{Name: "segment", Method: "POST", Path: "/api/admin/segments", Body: `{"name":"of web","project":"web","constraints":[]}`, Status: 201},
		{Name: "context field", Method: "POST", Path: path + "/web/context", Body: `{"name":"ofWeb"}`, Status: 201},
		{Name: "delete with archived flags", Method: "DELETE", Path: path + "/web", Status: 200},
		{Name: "flag name is free", Method: "POST", Path: path + "/default/features", Body: `{"name":"a-parent"}`, Status: 201},
		{Name: "segment is gone", Method: "GET", Path: "/api/admin/segments", Status: 200, Lacks: []string{"of web"}},
		{Name: "context field is gone", Method: "GET", Path: "/api/admin/context/ofWeb", Status: 404},
	}...)
	log := s.Do("GET", "/api/admin/events", "").Body
	for _, event := range []string{"project-deleted", "feature-deleted", "segment-deleted", "context-field-deleted"} {
		if !strings.Contains(log, event) {
			t.Errorf("the log lacks %s", event)
		}
	}
}

// R14: a token of a project that is deleted ends with it and never widens.
func TestTokensOfDeletedProjects(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, id := range []string{"one", "two"} {
		s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"`+id+`","name":"x"}`)
		s.Must(http.StatusCreated, "POST", "/api/admin/projects/"+id+"/features", `{"name":"of-`+id+`"}`)
	}
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"of-default"}`)
	only, both, all := s.ClientToken("development", "one"), s.ClientToken("development", "one", "two"), s.ClientToken("development")
	s.Must(http.StatusAccepted, "DELETE", "/api/admin/projects/one/features/of-one", "")
	s.Must(http.StatusOK, "DELETE", "/api/admin/projects/one", "")
	s.Run([]testkit.Step{
		{Name: "its only project is gone", Method: "GET", Path: "/api/client/features", As: only, Status: 401},
		{Name: "it has another project", Method: "GET", Path: "/api/client/features", As: both, Status: 200, Contains: []string{"of-two", `"project":["two"]`}, Lacks: []string{"of-one", "of-default"}},
		{Name: "it covers all projects", Method: "GET", Path: "/api/client/features", As: all, Status: 200, Contains: []string{"of-two", "of-default"}},
		{Name: "listed with what is left", Method: "GET", Path: "/api/admin/api-tokens", Status: 200, Contains: []string{`"projects":["two"]`}, Lacks: []string{`"one"`}},
		{Name: "a new project of the id", Method: "POST", Path: "/api/admin/projects", Body: `{"id":"one","name":"x"}`, Status: 201},
		{Name: "revives no token", Method: "GET", Path: "/api/client/features", As: only, Status: 401},
		{Name: "widens no token", Method: "GET", Path: "/api/client/features", As: both, Status: 200, Contains: []string{`"project":["two"]`}},
	}...)
	log := s.Do("GET", "/api/admin/events", "").Body
	for _, event := range []string{"api-token-deleted", "api-token-updated"} {
		if strings.Count(log, event) != 1 {
			t.Errorf("the log has %s %d times, want once: %s", event, strings.Count(log, event), log)
		}
	}
}

func TestCreatorOwnsTheProject(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	editor := s.Person("editor", "Editor")
	s.Run([]testkit.Step{
		{Name: "create", Method: "POST", Path: "/api/admin/projects", As: editor.PAT, Body: `{"id":"mine","name":"x"}`, Status: 201},
		{Name: "change at once", Method: "PUT", Path: "/api/admin/projects/mine", As: editor.PAT, Body: `{"name":"y"}`, Status: 200},
		{Name: "member", Method: "GET", Path: "/api/admin/projects", As: editor.PAT, Status: 200, Contains: []string{`"memberCount":1`}},
		{Name: "of another's", Method: "POST", Path: "/api/admin/projects", Body: `{"id":"other","name":"x"}`, Status: 201},
		{Name: "not the owner", Method: "PUT", Path: "/api/admin/projects/other", As: editor.PAT, Body: `{"name":"y"}`, Status: 403, Contains: []string{`"permissions":["UPDATE_PROJECT"`}},
		{Name: "delete", Method: "DELETE", Path: "/api/admin/projects/mine", As: editor.PAT, Status: 200},
	}...)
}

func TestEnvironmentsOfProjects(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/projects/default/environments"
	const flag = "/api/admin/projects/default/features/f/environments/test"
	token := func() string {
		s.Must(http.StatusCreated, "POST", "/api/admin/environments", `{"name":"test","type":"test"}`)
		return s.ClientToken("test", "default")
	}()
	s.Run([]testkit.Step{
		{Name: "flag", Method: "POST", Path: "/api/admin/projects/default/features", Body: `{"name":"f"}`, Status: 201},
		{Name: "not yet of the project", Method: "GET", Path: "/api/client/features", As: token, Status: 200, Lacks: []string{`"f"`}},
		{Name: "add", Method: "POST", Path: path, Body: `{"environment":"test"}`, Status: 200},
		{Name: "of the project at once", Method: "GET", Path: "/api/client/features", As: token, Status: 200, Contains: []string{`"name":"f"`}},
		{Name: "add again", Method: "POST", Path: path, Body: `{"environment":"test"}`, Status: 409},
		{Name: "add what is missing", Method: "POST", Path: path, Body: `{"environment":"nope"}`, Status: 400, Contains: []string{`"/body/environment"`}},
		{Name: "add nothing", Method: "POST", Path: path, Body: `{}`, Status: 400},
		{Name: "with change requests", Method: "POST", Path: path, Body: `{"environment":"test","changeRequestsEnabled":true}`, Status: 400},
		{Name: "add to a missing project", Method: "POST", Path: "/api/admin/projects/nope/environments", Body: `{"environment":"test"}`, Status: 404},
		{Name: "seen by the project", Method: "GET", Path: "/api/admin/environments/project/default", Status: 200, Contains: []string{`"name":"test"`, `"visible":true`, `"projectApiTokenCount":1`}, Lacks: []string{`"visible":false`}},

		{
			Name: "default strategy", Method: "POST", Path: path + "/test/default-strategy", Body: `{"name":"flexibleRollout","title":"half","parameters":{"rollout":50},"constraints":[{"contextName":"userId","operator":"IN","values":["a"]}]}`, Status: 200,
			Contains: []string{`"rollout":"50"`, `"stickiness":"default"`, `"title":"half"`, `"variants":[]`}, Lacks: []string{"groupId"},
		},
		{Name: "of an unknown kind", Method: "POST", Path: path + "/test/default-strategy", Body: `{"name":"nope"}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "with a bad constraint", Method: "POST", Path: path + "/test/default-strategy", Body: `{"name":"default","constraints":[{"contextName":"userId","operator":"IN"}]}`, Status: 400, Contains: []string{`"/body/constraints/0/values"`}},
		{Name: "with a missing segment", Method: "POST", Path: path + "/test/default-strategy", Body: `{"name":"default","segments":[7]}`, Status: 400, Contains: []string{`"/body/segments"`}},
		{Name: "in an environment of others", Method: "POST", Path: path + "/nope/default-strategy", Body: `{"name":"default"}`, Status: 404},
		{Name: "in the overview", Method: "GET", Path: "/api/admin/projects/default/overview", Status: 200, Contains: []string{`"rollout":"50"`}},
		{Name: "on", Method: "POST", Path: flag + "/on", Status: 200},
		{Name: "the flag got it", Method: "GET", Path: flag + "/strategies", Status: 200, Contains: []string{`"rollout":"50"`, `"groupId":"f"`, `"title":"half"`}},

		{Name: "remove", Method: "DELETE", Path: path + "/test", Status: 200},
		{Name: "nothing to see", Method: "GET", Path: "/api/client/features", As: token, Status: 200, Lacks: []string{`"name":"f"`}},
		{Name: "remove again", Method: "DELETE", Path: path + "/test", Status: 404},
		{Name: "not visible", Method: "GET", Path: "/api/admin/environments/project/default", Status: 200, Contains: []string{`"visible":false`}},
		{Name: "add back", Method: "POST", Path: path, Body: `{"environment":"test","defaultStrategy":{"name":"default"}}`, Status: 200},
		{Name: "off, and as it was", Method: "GET", Path: "/api/client/features", As: token, Status: 200, Contains: []string{`"enabled":false`, `"rollout":"50"`}},
		{Name: "remove all but one", Method: "DELETE", Path: path + "/test", Status: 200},
		{Name: "remove all but one more", Method: "DELETE", Path: path + "/development", Status: 200},
		{Name: "remove the last", Method: "DELETE", Path: path + "/production", Status: 400, Contains: []string{"only one"}},
		{Name: "seen by a missing project", Method: "GET", Path: "/api/admin/environments/project/nope", Status: 404},
	}...)
}
