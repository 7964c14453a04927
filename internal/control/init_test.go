package control_test

import (
	"crypto/rand"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// newControl is the use cases over a new server's database.
func newControl(t *testing.T) *control.Control {
	t.Helper()
	db := testdb.New(t).Open(t, testkit.NewClock().Now)
	c := &control.Control{DB: db, Random: rand.Reader}
	if err := c.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// have lists all tokens as name, scope and environment.
func haveTokens(t *testing.T, c *control.Control) []string {
	t.Helper()
	tokens, err := c.APITokens(t.Context(), access.System(), nil)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, one := range tokens {
		all = append(all, one.Name+" "+strings.Join(control.TokenProjects(one), ",")+" "+one.Scope.Environment)
	}
	slices.Sort(all)
	return all
}

// R24: secrets that an operator chose, bare ones included, become tokens.
func TestInitTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   control.InitTokens
		want []string
	}{
		{"none", control.InitTokens{}, []string{}},
		{"admin", control.InitTokens{Admin: []string{"*:*.some-random-string", "bare"}}, []string{"init-admin * *", "init-admin * *"}},
		{"client", control.InitTokens{Client: []string{"default:development.x", " *:production.y "}}, []string{"init-client * production", "init-client default development"}},
		{"bare ones cover all projects in development", control.InitTokens{Client: []string{"abc.def"}, Frontend: []string{"f"}}, []string{"init-client * development", "init-frontend * development"}},
		{"backend wins", control.InitTokens{Client: []string{"*:development.c"}, Backend: []string{"*:production.b"}}, []string{"init-client * production"}},
		{"blanks are skipped", control.InitTokens{Frontend: []string{"", " ", "*:development.f", ""}}, []string{"init-frontend * development"}},
		{"the same twice", control.InitTokens{Client: []string{"x", "x"}}, []string{"init-client * development"}},
		{"an environment with a full stop", control.InitTokens{Client: []string{"*:eu.west.rest.of.it"}}, []string{"init-client * eu.west"}},
		{"the longest environment wins", control.InitTokens{Client: []string{"*:eu.rest"}}, []string{"init-client * eu"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := newControl(t)
			if err := server.DB.Update(t.Context(), func(tx *store.Tx) error {
				for _, name := range []feature.EnvironmentName{"eu", "eu.west"} {
					if err := tx.InsertEnvironment(t.Context(), feature.Environment{Name: name, Type: "production", Enabled: true}); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second start changes nothing
				if err := server.CreateInitTokens(t.Context(), c.in); err != nil {
					t.Fatal(err)
				}
				if got := haveTokens(t, server); !slices.Equal(got, c.want) {
					t.Errorf("tokens %v, want %v", got, c.want)
				}
			}
		})
	}
}

// R34: what cannot be used is named by variable and position, never by its
// secret, and nothing of the variables is applied.
func TestInitTokensRefused(t *testing.T) {
	t.Parallel()
	const good = "*:development.good"
	for _, c := range []struct {
		name string
		in   control.InitTokens
		want string
	}{
		{"a list", control.InitTokens{Client: []string{good, "[]:development.TOPSECRET"}}, `^INIT_CLIENT_API_TOKENS, entry 2: .*\[\].*does not say which projects`},
		{"unknown project", control.InitTokens{Backend: []string{good, good, "nope:development.TOPSECRET"}}, `^INIT_BACKEND_API_TOKENS, entry 3: project "nope" does not exist`},
		{"unknown environment", control.InitTokens{Frontend: []string{good, "*:nope.TOPSECRET"}}, `^INIT_FRONTEND_API_TOKENS, entry 2: environment "nope" does not exist`},
		{"no environment", control.InitTokens{Client: []string{good, "default:TOPSECRET"}}, `entry 2: no full stop`},
		{"no project", control.InitTokens{Client: []string{good, ":development.TOPSECRET"}}, `entry 2: .*before the colon`},
		{"all environments", control.InitTokens{Client: []string{good, "*:*.TOPSECRET"}}, `entry 2: .*one environment`},
		{"a personal token", control.InitTokens{Admin: []string{"user:TOPSECRET"}, Client: []string{good}}, `^INIT_ADMIN_API_TOKENS, entry 1: .*user:`},
		{"an admin token of a project", control.InitTokens{Admin: []string{"default:development.TOPSECRET"}, Client: []string{good}}, `INIT_ADMIN_API_TOKENS, entry 1: .*covers everything`},
		{"an admin token of an environment", control.InitTokens{Admin: []string{"*:development.TOPSECRET"}, Client: []string{good}}, `covers everything`},
		{"two kinds", control.InitTokens{Client: []string{good, "TOPSECRET"}, Frontend: []string{"TOPSECRET"}}, `^INIT_FRONTEND_API_TOKENS, entry 1: .*INIT_CLIENT_API_TOKENS, entry 2`},
		{"white space", control.InitTokens{Client: []string{good, "TOP SECRET"}}, `entry 2: .*white space`},
		{"too long", control.InitTokens{Client: []string{good, strings.Repeat("TOPSECRET", 200)}}, `entry 2: .*longer`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := newControl(t)
			err := server.CreateInitTokens(t.Context(), c.in)
			if err == nil || !regexp.MustCompile(c.want).MatchString(err.Error()) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), "TOPSECRET") || strings.Contains(err.Error(), "TOP SECRET")) {
				t.Errorf("the error shows the secret: %v", err)
			}
			if got := haveTokens(t, server); len(got) != 0 {
				t.Errorf("half of it was applied: %v", got)
			}
		})
	}
}

