package auth_test

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
	"github.com/burgeehq/burgee/internal/token"
)

// world is an index over a database of its own.
type world struct {
	t     *testing.T
	where testdb.Database
	db    *store.DB
	clock *testkit.Clock
	auth  *auth.Auth
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, where: testdb.New(t), clock: testkit.NewClock()}
	w.db = w.where.Open(t, w.clock.Now)
	w.update(func(tx *store.Tx) error {
		for _, id := range []feature.ProjectID{"default", "other"} {
			if err := tx.InsertProject(t.Context(), feature.Project{ID: id, Name: string(id), Mode: "open", DefaultStickiness: "default"}); err != nil {
				return err
			}
		}
		return tx.InsertEnvironment(t.Context(), feature.Environment{Name: feature.Development, Type: "development", Enabled: true})
	})
	var err error
	if w.auth, err = auth.New(t.Context(), auth.Options{DB: w.db, Now: w.clock.Now}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) update(work func(*store.Tx) error) {
	w.t.Helper()
	if err := w.db.Update(w.t.Context(), work); err != nil {
		w.t.Fatal(err)
	}
}

// add stores a token whose id is its secret.
func (w *world) add(secret string, kind token.Kind, scope token.Scope, expires *time.Time) store.APIToken {
	w.t.Helper()
	t := store.APIToken{ID: "id-" + secret, Digest: token.DigestOf(secret), Name: "named", Kind: kind, Scope: scope, ExpiresAt: expires}
	w.update(func(tx *store.Tx) error {
		if err := tx.InsertAPIToken(w.t.Context(), t); err != nil {
			return err
		}
		return tx.Touch(w.t.Context(), store.NounAPIToken, t.ID)
	})
	return t
}

var (
	inDefault  = token.Scope{Projects: []string{"default"}, Environment: "development"}
	everywhere = token.Scope{AllProjects: true, Environment: "development"}
)

// with is a request with a credential.
func with(authorization string) auth.Request { return auth.Request{Authorization: authorization} }

func (w *world) client(secret string) (*auth.Grant, error) {
	return w.auth.SDK(w.t.Context(), with(secret), token.ClientAPI)
}

func wantKind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if !fault.Is(err, want) {
		t.Errorf("%s: %v, want an error of kind %d", what, err, want)
	}
}

// R5, R11, R13, R17, R19: each API of SDKs accepts one kind, and says so.
func TestSDKAcceptsOneKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("a-client", token.Client, inDefault, nil)
	w.add("a-page", token.Frontend, inDefault, nil)
	w.add("an-admin", token.Admin, token.Scope{AllProjects: true, Environment: "*"}, nil)
	for _, c := range []struct {
		header string
		api    token.API
		want   fault.Kind
		ok     bool
	}{
		{"a-client", token.ClientAPI, 0, true},
		{"Bearer a-client", token.ClientAPI, 0, true},
		{"bearer  a-client ", token.ClientAPI, 0, true},
		{"a-page", token.FrontendAPI, 0, true},
		{"a-client", token.FrontendAPI, fault.Forbidden, false},
		{"a-page", token.ClientAPI, fault.Forbidden, false},
		{"an-admin", token.ClientAPI, fault.Forbidden, false},
		{"an-admin", token.FrontendAPI, fault.Forbidden, false},
		{"user:unknown", token.ClientAPI, fault.Forbidden, false},
		{"*:*.unknown", token.FrontendAPI, fault.Forbidden, false},
		{"unknown", token.ClientAPI, fault.Unauthenticated, false},
		{"A-CLIENT", token.ClientAPI, fault.Unauthenticated, false},
		{"Basic a-client", token.ClientAPI, fault.Unauthenticated, false},
		{"Token a-client", token.ClientAPI, fault.Unauthenticated, false},
		{"", token.ClientAPI, fault.Unauthenticated, false},
		{"Bearer ", token.ClientAPI, fault.Unauthenticated, false},
		{strings.Repeat("x", 2000), token.ClientAPI, fault.Unauthenticated, false},
	} {
		grant, err := w.auth.SDK(t.Context(), with(c.header), c.api)
		if c.ok {
			if err != nil || !slices.Equal(grant.Scope.Projects, inDefault.Projects) {
				t.Errorf("%.20q on API %d: %+v, %v", c.header, c.api, grant, err)
			}
			continue
		}
		wantKind(t, fmt.Sprintf("%.20q on API %d", c.header, c.api), err, c.want)
		if known := fault.As(err); known == nil || !known.Bare {
			t.Errorf("%.20q on API %d: the answer is not the message alone", c.header, c.api)
		}
	}
}

