package app_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
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
