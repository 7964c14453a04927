package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

// as is the header of a person's session.
func as(p testkit.Person) []string { return []string{"Cookie", p.Cookie} }

// R25, R27, R29: who may do what to tokens: the roles of the contract's live
// matrix, by session and by personal token alike.
func TestRolesOnTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, id := range []string{"zz-a", "zz-b"} {
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", fmt.Sprintf(`{"id":%q,"name":%q}`, id, id))
	}
	people := []testkit.Person{s.Person("an-admin", "Admin"), s.Person("editor", "Editor"), s.Person("viewer", "Viewer"), s.Person("member", "Viewer")}
	s.Join(people[3], "default", 5)
	s.Join(people[3], "zz-a", 5)
	const client, frontend, admin = `{"tokenName":"x","type":"client"}`, `{"tokenName":"x","type":"frontend"}`, `{"tokenName":"x","type":"admin"}`
	in := func(project string) string { return "/api/admin/projects/" + project + "/api-tokens" }
	for _, c := range []struct {
		method, path, body string
		want               [4]int // Admin, Editor, Viewer, Viewer who is Member of default and zz-a
	}{
		{"GET", tokensPath, "", [4]int{200, 200, 403, 403}},
		{"GET", tokensPath + "/x", "", [4]int{200, 200, 403, 403}},
		{"POST", tokensPath, client, [4]int{201, 403, 403, 403}},
		{"POST", tokensPath, frontend, [4]int{201, 403, 403, 403}},
		{"POST", tokensPath, admin, [4]int{201, 403, 403, 403}},
		{"PUT", tokensPath + "/unknown", `{"expiresAt":null}`, [4]int{200, 403, 403, 403}},
		{"DELETE", tokensPath + "/unknown", "", [4]int{200, 403, 403, 403}},
		{"GET", in("default"), "", [4]int{200, 200, 403, 200}},
		{"POST", in("default"), client, [4]int{201, 201, 403, 201}},
		{"DELETE", in("default") + "/unknown", "", [4]int{404, 404, 403, 404}},
		{"GET", in("zz-a"), "", [4]int{200, 403, 403, 200}},
		{"POST", in("zz-a"), frontend, [4]int{201, 403, 403, 201}},
		{"PUT", in("zz-a") + "/unknown", `{"expiresAt":null}`, [4]int{404, 403, 403, 404}},
		{"GET", in("zz-b"), "", [4]int{200, 403, 403, 403}},
		{"POST", in("zz-b"), client, [4]int{201, 403, 403, 403}},
		{"GET", "/api/admin/user-admin", "", [4]int{200, 403, 403, 403}},
		{"POST", "/api/admin/user-admin", `{}`, [4]int{400, 403, 403, 403}},
		{"GET", "/api/admin/user", "", [4]int{200, 200, 200, 200}},
	} {
		for i, p := range people {
			for credential, headers := range map[string][]string{"session": as(p), "PAT": {"Authorization", p.PAT}} {
				if got := s.Do(c.method, c.path, c.body, headers...); got.Status != c.want[i] {
					t.Errorf("%s %s, person %d by %s: %d, want %d: %s", c.method, c.path, i, credential, got.Status, c.want[i], got.Body)
				}
			}
		}
	}
	for _, one := range tokenList(t, s, tokensPath, as(people[1])...) {
		if one.Type == "admin" {
			t.Error("an editor sees admin tokens")
		}
	}
}