// R9: expiry is exact, for every kind.
func TestExpiryIsExact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	end := w.clock.Now().Add(time.Hour)
	w.add("mortal", token.Client, inDefault, &end)
	w.clock.Advance(time.Hour - time.Millisecond)
	if _, err := w.client("mortal"); err != nil {
		t.Errorf("a millisecond before the end: %v", err)
	}
	w.clock.Advance(time.Millisecond)
	_, err := w.client("mortal")
	wantKind(t, "at the end", err, fault.Unauthenticated)
}

func TestScopeFollowsProjectsAndEnvironments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("one", token.Client, inDefault, nil)
	w.add("two", token.Client, token.Scope{Projects: []string{"default", "other"}, Environment: "development"}, nil)
	w.add("all", token.Client, everywhere, nil)
	w.add("lost", token.Client, token.Scope{AllProjects: true, Environment: "gone"}, nil)
	scopes := func() map[string]string {
		found := map[string]string{}
		for _, secret := range []string{"one", "two", "all", "lost"} {
			grant, err := w.client(secret)
			if err != nil {
				t.Fatalf("%s: %v", secret, err)
			}
			found[secret] = fmt.Sprint(grant.Scope.AllProjects, grant.Scope.Projects, grant.Scope.Allows("default"), grant.Scope.Allows("other"), grant.Scope.Allows("later"))
		}
		return found
	}
	check := func(when string, want map[string]string) {
		t.Helper()
		for secret, got := range scopes() {
			if got != want[secret] {
				t.Errorf("%s, %s: %s, want %s", when, secret, got, want[secret])
			}
		}
	}
	check("at first", map[string]string{
		"one": "false [default] true false false", "two": "false [default other] true true false",
		"all": "true [] true true true", "lost": "false [] false false false",
	})
	w.update(func(tx *store.Tx) error {
		if err := tx.DeleteProject(t.Context(), "default"); err != nil {
			return err
		}
		return tx.Touch(t.Context(), store.NounProject, "default")
	})
	// Section 10: an orphaned scope never becomes a wildcard.
	check("without project default", map[string]string{
		"one": "false [] false false false", "two": "false [other] false true false",
		"all": "true [] true true true", "lost": "false [] false false false",
	})
	w.update(func(tx *store.Tx) error {
		if err := tx.DeleteEnvironment(t.Context(), feature.Development); err != nil {
			return err
		}
		return tx.Touch(t.Context(), store.NounEnvironment, "development")
	})
	none := "false [] false false false"
	check("without environment", map[string]string{"one": none, "two": none, "all": none, "lost": none})
}

func TestScopeKeysAreEqualForEqualScopes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("a", token.Client, token.Scope{Projects: []string{"other", "default"}, Environment: "development"}, nil)
	w.add("b", token.Frontend, token.Scope{Projects: []string{"default", "other"}, Environment: "development"}, nil)
	w.add("c", token.Client, inDefault, nil)
	w.add("d", token.Client, everywhere, nil)
	a, _ := w.client("a")
	b, _ := w.auth.SDK(t.Context(), with("b"), token.FrontendAPI)
	c, _ := w.client("c")
	d, _ := w.client("d")
	if a.ScopeKey != b.ScopeKey {
		t.Errorf("equal scopes have the keys %q and %q", a.ScopeKey, b.ScopeKey)
	}
	if a.ScopeKey == c.ScopeKey || c.ScopeKey == d.ScopeKey || a.ScopeKey == d.ScopeKey {
		t.Errorf("different scopes share a key: %q %q %q", a.ScopeKey, c.ScopeKey, d.ScopeKey)
	}
}

// TestUnknownSecretsHardlyReachTheDatabase counts look-ups by what they find: a
// token that another process made is found by a look-up, and by nothing else.
func TestUnknownSecretsHardlyReachTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := &world{t: t, db: w.where.Open(t, w.clock.Now)}
	_, err := w.client("first-miss") // takes this second's look-up
	wantKind(t, "an unknown secret", err, fault.Unauthenticated)
	elsewhere.add("made-elsewhere", token.Client, inDefault, nil)
	w.clock.Advance(999 * time.Millisecond)
	for i := range 1000 {
		_, err := w.client(fmt.Sprint("unknown-", i))
		wantKind(t, "an unknown secret", err, fault.Unauthenticated)
	}
	_, err = w.client("made-elsewhere")
	wantKind(t, "before the second is over", err, fault.Unauthenticated)
	w.clock.Advance(time.Millisecond)
	if _, err := w.client("made-elsewhere"); err != nil {
		t.Errorf("a second after the last look-up: %v", err)
	}
}

