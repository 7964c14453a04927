package token_test

import (
	"crypto/rand"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/burgeehq/burgee/internal/token"
)

const bareHex = "0123456789abcdef0123456789abcdef0123456789abcdef01234567"

// R20, R21, R22, R23: a generated secret is projects:environment.hash with 64
// hexadecimal digits. R10: a personal one starts with user.
func TestGenerate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		kind  token.Kind
		scope token.Scope
		want  string
	}{
		{"one project", token.Client, token.Scope{Projects: []string{"default"}, Environment: "development"}, `^default:development\.[0-9a-f]{64}$`},
		{"several projects", token.Client, token.Scope{Projects: []string{"a", "b"}, Environment: "production"}, `^\[\]:production\.[0-9a-f]{64}$`},
		{"all projects", token.Frontend, token.Scope{AllProjects: true, Environment: "development"}, `^\*:development\.[0-9a-f]{64}$`},
		{"all projects win", token.Client, token.Scope{AllProjects: true, Projects: []string{"a"}, Environment: "e"}, `^\*:e\.[0-9a-f]{64}$`},
		{"admin", token.Admin, token.Scope{AllProjects: true, Environment: "*"}, `^\*:\*\.[0-9a-f]{64}$`},
		{"personal", token.Personal, token.Scope{}, `^user:[0-9a-f]{64}$`},
	} {
		secret, err := token.Generate(c.kind, c.scope, rand.Reader)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if !regexp.MustCompile(c.want).MatchString(secret) {
			t.Errorf("%s: %q does not match %s", c.name, secret, c.want)
		}
		if !token.Generated(secret) {
			t.Errorf("%s: Generated(%q) is false", c.name, secret)
		}
		again, err := token.Generate(c.kind, c.scope, rand.Reader)
		if err != nil || again == secret {
			t.Errorf("%s: two secrets are equal, or %v", c.name, err)
		}
	}
	if _, err := token.Generate(token.Client, token.Scope{}, io.LimitReader(rand.Reader, 3)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("without enough randomness: %v", err)
	}
}

func TestChecksumTellsATypo(t *testing.T) {
	t.Parallel()
	secret, err := token.Generate(token.Client, token.Scope{Projects: []string{"default"}, Environment: "development"}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := range secret {
		typo := []byte(secret)
		typo[i] ^= 1
		if token.Generated(string(typo)) {
			t.Errorf("a typo at byte %d goes unnoticed: %s", i, typo)
		}
	}
	for _, foreign := range []string{"", "user:", bareHex, "default:development." + bareHex, secret + "0", secret[1:]} {
		if token.Generated(foreign) {
			t.Errorf("Generated(%q) is true", foreign)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		secret string
		want   token.Parsed
		fails  string
	}{
		{secret: "default:development.abc", want: token.Parsed{Project: "default", Environment: "development", Rest: "abc"}},
		{secret: "[]:production.x", want: token.Parsed{Project: "[]", Environment: "production", Rest: "x"}},
		{secret: "*:*.x", want: token.Parsed{Project: "*", Environment: "*", Rest: "x"}},
		{secret: "*:development.v2_selector_a.b:c", want: token.Parsed{Project: "*", Environment: "development", Rest: "v2_selector_a.b:c"}},
		{secret: bareHex, want: token.Parsed{Rest: bareHex}}, // R24
		{secret: "any-text.with.stops", want: token.Parsed{Rest: "any-text.with.stops"}},
		{secret: "user:" + bareHex, want: token.Parsed{Project: "user", Rest: bareHex}},
		{secret: "", fails: "empty"},
		{secret: ":development.x", fails: "before the colon"},
		{secret: "default:", fails: "full stop"},
		{secret: "default:development", fails: "full stop"},
		{secret: "default:.x", fails: "environment"},
		{secret: "default:development.", fails: "nothing follows"},
		{secret: "default:development.a b", fails: "white space"},
		{secret: "a\nb", fails: "white space"},
		{secret: "a\x7f", fails: "control"},
		{secret: strings.Repeat("x", token.MaxSecret), want: token.Parsed{Rest: strings.Repeat("x", token.MaxSecret)}},
		{secret: strings.Repeat("x", token.MaxSecret+1), fails: "longer"},
	} {
		got, err := token.Parse(c.secret)
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("Parse(%.40q) = %v, want an error about %q", c.secret, err, c.fails)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("Parse(%.40q) = %+v, %v, want %+v", c.secret, got, err, c.want)
		}
	}
}

func TestFromHeader(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                 "",
		"   ":              "",
		"secret":           "secret",
		"  secret\t":       "secret",
		"Bearer secret":    "secret",
		"bearer secret":    "secret",
		"BEARER   secret ": "secret",
		"Bearer":           "",
		"Bearer ":          "",
		"Bearersecret":     "Bearersecret",
		"Basic secret":     "Basic secret",
		"Token secret":     "Token secret",
		"Bearer a b":       "a b",
	} {
		if got := token.FromHeader(header); got != want {
			t.Errorf("FromHeader(%q) = %q, want %q", header, got, want)
		}
	}
}

