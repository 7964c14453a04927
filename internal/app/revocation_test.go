package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

// When the answer to a revocation has come, no request that starts later
// succeeds, under load of more than 10,000 requests; the metric counts each.
func TestNothingSucceedsAfterARevocation(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ada := s.Person("ada", "Viewer")
	const features, tokens, me = "/api/client/features", "/api/admin/api-tokens/", "/api/admin/user"
	secret := func() string { return s.ClientToken("development") }
	deleted, expired, rotated, disabled := secret(), secret(), secret(), secret()
	bob, eve := s.Person("bob", "Viewer"), s.Person("eve", "Viewer")
	off := `{"disabled":true}`
	for i, c := range []struct{ name, path, secret, method, target, body string }{
		{"deleting", features, deleted, "DELETE", tokens + deleted, ""},
		{"expiring", features, expired, "PUT", tokens + expired, fmt.Sprintf(`{"expiresAt":%q}`, s.Clock.Now().Format(time.RFC3339))},
		{"rotating at once", features, rotated, "POST", tokens + rotated + "/rotate", `{"overlapSeconds":0}`},
		{"disabling", features, disabled, "PUT", tokens + disabled, off},
		{"disabling a personal token", me, bob.PAT, "PUT", fmt.Sprintf("/api/admin/user-admin/%d/tokens/%d", bob.ID, bob.Token), off},
		{"disabling the user", me, eve.PAT, "PUT", fmt.Sprintf("/api/admin/user-admin/%d", eve.ID), off},
		{"removing the user", me, ada.PAT, "DELETE", fmt.Sprintf("/api/admin/user-admin/%d", ada.ID), ""},
	} {
		l := startLoad(t, s, c.path, c.secret)
		waitFor(t, &l.served, 1000)
		s.Must(http.StatusOK, c.method, c.target, c.body)
		l.revoked.Store(true)
		waitFor(t, &l.refused, 1000)
		l.stop()
		if late := l.late.Load(); late > 0 {
			t.Errorf("%s: %d requests succeeded that started after the answer", c.name, late)
		}
		metrics := s.Do(http.MethodGet, "/internal-backstage/prometheus", "").Body
		if want := fmt.Sprintf("burgee_token_revocations_total %d\n", i+1); !strings.Contains(metrics, want) {
			t.Errorf("after %s, the metrics lack %q", c.name, want)
		}
	}
}

// load is requests with one secret, as fast as they go.
type load struct {
	served, refused, late atomic.Int64
	revoked               atomic.Bool
	stop                  func()
}

func startLoad(t *testing.T, s *testkit.Server, path, secret string) *load {
	t.Helper()
	l := &load{}
	ctx, cancel := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	l.stop = func() { cancel(); workers.Wait() }
	for range 20 {
		workers.Go(func() {
			for ctx.Err() == nil {
				started := l.revoked.Load()
				answer := s.Do(http.MethodGet, path, "", "Authorization", secret)
				switch {
				case answer.Status == http.StatusOK && started:
					l.late.Add(1)
				case answer.Status == http.StatusOK:
					l.served.Add(1)
				case started:
					l.refused.Add(1)
				}
			}
		})
	}
	return l
}

// waitFor waits until so many requests have been counted.
func waitFor(t *testing.T, count *atomic.Int64, n int64) {
	for count.Load() < n && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
}
