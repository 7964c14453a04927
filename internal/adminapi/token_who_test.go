package adminapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/testkit"
)

// who is a row of the table of who may do what with tokens.
type who struct {
	person     testkit.Person
	name       string
	everything bool
	root       string // e.g. "read client": a verb on a kind, in any project
	project    string // the verbs in project p
}

// may says whether the row has a root right on a kind.
func (w who) may(verb, kind string) bool { return w.everything || w.root == verb+" "+kind }

// mayIn says whether the row has a right in project p.
func (w who) mayIn(verb string) bool {
	return w.everything || slices.Contains(strings.Fields(w.project), verb)
}

// crowd makes somebody for every row of the table.
func crowd(s *testkit.Server) []who {
	person := func(name, role string) testkit.Person {
		s.Clock.Advance(time.Minute) // the limit of sign-ins
		return s.Person(name, role)
	}
	rows := []who{
		{name: "Admin", person: person("admin-person", "Admin"), everything: true},
		{name: "Viewer", person: person("viewer", "Viewer")},
	}
	for id, name := range map[int]string{4: "Owner", 5: "Member", 6: "Reader"} {
		row := who{name: name, person: person(strings.ToLower(name), "Viewer"), project: "read create update delete"}
		if id == 6 {
			row.project = ""
		}
		s.Join(row.person, "p", id)
		rows = append(rows, row)
	}
	for _, verb := range []string{"read", "create", "update", "delete"} {
		key := strings.ToUpper(verb)
		for _, kind := range []string{"client", "frontend"} {
			permission := access.Permission(key + "_" + strings.ToUpper(kind) + "_API_TOKEN")
			role := s.RootRole(verb+" "+kind, permission)
			row := who{name: string(permission), person: person(verb+"-"+kind, "Viewer"), root: verb + " " + kind}
			s.Must(http.StatusOK, http.MethodPut, admin+"/user-admin/"+row.person.IDText(), fmt.Sprintf(`{"rootRole":%d}`, role))
			rows = append(rows, row)
		}
		permission := access.Permission(key + "_PROJECT_API_TOKEN")
		row := who{name: string(permission), person: person(verb+"-project", "Viewer"), project: verb}
		s.Join(row.person, "p", int(s.ProjectRole(verb+" project", permission)))
		rows = append(rows, row)
	}
	return rows
}

// R25, R26, R27, R28, R29: each row of the table of who may do what with
// tokens, with a session and with a personal token.
func TestWhoMayDoWhatWithTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeProjects(s, "p", "q")
	made := 0
	token := func(kind, project string) string {
		made++
		body := fmt.Sprintf(`{"tokenName":"t%d","type":%q`, made, kind)
		if kind != "admin" {
			body += fmt.Sprintf(`,"project":%q`, project)
		}
		return s.Token(body + "}")
	}
	for _, row := range crowd(s) {
		for credential, headers := range map[string][]string{"session": {"Cookie", row.person.Cookie}, "personal token": {"Authorization", row.person.PAT}} {
			want := func(allowed bool, success int, method, path, body string) {
				t.Helper()
				status := http.StatusForbidden
				if allowed {
					status = success
				}
				if got := s.Do(method, admin+path, body, headers...); got.Status != status {
					t.Errorf("%s with a %s: %s %s %s: %d, want %d: %s", row.name, credential, method, path, body, got.Status, status, got.Body)
				}
			}
			list := s.Do(http.MethodGet, admin+"/api-tokens", "", headers...)
			if allowed := row.everything || row.root != ""; allowed != (list.Status == http.StatusOK) {
				t.Errorf("%s with a %s: the list: %d", row.name, credential, list.Status)
			}
			for _, kind := range []string{"client", "frontend", "admin"} {
				lists := row.everything || strings.HasSuffix(row.root, " "+kind)
				if strings.Contains(list.Body, `"type":"`+kind+`"`) && !lists {
					t.Errorf("%s with a %s sees tokens of the kind %s", row.name, credential, kind)
				}
				want(row.may("create", kind), 201, "POST", "/api-tokens", fmt.Sprintf(`{"tokenName":"x","type":%q}`, kind))
				one := token(kind, "q")
				want(row.may("update", kind), 200, "PUT", "/api-tokens/"+one, `{"expiresAt":"2030-01-01T00:00:00Z"}`)
				want(row.may("delete", kind), 200, "DELETE", "/api-tokens/"+one, "")
			}
			for _, kind := range []string{"client", "frontend"} {
				here, there := token(kind, "p"), token(kind, "q")
				const in, other = "/projects/p/api-tokens", "/projects/q/api-tokens"
				want(row.mayIn("read"), 200, "GET", in, "")
				want(row.mayIn("create"), 201, "POST", in, fmt.Sprintf(`{"tokenName":"x","type":%q}`, kind))
				want(row.mayIn("update"), 200, "PUT", in+"/"+here, `{"expiresAt":"2030-01-01T00:00:00Z"}`)
				want(row.mayIn("delete"), 200, "DELETE", in+"/"+here, "")
				want(row.everything, 200, "GET", other, "")
				want(row.everything, 201, "POST", other, fmt.Sprintf(`{"tokenName":"x","type":%q}`, kind))
				want(row.everything, 200, "PUT", other+"/"+there, `{"expiresAt":"2030-01-01T00:00:00Z"}`)
				want(row.everything, 200, "DELETE", other+"/"+there, "")
			}
		}
	}
}

