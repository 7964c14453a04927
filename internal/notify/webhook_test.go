package notify

import (
	"net/netip"
	"testing"
)

// Webhooks go to public addresses only, but for networks that are named.
func TestWebhooksStayOutside(t *testing.T) {
	t.Parallel()
	inside := Networks{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}
	for address, want := range map[string]struct{ open, named bool }{
		"93.184.216.34": {true, true}, "2606:2800:220:1::1": {true, true},
		"10.1.2.3": {false, true}, "::ffff:10.1.2.3": {false, true}, "fd00:1::5": {false, true},
		"10.2.0.1": {}, "127.0.0.1": {}, "::1": {}, "0.0.0.0": {}, "::": {}, "192.168.1.1": {}, "172.16.0.1": {},
		"169.254.169.254": {}, "::ffff:169.254.169.254": {}, "fe80::1": {}, "fd00:ec2::254": {}, "100.100.100.200": {},
		"224.0.0.1": {}, "255.255.255.255": {}, "64:ff9b::a9fe:a9fe": {}, "198.18.0.1": {},
	} {
		to := netip.MustParseAddr(address)
		if got := Networks(nil).allow(to) == nil; got != want.open {
			t.Errorf("%s: allowed is %v, want %v", address, got, want.open)
		}
		if got := inside.allow(to) == nil; got != want.named {
			t.Errorf("%s, with networks: allowed is %v, want %v", address, got, want.named)
		}
	}
}
