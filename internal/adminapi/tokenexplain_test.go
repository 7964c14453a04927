package adminapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

type explanation struct {
	Type, Environment string
	Projects, APIs    []string
	Permissions       []struct{ Permission, Project, Environment string }
	Flags, Segments   struct {
		Total int
		Names []string
	}
	Request *struct {
		Allowed     bool
		Status      int
		Reason      string
		Permissions []string
	}
}

func explain(t *testing.T, s *testkit.Server, secret string, query ...string) explanation {
	t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	var e explanation
	s.Must(http.StatusOK, http.MethodGet, tokensPath+"/"+url.PathEscape(secret)+"/explain?"+values.Encode(), "").JSON(t, &e)
	return e
}

// What a token can do.
func TestExplainToken(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"other","name":"Other"}`)
	for i := range 120 {
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects/default/features", fmt.Sprintf(`{"name":"flag-%03d"}`, i))
	}
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects/other/features", `{"name":"elsewhere"}`)
	for _, c := range []struct{ body, want string }{
		{`{"tokenName":"a","type":"client","project":"other"}`, "client development [other] [/api/client] [] 1 [elsewhere]"},
		{`{"tokenName":"a","type":"frontend","project":"other"}`, "frontend development [other] [/api/frontend] [] 1 [elsewhere]"},
		{`{"tokenName":"a","type":"admin","project":"other","permissions":["CREATE_FEATURE"]}`, "admin * [other] [/api/admin] [{CREATE_FEATURE other }] 1 [elsewhere]"},
	} {
		e := explain(t, s, s.Token(c.body))
		got := fmt.Sprint(e.Type, " ", e.Environment, " ", e.Projects, " ", e.APIs, " ", e.Permissions, " ", e.Flags.Total, " ", e.Flags.Names)
		if got != c.want || e.Request != nil {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
	e := explain(t, s, s.ClientToken("development"))
	if e.Flags.Total != 121 || len(e.Flags.Names) != 100 || fmt.Sprint(e.Projects) != "[*]" {
		t.Errorf("of all projects: %d flags, %d names, projects %v", e.Flags.Total, len(e.Flags.Names), e.Projects)
	}
}

// Why a request is refused: what explain says is what the request gets.
func TestExplainAgreesWithRequests(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client := s.ClientToken("development")
	page := s.Token(`{"tokenName":"page","type":"frontend","allowedOrigins":["https://shop.example"]}`)
	fenced := s.Token(`{"tokenName":"fenced","type":"client","allowedNetworks":["192.0.2.0/24"]}`)
	here := s.Token(`{"tokenName":"here","type":"client","allowedNetworks":["127.0.0.1"]}`)
	mortal := s.Token(fmt.Sprintf(`{"tokenName":"mortal","type":"client","expiresAt":%q}`, s.Clock.Now().Add(time.Hour).Format(time.RFC3339)))
	scoped := s.Token(`{"tokenName":"scoped","type":"admin","project":"default","environment":"development","permissions":["CREATE_FEATURE","UPDATE_FEATURE_ENVIRONMENT"]}`)
	s.Clock.Advance(2 * time.Hour)
	const admin = "/api/admin/projects/default"
	s.Must(http.StatusCreated, http.MethodPost, admin+"/features", `{"name":"there"}`)
	for _, c := range []struct {
		secret, method, path, origin string
		status                       int
		reason                       string
	}{
		{client, "GET", features, "", 200, ""},
		{client, "GET", "/api/frontend", "", 403, "wrong kind of token"},
		{client, "GET", "/api/admin/projects", "", 403, "wrong kind of token"},
		{page, "GET", "/api/frontend", "https://shop.example", 200, ""},
		{page, "GET", "/api/frontend", "https://evil.example", 403, "pages of this origin"},
		{fenced, "GET", features, "", 403, "network address"},
		{here, "GET", features, "", 200, ""},
		{mortal, "GET", features, "", 401, "has expired"},
		{scoped, "GET", "/api/admin/projects", "", 200, ""},
		{scoped, "POST", admin + "/features/there/environments/development/on", "", 200, ""},
		{scoped, "POST", admin + "/features/there/environments/production/on", "", 403, "UPDATE_FEATURE_ENVIRONMENT"},
		{scoped, "DELETE", admin, "", 403, "DELETE_PROJECT"},
		{scoped, "GET", "/api/admin/projects/hidden%20one/features", "", 404, "hidden one"},
		{scoped, "GET", "/api/admin/nonsense", "", 404, "no operation GET /api/admin/nonsense"},
		{testkit.AdminToken, "GET", "/api/admin/user-admin", "", 200, ""},
		{testkit.AdminToken, "GET", "/api/admin/nonsense", "", 404, "no operation"},
	} {
		e := explain(t, s, c.secret, "method", c.method, "path", c.path, "origin", c.origin).Request
		if e.Status != c.status || e.Allowed != (c.status == 200) || !strings.Contains(e.Reason, c.reason) || (c.reason == "") != (e.Reason == "") {
			t.Errorf("%s %s: explained as %+v, want %d with %q", c.method, c.path, *e, c.status, c.reason)
		}
		got := s.Do(c.method, c.path, "", "Authorization", c.secret, "Origin", c.origin)
		if got.Status != c.status {
			t.Errorf("%s %s: answers %d, was explained as %d: %s", c.method, c.path, got.Status, c.status, got.Body)
		}
	}
	if e := explain(t, s, fenced, "path", features, "address", "192.0.2.77").Request; !e.Allowed {
		t.Errorf("from an allowed network: %+v", *e)
	}
	if e := explain(t, s, client, "path", "/health").Request; e.Status != 404 {
		t.Errorf("of no API: %+v", *e)
	}
	s.Must(http.StatusBadRequest, http.MethodGet, tokensPath+"/"+fenced+"/explain?path=/api/client/features&address=home", "")
	s.Must(http.StatusNotFound, http.MethodGet, tokensPath+"/unknown/explain", "")
	viewer, editor := s.Person("explain-viewer", "Viewer"), s.Person("explain-editor", "Editor")
	s.Must(http.StatusForbidden, http.MethodGet, tokensPath+"/"+client+"/explain", "", "Authorization", viewer.PAT)
	s.Must(http.StatusOK, http.MethodGet, tokensPath+"/"+client+"/explain", "", "Authorization", editor.PAT)
	s.Must(http.StatusForbidden, http.MethodGet, tokensPath+"/"+scoped+"/explain", "", "Authorization", editor.PAT)
}
