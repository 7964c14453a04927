package usage

import "time"

// quota bounds how many distinct keys are begun in an hour, and with that how
// fast the database can grow.
type quota[K comparable] struct {
	limit int
	hour  int64 // for which begun holds
	begun map[K]struct{}
}

func newQuota[K comparable](limit int) quota[K] {
	return quota[K]{limit: limit, begun: make(map[K]struct{})}
}

// admit reports whether a key may be added to the pending ones: neither they
// nor the keys begun in this hour may be more than the limit.
func (q *quota[K]) admit(key K, now time.Time, pending int) bool {
	if hour := now.Truncate(time.Hour).Unix(); hour != q.hour {
		q.hour = hour
		q.begun = make(map[K]struct{}) // not clear: that keeps the memory of the largest hour
	}
	if pending >= q.limit {
		return false
	}
	if _, known := q.begun[key]; known {
		return true
	}
	if len(q.begun) >= q.limit {
		return false
	}
	q.begun[key] = struct{}{}
	return true
}
