package adminapi_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// terraform is the User-Agent of Terraform's provider.
const terraform = "terraform-provider-unleash/2.9.0"

// sealed changes a server's settings to those of one that keeps sealed copies,
// and acts for two tools.
func sealed(c *app.ServeConfig) {
	c.SealKey = []string{base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))}
	c.SealTools = []string{"terraform-provider-unleash", "unleasherator"}
}

// reveals counts the events of reveals, and makes sure that they hold no
// secret.
func reveals(t *testing.T, s *testkit.Server, secrets ...string) int {
	t.Helper()
	got := s.Must(http.StatusOK, http.MethodGet, admin+"/search/events?type=IS:api-token-revealed", "")
	for _, secret := range secrets {
		if strings.Contains(got.Body, secret) {
			t.Error("an event holds the secret")
		}
	}
	var log struct{ Total int }
	got.JSON(t, &log)
	return log.Total
}

// secretIn returns what a list shows as the secret of the only token of a name.
func secretIn(t *testing.T, s *testkit.Server, name string, headers ...string) string {
	t.Helper()
	list := tokenList(t, s, tokensPath+"/"+url.PathEscape(name), headers...)
	if len(list) != 1 {
		t.Fatalf("%d tokens have the name %q", len(list), name)
	}
	return list[0].Secret
}

// R34: the requests of Terraform's provider: it creates a token, finds it in
// the list of all by the whole secret, and changes and deletes it by that.
func TestTerraformFindsItsTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, sealed)
	as := []string{"User-Agent", terraform, "Accept", "application/json"}
	var made shownToken
	s.Must(http.StatusCreated, http.MethodPost, tokensPath,
		`{"environment":"development","projects":["default"],"tokenName":"tf","type":"client"}`, as...).JSON(t, &made)
	finds := func() bool {
		for _, one := range tokenList(t, s, tokensPath, as...) {
			if one.Secret == made.Secret {
				return one.TokenName == "tf" && one.Environment == "development" && one.Project == "default"
			}
		}
		return false
	}
	for range 2 {
		if !finds() {
			t.Error("the provider does not find its token")
		}
	}
	path := tokensPath + "/" + url.PathEscape(made.Secret)
	s.Must(http.StatusOK, http.MethodPut, path, `{"expiresAt":"2040-01-01T00:00:00Z"}`, as...)
	if !finds() {
		t.Error("the provider does not find its token after a change")
	}
	if n := reveals(t, s, made.Secret); n != 1 {
		t.Errorf("%d events of reveals within an hour, want 1", n)
	}
	s.Clock.Advance(time.Hour)
	if !finds() || reveals(t, s) != 2 {
		t.Errorf("%d events of reveals after an hour, want 2", reveals(t, s))
	}
	if got := secretIn(t, s, "tf"); got == made.Secret {
		t.Error("a list shows the secret to who did not ask")
	}
	s.Must(http.StatusOK, http.MethodDelete, path, "", as...)
	if finds() || works(t, s, made.Secret) {
		t.Error("the token is still there")
	}
}

// R34: unleasherator reads its token by the name, and compares the secret.
func TestUnleasheratorFindsItsToken(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, sealed)
	for _, as := range [][]string{{"User-Agent", "unleasherator"}, {"Unleash-Appname", "unleasherator"}} {
		var made shownToken
		name := "team " + as[0]
		s.Must(http.StatusCreated, http.MethodPost, tokensPath,
			fmt.Sprintf(`{"tokenName":%q,"type":"CLIENT","environment":"development","projects":["default"]}`, name), as...).JSON(t, &made)
		if secretIn(t, s, name, as...) != made.Secret {
			t.Errorf("as %s: the token is not found by its secret", as)
		}
		s.Must(http.StatusOK, http.MethodDelete, tokensPath+"/"+made.Secret, "", as...)
	}
}

