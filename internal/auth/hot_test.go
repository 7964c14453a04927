package auth_test

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/feature"
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
			r := auth.Request{
				Authorization: header, Address: netip.MustParseAddr("192.0.2.1"), App: "shop", Instance: "pod-1", SDK: "unleash-node-sdk:6.12.1",
			}
			if _, err := w.auth.SDK(ctx, r, token.ClientAPI); err != nil {
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

// BenchmarkMillionTokens measures an index of a million tokens of a project
// each: the time to load it, the memory it takes, and a look-up.
func BenchmarkMillionTokens(b *testing.B) {
	const many = 1_000_000
	db, err := store.Open(b.Context(), store.Options{Dir: b.TempDir(), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	secret := func(i int) string { return fmt.Sprintf("default:development.%064x", i) }
	if err := db.Update(b.Context(), func(tx *store.Tx) error { return fill(b, tx, many, secret) }); err != nil {
		b.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	started := time.Now()
	a, err := auth.New(b.Context(), auth.Options{DB: db, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	loaded := time.Since(started)
	runtime.GC()
	runtime.ReadMemStats(&after)
	ctx, i := b.Context(), 0
	secrets := make([]auth.Request, 1<<16) // no cache holds so many
	for i := range secrets {
		secrets[i] = with(secret(i * (many / len(secrets))))
	}
	for b.Loop() {
		if _, err := a.SDK(ctx, secrets[i%len(secrets)], token.ClientAPI); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(loaded.Seconds(), "s/load")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
}

func fill(b *testing.B, tx *store.Tx, many int, secret func(int) string) error {
	b.Helper()
	if err := tx.InsertProject(b.Context(), feature.Project{ID: "default", Name: "Default", Mode: "open", DefaultStickiness: "default"}); err != nil {
		return err
	}
	if err := tx.InsertEnvironment(b.Context(), feature.Environment{Name: feature.Development, Type: "development", Enabled: true}); err != nil {
		return err
	}
	for i := range many {
		t := store.APIToken{
			ID: fmt.Sprintf("%026d", i), Digest: token.DigestOf(secret(i)), Hint: token.Hint(secret(i)), Name: fmt.Sprint("token-", i),
			Kind: token.Client, Scope: inDefault, CreatedAt: tx.Now(), CreatedBy: "bench",
		}
		if err := tx.InsertAPIToken(b.Context(), t); err != nil {
			return err
		}
	}
	return nil
}
