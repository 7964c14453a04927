package usage

import (
	"hash/maphash"
	"time"
)

// quota bounds how many distinct keys are begun in an hour, and with that how
// fast the database can grow.
type quota[K comparable] struct {
	limit int
	hour  int64 // for which begun holds
	seed  maphash.Seed
	// begun are hashes of keys, which need a tenth of the memory. Two keys of one
	// hash count as one, which is rare and lets one more in.
	begun map[uint64]struct{}
}

func newQuota[K comparable](limit int) quota[K] {
	return quota[K]{limit: limit, seed: maphash.MakeSeed(), begun: make(map[uint64]struct{})}
}

// admit reports whether a key may be added to the pending ones: neither they
// nor the keys begun in this hour may be more than the limit.
func (q *quota[K]) admit(key K, now time.Time, pending int) bool {
	if hour := now.Truncate(time.Hour).Unix(); hour != q.hour {
		q.hour = hour
		q.begun = make(map[uint64]struct{}) // not clear: that keeps the memory of the largest hour
	}
	if pending >= q.limit {
		return false
	}
	hash := maphash.Comparable(q.seed, key)
	if _, known := q.begun[hash]; known {
		return true
	}
	if len(q.begun) >= q.limit {
		return false
	}
	q.begun[hash] = struct{}{}
	return true
}
