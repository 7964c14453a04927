package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

// R6: a scoped admin token through the API: what it may do, see and make.
func TestScopedAdminToken(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, project := range []string{"mine", "theirs"} {
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"`+project+`","name":"`+project+`"}`)
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects/"+project+"/features", `{"name":"`+project+`-flag"}`)
	}
	work := s.Token(`{"tokenName":"work","type":"admin","project":"mine","environment":"development"}`)
	mint := s.Token(`{"tokenName":"mint","type":"admin","projects":["mine"],"environments":["development"],
		"permissions":["CREATE_CLIENT_API_TOKEN","DELETE_CLIENT_API_TOKEN","CREATE_ADMIN_API_TOKEN","CREATE_FEATURE"]}`)
	read := s.Token(`{"tokenName":"read","type":"admin","permissions":["READ_LOGS"]}`)
	foreign := s.Token(`{"tokenName":"foreign","type":"client","projects":["theirs"]}`)
	all := s.Token(`{"tokenName":"of all","type":"client"}`)
	const projects = "/api/admin/projects/"
	for _, c := range []struct {
		name, token, method, path, body string
		status                          int
	}{
		{"flag in its project", work, "POST", projects + "mine/features", `{"name":"made"}`, 201},
		{"flag elsewhere", work, "POST", projects + "theirs/features", `{"name":"not-made"}`, 404},
		{"flag in default", work, "POST", projects + "default/features", `{"name":"not-made"}`, 404},
		{"switch in its environment", work, "POST", projects + "mine/features/mine-flag/environments/development/on", ``, 200},
		{"switch in another", work, "POST", projects + "mine/features/mine-flag/environments/production/on", ``, 403},
		{"read elsewhere", work, "GET", projects + "theirs/features/theirs-flag", ``, 404},
		{"server-wide", work, "POST", "/api/admin/projects", `{"id":"new","name":"new"}`, 403},
		{"users", work, "GET", "/api/admin/user-admin", ``, 403},
		{"a full token", work, "POST", tokensPath, `{"tokenName":"x","type":"admin"}`, 403},
		{"who it is", work, "GET", "/api/admin/user", ``, 200},
		{"minting within", mint, "POST", tokensPath, `{"tokenName":"x","type":"client","project":"mine","environment":"development"}`, 201},
		{"minting of another project", mint, "POST", tokensPath, `{"tokenName":"x","type":"client","project":"theirs","environment":"development"}`, 403},
		{"minting of all projects", mint, "POST", tokensPath, `{"tokenName":"x","type":"client","environment":"development"}`, 403},
		{"minting of another environment", mint, "POST", tokensPath, `{"tokenName":"x","type":"client","project":"mine","environment":"production"}`, 403},
		{"minting of another kind", mint, "POST", tokensPath, `{"tokenName":"x","type":"frontend","project":"mine","environment":"development"}`, 403},
		{"minting a full token", mint, "POST", tokensPath, `{"tokenName":"x","type":"admin"}`, 403},
		{"minting an equal", mint, "POST", tokensPath, `{"tokenName":"equal","type":"admin","project":"mine","environment":"development","permissions":["CREATE_FEATURE"]}`, 201},
		{"minting more permissions", mint, "POST", tokensPath, `{"tokenName":"x","type":"admin","project":"mine","environment":"development","permissions":["DELETE_FEATURE"]}`, 403},
		{"minting all permissions of the project", mint, "POST", tokensPath, `{"tokenName":"x","type":"admin","project":"mine","environment":"development"}`, 403},
		{"minting wider environments", mint, "POST", tokensPath, `{"tokenName":"x","type":"admin","project":"mine","permissions":["CREATE_FEATURE"]}`, 403},
		{"minting wider projects", mint, "POST", tokensPath, `{"tokenName":"x","type":"admin","environment":"development","permissions":["CREATE_CLIENT_API_TOKEN"]}`, 403},
		{"deleting elsewhere is deleting nothing", mint, "DELETE", tokensPath + "/" + foreign, ``, 200},
		{"deleting one of all projects as well", mint, "DELETE", tokensPath + "/" + all, ``, 200},
		{"reading", read, "GET", projects + "theirs/features/theirs-flag", ``, 200},
		{"reading and changing", read, "POST", projects + "theirs/features", `{"name":"not-made"}`, 403},
		{"not for SDKs", read, "GET", features, ``, 403},
		{"not for SDKs, though it looks like one", work, "GET", features, ``, 403},
	} {
		if got := s.Do(c.method, c.path, c.body, "Authorization", c.token); got.Status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, got.Status, c.status, got.Body)
		}
	}
	opens(t, s, "a token outside the reach", features, foreign, 200)
	opens(t, s, "a token of all projects", features, all, 200)
	list := s.Must(http.StatusOK, http.MethodGet, tokensPath, "", "Authorization", mint).Body
	for _, name := range []string{"foreign", "of all", "init-admin", `"read"`} {
		if strings.Contains(list, name) {
			t.Errorf("a token of one project sees the token %s: %s", name, list)
		}
	}
	details := s.Must(http.StatusOK, http.MethodGet, tokensPath+"/equal?details=true", "").Body
	for _, want := range []string{`"permissions":["CREATE_FEATURE"]`, `"environments":["development"]`, `"projects":["mine"]`, `"environment":"development"`} {
		if !strings.Contains(details, want) {
			t.Errorf("the details lack %s: %s", want, details)
		}
	}
	if me := s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", "Authorization", work).Body; strings.Contains(me, `"ADMIN"`) {
		t.Errorf("a scoped token says it may do everything: %s", me)
	}
	// R6: a scope never widens: without its last project it may do nothing there.
	for _, flag := range []string{"mine-flag", "made"} {
		s.Do(http.MethodDelete, projects+"mine/features/"+flag, "")
		s.Do(http.MethodDelete, "/api/admin/archive/"+flag, "")
	}
	s.Must(http.StatusOK, http.MethodDelete, projects+"mine", "")
	if got := s.Do(http.MethodPost, projects+"theirs/features", `{"name":"not-made"}`, "Authorization", work); got.Status != 404 {
		t.Errorf("without its project a token may work elsewhere: %d %s", got.Status, got.Body)
	}
}

// R6: a person who may make admin tokens makes none that may do more than
// the person.
func TestPersonMakesNoWiderToken(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	var made struct{ Roles struct{ ID int } }
	s.Must(http.StatusOK, http.MethodPost, "/api/admin/roles",
		`{"name":"minter","type":"root-custom","permissions":[{"name":"CREATE_ADMIN_API_TOKEN"},{"name":"CREATE_SEGMENT"}]}`).JSON(t, &made)
	p := s.Person("minter", "Viewer")
	s.Must(http.StatusOK, http.MethodPut, fmt.Sprintf("/api/admin/user-admin/%d", p.ID), fmt.Sprintf(`{"rootRole":%d}`, made.Roles.ID))
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"tokenName":"x","type":"admin"}`, 403},
		{`{"tokenName":"x","type":"admin","project":"default"}`, 403},
		{`{"tokenName":"x","type":"admin","permissions":["CREATE_SEGMENT","DELETE_SEGMENT"]}`, 403},
		{`{"tokenName":"x","type":"admin","permissions":["CREATE_SEGMENT"]}`, 201},
	} {
		if got := s.Do(http.MethodPost, tokensPath, c.body, "Authorization", p.PAT); got.Status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.body, got.Status, c.status, got.Body)
		}
	}
}
