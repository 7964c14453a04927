package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

const features = "/api/client/features"

// opens fails the test unless a secret gets this answer from a path.
func opens(t *testing.T, s *testkit.Server, when, path, secret string, want int) {
	t.Helper()
	if got := s.Do(http.MethodGet, path, "", "Authorization", secret); got.Status != want {
		t.Errorf("%s: %s answers %d, want %d: %s", when, path, got.Status, want, got.Body)
	}
}

// rotate gives a token a new secret and returns it.
func rotate(t *testing.T, s *testkit.Server, path, body string, headers ...string) string {
	t.Helper()
	var made struct{ Secret string }
	s.Must(http.StatusOK, http.MethodPost, path+"/rotate", body, headers...).JSON(t, &made)
	return made.Secret
}

// named returns the only token of a name, with its details.
func named(t *testing.T, s *testkit.Server, name string) (id string, secrets int) {
	t.Helper()
	var list struct {
		Tokens []struct {
			ID      string
			Secrets []struct{ EndsAt *time.Time }
		}
	}
	s.Must(http.StatusOK, http.MethodGet, tokensPath+"/"+name+"?details=true", "").JSON(t, &list)
	if len(list.Tokens) != 1 {
		t.Fatalf("%d tokens are called %s", len(list.Tokens), name)
	}
	return list.Tokens[0].ID, len(list.Tokens[0].Secrets)
}

// A rotation keeps the identity; the old secret works to the millisecond
// at which its overlap ends, and not at it.
func TestRotation(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, c := range []struct{ kind, path string }{
		{"client", features}, {"frontend", "/api/frontend"}, {"admin", "/api/admin/projects"},
	} {
		name := "rotating-" + c.kind
		first := s.Token(fmt.Sprintf(`{"tokenName":%q,"type":%q}`, name, c.kind))
		id, _ := named(t, s, name)
		second := rotate(t, s, tokensPath+"/"+id, `{}`)
		if first == second || second[:3] != first[:3] {
			t.Fatalf("%s: the new secret is not one of the same scope", c.kind)
		}
		if same, n := named(t, s, name); same != id || n != 2 {
			t.Errorf("%s: after the rotation the id is %s, was %s; %d secrets", c.kind, same, id, n)
		}
		opens(t, s, c.kind+", old", c.path, first, 200)
		opens(t, s, c.kind+", new", c.path, second, 200)
		s.Clock.Advance(24*time.Hour - time.Millisecond)
		opens(t, s, c.kind+", old, a millisecond before the end", c.path, first, 200)
		s.Clock.Advance(time.Millisecond)
		opens(t, s, c.kind+", old, at the end", c.path, first, 401)
		opens(t, s, c.kind+", new, at the end", c.path, second, 200)
		third := rotate(t, s, tokensPath+"/"+second, `{"overlapSeconds":0}`) // the secret names the token, too
		opens(t, s, c.kind+", replaced at once", c.path, second, 401)
		opens(t, s, c.kind+", the third", c.path, third, 200)
		if _, n := named(t, s, name); n != 1 {
			t.Errorf("%s: %d secrets after a rotation without overlap", c.kind, n)
		}
	}
}

// A token has two secrets at most: rotating again ends the oldest.
func TestRotatingAgainEndsTheOldest(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	first := s.ClientToken("development")
	second := rotate(t, s, tokensPath+"/"+first, `{}`)
	third := rotate(t, s, tokensPath+"/"+first, `{}`) // the retired secret names the token as well
	opens(t, s, "the oldest", features, first, 401)
	opens(t, s, "the second", features, second, 200)
	opens(t, s, "the third", features, third, 200)
	s.Must(http.StatusOK, http.MethodDelete, tokensPath+"/"+second, "")
	opens(t, s, "the second of a deleted token", features, second, 401)
	opens(t, s, "the third of a deleted token", features, third, 401)
}

