package test

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

// egress is a proxy as companies have them: it passes requests on, and opens
// tunnels, for the host flags.test alone, which no name server knows.
type egress struct {
	url             string
	passed, tunnels atomic.Int64
}

// startEgress passes plain requests on to one address and tunnels to another.
func startEgress(t *testing.T, plain, secure string) *egress {
	t.Helper()
	address, err := url.Parse(plain)
	if err != nil {
		t.Fatal(err)
	}
	e := &egress{}
	pass := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(address) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Hostname() != "flags.test" && !strings.HasPrefix(r.Host, "flags.test"):
			w.WriteHeader(http.StatusBadGateway)
		case r.Method == http.MethodConnect:
			e.tunnels.Add(1)
			tunnel(w, strings.TrimPrefix(secure, "https://"))
		default:
			e.passed.Add(1)
			pass.ServeHTTP(w, r)
		}
	}))
	e.url = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return e
}

// tunnel connects a request to an address until either side ends.
func tunnel(w http.ResponseWriter, to string) {
	there, err := net.Dial("tcp", to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	go func() {
		_, _ = io.Copy(there, here) // ends with either side
		_ = there.Close()
	}()
	if _, err := here.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err == nil {
		_, _ = io.Copy(here, there) // ends with either side
	}
	_ = here.Close()
}

// TestEgressProxy: edge and proxy reach the server above through HTTP_PROXY and
// HTTPS_PROXY, streams and all, but for what NO_PROXY names.
func TestEgressProxy(t *testing.T) {
	t.Parallel()
	server := start(t, t.TempDir())
	flags := "/api/admin/projects/default/features"
	server.do(t, http.MethodPost, flags, object{"name": "chained"}, nil)
	place := flags + "/chained/environments/development"
	server.do(t, http.MethodPost, place+"/strategies", object{"name": "default"}, nil)
	secret := server.newToken(t, "client", "edges")
	authority := testkit.NewAuthority(t)
	address, err := url.Parse(server.url)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(address)
	pass.FlushInterval = -1
	secure := httptest.NewUnstartedServer(pass)
	secure.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{authority.Pair("flags.test")}}
	secure.StartTLS()
	defer secure.Close()
	defer secure.CloseClientConnections()
	company := startEgress(t, server.url, secure.URL)

	plain := launch(t, []string{"edge"}, "UPSTREAM_URL=http://flags.test", "TOKENS="+secret, "HTTP_PROXY="+company.url)
	if company.passed.Load() == 0 {
		t.Error("HTTP_PROXY was not used")
	}
	tls := launch(t, []string{"edge"}, "UPSTREAM_URL=https://flags.test", "TOKENS="+secret, "HTTPS_PROXY="+company.url, "UPSTREAM_CERTIFICATE_FILE="+authority.File)
	if company.tunnels.Load() == 0 {
		t.Error("HTTPS_PROXY was not used")
	}
	launch(t, []string{"proxy"}, "UNLEASH_URL=http://flags.test/api", "UNLEASH_API_TOKEN="+secret, "UNLEASH_PROXY_CLIENT_KEYS=key", "HTTP_PROXY="+company.url)
	for _, on := range []bool{true, false} {
		server.do(t, http.MethodPost, place+map[bool]string{true: "/on", false: "/off"}[on], nil, nil)
		for name, edge := range map[string]*process{"HTTP": plain, "HTTPS": tls} {
			eventually(t, "a change by "+name, 5*time.Second, func() bool { return edge.sees(t.Context(), secret, on) })
		}
	}

	before := company.passed.Load()
	direct := launch(t, []string{"edge"}, "UPSTREAM_URL="+server.url, "TOKENS="+secret, "HTTP_PROXY="+company.url)
	if !direct.sees(t.Context(), secret, false) || company.passed.Load() != before {
		t.Error("an address of this machine was asked for through the proxy")
	}
	lost := prepare(t, strings.TrimPrefix(freeURL(t), "http://"), []string{"edge"})
	lost.cmd.Env = []string{"UPSTREAM_URL=http://flags.test", "TOKENS=" + secret, "HTTP_PROXY=" + company.url, "NO_PROXY=other.test,.test"}
	lost.cmd.Stderr = lost.log
	if err := lost.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = lost.cmd.Process.Kill(), lost.cmd.Wait() }()
	eventually(t, "an edge with NO_PROXY looks for the host itself", 10*time.Second, func() bool { return strings.Contains(lost.log.String(), "lookup flags.test") })
	if company.passed.Load() != before {
		t.Error("NO_PROXY was not respected")
	}
}

