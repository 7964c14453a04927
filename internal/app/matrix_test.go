package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// Secrets of version 1 and such as an operator chooses: R24.
const (
	hexClient   = "0123456789abcdef0123456789abcdef0123456789abcdef01234567"
	hexFrontend = "1123456789abcdef0123456789abcdef0123456789abcdef01234567"
	hexAdmin    = "2123456789abcdef0123456789abcdef0123456789abcdef01234567"
	initClient  = "default:development.operator-chose-this"
	v2Client    = "default:development.v2_c2VsZWN0b3JzZWxlY3Rvcg_c2VjcmV0-c2VjcmV0_c2VjcmV0c2VjcmV0c2VjcmV0c2U"
)

// The columns: what is asked, and the status of success.
var columns = []struct {
	name, method, path, body string
	success                  int
}{
	{"admin: anybody", "GET", "/api/admin/context", "", 200},
	{"admin: tokens", "GET", "/api/admin/api-tokens", "", 200},
	{"admin: users", "GET", "/api/admin/user-admin", "", 200},
	{"client: features", "GET", "/api/client/features", "", 200},
	{"client: register", "POST", "/api/client/register", `{"appName":"a","instanceId":"i","strategies":["default"],"started":"2026-11-22T12:00:00Z","interval":10}`, 202},
	{"client: metrics", "POST", "/api/client/metrics", `{"appName":"a","instanceId":"i","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{}}}`, 202},
	{"client: bulk", "POST", "/api/client/metrics/bulk", `{"applications":[],"metrics":[]}`, 202},
	{"frontend: GET", "GET", "/api/frontend", "", 200},
	{"frontend: POST", "POST", "/api/frontend", `{"context":{}}`, 200},
	{"frontend: metrics", "POST", "/api/frontend/client/metrics", `{"appName":"a","instanceId":"i","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{}}}`, 200},
	{"frontend: register", "POST", "/api/frontend/client/register", `{"appName":"a","instanceId":"i","strategies":["default"],"started":"2026-11-22T12:00:00Z","interval":10}`, 200},
}

// answers are what a credential gets: on the three columns of the Admin API,
// on the client API and on the front-end API. "ok" is success.
type answers struct {
	admin            [3]string
	client, frontend string
}

var (
	nobody     = answers{[3]string{"401A", "401A", "401A"}, "401N", "401N"}
	everything = answers{[3]string{"ok", "ok", "ok"}, "403T", "403T"}
	lookOnly   = answers{[3]string{"ok", "403P", "403P"}, "403T", "403T"}
	clientOnly = answers{[3]string{"403T", "403T", "403T"}, "ok", "403T"}
	pageOnly   = answers{[3]string{"403T", "403T", "403T"}, "403T", "ok"}
	unknown    = answers{[3]string{"401U", "401U", "401U"}, "401N", "401N"}
	wrongHead  = answers{[3]string{"401U", "401U", "401U"}, "403T", "403T"}
	signedIn   = answers{[3]string{"ok", "ok", "ok"}, "401N", "401N"}
	signedLook = answers{[3]string{"ok", "403P", "403P"}, "401N", "401N"}
)

// credential is one row of the matrix.
type credential struct {
	name    string
	headers []string
	want    answers
}

// answerOf is the short name of an answer, as the contract has it.
func answerOf(t *testing.T, got testkit.Answer, success int) string {
	t.Helper()
	if got.Status == success {
		return "ok"
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(got.Body), &body); err != nil {
		return fmt.Sprintf("%d with %q", got.Status, got.Body)
	}
	letter := "?"
	hidden, offered := body["defaultHidden"].(bool)
	switch {
	case len(body) == 1 && body["message"] != "" && got.Status == http.StatusForbidden:
		letter = "T"
	case len(body) == 1 && body["message"] != "" && got.Status == http.StatusUnauthorized:
		letter = "N"
	case body["name"] == "AuthenticationRequired" && body["path"] == "/auth/simple/login" && body["type"] == "password" && offered && !hidden:
		letter = "A"
	case body["name"] == "UnauthorizedError" && body["path"] == nil:
		letter = "U"
	case body["name"] == "PermissionError" && body["permissions"] != nil:
		letter = "P"
	}
	return strconv.Itoa(got.Status) + letter
}