// The old secret may end when nobody has used it for some time, within a
// stated longest time.
func TestRotationUntilUnused(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	old := s.ClientToken("development")
	rotate(t, s, tokensPath+"/"+old, `{"untilUnusedSeconds":3600}`)
	for range 30 {
		s.Clock.Advance(59 * time.Minute)
		opens(t, s, "in use", features, old, 200)
	}
	s.Clock.Advance(time.Hour + store.UseDelay)
	opens(t, s, "after an hour without use", features, old, 401)
	opens(t, s, "a refused request is no use", features, old, 401)

	other := s.ClientToken("development")
	rotate(t, s, tokensPath+"/"+other, `{"untilUnusedSeconds":3600,"overlapSeconds":5400}`)
	s.Clock.Advance(50 * time.Minute)
	opens(t, s, "in use", features, other, 200)
	s.Clock.Advance(40 * time.Minute)
	opens(t, s, "used, but beyond the overlap", features, other, 401)
}

// What a rotation refuses.
func TestRotationRefuses(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.ClientToken("development")
	mortal := s.Token(fmt.Sprintf(`{"tokenName":"mortal","type":"client","expiresAt":%q}`, s.Clock.Now().Add(time.Hour).Format(time.RFC3339)))
	s.Clock.Advance(2 * time.Hour)
	for _, c := range []struct {
		token, body string
		status      int
		says        string
	}{
		{secret, `{"overlapSeconds":-1}`, 400, "/body/overlapSeconds"},
		{secret, `{"overlapSeconds":2592001}`, 400, "/body/overlapSeconds"},
		{secret, `{"overlapSeconds":9000000000000000000}`, 400, "/body/overlapSeconds"},
		{secret, `{"overlapSeconds":"soon"}`, 400, "/body/overlapSeconds"},
		{secret, `{"untilUnusedSeconds":59}`, 400, "/body/untilUnusedSeconds"},
		{secret, `{"untilUnusedSeconds":-3600}`, 400, "/body/untilUnusedSeconds"},
		{secret, `{"untilUnusedSeconds":2592001}`, 400, "/body/untilUnusedSeconds"},
		{mortal, `{}`, 400, "has expired"},
		{"nobody's", `{}`, 404, "no such API token"},
	} {
		got := s.Do(http.MethodPost, tokensPath+"/"+c.token+"/rotate", c.body)
		if got.Status != c.status || !strings.Contains(got.Body, c.says) {
			t.Errorf("%s: %d %s, want %d with %s", c.body, got.Status, got.Body, c.status, c.says)
		}
	}
	opens(t, s, "after refusals", features, secret, 200)
}

// Who may change a token of a project may rotate it there; who may only
// see it may not.
func TestRotationInAProject(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	member, viewer := s.Person("rotation-member", "Viewer"), s.Person("rotation-viewer", "Viewer")
	s.Join(member, "default", 5)
	mine, shared := s.ClientToken("development", "default"), s.ClientToken("development")
	base := "/api/admin/projects/default/api-tokens/"
	for _, c := range []struct {
		path   string
		who    testkit.Person
		status int
	}{
		{base + mine, viewer, 403}, {base + shared, member, 404}, {tokensPath + "/" + mine, viewer, 403}, {base + mine, member, 200},
	} {
		if got := s.Do(http.MethodPost, c.path+"/rotate", `{}`, "Authorization", c.who.PAT); got.Status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.path, got.Status, c.status, got.Body)
		}
	}
}

