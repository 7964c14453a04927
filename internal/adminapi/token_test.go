package adminapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/testkit"
)

const tokensPath = "/api/admin/api-tokens"

// shownToken is what answers say of a token.
type shownToken struct {
	Secret      string
	TokenName   string
	Type        string
	Environment string
	Project     string
	Projects    []string
	ExpiresAt   *time.Time
	CreatedAt   time.Time
	SeenAt      *time.Time
	ID          string
	Hint        string
	Secure      bool
}

// tokenList reads a list of tokens, each by its name.
func tokenList(t *testing.T, s *testkit.Server, path string, headers ...string) []shownToken {
	t.Helper()
	var list struct{ Tokens []shownToken }
	s.Must(http.StatusOK, http.MethodGet, path, "", headers...).JSON(t, &list)
	return slices.DeleteFunc(list.Tokens, func(one shownToken) bool { return strings.HasPrefix(one.TokenName, "init-") })
}

func names(tokens []shownToken) []string {
	all := []string{}
	for _, one := range tokens {
		all = append(all, one.TokenName)
	}
	return all
}

// R2, R3, R14, R15, R18, R20 to R23: what a creation accepts, and what it makes
// of it. The rows are those of the contract; where the peer has a defect, ours
// is right.
func TestCreateTokenValidation(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"zz-a","name":"A"}`)
	for _, c := range []struct {
		name, body string
		status     int
		secret     string // pattern of the secret, or of the body when refused
	}{
		{"client", `{"tokenName":"a","type":"client","environment":"development","projects":["default"]}`, 201, `^default:development\.[0-9a-f]{64}$`},
		{"frontend", `{"tokenName":"a","type":"frontend","environment":"production","project":"default"}`, 201, `^default:production\.[0-9a-f]{64}$`},
		{"type in any case", `{"tokenName":"a","type":"CLIENT"}`, 201, `^\*:development\.`},
		{"type in mixed case", `{"tokenName":"a","type":"FrontEnd"}`, 201, `^\*:development\.`},
		{"backend", `{"tokenName":"a","type":"backend"}`, 201, `^\*:development\.`},
		{"admin", `{"tokenName":"a","type":"admin"}`, 201, `^\*:\*\.[0-9a-f]{64}$`},
		{"admin of everything", `{"tokenName":"a","type":"ADMIN","projects":["*"],"environment":"*"}`, 201, `^\*:\*\.`},
		{"admin of a project", `{"tokenName":"a","type":"admin","project":"default"}`, 201, `^default:\*\.[0-9a-f]{64}$`},
		{"admin of projects", `{"tokenName":"a","type":"admin","projects":["default","zz-a"]}`, 201, `^\[\]:\*\.`},
		{"admin of an environment", `{"tokenName":"a","type":"admin","environment":"development"}`, 201, `^\*:development\.`},
		{"admin of environments", `{"tokenName":"a","type":"admin","environments":["production","development"]}`, 201, `^\*:\[\]\.`},
		{"admin of an unknown environment", `{"tokenName":"a","type":"admin","environments":["nope"]}`, 400, `nope.*/body/environment`},
		{"admin of no environment", `{"tokenName":"a","type":"admin","environments":[]}`, 400, `/body/environments`},
		{"admin of contradictory environments", `{"tokenName":"a","type":"admin","environments":["production"],"environment":"development"}`, 400, `contradict.*/body/environment`},
		{"admin of permissions", `{"tokenName":"a","type":"admin","permissions":["CREATE_FEATURE"]}`, 201, `^\*:\*\.`},
		{"admin of no permissions", `{"tokenName":"a","type":"admin","permissions":[]}`, 400, `/body/permissions`},
		{"admin of an unknown permission", `{"tokenName":"a","type":"admin","permissions":["FLY"]}`, 400, `FLY.*/body/permissions`},
		{"admin of the permission ADMIN", `{"tokenName":"a","type":"admin","permissions":["ADMIN"]}`, 400, `ADMIN.*/body/permissions`},
		{"client with permissions", `{"tokenName":"a","type":"client","permissions":["CREATE_FEATURE"]}`, 400, `/body/permissions`},
		{"client with environments", `{"tokenName":"a","type":"client","environments":["production"]}`, 400, `/body/environments`},
		{"no type", `{"tokenName":"a"}`, 400, `/body/type`},
		{"unknown type", `{"tokenName":"a","type":"server"}`, 400, `/body/type`},
		{"personal is not made here", `{"tokenName":"a","type":"personal"}`, 400, `/body/type`},
		{"type a number", `{"tokenName":"a","type":5}`, 400, `/body/type`},
		{"type null", `{"tokenName":"a","type":null}`, 400, `/body/type`},
		{"older field of the name", `{"username":"a","type":"client"}`, 201, `^\*:development\.`},
		{"no name", `{"type":"client"}`, 400, `/body/tokenName`},
		{"empty name", `{"tokenName":"","type":"client"}`, 400, `/body/tokenName`},
		{"name null", `{"tokenName":null,"type":"client"}`, 400, `/body/tokenName`},
		{"name a number", `{"tokenName":5,"type":"client"}`, 201, `^\*:`},
		{"name of blanks", `{"tokenName":"   ","type":"client"}`, 201, `^\*:`},
		{"name of 300 characters", `{"tokenName":"` + strings.Repeat("x", 300) + `","type":"client"}`, 201, `^\*:`},
		{"name of 300 emoji", `{"tokenName":"` + strings.Repeat("🙂", 200) + `","type":"client"}`, 201, `^\*:`},
		{"name beyond all measure", `{"tokenName":"` + strings.Repeat("x", 5000) + `","type":"client"}`, 400, `/body/tokenName`},
		{"name with a zero byte", `{"tokenName":"a\u0000","type":"client"}`, 400, `/body/tokenName`},
		{"section 10: project is honoured", `{"tokenName":"a","type":"client","project":"zz-a"}`, 201, `^zz-a:development\.`},
		{"project null widens nothing", `{"tokenName":"a","type":"client","project":null}`, 400, `/body/project`},
		{"project empty", `{"tokenName":"a","type":"client","project":""}`, 400, `/body/projects`},
		{"project *", `{"tokenName":"a","type":"client","project":"*"}`, 201, `^\*:development\.`},
		{"project and projects differ", `{"tokenName":"a","type":"client","project":"default","projects":["zz-a"]}`, 400, `contradict.*/body/project`},
		{"project and projects agree", `{"tokenName":"a","type":"client","project":"zz-a","projects":["zz-a"]}`, 201, `^zz-a:development\.`},
		{"neither", `{"tokenName":"a","type":"client"}`, 201, `^\*:development\.`},
		{"a list", `{"tokenName":"a","type":"client","projects":["default","zz-a"]}`, 201, `^\[\]:development\.`},
		{"a list with *", `{"tokenName":"a","type":"client","projects":["default","*"]}`, 201, `^\*:development\.`},
		{"an empty list", `{"tokenName":"a","type":"client","projects":[]}`, 400, `/body/projects`},
		{"projects null", `{"tokenName":"a","type":"client","projects":null}`, 400, `/body/projects`},
		{"projects a string", `{"tokenName":"a","type":"client","projects":"default"}`, 400, `/body/projects`},
		{"projects with a number", `{"tokenName":"a","type":"client","projects":[1]}`, 400, `\\"1\\" does not exist.*/body/projects`},
		{"projects with an empty id", `{"tokenName":"a","type":"client","projects":[""]}`, 400, `/body/projects`},
		{"section 10: duplicates count once", `{"tokenName":"a","type":"client","projects":["default","default"]}`, 201, `^default:development\.`},
		{"unknown project", `{"tokenName":"a","type":"client","projects":["default","nope"]}`, 400, `nope.*/body/projects`},
		{"project in another case", `{"tokenName":"a","type":"client","projects":["Default"]}`, 400, `Default.*/body/projects`},
		{"unknown environment", `{"tokenName":"a","type":"client","environment":"nope"}`, 400, `nope.*/body/environment`},
		{"environment in another case", `{"tokenName":"a","type":"client","environment":"Development"}`, 400, `/body/environment`},
		{"environment *", `{"tokenName":"a","type":"frontend","environment":"*"}`, 400, `exactly one.*/body/environment`},
		{"environment empty", `{"tokenName":"a","type":"client","environment":""}`, 400, `/body/environment`},
		{"environment null", `{"tokenName":"a","type":"client","environment":null}`, 400, `/body/environment`},
		{"expiry in the past", `{"tokenName":"a","type":"client","expiresAt":"2001-01-01T00:00:00Z"}`, 201, `^\*:`},
		{"expiry with an offset", `{"tokenName":"a","type":"client","expiresAt":"2040-01-01T02:00:00+02:00"}`, 201, `^\*:`},
		{"expiry a day", `{"tokenName":"a","type":"client","expiresAt":"2040-01-01"}`, 400, `/body/expiresAt`},
		{"expiry a number", `{"tokenName":"a","type":"client","expiresAt":5}`, 400, `/body/expiresAt`},
		{"expiry empty", `{"tokenName":"a","type":"client","expiresAt":""}`, 400, `/body/expiresAt`},
		{"expiry null", `{"tokenName":"a","type":"client","expiresAt":null}`, 400, `/body/expiresAt`},
		{"expiry garbage", `{"tokenName":"a","type":"client","expiresAt":"soon"}`, 400, `/body/expiresAt`},
		{"no secrets of one's own", `{"tokenName":"a","type":"client","secret":"chosen","alias":"b","more":1}`, 201, `^\*:development\.[0-9a-f]{64}$`},
		{"empty object", `{}`, 400, `/body/type`},
		{"a list as body", `[]`, 400, `"BadDataError"`},
		{"not JSON", `{"tokenName"`, 400, `not valid JSON`},
	} {
		got := s.Do(http.MethodPost, tokensPath, c.body)
		text := got.Body
		if got.Status == http.StatusCreated {
			var made shownToken
			got.JSON(t, &made)
			text = made.Secret
			if location := got.Header.Get("Location"); location != "api-tokens" {
				t.Errorf("%s: Location is %q", c.name, location)
			}
		}
		if got.Status != c.status || !regexp.MustCompile(c.secret).MatchString(text) {
			t.Errorf("%s: %d %s, want %d and %s", c.name, got.Status, text, c.status, c.secret)
		}
	}
	for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded"} {
		got := s.Do(http.MethodPost, tokensPath, `{"tokenName":"a","type":"client"}`, "Content-Type", contentType)
		if got.Status != http.StatusUnsupportedMediaType {
			t.Errorf("%s: %d", contentType, got.Status)
		}
	}
}

// The answer to a creation, and that lists have the same but the secret: R34.
func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	got := s.Must(http.StatusCreated, http.MethodPost, tokensPath,
		`{"tokenName":"mine","type":"backend","projects":["default"],"expiresAt":"2040-01-01T02:00:00+02:00"}`)
	var raw map[string]any
	got.JSON(t, &raw)
	secret, _ := raw["secret"].(string)
	delete(raw, "secret")
	want := `{"alias":null,"createdAt":"2026-11-22T12:00:00Z","environment":"development","expiresAt":"2040-01-01T00:00:00Z",` +
		`"project":"default","projects":["default"],"seenAt":null,"tokenName":"mine","type":"backend"}`
	if text, err := json.Marshal(raw); err != nil || string(text) != want {
		t.Errorf("the answer is %s (%v), want %s", text, err, want)
	}
	list := s.Must(http.StatusOK, http.MethodGet, tokensPath, "")
	if strings.Contains(list.Body, secret) || strings.Contains(list.Body, secret[len("default:development."):]) {
		t.Error("the list shows the secret")
	}
	tokens := tokenList(t, s, tokensPath+"?details=true")
	if len(tokens) != 1 {
		t.Fatalf("the list has %d tokens", len(tokens))
	}
	one := tokens[0]
	if one.Type != "client" || one.Secret != one.ID || one.ID == "" || !one.Secure || one.Hint != "default:development.…"+secret[len(secret)-4:] {
		t.Errorf("the list says %+v", one)
	}
	// Generated clients refuse properties that the public description lacks.
	known := []string{"secret", "tokenName", "type", "environment", "project", "projects", "expiresAt", "createdAt", "alias", "seenAt"}
	var plain struct{ Tokens []map[string]any }
	list.JSON(t, &plain)
	for _, item := range plain.Tokens {
		for property := range item {
			if !slices.Contains(known, property) {
				t.Errorf("the list has the property %q, which strict clients do not know", property)
			}
		}
	}
}

// R2: names need not be unique. Lists are newest first and stable.
func TestTokenListsAndNames(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, name := range []string{"one", "two", "same", "same", "päth/with: odd*[]"} {
		s.Clock.Advance(time.Second)
		s.Token(fmt.Sprintf(`{"tokenName":%q,"type":"client"}`, name))
	}
	want := []string{"päth/with: odd*[]", "same", "same", "two", "one"}
	for range 3 {
		if got := names(tokenList(t, s, tokensPath)); !slices.Equal(got, want) {
			t.Errorf("the list is %v, want %v", got, want)
		}
	}
	for name, count := range map[string]int{"same": 2, "one": 1, "One": 0, "nope": 0, "päth/with: odd*[]": 1} {
		if got := tokenList(t, s, tokensPath+"/"+url.PathEscape(name)); len(got) != count {
			t.Errorf("%q finds %d tokens, want %d", name, len(got), count)
		}
	}
	secret := s.Token(`{"tokenName":"x","type":"client"}`)
	if got := tokenList(t, s, tokensPath+"/"+url.PathEscape(secret)); len(got) != 0 {
		t.Error("a secret finds a token by name")
	}
}

// works reports whether the Admin API knows a secret: of an SDK's token it says
// that it is of another kind, of an unknown one that it is unknown.
func works(t *testing.T, s *testkit.Server, secret string) bool {
	t.Helper()
	got := s.Do(http.MethodGet, "/api/admin/context", "", "Authorization", secret)
	if got.Status != http.StatusForbidden && got.Status != http.StatusUnauthorized && got.Status != http.StatusOK {
		t.Fatalf("the Admin API answers %d: %s", got.Status, got.Body)
	}
	return got.Status != http.StatusUnauthorized
}

// Secrets hold colons, full stops, asterisks and brackets. They and ids are
// accepted in paths, raw and percent-encoded.
func TestTokenReferences(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"zz-a","name":"A"}`)
	bodies := map[string]string{
		"one":  `{"tokenName":"a","type":"client","projects":["default"]}`,
		"list": `{"tokenName":"a","type":"client","projects":["default","zz-a"]}`,
		"all":  `{"tokenName":"a","type":"frontend"}`,
	}
	references := map[string]func(secret string) string{
		"raw":     func(secret string) string { return secret },
		"escaped": url.PathEscape,
		"all escaped": func(secret string) string {
			return strings.NewReplacer(":", "%3A", "*", "%2A", "[", "%5B", "]", "%5D", ".", "%2E").Replace(secret)
		},
		"id": func(string) string { return tokenList(t, s, tokensPath)[0].Secret },
	}
	for scope, body := range bodies {
		for form, reference := range references {
			s.Clock.Advance(time.Second)
			secret := s.Token(body)
			path := tokensPath + "/" + reference(secret)
			s.Must(http.StatusOK, http.MethodPut, path, `{"expiresAt":"2039-12-31T23:59:59Z"}`)
			if got := tokenList(t, s, tokensPath)[0].ExpiresAt; got == nil || got.Year() != 2039 {
				t.Errorf("%s, %s: the expiry is %v", scope, form, got)
			}
			answer := s.Must(http.StatusOK, http.MethodDelete, path, "")
			if answer.Body != "" || works(t, s, secret) {
				t.Errorf("%s, %s: deleted, and still there", scope, form)
			}
		}
	}
}

