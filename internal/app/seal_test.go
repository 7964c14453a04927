package app_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
	"github.com/burgeehq/burgee/internal/token"
)

// TestSealKeyChanges: a new key in front of the old one changes nothing for who
// reads secrets. Without the old one the public id is shown, the log warns
// once, and the token goes on working. It is not parallel: the process has one
// log.
func TestSealKeyChanges(t *testing.T) {
	var log sink
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	key := func(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }
	where := testdb.New(t)
	start := func(keys ...string) *testkit.Server {
		return testkit.Start(t, testkit.On(where), func(c *app.ServeConfig) { c.SealKey = keys })
	}
	secret := start(key(1)).Token(`{"tokenName":"kept","type":"client","seal":true}`)
	const warning = "cannot be opened"
	for _, c := range []struct {
		name     string
		keys     []string
		revealed bool
		warnings int
	}{
		{"a new key in front", []string{key(2), key(1)}, true, 0},
		{"without the old key", []string{key(2)}, false, 1},
		{"without any", nil, false, 1},
		{"with the old key again", []string{key(1)}, true, 1},
	} {
		s := start(c.keys...)
		for range 3 {
			got := s.Must(http.StatusOK, http.MethodGet, "/api/admin/api-tokens/kept?reveal=true", "")
			if revealed := strings.Contains(got.Body, secret); revealed != c.revealed {
				t.Errorf("%s: revealed is %t", c.name, revealed)
			}
		}
		s.Must(http.StatusOK, http.MethodGet, "/api/client/features", "", "Authorization", secret)
		if n := strings.Count(log.String(), warning); n != c.warnings {
			t.Errorf("%s: %d warnings, want %d", c.name, n, c.warnings)
		}
	}
	report(t, "the log", []byte(log.String()), map[string]string{"secret": secret, "key": key(1)})
}

// A new key takes over what the old one sealed, and what lay in clear without
// one; after that the old key is not needed. The event log says so once.
func TestNewSealKeyTakesOver(t *testing.T) {
	t.Parallel()
	key := func(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }
	where := testdb.New(t)
	start := func(keys ...string) *testkit.Server {
		return testkit.Start(t, testkit.On(where), func(c *app.ServeConfig) { c.SealKey = keys })
	}
	const hook = `{"provider":"webhook","enabled":false,"parameters":{"url":"https://example.org"},"events":["feature-created"]}`
	start().Must(http.StatusOK, http.MethodPost, "/api/admin/addons", hook) // in clear
	old := start(key(1))
	secret := old.Token(`{"tokenName":"kept","type":"client","seal":true}`)
	reseal := func(keys ...string) {
		t.Helper()
		sealer, err := token.NewSealer(keys)
		if err != nil {
			t.Fatal(err)
		}
		c := &control.Control{DB: where.Open(t, old.Clock.Now), Random: rand.Reader, Sealer: sealer}
		for range 2 {
			if err := c.Reseal(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	reseal(key(2), key(1))
	reseal(key(2), key(1))
	reseal(key(2))
	s := start(key(2))
	if got := s.Must(http.StatusOK, http.MethodGet, "/api/admin/api-tokens/kept?reveal=true", ""); !strings.Contains(got.Body, secret) {
		t.Errorf("the new key alone does not open what the old one sealed: %s", got.Body)
	}
	keep := strings.Replace(hook, "https://example.org", "*****", 1)
	s.Must(http.StatusOK, http.MethodPut, "/api/admin/addons/1", keep) // opens what it keeps
	if got := start().Do(http.MethodPut, "/api/admin/addons/1", keep); got.Status != http.StatusBadRequest {
		t.Errorf("without a key, what it sealed is opened: %d", got.Status)
	}
	events := s.Must(http.StatusOK, http.MethodGet, "/api/admin/search/events?type=IS:sealed-copies-resealed", "").Body
	if strings.Count(events, `"type":"sealed-copies-resealed"`) != 1 || !strings.Contains(events, `"tokens":1,"integrations":1,"unopened":0`) {
		t.Errorf("the events are %s", events)
	}
}
