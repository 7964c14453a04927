package adminapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/testkit"
)

const admin = "/api/admin"

// rootPermissions are all that a custom root role can give.
func rootPermissions() []access.Permission {
	var all []access.Permission
	for _, info := range access.Permissions() {
		if info.Scope == access.Root && info.Permission != access.AdminAll {
			all = append(all, info.Permission)
		}
	}
	return all
}

// numberOf is the number of a permission in the list of all.
func numberOf(p access.Permission) int {
	return 1 + slices.IndexFunc(access.Permissions(), func(info access.Info) bool { return info.Permission == p })
}

// makeProjects creates open projects.
func makeProjects(s *testkit.Server, ids ...string) {
	for _, id := range ids {
		s.Must(http.StatusCreated, http.MethodPost, admin+"/projects", fmt.Sprintf(`{"id":%q,"name":%q}`, id, id))
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const roles = admin + "/roles"
	s.Run(
		testkit.Step{Name: "root role", Method: "POST", Path: roles, Body: `{"name":"Auditor","description":"reads","type":"root-custom","permissions":[{"name":"READ_LOGS"},{"name":"READ_LOGS"},{"name":"READ_ROLE","environment":null}]}`, Status: 200, Contains: []string{`"version":1`, `"roles":{"id":100,"name":"Auditor","type":"root-custom","description":"reads"}`}},
		testkit.Step{Name: "project role", Method: "POST", Path: roles, Body: fmt.Sprintf(`{"name":"Switcher","permissions":[{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":"development"},{"id":%d,"environment":""}]}`, numberOf(access.CreateFeature)), Status: 200, Contains: []string{`"id":101`, `"type":"custom"`}},
		testkit.Step{Name: "read one", Method: "GET", Path: roles + "/101", Status: 200, Contains: []string{`"description":""`, `"name":"CREATE_FEATURE"`, `"name":"UPDATE_FEATURE_ENVIRONMENT","displayName":"Switch flags on and off","type":"environment","environment":"development"}`}},
		testkit.Step{Name: "permissions once each", Method: "GET", Path: roles + "/100", Status: 200, Contains: []string{`"name":"READ_ROLE","displayName":"See roles and their permissions","type":"root"},{"id":`, `"name":"READ_LOGS"`}, Lacks: []string{`"environment"`}},
		testkit.Step{Name: "list", Method: "GET", Path: roles, Status: 200, Contains: []string{`"id":1,"name":"Admin"`, `"id":6,"name":"Reader"`, `"id":100`, `"id":101`}},
		testkit.Step{Name: "replace", Method: "PUT", Path: roles + "/100", Body: `{"name":"Auditor 2","permissions":[]}`, Status: 200, Contains: []string{`"name":"Auditor 2"`, `"type":"root-custom"`}},
		testkit.Step{Name: "keeps its name", Method: "PUT", Path: roles + "/100", Body: `{"name":"auditor 2","type":"root-custom","permissions":[{"name":"READ_LOGS"}]}`, Status: 200},
		testkit.Step{Name: "another type", Method: "PUT", Path: roles + "/100", Body: `{"name":"Auditor","type":"custom"}`, Status: 400, Contains: []string{`"/body/type"`}},
		testkit.Step{Name: "a taken name", Method: "POST", Path: roles, Body: `{"name":"AUDITOR 2"}`, Status: 409, Contains: []string{"NameExistsError"}},
		testkit.Step{Name: "a built-in name", Method: "POST", Path: roles, Body: `{"name":"admin"}`, Status: 409},
		testkit.Step{Name: "validate fine", Method: "POST", Path: roles + "/validate", Body: `{"name":"New"}`, Status: 200},
		testkit.Step{Name: "validate taken", Method: "POST", Path: roles + "/validate", Body: `{"name":"Switcher"}`, Status: 409},
		testkit.Step{Name: "no name", Method: "POST", Path: roles, Body: `{"name":" "}`, Status: 400, Contains: []string{`"/body/name"`}},
		testkit.Step{Name: "ADMIN in a role", Method: "POST", Path: roles, Body: `{"name":"x","type":"root-custom","permissions":[{"name":"ADMIN"}]}`, Status: 400, Contains: []string{`"/body/permissions/0/name"`}},
		testkit.Step{Name: "unknown permission", Method: "POST", Path: roles, Body: `{"name":"x","permissions":[{"name":"CREATE_FEATURE"},{"name":"FLY"}]}`, Status: 400, Contains: []string{`"/body/permissions/1/name"`}},
		testkit.Step{Name: "unknown number", Method: "POST", Path: roles, Body: `{"name":"x","permissions":[{"id":9999}]}`, Status: 400},
		testkit.Step{Name: "project permission in a root role", Method: "POST", Path: roles, Body: `{"name":"x","type":"root-custom","permissions":[{"name":"CREATE_FEATURE"}]}`, Status: 400},
		testkit.Step{Name: "root permission in a project role", Method: "POST", Path: roles, Body: `{"name":"x","permissions":[{"name":"READ_LOGS"}]}`, Status: 400},
		testkit.Step{Name: "environment of a project permission", Method: "POST", Path: roles, Body: `{"name":"x","permissions":[{"name":"CREATE_FEATURE","environment":"development"}]}`, Status: 400, Contains: []string{`"/body/permissions/0/environment"`}},
		testkit.Step{Name: "unknown environment", Method: "POST", Path: roles, Body: `{"name":"x","permissions":[{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":"moon"}]}`, Status: 400},
		testkit.Step{Name: "unknown type", Method: "POST", Path: roles, Body: `{"name":"x","type":"root"}`, Status: 400},
		testkit.Step{Name: "built in: change", Method: "PUT", Path: roles + "/5", Body: `{"name":"x"}`, Status: 409},
		testkit.Step{Name: "built in: delete", Method: "DELETE", Path: roles + "/1", Status: 409},
		testkit.Step{Name: "unknown: read", Method: "GET", Path: roles + "/999", Status: 404},
		testkit.Step{Name: "unknown: delete", Method: "DELETE", Path: roles + "/999", Status: 404},
		testkit.Step{Name: "no number", Method: "GET", Path: roles + "/x", Status: 400},
	)
	p := s.PersonOfRole("auditor", 100)
	s.Run(
		testkit.Step{Name: "what it gives", Method: "GET", Path: admin + "/events", As: p.PAT, Status: 200},
		testkit.Step{Name: "what it does not give", Method: "POST", Path: roles, Body: `{"name":"mine"}`, As: p.PAT, Status: 403},
		testkit.Step{Name: "in use", Method: "DELETE", Path: roles + "/100", Status: 409, Contains: []string{"by users: 1", "by groups: 0"}},
	)
	s.Must(http.StatusOK, http.MethodPut, admin+"/user-admin/"+p.IDText(), `{"rootRole":3}`)
	s.Run(
		testkit.Step{Name: "not in use", Method: "DELETE", Path: roles + "/100", Status: 200},
		testkit.Step{Name: "gone", Method: "GET", Path: roles + "/100", Status: 404},
		testkit.Step{Name: "its id is never used again", Method: "POST", Path: roles, Body: `{"name":"next"}`, Status: 200, Contains: []string{`"id":102`}},
		testkit.Step{Name: "events", Method: "GET", Path: admin + "/search/events?type=IS:role-deleted", Status: 200, Contains: []string{`"preData":{"id":100,"name":"auditor 2","type":"root-custom"`}},
	)
}

// R7: a permission given to or taken from a custom role, a role given or taken,
// a group joined or left, a removed user: all count for a personal token that
// exists, from its next request on.
func TestRightsFollowAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeProjects(s, "p")
	role := s.ProjectRole("custom")
	person := s.Person("ada", "Viewer")
	const tokens = admin + "/projects/p/api-tokens"
	want := func(when string, status int) {
		t.Helper()
		for name, headers := range map[string][]string{"personal token": {"Authorization", person.PAT}, "session": {"Cookie", person.Cookie}} {
			if got := s.Do(http.MethodGet, tokens, "", headers...); got.Status != status {
				t.Errorf("%s, with a %s: %d, want %d: %s", when, name, got.Status, status, got.Body)
			}
		}
	}
	do := func(method, path, body string) {
		t.Helper()
		if got := s.Do(method, admin+path, body); got.Status >= http.StatusBadRequest {
			t.Fatalf("%s %s: %d %s", method, path, got.Status, got.Body)
		}
	}
	custom := "/roles/" + strconv.FormatInt(role, 10)
	mine := "/projects/p/users/" + person.IDText() + "/roles"
	want("at first", 403)
	do("PUT", mine, fmt.Sprintf(`{"roles":[%d]}`, role))
	want("with a role that gives nothing", 403)
	do("PUT", custom, `{"name":"custom","permissions":[{"name":"READ_PROJECT_API_TOKEN"}]}`)
	want("the role gives it", 200)
	do("PUT", custom, `{"name":"custom","permissions":[]}`)
	want("the role gives it no more", 403)
	do("PUT", custom, `{"name":"custom","permissions":[{"name":"READ_PROJECT_API_TOKEN"}]}`)
	do("DELETE", mine, "")
	want("the role is taken", 403)
	do("POST", "/groups", `{"name":"team"}`)
	do("PUT", "/projects/p/groups/1/roles", fmt.Sprintf(`{"roles":[%d]}`, role))
	want("a group has the role", 403)
	do("PUT", "/groups/1", `{"name":"team","users":[{"user":{"id":`+person.IDText()+`}}]}`)
	want("in the group", 200)
	do("PUT", "/groups/1", `{"name":"team"}`)
	want("still in the group", 200)
	do("DELETE", "/projects/p/groups/1/roles", "")
	want("the group has it no more", 403)
	do("PUT", "/groups/1", `{"name":"team","rootRole":1}`)
	want("the group is of administrators", 200)
	do("DELETE", "/groups/1", "")
	want("the group is gone", 403)
	do("PUT", "/user-admin/"+person.IDText(), `{"rootRole":"Admin"}`)
	want("an administrator", 200)
	do("DELETE", "/user-admin/"+person.IDText(), "")
	want("deleted", 401)
}

