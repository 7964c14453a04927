package app_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// keeps starts an edge that keeps what it knows, uses it, and returns it with
// what waits until all of it is kept.
func (w world) keeps(t *testing.T, change func(*app.EdgeConfig)) (e *testkit.Edge, kept func()) {
	t.Helper()
	e = testkit.StartEdge(t, w.between.URL, []string{w.whole}, change)
	for secret, path := range map[string]string{w.one: features, w.page: "/api/frontend"} {
		testkit.Eventually(t, path+" is answered", func() bool { return e.Do("GET", path, secret, "").Status == http.StatusOK })
	}
	return e, func() {
		t.Helper()
		testkit.Eventually(t, "it is kept", func() bool { return e.App.Flush(t.Context()) == nil })
	}
}

// startsAlone starts an edge without the server above, which must answer as
// before.
func (w world) startsAlone(t *testing.T, change func(*app.EdgeConfig)) {
	t.Helper()
	w.between.Fault(func(rw http.ResponseWriter, _ *http.Request) bool { rw.WriteHeader(http.StatusBadGateway); return true })
	defer w.between.Fault(nil)
	e := testkit.StartEdge(t, w.between.URL, []string{w.whole}, change)
	for secret, c := range map[string][2]string{w.whole: {features, `"first"`}, w.one: {features, `"first"`}, w.page: {"/api/frontend", `"elsewhere"`}} {
		if got := e.Do("GET", c[0], secret, ""); got.Status != http.StatusOK || !strings.Contains(got.Body, c[1]) {
			t.Errorf("alone, %s: %d %s", c[0], got.Status, got.Body)
		}
	}
}

// serves reports whether an edge answers as it should, whatever is kept.
func (w world) serves(t *testing.T, e *testkit.Edge, when string) {
	t.Helper()
	for secret, path := range map[string]string{w.one: features, w.page: "/api/frontend"} {
		if got := e.Do("GET", path, secret, ""); got.Status != http.StatusOK {
			t.Errorf("%s: %s: %d %s", when, path, got.Status, got.Body)
		}
	}
}

// TestRedisComesAndGoes: an edge that keeps what it knows in Redis answers while
// Redis is gone, says that it cannot keep anything, and keeps everything again
// when Redis is back with nothing in it.
func TestRedisComesAndGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	redis := testkit.StartRedis(t)
	host, _, _ := strings.Cut(redis.Address, ":")
	in := func(c *app.EdgeConfig) {
		c.RedisURL, c.RedisPrefix, c.InstanceID = []string{"redis://" + redis.Address}, "eu-west", "one"
	}
	e, kept := w.keeps(t, in)
	kept()
	if !redis.Holds("eu-west:flags", "eu-west:tokens", "eu-west:usage-one") {
		t.Error("the keys are not there")
	}
	w.startsAlone(t, in)
	redis.Kill()
	w.toggle("off")
	testkit.Eventually(t, "the flag is off", func() bool {
		return strings.Contains(e.Do("GET", features+"/first", w.one, "").Body, `"enabled":false`)
	})
	if err := e.App.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "Redis") || strings.Contains(err.Error(), w.whole) {
		t.Errorf("without Redis: %v", err)
	}
	w.serves(t, e, "without Redis")
	if got := e.Do("GET", "/internal-backstage/metrics", "", ""); strings.Contains(got.Body, "\nburgee_edge_keep_failures_total 0\n") {
		t.Error("no failure is counted")
	}
	alone := testkit.StartEdge(t, w.URL, []string{w.whole}, in)
	w.serves(t, alone, "started without Redis")
	redis.Start()
	kept()
	if !redis.Holds("eu-west:flags", "eu-west:tokens", "eu-west:usage-one") {
		t.Error("the keys are not there again")
	}
	w.startsAlone(t, in)
	// Host and port in the place of an address, and one that does not answer.
	_, port, _ := strings.Cut(redis.Address, ":")
	w.startsAlone(t, func(c *app.EdgeConfig) {
		c.RedisHost, c.RedisPort, c.RedisScheme, c.RedisPrefix, c.InstanceID = host, number(t, port), "tcp", "eu-west", "one"
	})
	began := time.Now()
	silent := testkit.StartEdge(t, w.URL, []string{w.whole}, func(c *app.EdgeConfig) {
		c.RedisURL, c.RedisRead, c.RedisWrite = []string{"redis://" + silence(t)}, 200, 200
	})
	w.serves(t, silent, "with a Redis that says nothing")
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestRedisCluster: the same in a cluster of three, of which one node ends and
// comes back.
func TestRedisCluster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nodes := testkit.StartRedisCluster(t)
	in := func(c *app.EdgeConfig) {
		c.RedisMode, c.InstanceID = "cluster", "one"
		for _, node := range nodes {
			c.RedisURL = append(c.RedisURL, "redis://"+node.Address)
		}
	}
	e, kept := w.keeps(t, in)
	kept()
	w.startsAlone(t, in)
	w.startsAlone(t, func(c *app.EdgeConfig) { // one node names the others
		c.RedisMode, c.InstanceID, c.RedisURL = "cluster", "one", []string{"redis://" + nodes[1].Address}
	})
	nodes[0].Kill()
	testkit.Eventually(t, "it cannot keep everything", func() bool { w.toggle("off"); w.toggle("on"); return e.App.Flush(t.Context()) != nil })
	w.serves(t, e, "without a node")
	nodes[0].Start()
	for _, node := range nodes {
		node.AwaitCluster()
	}
	kept()
	w.startsAlone(t, in)
}