// R7: a role given or taken changes sessions and personal tokens at once.
func TestRoleChangesCountAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	p := s.Person("ada", "Viewer")
	for _, step := range []struct {
		role string
		want int
	}{{"Viewer", 403}, {"Editor", 200}, {"Admin", 200}, {"Viewer", 403}} {
		s.Must(http.StatusOK, http.MethodPut, fmt.Sprint("/api/admin/user-admin/", p.ID), fmt.Sprintf(`{"rootRole":%q}`, step.role))
		for _, headers := range [][]string{as(p), {"Authorization", p.PAT}} {
			if got := s.Do(http.MethodGet, tokensPath, "", headers...); got.Status != step.want {
				t.Errorf("as %s by %s: %d, want %d", step.role, headers[0], got.Status, step.want)
			}
		}
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/user-admin"
	s.Run(
		testkit.Step{Name: "the first", Method: "GET", Path: path, Status: 200, Contains: []string{`"username":"admin"`, `"rootRole":1`, `"rootRoles":[{"id":1,"name":"Admin","type":"root"`}, Lacks: []string{"argon2", "password"}},
		testkit.Step{Name: "create", Method: "POST", Path: path, Body: `{"email":"ada@example.org","name":"Ada","rootRole":2}`, Status: 201, Contains: []string{`"id":2`, `"email":"ada@example.org"`, `"rootRole":2`}},
		testkit.Step{Name: "create with the name of a role", Method: "POST", Path: path, Body: `{"username":"bob","rootRole":"Viewer"}`, Status: 201, Contains: []string{`"rootRole":3`}},
		testkit.Step{Name: "e-mail taken, in another case", Method: "POST", Path: path, Body: `{"email":"ADA@example.org","rootRole":2}`, Status: 409, Contains: []string{"NameExistsError"}},
		testkit.Step{Name: "username that is somebody's e-mail", Method: "POST", Path: path, Body: `{"username":"ada@example.org","rootRole":2}`, Status: 409},
		testkit.Step{Name: "username taken", Method: "POST", Path: path, Body: `{"username":"bob","rootRole":2}`, Status: 409},
		testkit.Step{Name: "neither name nor e-mail", Method: "POST", Path: path, Body: `{"rootRole":2}`, Status: 400, Contains: []string{"/body/username"}},
		testkit.Step{Name: "no role", Method: "POST", Path: path, Body: `{"username":"x"}`, Status: 400, Contains: []string{"/body/rootRole"}},
		testkit.Step{Name: "unknown role", Method: "POST", Path: path, Body: `{"username":"x","rootRole":77}`, Status: 400, Contains: []string{"/body/rootRole"}},
		testkit.Step{Name: "role by an unknown name", Method: "POST", Path: path, Body: `{"username":"x","rootRole":"King"}`, Status: 400, Contains: []string{"/body/rootRole"}},
		testkit.Step{Name: "a project's role", Method: "POST", Path: path, Body: `{"username":"x","rootRole":"Owner"}`, Status: 400, Contains: []string{"/body/rootRole"}},
		testkit.Step{Name: "not an e-mail", Method: "POST", Path: path, Body: `{"email":"Ada <ada@example.org>","rootRole":2}`, Status: 400, Contains: []string{"/body/email"}},
		testkit.Step{Name: "weak password", Method: "POST", Path: path, Body: `{"username":"x","rootRole":2,"password":"short"}`, Status: 400, Contains: []string{"/body/password"}, Lacks: []string{"short"}},
		testkit.Step{Name: "read", Method: "GET", Path: path + "/2", Status: 200, Contains: []string{`"name":"Ada"`}},
		testkit.Step{Name: "read nobody", Method: "GET", Path: path + "/99", Status: 404},
		testkit.Step{Name: "read nonsense", Method: "GET", Path: path + "/abc", Status: 400, Contains: []string{"/params/id"}},
		testkit.Step{Name: "change", Method: "PUT", Path: path + "/2", Body: `{"name":"Countess","rootRole":"Viewer"}`, Status: 200, Contains: []string{`"name":"Countess"`, `"rootRole":3`, `"ada@example.org"`}},
		testkit.Step{Name: "change to a taken e-mail", Method: "PUT", Path: path + "/3", Body: `{"email":"ada@example.org"}`, Status: 409},
		testkit.Step{Name: "change nobody", Method: "PUT", Path: path + "/99", Body: `{"name":"x"}`, Status: 404},
		testkit.Step{Name: "search", Method: "GET", Path: path + "/search?q=COUNT", Status: 200, Contains: []string{`"id":2`}, Lacks: []string{`"id":3`}},
		testkit.Step{Name: "search for too little", Method: "GET", Path: path + "/search?q=c", Status: 200, Contains: []string{`[]`}},
		testkit.Step{Name: "demote the last admin", Method: "PUT", Path: path + "/1", Body: `{"rootRole":2}`, Status: 400, Contains: []string{"last"}},
		testkit.Step{Name: "delete the last admin", Method: "DELETE", Path: path + "/1", Status: 400, Contains: []string{"last"}},
		testkit.Step{Name: "delete", Method: "DELETE", Path: path + "/3", Status: 200},
		testkit.Step{Name: "delete again", Method: "DELETE", Path: path + "/3", Status: 404},
		testkit.Step{Name: "the name is free again, the id is not", Method: "POST", Path: path, Body: `{"username":"bob","rootRole":1}`, Status: 201, Contains: []string{`"id":4`}},
		testkit.Step{Name: "with a second admin, the first can go", Method: "DELETE", Path: path + "/1", Status: 200},
	)
}