func TestApparent(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]token.Kind{
		"user:x": token.Personal, "*:*.x": token.Admin, "*:*": token.Admin,
		"*:development.x": 0, "default:development.x": 0, "User:x": 0, bareHex: 0, "": 0,
	} {
		if got := token.Apparent(secret); got != want {
			t.Errorf("Apparent(%q) = %v, want %v", secret, got, want)
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	opens := map[token.Kind]token.API{
		token.Client: token.ClientAPI, token.Frontend: token.FrontendAPI, token.Admin: token.AdminAPI, token.Personal: token.AdminAPI,
	}
	for _, kind := range token.Kinds() {
		if parsed, ok := token.ParseKind(strings.ToUpper(kind.String())); !ok || parsed != kind {
			t.Errorf("ParseKind(%q) = %v, %v", strings.ToUpper(kind.String()), parsed, ok)
		}
		for _, api := range []token.API{token.AdminAPI, token.ClientAPI, token.FrontendAPI} {
			if got := kind.Opens(api); got != (opens[kind] == api) {
				t.Errorf("%v opens API %d: %v", kind, api, got)
			}
		}
	}
	if kind, ok := token.ParseKind("Backend"); !ok || kind != token.Client {
		t.Errorf("backend is %v, %v; want client", kind, ok)
	}
	for _, name := range []string{"", "clients", "5"} {
		if kind, ok := token.ParseKind(name); ok {
			t.Errorf("ParseKind(%q) = %v", name, kind)
		}
	}
	if token.Kind(0).Opens(token.ClientAPI) || token.Kind(99).String() != "unknown" {
		t.Error("no kind opens something, or has a name")
	}
}

// R34: what lists show of a secret cannot be used.
func TestHint(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{
		"default:development." + bareHex: "default:development.…4567",
		"[]:production." + bareHex:       "[]:production.…4567",
		"*:*." + bareHex:                 "*:*.…4567",
		"user:" + bareHex:                "user:…4567",
		bareHex:                          "…4567",
		"short":                          "…",
		"*:*.fifteen-letters":            "*:*.…",
		"öäü-ß-ÖÄÜ-éèê-ñ-€€€€": "…€€€€",
		"no:full-stop-here":    "…here",
	} {
		if got := token.Hint(secret); got != want {
			t.Errorf("Hint(%q) = %q, want %q", secret, got, want)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	d := token.DigestOf("abc")
	const want = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0" // SHA-256 of FIPS 180-2's example, base64url
	if d.String() != want {
		t.Errorf("DigestOf(abc) = %s, want %s", d, want)
	}
	if back, err := token.ParseDigest(want); err != nil || back != d {
		t.Errorf("ParseDigest: %v, %v", back, err)
	}
	for _, bad := range []string{"", want[1:], want + "A", "!" + want[1:]} {
		if _, err := token.ParseDigest(bad); err == nil {
			t.Errorf("ParseDigest(%q) is no error", bad)
		}
	}
}

func TestScopeAllows(t *testing.T) {
	t.Parallel()
	if (token.Scope{}).Allows("default") {
		t.Error("an empty scope allows something: an orphaned token must see nothing")
	}
	some := token.Scope{Projects: []string{"a", "b"}}
	if !some.Allows("a") || !some.Allows("b") || some.Allows("c") || some.Allows("") || some.Allows("*") {
		t.Error("a list of projects allows something else than these projects")
	}
	if !(token.Scope{AllProjects: true}).Allows("later") {
		t.Error("all projects do not allow one made later")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"default:development.abc", "[]:e.x", "*:*.x", bareHex, "user:x", ":", ".", "a:b", "\x00", "é:é.é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, secret string) {
		parsed, err := token.Parse(secret)
		if (err == nil) && token.Check(secret) != nil {
			t.Fatalf("Parse accepts %q, Check does not", secret)
		}
		if err != nil {
			return
		}
		back := parsed.Rest
		switch {
		case parsed.Environment != "":
			back = parsed.Project + ":" + parsed.Environment + "." + parsed.Rest
		case parsed.Project != "":
			back = parsed.Project + ":" + parsed.Rest
		}
		if back != secret {
			t.Fatalf("Parse(%q) loses something: %+v", secret, parsed)
		}
	})
}

func FuzzFromHeader(f *testing.F) {
	for _, seed := range []string{"Bearer x", "bearer  ", " x ", "Basic x", "\t", "BEARER Bearer x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		secret := token.FromHeader(header)
		if secret != strings.TrimSpace(secret) || !strings.Contains(header, secret) {
			t.Fatalf("FromHeader(%q) = %q", header, secret)
		}
	})
}

func FuzzHint(f *testing.F) {
	for _, seed := range []string{"default:development." + bareHex, bareHex, "short", "user:" + bareHex, "\xff\xfe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, secret string) {
		hint := token.Hint(secret)
		head, tail, found := strings.Cut(hint, "…")
		if !found || !strings.HasPrefix(secret, head) || utf8.RuneCountInString(tail) > 4 && !strings.Contains(head+secret, "…") {
			t.Fatalf("Hint(%q) = %q", secret, hint)
		}
		if rest := secret[len(head):]; len([]rune(rest)) >= 5 && strings.Contains(hint, rest) && !strings.Contains(secret, "…") {
			t.Fatalf("Hint(%q) = %q shows all of it", secret, hint)
		}
	})
}
