package clientapi_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/testkit"
)

const (
	delta     = "/api/client/delta"
	streaming = "/api/client/streaming"
)

// told is what a document of the delta protocol says, in a line.
func told(t *testing.T, body string) string {
	t.Helper()
	var d feature.Delta
	testkit.Answer{Body: body}.JSON(t, &d)
	var all []string
	for _, e := range d.Events {
		text := e.Type
		for _, f := range e.Features {
			text += " " + string(f.Name)
		}
		for _, s := range e.Segments {
			text += " " + s.Name
		}
		if e.Feature != nil {
			text += fmt.Sprintf(" %s %v", e.Feature.Name, e.Feature.Enabled)
		}
		if e.Segment != nil {
			text += " " + e.Segment.Name
		}
		all = append(all, text+string(e.FeatureName))
	}
	return strings.Join(all, ", ")
}

// message is one event of a stream.
type message struct{ Name, ID, Data string }

// subscription is a client of a stream.
type subscription struct {
	t        *testing.T
	status   int
	header   http.Header
	messages chan message // closed at the end of the stream
	hangUp   context.CancelFunc
}

// subscribe opens a stream. Headers are pairs of name and value.
func subscribe(t *testing.T, s *testkit.Server, path, secret string, headers ...string) *subscription {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", secret)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request) //nolint:bodyclose // the goroutine below closes it
	if err != nil {
		t.Fatal(err)
	}
	sub := &subscription{t: t, status: response.StatusCode, header: response.Header, messages: make(chan message), hangUp: cancel}
	go func() {
		defer response.Body.Close()
		defer close(sub.messages)
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 10<<20)
		var m message
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				m.Name = value
			case "id":
				m.ID = value
			case "data":
				m.Data = value
			case "":
				if m.Data != "" {
					sub.messages <- m
				}
				m = message{}
			}
		}
	}()
	t.Cleanup(cancel)
	return sub
}

// next waits for the next event and returns what it says.
func (s *subscription) next() string {
	s.t.Helper()
	m, open := s.event()
	if !open {
		return "the end"
	}
	return told(s.t, m.Data)
}

func (s *subscription) event() (message, bool) {
	s.t.Helper()
	select {
	case m, open := <-s.messages:
		return m, open
	case <-time.After(20 * time.Second):
		s.t.Fatal("nothing comes")
		return message{}, false
	}
}

