package token_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/token"
)

// sealKey is a key of a repeated byte, in base64.
func sealKey(b byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, token.SealKeySize))
}

func newSealer(t *testing.T, keys ...string) *token.Sealer {
	t.Helper()
	s, err := token.NewSealer(keys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSealing: only the keys of the server open a copy, only for its token, and
// only unchanged. A key that stands behind the first one still opens.
func TestSealing(t *testing.T) {
	t.Parallel()
	const secret, id = "default:development.abc", "token-one"
	one, two := sealKey(1), sealKey(2)
	sealed, err := newSealer(t, one).Seal(secret, id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	again, err := newSealer(t, one).Seal(secret, id, rand.Reader)
	if err != nil || again == sealed {
		t.Errorf("the same secret is sealed in the same way twice (%v)", err)
	}
	last := len(sealed) - 6
	flipped := sealed[:last] + strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, sealed[last:last+1]) + sealed[last+1:]
	for _, c := range []struct {
		name       string
		keys       []string
		sealed, id string
		opens      bool
	}{
		{"its key", []string{one}, sealed, id, true},
		{"its key, behind a newer one", []string{two, one}, sealed, id, true},
		{"another key", []string{two}, sealed, id, false},
		{"the copy of another token", []string{one}, sealed, "token-two", false},
		{"a changed copy", []string{one}, flipped, id, false},
		{"a cut copy", []string{one}, sealed[:12], id, false},
		{"an unknown form", []string{one}, "2" + sealed[1:], id, false},
		{"no base64", []string{one}, "1.!", id, false},
		{"nothing", []string{one}, "", id, false},
	} {
		got, err := newSealer(t, c.keys...).Open(c.sealed, c.id)
		if c.opens && (err != nil || got != secret) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
		if !c.opens && (!errors.Is(err, token.ErrSealed) || got != "") {
			t.Errorf("%s: opened as %q, %v", c.name, got, err)
		}
	}
	if newest, err := newSealer(t, two, one).Seal(secret, id, rand.Reader); err != nil {
		t.Error(err)
	} else if _, err := newSealer(t, two).Open(newest, id); err != nil {
		t.Error("the first key is not the one that seals")
	}
	if _, err := newSealer(t, one).Seal(secret, id, strings.NewReader("short")); err == nil {
		t.Error("sealed without randomness")
	}
}

// TestSealKeys: what is no key is refused, by its place and without showing it.
func TestSealKeys(t *testing.T) {
	t.Parallel()
	short := base64.StdEncoding.EncodeToString([]byte("sixteen bytes...")) // AES-128
	for _, c := range []struct {
		keys []string
		want string
	}{
		{nil, "no key"},
		{[]string{""}, "key 1 of 1"},
		{[]string{"not base64, but a passphrase"}, "key 1 of 1"},
		{[]string{sealKey(1), short}, "key 2 of 2"},
		{[]string{sealKey(1), sealKey(2) + "AAAA"}, "key 2 of 2"},
	} {
		_, err := token.NewSealer(c.keys)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.keys, err)
			continue
		}
		for _, key := range c.keys {
			if key != "" && strings.Contains(err.Error(), key) {
				t.Errorf("the error shows a key: %v", err)
			}
		}
	}
	if _, err := token.NewSealer([]string{" " + sealKey(1) + "\n"}); err != nil {
		t.Errorf("a key with blanks around it: %v", err)
	}
}
