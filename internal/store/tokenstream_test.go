package store_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// All tokens in batches, by several readers, are what the list of them says.
func TestEachAPITokenReadsWhatTheListReads(t *testing.T) {
	t.Parallel()
	db := open(t)
	ctx := t.Context()
	at := time.UnixMilli(1_700_000_000_123).UTC()
	networks := token.Limits{Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, PerSecond: 5}
	err := db.Update(ctx, func(tx *store.Tx) error {
		for _, id := range []feature.ProjectID{"a", "b", "c"} {
			if err := tx.InsertProject(ctx, feature.Project{ID: id, Name: string(id), Mode: "open"}); err != nil {
				return err
			}
		}
		if err := tx.InsertEnvironment(ctx, feature.Environment{Name: "e"}); err != nil {
			return err
		}
		for i := range 12_000 { // more than two readers take at a time
			one := store.APIToken{
				ID: fmt.Sprintf("%05d %[1]d", (i*7919)%12_000), Digest: token.DigestOf(fmt.Sprint(i)), Name: "not read", Kind: token.Client,
				Scope: token.Scope{Environment: "e", Projects: []string{"b"}},
			}
			switch i % 1000 {
			case 0:
				one.Kind, one.Name, one.Limits = token.Admin, " näme\n{} ", token.Limits{Permissions: []string{"é"}}
			case 1:
				one.Scope.Projects, one.ExpiresAt = []string{"a", "b", "c"}, &at
			case 2:
				one.Kind, one.Scope, one.SeenAt = token.Frontend, token.Scope{Environment: "gone", AllProjects: true}, &at
			case 3:
				one.Scope.Projects, one.DisabledAt, one.Limits = nil, &at, networks
			}
			if err := tx.InsertAPIToken(ctx, one); err != nil {
				return err
			}
			if err := tx.UpdateAPIToken(ctx, one); err != nil {
				return err
			}
		}
		return tx.Rotate(ctx, store.Rotation{
			Token: store.TokenRef{Kind: token.Client, ID: "00004 4"}, Digest: token.DigestOf("rotated"),
			Retired: &store.RetiredSecret{Digest: token.DigestOf("4"), EndsAt: at, CreatedAt: at, RetiredAt: at},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []store.APIToken
	err = db.View(ctx, func(tx *store.Tx) error {
		want, err = tx.APITokens(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.EachAPIToken(ctx, func(one store.APIToken) { got = append(got, one) }); err != nil {
		t.Fatal(err)
	}
	for i, one := range want {
		if one.Kind != token.Admin {
			want[i].Name = ""
		}
	}
	byID := func(a, b store.APIToken) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(want, byID)
	slices.SortFunc(got, byID)
	same := []cmp.Option{
		cmpopts.EquateComparable(netip.Prefix{}), cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(store.APIToken{}, "CreatedAt", "CreatedBy", "Hint"),
	}
	if diff := cmp.Diff(want, got, same...); diff != "" {
		t.Errorf("the stream differs from the list (-list +stream):\n%s", diff[:min(len(diff), 4000)])
	}
}