func number(t *testing.T, text string) uint16 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return uint16(n)
}

// silence is an address where something listens that never says anything.
func silence(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// TestUsageSurvivesARestart: what the server above did not take before a restart
// is sent after it, once.
func TestUsageSurvivesARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	folder := t.TempDir()
	in := func(c *app.EdgeConfig) { c.BackupFolder, c.InstanceID = folder, "one" }
	bulk := func(rw http.ResponseWriter, r *http.Request) bool {
		down := strings.HasSuffix(r.URL.Path, "/bulk")
		if down {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
		return down
	}
	w.between.Fault(bulk)
	first, err := app.NewEdge(t.Context(), withConfig(w.between.URL, []string{w.whole}, in), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(first.Handler())
	report := `{"appName":"shop","instanceId":"i","sdkVersion":"sdk:7","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{"first":{"yes":3,"no":1,"variants":{"a":2}}}}}`
	testkit.Eventually(t, "a report is taken", func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, front.URL+"/api/client/metrics", strings.NewReader(report))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", w.whole)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			return false
		}
		return response.Body.Close() == nil && response.StatusCode == http.StatusAccepted
	})
	front.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	w.between.Fault(nil)
	for range 2 { // the second has nothing to send
		again := testkit.StartEdge(t, w.between.URL, []string{w.whole}, in)
		testkit.Eventually(t, "it sends", func() bool {
			return again.App.Flush(t.Context()) == nil && again.Do("GET", features, w.whole, "").Status == http.StatusOK
		})
		if err := again.App.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var counted struct {
		Data []struct {
			Yes, No  int64
			Variants map[string]int64
		}
	}
	w.Must(http.StatusOK, "GET", "/api/admin/client-metrics/features/first/raw", "").JSON(t, &counted)
	if len(counted.Data) != 1 || counted.Data[0].Yes != 3 || counted.Data[0].No != 1 || counted.Data[0].Variants["a"] != 2 {
		t.Errorf("the server counted %+v", counted)
	}
	if got := w.Must(http.StatusOK, "GET", "/api/admin/metrics/instances/shop/environment/development", ""); !strings.Contains(got.Body, "sdk:7") {
		t.Errorf("the instance is %s", got.Body)
	}
}