// R1, R3, R5, R11, R13, R16, R17, R19, R24 and section 3 of the contract: which
// credential opens which API, row by row.
func TestCredentialMatrix(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) {
		c.InitAdminTokens = append(c.InitAdminTokens, hexAdmin)
		c.InitClientTokens = []string{hexClient, initClient, v2Client}
		c.InitFrontendTokens = []string{hexFrontend}
	})
	for _, row := range credentials(t, s) {
		for i, c := range columns {
			want := row.want.client
			switch {
			case i < len(row.want.admin):
				want = row.want.admin[i]
			case strings.HasPrefix(c.name, "frontend"):
				want = row.want.frontend
			}
			got := s.Do(c.method, c.path, c.body, row.headers...)
			if short := answerOf(t, got, c.success); short != want {
				t.Errorf("%s on %s: %s, want %s: %d %.300s", row.name, c.name, short, want, got.Status, got.Body)
			}
			if got.Header.Get("WWW-Authenticate") != "" {
				t.Errorf("%s on %s: a browser would ask for a password", row.name, c.name)
			}
		}
	}
}

func credentials(t *testing.T, s *testkit.Server) []credential {
	t.Helper()
	admin, viewer, editor := s.Person("an-admin", "Admin"), s.Person("viewer", "Viewer"), s.Person("editor", "Editor")
	client := s.ClientToken("development", "default")
	page := s.FrontendToken("development", "default")
	adminToken := s.Token(`{"tokenName":"ci","type":"admin"}`)
	deleted := s.ClientToken("development")
	s.Must(http.StatusOK, http.MethodDelete, "/api/admin/api-tokens/"+deleted, "")
	soon := s.Clock.Now().Add(time.Second).Format(time.RFC3339)
	var expired []string
	for _, kind := range []string{"client", "frontend", "admin"} {
		expired = append(expired, s.Token(fmt.Sprintf(`{"tokenName":"x","type":%q,"expiresAt":%q}`, kind, soon)))
	}
	var expiredPAT struct{ Secret string }
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user/tokens", fmt.Sprintf(`{"description":"x","expiresAt":%q}`, soon),
		"Cookie", admin.Cookie).JSON(t, &expiredPAT)
	s.Clock.Advance(time.Second)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/environments", `{"name":"dark","type":"test"}`)
	s.Must(http.StatusNoContent, http.MethodPost, "/api/admin/environments/dark/off", "")
	as := func(secret string) []string { return []string{"Authorization", secret} }
	both := func(cookie, secret string) []string { return []string{"Cookie", cookie, "Authorization", secret} }
	return []credential{
		{"no credential", as(""), nobody},
		{"an empty scheme", as("Bearer "), nobody},
		{"admin token", as(adminToken), everything},
		{"admin token, Bearer", as("Bearer " + adminToken), everything},
		{"admin token, version 1", as(hexAdmin), everything},
		{"PAT of an admin", as(admin.PAT), everything},
		{"PAT of an admin, bearer", as("bearer   " + admin.PAT), everything},
		{"PAT of a viewer", as(viewer.PAT), lookOnly},
		{"PAT of an editor", as(editor.PAT), answers{[3]string{"ok", "ok", "403P"}, "403T", "403T"}},
		{"client token", as(client), clientOnly},
		{"client token, Bearer", as("BEARER " + client), clientOnly},
		{"client token, spaces around", as("  " + client + " "), clientOnly},
		{"client token of all projects", as(s.ClientToken("development")), clientOnly},
		{"client token of production", as(s.ClientToken("production", "default")), clientOnly},
		{"client token of an environment that is off", as(s.ClientToken("dark")), clientOnly},
		{"client token, version 1", as(hexClient), clientOnly},
		{"client token, operator's", as(initClient), clientOnly},
		{"client token, selector and secret", as(v2Client), clientOnly},
		{"frontend token", as(page), pageOnly},
		{"frontend token, Bearer", as("Bearer " + page), pageOnly},
		{"frontend token, version 1", as(hexFrontend), pageOnly},
		{"session of an admin", []string{"Cookie", admin.Cookie}, signedIn},
		{"session of a viewer", []string{"Cookie", viewer.Cookie}, signedLook},
		{"session and client token", both(admin.Cookie, client), clientOnly},
		{"session and frontend token", both(admin.Cookie, page), pageOnly},
		{"session and garbage", both(admin.Cookie, "garbage"), signedIn},
		{"session and expired PAT", both(admin.Cookie, expiredPAT.Secret), answers{[3]string{"ok", "ok", "ok"}, "403T", "403T"}},
		{"viewer's session and admin token", both(viewer.Cookie, adminToken), everything},
		{"viewer's session and admin's PAT", both(viewer.Cookie, admin.PAT), everything},
		{"no session by that cookie", []string{"Cookie", "burgee-session=nonsense"}, nobody},
		{"another cookie", []string{"Cookie", "unleash-session=nonsense"}, nobody},
		{"garbage", as("garbage"), unknown},
		{"unknown, well formed", as("default:development." + hexClient), unknown},
		{"another scheme", as("Basic " + client), unknown},
		{"another scheme, Token", as("Token " + client), unknown},
		{"another case", as(strings.ToUpper(client)), unknown},
		{"cut short", as(client[:len(client)-1]), unknown},
		{"another prefix for the same digits", as(strings.Replace(client, "default:", "other:", 1)), unknown},
		{"garbage of a PAT's head", as("user:garbage"), wrongHead},
		{"garbage of an admin token's head", as("*:*.garbage"), wrongHead},
		{"expired client token", as(expired[0]), unknown},
		{"expired frontend token", as(expired[1]), unknown},
		{"expired admin token", as(expired[2]), wrongHead},
		{"expired PAT", as(expiredPAT.Secret), wrongHead},
		{"deleted client token", as(deleted), unknown},
		{"public id of a token", as(firstID(t, s)), unknown},
		{"not text", as("\xff\xfe\x80"), unknown},
	}
}

