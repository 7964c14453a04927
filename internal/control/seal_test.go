package control

import (
	"strconv"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
)

// What is remembered of reveals and warnings has a bound, and what is forgotten
// is told again.
func TestRevealsAreBounded(t *testing.T) {
	t.Parallel()
	var r reveals
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	one := []store.APIToken{{ID: "one"}}
	for user := range int64(maxReveals + 10) {
		actor := access.Principal{UserID: user}
		if len(r.untold(actor, one, now)) != 1 {
			t.Fatalf("the reveal to %d counts as told", user)
		}
		r.tell(actor, one, now)
		if len(r.untold(actor, one, now)) != 0 || len(r.told) > maxReveals {
			t.Fatalf("after %d: told again, or %d remembered", user, len(r.told))
		}
		r.warn(strconv.FormatInt(user, 10))
	}
	if len(r.warned) > maxReveals {
		t.Errorf("%d warnings are remembered", len(r.warned))
	}
}

// What no longer counts is forgotten first.
func TestOldRevealsAreForgottenFirst(t *testing.T) {
	t.Parallel()
	var r reveals
	const half = maxReveals / 2
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	actor := access.Principal{UserID: 1}
	tokens := make([]store.APIToken, maxReveals)
	for i := range tokens {
		tokens[i].ID = strconv.Itoa(i)
	}
	r.tell(actor, tokens[:half], now)
	r.tell(actor, tokens[half:], now.Add(RevealPeriod/2))
	now = now.Add(RevealPeriod)
	if n := len(r.untold(actor, tokens, now)); n != half {
		t.Errorf("%d reveals count as not told after a period, want %d", n, half)
	}
	r.tell(actor, tokens[:1], now)
	if n := len(r.told); n != half+1 {
		t.Errorf("%d reveals are remembered, want %d", n, half+1)
	}
}