func TestGroups(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeProjects(s, "p")
	const groups = admin + "/groups"
	ada, bob := s.Person("ada", "Viewer"), s.Person("bob", "Editor")
	member := func(p testkit.Person) string { return `{"user":{"id":` + p.IDText() + `}}` }
	s.Run(
		testkit.Step{Name: "create", Method: "POST", Path: groups, Body: `{"name":"team","description":"us","mappingsSSO":["sso-team"],"rootRole":2,"users":[` + member(ada) + `,` + member(ada) + `]}`, Status: 201, Contains: []string{`"id":1`, `"mappingsSSO":["sso-team"]`, `"rootRole":2`, `"userCount":1`, `"createdBy":"init-admin"`}},
		testkit.Step{Name: "the root role counts", Method: "POST", Path: admin + "/segments", Body: `{"name":"s","constraints":[]}`, As: ada.PAT, Status: 201},
		testkit.Step{Name: "taken", Method: "POST", Path: groups, Body: `{"name":"team"}`, Status: 409},
		testkit.Step{Name: "no name", Method: "POST", Path: groups, Body: `{"name":""}`, Status: 400},
		testkit.Step{Name: "unknown user", Method: "POST", Path: groups, Body: `{"name":"x","users":[{"user":{"id":999}}]}`, Status: 400, Contains: []string{`"/body/users/0"`}},
		testkit.Step{Name: "a project role", Method: "POST", Path: groups, Body: `{"name":"x","rootRole":5}`, Status: 400, Contains: []string{`"/body/rootRole"`}},
		testkit.Step{Name: "nothing is left of failures", Method: "GET", Path: groups, Status: 200, Lacks: []string{`"name":"x"`}},
		testkit.Step{Name: "in a project", Method: "PUT", Path: admin + "/projects/p/groups/1/roles", Body: `{"roles":[5]}`, Status: 200},
		testkit.Step{Name: "read", Method: "GET", Path: groups + "/1", Status: 200, Contains: []string{`"projects":["p"]`, `"username":"ada"`}},
		testkit.Step{Name: "replace", Method: "PUT", Path: groups + "/1", Body: `{"name":"crew","description":null,"mappingsSSO":[],"rootRole":null,"users":[` + member(bob) + `]}`, Status: 200, Contains: []string{`"rootRole":null`, `"username":"bob"`}, Lacks: []string{`"username":"ada"`}},
		testkit.Step{Name: "the root role counts no more", Method: "POST", Path: admin + "/segments", Body: `{"name":"s2","constraints":[]}`, As: ada.PAT, Status: 403},
		testkit.Step{Name: "profile", Method: "GET", Path: admin + "/user/profile", As: bob.PAT, Status: 200, Contains: []string{`"projects":["p"]`, `"groups":[{"id":1,"name":"crew"}]`}},
		testkit.Step{Name: "own roles", Method: "GET", Path: admin + "/user/roles?projectId=p", As: bob.PAT, Status: 200, Contains: []string{`"id":5,"name":"Member"`, `"project":"p"`}},
		testkit.Step{Name: "not for others", Method: "GET", Path: groups, As: bob.PAT, Status: 403},
		testkit.Step{Name: "nor to change", Method: "POST", Path: groups, Body: `{"name":"x"}`, As: bob.PAT, Status: 403},
		testkit.Step{Name: "unknown", Method: "GET", Path: groups + "/9", Status: 404},
		testkit.Step{Name: "unknown in a project", Method: "PUT", Path: admin + "/projects/p/groups/9/roles", Body: `{"roles":[5]}`, Status: 404},
		testkit.Step{Name: "delete", Method: "DELETE", Path: groups + "/1", Status: 200},
		testkit.Step{Name: "delete again", Method: "DELETE", Path: groups + "/1", Status: 404},
		testkit.Step{Name: "gone from the project", Method: "GET", Path: admin + "/projects/p/access", Status: 200, Contains: []string{`"groups":[]`}},
		testkit.Step{Name: "events", Method: "GET", Path: admin + "/search/events?type=IS:group-updated", Status: 200, Contains: []string{`"preData":{"id":1,"name":"team"`, `"users":[` + bob.IDText() + `]`}},
	)
	s.Must(http.StatusCreated, http.MethodPost, groups, `{"name":"last","users":[`+member(ada)+`]}`)
	s.Must(http.StatusOK, http.MethodDelete, admin+"/user-admin/"+ada.IDText(), "")
	if body := s.Must(http.StatusOK, http.MethodGet, groups, "").Body; !strings.Contains(body, `"userCount":0`) {
		t.Errorf("a deleted user is still in a group: %s", body)
	}
}