// Deleting a user stops what the user held, at once.
func TestDeletedUserIsOut(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	p := s.Person("ada", "Editor")
	s.Must(http.StatusOK, http.MethodDelete, fmt.Sprint("/api/admin/user-admin/", p.ID), "")
	for _, headers := range [][]string{as(p), {"Authorization", p.PAT}} {
		if got := s.Do(http.MethodGet, "/api/admin/user", "", headers...); got.Status != http.StatusUnauthorized {
			t.Errorf("by %s: %d", headers[0], got.Status)
		}
	}
	got := s.Do(http.MethodPost, "/auth/simple/login", `{"username":"ada","password":"correct horse battery staple"}`, "Authorization", "")
	if got.Status != http.StatusUnauthorized {
		t.Errorf("signing in: %d", got.Status)
	}
}

func TestProjectAccess(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	owner, reader := s.Person("owner", "Viewer"), s.Person("reader", "Viewer")
	roles := func(p testkit.Person) string { return fmt.Sprintf("/api/admin/projects/default/users/%d/roles", p.ID) }
	const list = "/api/admin/projects/default/access"
	s.Run(
		testkit.Step{Name: "nobody yet", Method: "GET", Path: list, Status: 200, Contains: []string{`"users":[]`, `"groups":[]`, `"name":"Owner"`, `"name":"Member"`, `"name":"Reader"`}},
		testkit.Step{Name: "a root role", Method: "PUT", Path: roles(owner), Body: `{"roles":[1]}`, Status: 400, Contains: []string{"/body/roles"}},
		testkit.Step{Name: "an unknown role", Method: "PUT", Path: roles(owner), Body: `{"roles":[99]}`, Status: 400},
		testkit.Step{Name: "no roles", Method: "PUT", Path: roles(owner), Body: `{}`, Status: 400},
		testkit.Step{Name: "unknown project", Method: "PUT", Path: strings.Replace(roles(owner), "default", "nope", 1), Body: `{"roles":[4]}`, Status: 404},
		testkit.Step{Name: "unknown user", Method: "PUT", Path: "/api/admin/projects/default/users/99/roles", Body: `{"roles":[4]}`, Status: 404},
		testkit.Step{Name: "owner", Method: "PUT", Path: roles(owner), Body: `{"roles":[4,4]}`, Status: 200},
		testkit.Step{Name: "by the owner: reader", Method: "PUT", Path: roles(reader), Body: `{"roles":[6]}`, Status: 200, As: owner.PAT},
		testkit.Step{Name: "by the owner: list", Method: "GET", Path: list, Status: 200, As: owner.PAT, Contains: []string{`"username":"owner"`, `"roleId":4`, `"roles":[6]`}},
		testkit.Step{Name: "by the reader: list", Method: "GET", Path: list, Status: 403, As: reader.PAT, Contains: []string{"PROJECT_USER_ACCESS_READ"}},
		testkit.Step{Name: "by the reader: more rights", Method: "PUT", Path: roles(reader), Body: `{"roles":[4]}`, Status: 403, As: reader.PAT},
		testkit.Step{Name: "own roles", Method: "GET", Path: "/api/admin/user/roles?projectId=default", Status: 200, As: owner.PAT, Contains: []string{`"id":4`, `"project":"default"`}},
		testkit.Step{Name: "own roles nowhere", Method: "GET", Path: "/api/admin/user/roles", Status: 400, As: owner.PAT, Contains: []string{"/query/projectId"}},
		testkit.Step{Name: "profile", Method: "GET", Path: "/api/admin/user/profile", Status: 200, As: owner.PAT, Contains: []string{`"projects":["default"]`, `"name":"Viewer"`, `"canChangePassword":true`}},
		testkit.Step{Name: "remove", Method: "DELETE", Path: roles(owner), Status: 200},
		testkit.Step{Name: "the owner is out at once", Method: "GET", Path: list, Status: 403, As: owner.PAT},
	)
}

