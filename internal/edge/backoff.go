package edge

import (
	"context"
	"math/rand/v2"
	"time"
)

// maxFailures bounds how far apart tries get: eleven times the interval.
const maxFailures = 10

// backoff says when to try again.
type backoff struct {
	interval time.Duration
	failures int // in a row, at most maxFailures
}

// succeeded returns how long to wait after a success: the interval, give or take
// a twentieth, so that many edges do not ask at once.
func (b *backoff) succeeded() time.Duration {
	b.failures = 0
	return jitter(b.interval, 20)
}

// failed returns how long to wait after a failure: longer each time, give or
// take a fifth, and as long as the server above asks for.
func (b *backoff) failed(err error) time.Duration {
	b.failures = min(b.failures+1, maxFailures)
	wait := jitter(b.interval*time.Duration(b.failures), 5)
	if r := refusal(err); r != nil {
		wait = max(wait, r.Wait)
	}
	return wait
}

// jitter is a duration give or take a part of it.
func jitter(d time.Duration, part int64) time.Duration {
	spread := int64(d) / part
	if spread <= 0 {
		return d
	}
	return d + time.Duration(rand.Int64N(2*spread)-spread)
}

// sleep waits and reports whether it did so to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
