package authapi_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

const login = "/auth/simple/login"

var right = fmt.Sprintf(`{"username":"admin","password":%q}`, testkit.AdminPassword)

// post sends a request without a token.
func post(s *testkit.Server, path, body string, headers ...string) testkit.Answer {
	return s.Do(http.MethodPost, path, body, append([]string{"Authorization", ""}, headers...)...)
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	got := post(s, login, right)
	if got.Status != http.StatusOK || !strings.Contains(got.Body, `"username":"admin"`) || strings.Contains(got.Body, "argon2") {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	cookie := got.Header.Get("Set-Cookie")
	for _, part := range []string{"burgee-session=", "; Path=/;", "Max-Age=172800", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie %q lacks %q", cookie, part)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Errorf("the cookie %q would not be sent back without TLS", cookie)
	}
	session, _, _ := strings.Cut(cookie, ";")
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", "Cookie", session)
	out := post(s, "/logout", "", "Cookie", session)
	if out.Status != http.StatusNoContent || !strings.Contains(out.Header.Get("Set-Cookie"), "Max-Age=0") || out.Header.Get("Clear-Site-Data") == "" {
		t.Errorf("signing out: %d %v", out.Status, out.Header)
	}
	s.Must(http.StatusUnauthorized, http.MethodGet, "/api/admin/user", "", "Cookie", session)
	if again := post(s, "/logout", "", "Cookie", session); again.Status != http.StatusNoContent {
		t.Errorf("signing out again: %d", again.Status)
	}
}

// An unknown user, a user without a password and a wrong password get the same
// answer; what no sign-in can be is refused by the rule it breaks.
func TestSignInRefusals(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user-admin", `{"email":"Ada@Example.org","rootRole":3,"password":"correct horse battery staple"}`)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user-admin", `{"username":"no-password","rootRole":3}`)
	var texts []string
	for _, body := range []string{
		`{"username":"admin","password":"wrong"}`, `{"username":"nobody","password":"wrong"}`,
		`{"username":"no-password","password":""}`, `{"username":"ADMIN","password":"` + testkit.AdminPassword + `"}`,
	} {
		got := post(s, login, body)
		if got.Status != http.StatusUnauthorized || !strings.Contains(got.Body, `"PasswordMismatch"`) || got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %s", body, got.Status, got.Body)
		}
		_, text, _ := strings.Cut(got.Body, `"name"`) // what follows the random id
		texts = append(texts, text)
	}
	for _, text := range texts {
		if text != texts[0] {
			t.Errorf("the answers differ: %s and %s", texts[0], text)
		}
	}
	s.Clock.Advance(time.Minute)
	for body, status := range map[string]int{
		`{"username":"ada@example.org","password":"correct horse battery staple"}`: 200, // e-mail, in any case
		`{"username":"admin"}`:             400,
		`{"password":"x"}`:                 400,
		`{"username":5,"password":"x"}`:    400,
		`{"username":null,"password":"x"}`: 400,
		`[]`:                               400,
		`{`:                                400,
		`{"username":"` + strings.Repeat("x", 20_000) + `","password":"x"}`: 413,
	} {
		if got := post(s, login, body); got.Status != status {
			t.Errorf("%.60s: %d %.200s, want %d", body, got.Status, got.Body, status)
		}
	}
	if got := post(s, login, right, "Content-Type", "text/plain"); got.Status != http.StatusUnsupportedMediaType {
		t.Errorf("another content type: %d", got.Status)
	}
}

func TestSignInLimit(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) { c.TrustedProxies = []string{"127.0.0.1"} })
	from := func(address string) testkit.Answer { return post(s, login, right, "X-Forwarded-For", address) }
	for i := range 10 {
		if got := from("192.0.2.1"); got.Status != http.StatusOK {
			t.Fatalf("attempt %d: %d", i+1, got.Status)
		}
	}
	s.Clock.Advance(20 * time.Second)
	got := from("192.0.2.1")
	if got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "40" {
		t.Errorf("attempt 11: %d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
	}
	if got := from("192.0.2.2"); got.Status != http.StatusOK {
		t.Errorf("from another address: %d", got.Status)
	}
	s.Clock.Advance(40 * time.Second)
	if got := from("192.0.2.1"); got.Status != http.StatusOK {
		t.Errorf("a minute after the first attempt: %d", got.Status)
	}
	for i := range 10 { // one subscriber has 2^64 addresses
		from(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(i)}).String())
	}
	if got := from("2001:db8::ffff"); got.Status != http.StatusTooManyRequests {
		t.Errorf("from the same IPv6 network: %d", got.Status)
	}
	if got := from("2001:db8:0:1::1"); got.Status != http.StatusOK {
		t.Errorf("from another IPv6 network: %d", got.Status)
	}
}