func freeURL(t *testing.T) string { t.Helper(); return "http://" + testkit.FreeAddress(t) }

// TestEdgeWithoutRoomToKeep: an edge whose files find no room (none may be larger
// than 2 kB) starts, answers and says that it cannot keep what it knows; what was
// kept before is there, whole, and nothing else.
func TestEdgeWithoutRoomToKeep(t *testing.T) {
	t.Parallel()
	dir, folder := t.TempDir(), t.TempDir()
	server := start(t, dir)
	address := strings.TrimPrefix(server.url, "http://")
	flags := "/api/admin/projects/default/features"
	server.do(t, http.MethodPost, flags, object{"name": "chained"}, nil)
	for range 60 { // what is kept is compressed: their descriptions cannot be
		server.do(t, http.MethodPost, flags, object{"name": rand.Text(), "description": rand.Text() + rand.Text()}, nil)
	}
	place := flags + "/chained/environments/development"
	server.do(t, http.MethodPost, place+"/strategies", object{"name": "default"}, nil)
	secret := server.newToken(t, "client", "edges")
	env := []string{"UPSTREAM_URL=" + server.url, "TOKENS=" + secret, "BACKUP_FOLDER=" + folder, "INSTANCE_ID=one", "FEATURES_REFRESH_INTERVAL_SECONDS=1"}
	first := launch(t, []string{"edge"}, env...)
	if err := first.signal(t, syscall.SIGTERM); err != nil {
		t.Fatalf("it stopped with %v\n%s", err, first.log)
	}
	kept := readFolder(t, folder)
	if len(kept) != 3 {
		t.Fatalf("it kept %d files", len(kept))
	}

	server.do(t, http.MethodPost, place+"/on", nil, nil)
	cramped := prepare(t, strings.TrimPrefix(freeURL(t), "http://"), []string{"edge"})
	cramped.cmd = exec.Command("sh", append([]string{"-c", `ulimit -f 4 && exec "$@"`, "sh"}, cramped.cmd.Args...)...) // of 512 bytes each
	cramped.run(t, env...)
	eventually(t, "the change is served", 10*time.Second, func() bool { return cramped.sees(t.Context(), secret, true) })
	eventually(t, "it says that it cannot keep anything", 20*time.Second, func() bool {
		_, metrics, err := cramped.call(t.Context(), http.MethodGet, "/internal-backstage/metrics", nil)
		return err == nil && bytes.Contains(metrics, []byte("burgee_edge_keep_failures_total")) && !bytes.Contains(metrics, []byte("\nburgee_edge_keep_failures_total 0\n"))
	})
	eventually(t, "the log says why", 10*time.Second, func() bool { return strings.Contains(cramped.log.String(), "file too large") })
	if err := cramped.signal(t, syscall.SIGTERM); err != nil {
		t.Errorf("it stopped with %v\n%s", err, cramped.log)
	}
	after := readFolder(t, folder)
	if len(after) != len(kept) || !bytes.Equal(after["burgee-edge-flags.sealed"], kept["burgee-edge-flags.sealed"]) {
		t.Errorf("the folder held %d files, and now %d", len(kept), len(after))
	}
	server.kill()
	again := launch(t, []string{"edge"}, env...)
	if !again.sees(t.Context(), secret, false) {
		t.Errorf("it does not start with what was kept first\n%s", again.log)
	}
	_ = launchAt(t, address, []string{"serve", "--data-dir", dir})
	eventually(t, "it follows again", 40*time.Second, func() bool { return again.sees(t.Context(), secret, true) })
}

// readFolder returns the files of a folder by name.
func readFolder(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	hidden, hiddenErr := filepath.Glob(filepath.Join(folder, ".b*"))
	if err != nil || hiddenErr != nil {
		t.Fatal(err, hiddenErr)
	}
	all := map[string][]byte{}
	for _, file := range append(files, hidden...) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = content
	}
	return all
}
