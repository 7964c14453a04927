package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/token"
)

func TestKnownTokenCostsNoAllocation(t *testing.T) {
	w := newWorld(t)
	secret := "default:development." + strings.Repeat("0123456789abcdef", 4)
	w.add(secret, token.Client, inDefault, nil)
	ctx := t.Context()
	for _, header := range []string{secret, "Bearer " + secret} {
		allocations := testing.AllocsPerRun(200, func() {
			if _, err := w.auth.SDK(ctx, with(header), token.ClientAPI); err != nil {
				t.Error(err)
			}
		})
		if allocations != 0 {
			t.Errorf("%.7s: %v allocations a request", header, allocations)
		}
	}
}

func BenchmarkKnownToken(b *testing.B) {
	clock := testkit.NewClock()
	db, err := store.Open(b.Context(), store.Options{Dir: b.TempDir(), Now: clock.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	a, err := auth.New(b.Context(), auth.Options{DB: db, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	secret := "*:development." + strings.Repeat("0123456789abcdef", 4)
	err = db.Update(b.Context(), func(tx *store.Tx) error {
		t := store.APIToken{ID: "x", Digest: token.DigestOf(secret), Kind: token.Client, Scope: everywhere}
		if err := tx.InsertAPIToken(b.Context(), t); err != nil {
			return err
		}
		return tx.Touch(b.Context(), store.NounAPIToken, "x")
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := a.SDK(ctx, with(secret), token.ClientAPI); err != nil {
				b.Error(err)
			}
		}
	})
}
