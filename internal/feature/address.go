package feature

import (
	"net/netip"
	"strings"
)

// ParseRange reads an IP address or a range in CIDR notation, version 4 or 6.
// An address alone is the range that holds only it. Bits beyond the mask are
// kept as written; a zone ("%eth0") is dropped.
func ParseRange(s string) (netip.Prefix, bool) {
	// netip explains what is wrong by allocating an error, so the commonest
	// text that is no address is turned away first.
	if s == "" || len(s) > 64 || digit(s[0]) == 16 && s[0] != ':' {
		return netip.Prefix{}, false
	}
	text, mask, masked := strings.Cut(s, "/")
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	addr = addr.WithZone("")
	if !masked {
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	if !isNumeric(mask) || leadingZero(mask) || len(mask) > 3 {
		return netip.Prefix{}, false
	}
	bits := 0
	for i := range len(mask) {
		bits = bits*10 + int(mask[i]-'0')
	}
	if bits > addr.BitLen() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, bits), true
}
