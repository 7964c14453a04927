package eval

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// Context is what a flag is evaluated for. An empty field is a missing one;
// an entry of Properties is present even when it is the empty string, so a
// caller leaves out what was null.
//
// A Context serves one goroutine at a time, since evaluation remembers what it
// parsed. It may be changed and used again: one for all flags of a request,
// from a pool, is what makes a request free of allocations.
type Context struct {
	AppName       string
	Environment   string
	UserID        string
	SessionID     string
	RemoteAddress string
	// CurrentTime is what the DATE operators compare with. The caller sets it
	// always: the zero value is a date like any other.
	CurrentTime time.Time
	Properties  map[string]string
	// Random returns a number from 0 to n-1; n is at least 1. Nil means
	// package math/rand/v2.
	Random func(n uint32) uint32

	address addressMemo
}

// Value returns the value a constraint sees under a name, and whether there
// is one: the field of that name when it is set, else the property. The fields
// are appName, environment, userId, sessionId and remoteAddress.
func (c *Context) Value(name string) (string, bool) {
	return c.value(fieldNamed(name))
}

func (c *Context) value(f field) (string, bool) {
	var value string
	switch f.kind {
	case appNameField:
		value = c.AppName
	case environmentField:
		value = c.Environment
	case userIDField:
		value = c.UserID
	case sessionIDField:
		value = c.SessionID
	case remoteAddressField:
		value = c.RemoteAddress
	case propertyField:
	}
	if value != "" {
		return value, true
	}
	value, ok := c.Properties[f.name]
	return value, ok
}

// random returns a number from 1 to n.
func (c *Context) random(n uint32) uint32 {
	if c.Random != nil {
		return c.Random(n) + 1
	}
	return rand.Uint32N(n) + 1
}

// field is the name of a context field, looked up once when a flag is
// compiled.
type field struct {
	kind fieldKind
	name string
}

type fieldKind uint8

const (
	propertyField fieldKind = iota
	appNameField
	environmentField
	userIDField
	sessionIDField
	remoteAddressField
)

func fieldNamed(name string) field {
	kind := propertyField
	switch name {
	case "appName":
		kind = appNameField
	case "environment":
		kind = environmentField
	case "userId":
		kind = userIDField
	case "sessionId":
		kind = sessionIDField
	case "remoteAddress":
		kind = remoteAddressField
	}
	return field{kind, name}
}

// addressMemo remembers the last text parsed as an address: nearly always the
// request's remote address, asked for by many flags.
type addressMemo struct {
	text  string
	value netip.Prefix
	ok    bool
}

// parseAddress reads an address, which may carry a mask ("10.0.0.1/8").
func (c *Context) parseAddress(text string) (netip.Prefix, bool) {
	if m := &c.address; m.text != text {
		m.text = text
		m.value, m.ok = feature.ParseRange(text)
	}
	return c.address.value, c.address.ok
}
