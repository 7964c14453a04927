package adminapi

import (
	"net/netip"
	"strconv"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// LimitsBody narrows the use of a token. What is absent stays as it is.
type LimitsBody struct {
	AllowedNetworks   *[]string `json:"allowedNetworks,omitempty" doc:"The only addresses and CIDR ranges it works from; empty: from everywhere"`
	AllowedOrigins    *[]string `json:"allowedOrigins,omitempty" doc:"Of a front-end token: the only pages it works from, exactly as in the Origin header; empty: from everywhere"`
	RequestsPerSecond *int      `json:"requestsPerSecond,omitempty" doc:"How many requests a second it may make on each process; 0: any number"`
}

func (b TokenChangeBody) read() (control.TokenChange, error) {
	c := control.TokenChange{PerSecond: b.RequestsPerSecond, Origins: b.AllowedOrigins, Disabled: b.Disabled}
	if b.Name.Set {
		name, err := b.Name.tokenName("name")
		if err != nil {
			return c, err
		}
		c.Name = &name
	}
	if b.ExpiresAt.Set {
		c.Expiry = &control.Expiry{At: b.ExpiresAt.At}
	}
	if b.AllowedNetworks != nil {
		networks, err := b.networks()
		if err != nil {
			return c, err
		}
		c.Networks = &networks
	}
	if c == (control.TokenChange{}) {
		return c, fault.Field("/body/expiresAt", "expiresAt must be given, or another field that can change")
	}
	return c, nil
}

// limit reads the limits of a new token.
func (b LimitsBody) limit(l *token.Limits) error {
	var err error
	if l.Networks, err = b.networks(); err != nil {
		return err
	}
	if b.AllowedOrigins != nil {
		l.Origins = *b.AllowedOrigins
	}
	if b.RequestsPerSecond != nil {
		l.PerSecond = *b.RequestsPerSecond
	}
	return nil
}

func (b LimitsBody) networks() ([]netip.Prefix, error) {
	if b.AllowedNetworks == nil {
		return nil, nil
	}
	networks := make([]netip.Prefix, len(*b.AllowedNetworks))
	for i, text := range *b.AllowedNetworks {
		var ok bool
		if networks[i], ok = readNetwork(text); !ok {
			return nil, fault.Field("/body/allowedNetworks/"+strconv.Itoa(i),
				"allowedNetworks must be addresses or CIDR ranges such as 192.0.2.0/24 or 2001:db8::/32; %q is not", text)
		}
	}
	return networks, nil
}

// readNetwork reads an address or a range, in the form in which the addresses
// of clients are compared with it.
func readNetwork(text string) (netip.Prefix, bool) {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), true
	}
	network, err := netip.ParsePrefix(text)
	return network.Masked(), err == nil && !network.Addr().Is4In6()
}
