package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// Everything arrives on the other engine, and back: tokens and sessions open
// what they did, answers are the same, numbers are not given out twice.
func TestMoveBetweenEngines(t *testing.T) {
	t.Parallel()
	file, server := testdb.Database{Dir: t.TempDir()}, testdb.Database{Dir: t.TempDir(), URL: testdb.StartServer(t).New(t)}
	back := testdb.Database{Dir: t.TempDir()}
	var before []string
	var look func(s *testkit.Server) []string
	t.Run("source", func(t *testing.T) { look = fill(testkit.Start(t, testkit.On(file))) })
	t.Run("source, after its usage is written", func(t *testing.T) { before = look(testkit.Start(t, testkit.On(file))) })
	there := move(t, file, server)
	t.Run("target", func(t *testing.T) {
		s := testkit.Start(t, testkit.On(server))
		if diff := cmp.Diff(before, look(s)); diff != "" {
			t.Errorf("not the same after the move (-before +after):\n%s", diff)
		}
		var made struct {
			ID int64 `json:"id"`
		}
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/segments", `{"name":"later","constraints":[]}`).JSON(t, &made)
		if made.ID != 3 {
			t.Errorf("the third segment has id %d, want 3: the second was deleted, and its id is not given out again", made.ID)
		}
		s.Must(http.StatusNoContent, http.MethodDelete, fmt.Sprintf("/api/admin/segments/%d", made.ID), "")
	})
	if _, err := store.Move(t.Context(), file.Open(t, time.Now), server.Open(t, time.Now), quiet); !errors.Is(err, store.ErrTargetInUse) {
		t.Errorf("moving once more: %v, want %v", err, store.ErrTargetInUse)
	}
	again := move(t, server, back)
	if want, got := rowsOf(there), rowsOf(again); got["event"] != want["event"]+2 || got["feature"] != want["feature"] {
		t.Errorf("back there are %v, after the way there were %v", got, want)
	}
}

func quiet(string, int64) {}

// fill puts something into most tables. It returns a function that asks a
// server for what depends on it.
func fill(s *testkit.Server) func(*testkit.Server) []string {
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/segments", `{"name":"first","constraints":[{"contextName":"userId","operator":"IN","values":["7"]}]}`)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/segments", `{"name":"second","constraints":[]}`)
	s.Must(http.StatusNoContent, http.MethodDelete, "/api/admin/segments/2", "")
	s.Flag("default", "development", "cheese", `{"name":"flexibleRollout","parameters":{"rollout":"37","stickiness":"default","groupId":"cheese"},"segments":[1]}`)
	ada := s.Person("ada", "Viewer")
	s.Join(ada, "default", 5)
	secret := s.ClientToken("development", "default")
	s.Must(http.StatusAccepted, http.MethodPost, "/api/client/metrics",
		`{"appName":"shop","instanceId":"1","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:00:00Z","toggles":{"cheese":{"yes":3,"no":4}}}}`,
		"Authorization", secret)
	return func(s *testkit.Server) []string {
		var all []string
		for _, c := range []struct{ path, header, value string }{
			{"/api/client/features", "Authorization", secret},
			{"/api/admin/projects/default/features/cheese", "Cookie", ada.Cookie},
			{"/api/admin/projects/default/features", "Authorization", ada.PAT},
			{"/api/admin/segments", "Authorization", testkit.AdminToken},
			{"/api/admin/roles", "Authorization", testkit.AdminToken},
			{"/api/admin/client-metrics/features/cheese", "Authorization", testkit.AdminToken},
			{"/api/admin/events", "Authorization", testkit.AdminToken},
		} {
			body := s.Must(http.StatusOK, http.MethodGet, c.path, "", c.header, c.value).Body
			all = append(all, c.path+"\n"+strings.ReplaceAll(body, ",", ",\n"))
		}
		return all
	}
}

// move runs the command and returns what it moved.
func move(t *testing.T, from, to testdb.Database) []store.Moved {
	t.Helper()
	var out, said bytes.Buffer
	config := app.MoveConfig{From: address(from), To: address(to), JSON: true}
	if err := app.Move(t.Context(), config, app.Streams{Out: &out, Err: &said}); err != nil {
		t.Fatalf("moving: %v", err)
	}
	var moved []store.Moved
	testkit.Answer{Body: out.String()}.JSON(t, &moved)
	return moved
}

func address(d testdb.Database) string {
	if d.Postgres() {
		return d.URL
	}
	return "sqlite://" + d.Dir
}

func rowsOf(moved []store.Moved) map[string]int64 {
	rows := make(map[string]int64)
	for _, m := range moved {
		rows[m.Table] = m.Rows
	}
	return rows
}

// A move that fails leaves the target as it was, so that it can be run again.
func TestMoveKeepsNothingWhenItFails(t *testing.T) {
	t.Parallel()
	from, to := testdb.New(t), testdb.New(t)
	testkit.Start(t, testkit.On(from))
	source, target := from.Open(t, time.Now), to.Open(t, time.Now)
	if _, err := store.Move(t.Context(), target, source, quiet); !errors.Is(err, store.ErrNothingToMove) {
		t.Errorf("moving an empty database: %v, want %v", err, store.ErrNothingToMove)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := store.Move(ctx, source, target, func(table string, _ int64) {
		if table == "event" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a move that is cut off: %v", err)
	}
	_, err = store.Move(t.Context(), source, target, func(table string, _ int64) {
		if table == "edge" {
			_ = source.Update(t.Context(), func(tx *store.Tx) error { return tx.Touch(t.Context(), store.NounOther, "x") })
		}
	})
	if !errors.Is(err, store.ErrSourceChanged) {
		t.Errorf("a source that changes: %v, want %v", err, store.ErrSourceChanged)
	}
	if _, err := store.Move(t.Context(), source, target, quiet); err != nil {
		t.Errorf("once more: %v", err)
	}
}

// A table that a migration adds and the move forgets would be lost.
func TestMoveKnowsEveryTable(t *testing.T) {
	t.Parallel()
	from, to := testdb.New(t), testdb.New(t)
	testkit.Start(t, testkit.On(from))
	moved, err := store.Move(t.Context(), from.Open(t, time.Now), to.Open(t, time.Now), quiet)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, 0, len(moved))
	for _, m := range moved {
		got = append(got, m.Table)
	}
	slices.Sort(got)
	if diff := cmp.Diff(from.Tables(t), got); diff != "" {
		t.Errorf("add tables to moved in internal/store/move.go, after those they refer to (-there +moved):\n%s", diff)
	}
}

func TestMoveRefusesOtherAddresses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct{ from, to, want string }{
		{"mysql://x", "sqlite://" + dir, "--from must begin with sqlite:// or postgres://"},
		{"sqlite://", "sqlite://" + dir, "--from must name a directory after sqlite://"},
		{"sqlite://" + dir, "sqlite://" + dir, "--from must name the data directory of a server"},
		{"postgres://u:geheim@127.0.0.1:1/x", "sqlite://" + dir, "--from: "},
	} {
		err := app.Move(t.Context(), app.MoveConfig{From: c.from, To: c.to}, app.Streams{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("from %s: %v, want %q and no password", c.from, err, c.want)
		}
	}
}