func TestRolesInProject(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeProjects(s, "p")
	const path = admin + "/projects/p/access"
	ada, bob := s.Person("ada", "Viewer"), s.Person("bob", "Viewer")
	s.Must(http.StatusCreated, http.MethodPost, admin+"/groups", `{"name":"team"}`)
	s.Run(
		testkit.Step{Name: "add", Method: "POST", Path: path, Body: `{"roles":[5,6],"groups":[1],"users":[` + ada.IDText() + `]}`, Status: 200},
		testkit.Step{Name: "added", Method: "GET", Path: path, Status: 200, Contains: []string{`"username":"ada"`, `"roleId":5,"roles":[5,6]`, `"name":"team"`, `"id":4,"name":"Owner"`}, Lacks: []string{`"name":"Admin"`}},
		testkit.Step{Name: "add to what is there", Method: "POST", Path: path, Body: `{"roles":[4],"groups":[],"users":[` + ada.IDText() + `]}`, Status: 200},
		testkit.Step{Name: "three", Method: "GET", Path: path, Status: 200, Contains: []string{`"roles":[4,5,6]`}},
		testkit.Step{Name: "replace all", Method: "PUT", Path: path, Body: `{"roles":[{"id":4,"users":[` + bob.IDText() + `]},{"id":6,"groups":[1]}]}`, Status: 200},
		testkit.Step{Name: "replaced", Method: "GET", Path: path, Status: 200, Contains: []string{`"username":"bob"`, `"roleId":6,"roles":[6]`}, Lacks: []string{`"username":"ada"`}},
		testkit.Step{Name: "unknown user", Method: "PUT", Path: path, Body: `{"roles":[{"id":4,"users":[999]}]}`, Status: 400},
		testkit.Step{Name: "unknown group", Method: "POST", Path: path, Body: `{"roles":[4],"groups":[9],"users":[]}`, Status: 400, Contains: []string{`"/body/groups"`}},
		testkit.Step{Name: "a root role", Method: "PUT", Path: path, Body: `{"roles":[{"id":2,"users":[` + bob.IDText() + `]}]}`, Status: 400},
		testkit.Step{Name: "unknown role", Method: "POST", Path: path, Body: `{"roles":[77],"groups":[1],"users":[]}`, Status: 400},
		testkit.Step{Name: "nothing of it happened", Method: "GET", Path: path, Status: 200, Contains: []string{`"username":"bob"`, `"roleId":6,"roles":[6]`}},
		testkit.Step{Name: "unknown user in the path", Method: "PUT", Path: admin + "/projects/p/users/999/roles", Body: `{"roles":[5]}`, Status: 404},
		testkit.Step{Name: "where a role is held", Method: "GET", Path: admin + "/projects/roles/4/access", Status: 200, Contains: []string{`{"project":"p","role":4,"userCount":1,"serviceAccountCount":0,"groupCount":0}`}},
		testkit.Step{Name: "everybody out", Method: "PUT", Path: path, Body: `{"roles":[]}`, Status: 200},
		testkit.Step{Name: "nobody in", Method: "GET", Path: path, Status: 200, Contains: []string{`"users":[]`, `"groups":[]`}},
		testkit.Step{Name: "events", Method: "GET", Path: admin + "/search/events?type=IS:project-access-updated&project=IS:p", Status: 200, Contains: []string{`"total":2`, `"data":{"roles":[]}`}},
		testkit.Step{Name: "who can be added", Method: "GET", Path: admin + "/user-admin/access", Status: 200, Contains: []string{`"username":"ada"`, `"name":"team"`}},
		testkit.Step{Name: "not for a viewer", Method: "GET", Path: admin + "/user-admin/access", As: ada.PAT, Status: 403},
	)
}

