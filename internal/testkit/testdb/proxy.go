package testdb

import (
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy stands between a server under test and PostgreSQL, on a TCP port of
// 127.0.0.1, and is told how the network behaves.
type Proxy struct {
	address string
	mu      sync.Mutex
	flows   *sync.Cond
	open    []net.Conn
	refused bool
	held    bool
}

// NewProxy starts a proxy in front of a socket of PostgreSQL.
func NewProxy(t testing.TB, socket string) *Proxy {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("starting a proxy: %v", err)
	}
	p := &Proxy{address: listener.Addr().String()}
	p.flows = sync.NewCond(&p.mu)
	var pipes sync.WaitGroup
	pipes.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := new(net.Dialer).DialContext(t.Context(), "unix", socket)
			if err != nil {
				_ = near.Close() // as a refusal looks
				continue
			}
			if !p.admit(near, far) {
				continue
			}
			pipes.Go(func() { p.pipe(near, far) })
			pipes.Go(func() { p.pipe(far, near) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.Hold(false)
		p.Cut()
		pipes.Wait()
	})
	return p
}

// URL is the address of a database by way of the proxy.
func (p *Proxy) URL(t testing.TB, direct string) string {
	t.Helper()
	parts, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	query := parts.Query()
	query.Del("host")
	parts.Host, parts.RawQuery = p.address, query.Encode()
	return parts.String()
}

// Refuse makes the proxy close new connections at once, or no longer.
func (p *Proxy) Refuse(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = yes
}

// Hold makes the proxy pass nothing on, on connections that are open and on new
// ones, without closing any; and later all that it held, with false.
func (p *Proxy) Hold(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = yes
	p.flows.Broadcast()
}

// Cut closes all connections that are open.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		_ = c.Close() // that is the point
	}
	p.open = nil
}

func (p *Proxy) admit(pair ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refused {
		for _, c := range pair {
			_ = c.Close() // that is the point
		}
		return false
	}
	p.open = append(p.open, pair...)
	return true
}

// pipe passes on until either side is closed.
func (p *Proxy) pipe(from, to net.Conn) {
	defer func() { _ = to.Close() }() // the other side then ends too
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.wait()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.held {
		p.flows.Wait()
	}
}