// TestDatabaseDown: what is in memory works, what is not is 503 and never 401.
func TestDatabaseDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("known", token.Client, inDefault, nil)
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client("known"); err != nil {
		t.Errorf("a known token: %v", err)
	}
	for range 2 { // the second one gets the same answer, without asking again
		_, err := w.client("unknown")
		wantKind(t, "an unknown token", err, fault.Unavailable)
	}
	_, err := w.auth.Principal(t.Context(), with("unknown"), "")
	wantKind(t, "an unknown token on the Admin API", err, fault.Unavailable)
	_, err = w.auth.Principal(t.Context(), with(""), "some-session")
	wantKind(t, "a session", err, fault.Unavailable)
	_, err = w.auth.Principal(t.Context(), with(""), "")
	wantKind(t, "no credential", err, fault.Unauthenticated)
}

func TestSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.add("used", token.Client, inDefault, nil)
	unused := w.add("unused", token.Client, inDefault, nil)
	first := w.clock.Now()
	if _, err := w.client("used"); err != nil {
		t.Fatal(err)
	}
	if got := w.auth.Seen(token.Client, made.ID); !got.Equal(first) {
		t.Errorf("seen %v, want %v", got, first)
	}
	if got := w.auth.Seen(token.Client, unused.ID); !got.IsZero() {
		t.Errorf("a token that was never used was seen %v", got)
	}
	stored := func(id string) *time.Time {
		var seen *time.Time
		if err := w.db.View(t.Context(), func(tx *store.Tx) error {
			row, err := tx.APIToken(t.Context(), id)
			seen = row.SeenAt
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return seen
	}
	if stored(made.ID) != nil {
		t.Error("a request wrote to the database")
	}
	if err := w.auth.FlushSeen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := stored(made.ID); got == nil || !got.Equal(first) {
		t.Errorf("stored %v, want %v", got, first)
	}
	if got := stored(unused.ID); got != nil {
		t.Errorf("stored %v for a token that was never used", got)
	}
	w.clock.Advance(time.Minute)
	if _, err := w.client("used"); err != nil {
		t.Fatal(err)
	}
	w.update(func(tx *store.Tx) error { return tx.Touch(t.Context(), store.NounProject, "default") }) // everything is read anew
	if got := w.auth.Seen(token.Client, made.ID); !got.Equal(first.Add(time.Minute)) {
		t.Errorf("after a reload: seen %v, want %v", got, first.Add(time.Minute))
	}
}

// person stores a user with a personal token whose secret is user:NAME.
func (w *world) person(name string, role access.RoleID) store.User {
	w.t.Helper()
	u := store.User{Username: name, RootRole: role}
	w.update(func(tx *store.Tx) error {
		var err error
		if u, err = tx.InsertUser(w.t.Context(), u); err != nil {
			return err
		}
		pat, err := tx.InsertPersonalToken(w.t.Context(), store.PersonalToken{Digest: token.DigestOf("user:" + name), UserID: u.ID})
		if err != nil {
			return err
		}
		if err := tx.Touch(w.t.Context(), store.NounPersonalToken, fmt.Sprint(pat.ID)); err != nil {
			return err
		}
		return tx.Touch(w.t.Context(), store.NounUser, fmt.Sprint(u.ID))
	})
	return u
}

// R7: a personal token has its user's rights of this moment.
func TestPersonalTokenHasItsUsersRights(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.person("ada", access.ViewerRole)
	can := func(p access.Permission, project string) bool {
		who, err := w.auth.Principal(t.Context(), auth.Request{Authorization: "user:ada", Address: netip.MustParseAddr("192.0.2.1")}, "")
		if err != nil {
			t.Fatal(err)
		}
		if who.UserID != u.ID || who.DisplayName() != "ada" || who.Kind != token.Personal || who.Address != "192.0.2.1" {
			t.Errorf("the principal is %+v", who)
		}
		return who.Can(project, "", p)
	}
	if can(access.CreateFeature, "default") || can(access.ReadClientToken, "") {
		t.Error("a viewer may create flags or see tokens")
	}
	set := func(role access.RoleID, project feature.ProjectID, roles ...access.RoleID) {
		u.RootRole = role
		w.update(func(tx *store.Tx) error {
			if err := tx.UpdateUser(t.Context(), u); err != nil {
				return err
			}
			if err := tx.SetMember(t.Context(), project, u.ID, roles); err != nil {
				return err
			}
			return tx.Touch(t.Context(), store.NounUser, fmt.Sprint(u.ID))
		})
	}
	set(access.EditorRole, "other")
	if !can(access.CreateFeature, "default") || can(access.CreateFeature, "other") || !can(access.ReadClientToken, "") {
		t.Error("as an editor: wrong rights")
	}
	set(access.ViewerRole, "other", access.MemberRole)
	if can(access.CreateFeature, "default") || !can(access.CreateProjectToken, "other") {
		t.Error("as a member of other: wrong rights")
	}
	set(access.AdminRole, "other")
	if !can(access.AdminAll, "") {
		t.Error("as an administrator: wrong rights")
	}
	set(access.ViewerRole, "other")
	if can(access.AdminAll, "") || can(access.CreateProjectToken, "other") {
		t.Error("rights that were taken are still there")
	}
	w.update(func(tx *store.Tx) error {
		if err := tx.DeleteUser(t.Context(), u.ID); err != nil {
			return err
		}
		return tx.Touch(t.Context(), store.NounUser, fmt.Sprint(u.ID))
	})
	_, err := w.auth.Principal(t.Context(), with("user:ada"), "")
	wantKind(t, "the token of a deleted user", err, fault.Unauthenticated)
}

// TestNothingSucceedsAfterADelete: fifty goroutines use a token while it is
// deleted; a request that starts after the deletion has returned fails.
func TestNothingSucceedsAfterADelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var deleted, late, before atomic.Int64
	made := w.add("doomed", token.Client, everywhere, nil)
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			for ctx.Err() == nil {
				gone := deleted.Load() == 1
				_, err := w.client("doomed")
				switch {
				case err == nil && gone:
					late.Add(1)
				case err == nil:
					before.Add(1)
				}
			}
		})
	}
	for before.Load() < 1000 {
		time.Sleep(time.Millisecond)
	}
	w.update(func(tx *store.Tx) error {
		if err := tx.DeleteAPIToken(t.Context(), made); err != nil {
			return err
		}
		return tx.Touch(t.Context(), store.NounAPIToken, made.ID)
	})
	deleted.Store(1)
	time.Sleep(50 * time.Millisecond)
	stop()
	wait.Wait()
	if late.Load() != 0 {
		t.Errorf("%d requests succeeded that started after the deletion", late.Load())
	}
}

