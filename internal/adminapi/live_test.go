package adminapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/testkit"
)

// liveStream is the stream of changes as a client reads it.
type liveStream struct {
	t      *testing.T
	events chan liveEvent // closed at the end
}

type liveEvent struct {
	name   string
	notice control.Notice
}

// watch begins to watch with a header that identifies the client.
func watch(t *testing.T, s *testkit.Server, header, value string) *liveStream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/admin/live", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(header, value)
	answer, err := http.DefaultClient.Do(request) //nolint:bodyclose // where it is read
	if err != nil {
		t.Fatal(err)
	}
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("status %d, %s", answer.StatusCode, kind)
	}
	l := &liveStream{t: t, events: make(chan liveEvent, 100)}
	go func() {
		defer close(l.events)
		defer func() { _ = answer.Body.Close() }()
		var e liveEvent
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			line := lines.Text()
			if name, ok := strings.CutPrefix(line, "event: "); ok {
				e = liveEvent{name: name}
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				if json.Unmarshal([]byte(data), &e.notice) != nil {
					e.name = "not JSON: " + data
				}
				l.events <- e
			}
		}
	}()
	if first := l.next(); first.name != "ready" {
		t.Fatalf("the stream begins with %+v", first)
	}
	return l
}

// next is the next event; its name is empty at the end of the stream.
func (l *liveStream) next() liveEvent {
	l.t.Helper()
	select {
	case e := <-l.events:
		return e
	case <-time.After(20 * time.Second):
		l.t.Fatal("nothing comes")
		return liveEvent{}
	}
}

// until reads up to a change of a key and returns what came before.
func (l *liveStream) until(key string) []liveEvent {
	l.t.Helper()
	var before []liveEvent
	for {
		e := l.next()
		if e.notice.Key == key || e.name == "" {
			return before
		}
		before = append(before, e)
	}
}

// A change is told to those who may know of it, without contents.
func TestLive(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"hush","name":"x","mode":"private"}`)
	editor, member := s.Person("editor", "Editor"), s.Person("member", "Viewer")
	s.Join(member, "hush", 5)
	outside, inside := watch(t, s, "Authorization", editor.PAT), watch(t, s, "Cookie", member.Cookie)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/hush/features", `{"name":"secret","description":"words"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/segments", `{"name":"all","constraints":[]}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/groups", `{"name":"people"}`)
	s.Must(http.StatusOK, "POST", "/api/admin/projects/hush/favorites", "", "Authorization", member.PAT)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"f"}`)
	s.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/f/environments/development/on", "")

	seen := outside.until("f")
	if len(seen) != 1 || seen[0].notice.Noun != "segment" || seen[0].notice.Key != "1" || seen[0].notice.Type != "segment-created" {
		t.Errorf("an editor is told of %+v, want the segment alone", seen)
	}
	var nouns []string
	for _, e := range inside.until("f") {
		nouns = append(nouns, e.name+" "+e.notice.Type+" "+e.notice.Key)
	}
	if got := strings.Join(nouns, ", "); got != "change feature-created secret, change segment-created 1, change project-favorited " {
		t.Errorf("a member of the project is told of %q", got)
	}
	for e := outside.next(); ; e = outside.next() {
		if e.notice.Environment == "development" && e.notice.Type == "feature-environment-enabled" && e.notice.Project == "default" && e.notice.Revision > 0 && e.notice.ID > 0 {
			break
		}
	}
}

// Who may no longer see something is no longer told of it, and who is no longer
// known is told nothing more.
func TestLiveEnds(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"hush","name":"x","mode":"private"}`)
	member := s.Person("member", "Viewer")
	s.Join(member, "hush", 5)
	stream := watch(t, s, "Authorization", member.PAT)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/hush/features", `{"name":"one"}`)
	stream.until("one")
	s.Must(http.StatusOK, "DELETE", "/api/admin/projects/hush/users/"+member.IDText()+"/roles", "")
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/hush/features", `{"name":"two"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"three"}`)
	for _, e := range stream.until("three") {
		if e.notice.Project == "hush" {
			t.Errorf("who has left the project is told of %+v", e)
		}
	}
	s.Must(http.StatusOK, "DELETE", "/api/admin/user-admin/"+member.IDText(), "")
	if e := stream.next(); e.name != "end" {
		t.Errorf("who is deleted is told %+v", e)
	}
	if e := stream.next(); e.name != "" {
		t.Errorf("after the end comes %+v", e)
	}
	s.Run(testkit.Step{Name: "nobody", Method: "GET", Path: "/api/admin/live", As: "nobody", Status: 401})
}

// One person has so many streams and no more; a stream that is left makes room.
func TestLiveIsBounded(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ann := s.Person("ann", "Viewer")
	for range control.MaxWatchesEach {
		watch(t, s, "Authorization", ann.PAT)
	}
	got := s.Do("GET", "/api/admin/live", "", "Authorization", ann.PAT)
	if got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
		t.Errorf("one more: %d %s", got.Status, got.Body)
	}
	watch(t, s, "Authorization", s.Person("ben", "Viewer").PAT)
}