// Nobody gives, or takes, more than they hold: neither to others nor to
// themselves, by no route.
func TestEscalation(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeProjects(s, "p", "q")
	gate := s.ProjectRole("Gatekeeper", access.WriteProjectAccess)
	reader := s.ProjectRole("Token reader", access.ReadProjectToken)
	settings := s.ProjectRole("Settings", access.WriteProjectSettings, access.WriteProjectAccess)
	everything := s.PersonOfRole("everything", s.RootRole("Everything", rootPermissions()...))
	keeper, owner, other := s.Person("keeper", "Viewer"), s.Person("owner", "Viewer"), s.Person("other", "Viewer")
	s.Join(keeper, "p", int(gate))
	s.Join(owner, "p", 4)
	s.Must(http.StatusCreated, http.MethodPost, admin+"/groups", `{"name":"team"}`)
	in := func(project string, p testkit.Person) string {
		return admin + "/projects/" + project + "/users/" + p.IDText() + "/roles"
	}
	roles := func(ids ...int64) string {
		return fmt.Sprintf(`{"roles":%s}`, strings.ReplaceAll(fmt.Sprint(ids), " ", ","))
	}
	s.Run(
		testkit.Step{Name: "the keeper gives what the keeper holds", Method: "PUT", Path: in("p", other), Body: roles(gate, 6), As: keeper.PAT, Status: 200},
		testkit.Step{Name: "the keeper makes an owner", Method: "PUT", Path: in("p", other), Body: roles(4), As: keeper.PAT, Status: 403, Contains: []string{`"permissions":["`, "Owner"}},
		testkit.Step{Name: "the keeper becomes an owner", Method: "PUT", Path: in("p", keeper), Body: roles(gate, 4), As: keeper.PAT, Status: 403},
		testkit.Step{Name: "by a custom role", Method: "PUT", Path: in("p", keeper), Body: roles(gate, reader), As: keeper.PAT, Status: 403, Contains: []string{"READ_PROJECT_API_TOKEN"}},
		testkit.Step{Name: "by the list", Method: "PUT", Path: admin + "/projects/p/access", Body: `{"roles":[{"id":4,"users":[` + keeper.IDText() + `]}]}`, As: keeper.PAT, Status: 403},
		testkit.Step{Name: "by adding", Method: "POST", Path: admin + "/projects/p/access", Body: `{"roles":[4],"groups":[],"users":[` + keeper.IDText() + `]}`, As: keeper.PAT, Status: 403},
		testkit.Step{Name: "by a group", Method: "PUT", Path: admin + "/projects/p/groups/1/roles", Body: roles(5), As: keeper.PAT, Status: 403},
		testkit.Step{Name: "the keeper throws the owner out", Method: "DELETE", Path: in("p", owner), As: keeper.PAT, Status: 403},
		testkit.Step{Name: "in another project", Method: "PUT", Path: in("q", keeper), Body: roles(gate), As: keeper.PAT, Status: 403},
		testkit.Step{Name: "an owner gives every right of an owner", Method: "PUT", Path: in("p", other), Body: roles(4, 5, 6, reader, settings), As: owner.PAT, Status: 200},
		testkit.Step{Name: "an owner in another project", Method: "PUT", Path: in("q", other), Body: roles(6), As: owner.PAT, Status: 403},
		testkit.Step{Name: "a root role by an owner", Method: "PUT", Path: admin + "/user-admin/" + owner.IDText(), Body: `{"rootRole":1}`, As: owner.PAT, Status: 403},
	)
	for _, step := range []testkit.Step{
		{Method: "POST", Path: "/roles", Body: `{"name":"x"}`},
		{Method: "PUT", Path: "/roles/100", Body: `{"name":"x"}`},
		{Method: "DELETE", Path: "/roles/100"},
		{Method: "POST", Path: "/groups", Body: `{"name":"x"}`},
		{Method: "PUT", Path: "/groups/1", Body: `{"name":"x","rootRole":1}`},
		{Method: "POST", Path: "/user-admin", Body: `{"username":"x","rootRole":1}`},
		{Method: "PUT", Path: "/user-admin/" + everything.IDText(), Body: `{"rootRole":1}`},
		{Method: "POST", Path: "/user-admin/1/change-password", Body: `{"password":"correct horse battery staple"}`},
		{Method: "POST", Path: "/user-admin/reset-password", Body: `{"id":"1"}`},
		{Method: "POST", Path: "/invite-link/tokens", Body: `{"name":"x","expiresAt":"2030-01-01T00:00:00Z"}`},
		{Method: "POST", Path: "/service-account", Body: `{"username":"x","name":"x","rootRole":1}`},
		{Method: "POST", Path: "/service-account/1/token", Body: `{"description":"x","expiresAt":null}`},
		{Method: "POST", Path: "/api-tokens", Body: `{"tokenName":"x","type":"admin"}`},
		{Method: "PUT", Path: "/projects/p/access", Body: `{"roles":[]}`},
	} {
		step.Name, step.Path, step.As, step.Status = "every root permission but ADMIN: "+step.Path, admin+step.Path, everything.PAT, 403
		s.Run(step)
	}
}

