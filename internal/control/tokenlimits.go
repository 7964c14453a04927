package control

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// How much a token can be narrowed.
const (
	MaxTokenNetworks  = 100
	MaxTokenOrigins   = 100
	MaxTokenPerSecond = 1_000_000
)

// TokenChange changes a token: what is nil stays.
type TokenChange struct {
	Name      *string
	Expiry    *Expiry
	Networks  *[]netip.Prefix // empty: from everywhere
	Origins   *[]string       // empty: from every page
	PerSecond *int            // 0: any number
	Disabled  *bool           // it opens nothing until it is enabled again
}

// Expiry is when a token ends; nil At means never.
type Expiry struct{ At *time.Time }

// apply returns the token after the change.
func (c TokenChange) apply(t store.APIToken) (store.APIToken, error) {
	if c.Name != nil {
		t.Name = *c.Name
	}
	if c.Expiry != nil {
		t.ExpiresAt, t.Warned = c.Expiry.At, 0
	}
	if c.Networks != nil {
		t.Limits.Networks = *c.Networks
	}
	if c.Origins != nil {
		t.Limits.Origins = *c.Origins
	}
	if c.PerSecond != nil {
		t.Limits.PerSecond = *c.PerSecond
	}
	return t, checkLimits(t)
}

// checkLimits returns an error unless the limits on the use of a token can be
// kept.
func checkLimits(t store.APIToken) error {
	l := t.Limits
	if len(l.Networks) > MaxTokenNetworks {
		return fault.Field("/body/allowedNetworks", "allowedNetworks must not be more than %d", MaxTokenNetworks)
	}
	if l.PerSecond < 0 || l.PerSecond > MaxTokenPerSecond {
		return fault.Field("/body/requestsPerSecond", "requestsPerSecond must be from 0, for no limit, to %d", MaxTokenPerSecond)
	}
	if len(l.Origins) > 0 && t.Kind != token.Frontend {
		return fault.Field("/body/allowedOrigins", "allowedOrigins are for front-end tokens: no browser sends a %s token", t.Kind)
	}
	if len(l.Origins) > MaxTokenOrigins {
		return fault.Field("/body/allowedOrigins", "allowedOrigins must not be more than %d", MaxTokenOrigins)
	}
	if i := slices.IndexFunc(l.Origins, func(origin string) bool { return !isOrigin(origin) }); i >= 0 {
		return fault.Field("/body/allowedOrigins/"+strconv.Itoa(i),
			"allowedOrigins must be web origins such as https://app.example.com:8443: lower case, no path, no default port; %q is not", l.Origins[i])
	}
	return nil
}
