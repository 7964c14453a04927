package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/testkit"
)

// contradicts makes the server above one that tells nothing of itself and calls
// every token live for ever that it called live once, as Unleash 8.2.0 does.
// Downloads of a deleted token it answers with 401.
func (w world) contradicts() {
	var mu sync.Mutex
	said := map[string]json.RawMessage{} // of a token
	w.between.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case edge.NewsPath, "/api/client/streaming":
			rw.WriteHeader(http.StatusNotFound)
			return true
		case "/edge/validate":
		default:
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		var asked struct {
			Tokens []string `json:"tokens"`
		}
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &asked)
		now := w.Do("POST", "/edge/validate", string(body), "Authorization", "")
		var answer struct {
			Tokens []json.RawMessage `json:"tokens"`
		}
		_ = json.Unmarshal([]byte(now.Body), &answer)
		for _, raw := range answer.Tokens {
			var one struct {
				Token string `json:"token"`
			}
			_ = json.Unmarshal(raw, &one)
			said[one.Token] = raw
		}
		var live [][]byte
		for _, secret := range asked.Tokens {
			if raw := said[secret]; raw != nil {
				live = append(live, raw)
			}
		}
		_, _ = rw.Write([]byte(`{"tokens":[` + string(bytes.Join(live, []byte(","))) + `]}`))
		return true
	})
}

// TestTokenThatIsCalledLive: a deleted token that the server above goes on to
// call live ends when it does not let it in: of server SDKs, of pages, and the
// edge's own. It stays out while that is so, and others stay in.
func TestTokenThatIsCalledLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.contradicts()
	e := testkit.StartEdge(t, w.between.URL, []string{w.whole, w.other}, func(c *app.EdgeConfig) { c.Revalidation = 1 })
	paths := map[string]string{w.one: features, w.page: "/api/frontend"}
	for secret, path := range paths {
		if got := e.Do("GET", path, secret, ""); got.Status != http.StatusOK {
			t.Fatalf("%s before: %d", path, got.Status)
		}
	}
	ended := follow(t, e.URL, w.one)
	for secret, path := range paths {
		w.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+secret, "")
		testkit.Eventually(t, path+": the deleted token is refused", func() bool { return e.Do("GET", path, secret, "").Status == http.StatusUnauthorized })
	}
	select {
	case <-ended:
	case <-t.Context().Done():
		t.Error("a stream of the deleted token is open")
	}
	asked := w.between.Count("/edge/validate")
	testkit.Eventually(t, "three more rounds", func() bool {
		for secret, path := range paths {
			if got := e.Do("GET", path, secret, ""); got.Status != http.StatusUnauthorized {
				t.Fatalf("%s: it is let in again: %d", path, got.Status)
			}
		}
		return w.between.Count("/edge/validate") >= asked+3
	})
	if got := e.Do("GET", features, w.whole, ""); got.Status != http.StatusOK {
		t.Errorf("another token: %d", got.Status)
	}
	w.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+w.whole, "")
	testkit.Eventually(t, "the edge's own token is refused", func() bool { return e.Do("GET", features, w.whole, "").Status == http.StatusUnauthorized })
	if got := e.Do("GET", features, w.other, ""); got.Status != http.StatusOK {
		t.Errorf("the token of another environment: %d", got.Status)
	}
}

// TestRefusalsOfWhatStandsBetween: 401 to everything says nothing about a token,
// and tokens that nobody uses are not tried: that would look like use.
func TestRefusalsOfWhatStandsBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wall atomic.Bool
	var tried, others atomic.Int64
	w.between.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == edge.NewsPath, r.URL.Path == "/api/client/streaming":
			rw.WriteHeader(http.StatusNotFound)
			return true
		case strings.Contains(r.URL.RawQuery, "namePrefix") && r.Header.Get("Authorization") == w.one:
			tried.Add(1)
		case strings.Contains(r.URL.RawQuery, "namePrefix"):
			others.Add(1)
		}
		if wall.Load() {
			rw.WriteHeader(http.StatusUnauthorized)
		}
		return wall.Load()
	})
	e := testkit.StartEdge(t, w.between.URL, []string{w.whole}, func(c *app.EdgeConfig) { c.Revalidation = 1 })
	use := func() {
		if got := e.Do("GET", features, w.one, ""); got.Status != http.StatusOK {
			t.Fatalf("with the token: %d %s", got.Status, got.Body)
		}
	}
	use()
	testkit.Eventually(t, "it is tried", func() bool { use(); return tried.Load() > 0 })
	if others.Load() > 0 {
		t.Errorf("a token that nobody uses was tried %d times", others.Load())
	}
	wall.Store(true)
	before := tried.Load()
	testkit.Eventually(t, "it is tried against a wall", func() bool { use(); return tried.Load() >= before+2 })
	use()
}