func TestRolesAndPermissions(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Run(
		testkit.Step{Name: "roles", Method: "GET", Path: "/api/admin/roles", Status: 200, Contains: []string{`"name":"Admin"`, `"type":"root"`, `"name":"Reader"`, `"type":"project"`}},
		testkit.Step{Name: "editor", Method: "GET", Path: "/api/admin/roles/2", Status: 200, Contains: []string{`"READ_CLIENT_API_TOKEN"`, `"CREATE_PROJECT"`}, Lacks: []string{`"CREATE_CLIENT_API_TOKEN"`, `"ADMIN"`}},
		testkit.Step{Name: "no such role", Method: "GET", Path: "/api/admin/roles/99", Status: 404},
		testkit.Step{Name: "permissions", Method: "GET", Path: "/api/admin/permissions", Status: 200, Contains: []string{`"root":[`, `"READ_PROJECT_API_TOKEN"`, `{"name":"development","permissions":[`, `"UPDATE_FEATURE_ENVIRONMENT"`}},
	)
}

// R12, R10, R9: anyone makes personal tokens for themselves.
func TestPersonalTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ada, bob := s.Person("ada", "Viewer"), s.Person("bob", "Viewer")
	const path = "/api/admin/user/tokens"
	s.Run(
		testkit.Step{Name: "create", Method: "POST", Path: path, Body: `{"description":"ci","expiresAt":"2040-01-01T00:00:00Z"}`, Status: 201, As: ada.PAT, Contains: []string{`"secret":"user:`, `"description":"ci"`, `"expiresAt":"2040-01-01T00:00:00Z"`, `"seenAt":null`, `"userId":2`}},
		testkit.Step{Name: "list", Method: "GET", Path: path, Status: 200, As: ada.PAT, Contains: []string{`"pats":[{"id":3`, `"ci"`, `"test"`}, Lacks: []string{"secret", "user:"}},
		testkit.Step{Name: "same description", Method: "POST", Path: path, Body: `{"description":"ci","expiresAt":null}`, Status: 409, As: ada.PAT, Contains: []string{"NameExistsError"}},
		testkit.Step{Name: "in another case", Method: "POST", Path: path, Body: `{"description":"CI","expiresAt":null}`, Status: 201, As: ada.PAT},
		testkit.Step{Name: "of another person", Method: "POST", Path: path, Body: `{"description":"ci","expiresAt":null}`, Status: 201, As: bob.PAT},
		testkit.Step{Name: "description is optional", Method: "POST", Path: path, Body: `{"expiresAt":null}`, Status: 201, As: bob.PAT, Contains: []string{`"description":""`}},
		testkit.Step{Name: "and again", Method: "POST", Path: path, Body: `{"description":null,"expiresAt":null}`, Status: 201, As: bob.PAT},
		testkit.Step{Name: "number", Method: "POST", Path: path, Body: `{"description":5,"expiresAt":null}`, Status: 201, As: bob.PAT, Contains: []string{`"description":"5"`}},
		testkit.Step{Name: "no expiry", Method: "POST", Path: path, Body: `{"description":"x"}`, Status: 400, As: bob.PAT, Contains: []string{"/body/expiresAt"}},
		testkit.Step{Name: "expiry a day", Method: "POST", Path: path, Body: `{"description":"x","expiresAt":"2040-01-01"}`, Status: 400, As: bob.PAT, Contains: []string{"/body/expiresAt"}},
		testkit.Step{Name: "expiry in the past", Method: "POST", Path: path, Body: `{"description":"x","expiresAt":"2020-01-01T00:00:00Z"}`, Status: 400, As: bob.PAT, Contains: []string{"/body/expiresAt", "future"}},
		testkit.Step{Name: "description too long", Method: "POST", Path: path, Body: `{"description":"` + strings.Repeat("x", 300) + `","expiresAt":null}`, Status: 400, As: bob.PAT, Contains: []string{"/body/description"}},
		testkit.Step{Name: "for nobody else", Method: "POST", Path: path, Body: `{"description":"theirs","expiresAt":null,"userId":2,"secret":"user:mine"}`, Status: 201, As: bob.PAT, Contains: []string{`"userId":3`}, Lacks: []string{"user:mine"}},
		testkit.Step{Name: "section 10: another's", Method: "DELETE", Path: path + "/1", Status: 404, As: bob.PAT},
		testkit.Step{Name: "another's, by an admin token", Method: "DELETE", Path: path + "/1", Status: 403, Contains: []string{"ForbiddenError"}},
		testkit.Step{Name: "list by an admin token", Method: "GET", Path: path, Status: 403, Contains: []string{"ForbiddenError"}},
		testkit.Step{Name: "create by an admin token", Method: "POST", Path: path, Body: `{"description":"x","expiresAt":null}`, Status: 403},
		testkit.Step{Name: "unknown", Method: "DELETE", Path: path + "/999", Status: 404, As: bob.PAT},
		testkit.Step{Name: "section 10: beyond 32 bits", Method: "DELETE", Path: path + "/99999999999", Status: 404, As: bob.PAT},
		testkit.Step{Name: "beyond 64 bits", Method: "DELETE", Path: path + "/99999999999999999999", Status: 400, As: bob.PAT},
		testkit.Step{Name: "nonsense", Method: "DELETE", Path: path + "/abc", Status: 400, As: bob.PAT, Contains: []string{"/params/id"}},
		testkit.Step{Name: "own", Method: "DELETE", Path: path + "/3", Status: 200, As: ada.PAT},
		testkit.Step{Name: "itself", Method: "DELETE", Path: path + "/1", Status: 200, As: ada.PAT},
		testkit.Step{Name: "at once", Method: "GET", Path: path, Status: 401, As: ada.PAT},
	)
}

