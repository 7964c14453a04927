package token

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// random reads the same pseudo-random bytes every time.
func random() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }

func generate(t testing.TB, kind Kind, scope Scope) string {
	t.Helper()
	secret, err := Generate(kind, scope, random())
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func scan(t testing.TB, text string) []Find {
	t.Helper()
	var found []Find
	n, err := new(Scanner).Scan(strings.NewReader(text), func(f Find) { found = append(found, f) })
	if err != nil || n != int64(len(text)) {
		t.Fatalf("read %d bytes of %d, %v", n, len(text), err)
	}
	return found
}

func TestScannerFindsEveryFormOfSecret(t *testing.T) {
	t.Parallel()
	client := generate(t, Client, Scope{Projects: []string{"default"}, Environment: "development"})
	many := generate(t, Client, Scope{Projects: []string{"a", "b"}, Environment: "eu.prod-1_x~y"})
	admin := generate(t, Admin, Scope{AllProjects: true, Environment: "*"})
	personal := generate(t, Personal, Scope{})
	long := generate(t, Client, Scope{Projects: []string{strings.Repeat("p", 100)}, Environment: strings.Repeat("e", 100)})
	hex56 := strings.Repeat("0a9f", 14)
	v2 := "v2_" + strings.Repeat("s_", 11) + "_" + strings.Repeat("-vw", 14) + "V"
	escape := strings.NewReplacer(":", "%3A", "*", "%2a", "[", "%5B", "]", "%5d")
	for name, c := range map[string]struct {
		text   string
		secret string
		form   Form
		kind   Kind
		column int64
	}{
		"alone":                 {client, client, FormGenerated, 0, 1},
		"several projects":      {`"` + many + `"`, many, FormGenerated, 0, 2},
		"admin":                 {"TOKEN=" + admin + "\n", admin, FormGenerated, Admin, 7},
		"personal":              {"Authorization: Bearer " + personal, personal, FormGenerated, Personal, 23},
		"longest names":         {"=" + long, long, FormGenerated, 0, 2},
		"glued to a word":       {"my-token.is-" + client, client, FormGenerated, 0, 13},
		"glued to a user":       {"super" + personal, personal, FormGenerated, Personal, 6},
		"glued behind":          {client + "0123abc", client, FormGenerated, 0, 1},
		"glued both":            {"x" + client + "_x", client, FormGenerated, 0, 2},
		"in a query":            {"GET /?auth=" + escape.Replace(client) + "&x=1", client, FormGenerated, 0, 12},
		"after an escape":       {"Bearer%20" + escape.Replace(client), client, FormGenerated, 0, 10},
		"admin in a query":      {"?a=" + escape.Replace(admin), admin, FormGenerated, Admin, 4},
		"several in a query":    {"?a=" + escape.Replace(many), many, FormGenerated, 0, 4},
		"personal in a query":   {"?a=" + escape.Replace(personal), personal, FormGenerated, Personal, 4},
		"longest in a query":    {"?a=" + escape.Replace(long), long, FormGenerated, 0, 4},
		"Unleash":               {`'default:development.` + hex56 + `'`, "default:development." + hex56, FormHex, 0, 2},
		"Unleash admin":         {"x = *:*." + hex56, "*:*." + hex56, FormHex, Admin, 5},
		"Unleash several":       {"[]:production." + hex56, "[]:production." + hex56, FormHex, 0, 1},
		"Unleash personal":      {"user:" + hex56, "user:" + hex56, FormHex, Personal, 1},
		"Unleash after escape":  {"%3ddefault%3Adev." + hex56, "default:dev." + hex56, FormHex, 0, 4},
		"version 2":             {"*:production." + v2 + ".", "*:production." + v2, FormSelector, 0, 1},
		"version 2 of a person": {"(user:" + v2 + ")", "user:" + v2, FormSelector, Personal, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := []Find{{
				Offset: c.column - 1, Line: 1, Column: c.column,
				Form: c.form, Kind: c.kind, Hint: Hint(c.secret), Digest: DigestOf(c.secret),
			}}
			if diff := cmp.Diff(want, scan(t, c.text)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestScannerLeavesOtherTextsAlone(t *testing.T) {
	t.Parallel()
	client := generate(t, Client, Scope{Projects: []string{"default"}, Environment: "development"})
	digits := client[len(client)-GeneratedHex:]
	for name, text := range map[string]string{
		"empty":             "",
		"a typo":            strings.Replace(client, "default", "defult", 1),
		"a typo at the end": client[:len(client)-1] + "g",
		"cut off":           client[:len(client)-9],
		"bare digits":       digits,
		"a digest":          "sha256:" + digits,
		"an image":          "docker.io/x@sha256:" + digits,
		"upper case":        strings.ToUpper(client),
		"no project":        ":development." + digits,
		"no environment":    "default:." + digits,
		"no colon":          "default.development." + digits,
		"57 digits":         "default:development." + digits[:57],
		"55 digits":         "default:development." + digits[:55],
		"56 and a letter":   "default:development." + digits[:56] + "Z",
		"56 of a checksum":  "md5:" + digits[:56],
		"version 2, short":  "*:dev.v2_" + digits[:22] + "_" + digits[:42],
		"version 2, long":   "*:dev.v2_" + digits[:22] + "_" + digits[:44],
		"version 2, bare":   "v2_" + digits[:22] + "_" + digits[:43],
		"base64":            strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo", 99),
		"words":             strings.Repeat("func TestScanner(t *testing.T) { t.Parallel() }\n", 99),
	} {
		if found := scan(t, text); len(found) > 0 {
			t.Errorf("%s: found %+v", name, found)
		}
	}
}

func TestScannerCountsLinesAcrossBuffers(t *testing.T) {
	t.Parallel()
	personal := generate(t, Personal, Scope{})
	var text strings.Builder
	var want []string
	line := 1
	for i := range 40 {
		lines, column := 1+i*997%400, i*i*31%70_000
		text.WriteString(strings.Repeat("\n", lines) + strings.Repeat("é ", column/3) + strings.Repeat(" ", column%3) + personal)
		line += lines
		want = append(want, fmt.Sprintf("%d:%d", line, column+1))
	}
	var got []string
	for _, f := range scan(t, text.String()) {
		got = append(got, fmt.Sprintf("%d:%d", f.Line, f.Column))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line and column (-want +got):\n%s", diff)
	}
}

// TestScannerReadsUTF16: what Windows PowerShell writes with > is UTF-16.
func TestScannerReadsUTF16(t *testing.T) {
	t.Parallel()
	admin := generate(t, Admin, Scope{AllProjects: true, Environment: "*"})
	text := "\ufeffgrüße 🙂\r\n" + strings.Repeat("x ", 70_000) + admin + "\r\n" + admin + strings.Repeat(" y", 70_000) + "\u0ccc"
	for _, little := range []bool{true, false} {
		var file []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			if little {
				file = append(file, byte(unit), byte(unit>>8))
			} else {
				file = append(file, byte(unit>>8), byte(unit))
			}
		}
		var got []string
		n, err := new(Scanner).Scan(iotest.HalfReader(bytes.NewReader(file)), func(f Find) {
			got = append(got, fmt.Sprintf("%d:%d %v %v", f.Line, f.Column, f.Form.Certain(), f.Digest == DigestOf(admin)))
		})
		want := []string{"2:140001 true true", "3:1 true true"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil || n != int64(len(file)) {
			t.Errorf("little-endian %v: read %d of %d, %v (-want +got):\n%s", little, n, len(file), err, diff)
		}
	}
}

func TestScannerReportsWhatItReadBeforeAFailure(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	n, err := new(Scanner).Scan(iotest.ErrReader(boom), func(Find) { t.Error("found something in nothing") })
	if n != 0 || !errors.Is(err, boom) {
		t.Errorf("%d, %v; want the reader's error", n, err)
	}
}

func TestAScannerUsedAgainForgetsTheTextBefore(t *testing.T) {
	t.Parallel()
	personal := generate(t, Personal, Scope{})
	var s Scanner
	for range 3 {
		var found []Find
		if _, err := s.Scan(strings.NewReader("a\n"+personal), func(f Find) { found = append(found, f) }); err != nil {
			t.Fatal(err)
		}
		if len(found) != 1 || found[0].Line != 2 || found[0].Column != 1 {
			t.Fatalf("found %+v", found)
		}
	}
}

// FuzzScanner: where buffers end makes no difference, and what is certain has
// a checksum that fits.
func FuzzScanner(f *testing.F) {
	client := generate(f, Client, Scope{Projects: []string{"default"}, Environment: "development"})
	personal := generate(f, Personal, Scope{})
	f.Add([]byte(client), uint16(300), uint16(1))
	f.Add([]byte("%3A"+personal+" \n user%3a"+personal[5:]), uint16(440), uint16(700))
	f.Add([]byte("*:*."+personal[5:61]+"\nx:y.v2_"+strings.Repeat("a", 22)+"_"+strings.Repeat("b", 43)), uint16(0), uint16(9))
	f.Add([]byte("\xff\xfea\x00"), uint16(0), uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, before, between uint16) {
		text := append(bytes.Repeat([]byte("0"), int(before)%2048), data...)
		text = append(text, bytes.Repeat([]byte(" "), int(between)%2048)...)
		text = append(text, data...)
		text = append(text, client...)
		all := func(s *Scanner) []Find {
			var found []Find
			if _, err := s.Scan(iotest.DataErrReader(bytes.NewReader(text)), func(f Find) { found = append(found, f) }); err != nil {
				t.Fatal(err)
			}
			return found
		}
		whole, pieces := all(new(Scanner)), all(&Scanner{size: 512})
		if diff := cmp.Diff(whole, pieces); diff != "" {
			t.Fatalf("in pieces (-whole +pieces):\n%s", diff)
		}
		if byteOrder(text) != 0 {
			return
		}
		if len(whole) == 0 || whole[len(whole)-1].Digest != DigestOf(client) {
			t.Fatalf("the secret at the end was not found: %+v", whole)
		}
		for _, f := range whole {
			if lines := int64(bytes.Count(text[:f.Offset], []byte("\n"))) + 1; f.Line != lines {
				t.Errorf("line %d, want %d", f.Line, lines)
			}
			if column := f.Offset - int64(bytes.LastIndexByte(text[:f.Offset], '\n')); f.Column != column {
				t.Errorf("column %d, want %d", f.Column, column)
			}
		}
	})
}

// BenchmarkScan reads mixed source text: Go, JSON, Markdown and SQL of this
// repository, 64 MiB of it.
func BenchmarkScan(b *testing.B) {
	var text []byte
	for _, pattern := range []string{"../*/*.go", "../../docs/*.md", "../../api/*.json", "../store/migrations/*/*.sql", "../../go.sum"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			b.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			text = append(text, content...)
		}
	}
	text = bytes.Repeat(text, 1+64<<20/len(text))
	for name, text := range map[string][]byte{
		"source": text,
		"base64": bytes.Repeat([]byte("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo"), 64<<20/35),
		"worst":  bytes.Repeat([]byte(strings.Repeat("a", 100)+":"+strings.Repeat("b", 10)+"."+strings.Repeat("0", 64)+" "), 64<<20/177),
	} {
		b.Run(name, func(b *testing.B) {
			var s Scanner
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := s.Scan(bytes.NewReader(text), func(Find) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