// A token of all projects would open a private one to who makes it.
func TestTokensOfHiddenProjects(t *testing.T) {
	t.Parallel()
	s := withPrivateProject(t)
	p := s.PersonOfRole("tokens", s.RootRole("Tokens", access.CreateClientToken, access.UpdateClientToken, access.DeleteClientToken))
	everywhere := s.Token(`{"tokenName":"everywhere","type":"client"}`)
	mixed := s.Token(`{"tokenName":"mixed","type":"client","projects":["default","hush"]}`)
	hidden := s.Token(`{"tokenName":"hidden","type":"client","projects":["hush"]}`)
	const tokens = admin + "/api-tokens"
	s.Run(
		testkit.Step{Name: "of all", Method: "POST", Path: tokens, Body: `{"tokenName":"x","type":"client"}`, As: p.PAT, Status: 403, Lacks: []string{hush}},
		testkit.Step{Name: "of the hidden one", Method: "POST", Path: tokens, Body: `{"tokenName":"x","type":"client","project":"hush"}`, As: p.PAT, Status: 400, Contains: []string{"does not exist"}},
		testkit.Step{Name: "of what is seen", Method: "POST", Path: tokens, Body: `{"tokenName":"x","type":"client","project":"default"}`, As: p.PAT, Status: 201},
		testkit.Step{Name: "a new secret of all", Method: "POST", Path: tokens + "/" + everywhere + "/rotate", Body: `{}`, As: p.PAT, Status: 403},
		testkit.Step{Name: "a new secret of both", Method: "POST", Path: tokens + "/" + mixed + "/rotate", Body: `{}`, As: p.PAT, Status: 403},
		testkit.Step{Name: "deleting both", Method: "DELETE", Path: tokens + "/" + mixed, As: p.PAT, Status: 403},
		testkit.Step{Name: "deleting the hidden one is deleting an unknown one", Method: "DELETE", Path: tokens + "/" + hidden, As: p.PAT, Status: 200},
		testkit.Step{Name: "it is still there", Method: "GET", Path: tokens + "/hidden", Status: 200, Contains: []string{`"tokenName":"hidden"`}},
		testkit.Step{Name: "the list", Method: "GET", Path: tokens, As: p.PAT, Status: 200, Contains: []string{"everywhere", "mixed"}, Lacks: []string{`"hidden"`, "hush-token"}},
	)
}