func TestTokenExpiryChanges(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.Token(`{"tokenName":"a","type":"client"}`)
	path := tokensPath + "/" + secret
	for _, c := range []struct {
		name, body string
		status     int
		works      bool
	}{
		{"in the future", `{"expiresAt":"2040-01-01T00:00:00Z"}`, 200, true},
		{"section 10: in the past, at once", `{"expiresAt":"2020-01-01T00:00:00Z"}`, 200, false},
		{"other fields are ignored", `{"expiresAt":"2040-01-01T00:00:00Z","projects":["default"],"tokenName":"b"}`, 200, true},
		{"cleared", `{"expiresAt":null}`, 200, true},
		{"missing", `{}`, 400, true},
		{"garbage", `{"expiresAt":"soon"}`, 400, true},
		{"a number", `{"expiresAt":1}`, 400, true},
	} {
		got := s.Do(http.MethodPut, path, c.body)
		if got.Status != c.status || works(t, s, secret) != c.works {
			t.Errorf("%s: %d %s, works: %v", c.name, got.Status, got.Body, !c.works)
		}
	}
	if one := tokenList(t, s, tokensPath)[0]; one.ExpiresAt != nil || one.TokenName != "a" || one.Project != "*" {
		t.Errorf("at the end the token is %+v", one)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete} {
		s.Must(http.StatusOK, method, tokensPath+"/unknown", `{"expiresAt":null}`)
		s.Must(http.StatusOK, method, tokensPath+"/a", `{"expiresAt":null}`) // a name is no reference
	}
	if !works(t, s, secret) {
		t.Error("deleting by name deleted")
	}
	s.Must(http.StatusNotFound, http.MethodPatch, path, `{}`)
	s.Must(http.StatusNotFound, http.MethodDelete, tokensPath, "")
}

