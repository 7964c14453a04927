package frontendapi_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// notices is an open stream of refetch notices.
type notices struct {
	lines  chan string
	status int
}

// listen opens the stream at a path; it ends with the test.
func listen(t *testing.T, s *testkit.Server, path string, headers ...string) *notices {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	n := &notices{lines: make(chan string, 100), status: answer.StatusCode}
	t.Cleanup(func() { _ = answer.Body.Close() })
	go func() {
		defer close(n.lines)
		for scanner := bufio.NewScanner(answer.Body); scanner.Scan(); {
			if data, ok := strings.CutPrefix(scanner.Text(), "data: "); ok {
				n.lines <- data
			}
		}
	}()
	return n
}

// next returns the next notice; "end" when the stream has ended, "" when nothing
// comes for the time.
func (n *notices) next(wait time.Duration) string {
	select {
	case line, open := <-n.lines:
		if !open {
			return "end"
		}
		return line
	case <-time.After(wait):
		return ""
	}
}

const (
	notice = `{"type":"refetchEvaluation"}`
	soon   = 10 * time.Second       // far more than it takes
	quiet  = 150 * time.Millisecond // in which nothing may come
)

// address is where a provider with a token hears of changes.
func address(t *testing.T, s *testkit.Server, secret string) string {
	t.Helper()
	var body struct {
		EventStreams []struct {
			Type               string
			Endpoint           struct{ RequestURI string }
			InactivityDelaySec int
		}
	}
	got := s.Must(http.StatusOK, "POST", ofrepFlags, `{}`, "Authorization", secret)
	got.JSON(t, &body)
	if len(body.EventStreams) != 1 || body.EventStreams[0].Type != "sse" || strings.Contains(got.Body, secret) {
		t.Fatalf("streams: %s", got.Body)
	}
	return body.EventStreams[0].Endpoint.RequestURI
}

// TestOFREPStream: a notice for each change of what the token sees, for no
// other, until the token ends.
func TestOFREPStream(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"other","name":"Other"}`)
	secret := s.FrontendToken(dev, "default")
	at := address(t, s, secret)
	n := listen(t, s, at, "Origin", "https://shop.example")
	if got := n.next(quiet); got != "" {
		t.Errorf("before any change: %q", got)
	}
	s.Flag("default", dev, "mine")
	if got := n.next(soon); got != notice {
		t.Errorf("after a change: %q", got)
	}
	for n.next(quiet) != "" { // making the flag was several changes
		continue
	}
	s.Flag("other", dev, "foreign")
	if got := n.next(quiet); got != "" {
		t.Errorf("after a change of another project: %q", got)
	}
	late := listen(t, s, at)
	if got := late.next(soon); got != notice {
		t.Errorf("to who evaluated before the change: %q", got)
	}
	fresh := listen(t, s, address(t, s, secret))
	if got := fresh.next(quiet); got != "" {
		t.Errorf("to who evaluated after it: %q", got)
	}
	again := listen(t, s, at, "Last-Event-ID", strings.SplitAfter(address(t, s, secret), "since=")[1])
	if got := again.next(quiet); got != "" {
		t.Errorf("to who comes back and missed nothing: %q", got)
	}
	s.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+secret, "")
	for _, open := range []*notices{n, late, fresh, again} {
		if got := open.next(soon); got != "end" {
			t.Errorf("after the end of the token: %q", got)
		}
	}
	if got := listen(t, s, at); got.status != http.StatusUnauthorized {
		t.Errorf("a stream of a token that is gone: %d", got.status)
	}
}

// TestOFREPStreamRefuses: R19. The address of a stream opens nothing else, and
// is of front-end tokens only.
func TestOFREPStreamRefuses(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) { c.MaxStreams, c.MaxStreamsPerToken = 2, 1 })
	at := address(t, s, s.FrontendToken(dev))
	digest := strings.Split(strings.TrimPrefix(at, "/ofrep/v1/streams/"), "?")[0]
	if got := s.Do("GET", "/api/frontend", "", "Authorization", digest); got.Status != http.StatusUnauthorized {
		t.Errorf("the address as a token: %d", got.Status)
	}
	for path, status := range map[string]int{"/ofrep/v1/streams/nothing": 401, "/ofrep/v1/streams/" + strings.Repeat("A", 43): 401} {
		if got := listen(t, s, path); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	first := listen(t, s, at)
	if second := listen(t, s, at); first.status != 200 || second.status != http.StatusTooManyRequests {
		t.Errorf("one stream for the token: %d, then %d", first.status, second.status)
	}
	none := testkit.Start(t, func(c *app.ServeConfig) { c.MaxStreams = 0 })
	if got := none.Must(http.StatusOK, "POST", ofrepFlags, `{}`, "Authorization", none.FrontendToken(dev)); strings.Contains(got.Body, "eventStreams") {
		t.Errorf("without streaming: %s", got.Body)
	}
}
