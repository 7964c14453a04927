package edge

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/token"
)

// candidateOf is written environment:project,project or environment:*, with ! for
// one of the start.
func candidateOf(text string) candidate {
	c := candidate{secret: text, digest: token.DigestOf(text)}
	rest, startup := strings.CutSuffix(text, "!")
	environment, projects, _ := strings.Cut(rest, ":")
	c.startup, c.scope = startup, scopeOf(strings.Split(projects, ","), environment)
	return c
}

// TestCover: the smallest set of tokens that sees what all see.
func TestCover(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ all, want []string }{
		"none":                          {nil, nil},
		"one":                           {[]string{"dev:a"}, []string{"dev:a"}},
		"all projects":                  {[]string{"dev:a", "dev:*", "dev:b"}, []string{"dev:*"}},
		"environments":                  {[]string{"dev:*", "prod:a"}, []string{"dev:*", "prod:a"}},
		"a list covers":                 {[]string{"dev:a", "dev:b", "dev:a,b"}, []string{"dev:a,b"}},
		"two cover a third":             {[]string{"dev:a,b", "dev:c,d", "dev:b,c"}, []string{"dev:a,b", "dev:c,d"}},
		"none covers":                   {[]string{"dev:a,b", "dev:b,c"}, []string{"dev:a,b", "dev:b,c"}},
		"the start's stays":             {[]string{"dev:a", "dev:a!"}, []string{"dev:a!"}},
		"twice":                         {[]string{"dev:*", "dev:*!"}, []string{"dev:*!"}},
		"the start's gives way to more": {[]string{"dev:a!", "dev:*"}, []string{"dev:*"}},
	} {
		var all []candidate
		for _, text := range c.all {
			all = append(all, candidateOf(text))
		}
		var got []string
		for _, chosen := range cover(all) {
			got = append(got, chosen.secret)
		}
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestCoverCoversAll: whatever the tokens are, the set sees what they see, and
// none of it can go.
func TestCoverCoversAll(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	for range 500 {
		var all []candidate
		for i := range random.IntN(12) {
			text := []string{"dev", "prod"}[random.IntN(2)] + ":"
			if random.IntN(8) == 0 {
				text += "*"
			} else {
				for range 1 + random.IntN(4) {
					text += fmt.Sprintf("p%d,", random.IntN(6))
				}
			}
			c := candidateOf(strings.TrimSuffix(text, ","))
			c.digest[0], c.startup = byte(i), random.IntN(2) == 0
			all = append(all, c)
		}
		chosen := cover(all)
		if !sees(chosen, all) {
			t.Fatalf("%v do not cover %v", chosen, all)
		}
		for i := range chosen {
			if sees(slices.Delete(slices.Clone(chosen), i, i+1), all) {
				t.Fatalf("%v cover without %v", chosen, chosen[i])
			}
		}
	}
}

// sees reports whether tokens together see what all of others do.
func sees(chosen, all []candidate) bool {
	return !slices.ContainsFunc(all, func(c candidate) bool {
		together, there := coverage{projects: map[string]bool{}}, false
		for _, one := range chosen {
			if one.scope.Environment == c.scope.Environment {
				together, there = together.add(one.scope), true
			}
		}
		return !there || !together.covers(c.scope)
	})
}

// memory is a Shelf that may fail.
type memory struct {
	kept map[string][]byte
	puts int
	err  error
}

func (m *memory) Put(_ context.Context, name string, content []byte) error {
	if m.err == nil {
		m.puts++
		m.kept[name] = content
	}
	return m.err
}
func (m *memory) Get(_ context.Context, name string) ([]byte, error) { return m.kept[name], m.err }
func (m *memory) Close() error                                       { return nil }

// TestVault (R34): what is kept can be read with any of the tokens it was kept
// with, under its own name, unchanged; else it is as if nothing were there.
func TestVault(t *testing.T) {
	t.Parallel()
	shelf := &memory{kept: map[string][]byte{}}
	vault := func(tokens ...string) *Vault {
		v, err := NewVault(shelf, tokens, "one")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	old, now := vault("first", "second"), time.Unix(1_700_000_000, 0)
	if err := old.put(t.Context(), now, "x", slices.Values([]any{"a secret ", "text"})); err != nil {
		t.Fatal(err)
	}
	if err := old.put(t.Context(), now, "x", slices.Values([]any{"a secret ", "text"})); err != nil || shelf.puts != 1 {
		t.Errorf("the same was written %d times: %v", shelf.puts, err)
	}
	now = now.Add(rewriteAfter) // what is kept may be lost
	if err := old.put(t.Context(), now, "x", slices.Values([]any{"a secret ", "text"})); err != nil || shelf.puts != 2 {
		t.Errorf("later it was written %d times: %v", shelf.puts, err)
	}
	if kept := string(shelf.kept["x"]); strings.Contains(kept, "secret") || strings.Contains(kept, "text") {
		t.Error("it is kept in clear")
	}
	read := func(v *Vault, name string) string {
		var text string
		recall(t.Context(), v, name, func(part string) { text += part })
		return text
	}
	for tokens, want := range map[string]string{"first": "a secret text", "second": "a secret text", "third second": "a secret text", "third": "", "": ""} {
		if tokens == "" {
			continue
		}
		if got := read(vault(strings.Fields(tokens)...), "x"); got != want {
			t.Errorf("with %s: %q, want %q", tokens, got, want)
		}
	}
	shelf.kept["y"] = shelf.kept["x"]
	if got := read(old, "y"); got != "" {
		t.Errorf("under another name: %q", got)
	}
	whole := slices.Clone(shelf.kept["x"])
	for i := range whole {
		changed := slices.Clone(whole)
		changed[i] ^= 1
		shelf.kept["x"] = changed
		if got := read(vault("first"), "x"); got != "" && got != "a secret text" {
			t.Fatalf("byte %d changed: %q", i, got)
		}
		shelf.kept["x"] = whole[:i]
		if got := read(old, "x"); got != "" {
			t.Fatalf("cut at byte %d: %q", i, got)
		}
	}
	shelf.kept["x"] = nil
	shelf.err = errors.New("no room")
	if err := old.put(t.Context(), now, "x", slices.Values([]any{"more"})); err == nil || old.failures.Load() == 0 {
		t.Errorf("a full disk is no failure: %v", err)
	}
	shelf.err = nil
	if err := old.put(t.Context(), now, "x", slices.Values([]any{"a secret ", "text"})); err != nil || shelf.kept["x"] == nil {
		t.Errorf("what was there before the failure is not written again: %v", err)
	}
	if _, err := NewVault(shelf, nil, "one"); err == nil {
		t.Error("a vault without a token")
	}
}

// TestReadFile: each form of a file of flags, and what is none.
func TestReadFile(t *testing.T) {
	t.Parallel()
	const download = `{"version":2,"features":[{"name":"f","enabled":true,"project":"p","strategies":[{"name":"flexibleRollout","parameters":{"rollout":50}}]}],"query":{"environment":"x"}}`
	for name, c := range map[string]struct{ content, want string }{
		"a download":               {download, "development:f production:f"},
		"by environment":           {`{"environments":{"production":` + download + `,"test":{"g":{"enabled":false}}}}`, "production:f test:g"},
		"pairs":                    {` [["production",` + download + `]]`, "production:f"},
		"on and off":               {`{"a":{"enabled":true},"b":{"enabled":false,"variant":{"name":"v"}}}`, "development:a development:b production:a production:b"},
		"no flags":                 {`{}`, ""},
		"a list of flags":          {`[{"name":"f"}]`, "error"},
		"no JSON":                  {`a: b`, "error"},
		"empty":                    {``, "error"},
		"a flag that does not say": {`{"a":{}}`, "error"},
		"a flag without name":      {`{"features":[{"enabled":true}]}`, "error"},
		"a text":                   {`"x"`, "error"},
	} {
		documents, err := readFile([]byte(c.content), []string{"development", "production"})
		var got []string
		for environment, d := range documents {
			for flag := range d.Flags {
				got = append(got, environment+":"+string(flag))
			}
		}
		slices.Sort(got)
		text := strings.Join(got, " ")
		if err != nil {
			text = "error"
		}
		if text != c.want {
			t.Errorf("%s: %q (%v), want %q", name, text, err, c.want)
		}
	}
	documents, err := readFile([]byte(download), []string{"development"})
	if err != nil || documents["development"].Flags["f"].Strategies[0].Parameters["rollout"] != "50" {
		t.Errorf("a number as a parameter: %v %v", documents, err)
	}
}