func TestPersonalTokenLimit(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	p := s.Person("ada", "Viewer") // has one
	for i := range 9 {
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user/tokens", fmt.Sprintf(`{"description":"%d","expiresAt":"2026-11-23T00:00:00Z"}`, i), as(p)...)
	}
	s.Clock.Advance(24 * time.Hour) // expired ones count
	got := s.Do(http.MethodPost, "/api/admin/user/tokens", `{"description":"x","expiresAt":null}`, as(p)...)
	if got.Status != http.StatusForbidden || !strings.Contains(got.Body, "OperationDeniedError") {
		t.Errorf("token 11: %d %s", got.Status, got.Body)
	}
}

// R9: a personal token stops at its expiry, and use of it shows in the list.
func TestPersonalTokenLife(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	p := s.Person("ada", "Viewer")
	var made struct{ Secret string }
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user/tokens", `{"description":"x","expiresAt":"2026-11-22T13:00:00Z"}`, as(p)...).JSON(t, &made)
	s.Clock.Advance(time.Hour - time.Millisecond)
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", "Authorization", made.Secret)
	list := s.Must(http.StatusOK, http.MethodGet, "/api/admin/user/tokens", "", as(p)...)
	if !strings.Contains(list.Body, `"seenAt":"2026-11-22T12:59:59.999Z"`) {
		t.Errorf("after its use the list says %s", list.Body)
	}
	s.Clock.Advance(time.Millisecond)
	s.Must(http.StatusUnauthorized, http.MethodGet, "/api/admin/user", "", "Authorization", made.Secret)
	s.Clock.Advance(24 * 365 * time.Hour)
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", "Authorization", p.PAT) // never expires
}