// A personal token rotates as others do, for its owner alone.
func TestRotationOfAPersonalToken(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	owner, other := s.Person("pat-owner", "Editor"), s.Person("pat-other", "Admin")
	var list struct{ PATs []struct{ ID int64 } }
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user/tokens", "", "Authorization", owner.PAT).JSON(t, &list)
	path := fmt.Sprintf("/api/admin/user/tokens/%d", list.PATs[0].ID)
	s.Must(http.StatusNotFound, http.MethodPost, path+"/rotate", `{}`, "Authorization", other.PAT)
	s.Must(http.StatusNotFound, http.MethodGet, path+"/usage", "", "Authorization", other.PAT)
	fresh := rotate(t, s, path, `{"overlapSeconds":60}`, "Authorization", owner.PAT)
	const me = "/api/admin/user"
	opens(t, s, "the old one", me, owner.PAT, 200)
	opens(t, s, "the new one", me, fresh, 200)
	usage := s.Must(http.StatusOK, http.MethodGet, path+"/usage", "", "Authorization", fresh).Body
	if strings.Count(usage, `"current":`) != 2 || !strings.Contains(usage, `"address":"127.0.0.1"`) {
		t.Errorf("the use of a personal token: %s", usage)
	}
	details := s.Must(http.StatusOK, http.MethodGet, "/api/admin/user/tokens?details=true", "", "Authorization", fresh).Body
	if !strings.Contains(details, `"secrets":[{"hint":"user:`) {
		t.Errorf("the details of a personal token: %s", details)
	}
	s.Clock.Advance(time.Minute)
	opens(t, s, "the old one, after its end", me, owner.PAT, 401)
	opens(t, s, "the new one", me, fresh, 200)
	events := s.Must(http.StatusOK, http.MethodGet, "/api/admin/events?type=pat-rotated", "").Body
	if !strings.Contains(events, "pat-rotated") || strings.Contains(events, fresh) || strings.Contains(events, owner.PAT) {
		t.Errorf("the events of a rotation: %s", events)
	}
}

// A service account's token is rotated by who may create it, and by nobody as
// the token of another account.
func TestRotationOfAServiceAccountToken(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const accounts, me = "/api/admin/service-account", "/api/admin/user"
	var robot, other, made struct {
		ID     int64
		Secret string
	}
	s.Must(http.StatusCreated, http.MethodPost, accounts, `{"username":"rotor","name":"R","rootRole":3}`).JSON(t, &robot)
	s.Must(http.StatusCreated, http.MethodPost, accounts, `{"username":"other","name":"O","rootRole":3}`).JSON(t, &other)
	tokens := fmt.Sprintf("%s/%d/token", accounts, robot.ID)
	s.Must(http.StatusCreated, http.MethodPost, tokens, `{"description":"ci","expiresAt":null}`).JSON(t, &made)
	path := fmt.Sprintf("%s/%d", tokens, made.ID)
	editor := s.Person("service-editor", "Editor")
	for name, c := range map[string]struct {
		path, body, as string
		status         int
	}{
		"an editor":           {path, `{}`, editor.PAT, 403},
		"the account itself":  {path, `{}`, made.Secret, 403},
		"of another account":  {fmt.Sprintf("%s/%d/token/%d", accounts, other.ID, made.ID), `{}`, "", 404},
		"of a person":         {fmt.Sprintf("%s/%d/token/%d", accounts, editor.ID, made.ID), `{}`, "", 404},
		"no such token":       {tokens + "/999", `{}`, "", 404},
		"too long an overlap": {path, `{"overlapSeconds":99999999}`, "", 400},
		"not the id of one":   {tokens + "/x", `{}`, "", 400},
	} {
		var headers []string
		if c.as != "" {
			headers = []string{"Authorization", c.as}
		}
		if got := s.Do(http.MethodPost, c.path+"/rotate", c.body, headers...); got.Status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, got.Status, c.status, got.Body)
		}
	}
	fresh := rotate(t, s, path, `{"overlapSeconds":60}`)
	opens(t, s, "the old one", me, made.Secret, 200)
	opens(t, s, "the new one", me, fresh, 200)
	s.Clock.Advance(time.Minute)
	opens(t, s, "the old one, after its end", me, made.Secret, 401)
	opens(t, s, "the new one", me, fresh, 200)
	events := s.Must(http.StatusOK, http.MethodGet, "/api/admin/events?type=service-account-token-rotated", "").Body
	if !strings.Contains(events, "service-account-token-rotated") || strings.Contains(events, fresh) || strings.Contains(events, made.Secret) {
		t.Errorf("the events of a rotation: %s", events)
	}
}

