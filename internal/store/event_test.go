package store_test

import (
	"strconv"
	"testing"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
)

// BenchmarkRecord measures one event: alone in its transaction, as a person's
// change is, and among a hundred, where the commit no longer hides its cost.
func BenchmarkRecord(b *testing.B) {
	data := map[string]any{"name": "checkout", "enabled": true, "strategies": []string{"flexibleRollout"}}
	for _, each := range []int{1, 100} {
		b.Run(strconv.Itoa(each)+"-a-transaction", func(b *testing.B) {
			ctx, db := b.Context(), open(b)
			b.ResetTimer()
			for done := 0; done < b.N; done += each {
				err := db.Update(ctx, func(tx *store.Tx) error {
					for range each {
						if err := tx.Record(ctx, access.System(), store.Event{Type: "made", Project: "default"}, data, data); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
