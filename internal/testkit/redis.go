package testkit

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// Redis is a server of Debian's package on a port of its own, which keeps
// nothing over a restart.
type Redis struct {
	Address string

	t    testing.TB
	args []string
	cmd  *exec.Cmd // nil while it does not run
}

// StartRedis runs Redis until the test ends.
func StartRedis(t testing.TB, args ...string) *Redis {
	t.Helper()
	r := &Redis{Address: FreeAddress(t), t: t}
	_, port, _ := net.SplitHostPort(r.Address) // FreeAddress made it
	r.args = append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir()}, args...)
	t.Cleanup(r.Kill)
	r.Start()
	return r
}

// Start runs it, again after Kill, and waits until it listens.
func (r *Redis) Start() {
	r.t.Helper()
	file, err := exec.LookPath("redis-server")
	if err != nil {
		r.t.Fatal("redis-server is missing: run make setup")
	}
	r.cmd = exec.CommandContext(context.Background(), file, r.args...) // Kill ends it
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	Eventually(r.t, "Redis listens", func() bool {
		conn, err := new(net.Dialer).DialContext(r.t.Context(), "tcp", r.Address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
}

// Kill ends it as kill -9 does.
func (r *Redis) Kill() {
	if r.cmd == nil {
		return
	}
	_ = r.cmd.Process.Kill() // it may have ended already
	_ = r.cmd.Wait()         // with the signal
	r.cmd = nil
}

// StartRedisCluster runs three servers as one cluster until the test ends.
func StartRedisCluster(t testing.TB) []*Redis {
	t.Helper()
	nodes := make([]*Redis, 3)
	create := []string{"--cluster", "create"}
	for i := range nodes {
		_, bus, _ := net.SplitHostPort(FreeAddress(t))
		nodes[i] = StartRedis(t, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "1000")
		create = append(create, nodes[i].Address)
	}
	if text, err := exec.CommandContext(t.Context(), "redis-cli", append(create, "--cluster-yes")...).CombinedOutput(); err != nil {
		t.Fatalf("making the cluster: %v\n%s", err, text)
	}
	for _, node := range nodes {
		node.AwaitCluster()
	}
	return nodes
}

// AwaitCluster waits until the node says that its cluster is well.
func (r *Redis) AwaitCluster() {
	r.t.Helper()
	_, port, _ := net.SplitHostPort(r.Address) // FreeAddress made it
	var text []byte
	defer func() {
		if r.t.Failed() {
			r.t.Logf("the node says %s", text)
		}
	}()
	Eventually(r.t, "the cluster is well", func() bool {
		text, _ = exec.CommandContext(r.t.Context(), "redis-cli", "-p", port, "cluster", "info").CombinedOutput()
		return bytes.Contains(text, []byte("cluster_state:ok"))
	})
}

// Holds reports whether the keys of a single Redis are all there.
func (r *Redis) Holds(keys ...string) bool {
	_, port, _ := net.SplitHostPort(r.Address) // FreeAddress made it
	text, err := exec.CommandContext(r.t.Context(), "redis-cli", append([]string{"-p", port, "exists"}, keys...)...).Output()
	return err == nil && strings.TrimSpace(string(text)) == strconv.Itoa(len(keys))
}

// FreeAddress returns an address of this machine that was free a moment ago.
func FreeAddress(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}
