package control_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
	"github.com/burgeehq/burgee/internal/token"
)

// An API token is warned of once within 14 days of its end and once within
// 3; 30 days after its end it is purged, with an event.
func TestTokenExpiryWarningsAndPurge(t *testing.T) {
	t.Parallel()
	ctx, clock := t.Context(), testkit.NewClock()
	db := testdb.New(t).Open(t, clock.Now)
	c := &control.Control{DB: db, Random: rand.Reader}
	if err := c.Bootstrap(ctx); err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	end := clock.Now().Add(20 * day)
	made, _, err := c.CreateAPIToken(ctx, access.System(), control.NewAPIToken{
		Name: "mortal", Kind: token.Client, AllProjects: true, Environment: "development", ExpiresAt: &end,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.CreateAPIToken(ctx, access.System(), control.NewAPIToken{Name: "immortal", Kind: token.Client, AllProjects: true, Environment: "development"}); err != nil {
		t.Fatal(err)
	}
	chores := func(when string, want string) {
		t.Helper()
		for range 2 { // the second time changes nothing
			if err := c.WarnOfExpiry(ctx); err != nil {
				t.Fatal(err)
			}
			if err := c.PurgeExpiredTokens(ctx); err != nil {
				t.Fatal(err)
			}
		}
		var types []string
		err := db.View(ctx, func(tx *store.Tx) error {
			events, _, err := tx.Events(ctx, store.EventFilter{Types: []string{"api-token-expiring", "api-token-purged"}, Limit: 100})
			for _, e := range events {
				types = append(types, strings.TrimPrefix(e.Type, "api-token-"))
			}
			return err
		})
		if err != nil || fmt.Sprint(types) != want {
			t.Errorf("%s: events %v, %v; want %s", when, types, err, want)
		}
	}
	chores("20 days before", "[]")
	clock.Advance(6*day - time.Second)
	chores("more than 14 days before", "[]")
	clock.Advance(time.Second)
	chores("14 days before", "[expiring]")
	if made.ExpiresAt = &end; !c.ExpiresSoon(made) {
		t.Error("14 days before its end, a token does not expire soon")
	}
	clock.Advance(11 * day)
	chores("3 days before", "[expiring expiring]")
	clock.Advance(3*day + 30*day - time.Second)
	chores("less than 30 days after", "[expiring expiring]")
	clock.Advance(time.Second)
	chores("30 days after", "[purged expiring expiring]")
	tokens, err := c.APITokens(ctx, access.System(), nil)
	if err != nil || len(tokens) != 1 || tokens[0].Name != "immortal" {
		t.Errorf("after the purge: %v, %v", tokens, err)
	}
}
