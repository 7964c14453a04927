package web

import (
	"net/netip"
	"sync"
	"time"
)

// maxAddresses bounds how many addresses a limiter remembers. Beyond that it
// forgets any of them, so that memory is bounded whatever is sent.
const maxAddresses = 10_000

// Limiter counts attempts an address in windows of fixed length, in memory of
// bounded size. Make it with [NewLimiter]. It is safe for concurrent use.
type Limiter struct {
	limit  int
	window time.Duration
	now    func() time.Time

	mu    sync.Mutex
	seen  map[netip.Prefix]*window
	swept time.Time
}

type window struct {
	ends  time.Time
	count int
}

// NewLimiter allows so many attempts an address in each window of the length.
func NewLimiter(limit int, length time.Duration, now func() time.Time) *Limiter {
	return &Limiter{limit: limit, window: length, now: now, seen: map[netip.Prefix]*window{}}
}

// Take counts an attempt and returns how long to wait before the next one may
// succeed: zero when this one may go on.
func (l *Limiter) Take(address netip.Addr) time.Duration {
	key := network(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	w := l.seen[key]
	if w == nil || !now.Before(w.ends) {
		if w == nil && len(l.seen) >= maxAddresses {
			l.forgetOne()
		}
		w = &window{ends: now.Add(l.window)}
		l.seen[key] = w
	}
	if w.count >= l.limit {
		return w.ends.Sub(now)
	}
	w.count++
	return 0
}

// sweep forgets windows that are over, once a window.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < l.window {
		return
	}
	l.swept = now
	for key, w := range l.seen {
		if !now.Before(w.ends) {
			delete(l.seen, key)
		}
	}
}

func (l *Limiter) forgetOne() {
	for key := range l.seen {
		delete(l.seen, key)
		return
	}
}

// network is what one subscriber holds: an IPv4 address, or the /64 of an IPv6
// address, of which everybody has 2^64.
func network(address netip.Addr) netip.Prefix {
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	prefix, _ := address.Prefix(bits) // the zero prefix for a connection without address
	return prefix
}
