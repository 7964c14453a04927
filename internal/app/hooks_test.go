package app_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/notify"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// receiver is a server that webhooks go to.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int // of its answers
	got    []received
}

type received struct {
	header http.Header
	body   string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: http.StatusNoContent}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, received{request.Header, string(body)})
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// took returns what came since the last call.
func (r *receiver) took() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// hooked is a server, and what tells its integrations, as another process does.
type hooked struct {
	*testkit.Server
	*receiver
	t     *testing.T
	where testdb.Database
	hooks *notify.Hooks
}

func startHooked(t *testing.T) *hooked {
	t.Helper()
	h := &hooked{t: t, receiver: newReceiver(t), where: testdb.New(t)}
	h.Server = testkit.Start(t, testkit.On(h.where))
	h.hooks = h.another(netip.MustParsePrefix("127.0.0.0/8"))
	return h
}

func (h *hooked) another(networks ...netip.Prefix) *notify.Hooks {
	h.t.Helper()
	db := h.where.Open(h.t, h.Clock.Now)
	return &notify.Hooks{DB: db, Networks: networks}
}

const hookSecrets = `"authorization":"Bearer auth-sesame","customHeaders":"{\"X-Team\":\"team-sesame\"}","secret":"key-sesame"`

func (h *hooked) body(enabled bool, url string) string {
	return fmt.Sprintf(`{"provider":"webhook","enabled":%t,"parameters":{"url":%q,%s},"events":["feature-created"],"projects":["default"]}`, enabled, url, hookSecrets)
}

func (h *hooked) flag(project, name string) {
	h.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects/"+project+"/features", fmt.Sprintf(`{"name":%q}`, name))
}

