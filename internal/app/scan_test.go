package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/token"
)

// ran is what a command printed, and its status.
type ran struct {
	out, err string
	status   int
	failure  error
}

// run runs a command as main does.
func run(command func(app.Streams) error) ran {
	var out, errs bytes.Buffer
	result := ran{failure: command(app.Streams{In: strings.NewReader(""), Out: &out, Err: &errs})}
	result.out, result.err = out.String(), errs.String()
	var exit *app.ExitError
	switch {
	case errors.As(result.failure, &exit):
		result.status = exit.Code
	case result.failure != nil:
		result.status = 1
	}
	return result
}

func scan(ctx context.Context, config app.ScanConfig) ran {
	return run(func(s app.Streams) error { return app.Scan(ctx, config, s, testkit.NewClock().Now) })
}

func secret(t *testing.T) string {
	t.Helper()
	text, err := token.Generate(token.Personal, token.Scope{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestScanKeepsTheOrderOfTheFiles: many are read at once, and what is reported
// of one file is bounded.
func TestScanKeepsTheOrderOfTheFiles(t *testing.T) {
	t.Parallel()
	dir, leaked := t.TempDir(), secret(t)
	var want strings.Builder
	for i := range 300 {
		name := filepath.Join(dir, fmt.Sprintf("%03d", i))
		write(t, name, strings.Repeat("x", i*1000)+"\n"+leaked)
		fmt.Fprintf(&want, "%s:2:1: personal token user:…%s (certain)\n", name, leaked[len(leaked)-4:])
	}
	many := filepath.Join(dir, "many")
	write(t, many, strings.Repeat(leaked+"\n", 1200))
	got := scan(t.Context(), app.ScanConfig{Paths: []string{dir}})
	if !strings.HasPrefix(got.out, want.String()) || got.status != 1 {
		t.Errorf("status %d, out of order:\n%.2000s", got.status, got.out)
	}
	if !strings.Contains(got.err, many+": 200 more secrets, not shown\n1500 secrets found in ") {
		t.Errorf("said %q", got.err)
	}
	if strings.Contains(got.out+got.err, leaked) {
		t.Error("the secret was printed")
	}
}

// TestScanAsksInBatches: more secrets than one question may hold.
func TestScanAsksInBatches(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	dir, live := t.TempDir(), s.ClientToken("development", "default")
	for i := range 3 {
		write(t, filepath.Join(dir, fmt.Sprint(i)), strings.Repeat(secret(t)+"\n", 900)+live)
	}
	file := filepath.Join(t.TempDir(), "token")
	write(t, file, testkit.AdminToken+"\n")
	got := scan(t.Context(), app.ScanConfig{Paths: []string{dir}, Live: true, Remote: app.Remote{URL: s.URL + "/api", TokenFile: file}})
	if n := strings.Count(got.out, "; the server does not know it"); n != 2700 {
		t.Errorf("%d unknown secrets, want 2700: %s", n, got.err)
	}
	if n := strings.Count(got.out, ":901:1: client token default:development.…"); n != 3 || strings.Count(got.out, "; live: ") != 3 {
		t.Errorf("%d live secrets, want 3: %s", n, got.err)
	}
}

func TestScanDoesNotLetNamesMoveTheCursor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a\x1b[2Jb\nc"), secret(t))
	if got := scan(t.Context(), app.ScanConfig{Paths: []string{dir}}); strings.ContainsAny(got.out, "\x1b") || strings.Count(got.out, "\n") != 1 {
		t.Errorf("printed %q", got.out)
	}
}

func TestScanStopsWhenItIsTold(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if got := scan(ctx, app.ScanConfig{Paths: []string{t.TempDir()}}); got.status != 2 || !errors.Is(got.failure, context.Canceled) {
		t.Errorf("status %d, %v", got.status, got.failure)
	}
}

// TestNoRedirectGetsTheToken: neither of this server nor of another.
func TestNoRedirectGetsTheToken(t *testing.T) {
	t.Parallel()
	var asked int
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(elsewhere.Close)
	here := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/x", http.StatusTemporaryRedirect))
	t.Cleanup(here.Close)
	file := filepath.Join(t.TempDir(), "token")
	write(t, file, "*:*.not-for-others")
	got := run(func(s app.Streams) error {
		return app.ListTokens(t.Context(), app.TokenTarget{Remote: app.Remote{URL: here.URL, TokenFile: file}}, s, testkit.NewClock().Now)
	})
	if asked > 0 || got.status != 1 || !strings.Contains(got.failure.Error(), "redirects to "+elsewhere.URL) {
		t.Errorf("asked %d times, %v", asked, got.failure)
	}
}

func TestAddressesAndTokensThatCannotWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, empty := filepath.Join(dir, "good"), filepath.Join(dir, "empty")
	write(t, good, "*:*.kept-to-itself")
	write(t, empty, " \n")
	for want, remote := range map[string]app.Remote{
		"--url must be the address":             {URL: "flags.example.org", TokenFile: good},
		"--url must not hold":                   {URL: "https://ada:pw@flags.example.org", TokenFile: good},
		"no token: set BURGEE_TOKEN":            {URL: "https://flags.example.org", TokenFile: empty},
		"reading --token-file":                  {URL: "https://flags.example.org", TokenFile: filepath.Join(dir, "missing")},
		"asking the server":                     {URL: "http://127.0.0.1:1", TokenFile: good},
		"does not answer as Burgee does":        {URL: page(t, http.StatusOK, "<html>"), TokenFile: good},
		"the server answered 502 Bad Gateway":   {URL: page(t, http.StatusBadGateway, "<html>"), TokenFile: good},
		"answered 403 Forbidden: \"a\\x1b[2J\"": {URL: page(t, http.StatusForbidden, `{"message":"a\u001b[2J"}`), TokenFile: good},
	} {
		got := run(func(s app.Streams) error {
			return app.ListTokens(t.Context(), app.TokenTarget{Remote: remote}, s, testkit.NewClock().Now)
		})
		if got.failure == nil || !strings.Contains(got.failure.Error(), want) || strings.Contains(got.failure.Error(), "kept-to-itself") {
			t.Errorf("%s: %v, want %q", remote.URL, got.failure, want)
		}
	}
}

// page is the address of a server that answers everything alike.
func page(t *testing.T, status int, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}