// Expiry counts to the millisecond, also for an admin token.
func TestTokenExpiresInTime(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	end := s.Clock.Now().Add(time.Minute).Format(time.RFC3339)
	var secrets []string
	for _, kind := range []string{"admin", "client", "frontend"} {
		secrets = append(secrets, s.Token(fmt.Sprintf(`{"tokenName":"a","type":%q,"expiresAt":%q}`, kind, end)))
	}
	s.Clock.Advance(time.Minute - time.Millisecond)
	for _, secret := range secrets {
		if !works(t, s, secret) {
			t.Errorf("%.12s: does not work before its end", secret)
		}
	}
	s.Clock.Advance(time.Millisecond)
	for _, secret := range secrets {
		if works(t, s, secret) {
			t.Errorf("%.12s: works after its end", secret)
		}
	}
}

// R3, R4: an admin token manages projects, tokens and people; R27: a member
// manages the tokens of their project.
func TestProjectTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, id := range []string{"zz-a", "zz-b"} {
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", fmt.Sprintf(`{"id":%q,"name":%q}`, id, id))
	}
	const own = "/api/admin/projects/zz-a/api-tokens"
	shared := s.Token(`{"tokenName":"shared","type":"client","projects":["zz-a","zz-b"]}`)
	everywhere := s.Token(`{"tokenName":"everywhere","type":"client"}`)
	foreign := s.Token(`{"tokenName":"foreign","type":"client","projects":["zz-b"]}`)
	s.Token(`{"tokenName":"admin","type":"admin"}`)
	s.Clock.Advance(time.Second)
	var made shownToken
	s.Must(http.StatusCreated, http.MethodPost, own, `{"tokenName":"own","type":"frontend","projects":["zz-b"],"project":"*"}`).JSON(t, &made)
	if !strings.HasPrefix(made.Secret, "zz-a:development.") || made.Project != "zz-a" {
		t.Errorf("the path does not decide the project: %+v", made)
	}
	// Section 10: an admin token sees the project's tokens, not all.
	if got := names(tokenList(t, s, own)); !slices.Equal(got, []string{"own", "shared"}) {
		t.Errorf("the project lists %v", got)
	}
	member := s.Person("member", "Viewer")
	s.Join(member, "zz-a", 5)
	for _, c := range []struct {
		name, method, path, body, cookie string
		status                           int
	}{
		{"unknown project", "GET", "/api/admin/projects/nope/api-tokens", "", "", 404},
		{"create in an unknown project", "POST", "/api/admin/projects/nope/api-tokens", `{"tokenName":"a","type":"client"}`, "", 404},
		{"unknown environment", "POST", own, `{"tokenName":"a","type":"client","environment":"nope"}`, "", 400},
		{"admin", "POST", own, `{"tokenName":"a","type":"admin"}`, "", 400},
		{"shared: delete by who may in one", "DELETE", own + "/" + shared, "", member.Cookie, 403},
		{"shared: expiry by who may in one", "PUT", own + "/" + shared, `{"expiresAt":null}`, member.Cookie, 403},
		{"shared: expiry by who may in all", "PUT", own + "/" + shared, `{"expiresAt":"2040-01-01T00:00:00Z"}`, "", 200},
		{"of all projects", "DELETE", own + "/" + everywhere, "", "", 400},
		{"of all projects, by a member", "DELETE", own + "/" + everywhere, "", member.Cookie, 404},
		{"of another project", "DELETE", own + "/" + foreign, "", "", 404},
		{"of another project, by a member", "PUT", own + "/" + foreign, `{"expiresAt":null}`, member.Cookie, 404},
		{"unknown", "DELETE", own + "/unknown", "", "", 404},
		{"in a project where one is nobody", "GET", "/api/admin/projects/zz-b/api-tokens", "", member.Cookie, 403},
		{"expiry, by a member", "PUT", own + "/" + made.Secret, `{"expiresAt":"2040-01-01T00:00:00Z"}`, member.Cookie, 200},
		{"delete, by a member", "DELETE", own + "/" + made.Secret, "", member.Cookie, 200},
		{"delete again", "DELETE", own + "/" + made.Secret, "", member.Cookie, 404},
	} {
		var headers []string
		if c.cookie != "" {
			headers = []string{"Cookie", c.cookie}
		}
		if got := s.Do(c.method, c.path, c.body, headers...); got.Status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, got.Status, c.status, got.Body)
		}
	}
	if works(t, s, made.Secret) || !works(t, s, shared) || !works(t, s, foreign) || !works(t, s, everywhere) {
		t.Error("wrong tokens are gone")
	}
}