// firstID is the public id of some token: it is shown in lists, and must not
// open anything.
func firstID(t *testing.T, s *testkit.Server) string {
	t.Helper()
	var list struct{ Tokens []struct{ Secret string } }
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/api-tokens", "").JSON(t, &list)
	return list.Tokens[0].Secret
}

// R17: credentials come in the Authorization header and nowhere else.
func TestNoOtherPlaceForCredentials(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client, page := s.ClientToken("development"), s.FrontendToken("development")
	for _, c := range []struct{ path, header, value string }{
		{"/api/client/features?token=" + client, "X-None", ""},
		{"/api/client/features?authorization=" + client, "X-None", ""},
		{"/api/client/features", "X-Api-Key", client},
		{"/api/client/features", "Proxy-Authorization", client},
		{"/api/frontend?clientKey=" + page, "X-None", ""},
		{"/api/frontend", "clientKey", page},
	} {
		if got := s.Do(http.MethodGet, c.path, "", "Authorization", "", c.header, c.value); got.Status != http.StatusUnauthorized {
			t.Errorf("%.40s with %s: %d", c.path, c.header, got.Status)
		}
	}
}

// Section 10: what is open stays open, whatever token a request carries.
func TestOpenPathsIgnoreTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, secret := range []string{"", s.ClientToken("development"), s.FrontendToken("development"), "garbage", testkit.AdminToken} {
		for _, path := range []string{"/health", "/ready", "/internal-backstage/prometheus"} {
			if got := s.Do(http.MethodGet, path, "", "Authorization", secret); got.Status != http.StatusOK {
				t.Errorf("%s with %.20q: %d", path, secret, got.Status)
			}
		}
	}
}