func TestServiceAccounts(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeProjects(s, "p")
	const path = admin + "/service-account"
	var robot struct {
		ID int64 `json:"id"`
	}
	s.Must(http.StatusCreated, http.MethodPost, path, `{"username":"robot","name":"Robot","rootRole":3}`).JSON(t, &robot)
	one := path + "/" + strconv.FormatInt(robot.ID, 10)
	var made struct {
		ID     int64  `json:"id"`
		Secret string `json:"secret"`
	}
	s.Must(http.StatusCreated, http.MethodPost, one+"/token", `{"description":"ci","expiresAt":"2030-01-01T00:00:00Z"}`).JSON(t, &made)
	if !strings.HasPrefix(made.Secret, "user:") {
		t.Errorf("the secret starts with %.5s", made.Secret)
	}
	s.Join(testkit.Person{ID: robot.ID}, "p", 5)
	id := strconv.FormatInt(robot.ID, 10)
	s.Run(
		testkit.Step{Name: "works in its project", Method: "POST", Path: admin + "/projects/p/features", Body: `{"name":"by-robot"}`, As: made.Secret, Status: 201},
		testkit.Step{Name: "and nowhere else", Method: "POST", Path: admin + "/projects/default/features", Body: `{"name":"x"}`, As: made.Secret, Status: 403},
		testkit.Step{Name: "the event names it", Method: "GET", Path: admin + "/search/events?type=IS:feature-created", Status: 200, Contains: []string{`"createdBy":"robot"`, `"createdByUserId":` + id, `"tokenId":"` + strconv.FormatInt(made.ID, 10) + `"`}},
		testkit.Step{Name: "who it is", Method: "GET", Path: admin + "/user", As: made.Secret, Status: 200, Contains: []string{`"accountType":"Service Account"`}},
		testkit.Step{Name: "list", Method: "GET", Path: path, Status: 200, Contains: []string{`"username":"robot"`, `"description":"ci"`, `"rootRoles":[`}, Lacks: []string{made.Secret}},
		testkit.Step{Name: "tokens", Method: "GET", Path: one + "/token", Status: 200, Contains: []string{`"pats":[{`, `"description":"ci"`}, Lacks: []string{made.Secret}},
		testkit.Step{Name: "what it may do", Method: "GET", Path: one + "/permissions?project=p&environment=development", Status: 200, Contains: []string{`"name":"CREATE_FEATURE","displayName":"Create flags","type":"project","hasPermission":true`, `"projectRoles":[{"id":5`}},
		testkit.Step{Name: "no password", Method: "POST", Path: "/auth/simple/login", Body: `{"username":"robot","password":""}`, Status: 401},
		testkit.Step{Name: "nor one given", Method: "POST", Path: admin + "/user-admin/" + id + "/change-password", Body: `{"password":"correct horse battery staple"}`, Status: 404},
		testkit.Step{Name: "nor by a link", Method: "POST", Path: admin + "/user-admin/reset-password", Body: `{"id":"` + id + `"}`, Status: 404},
		testkit.Step{Name: "no person", Method: "GET", Path: admin + "/user-admin/" + id, Status: 404},
		testkit.Step{Name: "not among people", Method: "GET", Path: admin + "/user-admin", Status: 200, Lacks: []string{"robot"}},
		testkit.Step{Name: "a person is none", Method: "PUT", Path: path + "/1", Body: `{"name":"x"}`, Status: 404},
		testkit.Step{Name: "no token for a person", Method: "POST", Path: path + "/1/token", Body: `{"description":"x","expiresAt":null}`, Status: 404},
		testkit.Step{Name: "a token of another", Method: "DELETE", Path: one + "/token/999", Status: 404},
		testkit.Step{Name: "a taken name", Method: "POST", Path: path, Body: `{"username":"admin","name":"x","rootRole":3}`, Status: 409},
		testkit.Step{Name: "no name", Method: "POST", Path: path, Body: `{"username":"","name":"x","rootRole":3}`, Status: 400},
		testkit.Step{Name: "a project role", Method: "POST", Path: path, Body: `{"username":"x","name":"x","rootRole":5}`, Status: 400},
		testkit.Step{Name: "the same description", Method: "POST", Path: one + "/token", Body: `{"description":"ci","expiresAt":null}`, Status: 409},
		testkit.Step{Name: "in the past", Method: "POST", Path: one + "/token", Body: `{"description":"x","expiresAt":"2001-01-01T00:00:00Z"}`, Status: 400},
		testkit.Step{Name: "make it an administrator", Method: "PUT", Path: one, Body: `{"rootRole":"Admin","name":"R"}`, Status: 200, Contains: []string{`"rootRole":1`, `"name":"R"`}},
		testkit.Step{Name: "which counts at once", Method: "GET", Path: admin + "/user-admin/admin-count", As: made.Secret, Status: 200, Contains: []string{`{"password":1,"noPassword":0,"service":1}`}},
		testkit.Step{Name: "but is no person to stay", Method: "PUT", Path: admin + "/user-admin/1", Body: `{"rootRole":3}`, Status: 400},
		testkit.Step{Name: "a token is revoked", Method: "DELETE", Path: one + "/token/" + strconv.FormatInt(made.ID, 10), Status: 200},
		testkit.Step{Name: "at once", Method: "GET", Path: admin + "/user", As: made.Secret, Status: 401},
		testkit.Step{Name: "its events", Method: "GET", Path: admin + "/search/events?type=IS_ANY_OF:service-account-created,service-account-updated,service-account-token-created,service-account-token-deleted", Status: 200, Contains: []string{`"total":4`}, Lacks: []string{made.Secret}},
	)
	s.Must(http.StatusCreated, http.MethodPost, one+"/token", `{"description":"two","expiresAt":null}`).JSON(t, &made)
	s.Run(
		testkit.Step{Name: "delete", Method: "DELETE", Path: one, Status: 200},
		testkit.Step{Name: "its tokens open nothing", Method: "GET", Path: admin + "/user", As: made.Secret, Status: 401},
		testkit.Step{Name: "delete again", Method: "DELETE", Path: one, Status: 404},
	)
}