func (h *hooked) deliver() {
	h.t.Helper()
	if err := h.hooks.Deliver(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

const addons = "/api/admin/addons"

// An integration is told of the events it asked for, once, signed; what it
// keeps secret is shown nowhere.
func TestWebhook(t *testing.T) {
	t.Parallel()
	h := startHooked(t)
	h.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"other","name":"Other"}`)
	h.flag("default", "before")
	h.Must(http.StatusOK, http.MethodPost, addons, h.body(true, h.receiver.URL+"/path-sesame"))
	h.flag("default", "one")
	h.flag("other", "elsewhere")
	h.Must(http.StatusOK, http.MethodPut, "/api/admin/projects/default/features/one", `{"description":"an event of another type"}`)
	h.flag("default", "two")
	h.deliver()
	h.deliver()
	got := h.took()
	if len(got) != 2 || !strings.Contains(got[0].body, `"featureName":"one"`) || !strings.Contains(got[1].body, `"featureName":"two"`) {
		t.Fatalf("it was told %v, want of one and two", got)
	}
	sum := hmac.New(sha256.New, []byte("key-sesame"))
	sum.Write([]byte(got[0].body))
	for name, want := range map[string]string{
		"Burgee-Signature": "sha256=" + hex.EncodeToString(sum.Sum(nil)), "Burgee-Event": "feature-created", "Content-Type": "application/json",
		"Authorization": "Bearer auth-sesame", "X-Team": "team-sesame",
	} {
		if got := got[0].header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, path := range []string{addons, addons + "/1", addons + "/1/events", "/api/admin/events"} {
		if body := h.Must(http.StatusOK, http.MethodGet, path, "").Body; strings.Contains(body, "sesame") {
			t.Errorf("%s shows a secret: %s", path, body)
		}
	}
	if body := h.Must(http.StatusOK, http.MethodGet, addons+"/1/events", "").Body; strings.Count(body, `"state":"success"`) != 2 {
		t.Errorf("what it was told lately: %s", body)
	}

	// What is masked stays; what is off hears nothing, not even afterwards.
	masked := strings.NewReplacer(h.receiver.URL+"/path-sesame", "*****", "Bearer auth-sesame", "*****").Replace(h.body(false, h.receiver.URL+"/path-sesame"))
	h.Must(http.StatusOK, http.MethodPut, addons+"/1", masked)
	h.flag("default", "three")
	h.deliver()
	h.Must(http.StatusOK, http.MethodPut, addons+"/1", strings.Replace(masked, "false", "true", 1))
	h.flag("default", "four")
	h.deliver()
	got = h.took()
	if len(got) != 1 || !strings.Contains(got[0].body, `"four"`) || got[0].header.Get("Authorization") != "Bearer auth-sesame" {
		t.Errorf("after it was off and on: %v", got)
	}
	h.Must(http.StatusOK, http.MethodDelete, addons+"/1", "")
	h.flag("default", "five")
	h.deliver()
	if got := h.took(); len(got) != 0 {
		t.Errorf("after it was deleted: %v", got)
	}
}

// What fails is tried again, later each time, and given up at last; redirects
// and addresses that are not public fail.
func TestWebhookThatFails(t *testing.T) {
	t.Parallel()
	h := startHooked(t)
	h.Must(http.StatusOK, http.MethodPost, addons, h.body(true, h.receiver.URL))
	h.answer(http.StatusFound)
	h.flag("default", "first")
	h.flag("default", "second")
	for try := range 8 {
		h.deliver()
		if try < 7 {
			h.deliver() // at once: too early
		}
		if got := h.took(); len(got) != 1 || !strings.Contains(got[0].body, "first") {
			t.Fatalf("try %d: %d calls", try, len(got))
		}
		h.Clock.Advance(6 * time.Minute)
	}
	h.answer(http.StatusInternalServerError)
	h.deliver()
	h.answer(http.StatusOK)
	h.Clock.Advance(5 * time.Second)
	h.deliver()
	if got := h.took(); len(got) != 2 || !strings.Contains(got[1].body, "second") {
		t.Errorf("after the first was given up: %v", got)
	}
	h.hooks = h.another()
	h.flag("default", "third")
	h.deliver()
	if got := h.took(); len(got) != 0 {
		t.Errorf("an address that is not public got %v", got)
	}
	told := h.Must(http.StatusOK, http.MethodGet, addons+"/1/events", "").Body
	for _, part := range []string{"try 8 of 8: it answered with a redirect (302)", "status 500", `"state":"success"`, "the address is not public"} {
		if !strings.Contains(told, part) {
			t.Errorf("what it was told lately lacks %q: %s", part, told)
		}
	}
	if got := h.hooks.Counts(); got.Failed != 1 || got.Sent != 0 {
		t.Errorf("counts are %+v", got)
	}
}

// Several nodes tell of each event once.
func TestWebhooksOfSeveralNodes(t *testing.T) {
	t.Parallel()
	h := startHooked(t)
	h.Must(http.StatusOK, http.MethodPost, addons, h.body(true, h.receiver.URL))
	nodes := []*notify.Hooks{h.hooks, h.another(h.hooks.Networks...), h.another(h.hooks.Networks...)}
	for i := range 20 {
		h.flag("default", fmt.Sprint("flag-", i))
	}
	var work sync.WaitGroup
	for _, node := range nodes {
		work.Go(func() {
			for range 20 {
				if err := node.Deliver(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	h.deliver()
	seen := map[string]int{}
	for _, one := range h.took() {
		seen[one.header.Get("Burgee-Event-Id")]++
	}
	if len(seen) != 20 {
		t.Errorf("%d events arrived, want 20", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("event %s arrived %d times", id, n)
		}
	}
}

// Who may, and what is refused.
func TestWebhookRefusals(t *testing.T) {
	t.Parallel()
	h := startHooked(t)
	editor, viewer := h.Person("editor", "Editor"), h.Person("viewer", "Viewer")
	body := h.body(true, "https://example.org/x")
	with := func(from, to string) string { return strings.Replace(body, from, to, 1) }
	h.Run(
		testkit.Step{Name: "a viewer lists", Method: "GET", Path: addons, As: viewer.PAT, Status: 403},
		testkit.Step{Name: "a viewer creates", Method: "POST", Path: addons, Body: body, As: viewer.PAT, Status: 403},
		testkit.Step{Name: "an editor", Method: "POST", Path: addons, Body: body, As: editor.PAT, Status: 200},
		testkit.Step{Name: "an editor, what happens to people", Method: "POST", Path: addons, Body: with("feature-created", "user-created"), As: editor.PAT, Status: 400, Contains: []string{"/body/events", "READ_LOGS"}},
		testkit.Step{Name: "an administrator, the same", Method: "PUT", Path: addons + "/1", Body: with("feature-created", "user-created"), Status: 200},
		testkit.Step{Name: "an editor, elsewhere", Method: "PUT", Path: addons + "/1", Body: with("feature-created", "user-created"), As: editor.PAT, Status: 400},
		testkit.Step{Name: "another provider", Method: "POST", Path: addons, Body: with("webhook", "slack"), Status: 400, Contains: []string{"/body/provider"}},
		testkit.Step{Name: "no events", Method: "POST", Path: addons, Body: with(`"feature-created"`, ""), Status: 400, Contains: []string{"/body/events"}},
		testkit.Step{Name: "no such project", Method: "POST", Path: addons, Body: with(`"default"`, `"nowhere"`), Status: 400, Contains: []string{"/body/projects"}},
		testkit.Step{Name: "a file", Method: "POST", Path: addons, Body: with("https://example.org/x", "file:///etc/passwd"), Status: 400, Contains: []string{"/body/parameters/url"}, Lacks: []string{"passwd"}},
		testkit.Step{Name: "a masked address of none", Method: "POST", Path: addons, Body: with("https://example.org/x", "*****"), Status: 400},
		testkit.Step{Name: "a header of ours", Method: "POST", Path: addons, Body: with("X-Team", "Host"), Status: 400, Contains: []string{"customHeaders"}, Lacks: []string{"sesame"}},
		testkit.Step{Name: "a parameter that does nothing", Method: "POST", Path: addons, Body: with(`"url"`, `"bodyTemplate":"{{x}}","url"`), Status: 400, Contains: []string{"bodyTemplate"}},
		testkit.Step{Name: "one there is not", Method: "GET", Path: addons + "/77", Status: 404},
		testkit.Step{Name: "what one there is not was told", Method: "GET", Path: addons + "/77/events", Status: 404},
		testkit.Step{Name: "changing one there is not", Method: "PUT", Path: addons + "/77", Body: body, Status: 404},
	)
	h.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"hidden","name":"Hidden","mode":"private"}`)
	h.Run(
		testkit.Step{Name: "an editor, all projects", Method: "POST", Path: addons, Body: with(`["default"]`, `["*"]`), As: editor.PAT, Status: 400, Contains: []string{"/body/projects"}},
		testkit.Step{Name: "an editor, a hidden one", Method: "POST", Path: addons, Body: with(`"default"`, `"hidden"`), As: editor.PAT, Status: 400, Contains: []string{"does not exist"}},
	)
}
