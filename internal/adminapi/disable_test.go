package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

const (
	disable = `{"disabled":true}`
	enable  = `{"disabled":false}`
)

// toggled fails the test unless a secret stops with one request and works
// again with another, both to the same path.
func toggled(t *testing.T, s *testkit.Server, what, opens, secret, target string, headers ...string) {
	t.Helper()
	for _, step := range []struct {
		body string
		want int
	}{{disable, 401}, {disable, 401}, {enable, 200}, {enable, 200}} {
		s.Must(http.StatusOK, http.MethodPut, target, step.body, headers...)
		if got := s.Do(http.MethodGet, opens, "", "Authorization", secret); got.Status != step.want {
			t.Errorf("%s: after %s, %s answers %d, want %d", what, step.body, opens, got.Status, step.want)
		}
	}
}

// What is disabled opens nothing from the answer on, whatever it is, and again
// what it did once it is enabled. Repeating it is no event.
func TestDisabling(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ada := s.Person("ada", "Viewer")
	const me = "/api/admin/user"
	for _, kind := range []struct{ name, path string }{{"client", features}, {"frontend", "/api/frontend"}, {"admin", "/api/admin/projects"}} {
		secret := s.Token(fmt.Sprintf(`{"tokenName":"off","type":%q}`, kind.name))
		toggled(t, s, kind.name, kind.path, secret, tokensPath+"/"+secret)
		old := rotate(t, s, tokensPath+"/"+secret, `{}`)
		toggled(t, s, kind.name+", the secret before a rotation", kind.path, secret, tokensPath+"/"+old)
	}
	own := s.ClientToken("development", "default")
	toggled(t, s, "of a project", features, own, "/api/admin/projects/default/api-tokens/"+own)
	toggled(t, s, "their own personal token", me, ada.PAT, fmt.Sprintf("/api/admin/user/tokens/%d", ada.Token), as(ada)...)
	toggled(t, s, "a person's", me, ada.PAT, fmt.Sprintf("/api/admin/user-admin/%d/tokens/%d", ada.ID, ada.Token))
	toggled(t, s, "a person", me, ada.PAT, "/api/admin/user-admin/"+ada.IDText())
	var robot, its struct {
		ID     int64
		Secret string
	}
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/service-account", `{"username":"robot","name":"Robot","rootRole":3}`).JSON(t, &robot)
	account := fmt.Sprintf("/api/admin/service-account/%d", robot.ID)
	s.Must(http.StatusCreated, http.MethodPost, account+"/token", `{"description":"x","expiresAt":null}`).JSON(t, &its)
	toggled(t, s, "a service account", me, its.Secret, account)
	toggled(t, s, "a token of one", me, its.Secret, fmt.Sprintf("%s/token/%d", account, its.ID))

	for event, want := range map[string]int{
		"api-token-disabled": 7, "api-token-enabled": 7, "api-token-updated": 0,
		"pat-disabled": 2, "pat-enabled": 2, "user-disabled": 1, "user-enabled": 1, "user-updated": 0,
		"service-account-disabled": 1, "service-account-enabled": 1,
		"service-account-token-disabled": 1, "service-account-token-enabled": 1,
	} {
		got := s.Must(http.StatusOK, http.MethodGet, "/api/admin/search/events?limit=1000&type=IS:"+event, "").Body
		if n := strings.Count(got, `"type":"`+event+`"`); n != want {
			t.Errorf("%d events %s, want %d", n, event, want)
		}
	}
}

