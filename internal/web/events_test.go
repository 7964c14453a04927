package web_test

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

	"github.com/burgeehq/burgee/internal/web"
)

// streaming serves a stream on every path, behind the stack.
func streaming(o web.StackOptions, work func(context.Context, *web.EventStream)) http.Handler {
	return stacked(o, func(w http.ResponseWriter, r *http.Request) { web.ServeEvents(w, r, work) })
}

// TestEventsOnTheWire: an ended stream is whole for HTTP/1.0, 1.1 and 2.
func TestEventsOnTheWire(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 40_000)
	server := httptest.NewUnstartedServer(streaming(web.StackOptions{}, func(_ context.Context, s *web.EventStream) {
		if err := s.Send("named", "7", []byte("one"), []byte(" line")); err != nil {
			t.Error(err)
		}
		if err := s.Beat(); err != nil {
			t.Error(err)
		}
		if err := s.Send("", "", []byte(big)); err != nil {
			t.Error(err)
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	want := "event: named\nid: 7\ndata: one line\n\n:\n\ndata: " + big + "\n\n"
	first := &http.Transport{TLSClientConfig: server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()}
	for proto, transport := range map[string]http.RoundTripper{"HTTP/2.0": server.Client().Transport, "HTTP/1.1": first} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			request, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/things/one", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			response, err := transport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if expected := map[string]string{http.MethodGet: want}[method]; err != nil || string(body) != expected || response.Proto != proto {
				t.Errorf("%s %s: %v, %d bytes over %s", method, proto, err, len(body), response.Proto)
			}
			for name, value := range map[string]string{
				"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store, no-transform",
				"X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff", "Content-Encoding": "",
			} {
				if got := response.Header.Get(name); got != value {
					t.Errorf("%s %s: header %s is %q, want %q", method, proto, name, got, value)
				}
			}
		}
	}
	if got := plain(t, "GET /things/one HTTP/1.0\r\n\r\n", want); !strings.HasSuffix(got, "\r\n\r\n"+want) || strings.Contains(got, "chunked") {
		t.Errorf("HTTP/1.0 gets %q", got)
	}
}

// plain sends a raw request to a server whose stream is a text, and returns all
// that comes back.
func plain(t *testing.T, request, text string) string {
	t.Helper()
	server := httptest.NewServer(streaming(web.StackOptions{}, func(_ context.Context, s *web.EventStream) {
		first, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(text, "\n\n"), "event: named\nid: 7\ndata: "), "\n\n:\n\ndata: ")
		_ = s.Send("named", "7", []byte(first))
		_ = s.Beat()
		_ = s.Send("", "", []byte(rest))
	}))
	defer server.Close()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// TestEventsEndWithTheClient: the context ends when the client hangs up.
func TestEventsEndWithTheClient(t *testing.T) {
	t.Parallel()
	for _, second := range []bool{false, true} {
		gone := make(chan struct{})
		server := httptest.NewUnstartedServer(streaming(web.StackOptions{}, func(ctx context.Context, _ *web.EventStream) {
			<-ctx.Done()
			close(gone)
		}))
		server.EnableHTTP2 = second
		server.StartTLS()
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/things/one", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		<-gone
		response.Body.Close()
		server.Close()
	}
}

// TestEventsPanic: a stream that panics takes nothing along, and is counted.
func TestEventsPanic(t *testing.T) {
	t.Parallel()
	counted := make(chan struct{})
	server := httptest.NewServer(streaming(web.StackOptions{Panicked: func() { close(counted) }}, func(context.Context, *web.EventStream) {
		panic("on purpose")
	}))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/things/one", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	<-counted
	if _, err := io.ReadAll(response.Body); err == nil {
		t.Error("a stream that panicked ends as if it were whole")
	}
}

// piped is a writer whose connection is a pipe, so that time can be faked.
type piped struct {
	http.ResponseWriter
	conn net.Conn
}

func (p piped) Hijack() (net.Conn, *bufio.ReadWriter, error) { return p.conn, nil, nil }

// TestSlowReadersAreDropped: a reader that takes nothing for ten seconds is
// dropped; one that takes a little all the time is not.
func TestSlowReadersAreDropped(t *testing.T) {
	t.Parallel()
	for _, slow := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			failed := make(chan error, 1)
			var stream *web.EventStream
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			web.ServeEvents(piped{httptest.NewRecorder(), ours}, r, func(_ context.Context, s *web.EventStream) {
				stream = s
				failed <- s.Send("", "", make([]byte, 200_000))
			})
			start := time.Now()
			go func() {
				buffer := make([]byte, 16<<10)
				for {
					if _, err := theirs.Read(buffer); err != nil || slow {
						return
					}
					time.Sleep(5 * time.Second)
				}
			}()
			err := <-failed
			if (err != nil) != slow || stream.Slow() != slow {
				t.Errorf("slow %v: error %v, counted as slow: %v", slow, err, stream.Slow())
			}
			if took := time.Since(start); slow && took != 10*time.Second {
				t.Errorf("a reader that takes nothing is dropped after %v", took)
			}
			theirs.Close()
			time.Sleep(time.Minute) // until the reader has seen that
		})
	}
}
