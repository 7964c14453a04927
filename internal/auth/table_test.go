package auth

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"testing"
)

// A table does what a map does, with hashes that collide too.
func TestTable(t *testing.T) {
	t.Parallel()
	seed := maphash.MakeSeed()
	for name, hash := range map[string]func(string) uint64{
		"good": func(k string) uint64 { return maphash.String(seed, k) },
		"poor": func(k string) uint64 { return maphash.String(seed, k) % 7 },
		"none": func(string) uint64 { return 1<<64 - 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 2))
			got := newTable(0, func(g *Grant) string { return g.ID }, hash)
			want := map[string]*Grant{}
			for range 5000 {
				id := fmt.Sprint(random.IntN(200))
				if random.IntN(2) == 0 {
					got.remove(id)
					delete(want, id)
				} else {
					g := &Grant{ID: id}
					got.put(g)
					want[id] = g
				}
				if got.get(id) != want[id] || got.count != len(want) {
					t.Fatalf("%s is %v, want %v; the count is %d, want %d", id, got.get(id), want[id], got.count, len(want))
				}
			}
			got.each(func(g *Grant) {
				if want[g.ID] != g {
					t.Errorf("%s is there", g.ID)
				}
				delete(want, g.ID)
			})
			if len(want) > 0 {
				t.Errorf("%d are not there", len(want))
			}
		})
	}
}