// A token that somebody deleted does not come back, one that is new to the
// variable is made on a server in use.
func TestInitTokensLater(t *testing.T) {
	t.Parallel()
	c := newControl(t)
	ctx := t.Context()
	start := func(secrets ...string) []string {
		if err := c.CreateInitTokens(ctx, control.InitTokens{Client: secrets}); err != nil {
			t.Fatal(err)
		}
		return haveTokens(t, c)
	}
	if got := start("*:development.a"); len(got) != 1 {
		t.Errorf("first start: %v", got)
	}
	if got := start("*:development.a", "*:production.b"); len(got) != 2 {
		t.Errorf("second start, one more: %v", got)
	}
	if err := c.DeleteAPIToken(ctx, access.System(), "*:development.a"); err != nil {
		t.Fatal(err)
	}
	if got := start("*:development.a", "*:production.b"); !slices.Equal(got, []string{"init-client * production"}) {
		t.Errorf("third start, after a deletion: %v", got)
	}
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := c.UpdateAPIToken(ctx, access.System(), "*:production.b", control.TokenChange{Expiry: &control.Expiry{At: &past}}); err != nil {
		t.Fatal(err)
	}
	start("*:production.b")
	if tokens, err := c.APITokens(ctx, access.System(), nil); err != nil || tokens[0].ExpiresAt == nil || !tokens[0].ExpiresAt.Equal(past) {
		t.Errorf("a start brought an expired token back to life: %+v, %v", tokens, err)
	}
}

func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, c := range []struct {
		name      string
		in        control.FirstAdmin
		login     string
		generated bool
	}{
		{"generated", control.FirstAdmin{}, "admin", true},
		{"chosen, of any strength", control.FirstAdmin{Username: "root", Password: "x"}, "root", false},
		{"name only", control.FirstAdmin{Username: "root"}, "root", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := newControl(t)
			password, err := server.CreateFirstAdmin(ctx, c.in)
			if err != nil || (password != "") != c.generated {
				t.Fatalf("generated %q, %v", password, err)
			}
			if c.generated {
				if err := control.CheckPassword("", password); err != nil {
					t.Errorf("the generated password breaks our own rules: %v", err)
				}
			} else {
				password = c.in.Password
			}
			done, err := server.SignIn(ctx, control.SignIn{Login: c.login, Password: password})
			if err != nil || done.User.RootRole != access.AdminRole {
				t.Errorf("signing in: %+v, %v", done.User, err)
			}
			again, err := server.CreateFirstAdmin(ctx, control.FirstAdmin{Username: "second"})
			if err != nil || again != "" {
				t.Errorf("the second start made another administrator: %q, %v", again, err)
			}
		})
	}
}
