package web

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

// TestLimiterIsBounded: a flood from ever new addresses does not grow memory.
func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l := NewLimiter(2, time.Minute, func() time.Time { return now })
	for i := range uint32(3 * maxAddresses) {
		var address [4]byte
		binary.BigEndian.PutUint32(address[:], i)
		if wait := l.Take(netip.AddrFrom4(address)); wait != 0 {
			t.Fatalf("the first attempt of an address must wait %v", wait)
		}
	}
	if len(l.seen) != maxAddresses {
		t.Errorf("%d addresses are remembered, want %d", len(l.seen), maxAddresses)
	}
	now = now.Add(time.Minute)
	l.Take(netip.Addr{})
	if len(l.seen) != 1 {
		t.Errorf("%d addresses are remembered a minute later, want 1", len(l.seen))
	}
}