// A token of a project that is deleted sees nothing, and lists say so.
func TestOrphanedTokenNeverWidens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"zz-a","name":"A"}`)
	s.Token(`{"tokenName":"orphan","type":"client","projects":["zz-a"]}`)
	s.Must(http.StatusOK, http.MethodDelete, "/api/admin/projects/zz-a", "")
	for _, one := range tokenList(t, s, tokensPath) {
		if len(one.Projects) != 0 || one.Project != "" {
			t.Errorf("the orphan covers %v", one.Projects)
		}
	}
}

func TestTokenLimit(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, func(c *app.ServeConfig) {
		for i := range feature.MaxAPITokens - 2 { // beside the one that the test itself uses
			c.InitClientTokens = append(c.InitClientTokens, fmt.Sprint("bare-", i))
		}
	})
	last := s.Token(`{"tokenName":"the last one","type":"client","expiresAt":"2001-01-01T00:00:00Z"}`)
	got := s.Do(http.MethodPost, tokensPath, `{"tokenName":"one too many","type":"client"}`)
	if got.Status != http.StatusBadRequest || !strings.Contains(got.Body, `"ExceedsLimitError"`) {
		t.Errorf("token 2001: %d %s", got.Status, got.Body)
	}
	s.Must(http.StatusOK, http.MethodDelete, tokensPath+"/"+last, "")
	s.Token(`{"tokenName":"in its place","type":"client"}`)
}

// R34: events tell of a token everything but its secret, with its real scope.
func TestTokenEvents(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.Token(`{"tokenName":"traced","type":"client","projects":["default"]}`)
	s.Must(http.StatusOK, http.MethodPut, tokensPath+"/"+secret, `{"expiresAt":"2040-01-01T00:00:00Z"}`)
	s.Must(http.StatusOK, http.MethodDelete, tokensPath+"/"+secret, "")
	s.Must(http.StatusOK, http.MethodDelete, tokensPath+"/"+secret, "") // unknown by now: no event
	got := s.Must(http.StatusOK, http.MethodGet, "/api/admin/events", "")
	if strings.Contains(got.Body, secret) || strings.Contains(got.Body, secret[strings.Index(secret, ".")+1:]) {
		t.Error("an event shows the secret")
	}
	var log struct {
		Events []struct {
			Type, CreatedBy, Project, Environment string
			CreatedByUserID                       int64 `json:"createdByUserId"`
			Data, PreData                         map[string]any
		}
	}
	got.JSON(t, &log)
	var found []string
	for _, e := range log.Events {
		if !strings.HasPrefix(e.Type, "api-token-") || e.CreatedBy == "burgee" {
			continue
		}
		found = append(found, e.Type)
		if e.Project != "default" || e.Environment != "development" || e.CreatedBy != "init-admin" || e.CreatedByUserID != -42 {
			t.Errorf("%s: %+v", e.Type, e)
		}
		for _, data := range []map[string]any{e.Data, e.PreData} {
			if data != nil && (data["tokenName"] != "traced" || data["project"] != "default") {
				t.Errorf("%s says %v", e.Type, data)
			}
		}
	}
	if want := []string{"api-token-deleted", "api-token-updated", "api-token-created"}; !slices.Equal(found, want) {
		t.Errorf("the events are %v, want %v", found, want)
	}
}

// Every kind's use is recorded, and lists show it at once.
func TestTokenSeen(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.Token(`{"tokenName":"used","type":"admin"}`)
	if one := tokenList(t, s, tokensPath)[0]; one.SeenAt != nil {
		t.Errorf("before its first use: seen %v", one.SeenAt)
	}
	s.Clock.Advance(time.Hour)
	if one := tokenList(t, s, tokensPath, "Authorization", secret)[0]; one.SeenAt == nil || !one.SeenAt.Equal(s.Clock.Now()) {
		t.Errorf("after its first use: seen %v", one.SeenAt)
	}
}