// Who still uses which secret: application, instance, SDK with version,
// address and requests an hour, of no more callers than are stated.
func TestTokenUsage(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	old := s.Token(`{"tokenName":"used","type":"client"}`)
	id, _ := named(t, s, "used")
	fresh := rotate(t, s, tokensPath+"/"+id, `{}`)
	call := func(secret, app string) {
		s.Must(http.StatusOK, http.MethodGet, features, "", "Authorization", secret,
			"Unleash-Appname", app, "Unleash-Instanceid", "pod-1", "Unleash-Sdk", "unleash-node-sdk:6.12.1")
	}
	for range 3 {
		call(old, "shop")
	}
	call(fresh, "billing")
	type user struct {
		AppName, InstanceID, SDK, Address string
		RequestsPerHour                   int
	}
	read := func() (all [][]user) {
		var usage struct{ Secrets []struct{ Users []user } }
		s.Must(http.StatusOK, http.MethodGet, tokensPath+"/"+id+"/usage", "").JSON(t, &usage)
		for _, one := range usage.Secrets {
			all = append(all, one.Users)
		}
		return all
	}
	want := func(when string, got [][]user, want ...string) {
		t.Helper()
		for i, users := range got {
			if fmt.Sprint(users) != want[i] {
				t.Errorf("%s: secret %d is used by %v, want %s", when, i, users, want[i])
			}
		}
	}
	want("at first", read(), "[{billing pod-1 unleash-node-sdk:6.12.1 127.0.0.1 1}]", "[{shop pod-1 unleash-node-sdk:6.12.1 127.0.0.1 3}]")
	s.Clock.Advance(90 * time.Minute) // the clock stood at noon
	call(fresh, "billing")
	want("later", read(), "[{billing pod-1 unleash-node-sdk:6.12.1 127.0.0.1 1}]", "[{shop pod-1 unleash-node-sdk:6.12.1 127.0.0.1 1}]")
	for i := range 50 {
		s.Clock.Advance(time.Second)
		call(old, fmt.Sprint("app-", i, strings.Repeat("x", 500)))
	}
	users := read()[1]
	if len(users) != 20 || !strings.HasPrefix(users[0].AppName, "app-49") || !strings.HasPrefix(users[19].AppName, "app-30") || len(users[0].AppName) > 120 {
		t.Errorf("after fifty callers: %v", users)
	}
	viewer := s.Person("usage-viewer", "Viewer")
	s.Must(http.StatusForbidden, http.MethodGet, tokensPath+"/"+id+"/usage", "", "Authorization", viewer.PAT)
}

// A token of a variable that was rotated is not made again at the next
// start, and retired secrets of before work on.
func TestRotationSurvivesARestart(t *testing.T) {
	t.Parallel()
	const first = "default:development.a-secret-of-the-operator"
	where := testdb.New(t)
	config := func(c *app.ServeConfig) {
		testkit.On(where)(c)
		c.InitClientTokens = []string{first}
	}
	s := testkit.Start(t, config)
	second := rotate(t, s, tokensPath+"/"+first, `{"overlapSeconds":3600}`)
	opens(t, s, "before the restart", features, first, 200)
	again := testkit.Start(t, config)
	opens(t, again, "the old one", features, first, 200)
	opens(t, again, "the new one", features, second, 200)
	rotate(t, again, tokensPath+"/"+second, `{"overlapSeconds":0}`)
	third := testkit.Start(t, config)
	opens(t, third, "replaced at once", features, first, 401)
	opens(t, third, "replaced at once", features, second, 401)
}