func TestOverviews(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeProjects(s, "p", "q")
	ada, bob := s.Person("ada", "Viewer"), s.Person("bob", "Editor")
	s.Join(ada, "p", 6)
	s.Must(http.StatusCreated, http.MethodPost, admin+"/groups", `{"name":"team","users":[{"user":{"id":`+bob.IDText()+`}}]}`)
	s.Must(http.StatusOK, http.MethodPut, admin+"/projects/q/groups/1/roles", `{"roles":[5]}`)
	s.Run(
		testkit.Step{Name: "overview", Method: "GET", Path: admin + "/access/overview", Status: 200, Contains: []string{
			`"userName":"admin","userEmail":"","lastSeen":null,"accessibleProjects":["default","p","q"],"groups":[],"rootRole":"Admin"`,
			`"accessibleProjects":["p"],"groups":[],"rootRole":"Viewer"`, `"accessibleProjects":["default","q"],"groups":["team"],"rootRole":"Editor"`,
		}},
		testkit.Step{Name: "for administrators", Method: "GET", Path: admin + "/access/overview", As: bob.PAT, Status: 403},
		testkit.Step{Name: "by a group", Method: "GET", Path: admin + "/user-admin/" + bob.IDText() + "/permissions?project=q", Status: 200, Contains: []string{
			`"name":"CREATE_FEATURE","displayName":"Create flags","type":"project","hasPermission":true`, `"groups":[{"id":1,"name":"team"}]`,
			`"name":"READ_CLIENT_API_TOKEN","displayName":"See client tokens","type":"root","hasPermission":true`, `"projectRoles":[{"id":5`, `"rootRole":{"id":2`,
		}},
		testkit.Step{Name: "elsewhere", Method: "GET", Path: admin + "/user-admin/" + bob.IDText() + "/permissions?project=p", Status: 200, Contains: []string{
			`"name":"CREATE_FEATURE","displayName":"Create flags","type":"project","hasPermission":false`, `"projectRoles":[]`,
		}},
		testkit.Step{Name: "nowhere", Method: "GET", Path: admin + "/user-admin/" + bob.IDText() + "/permissions?project=nowhere", Status: 404},
		testkit.Step{Name: "of nobody", Method: "GET", Path: admin + "/user-admin/999/permissions", Status: 404},
		testkit.Step{Name: "search", Method: "GET", Path: admin + "/user-admin/search?q=BO", As: bob.PAT, Status: 200, Contains: []string{`"username":"bob"`}, Lacks: []string{"ada"}},
		testkit.Step{Name: "search by a viewer", Method: "GET", Path: admin + "/user-admin/search?q=bo", As: ada.PAT, Status: 403},
		testkit.Step{Name: "nobody is inactive", Method: "GET", Path: admin + "/user-admin/inactive", Status: 200, Contains: []string{`"inactiveUsers":[]`}},
	)
	s.Clock.Advance(181 * 24 * 3600 * 1e9)
	s.SignIn("bob", "correct horse battery staple")
	s.Run(
		testkit.Step{Name: "inactive", Method: "GET", Path: admin + "/user-admin/inactive", Status: 200, Contains: []string{`"username":"ada"`, `"patSeenAt":`}, Lacks: []string{`"username":"bob"`}},
		testkit.Step{Name: "with the last administrator", Method: "POST", Path: admin + "/user-admin/inactive/delete", Body: `{"ids":[` + ada.IDText() + `,1]}`, Status: 400},
		testkit.Step{Name: "unknown", Method: "POST", Path: admin + "/user-admin/inactive/delete", Body: `{"ids":[` + ada.IDText() + `,999]}`, Status: 400},
		testkit.Step{Name: "all or none", Method: "GET", Path: admin + "/user-admin/" + ada.IDText(), Status: 200},
		testkit.Step{Name: "delete", Method: "POST", Path: admin + "/user-admin/inactive/delete", Body: `{"ids":[` + ada.IDText() + `]}`, Status: 200},
		testkit.Step{Name: "gone", Method: "GET", Path: admin + "/user-admin/" + ada.IDText(), Status: 404},
	)
}
