package edgeapi_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/token"
)

// listen opens a stream and returns the data of its events; the channel is
// closed when the stream ends.
func listen(t *testing.T, s *testkit.Server, secret string) <-chan string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/edge/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", secret)
	response, err := http.DefaultTransport.RoundTrip(request) //nolint:bodyclose // the reader below does
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("opening a stream: %v %v", response, err)
	}
	heard := make(chan string, 100)
	go func() {
		defer close(heard)
		defer response.Body.Close()
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
				heard <- data
			}
		}
	}()
	if first := next(t, heard); first != `{"all":true}` {
		t.Fatalf("it begins with %s", first)
	}
	return heard
}

// next is the next event; "end" when there is none any more, "nothing" when none
// comes.
func next(t *testing.T, heard <-chan string) string {
	t.Helper()
	select {
	case data, more := <-heard:
		if !more {
			return "end"
		}
		return data
	case <-time.After(time.Second):
		return "nothing"
	}
}

// TestStream (R34): an edge hears of tokens that see nothing its own does not, by
// digest; of others only that something changed; of those of another environment
// and of admins nothing. It ends with its own token.
func TestStream(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"other","name":"Other"}`)
	own := s.ClientToken("development", "default")
	heard := listen(t, s, own)
	drop := func(secret string) {
		t.Helper()
		s.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+secret, "")
	}
	covered, page, wider := s.ClientToken("development", "default"), s.FrontendToken("development", "default"), s.ClientToken("development", "*")
	elsewhere, apart := s.ClientToken("production", "default"), s.ClientToken("development", "other")
	admin := s.Token(`{"tokenName":"a","type":"admin"}`)
	for _, c := range []struct{ name, secret, want string }{
		{"covered", covered, `{"tokens":["` + token.DigestOf(covered).String() + `"]}`},
		{"of pages", page, `{"tokens":["` + token.DigestOf(page).String() + `"]}`},
		{"wider", wider, `{"all":true}`},
		{"of another environment", elsewhere, "nothing"},
		{"of another project", apart, "nothing"},
		{"of an admin", admin, "nothing"},
		{"its own", own, "end"},
	} {
		drop(c.secret)
		got := next(t, heard)
		if c.name == "its own" && strings.Contains(got, token.DigestOf(own).String()) {
			got = next(t, heard) // it may hear of its own end before the end
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for secret, status := range map[string]int{s.FrontendToken("development"): 403, testkit.AdminToken: 403, "unknown": 401, "": 401} {
		if got := s.Do("GET", "/edge/stream", "", "Authorization", secret); got.Status != status {
			t.Errorf("with %q: %d, want %d", secret, got.Status, status)
		}
	}
}
