package usage_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/usage"
)

// TestEdgesAreBounded: so many and no more; those that say nothing make room.
func TestEdgesAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := usage.NewEdges(func() time.Time { return now })
	add := func(prefix string, n int) {
		for i := range n {
			l.Add(store.Edge{ID: fmt.Sprint(prefix, i), App: "edge"}, "token")
		}
	}
	add("a", usage.MaxEdges)
	add("b", 5)
	add("a", 5) // known ones are still heard
	if got := len(l.List()); got != usage.MaxEdges || l.Dropped() != 5 {
		t.Errorf("%d edges, %d dropped", got, l.Dropped())
	}
	now = now.Add(usage.KeepEdges + time.Second)
	add("b", 5)
	if got := len(l.List()); got != 5 || l.Dropped() != 5 {
		t.Errorf("after a while: %d edges, %d dropped", got, l.Dropped())
	}
}
