package clientapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

const (
	dev      = "development"
	features = "/api/client/features"
)

// payload is what a test looks at in an answer.
type payload struct {
	Version  int `json:"version"`
	Features []struct {
		Name       string `json:"name"`
		Enabled    bool   `json:"enabled"`
		Strategies []struct {
			Constraints []json.RawMessage `json:"constraints"`
			Segments    []int             `json:"segments"`
		} `json:"strategies"`
	} `json:"features"`
	Query    json.RawMessage `json:"query"`
	Segments []struct {
		Name string `json:"name"`
	} `json:"segments"`
	Meta struct {
		Revision  int64  `json:"revisionId"`
		ETag      string `json:"etag"`
		QueryHash string `json:"queryHash"`
	} `json:"meta"`
}

func (p payload) names() string {
	names := make([]string, 0, len(p.Features))
	for _, f := range p.Features {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func (p payload) segments() string {
	names := make([]string, 0, len(p.Segments))
	for _, s := range p.Segments {
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}

// read downloads what a token sees.
func read(t *testing.T, s *testkit.Server, secret, query string, headers ...string) payload {
	t.Helper()
	var p payload
	s.Must(http.StatusOK, "GET", features+query, "", append(headers, "Authorization", secret)...).JSON(t, &p)
	return p
}

func project(s *testkit.Server, id string) {
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"`+id+`","name":"`+id+`"}`)
}

// TestScope: R14, R15, R18, R21. What each token sees, whatever the query says.
func TestScope(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	project(s, "a")
	project(s, "b")
	s.Flag("default", dev, "of-default")
	s.Flag("a", dev, "of-a")
	s.Flag("a", dev, "of-a-too")
	s.Flag("b", "production", "of-b")
	s.Must(http.StatusCreated, "POST", "/api/admin/features/of-a/tags", `{"type":"simple","value":"beta"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/features/of-b/tags", `{"type":"simple","value":"gamma"}`)
	one, list, all := s.ClientToken(dev, "a"), s.ClientToken(dev, "a", "b"), s.ClientToken(dev)
	production := s.ClientToken("production")
	const echo = `"environment":"development","inlineSegmentConstraints":true}`
	for _, tc := range []struct{ name, secret, query, want, echo string }{
		{"one project", one, "", "of-a of-a-too", `{"project":["a"],` + echo},
		{"a list", list, "", "of-a of-a-too of-b", `{"project":["a","b"],` + echo},
		{"all", all, "", "of-a of-a-too of-b of-default", `{` + echo},
		{"production", production, "", "of-a of-a-too of-b of-default", `{"environment":"production","inlineSegmentConstraints":true}`},
		{"scope beats project", one, "?project=b", "of-a of-a-too", `{"project":["a"],` + echo},
		{"a list cannot be narrowed", list, "?project=b", "of-a of-a-too of-b", `{"project":["a","b"],` + echo},
		{"all can be narrowed", all, "?project=b", "of-b", `{"project":["b"],` + echo},
		{"to several", all, "?project=b&project=default", "of-b of-default", `{"project":["b","default"],` + echo},
		{"to an unknown one", all, "?project=none", "", `{"project":["none"],` + echo},
		{"to nothing", all, "?project=", "of-a of-a-too of-b of-default", `{` + echo},
		{"environment is the token's", all, "?environment=production", "of-a of-a-too of-b of-default", `{` + echo},
		{"inlining is not for the query", all, "?inlineSegmentConstraints=false&whatever=1", "of-a of-a-too of-b of-default", `{` + echo},
		{"prefix", all, "?namePrefix=of-a", "of-a of-a-too", `{"namePrefix":"of-a",` + echo},
		{"prefix within the scope", one, "?namePrefix=of-", "of-a of-a-too", `{"project":["a"],"namePrefix":"of-",` + echo},
		{"tag", all, "?tag=simple:beta", "of-a", `{"tag":[["simple","beta"]],` + echo},
		{"either tag", all, "?tag=simple:beta&tag=simple:gamma", "of-a of-b", `{"tag":[["simple","beta"],["simple","gamma"]],` + echo},
		{"tag within the scope", one, "?tag=simple:gamma", "", `{"tag":[["simple","gamma"]],"project":["a"],` + echo},
		{"tag and prefix", all, "?tag=simple:beta&namePrefix=x", "", `{"tag":[["simple","beta"]],"namePrefix":"x",` + echo},
	} {
		got := read(t, s, tc.secret, tc.query)
		if got.names() != tc.want || string(got.Query) != tc.echo || got.Version != 2 {
			t.Errorf("%s: version %d, flags %q, query %s; want %q, %s", tc.name, got.Version, got.names(), got.Query, tc.want, tc.echo)
		}
	}
	if got := read(t, s, production, ""); !got.Features[2].Enabled || got.Features[0].Enabled {
		t.Errorf("in production, only of-b is on: %+v", got.Features)
	}
	// R14, R21: projects that come later are part of all, and of nothing else.
	project(s, "later")
	s.Flag("later", dev, "of-later")
	if got := read(t, s, all, "").names(); got != "of-a of-a-too of-b of-default of-later" {
		t.Errorf("all, with a new project: %s", got)
	}
	if got := read(t, s, list, "").names(); got != "of-a of-a-too of-b" {
		t.Errorf("a list, with a new project: %s", got)
	}
	for _, query := range []string{"?tag=beta", "?tag=", "?tag=:beta", "?tag=simple:", "?namePrefix=", "?" + strings.Repeat("tag=a:b&", 101), "?namePrefix=" + strings.Repeat("x", 9000)} {
		if got := s.Do("GET", features+query, "", "Authorization", all); got.Status != http.StatusBadRequest {
			t.Errorf("%.40s: %d %s", query, got.Status, got.Body)
		}
	}
}

// TestOneFlag: GET /api/client/features/{name}.
func TestOneFlag(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	project(s, "a")
	s.Flag("a", dev, "of-a")
	s.Flag("default", dev, "of-default")
	secret := s.ClientToken(dev, "a")
	got := s.Do("GET", features+"/of-a", "", "Authorization", secret)
	if !strings.HasPrefix(got.Body, `{"name":"of-a","type":"release","enabled":true,"project":"a","stale":false,"strategies":[`) {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	for path, status := range map[string]int{"/of-default": 404, "/none": 404, "/of%2Da": 200, "/of-a/more": 404} {
		if got := s.Do("GET", features+path, "", "Authorization", secret); got.Status != status {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
}

// TestKindsOfTokens: R5, R11, R13, R16, R19. The client API takes client
// tokens, and those open nothing else.
func TestKindsOfTokens(t *testing.T) {
	t.Parallel()
	const bare = "4f5c8d7a9b3e2f1c0d6a8b4e7f9c1d3a"
	s := testkit.Start(t, func(c *app.ServeConfig) { c.InitClientTokens = []string{bare, "*:production.my-own-secret"} })
	s.Flag("default", dev, "plain")
	client, frontend := s.ClientToken(dev, "default"), s.FrontendToken(dev)
	session := s.SignIn("admin", testkit.AdminPassword)
	for name, tc := range map[string]struct {
		header, value string
		status        int
	}{
		"client":                 {"Authorization", client, 200},
		"with a scheme":          {"Authorization", "Bearer " + client, 200},
		"in any case":            {"Authorization", "BEARER   " + client, 200},
		"with spaces":            {"Authorization", "  " + client + "  ", 200},
		"R24: version 1":         {"Authorization", bare, 200},
		"chosen by the operator": {"Authorization", "*:production.my-own-secret", 200},
		"front-end":              {"Authorization", frontend, 403},
		"admin":                  {"Authorization", testkit.AdminToken, 403},
		"like an admin's":        {"Authorization", "*:*.garbage", 403},
		"like a personal one":    {"Authorization", "user:garbage", 403},
		"unknown":                {"Authorization", "default:development.garbage", 401},
		"another scheme":         {"Authorization", "Basic " + client, 401},
		"upper case":             {"Authorization", strings.ToUpper(client), 401},
		"none":                   {"Authorization", "", 401},
		"a session":              {"Cookie", session, 401},
	} {
		for _, path := range []string{features, features + "/plain", delta, streaming, "/api/client/nowhere"} {
			status := tc.status
			switch {
			case status == 200 && path == streaming:
				continue // it would not end
			case status == 200 && path == "/api/client/nowhere":
				status = 404
			}
			got := s.Do("GET", path, "", tc.header, tc.value)
			if got.Status != status {
				t.Errorf("%s on %s: %d, want %d: %s", name, path, got.Status, status, got.Body)
			}
			if status == 401 || status == 403 {
				checkBare(t, got)
			}
		}
	}
	for _, step := range []struct{ method, path string }{
		{"GET", "/api/admin/projects"},
		{"POST", "/api/admin/projects/default/features"},
		{"GET", "/api/admin/api-tokens"},
		{"GET", "/api/frontend"},
		{"POST", "/api/frontend"},
		{"GET", "/api/anything"},
	} {
		if got := s.Do(step.method, step.path, "", "Authorization", client); got.Status != http.StatusForbidden {
			t.Errorf("a client token on %s %s: %d", step.method, step.path, got.Status)
		}
	}
	for _, step := range []struct {
		method, path string
		status       int
	}{{"POST", features, 404}, {"DELETE", features, 404}, {"OPTIONS", features, 404}, {"POST", streaming, 404}, {"POST", delta, 404}} {
		if got := s.Do(step.method, step.path, "", "Authorization", client); got.Status != step.status {
			t.Errorf("%s %s: %d, want %d", step.method, step.path, got.Status, step.status)
		}
	}
}

// checkBare: the body of a refusal is a message and nothing else.
func checkBare(t *testing.T, got testkit.Answer) {
	t.Helper()
	var body map[string]any
	got.JSON(t, &body)
	if message, ok := body["message"].(string); !ok || message == "" || len(body) != 1 {
		t.Errorf("the body of a refusal: %s", got.Body)
	}
}

// TestSegments: by id or inlined, by the version of the specification; and
// never those of flags that the token does not see (R21: the peer hands every
// segment to every token).
func TestSegments(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	project(s, "b")
	segment := func(name, value string) string {
		var made struct {
			ID int `json:"id"`
		}
		s.Must(http.StatusCreated, "POST", "/api/admin/segments", `{"name":"`+name+`","constraints":[{"contextName":"userId","operator":"IN","values":["`+value+`"]}]}`).JSON(t, &made)
		return strconv.Itoa(made.ID)
	}
	with := func(ids string) string {
		return `{"name":"default","parameters":{},"constraints":[{"contextName":"plan","operator":"IN","values":["pro"]}],"segments":[` + ids + `]}`
	}
	mine, theirs := segment("mine", "me"), segment("theirs", "secret-user")
	segment("unused", "nobody")
	s.Flag("default", dev, "one", with(mine))
	s.Flag("b", "production", "other", with(theirs))
	s.Flag("b", dev, "another", with(theirs))
	secret, all := s.ClientToken(dev, "default"), s.ClientToken(dev)
	for _, tc := range []struct {
		spec   string
		status int
		inline bool
	}{
		{"", 200, true},
		{"4.1.9", 200, true},
		{"4.2.0-beta.1", 200, true},
		{"4.2.0", 200, false},
		{"4.3.1", 200, false},
		{"5.2.0", 200, false},
		{"10.0.0+b", 200, false},
		{"abc", 400, false},
		{"v5.2.0", 400, false},
		{"5.2", 400, false},
		{"05.2.0", 400, false},
	} {
		got := s.Do("GET", features, "", "Authorization", secret, "Unleash-Client-Spec", tc.spec)
		if got.Status != tc.status {
			t.Errorf("spec %q: %d %s", tc.spec, got.Status, got.Body)
		}
		if got.Status != http.StatusOK {
			continue
		}
		if strings.Contains(got.Body, "secret-user") || strings.Contains(got.Body, "nobody") {
			t.Errorf("spec %q: a segment leaks: %s", tc.spec, got.Body)
		}
		var p payload
		got.JSON(t, &p)
		constraints, ids := 1, 1
		if tc.inline {
			constraints, ids = 2, 0
		}
		strategy := p.Features[0].Strategies[0]
		if len(strategy.Constraints) != constraints || len(strategy.Segments) != ids || len(p.Segments) != ids || strings.Contains(got.Body, `"segments"`) == tc.inline {
			t.Errorf("spec %q: %s", tc.spec, got.Body)
		}
		if single := s.Do("GET", features+"/one", "", "Authorization", secret, "Unleash-Client-Spec", tc.spec); strings.Contains(single.Body, `"segments"`) == tc.inline {
			t.Errorf("spec %q: one flag: %s", tc.spec, single.Body)
		}
	}
	if got := read(t, s, all, "", "Unleash-Client-Spec", "5.2.0").segments(); got != "mine theirs" {
		t.Errorf("a token of all projects: segments %s", got)
	}
	if got := read(t, s, all, "?namePrefix=an", "Unleash-Client-Spec", "5.2.0").segments(); got != "theirs" {
		t.Errorf("with a prefix: segments %s", got)
	}
}

// TestETag: the contract's table, and that what a token does not see leaves
// its ETag alone.
func TestETag(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	project(s, "b")
	s.Flag("default", dev, "mine")
	s.Flag("b", dev, "theirs")
	secret := s.ClientToken(dev, "default")
	get := func(headers ...string) testkit.Answer {
		return s.Do("GET", features, "", append(headers, "Authorization", secret)...)
	}
	first := get()
	tag := first.Header.Get("ETag")
	var p payload
	first.JSON(t, &p)
	if p.Meta.ETag != tag || !strings.HasPrefix(tag, `"`+p.Meta.QueryHash) || !strings.HasSuffix(tag, ":"+strconv.FormatInt(p.Meta.Revision, 10)+`:v1"`) || len(p.Meta.QueryHash) != 8 {
		t.Errorf("ETag %s, meta %+v", tag, p.Meta)
	}
	for _, tc := range []struct {
		tag    string
		status int
	}{
		{tag, 304},
		{"W/" + tag, 304},
		{`"x", ` + tag, 304},
		{"*", 304},
		{strings.Trim(tag, `"`), 200},
		{`"x"`, 200},
		{"", 200},
		{strings.Replace(tag, ":v1", ":v2", 1), 200},
		{`"x` + tag[1:], 200},
	} {
		got := get("If-None-Match", tc.tag)
		if got.Status != tc.status {
			t.Errorf("If-None-Match %s: %d, want %d", tc.tag, got.Status, tc.status)
		}
		if got.Status == http.StatusNotModified && (got.Body != "" || got.Header.Get("ETag") != tag || got.Header.Get("Content-Type") != "") {
			t.Errorf("304 with %q and %v", got.Body, got.Header)
		}
	}
	if same := s.Do("GET", features, "", "Authorization", s.ClientToken(dev, "default")).Header.Get("ETag"); same != tag {
		t.Errorf("another token of the same scope: %s, not %s", same, tag)
	}
	if other := get("Unleash-Client-Spec", "5.2.0").Header.Get("ETag"); other == tag {
		t.Error("both forms have one ETag")
	}
	flag := func(project, name, environment, state string) func() {
		return func() {
			s.Must(http.StatusOK, "POST", "/api/admin/projects/"+project+"/features/"+name+"/environments/"+environment+"/"+state, "")
		}
	}
	for _, step := range []struct {
		name   string
		change func()
		status int
	}{
		{"another project", flag("b", "theirs", dev, "off"), 304},
		{"another environment", flag("default", "mine", "production", "on"), 304},
		{"a new token", func() { s.ClientToken(dev) }, 304},
		{"a new project with a flag", func() { project(s, "c"); s.Flag("c", dev, "new") }, 304},
		{"its own flag", flag("default", "mine", dev, "off"), 200},
		{"and back: the content is the same", flag("default", "mine", dev, "on"), 304},
		{"a new flag", func() { s.Flag("default", dev, "more") }, 200},
		{"which goes", func() { s.Must(http.StatusAccepted, "DELETE", "/api/admin/projects/default/features/more", "") }, 304},
	} {
		step.change()
		if got := get("If-None-Match", tag); got.Status != step.status {
			t.Errorf("after %s: %d, want %d", step.name, got.Status, step.status)
		}
	}
}

// TestHeaders: compression, HEAD and what caches are told.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Flag("default", dev, "plain")
	secret := s.ClientToken(dev)
	plain := s.Do("GET", features, "", "Authorization", secret, "Accept-Encoding", "identity")
	for header, want := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Vary": "Accept-Encoding", "Cache-Control": "no-cache", "Content-Encoding": "", "Access-Control-Allow-Origin": "",
	} {
		if got := plain.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	zipped := s.Do("GET", features, "", "Authorization", secret, "Accept-Encoding", "deflate, gzip")
	if zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("ETag") != plain.Header.Get("ETag") {
		t.Errorf("gzip: %v", zipped.Header)
	}
	reader, err := gzip.NewReader(bytes.NewReader([]byte(zipped.Body)))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(reader); err != nil || string(body) != plain.Body {
		t.Errorf("unzipped: %v %s", err, body)
	}
	head := s.Do("HEAD", features, "", "Authorization", secret, "Accept-Encoding", "identity")
	if head.Status != http.StatusOK || head.Body != "" || head.Header.Get("ETag") != plain.Header.Get("ETag") || head.Header.Get("Content-Length") != strconv.Itoa(len(plain.Body)) {
		t.Errorf("HEAD: %d %v", head.Status, head.Header)
	}
}

// TestChangesAreSeenAtOnce: the read that follows a write sees it.
func TestChangesAreSeenAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	project(s, "a")
	s.Flag("a", dev, "parent")
	s.Flag("a", dev, "flag")
	secret := s.ClientToken(dev, "a")
	const flag = "/api/admin/projects/a/features/flag"
	see := func(part string, there bool) {
		t.Helper()
		got := s.Do("GET", features, "", "Authorization", secret)
		if strings.Contains(got.Body, part) != there {
			t.Errorf("%s there: %v, want %v: %s", part, !there, there, got.Body)
		}
	}
	for _, step := range []struct {
		method, path, body string
		status             int
		part               string
		there              bool
	}{
		{"POST", flag + "/environments/development/off", "", 200, `"name":"flag","type":"release","enabled":false`, true},
		{"PUT", flag, `{"type":"kill-switch","description":"why"}`, 200, `"description":"why"`, true},
		{"POST", flag + "/environments/development/strategies", testkit.Constrained(`{"contextName":"plan","operator":"IN","values":["pro-plan"]}`), 200, "pro-plan", true},
		{"POST", flag + "/dependencies", `{"feature":"parent"}`, 200, `"dependencies":[{"feature":"parent","enabled":true,"variants":[]}]`, true},
		{"DELETE", flag + "/dependencies", "", 200, "dependencies", false},
		{"DELETE", flag, "", 202, `"name":"flag"`, false},
		{"POST", "/api/admin/archive/revive/flag", "", 200, `"name":"flag"`, true},
		{"DELETE", "/api/admin/projects/a/environments/development", "", 200, `"name":"parent"`, false},
		{"POST", "/api/admin/projects/a/environments", `{"environment":"development"}`, 200, `"name":"parent"`, true},
		{"POST", flag + "/changeProject", `{"newProjectId":"default"}`, 200, `"name":"flag"`, false},
	} {
		s.Must(step.status, step.method, step.path, step.body)
		see(step.part, step.there)
	}
}

// TestRevocation: R15, R22. A token that is gone, has expired or whose
// project is gone stops at once; none of them turns into one that sees more.
func TestRevocation(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, id := range []string{"a", "b"} {
		project(s, id)
		s.Flag(id, dev, "of-"+id)
	}
	s.Must(http.StatusCreated, "POST", "/api/admin/environments", `{"name":"lab","type":"test"}`)
	s.Must(http.StatusOK, "POST", "/api/admin/projects/a/environments", `{"environment":"lab"}`)
	status := func(secret string) int { return s.Do("GET", features, "", "Authorization", secret).Status }
	both, onlyA, lab, deleted := s.ClientToken(dev, "a", "b"), s.ClientToken(dev, "a"), s.ClientToken("lab"), s.ClientToken(dev)
	expiring := s.Token(`{"tokenName":"brief","type":"client","environment":"development","projects":["*"],"expiresAt":"` + s.Clock.Now().Add(time.Hour).Format(time.RFC3339) + `"}`)

	s.Must(http.StatusOK, "DELETE", "/api/admin/api-tokens/"+deleted, "")
	if got := status(deleted); got != http.StatusUnauthorized {
		t.Errorf("a deleted token: %d", got)
	}
	if got := read(t, s, lab, "").names(); got != "of-a" {
		t.Errorf("lab: %s", got)
	}
	s.Must(http.StatusNoContent, "POST", "/api/admin/environments/lab/off", "")
	if got := read(t, s, lab, "").names(); got != "of-a" {
		t.Errorf("lab, switched off, serves as ever: %s", got)
	}
	s.Must(http.StatusOK, "DELETE", "/api/admin/environments/lab", "")
	if got := s.Do("GET", features, "", "Authorization", lab); got.Status == http.StatusOK && strings.Contains(got.Body, "of-") {
		t.Errorf("lab, deleted: %s", got.Body)
	}
	s.Must(http.StatusAccepted, "DELETE", "/api/admin/projects/a/features/of-a", "")
	s.Must(http.StatusOK, "DELETE", "/api/admin/projects/a", "")
	if got := read(t, s, both, "").names(); got != "of-b" {
		t.Errorf("a token of a and b, without a: %s", got)
	}
	if got := s.Do("GET", features, "", "Authorization", onlyA); strings.Contains(got.Body, "of-b") {
		t.Errorf("a token of a, without a: %d %s", got.Status, got.Body)
	}
	if got := status(expiring); got != http.StatusOK {
		t.Errorf("before it expires: %d", got)
	}
	s.Clock.Advance(time.Hour)
	if got := status(expiring); got != http.StatusUnauthorized {
		t.Errorf("when it expires: %d", got)
	}
}

// TestSurvivesARestart: a server that starts again on the same data serves the
// same content under an ETag that clients still match.
func TestSurvivesARestart(t *testing.T) {
	t.Parallel()
	where := testdb.New(t)
	open := func() *testkit.Server { return testkit.Start(t, testkit.On(where)) }
	first := open()
	first.Flag("default", dev, "plain")
	secret := first.ClientToken(dev, "default")
	before := first.Do("GET", features, "", "Authorization", secret)
	second := open()
	second.ClientToken(dev) // moves the revision of the server, not of what the token sees
	after := second.Do("GET", features, "", "Authorization", secret)
	cut := func(body string) string { head, _, _ := strings.Cut(body, `,"meta"`); return head }
	if diff := cmp.Diff(cut(before.Body), cut(after.Body)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	got := second.Do("GET", features, "", "Authorization", secret, "If-None-Match", before.Header.Get("ETag"))
	if got.Status != http.StatusNotModified {
		t.Errorf("the ETag of before: %d", got.Status)
	}
}