// R28: a token that covers several projects is seen in each of them, with its
// scope, and changed by who may in all of them only.
func TestTokenOfSeveralProjects(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeProjects(s, "p", "q")
	one, both := s.Person("one", "Viewer"), s.Person("both", "Viewer")
	role := int(s.ProjectRole("Tokens", access.ReadProjectToken, access.UpdateProjectToken, access.DeleteProjectToken))
	s.Join(one, "p", role)
	s.Join(both, "p", role)
	s.Join(both, "q", role)
	secret := s.Token(`{"tokenName":"shared","type":"client","projects":["q","p"]}`)
	const in, later = admin + "/projects/p/api-tokens", `{"expiresAt":"2030-01-01T00:00:00Z"}`
	s.Run(
		testkit.Step{Name: "seen with its scope", Method: "GET", Path: in, As: one.PAT, Status: 200, Contains: []string{`"tokenName":"shared"`, `"projects":["p","q"]`}, Lacks: []string{secret}},
		testkit.Step{Name: "changed by who may in one", Method: "PUT", Path: in + "/" + secret, Body: later, As: one.PAT, Status: 403, Contains: []string{"UPDATE_PROJECT_API_TOKEN"}},
		testkit.Step{Name: "rotated by who may in one", Method: "POST", Path: in + "/" + secret + "/rotate", Body: `{}`, As: one.PAT, Status: 403},
		testkit.Step{Name: "deleted by who may in one", Method: "DELETE", Path: in + "/" + secret, As: one.PAT, Status: 403, Contains: []string{"DELETE_PROJECT_API_TOKEN"}},
		testkit.Step{Name: "changed by who may in both", Method: "PUT", Path: in + "/" + secret, Body: later, As: both.PAT, Status: 200},
		testkit.Step{Name: "deleted by who may in both", Method: "DELETE", Path: in + "/" + secret, As: both.PAT, Status: 200},
		testkit.Step{Name: "the event names the person and the token used", Method: "GET", Path: admin + "/search/events?type=IS:api-token-deleted", Status: 200, Contains: []string{`"createdBy":"both"`, `"createdByUserId":` + both.IDText(), `"tokenId":"2"`, `"project":"p,q"`}, Lacks: []string{secret}},
	)
}

// Everybody makes, lists and deletes personal tokens of their own, and nobody
// but an administrator touches those of others.
func TestWhoMayDoWhatWithPersonalTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ada, bob := s.Person("ada", "Viewer"), s.Person("bob", "Editor")
	var list struct {
		PATs []struct {
			ID int64 `json:"id"`
		} `json:"pats"`
	}
	s.Must(http.StatusOK, http.MethodGet, admin+"/user/tokens", "", "Authorization", ada.PAT).JSON(t, &list)
	id := strconv.FormatInt(list.PATs[0].ID, 10)
	theirs := admin + "/user-admin/" + ada.IDText() + "/tokens"
	s.Run(
		testkit.Step{Name: "of another", Method: "DELETE", Path: admin + "/user/tokens/" + id, As: bob.PAT, Status: 404},
		testkit.Step{Name: "list of another", Method: "GET", Path: theirs, As: bob.PAT, Status: 403},
		testkit.Step{Name: "revoke of another", Method: "DELETE", Path: theirs + "/" + id, As: bob.PAT, Status: 403},
		testkit.Step{Name: "an administrator lists", Method: "GET", Path: theirs, Status: 200, Contains: []string{`"id":` + id}, Lacks: []string{ada.PAT}},
		testkit.Step{Name: "under another's name", Method: "DELETE", Path: admin + "/user-admin/" + bob.IDText() + "/tokens/" + id, Status: 404},
		testkit.Step{Name: "it still works", Method: "GET", Path: admin + "/user", As: ada.PAT, Status: 200},
		testkit.Step{Name: "an administrator revokes", Method: "DELETE", Path: theirs + "/" + id, Status: 200},
		testkit.Step{Name: "at once", Method: "GET", Path: admin + "/user", As: ada.PAT, Status: 401},
		testkit.Step{Name: "which token acted", Method: "GET", Path: admin + "/search/events?type=IS:pat-deleted", Status: 200, Contains: []string{`"createdBy":"init-admin"`, `"createdByUserId":-42`}, Lacks: []string{`"tokenId":null`}},
	)
}
