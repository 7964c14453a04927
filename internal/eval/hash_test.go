package eval

import (
	"strings"
	"testing"
)

// TestHashVectors checks the vectors of the Unleash SDKs: place in a rollout
// (of 100) and among variants (of 1000).
func TestHashVectors(t *testing.T) {
	for _, test := range []struct {
		rule             HashRule
		group, id        string
		rollout, variant uint64
	}{
		{LowByte, "gr1", "123", 73, 796},
		{UTF8, "gr1", "123", 73, 796},
		{LowByte, "groupX", "999", 25, 260},
		{UTF8, "groupX", "999", 25, 260},
		{UTF8, "grp", "æ1", 100, 439},
		{UTF8, "flex.世界", "42", 70, 736},
	} {
		rollout := newHasher(test.rule, 0, test.group)
		if got := rollout.normalize(test.id, 100); got != test.rollout {
			t.Errorf("rule %d, %s:%s: rollout %d, want %d", test.rule, test.group, test.id, got, test.rollout)
		}
		variant := newHasher(test.rule, variantSeed, test.group)
		if got := variant.normalize(test.id, 1000); got != test.variant {
			t.Errorf("rule %d, %s:%s: variant %d, want %d", test.rule, test.group, test.id, got, test.variant)
		}
	}
}

// TestMurmurVectors checks the hash itself against published values of
// MurmurHash3 x86_32, for every length of the last block.
func TestMurmurVectors(t *testing.T) {
	for _, test := range []struct {
		text string
		seed uint32
		want uint32
	}{
		{"", 0, 0},
		{"", 1, 0x514e28b7},
		{"", 0xffffffff, 0x81f16f39},
		{"\xff\xff\xff\xff", 0, 0x76293b50},
		{"\x21\x43\x65\x87", 0, 0xf55b516b},
		{"\x21\x43\x65\x87", 0x5082edee, 0x2362f9de},
		{"\x21\x43\x65", 0, 0x7e4a8634},
		{"\x21\x43", 0, 0xa0f7b07a},
		{"\x21", 0, 0x72661cf4},
		{"Hello, world!", 0x9747b28c, 0x24884cba},
		{"The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd},
	} {
		h := hasher{state: test.seed, rule: UTF8}
		h.write(test.text)
		if got := h.sum(); got != test.want {
			t.Errorf("murmur3(%q, %#x) = %#x, want %#x", test.text, test.seed, got, test.want)
		}
	}
}

// TestLowByte checks that the low-byte rule reads UTF-16 units: a text hashes
// as its units cut to a byte each.
func TestLowByte(t *testing.T) {
	for text, units := range map[string]string{
		"plain":    "plain",
		"æ1":       "\xe61",
		"世界":       "\x16\x4c",
		"a😀b":      "a\x3d\x00b", // U+1F600 is d83d de00
		"\xffx":    "\xfdx",      // not UTF-8: U+FFFD
		"é" + "é":  "\xe9\xe9",
		"\u0130ab": "\x30ab",
	} {
		got := newHasher(LowByte, 0, text)
		want := newHasher(UTF8, 0, units)
		if got.sum() != want.sum() || got.length != uint32(len(units)+1) {
			t.Errorf("%q does not hash as %q", text, units)
		}
	}
	long := strings.Repeat("ab", 1000)
	a, b := newHasher(LowByte, 7, long), newHasher(UTF8, 7, long)
	if a.sum() != b.sum() {
		t.Error("the rules differ for ASCII")
	}
}
