package authapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

const fresh = "a brand new Passw0rd for ada"

// withMail starts a server that sends e-mail.
func withMail(t *testing.T) (*testkit.Server, *testkit.MailServer) {
	t.Helper()
	m := testkit.StartMail(t, nil)
	return testkit.Start(t, func(c *app.ServeConfig) {
		c.MailConfig = app.MailConfig{URL: "https://flags.example.org", EmailHost: m.Host, EmailPort: m.Port, EmailSender: "Burgee <flags@example.org>"}
	}), m
}

// secretOf returns the secret in the link that a text has.
func secretOf(t *testing.T, text, prefix string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, prefix)
	if !found {
		t.Fatalf("%q has no link %s…", text, prefix)
	}
	secret, _, _ := strings.Cut(rest, "\r")
	if len(secret) < 40 {
		t.Fatalf("the secret %q is short", secret)
	}
	return secret
}

func setPassword(s *testkit.Server, secret, password string) testkit.Answer {
	return post(s, "/auth/reset/password", fmt.Sprintf(`{"token":%q,"password":%q}`, secret, password))
}

func validate(s *testkit.Server, secret string) testkit.Answer {
	return s.Do(http.MethodGet, "/auth/reset/validate?token="+url.QueryEscape(secret), "", "Authorization", "")
}