func expect(t *testing.T, what, want, got string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// deleteOther deletes the project "other", with its flag.
func deleteOther(s *testkit.Server) {
	s.Must(http.StatusAccepted, http.MethodDelete, "/api/admin/projects/other/features/two", "")
	s.Must(http.StatusOK, http.MethodDelete, "/api/admin/projects/other", "")
}

func flip(s *testkit.Server, project, environment, name, to string) {
	s.Must(http.StatusOK, http.MethodPost, "/api/admin/projects/"+project+"/features/"+name+"/environments/"+environment+"/"+to, "")
}

// newWorld starts a server with two projects.
func newWorld(t *testing.T, change ...func(*app.ServeConfig)) *testkit.Server {
	t.Helper()
	s := testkit.Start(t, change...)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"other","name":"other"}`)
	s.Flag("default", dev, "one", testkit.Constrained())
	s.Flag("other", dev, "two", testkit.Constrained())
	return s
}

// TestDelta: a client that polls deltas is told what changed within its scope,
// and its ETag moves for nothing else, nor for another environment.
func TestDelta(t *testing.T) {
	t.Parallel()
	s := newWorld(t)
	secret := s.ClientToken(dev, "default")
	etag := ""
	poll := func(what, query, want string) {
		t.Helper()
		got := s.Do(http.MethodGet, delta+query, "", "Authorization", secret, "If-None-Match", etag)
		if want == "" {
			if got.Status != http.StatusNotModified || got.Body != "" || got.Header.Get("ETag") != etag {
				t.Errorf("%s: status %d, ETag %s after %s: %s", what, got.Status, got.Header.Get("ETag"), etag, got.Body)
			}
			return
		}
		if got.Status != http.StatusOK {
			t.Fatalf("%s: status %d: %s", what, got.Status, got.Body)
		}
		expect(t, what, want, told(t, got.Body))
		etag = got.Header.Get("ETag")
	}
	poll("at first", "", "hydration one")
	poll("again", "", "")
	flip(s, "other", dev, "two", "off")
	s.Must(http.StatusOK, http.MethodPost, "/api/admin/projects/default/features/one/environments/production/strategies", testkit.Constrained())
	s.ClientToken(dev)
	poll("after changes of another project, another environment, a token", "", "")
	flip(s, "default", dev, "one", "off")
	flip(s, "default", dev, "one", "on")
	flip(s, "default", dev, "one", "off")
	poll("after three changes", "", "feature-updated one false")
	id := strings.Trim(etag, `"`)
	for _, form := range []string{id, `"` + id + `"`, `W/"` + id + `"`, " " + id} {
		got := s.Do(http.MethodGet, delta, "", "Authorization", secret, "If-None-Match", form)
		if got.Status != http.StatusNotModified {
			t.Errorf("If-None-Match %q: status %d", form, got.Status)
		}
	}
	for _, form := range []string{"garbage", `"-1"`, `"999999999"`, `"1"`, `"99999999999999999999"`, "*"} {
		got := s.Do(http.MethodGet, delta, "", "Authorization", secret, "If-None-Match", form)
		if got.Status != http.StatusOK || told(t, got.Body) != "hydration one" || got.Header.Get("ETag") != etag {
			t.Errorf("If-None-Match %q: status %d, ETag %s: %s", form, got.Status, got.Header.Get("ETag"), got.Body)
		}
	}
	s.Must(http.StatusAccepted, http.MethodDelete, "/api/admin/projects/default/features/one", "")
	poll("after a flag was archived", "", "feature-removed"+"one")
	for query, status := range map[string]int{"?namePrefix=": http.StatusBadRequest, "?tag=x": http.StatusBadRequest} {
		if got := s.Do(http.MethodGet, delta+query, "", "Authorization", secret); got.Status != status {
			t.Errorf("%s: status %d, want %d", query, got.Status, status)
		}
	}
}

// TestDeltaIsCompressed: for a client that takes it.
func TestDeltaIsCompressed(t *testing.T) {
	t.Parallel()
	s := newWorld(t)
	for i := range 20 {
		s.Flag("default", dev, fmt.Sprint("flag-", i), testkit.Constrained())
	}
	got := s.Do(http.MethodGet, delta, "", "Authorization", s.ClientToken(dev), "Accept-Encoding", "gzip")
	if got.Header.Get("Content-Encoding") != "gzip" || len(got.Body) > 1500 || got.Header.Get("ETag") == "" {
		t.Errorf("%d bytes, %v", len(got.Body), got.Header)
	}
}

// TestStream: each change within the scope comes at once, with an id from which
// the client goes on later, and nothing else comes.
func TestStream(t *testing.T) {
	t.Parallel()
	s := newWorld(t)
	secret := s.ClientToken(dev, "default")
	sub := subscribe(t, s, streaming, secret, "Accept-Encoding", "gzip")
	if sub.status != http.StatusOK || sub.header.Get("Content-Encoding") != "" || sub.header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		t.Fatalf("status %d, %v", sub.status, sub.header)
	}
	first, _ := sub.event()
	expect(t, "first", "unleash-connected", first.Name)
	expect(t, "first", "hydration one", told(t, first.Data))
	flip(s, "other", dev, "two", "off")
	flip(s, "default", dev, "one", "off")
	second, _ := sub.event()
	expect(t, "second", "unleash-updated", second.Name)
	expect(t, "second", "feature-updated one false", told(t, second.Data))
	sub.hangUp()
	flip(s, "default", dev, "one", "on")
	s.Flag("default", dev, "three", testkit.Constrained())
	again := subscribe(t, s, streaming, secret, "Last-Event-ID", second.ID)
	third, _ := again.event()
	expect(t, "when it is back", "feature-updated one true, feature-updated three true", told(t, third.Data))
	last := subscribe(t, s, streaming, secret, "Last-Event-ID", third.ID)
	filtered := subscribe(t, s, streaming+"?namePrefix=o", secret)
	expect(t, "filtered", "hydration one", filtered.next())
	flip(s, "default", dev, "three", "off")
	expect(t, "when it has missed nothing", "feature-updated three false", last.next())
	flip(s, "default", dev, "one", "off")
	expect(t, "filtered", "feature-updated one false", filtered.next())
	for _, id := range []string{"garbage", "9999999", "1"} {
		expect(t, "from "+id, "hydration one three", subscribe(t, s, streaming, secret, "Last-Event-ID", id).next())
	}
}