// A session ends 48 hours after the sign-in, used or not.
func TestSessionLife(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	session := s.SignIn("admin", testkit.AdminPassword)
	s.Clock.Advance(24 * time.Hour)
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", "Cookie", session)
	s.Clock.Advance(24*time.Hour - time.Millisecond)
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", "Cookie", session)
	s.Clock.Advance(time.Millisecond)
	s.Must(http.StatusUnauthorized, http.MethodGet, "/api/admin/user", "", "Cookie", session)
}

func TestParallelSessions(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	var sessions []string
	for range 6 {
		s.Clock.Advance(time.Second)
		sessions = append(sessions, s.SignIn("admin", testkit.AdminPassword))
	}
	for i, session := range sessions {
		want := http.StatusOK
		if i == 0 {
			want = http.StatusUnauthorized // the oldest made room
		}
		if got := s.Do(http.MethodGet, "/api/admin/user", "", "Cookie", session); got.Status != want {
			t.Errorf("session %d: %d, want %d", i+1, got.Status, want)
		}
	}
}

func TestCookieBehindTLSAndBasePath(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) {
		c.TrustedProxies, c.BasePath = []string{"127.0.0.1"}, "/flags"
	})
	got := post(s, "/flags"+login, right, "X-Forwarded-Proto", "https")
	if cookie := got.Header.Get("Set-Cookie"); !strings.Contains(cookie, "Secure") || !strings.Contains(cookie, "Path=/flags/") {
		t.Errorf("behind a proxy with TLS the cookie is %q", cookie)
	}
	got = s.Do(http.MethodGet, "/flags/api/admin/user", "", "Authorization", "")
	if got.Status != http.StatusUnauthorized || !strings.Contains(got.Body, `"path":"/flags/auth/simple/login"`) {
		t.Errorf("without credentials: %d %s", got.Status, got.Body)
	}
}

// What another site makes a browser send is refused, unless a token decides.
func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	session := s.SignIn("admin", testkit.AdminPassword)
	const body = `{"name":"x"}`
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		want                     int
	}{
		{"another site", "POST", "/api/admin/context", body, []string{"Cookie", session, "Sec-Fetch-Site", "cross-site"}, 403},
		{"a sibling domain", "POST", "/api/admin/context", body, []string{"Cookie", session, "Sec-Fetch-Site", "same-site"}, 403},
		{"another origin, older browser", "POST", "/api/admin/context", body, []string{"Cookie", session, "Origin", "https://evil.example"}, 403},
		{"reading", "GET", "/api/admin/context", "", []string{"Cookie", session, "Sec-Fetch-Site", "cross-site"}, 200},
		{"a token", "POST", "/api/admin/context", `{"name":"y"}`, []string{"Cookie", session, "Authorization", testkit.AdminToken, "Sec-Fetch-Site", "cross-site"}, 201},
		{"sign-in", "POST", login, right, []string{"Authorization", "", "Sec-Fetch-Site", "cross-site"}, 403},
		{"sign-out", "POST", "/logout", "", []string{"Cookie", session, "Sec-Fetch-Site", "cross-site"}, 403},
		{"our own page", "POST", "/api/admin/context", body, []string{"Cookie", session, "Sec-Fetch-Site", "same-origin"}, 201},
		{"no browser", "POST", "/api/admin/context", `{"name":"z"}`, []string{"Cookie", session}, 201},
	} {
		if got := s.Do(c.method, c.path, c.body, c.headers...); got.Status != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, got.Status, c.want, got.Body)
		}
	}
}
