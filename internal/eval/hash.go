package eval

import "math/bits"

// HashRule says which bytes of a text the stickiness hash reads. The rules
// differ only for text outside ASCII.
type HashRule uint8

const (
	// LowByte reads the low byte of each UTF-16 unit, as the Node engine does,
	// and so /api/frontend of Unleash.
	LowByte HashRule = iota
	// UTF8 reads the UTF-8 encoding, as the Go, Java, Python and Rust SDKs do.
	UTF8
)

// variantSeed keeps the variant of an id apart from its place in a rollout.
const variantSeed = 86028157

// hasher is a MurmurHash3 x86_32 under way: the state after the text that is
// known when a flag is compiled, "groupId:". It is copied for each id.
type hasher struct {
	state   uint32
	pending uint32 // the bytes of a block not complete yet
	nBits   uint32 // how many bits of pending are filled: 0, 8, 16 or 24
	length  uint32
	rule    HashRule
}

func newHasher(rule HashRule, seed uint32, group string) hasher {
	h := hasher{state: seed, rule: rule}
	h.write(group)
	h.add(':')
	return h
}

// normalize returns the hash of the id in this group, from 1 to n.
func (h hasher) normalize(id string, n uint64) uint64 {
	h.write(id)
	return uint64(h.sum())%n + 1
}

func (h *hasher) write(s string) {
	for i := range len(s) {
		if s[i] >= 0x80 && h.rule == LowByte {
			h.writeUnits(s[i:])
			return
		}
		h.add(s[i])
	}
}

// writeUnits adds the low byte of each UTF-16 unit of s.
func (h *hasher) writeUnits(s string) {
	const surrogates = 0x10000
	for _, r := range s {
		if r >= surrogates {
			r -= surrogates
			h.add(byte(r >> 10)) // 0xd800 + r>>10, low byte
			h.add(byte(r))       // 0xdc00 + r&0x3ff, low byte
			continue
		}
		h.add(byte(r))
	}
}

const (
	murmurC1 = 0xcc9e2d51
	murmurC2 = 0x1b873593
)

func (h *hasher) add(b byte) {
	h.pending |= uint32(b) << h.nBits
	h.nBits += 8
	h.length++
	if h.nBits == 32 {
		h.state ^= scramble(h.pending)
		h.state = bits.RotateLeft32(h.state, 13)*5 + 0xe6546b64
		h.pending, h.nBits = 0, 0
	}
}

func (h *hasher) sum() uint32 {
	x := h.state ^ scramble(h.pending) ^ h.length
	x ^= x >> 16
	x *= 0x85ebca6b
	x ^= x >> 13
	x *= 0xc2b2ae35
	return x ^ x>>16
}

func scramble(k uint32) uint32 {
	return bits.RotateLeft32(k*murmurC1, 15) * murmurC2
}
