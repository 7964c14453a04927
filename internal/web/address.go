package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// maxHops bounds the entries of X-Forwarded-For that are looked at, from the
// right. What is beyond was written by nobody we know.
const maxHops = 32

// request is what the stack knows of a request.
type request struct {
	id      string
	address netip.Addr
	secure  bool
}

func known(r *http.Request) request {
	if e := exchangeOf(r); e != nil {
		return e.request
	}
	return request{address: peer(r), secure: r.TLS != nil}
}

// ClientIP returns the address of the client: the peer of the connection, or,
// when that is a trusted proxy, the rightmost address of X-Forwarded-For that
// is not one. IPv4 in IPv6 is plain IPv4 and zones are dropped. The address is
// not valid when the connection has none, as on a Unix socket.
func ClientIP(r *http.Request) netip.Addr { return known(r).address }

// Secure reports whether the client came over TLS, to us or, by the word of a
// trusted proxy (X-Forwarded-Proto), to that proxy.
func Secure(r *http.Request) bool { return known(r).secure }

// RequestID returns the id under which the log knows a request: the one a
// trusted proxy gave in X-Request-Id, or a random one.
func RequestID(r *http.Request) string {
	if info := known(r); info.id != "" {
		return info.id
	}
	return NewID()
}

// identify finds out who is asking and names the request, for the functions
// above.
func identify(r *http.Request, trusted []netip.Prefix) request {
	info := request{address: peer(r), secure: r.TLS != nil}
	if contains(trusted, info.address) {
		info.address = forwardedFor(r.Header.Values("X-Forwarded-For"), info.address, trusted)
		info.secure = forwardedSecure(r)
		info.id = forwardedID(r.Header.Get("X-Request-Id"))
	}
	if info.id == "" {
		info.id = NewID()
	}
	return info
}

// peerKey is where the context of a connection holds the address of its other end.
type peerKey struct{}

// WithPeer is http.Server's ConnContext: it reads the address at the other end
// once for all requests of a connection.
func WithPeer(ctx context.Context, c net.Conn) context.Context {
	addr, _ := parseHop(c.RemoteAddr().String()) // not valid when the connection has no address
	return context.WithValue(ctx, peerKey{}, addr)
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	if addr, ok := r.Context().Value(peerKey{}).(netip.Addr); ok {
		return addr
	}
	addr, _ := parseHop(r.RemoteAddr) // not valid when the connection has no address
	return addr
}

// forwardedFor walks X-Forwarded-For from the right for as long as it stands on
// a trusted proxy: each of those wrote the entry to its left. An entry that is
// no address ends the walk at the proxy that wrote it.
func forwardedFor(headers []string, from netip.Addr, trusted []netip.Prefix) netip.Addr {
	hops := strings.Split(strings.Join(headers, ","), ",")
	if len(hops) > maxHops {
		hops = hops[len(hops)-maxHops:]
	}
	for i := len(hops) - 1; i >= 0 && contains(trusted, from); i-- {
		hop := strings.TrimSpace(hops[i])
		if hop == "" {
			continue
		}
		addr, ok := parseHop(hop)
		if !ok {
			return from
		}
		from = addr
	}
	return from
}

// parseHop reads an address with or without a port and brackets.
func parseHop(text string) (netip.Addr, bool) {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return normal(withPort.Addr()), true
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return normal(addr), err == nil
}

// normal makes equal what is the same client: no zone, no IPv4 in IPv6.
func normal(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	for _, prefix := range prefixes {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// forwardedSecure is the word of the nearest proxy, which is the last one in
// the list, on the scheme that the client used.
func forwardedSecure(r *http.Request) bool {
	proto := strings.Join(r.Header.Values("X-Forwarded-Proto"), ",")
	if proto == "" {
		return r.TLS != nil
	}
	return strings.EqualFold(strings.TrimSpace(proto[strings.LastIndexByte(proto, ',')+1:]), "https")
}

// forwardedID returns a proxy's request id when it is fit for a log line: at
// most 64 letters, digits and "-_.".
func forwardedID(id string) string {
	if len(id) > 64 {
		return ""
	}
	for _, c := range id {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("-_.", c) {
			return ""
		}
	}
	return id
}
