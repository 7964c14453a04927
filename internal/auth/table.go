package auth

import (
	"encoding/binary"

	"github.com/burgeehq/burgee/internal/token"
)

// table finds grants by a key that they hold themselves. A place takes 8 bytes,
// of which at least a third are in use, where one of a Go map with a digest for
// a key takes 41: of a million tokens that is 16 MB in the place of 86. The
// zero table cannot be used.
type table[K comparable] struct {
	places []*Grant // a power of two; a grant is at the place of its hash, or behind it with no gap
	count  int
	key    func(*Grant) K
	hash   func(K) uint64
}

// newTable returns a table that need not grow for so many grants.
func newTable[K comparable](expected int, key func(*Grant) K, hash func(K) uint64) table[K] {
	size := 16
	for size*2 < expected*3 {
		size *= 2
	}
	return table[K]{places: make([]*Grant, size), key: key, hash: hash}
}

// place is where the grant of a key is, or where it would go.
func (t *table[K]) place(k K) int {
	mask := len(t.places) - 1
	i := int(t.hash(k)) & mask
	for t.places[i] != nil && t.key(t.places[i]) != k {
		i = (i + 1) & mask
	}
	return i
}

// get returns nil for an unknown key.
func (t *table[K]) get(k K) *Grant { return t.places[t.place(k)] }

// put takes a grant in, in the place of one with the same key.
func (t *table[K]) put(g *Grant) {
	if (t.count+1)*3 > len(t.places)*2 {
		bigger := newTable(len(t.places), t.key, t.hash)
		t.each(bigger.put)
		*t = bigger
	}
	i := t.place(t.key(g))
	if t.places[i] == nil {
		t.count++
	}
	t.places[i] = g
}

// remove closes the gap with grants behind it, each of which goes no further
// ahead than its own place.
func (t *table[K]) remove(k K) {
	gap := t.place(k)
	if t.places[gap] == nil {
		return
	}
	t.count--
	mask := len(t.places) - 1
	for i := (gap + 1) & mask; t.places[i] != nil; i = (i + 1) & mask {
		home := int(t.hash(t.key(t.places[i]))) & mask
		if (i-home)&mask >= (i-gap)&mask {
			t.places[gap] = t.places[i]
			gap = i
		}
	}
	t.places[gap] = nil
}

// each calls f with every grant. f must not change the table.
func (t *table[K]) each(f func(*Grant)) {
	for _, g := range t.places {
		if g != nil {
			f(g)
		}
	}
}

// digestBits are as good as a hash: nobody chooses a digest.
func digestBits(d token.Digest) uint64 { return binary.LittleEndian.Uint64(d[:8]) }
