package auth_test

import (
	"errors"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// TestIdleSecretUsedOnAnotherNode: a secret that was rotated away until it is
// not used for an hour ends when it has not been used for so long on any node.
func TestIdleSecretUsedOnAnotherNode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	const old, idle = "old-secret", time.Hour
	made := w.add(old, token.Client, everywhere, nil)
	now := w.clock.Now()
	w.update(func(tx *store.Tx) error {
		return errors.Join(tx.Rotate(ctx, store.Rotation{
			Token: store.TokenRef{Kind: token.Client, ID: made.ID}, Digest: token.DigestOf("new"),
			Retired: &store.RetiredSecret{Digest: made.Digest, CreatedAt: now, RetiredAt: now, EndsAt: now.Add(20 * idle), Idle: idle},
		}), tx.Touch(ctx, store.NounAPIToken, made.ID))
	})
	elsewhere, err := auth.New(ctx, auth.Options{DB: w.where.Open(t, w.clock.Now), Now: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	opens := func(a *auth.Auth) bool {
		g, err := a.Token(ctx, old) // it does not count as use
		if err != nil {
			t.Fatal(err)
		}
		return g != nil
	}
	exchange := func() {
		for _, a := range []*auth.Auth{w.auth, elsewhere} {
			if err := a.FlushSeen(ctx); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range []*auth.Auth{w.auth, elsewhere} {
			if err := a.HearUses(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 3 { // used on one node only
		w.clock.Advance(idle - time.Minute)
		w.grant(old)
		exchange()
		if !opens(elsewhere) {
			t.Fatal("the other node refuses a secret that is used")
		}
	}
	w.clock.Advance(idle + store.UseDelay - time.Millisecond)
	exchange()
	if !opens(w.auth) || !opens(elsewhere) {
		t.Error("it ended too early")
	}
	w.clock.Advance(time.Millisecond)
	if opens(w.auth) || opens(elsewhere) {
		t.Error("it has not been used and opens something still")
	}
}
