package app_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// sink is a log that a test reads.
type sink struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// String returns what was logged so far.
func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestSecretsAreNowhere (R34): secrets of tokens, passwords and sessions are in
// no log, no list, no event, no error, and in no byte of the database. It is
// not parallel: the process has one log.
func TestSecretsAreNowhere(t *testing.T) {
	var log sink
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	where, key := testdb.New(t), base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("0k"), 16))
	s := testkit.Start(t, testkit.On(where), func(c *app.ServeConfig) {
		c.InitClientTokens = []string{"default:development.operator-chose-this-secret", "bare-operator-secret-without-colon"}
		c.InitFrontendTokens = []string{"*:production.operator-chose-that-secret"}
		c.SealKey = []string{key}
	})
	p := s.Person("ada", "Admin")
	secrets := map[string]string{
		"admin token": s.Token(`{"tokenName":"a","type":"admin"}`), "client token": s.ClientToken("development", "default"),
		"frontend token": s.FrontendToken("development"), "PAT": p.PAT, "initial admin token": testkit.AdminToken,
		"initial client token": "default:development.operator-chose-this-secret", "bare client token": "bare-operator-secret-without-colon",
		"initial frontend token": "*:production.operator-chose-that-secret",
		"password":               "correct horse battery staple", "first password": testkit.AdminPassword,
		"sealed token": s.Token(`{"tokenName":"s","type":"client","seal":true}`), "key": key, "key in clear": strings.Repeat("0k", 16),
		"session": strings.TrimPrefix(p.Cookie, "burgee-session="),
	}
	var seen bytes.Buffer
	for name, secret := range secrets {
		for _, path := range []string{
			"/api/client/features", "/api/frontend", "/api/admin/user", "/api/admin/nowhere", "/api/admin/api-tokens/" + strings.ReplaceAll(secret, " ", "%20"),
			"/nowhere/" + strings.ReplaceAll(secret, " ", "%20"), "/api/admin/context?secret=" + strings.ReplaceAll(secret, " ", "%20"),
		} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				got := s.Do(method, path, fmt.Sprintf(`{"nonsense":%q}`, name), "Authorization", secret)
				seen.WriteString(got.Body)
			}
		}
	}
	for _, path := range []string{
		"/api/admin/api-tokens?details=true", "/api/admin/user-admin", "/api/admin/user", "/internal-backstage/prometheus",
	} {
		seen.WriteString(s.Must(http.StatusOK, http.MethodGet, path, "").Body)
	}
	seen.WriteString(s.Must(http.StatusOK, http.MethodGet, "/api/admin/user/tokens", "", "Cookie", p.Cookie).Body)
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/api-tokens/"+secrets["frontend token"], `{"expiresAt":null}`)
	s.Must(http.StatusOK, http.MethodDelete, "/api/admin/api-tokens/"+secrets["client token"], "")
	if got := s.Must(http.StatusOK, http.MethodGet, "/api/admin/api-tokens?reveal=true", ""); !strings.Contains(got.Body, secrets["sealed token"]) {
		t.Error("nothing was revealed: this test proves nothing of sealed copies")
	}
	seen.WriteString(s.Must(http.StatusOK, http.MethodGet, "/api/admin/events", "").Body)
	if err := s.App.Close(); err != nil {
		t.Fatal(err)
	}
	content := where.Content(t)
	if len(content) == 0 {
		t.Error("the database is empty: this test proves nothing")
	}
	report(t, "the database", content, secrets)
	if log.text.Len() == 0 {
		t.Error("nothing was logged: this test proves nothing")
	}
	report(t, "the log", log.text.Bytes(), secrets)
	report(t, "an answer", seen.Bytes(), secrets)
}

// report fails the test for each secret, or the part of it that is secret, in a
// text.
func report(t *testing.T, where string, text []byte, secrets map[string]string) {
	t.Helper()
	for name, secret := range secrets {
		_, part, found := strings.Cut(secret, ".")
		if !found {
			part = strings.TrimPrefix(secret, "user:")
		}
		if i := bytes.Index(text, []byte(part)); i >= 0 {
			t.Errorf("%s shows the %s: …%s…", where, name, text[max(0, i-80):min(len(text), i+80)])
		}
	}
}
