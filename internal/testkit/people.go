package testkit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/authapi"
)

// Must sends a request as [Server.Do] does and fails the test when the answer
// has another status.
func (s *Server) Must(status int, method, path, body string, headers ...string) Answer {
	s.t.Helper()
	got := s.Do(method, path, body, headers...)
	if got.Status != status {
		s.t.Fatalf("%s %s: status %d, want %d: %s", method, path, got.Status, status, got.Body)
	}
	return got
}

// Token creates an API token from the JSON body of its creation and returns
// its secret.
func (s *Server) Token(body string) string {
	s.t.Helper()
	var made struct {
		Secret string `json:"secret"`
	}
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/api-tokens", body).JSON(s.t, &made)
	return made.Secret
}

// ClientToken creates a client token and returns its secret. Without projects
// it covers all.
func (s *Server) ClientToken(environment string, projects ...string) string {
	s.t.Helper()
	return s.Token(s.tokenBody("client", environment, projects))
}

// FrontendToken creates a front-end token and returns its secret. Without
// projects it covers all.
func (s *Server) FrontendToken(environment string, projects ...string) string {
	s.t.Helper()
	return s.Token(s.tokenBody("frontend", environment, projects))
}

func (s *Server) tokenBody(kind, environment string, projects []string) string {
	s.t.Helper()
	if len(projects) == 0 {
		projects = []string{"*"}
	}
	body, err := json.Marshal(map[string]any{"tokenName": "test", "type": kind, "environment": environment, "projects": projects})
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body)
}

// SignIn signs a person in and returns the Cookie header of the session.
func (s *Server) SignIn(login, password string) string {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"username": login, "password": password})
	if err != nil {
		s.t.Fatal(err)
	}
	got := s.Must(http.StatusOK, http.MethodPost, "/auth/simple/login", string(body), "Authorization", "")
	cookie, _, _ := strings.Cut(got.Header.Get("Set-Cookie"), ";")
	if !strings.HasPrefix(cookie, authapi.CookieName+"=") {
		s.t.Fatalf("signing %s in set the cookie %q", login, cookie)
	}
	return cookie
}

// Person is a user that a test made.
type Person struct {
	ID     int64
	Cookie string // of a session
	PAT    string // secret of a personal access token without expiry
	Token  int64  // its id
}

// Person creates a user of a root role with a session and a personal token.
func (s *Server) Person(name, role string) Person {
	s.t.Helper()
	const password = "correct horse battery staple"
	var p Person
	var user struct {
		ID int64 `json:"id"`
	}
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user-admin",
		fmt.Sprintf(`{"username":%q,"rootRole":%q,"password":%q}`, name, role, password)).JSON(s.t, &user)
	p.ID = user.ID
	p.Cookie = s.SignIn(name, password)
	var pat struct {
		ID     int64  `json:"id"`
		Secret string `json:"secret"`
	}
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user/tokens", `{"description":"test","expiresAt":null}`,
		"Cookie", p.Cookie).JSON(s.t, &pat)
	p.PAT, p.Token = pat.Secret, pat.ID
	return p
}

// Join gives a person a role in a project: 4 Owner, 5 Member, 6 Reader.
func (s *Server) Join(p Person, project string, role int) {
	s.t.Helper()
	path := "/api/admin/projects/" + project + "/users/" + strconv.FormatInt(p.ID, 10) + "/roles"
	s.Must(http.StatusOK, http.MethodPut, path, fmt.Sprintf(`{"roles":[%d]}`, role))
}

// IDText is the id as paths and bodies have it.
func (p Person) IDText() string { return strconv.FormatInt(p.ID, 10) }

// RootRole creates a custom root role of permissions and returns its id.
func (s *Server) RootRole(name string, permissions ...access.Permission) int64 {
	s.t.Helper()
	return s.role(name, access.CustomRootRole, permissions)
}

// ProjectRole creates a custom project role of permissions and returns its id.
func (s *Server) ProjectRole(name string, permissions ...access.Permission) int64 {
	s.t.Helper()
	return s.role(name, access.CustomProjectRole, permissions)
}

func (s *Server) role(name string, kind access.RoleType, permissions []access.Permission) int64 {
	s.t.Helper()
	type permission struct {
		Name access.Permission `json:"name"`
	}
	body := struct {
		Name        string          `json:"name"`
		Type        access.RoleType `json:"type"`
		Permissions []permission    `json:"permissions"`
	}{name, kind, []permission{}}
	for _, p := range permissions {
		body.Permissions = append(body.Permissions, permission{p})
	}
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	var made struct {
		Role struct {
			ID int64 `json:"id"`
		} `json:"roles"`
	}
	s.Must(http.StatusOK, http.MethodPost, "/api/admin/roles", string(text)).JSON(s.t, &made)
	return made.Role.ID
}

// PersonOfRole creates a user of a root role by its id, as Person does.
func (s *Server) PersonOfRole(name string, role int64) Person {
	s.t.Helper()
	p := s.Person(name, "Viewer")
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/user-admin/"+p.IDText(), `{"rootRole":`+strconv.FormatInt(role, 10)+`}`)
	return p
}