// What is sealed, and what becomes of the copy at a rotation.
func TestWhichTokensAreSealed(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, sealed)
	plain := testkit.Start(t, func(c *app.ServeConfig) { c.SealTools = []string{"terraform-provider-unleash"} })
	plain.Run(testkit.Step{Name: "seal without a key", Method: "POST", Path: tokensPath, Body: `{"tokenName":"a","type":"client","seal":true}`, Status: 400, Contains: []string{"/body/seal", "BURGEE_SEAL_KEY"}})
	for _, c := range []struct {
		name, agent, seal string
		on                *testkit.Server
		sealed            bool
	}{
		{"nobody asked", "curl/8", ``, s, false},
		{"asked", "curl/8", `,"seal":true`, s, true},
		{"a tool", terraform, ``, s, true},
		{"a tool that refuses", terraform, `,"seal":false`, s, false},
		{"a tool, no key", terraform, ``, plain, false},
		{"refused, no key", "curl/8", `,"seal":false`, plain, false},
		{"a name that only begins so", "terraform-provider-unleash-x/1", ``, s, false},
	} {
		var made shownToken
		c.on.Must(http.StatusCreated, http.MethodPost, tokensPath, fmt.Sprintf(`{"tokenName":%q,"type":"client"%s}`, c.name, c.seal), "User-Agent", c.agent).JSON(t, &made)
		list := c.on.Must(http.StatusOK, http.MethodGet, tokensPath+"/"+url.PathEscape(c.name)+"?details=true&reveal=true", "")
		if got := strings.Contains(list.Body, made.Secret); got != c.sealed || strings.Contains(list.Body, `"sealed":true`) != c.sealed {
			t.Errorf("%s: revealed is %t, want %t: %s", c.name, got, c.sealed, list.Body)
		}
	}
	old := s.Token(`{"tokenName":"turned","type":"client","seal":true}`)
	var turned shownToken
	s.Must(http.StatusOK, http.MethodPost, tokensPath+"/"+old+"/rotate", `{}`).JSON(t, &turned)
	if got := secretIn(t, s, "turned", "User-Agent", terraform); got != turned.Secret || got == old {
		t.Error("after a rotation, the new secret is not revealed")
	}
}

// Secrets are revealed to holders of the permission, and only of tokens that
// open nothing that is hidden from them.
func TestWhoGetsSecretsRevealed(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, sealed)
	s.Must(http.StatusCreated, http.MethodPost, admin+"/projects", `{"id":"hush","name":"hush","mode":"private"}`)
	secrets := map[string]string{}
	for name, body := range map[string]string{
		"open": `"type":"client","projects":["default"]`, "partly": `"type":"client","projects":["default","hush"]`,
		"all": `"type":"client"`, "front": `"type":"frontend","projects":["default"]`, "admin": `"type":"admin"`,
	} {
		secrets[name] = s.Token(`{"tokenName":"` + name + `","seal":true,` + body + `}`)
	}
	reader := s.PersonOfRole("reader", s.RootRole("Readers", access.ReadClientToken, access.ReadFrontendToken, access.CreateAdminToken))
	clients := s.PersonOfRole("clients", s.RootRole("Clients", access.ReadClientToken, access.RevealToken))
	revealer := s.PersonOfRole("revealer", s.RootRole("Revealers", access.ReadClientToken, access.ReadFrontendToken, access.CreateAdminToken, access.RevealToken))
	editor, boss := s.Person("editor", "Editor"), s.Person("boss", "Admin")
	for _, c := range []struct {
		who      string
		pat      string
		revealed string
	}{
		{"who lacks the permission", reader.PAT, ""},
		{"an Editor", editor.PAT, ""},
		{"who sees client tokens only", clients.PAT, "open"},
		{"who sees all kinds", revealer.PAT, "open front"},
		{"an administrator", boss.PAT, "admin all front open partly"},
	} {
		for _, how := range []struct{ query, agent string }{{"?reveal=true", "curl/8"}, {"", terraform}} {
			got := s.Must(http.StatusOK, http.MethodGet, tokensPath+how.query, "", "Authorization", c.pat, "User-Agent", how.agent)
			for name, secret := range secrets {
				want := strings.Contains(c.revealed, name)
				if strings.Contains(got.Body, secret) != want {
					t.Errorf("%s, %v: the secret of %q is shown: %t", c.who, how, name, !want)
				}
			}
			if cache := got.Header.Get("Cache-Control"); !strings.Contains(cache, "no-store") {
				t.Errorf("%s: Cache-Control is %q", c.who, cache)
			}
		}
	}
	if n := reveals(t, s, secrets["open"], secrets["admin"]); n != 1+2+5 {
		t.Errorf("%d events of reveals, want 8", n)
	}
	s.Run(
		testkit.Step{Name: "no key for those who do not ask", Method: "GET", Path: tokensPath, As: boss.PAT, Status: 200, Lacks: []string{secrets["open"]}},
		testkit.Step{Name: "not in the list of a project", Method: "GET", Path: admin + "/projects/default/api-tokens?reveal=true", As: boss.PAT, Status: 200, Lacks: []string{secrets["open"]}},
		testkit.Step{Name: "the event names who and what", Method: "GET", Path: admin + "/search/events?type=IS:api-token-revealed", Status: 200, Contains: []string{`"createdBy":"clients"`, `"tokenName":"open"`, `"tokenId"`}},
	)
}
