package store_test

import (
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

func TestRetiredSecretEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	used := now.Add(30 * time.Minute)
	for _, c := range []struct {
		name   string
		secret store.RetiredSecret
		after  time.Duration
		want   bool
	}{
		{"before its end", store.RetiredSecret{RetiredAt: now, EndsAt: now.Add(time.Hour)}, time.Hour - 1, false},
		{"at its end", store.RetiredSecret{RetiredAt: now, EndsAt: now.Add(time.Hour)}, time.Hour, true},
		{"idle", store.RetiredSecret{RetiredAt: now, EndsAt: now.Add(time.Hour), Idle: time.Minute}, time.Minute + store.UseDelay, true},
		{"not idle long enough", store.RetiredSecret{RetiredAt: now, EndsAt: now.Add(time.Hour), Idle: time.Minute}, time.Minute + store.UseDelay - 1, false},
		{"used since", store.RetiredSecret{RetiredAt: now, EndsAt: now.Add(time.Hour), Idle: time.Minute, SeenAt: &used}, 30 * time.Minute, false},
	} {
		if got := c.secret.Ended(now.Add(c.after)); got != c.want {
			t.Errorf("%s: ended is %v, want %v", c.name, got, c.want)
		}
	}
}
