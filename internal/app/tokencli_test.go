package app_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// TestTokensOnTheDatabase: every command works without a server, on what a
// server left.
func TestTokensOnTheDatabase(t *testing.T) {
	t.Parallel()
	dir, now := filepath.Join(t.TempDir(), "data"), testkit.NewClock().Now
	server, err := app.NewServer(t.Context(), app.ServeConfig{Listen: ":0", DataDir: dir}, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	on := app.TokenTarget{DataDir: dir}
	made := run(func(s app.Streams) error {
		return app.CreateToken(t.Context(), app.TokenCreateConfig{TokenTarget: on, Name: "a", Type: "client", Project: []string{"default"}, Environment: "development", Expires: "2d"}, s, now)
	})
	secret := strings.TrimSpace(made.out)
	if made.failure != nil || !strings.HasPrefix(secret, "default:development.") {
		t.Fatalf("created %q, %v", made.out, made.failure)
	}
	list := run(func(s app.Streams) error { return app.ListTokens(t.Context(), on, s, now) })
	if !strings.Contains(list.out, "2026-11-24 12:00Z  never") || strings.Contains(list.out, secret) {
		t.Errorf("listed %q, %v", list.out, list.failure)
	}
	id := strings.Fields(strings.Split(list.out, "\n")[1])[0]
	rotated := run(func(s app.Streams) error {
		return app.RotateToken(t.Context(), app.TokenRotateConfig{TokenTarget: on, Token: id, Overlap: time.Hour}, s, now)
	})
	if rotated.failure != nil || rotated.out == made.out || !strings.Contains(rotated.err, id) {
		t.Errorf("rotated %q, %q, %v", rotated.out, rotated.err, rotated.failure)
	}
	revoke := func() ran {
		return run(func(s app.Streams) error {
			return app.RevokeToken(t.Context(), app.TokenRevokeConfig{TokenTarget: on, Token: id}, s, now)
		})
	}
	if got := revoke(); got.failure != nil {
		t.Error(got.failure)
	}
	if got := revoke(); got.failure == nil || !strings.Contains(got.failure.Error(), "there is no API token with the identifier "+id) {
		t.Errorf("revoked again: %v", got.failure)
	}
	audit := run(func(s app.Streams) error {
		return app.VerifyEvents(t.Context(), app.AuditVerifyConfig{DataConfig: app.DataConfig{DataDir: dir}}, s, now)
	})
	if audit.failure != nil || !strings.Contains(audit.out, " events, intact\nhead ") {
		t.Errorf("audit %q, %v", audit.out, audit.failure)
	}
}