// A user without a password gets a link by e-mail, and the administrator gets
// it to pass on. It works once.
func TestInvitation(t *testing.T) {
	t.Parallel()
	s, mails := withMail(t)
	var made struct {
		ID         int64  `json:"id"`
		InviteLink string `json:"inviteLink"`
		EmailSent  bool   `json:"emailSent"`
	}
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user-admin", `{"email":"ada@example.org","name":"Ada","rootRole":2}`).JSON(t, &made)
	letter := <-mails.Letters
	secret := secretOf(t, letter.Text, "https://flags.example.org/new-user?token=")
	if !made.EmailSent || made.InviteLink != "https://flags.example.org/new-user?token="+secret || letter.Header.Get("To") != "<ada@example.org>" {
		t.Errorf("%+v, %v", made, letter.Header)
	}
	got := validate(s, secret)
	if got.Status != http.StatusOK || !strings.Contains(got.Body, `"email":"ada@example.org"`) || !strings.Contains(got.Body, `"role":{"id":2,`) {
		t.Errorf("validate: %d %s", got.Status, got.Body)
	}
	if got := setPassword(s, secret, "short"); got.Status != http.StatusBadRequest {
		t.Errorf("a weak password: %d %s", got.Status, got.Body)
	}
	if got := setPassword(s, secret, fresh); got.Status != http.StatusOK {
		t.Fatalf("setting the password: %d %s", got.Status, got.Body)
	}
	s.SignIn("ada@example.org", fresh)
	for name, got := range map[string]testkit.Answer{"set again": setPassword(s, secret, fresh+"2"), "validate again": validate(s, secret)} {
		if got.Status != http.StatusUnauthorized || strings.Contains(got.Body, secret) {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	s.Clock.Advance(time.Minute)
	if body := s.Do(http.MethodGet, "/api/admin/search/events", "").Body; strings.Contains(body, secret) || !strings.Contains(body, `"user-created"`) {
		t.Errorf("the event log: %s", body)
	}
	quiet := s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user-admin", `{"email":"bob@example.org","rootRole":3,"sendEmail":false}`)
	if !strings.Contains(quiet.Body, `"emailSent":false`) || !strings.Contains(quiet.Body, `"inviteLink":"https://`) {
		t.Errorf("without e-mail: %s", quiet.Body)
	}
}

// Invitations are good for a week, links to reset for a day; a new one, a new
// password and a deleted user end those before.
func TestLinksEnd(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	user := func(name string) (id, secret string) {
		t.Helper()
		var made struct {
			ID         int64  `json:"id"`
			InviteLink string `json:"inviteLink"`
		}
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user-admin", fmt.Sprintf(`{"username":%q,"rootRole":3}`, name)).JSON(t, &made)
		_, secret, _ = strings.Cut(made.InviteLink, "?token=")
		return fmt.Sprint(made.ID), secret
	}
	reset := func(id string) string {
		t.Helper()
		got := s.Must(http.StatusOK, http.MethodPost, "/api/admin/user-admin/reset-password", `{"id":"`+id+`"}`)
		_, secret, _ := strings.Cut(got.Body, "/reset-password?token=")
		return strings.TrimSuffix(strings.TrimSpace(secret), `"}`)
	}
	want := func(when, secret string, status int) {
		t.Helper()
		s.Clock.Advance(time.Minute) // the limit of attempts
		if got := validate(s, secret); got.Status != status {
			t.Errorf("%s: %d, want %d: %s", when, got.Status, status, got.Body)
		}
	}
	a, invite := user("a")
	want("an invitation", invite, 200)
	s.Clock.Advance(7*24*time.Hour - 3*time.Minute)
	want("just before a week", invite, 200)
	s.Clock.Advance(time.Minute)
	want("after a week", invite, 401)
	first := reset(a)
	want("a reset", first, 200)
	second := reset(a)
	want("one before another", first, 401)
	s.Clock.Advance(24*time.Hour - 4*time.Minute)
	want("just before a day", second, 200)
	s.Clock.Advance(4 * time.Minute)
	want("after a day", second, 401)
	third := reset(a)
	s.Must(http.StatusOK, http.MethodPost, "/api/admin/user-admin/"+a+"/change-password", fmt.Sprintf(`{"password":%q}`, fresh))
	want("after another password", third, 401)
	b, gone := user("b")
	s.Must(http.StatusOK, http.MethodDelete, "/api/admin/user-admin/"+b, "")
	want("of a deleted user", gone, 401)
	want("nonsense", "nonsense", 401)
	want("nothing", "", 401)
	for body, status := range map[string]int{`{"id":"999"}`: 404, `{"id":"x"}`: 400, `{}`: 400} {
		if got := s.Do(http.MethodPost, "/api/admin/user-admin/reset-password", body); got.Status != status {
			t.Errorf("reset of %s: %d, want %d", body, got.Status, status)
		}
	}
}

// Whoever asks for an e-mail learns nothing of who has an account: known,
// unknown, service accounts and nonsense get the same answer. The sessions of
// who sets a new password end.
func TestResetByEmail(t *testing.T) {
	t.Parallel()
	s, mails := withMail(t)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user-admin", `{"email":"ada@example.org","rootRole":3,"password":"correct horse battery staple"}`)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/service-account", `{"username":"robot","name":"Robot","rootRole":3}`)
	session := s.SignIn("ada@example.org", "correct horse battery staple")
	ask := func(address string) testkit.Answer {
		return post(s, "/auth/reset/password-email", fmt.Sprintf(`{"email":%q}`, address))
	}
	for _, address := range []string{"nobody@example.org", "robot", "", "ADA@example.org"} {
		if got := ask(address); got.Status != http.StatusOK || got.Body != "" {
			t.Errorf("%q: %d %q", address, got.Status, got.Body)
		}
	}
	letter := <-mails.Letters // the queue is in order: nobody else got one
	if !strings.Contains(letter.To, "<ada@example.org>") {
		t.Errorf("the first letter is to %s", letter.To)
	}
	secret := secretOf(t, letter.Text, "https://flags.example.org/reset-password?token=")
	ask("ada@example.org") // a second one within a minute is not sent
	if got := setPassword(s, secret, fresh); got.Status != http.StatusOK {
		t.Fatalf("setting the password: %d %s", got.Status, got.Body)
	}
	s.Must(http.StatusUnauthorized, http.MethodGet, "/api/admin/user", "", "Cookie", session)
	s.SignIn("ada@example.org", fresh)
	if got := ask("ada@example.org"); got.Status != http.StatusTooManyRequests {
		t.Errorf("the sixth in a minute: %d", got.Status)
	}
	s.Clock.Advance(2 * time.Minute)
	ask("ada@example.org")
	if next := <-mails.Letters; secretOf(t, next.Text, "?token=") == secret {
		t.Error("the secret of a link came back")
	}
}

// Without a mail server the answer is the same, and nothing is made.
func TestResetWithoutMail(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	if got := post(s, "/auth/reset/password-email", `{"email":"admin"}`); got.Status != http.StatusOK {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if body := s.Do(http.MethodGet, "/api/admin/search/events", "").Body; strings.Contains(body, "reset-password") {
		t.Errorf("something was made: %s", body)
	}
	for password, status := range map[string]int{"short": 400, fresh: 200} {
		if got := post(s, "/auth/reset/validate-password", fmt.Sprintf(`{"password":%q}`, password)); got.Status != status {
			t.Errorf("%q: %d, want %d", password, got.Status, status)
		}
	}
}

// Anybody with a link to sign up becomes a viewer, and nothing more, until it
// is switched off or expires. Its public id opens nothing.
func TestSignUp(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const links = "/api/admin/invite-link/tokens"
	var made struct {
		Secret string `json:"secret"`
		URL    string `json:"url"`
	}
	s.Must(http.StatusCreated, http.MethodPost, links, `{"name":"team","expiresAt":"2026-12-22T12:00:00Z"}`).JSON(t, &made)
	_, secret, _ := strings.Cut(made.URL, "/new-user?invite=")
	if len(secret) < 40 || strings.Contains(made.Secret, secret) {
		t.Fatalf("%+v", made)
	}
	list := s.Must(http.StatusOK, http.MethodGet, links, "").Body
	if strings.Contains(list, secret) || !strings.Contains(list, `"role":{"id":3,"name":"Viewer"`) || !strings.Contains(list, `"url":null`) {
		t.Errorf("the list: %s", list)
	}
	signUp := func(secret, email string) testkit.Answer {
		s.Clock.Advance(time.Minute) // the limit of attempts
		return post(s, "/invite/"+secret+"/signup", fmt.Sprintf(`{"email":%q,"name":"New","password":%q,"rootRole":1}`, email, fresh))
	}
	check := func(secret string) int {
		s.Clock.Advance(time.Minute)
		return s.Do(http.MethodGet, "/invite/"+secret+"/validate", "", "Authorization", "").Status
	}
	if check(secret) != 200 || check(made.Secret) != 400 || check("nonsense") != 400 {
		t.Error("validate is wrong")
	}
	if got := signUp(secret, "new@example.org"); got.Status != 200 || !strings.Contains(got.Body, `"rootRole":3`) {
		t.Errorf("signing up: %d %s", got.Status, got.Body)
	}
	s.SignIn("new@example.org", fresh)
	for name, want := range map[string]struct {
		secret, email string
		status        int
	}{
		"a taken address": {secret, "New@example.org", 409}, "no address": {secret, "", 400},
		"the public id": {made.Secret, "x@example.org", 400}, "nonsense": {"nonsense", "x@example.org", 400},
	} {
		if got := signUp(want.secret, want.email); got.Status != want.status {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	if got := s.Must(http.StatusOK, http.MethodGet, links+"/"+made.Secret, ""); !strings.Contains(got.Body, `"email":"new@example.org"`) {
		t.Errorf("who came by it: %s", got.Body)
	}
	s.Must(http.StatusOK, http.MethodPut, links+"/"+made.Secret, `{"enabled":false}`)
	if got := signUp(secret, "late@example.org"); got.Status != 400 {
		t.Errorf("switched off: %d", got.Status)
	}
	s.Must(http.StatusOK, http.MethodPut, links+"/"+made.Secret, `{"enabled":true,"expiresAt":"2026-11-22T14:00:00Z"}`)
	s.Clock.Advance(2 * time.Hour)
	if got := signUp(secret, "late@example.org"); got.Status != 400 {
		t.Errorf("expired: %d", got.Status)
	}
	for body, status := range map[string]int{
		`{"name":"","expiresAt":"2030-01-01T00:00:00Z"}`: 400, `{"name":"x","expiresAt":null}`: 400,
		`{"name":"x","expiresAt":"2001-01-01T00:00:00Z"}`: 400, `{"name":"x"}`: 400,
	} {
		if got := s.Do(http.MethodPost, links, body); got.Status != status {
			t.Errorf("%s: %d", body, got.Status)
		}
	}
}

// Guessing is slowed down at every address of this API.
func TestLinkAttemptsAreLimited(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	limited := 0
	for range 15 {
		if validate(s, "guess").Status == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited != 5 {
		t.Errorf("%d of 15 were refused, want all but 10", limited)
	}
	for path, body := range map[string]string{
		"/auth/reset/password": `{"token":"x","password":"x"}`, "/invite/guess/signup": `{"email":"a@b.c","name":"x","password":"x"}`, login: right,
	} {
		if got := post(s, path, body); got.Status != http.StatusTooManyRequests {
			t.Errorf("%s: %d, want the same limit", path, got.Status)
		}
	}
}
