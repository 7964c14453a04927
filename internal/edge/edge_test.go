package edge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// oracle is a server above that judges tokens.
type oracle struct {
	questions, secrets atomic.Int64
	live               map[string]string // secret to type
	refuse             func(tokens []string) int
}

func (o *oracle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Tokens []string `json:"tokens"`
	}
	_ = json.NewDecoder(r.Body).Decode(&asked)
	o.questions.Add(1)
	o.secrets.Add(int64(len(asked.Tokens)))
	if o.refuse != nil {
		if status := o.refuse(asked.Tokens); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	answer := []map[string]any{}
	for _, secret := range asked.Tokens {
		if kind := o.live[secret]; kind != "" {
			answer = append(answer, map[string]any{"token": secret, "type": kind, "environment": "development", "projects": []string{"*"}})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"tokens": answer})
}

func (o *oracle) verdicts(t *testing.T) *edge.Verdicts {
	t.Helper()
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	upstream, err := edge.NewUpstream(edge.UpstreamOptions{URL: server.URL, App: "test", Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return edge.NewVerdicts(edge.VerdictOptions{Upstream: upstream, Now: time.Now})
}

// TestUnknownTokensDoNotHammer: ten thousand secrets that nobody knows are asked
// about together, each once; what finds no room is told to come again, and known
// tokens are let in meanwhile.
func TestUnknownTokensDoNotHammer(t *testing.T) {
	t.Parallel()
	o := &oracle{live: map[string]string{"default:development.live": "client"}}
	v := o.verdicts(t)
	if grant, err := v.Token(t.Context(), "default:development.live"); err != nil || grant == nil {
		t.Fatalf("a live token: %v %v", grant, err)
	}
	const unknown = 10_000
	var refused, later atomic.Int64
	ask := func() {
		var group sync.WaitGroup
		for i := range unknown {
			group.Go(func() {
				grant, err := v.Token(t.Context(), fmt.Sprintf("default:development.unknown%d", i))
				switch {
				case fault.Is(err, fault.Unavailable):
					later.Add(1)
				case err != nil || grant != nil:
					t.Errorf("an unknown token: %v %v", grant, err)
				default:
					refused.Add(1)
				}
			})
		}
		for range 100 {
			if grant, err := v.Token(t.Context(), "default:development.live"); err != nil || grant == nil {
				t.Errorf("a live token meanwhile: %v %v", grant, err)
			}
		}
		group.Wait()
	}
	ask()
	if refused.Load() < 1000 || refused.Load()+later.Load() != unknown {
		t.Errorf("%d refused, %d told to come again", refused.Load(), later.Load())
	}
	if o.questions.Load() > 20 || o.secrets.Load() > unknown+1 {
		t.Errorf("%d questions about %d secrets", o.questions.Load(), o.secrets.Load())
	}
	known, before := refused.Load(), o.secrets.Load()
	for i := range unknown {
		if known == 0 {
			break
		}
		if grant, err := v.Token(t.Context(), fmt.Sprintf("default:development.unknown%d", i)); err == nil && grant == nil && o.secrets.Load() == before {
			known--
		}
		if o.secrets.Load() != before { // one that was told to come again
			break
		}
	}
}

// TestPoisonSpeaksForItself: a secret that the server above chokes on does not
// keep the others out.
func TestPoisonSpeaksForItself(t *testing.T) {
	t.Parallel()
	o := &oracle{live: map[string]string{"good": "client"}, refuse: func(tokens []string) int {
		if slices.Contains(tokens, "poison") {
			return http.StatusBadRequest
		}
		return 0
	}}
	v := o.verdicts(t)
	var group sync.WaitGroup
	for _, secret := range []string{"a", "poison", "good", "b"} {
		group.Go(func() {
			grant, err := v.Token(t.Context(), secret)
			if err != nil || (grant != nil) != (secret == "good") {
				t.Errorf("%s: %v %v", secret, grant, err)
			}
		})
	}
	group.Wait()
}

// TestKinds: the names of servers, old and new; what is not known opens nothing.
func TestKinds(t *testing.T) {
	t.Parallel()
	o := &oracle{live: map[string]string{"a": "client", "b": "backend", "c": "CLIENT", "d": "frontend", "e": "admin", "f": "something"}}
	v := o.verdicts(t)
	for secret, opens := range map[string][2]bool{
		"a": {true, false}, "b": {true, false}, "c": {true, false}, "d": {false, true}, "e": {false, false}, "f": {false, false}, "g": {false, false},
	} {
		for i, api := range []token.API{token.ClientAPI, token.FrontendAPI} {
			_, err := v.SDK(t.Context(), auth.Request{Authorization: secret}, api)
			if (err == nil) != opens[i] {
				t.Errorf("%s for API %d: %v", secret, api, err)
			}
		}
	}
}

// TestRevocationEnds: a token that the server above no longer knows ends at the
// next question, and what it does not answer changes nothing.
func TestRevocationEnds(t *testing.T) {
	t.Parallel()
	o := &oracle{live: map[string]string{"a": "client"}}
	var status atomic.Int64
	o.refuse = func([]string) int { return int(status.Load()) }
	v := o.verdicts(t)
	live := func() bool {
		grant, err := v.Token(t.Context(), "a")
		return err == nil && grant != nil
	}
	if !live() {
		t.Fatal("it is not live")
	}
	for _, fault := range []int{500, 403, 404, 429, 301} {
		status.Store(int64(fault))
		if err := v.Revalidate(t.Context()); err == nil || !live() {
			t.Errorf("after %d: %v, live %t", fault, err, live())
		}
	}
	status.Store(0)
	o.live = nil
	if err := v.Revalidate(context.Background()); err != nil || live() {
		t.Errorf("after it is gone: %v, live %t", err, live())
	}
}