// TestFeedThatLostItsPlace: a reader too far behind reads everything anew.
func TestFeedThatLostItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.add("old", token.Client, inDefault, nil)
	w.add("stays", token.Client, inDefault, nil)
	raw := w.where.SQL(t)
	for _, query := range []string{
		`DELETE FROM api_token WHERE id = '` + made.ID + `'`, `UPDATE revision SET value = value + 20000`,
	} {
		if _, err := raw.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.db.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := w.client("old")
	wantKind(t, "a token deleted behind our back", err, fault.Unauthenticated)
	if _, err := w.client("stays"); err != nil {
		t.Errorf("a token that stays: %v", err)
	}
}

// TestWrongSecretsTakeTheSameTime: a secret that nobody has and one that
// differs from a live one in its last digit cost the same, so nobody can feel
// their way to a secret. The two are timed in turns, and the medians compared
// with a wide margin: a comparison that stops at the first difference, or a
// check that only one of them reaches, shows many times that.
func TestWrongSecretsTakeTheSameTime(t *testing.T) { //nolint:paralleltest // it measures time
	w := newWorld(t)
	live := "default:development." + strings.Repeat("ab", 32)
	w.add(live, token.Client, inDefault, nil)
	near := live[:len(live)-1] + "c"
	unknown := "default:development." + strings.Repeat("cd", 32)
	const rounds, calls = 200, 50
	timed := map[string][]time.Duration{}
	for range rounds {
		for _, secret := range []string{near, unknown} {
			start := time.Now()
			for range calls {
				if _, err := w.client(secret); !fault.Is(err, fault.Unauthenticated) {
					t.Fatalf("a wrong secret: %v", err)
				}
			}
			timed[secret] = append(timed[secret], time.Since(start))
		}
	}
	median := func(secret string) time.Duration {
		slices.Sort(timed[secret])
		return timed[secret][rounds/2]
	}
	if ratio := float64(median(near)) / float64(median(unknown)); ratio < 0.5 || ratio > 2 {
		t.Errorf("a nearly right secret takes %.2f times what an unknown one takes", ratio)
	}
}

// TestUnknownSecretsAreNotRemembered: 100,000 unknown secrets leave nothing in
// memory and, within one second, cost the database one look-up.
func TestUnknownSecretsAreNotRemembered(t *testing.T) { //nolint:paralleltest // it measures memory
	w := newWorld(t)
	_, _ = w.client("first-miss") // takes this second's look-up
	if err := w.db.Close(); err != nil {
		t.Fatal(err) // from here on, a look-up would be an Unavailable error
	}
	secrets := make([]string, 100_000)
	for i := range secrets {
		secrets[i] = fmt.Sprintf("*:development.%064d", i)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, secret := range secrets {
		if _, err := w.client(secret); !fault.Is(err, fault.Unauthenticated) {
			t.Fatalf("an unknown secret: %v", err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	const margin = 1 << 20 // what a test's own work may leave; remembering a digest each would take more than three times that
	if after.HeapAlloc > before.HeapAlloc+margin {
		t.Errorf("%d bytes stay after %d unknown secrets", after.HeapAlloc-before.HeapAlloc, len(secrets))
	}
	runtime.KeepAlive(secrets)
}
