package edge_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/testkit"
)

func shelf(t *testing.T, cluster bool, urls ...string) *edge.Redis {
	t.Helper()
	r, err := edge.OpenRedis(edge.RedisOptions{URLs: urls, Cluster: cluster, Read: 2 * time.Second, Write: 2 * time.Second, Prefix: "p"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// puts keeps something and reads it again.
func puts(t *testing.T, r *edge.Redis, name string) {
	t.Helper()
	if got, err := r.Get(t.Context(), name); got != nil || err != nil {
		t.Errorf("before anything was kept: %q, %v", got, err)
	}
	const content = "\x00 what\r\nis kept"
	if err := r.Put(t.Context(), name, []byte(content)); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Get(t.Context(), name); string(got) != content || err != nil {
		t.Errorf("kept %q, got %q, %v", content, got, err)
	}
}

func TestRedisAddresses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "redis", "http://x", "redis://", "redis://x/a", "redis://x/0?protocol=3", "redis://x/-1", "redis://x/99999", "unix://", "redis://u:hidden@/0",
	} {
		if _, err := edge.OpenRedis(edge.RedisOptions{URLs: []string{"redis://first", text}}); err == nil || !strings.HasPrefix(err.Error(), "address 2 ") || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestRedisSignsIn: by password, into a database of its own, over a socket too;
// no error shows the password.
func TestRedisSignsIn(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "s")
	server := testkit.StartRedis(t, "--requirepass", "right-one", "--unixsocket", socket)
	puts(t, shelf(t, false, "redis://:right-one@"+server.Address+"/1"), "a")
	puts(t, shelf(t, false, "redis://:right-one@"+server.Address+"?db=2"), "a")
	puts(t, shelf(t, false, "redis://default:right-one@"+server.Address), "a")
	puts(t, shelf(t, false, "unix://:right-one@"+socket+"?db=3"), "a")
	for _, url := range []string{"redis://:wrong-one@" + server.Address, "redis://" + server.Address, "rediss://:wrong-one@" + server.Address} {
		if err := shelf(t, false, url).Put(t.Context(), "a", nil); err == nil || strings.Contains(err.Error(), "wrong-one") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestRedisFindsTheNode: each key of a cluster by any of its nodes; who does not
// say that it is a cluster is told.
func TestRedisFindsTheNode(t *testing.T) {
	t.Parallel()
	nodes := testkit.StartRedisCluster(t)
	one := shelf(t, true, "redis://"+nodes[2].Address)
	names := []string{"a", "b", "c", "d", "e", "f", "g"}
	for _, name := range names {
		puts(t, one, name)
	}
	single := shelf(t, false, "redis://"+nodes[2].Address)
	told := 0
	for _, name := range names {
		if _, err := single.Get(t.Context(), name); err != nil && strings.Contains(err.Error(), "--redis-mode") {
			told++
		}
	}
	if told == 0 || told == len(names) {
		t.Errorf("%d of %d keys are told to be elsewhere", told, len(names))
	}
}

// TestRedisAgain: a connection that broke while nobody used it is no failure.
func TestRedisAgain(t *testing.T) {
	t.Parallel()
	server := testkit.StartRedis(t)
	r := shelf(t, false, "redis://"+server.Address)
	puts(t, r, "a")
	server.Kill()
	if err := r.Put(t.Context(), "a", nil); err == nil {
		t.Error("it kept something without Redis")
	}
	server.Start()
	puts(t, r, "a")
	server.Kill()
	server.Start()
	puts(t, r, "a")
}