// A disabled person is out everywhere, and told so only after the right
// password.
func TestDisabledPersonIsOut(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ada := s.Person("ada", "Admin")
	const me = "/api/admin/user"
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/user-admin/"+ada.IDText(), disable)
	s.Run(
		testkit.Step{Name: "the token of the server", Method: "GET", Path: me, Status: 200},
		testkit.Step{Name: "the personal token", Method: "GET", Path: me, As: ada.PAT, Status: 401},
		testkit.Step{Name: "lists without details", Method: "GET", Path: "/api/admin/user-admin", Status: 200, Lacks: []string{"disabledAt"}},
		testkit.Step{Name: "lists with details", Method: "GET", Path: "/api/admin/user-admin?details=true", Status: 200, Contains: []string{`"disabledAt":"2026-`}},
	)
	signIn := func(password string) testkit.Answer {
		return s.Do(http.MethodPost, "/auth/simple/login", fmt.Sprintf(`{"username":"ada","password":%q}`, password), "Authorization", "")
	}
	if got := s.Do(http.MethodGet, me, "", as(ada)...); got.Status != 401 {
		t.Errorf("the session of a disabled person: %d", got.Status)
	}
	if got := signIn("wrong"); got.Status != 401 || strings.Contains(got.Body, "disabled") {
		t.Errorf("a wrong password: %d %s", got.Status, got.Body)
	}
	if got := signIn("correct horse battery staple"); got.Status != 401 || !strings.Contains(got.Body, "account is disabled") {
		t.Errorf("the right password: %d %s", got.Status, got.Body)
	}
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/user-admin/"+ada.IDText(), enable)
	if got := s.Do(http.MethodGet, me, "", as(ada)...); got.Status != 401 {
		t.Errorf("a session from before: %d", got.Status)
	}
	s.SignIn("ada", "correct horse battery staple")
}

// Who may disable what: as who may change it, but nobody and no token itself,
// and not the last administrator.
func TestWhoMayDisable(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ada, viewer := s.Person("ada", "Admin"), s.Person("viewer", "Viewer")
	secret := s.ClientToken("development", "default")
	token := tokensPath + "/" + secret
	users := "/api/admin/user-admin/"
	own := s.Token(`{"tokenName":"own","type":"admin"}`)
	s.Run(
		testkit.Step{Name: "a viewer, a token", Method: "PUT", Path: token, Body: disable, As: viewer.PAT, Status: 403},
		testkit.Step{Name: "a viewer, another's token", Method: "PUT", Path: fmt.Sprintf("/api/admin/user/tokens/%d", ada.Token), Body: disable, As: viewer.PAT, Status: 404},
		testkit.Step{Name: "a viewer, somebody", Method: "PUT", Path: users + ada.IDText(), Body: disable, As: viewer.PAT, Status: 403},
		testkit.Step{Name: "oneself", Method: "PUT", Path: users + ada.IDText(), Body: disable, As: ada.PAT, Status: 400, Contains: []string{"/body/disabled", "yourself"}},
		testkit.Step{Name: "the token itself", Method: "PUT", Path: tokensPath + "/" + own, Body: disable, As: own, Status: 400, Contains: []string{"/body/disabled"}},
		testkit.Step{Name: "the first of two administrators", Method: "PUT", Path: users + "1", Body: disable, Status: 200},
		testkit.Step{Name: "the last of them", Method: "PUT", Path: users + ada.IDText(), Body: disable, Status: 400, Contains: []string{"last user with the role Admin"}},
		testkit.Step{Name: "the last of them, deleted", Method: "DELETE", Path: users + ada.IDText(), Status: 400},
		testkit.Step{Name: "the disabled one, deleted", Method: "DELETE", Path: users + "1", Status: 200},
		testkit.Step{Name: "nothing to change", Method: "PUT", Path: token, Body: `{}`, Status: 400},
		testkit.Step{Name: "null", Method: "PUT", Path: fmt.Sprintf("/api/admin/user/tokens/%d", ada.Token), Body: `{"disabled":null}`, As: ada.PAT, Status: 400},
		testkit.Step{Name: "for ever", Method: "PUT", Path: token, Body: `{"disabled":true,"requestsPerSecond":5}`, Status: 200},
		testkit.Step{Name: "explained", Method: "GET", Path: token + "/explain?path=/api/client/features", Status: 200, Contains: []string{`"disabled":true`, `"reason":"the token is disabled"`}},
		testkit.Step{Name: "listed", Method: "GET", Path: tokensPath + "?details=true", Status: 200, Contains: []string{`"disabledAt":"2026-`, `"requestsPerSecond":5`}},
		testkit.Step{Name: "listed for generated clients", Method: "GET", Path: tokensPath, Status: 200, Lacks: []string{"disabledAt"}},
		testkit.Step{Name: "asked for by an edge", Method: "POST", Path: "/edge/validate", Body: fmt.Sprintf(`{"tokens":[%q]}`, secret), Status: 200, Contains: []string{`"tokens":[]`}},
	)
}
