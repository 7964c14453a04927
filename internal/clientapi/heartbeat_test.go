package clientapi_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/clientapi"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
)

// one is grants of which there is one, for good.
type one struct{ grant *auth.Grant }

func (o one) SDK(context.Context, auth.Request, token.API) (*auth.Grant, error) { return o.grant, nil }
func (one) Used(string)                                                         {}
func (one) Watch(*auth.Grant) (ended <-chan struct{}, stop func())              { return nil, func() {} }

// piped is a writer whose connection is a pipe, so that time can be faked.
type piped struct {
	http.ResponseWriter
	conn net.Conn
}

func (p piped) Hijack() (net.Conn, *bufio.ReadWriter, error) { return p.conn, nil, nil }

// silently opens a stream of which nothing but time will make anything happen,
// with a clock that the test has for itself.
func silently(t *testing.T, test func(h *clientapi.Handler, reader net.Conn)) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		snapshots := snapshot.NewStore(eval.NewCompiler(eval.Options{}))
		snapshots.Apply(snapshot.Change{Revision: 7, Complete: true, Environments: []snapshot.EnvironmentChange{{
			Name: feature.Development, Flags: []snapshot.Flag{{View: feature.View{Name: "one", Project: "default"}}},
		}}})
		terms := auth.Terms{Kind: token.Client, Scope: token.Scope{AllProjects: true, Environment: dev}}
		h := &clientapi.Handler{
			Auth: one{auth.NewGrant(token.DigestOf("secret"), terms, nil)}, Snapshots: snapshots, Streams: auth.NewStreams(1, 1),
		}
		router := chi.NewRouter()
		h.Mount(router)
		ours, theirs := net.Pipe()
		router.ServeHTTP(piped{httptest.NewRecorder(), ours}, httptest.NewRequest(http.MethodGet, streaming, http.NoBody))
		test(h, theirs)
		theirs.Close()
		synctest.Wait()
	})
}

// TestHeartbeat: a stream is never silent for more than 15 seconds, and does
// not chatter.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	silently(t, func(_ *clientapi.Handler, reader net.Conn) {
		lines := bufio.NewScanner(reader)
		var beats []time.Time
		for len(beats) < 20 && lines.Scan() {
			if lines.Text() == ":" {
				beats = append(beats, time.Now())
			}
		}
		for i := range len(beats) - 1 {
			if silence := beats[i+1].Sub(beats[i]); silence > 15*time.Second || silence < 12*time.Second {
				t.Errorf("silent for %v", silence)
			}
		}
	})
}

// TestSlowReadersAreCounted: a reader that takes nothing any more is dropped
// with the next heartbeat, and counted; one that hangs up is not.
func TestSlowReadersAreCounted(t *testing.T) {
	t.Parallel()
	for _, slow := range []bool{true, false} {
		silently(t, func(h *clientapi.Handler, reader net.Conn) {
			lines := bufio.NewReader(reader)
			for line := ""; !strings.Contains(line, "hydration"); {
				var err error
				if line, err = lines.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
			_, _ = io.ReadFull(lines, make([]byte, lines.Buffered()+len("\r\n")))
			if open := h.Streams.Stats().Open; open != 1 {
				t.Errorf("%d streams are open", open)
			}
			if !slow {
				reader.Close()
			}
			time.Sleep(time.Minute)
			want := auth.StreamStats{Hydrations: 1}
			if slow {
				want.Slow = 1
			}
			if got := h.Streams.Stats(); got != want {
				t.Errorf("slow %v: %+v, want %+v", slow, got, want)
			}
		})
	}
}