// TestStreamEndsWithItsToken: at once, whatever ends it; a stream of another
// token goes on.
func TestStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	s := newWorld(t)
	const tokens = "/api/admin/api-tokens/"
	other := subscribe(t, s, streaming, s.ClientToken(dev))
	expect(t, "at first", "hydration one two", other.next())
	soon := s.Clock.Now().Add(50 * time.Millisecond).Format(time.RFC3339Nano)
	for _, c := range []struct {
		name string
		end  func(secret string)
	}{
		{"deleted", func(secret string) { s.Must(http.StatusOK, http.MethodDelete, tokens+secret, "") }},
		{"expired by a change", func(secret string) {
			s.Must(http.StatusOK, http.MethodPut, tokens+secret, `{"expiresAt":"2026-11-22T12:00:00Z"}`)
		}},
		{"rotated at once", func(secret string) {
			s.Must(http.StatusOK, http.MethodPost, tokens+secret+"/rotate", `{"overlapSeconds":0}`)
		}},
		{"at its time", func(secret string) {
			s.Must(http.StatusOK, http.MethodPut, tokens+secret, `{"expiresAt":"`+soon+`"}`)
			s.Clock.Advance(50 * time.Millisecond)
		}},
		{"its only project deleted", func(string) { deleteOther(s) }},
	} {
		secret := s.ClientToken(dev, "other")
		sub := subscribe(t, s, streaming, secret)
		expect(t, c.name, "hydration two", sub.next())
		c.end(secret)
		got := sub.next()
		if got == "feature-removedtwo" { // archived before its project went
			got = sub.next()
		}
		expect(t, c.name, "the end", got)
	}
	flip(s, "default", dev, "one", "off")
	for {
		got := other.next()
		if got == "feature-updated one false" {
			break
		}
		expect(t, "the other stream", "feature-removedtwo", got)
	}
}

