package adminapi_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/testkit"
)

// hush is in the name of everything that is in the private project of these
// tests, so that whatever shows any of it shows this.
const hush = "hush"

// withPrivateProject starts a server with a private project full of things.
func withPrivateProject(t *testing.T) *testkit.Server {
	t.Helper()
	s := testkit.Start(t)
	constraint := `{"contextName":"hush-field","operator":"IN","values":["a"]}`
	for _, step := range []struct{ method, path, body string }{
		{"POST", "/projects", `{"id":"hush","name":"hush project","mode":"private"}`},
		{"POST", "/context", `{"name":"hush-field","project":"hush"}`},
		{"POST", "/segments", `{"name":"hush segment","project":"hush","constraints":[` + constraint + `]}`},
		{"POST", "/segments", `{"name":"shared segment","constraints":[]}`},
		{"POST", "/projects/hush/features", `{"name":"hush-flag"}`},
		{"POST", "/projects/hush/features", `{"name":"hush-old"}`},
		{"DELETE", "/projects/hush/features/hush-old", ``},
		{
			"POST", "/projects/hush/features/hush-flag/environments/development/strategies",
			`{"name":"flexibleRollout","parameters":{},"segments":[2],"constraints":[{"contextName":"userId","operator":"IN","values":["hush"]}]}`,
		},
		{"POST", "/projects/hush/features/hush-flag/environments/development/on", ``},
		{"POST", "/features/hush-flag/tags", `{"type":"simple","value":"known"}`},
		{"POST", "/projects/hush/api-tokens", `{"tokenName":"hush-token","type":"client","environment":"development"}`},
	} {
		got := s.Do(step.method, "/api/admin"+step.path, step.body)
		if got.Status >= http.StatusBadRequest {
			t.Fatalf("%s %s: %d %s", step.method, step.path, got.Status, got.Body)
		}
	}
	secret := s.ClientToken("development", hush)
	s.Must(http.StatusAccepted, http.MethodPost, "/api/client/register", `{"appName":"hush-app","instanceId":"hush-1","strategies":["default"],"started":"2026-11-22T12:00:00Z","interval":1000}`,
		"Authorization", secret)
	s.Must(http.StatusAccepted, http.MethodPost, "/api/client/metrics", `{"appName":"hush-app","instanceId":"hush-1","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:00:01Z","toggles":{"hush-flag":{"yes":1,"no":0}}}}`,
		"Authorization", secret)
	return s
}

// parameters of paths, for a route that names the private project or things in
// it wherever it can.
var hushParameters = map[string]string{
	"projectId": hush, "featureName": "hush-flag", "name": "hush-flag", "child": "hush-flag", "parent": "hush-flag",
	"contextField": "hush-field", "environment": "development", "token": "hush-token", "id": "1", "userId": "1", "groupId": "1",
	"roleId": "5", "appName": "hush-app", "type": "simple", "value": "known",
}

var parameter = regexp.MustCompile(`\{([^}]+)\}`)

func hushPath(route adminapi.Route) string {
	return adminapi.Prefix + parameter.ReplaceAllStringFunc(route.Path, func(name string) string {
		if value, ok := hushParameters[strings.Trim(name, "{}")]; ok {
			return value
		}
		return "1"
	})
}

// The guard: for who is not in a private project it does not exist, whatever
// route names it. Each route gets the same answer as of a project that really
// does not exist.
func TestPrivateProjectDoesNotExistForOthers(t *testing.T) {
	t.Parallel()
	s := withPrivateProject(t)
	stranger := s.Person("stranger", "Editor")
	named := 0
	for _, route := range (&adminapi.Handler{}).Routes() {
		if !strings.Contains(route.Path, "{projectId}") {
			continue
		}
		named++
		path := hushPath(route)
		for name, headers := range map[string][]string{"session": {"Cookie", stranger.Cookie}, "personal token": {"Authorization", stranger.PAT}} {
			got := s.Do(route.Method, path, "", headers...)
			missing := s.Do(route.Method, strings.Replace(path, "/"+hush, "/nowhere", 1), "", headers...)
			if got.Status != http.StatusNotFound || missing.Status != http.StatusNotFound {
				t.Errorf("%s %s with a %s: %d, want 404 as of a project that does not exist, which gets %d", route.Method, path, name, got.Status, missing.Status)
			}
			if a, b := message(got), strings.ReplaceAll(message(missing), "nowhere", hush); a != b {
				t.Errorf("%s %s: %q, but %q of a project that does not exist", route.Method, path, a, b)
			}
		}
		if got := s.Do(route.Method, path, ""); route.Method == http.MethodGet && route.Path == "/projects/{projectId}/features" && got.Status != http.StatusOK {
			t.Errorf("an administrator gets %d of %s", got.Status, path)
		}
	}
	if named < 50 {
		t.Errorf("only %d routes name a project", named)
	}
}

func message(a testkit.Answer) string {
	_, text, _ := strings.Cut(a.Body, `"message":"`)
	text, _, _ = strings.Cut(text, `","`)
	return text
}

