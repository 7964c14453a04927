package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

func openServer(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := NewServer(t.Context(), ServeConfig{Listen: "127.0.0.1:0", DataDir: dir, AdminPassword: "feed-test-Passw0rd"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

// serves reports whether a flag is in what tokens of all projects download.
func serves(s *Server, name string) bool {
	scope := snapshot.Scope{Key: "*", Token: token.Scope{AllProjects: true}}
	body := s.sdk.snapshots.Environment(feature.Development).View(scope).Payload(false).Body().Bytes
	return strings.Contains(string(body), `"name":"`+name+`"`)
}

func createFlag(ctx context.Context, t *testing.T, s *Server, name feature.Name) {
	t.Helper()
	_, err := s.control.CreateFlag(ctx, access.System(), control.NewFlag{Name: name, Project: feature.DefaultProject})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFeedOfAnotherProcess: two servers on one database.
func TestFeedOfAnotherProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := openServer(t, dir), openServer(t, dir)
	createFlag(t.Context(), t, first, "flag")
	if !serves(first, "flag") || serves(second, "flag") {
		t.Errorf("before catching up: first %v, second %v", serves(first, "flag"), serves(second, "flag"))
	}
	if err := second.db.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !serves(second, "flag") {
		t.Error("the second server does not serve the flag of the first")
	}
}

// TestFeedThatLostItsPlace loads everything anew.
func TestFeedThatLostItsPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := openServer(t, dir), openServer(t, dir)
	f := &feed{db: second.db, snapshots: second.sdk.snapshots, origins: func(context.Context) error { return nil }}
	createFlag(t.Context(), t, first, "flag")
	if err := f.receive(t.Context(), store.Commit{Revision: 2, Complete: true}); err != nil || serves(second, "flag") {
		t.Errorf("a commit without changes: %v, serves %v", err, serves(second, "flag"))
	}
	if err := f.receive(t.Context(), store.Commit{Revision: 3}); err != nil || !serves(second, "flag") {
		t.Errorf("an incomplete commit: %v, serves %v", err, serves(second, "flag"))
	}
}