// TestDeltaAfterANarrowing: a client whose scope became another is told
// everything anew, even if its id is newer than the flags it now sees.
func TestDeltaAfterANarrowing(t *testing.T) {
	t.Parallel()
	s := newWorld(t)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"third","name":"third"}`)
	secret := s.ClientToken(dev, "default", "other")
	before := s.Do(http.MethodGet, delta, "", "Authorization", secret)
	expect(t, "before", "hydration one two", told(t, before.Body))
	deleteOther(s)
	after := s.Do(http.MethodGet, delta, "", "Authorization", secret, "If-None-Match", before.Header.Get("ETag"))
	expect(t, "after", "hydration one", told(t, after.Body))
	if again := s.Do(http.MethodGet, delta, "", "Authorization", secret, "If-None-Match", after.Header.Get("ETag")); again.Status != http.StatusNotModified {
		t.Errorf("and again: status %d: %s", again.Status, again.Body)
	}
}

// TestStreamLimits: beyond them a client is told when to come again, and a
// stream that ends makes room.
func TestStreamLimits(t *testing.T) {
	t.Parallel()
	s := newWorld(t, func(c *app.ServeConfig) { c.MaxStreams, c.MaxStreamsPerToken = 3, 2 })
	secret, other := s.ClientToken(dev), s.ClientToken(dev)
	first := subscribe(t, s, streaming, secret)
	subscribe(t, s, streaming, secret).next()
	refused := func(secret string) {
		t.Helper()
		got := s.Do(http.MethodGet, streaming, "", "Authorization", secret)
		after, err := strconv.Atoi(got.Header.Get("Retry-After"))
		if got.Status != http.StatusTooManyRequests || err != nil || after < 5 || after > 15 {
			t.Errorf("status %d; Retry-After %q: %s", got.Status, got.Header.Get("Retry-After"), got.Body)
		}
	}
	refused(secret)
	subscribe(t, s, streaming, other).next()
	refused(other)
	if got := s.Do(http.MethodHead, streaming, "", "Authorization", secret); got.Status != http.StatusOK {
		t.Errorf("HEAD: status %d", got.Status)
	}
	metrics := func() string { return s.Do(http.MethodGet, "/internal-backstage/prometheus", "").Body }
	for _, want := range []string{
		"burgee_streams_open 3", `burgee_streams_refused_total{reason="server"} 1`, `burgee_streams_refused_total{reason="token"} 1`,
	} {
		if !strings.Contains(metrics(), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	first.hangUp()
	for !strings.Contains(metrics(), "burgee_streams_open 2") {
		time.Sleep(time.Millisecond)
	}
	expect(t, "after one has left", "hydration one two", subscribe(t, s, streaming, other).next())
}

// TestStreamsCanBeSwitchedOff: then the path is none, and SDKs poll.
func TestStreamsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) { c.MaxStreams = 0 })
	secret := s.ClientToken(dev)
	for path, want := range map[string]int{streaming: http.StatusNotFound, delta: http.StatusOK} {
		if got := s.Do(http.MethodGet, path, "", "Authorization", secret); got.Status != want {
			t.Errorf("%s: status %d, want %d", path, got.Status, want)
		}
	}
}

// TestStreamsEndWithTheServer: cleanly, so that clients look for another one.
func TestStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	s := newWorld(t)
	sub := subscribe(t, s, streaming, s.ClientToken(dev))
	expect(t, "at first", "hydration one two", sub.next())
	if err := s.App.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, "at the stop", "the end", sub.next())
}

// TestStreamUnderChanges: many clients, many changes at once; at the end each
// knows what a new one is told, and no id ever fell.
func TestStreamUnderChanges(t *testing.T) {
	t.Parallel()
	s := newWorld(t)
	for i := range 5 {
		s.Flag("default", dev, fmt.Sprint("flag-", i), testkit.Constrained())
	}
	secrets := []string{s.ClientToken(dev), s.ClientToken(dev, "default"), s.ClientToken(dev, "other")}
	var subs []*subscription
	for i := range 12 {
		subs = append(subs, subscribe(t, s, streaming, secrets[i%len(secrets)]))
	}
	for i := range 40 {
		flip(s, "default", dev, fmt.Sprint("flag-", i%5), []string{"off", "on"}[i%2])
	}
	s.Flag("default", dev, "zzz", testkit.Constrained())
	s.Flag("other", dev, "zzz-2", testkit.Constrained())
	for i, sub := range subs {
		var mirror, fresh feature.Mirror
		var want feature.Delta
		s.Do(http.MethodGet, delta, "", "Authorization", secrets[i%len(secrets)]).JSON(t, &want)
		if err := fresh.Apply(want); err != nil {
			t.Fatal(err)
		}
		for last := int64(0); mirror.Revision < fresh.Revision; {
			m, open := sub.event()
			var d feature.Delta
			testkit.Answer{Body: m.Data}.JSON(t, &d)
			if err := mirror.Apply(d); err != nil || !open {
				t.Fatal(err, open)
			}
			if id, err := strconv.ParseInt(m.ID, 10, 64); err != nil || id <= last || id != mirror.Revision {
				t.Errorf("id %s after %d", m.ID, last)
			}
			last = mirror.Revision
		}
		if diff := cmp.Diff(fresh.FlagList(), mirror.FlagList()); diff != "" {
			t.Errorf("client %d (-new +stream):\n%s", i, diff)
		}
	}
}