// The guard: no route that reads shows anything of a private project to who is
// not in it, in no list and by no name. It holds for people with every root
// permission that a custom role can give, too.
func TestNothingShowsAPrivateProject(t *testing.T) {
	t.Parallel()
	s := withPrivateProject(t)
	everything := s.RootRole("everything", rootPermissions()...)
	stranger := s.PersonOfRole("stranger", everything)
	shown := 0
	for _, route := range (&adminapi.Handler{}).Routes() {
		if route.Method != http.MethodGet || route.Path == "/live" { // which never ends: see TestLive
			continue
		}
		path := hushPath(route)
		if got := s.Do(http.MethodGet, path, ""); strings.Contains(got.Body, hush) && got.Status == http.StatusOK {
			shown++
		}
		got := s.Do(http.MethodGet, path, "", "Authorization", stranger.PAT)
		body := strings.Replace(got.Body, `"toggleName":"hush-flag"`, "", 1) // what the path asked for
		if got.Status == http.StatusOK && strings.Contains(body, hush) {
			t.Errorf("%s shows something of a private project: %s", path, got.Body)
		}
	}
	if shown < 20 {
		t.Errorf("only %d routes show an administrator something of the project: this test looks at too little", shown)
	}
}

// A person sees a private project from the moment of joining it, by a role that
// allows nothing, and no longer than that; alone or in a group.
func TestPrivateProjectOfMembers(t *testing.T) {
	t.Parallel()
	s := withPrivateProject(t)
	p := s.Person("member", "Viewer")
	const flags = "/api/admin/projects/hush/features"
	want := func(when string, status int) {
		t.Helper()
		got := s.Do(http.MethodGet, flags, "", "Authorization", p.PAT)
		if got.Status != status {
			t.Errorf("%s: %d, want %d", when, got.Status, status)
		}
		list := s.Must(http.StatusOK, http.MethodGet, "/api/admin/projects", "", "Authorization", p.PAT)
		if strings.Contains(list.Body, hush) != (status == http.StatusOK) {
			t.Errorf("%s: the list of projects is %s", when, list.Body)
		}
	}
	want("before", http.StatusNotFound)
	s.Join(p, hush, 6)
	want("as reader", http.StatusOK)
	s.Do(http.MethodDelete, "/api/admin/projects/hush/users/"+p.IDText()+"/roles", "")
	want("after leaving", http.StatusNotFound)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/groups", `{"name":"team","users":[{"user":{"id":`+p.IDText()+`}}]}`)
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/projects/hush/groups/1/roles", `{"roles":[6]}`)
	want("in a group", http.StatusOK)
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/groups/1", `{"name":"team","users":[]}`)
	want("out of the group", http.StatusNotFound)
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/projects/hush", `{"name":"hush","mode":"open"}`)
	want("when it is open", http.StatusOK)
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/projects/hush", `{"name":"hush","mode":"private"}`)
	want("when it is private again", http.StatusNotFound)
}

// What is named without its project is not there either, for changes too.
func TestChangesOfHiddenThings(t *testing.T) {
	t.Parallel()
	s := withPrivateProject(t)
	stranger := s.Person("stranger", "Editor") // with the right to change all segments and context fields
	makeFlags(s, "mine")
	constraint := `"constraints":[]`
	for _, step := range []testkit.Step{
		{Method: "PUT", Path: "/segments/1", Body: `{"name":"mine",` + constraint + `}`, Status: 404},
		{Method: "DELETE", Path: "/segments/1", Status: 404},
		{Method: "POST", Path: "/segments", Body: `{"name":"mine","project":"hush",` + constraint + `}`, Status: 400},
		{Method: "DELETE", Path: "/segments/2", Status: 409, Lacks: []string{hush}},
		{Method: "PUT", Path: "/context/hush-field", Body: `{"name":"hush-field"}`, Status: 404},
		{Method: "DELETE", Path: "/context/hush-field", Status: 404},
		{Method: "POST", Path: "/context/hush-field/legal-values", Body: `{"value":"a"}`, Status: 404},
		{Method: "POST", Path: "/features/hush-flag/tags", Body: `{"type":"simple","value":"known"}`, Status: 404},
		{Method: "DELETE", Path: "/features/hush-flag/tags/simple/known", Status: 404},
		{Method: "POST", Path: "/archive/revive/hush-old", Status: 404},
		{Method: "POST", Path: "/features/validate", Body: `{"name":"new","projectId":"hush"}`, Status: 404},
		{Method: "POST", Path: "/projects/default/features/mine/changeProject", Body: `{"newProjectId":"hush"}`, Status: 400, Contains: []string{"there is no"}},
		{Method: "DELETE", Path: "/archive/hush-old", Status: 404},
	} {
		step.Name, step.Path, step.As = step.Method+" "+step.Path, "/api/admin"+step.Path, stranger.PAT
		s.Run(step)
	}
}