// R8: a change by a personal token shows its creator's name.
func TestPersonalTokenInEvents(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	p := s.Person("ada", "Admin")
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/context", `{"name":"plan"}`, "Authorization", p.PAT)
	got := s.Must(http.StatusOK, http.MethodGet, "/api/admin/events?type=context-field-created", "")
	if !strings.Contains(got.Body, `"createdBy":"ada"`) || !strings.Contains(got.Body, fmt.Sprint(`"createdByUserId":`, p.ID)) {
		t.Errorf("the events say %s", got.Body)
	}
}

// Section 10: who asks with an admin token does not get its secret back.
func TestMe(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	p := s.Person("ada", "Editor")
	s.Join(p, "default", 4)
	got := s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "")
	for _, part := range []string{`"permissions":[{"permission":"ADMIN"}]`, `"id":-42`, `"name":"init-admin"`, `"feedback":[]`, `"splash":{}`} {
		if !strings.Contains(got.Body, part) {
			t.Errorf("%s lacks %s", got.Body, part)
		}
	}
	if strings.Contains(got.Body, testkit.AdminToken) || strings.Contains(got.Body, "testkit-admin") {
		t.Errorf("%s shows the secret", got.Body)
	}
	got = s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", as(p)...)
	for _, part := range []string{`"username":"ada"`, `{"permission":"CREATE_FEATURE","project":"default"}`, `{"permission":"READ_CLIENT_API_TOKEN"}`} {
		if strings.Count(got.Body, part) != 1 {
			t.Errorf("%s does not have %s once", got.Body, part)
		}
	}
	s.Must(http.StatusForbidden, http.MethodGet, "/api/admin/user/profile", "")
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	p := s.Person("ada", "Viewer")
	elsewhere := s.SignIn("ada", "correct horse battery staple")
	const path = "/api/admin/user/change-password"
	body := func(old, password string) string {
		return fmt.Sprintf(`{"oldPassword":%q,"password":%q}`, old, password)
	}
	for _, c := range []struct {
		name, body string
		status     int
	}{
		{"wrong old one", body("wrong", "Correct-H0rse!"), 400},
		{"no old one", `{"password":"Correct-H0rse!"}`, 400},
		{"too weak", body("correct horse battery staple", "weak"), 400},
		{"confirmed otherwise", `{"oldPassword":"correct horse battery staple","password":"Correct-H0rse!","confirmPassword":"x"}`, 400},
		{"good", body("correct horse battery staple", "Correct-H0rse!"), 200},
	} {
		if got := s.Do(http.MethodPost, path, c.body, as(p)...); got.Status != c.status {
			t.Errorf("%s: %d %s", c.name, got.Status, got.Body)
		}
	}
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", as(p)...)
	s.Must(http.StatusUnauthorized, http.MethodGet, "/api/admin/user", "", "Cookie", elsewhere) // other sessions are over
	s.Must(http.StatusUnauthorized, http.MethodPost, "/auth/simple/login", `{"username":"ada","password":"correct horse battery staple"}`, "Authorization", "")
	s.SignIn("ada", "Correct-H0rse!")
	s.Must(http.StatusOK, http.MethodPost, fmt.Sprintf("/api/admin/user-admin/%d/change-password", p.ID), `{"password":"another long passphrase"}`)
	s.Must(http.StatusUnauthorized, http.MethodGet, "/api/admin/user", "", as(p)...)
	s.SignIn("ada", "another long passphrase")
	s.Must(http.StatusForbidden, http.MethodPost, path, body("x", "Correct-H0rse!")) // an admin token has no password
	s.Must(http.StatusOK, http.MethodPost, "/api/admin/user-admin/validate-password", `{"password":"Correct-H0rse!"}`)
	s.Must(http.StatusBadRequest, http.MethodPost, "/api/admin/user-admin/validate-password", `{"password":"aaa"}`)
}
