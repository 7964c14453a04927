package test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// startLimit bounds the wait for a process to become ready or to end; it is
// far above what either takes.
const startLimit = 30 * time.Second

const adminSecret = "*:*.end-to-end-admin"

// buildOnce builds the program from source, so that these tests never see a
// stale binary.
var buildOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "burgee-bin-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "burgee")
	build := exec.Command("go", "build", "-trimpath", "-o", file, "./cmd/burgee")
	build.Dir = root
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return file, fmt.Errorf("building: %w: %s", err, text)
	}
	return file, nil
})

// binary returns the path of the real program. The package's sources are read
// along, so that go test does not answer from its cache after a change.
func binary(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{"cmd", "internal", "go.mod", "go.sum"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(name string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	file, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestMain(m *testing.M) {
	if offsets := os.Getenv(clockVariable); offsets != "" {
		if err := serveShifted(offsets); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if file, err := buildOnce(); err == nil {
		_ = os.RemoveAll(filepath.Dir(file)) // left in the temporary directory at worst
	}
	os.Exit(code)
}

// freeAddress returns an address of this machine that was free a moment ago.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// process is the real program, running.
type process struct {
	url    string
	client *http.Client
	cmd    *exec.Cmd
	log    *output
	ended  chan struct{}
	err    error // set before ended is closed
}

// output collects what a process prints; safe for concurrent use.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start runs `burgee serve` on a data directory and waits until it is ready.
// The process is killed when the test ends.
func start(t *testing.T, dir string, env ...string) *process {
	t.Helper()
	return launch(t, []string{"serve", "--data-dir", dir}, env...)
}

// launch runs a command that serves and waits until it is ready. The process is
// killed when the test ends.
func launch(t *testing.T, args []string, env ...string) *process {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return launchAt(t, address, args, env...)
}

// launchAt is launch at an address.
func launchAt(t *testing.T, address string, args []string, env ...string) *process {
	t.Helper()
	p := prepare(t, address, args)
	p.run(t, env...)
	return p
}

// prepare is a process that has not been started.
func prepare(t *testing.T, address string, args []string) *process {
	t.Helper()
	file := binary(t)
	return &process{
		url:    "http://" + address,
		client: &http.Client{Timeout: startLimit, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
		cmd:    exec.Command(file, append(args, "--listen", address)...),
		log:    &output{},
		ended:  make(chan struct{}),
	}
}

// run starts the program and waits until it is ready.
func (p *process) run(t *testing.T, env ...string) {
	t.Helper()
	p.spawn(t, env...)
	p.awaitReady(t)
}

// spawn starts the program.
func (p *process) spawn(t *testing.T, env ...string) {
	t.Helper()
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "INIT_ADMIN_API_TOKENS=" + adminSecret}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
}

func (p *process) awaitReady(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if p.health(t, "/ready").is("GOOD") {
			return
		}
		select {
		case <-p.ended:
			t.Fatalf("the server ended: %v\n%s", p.err, p.log)
		default:
		}
	}
	t.Fatalf("the server is not ready after %v\n%s", startLimit, p.log)
}

// health is what a probe is told.
type health struct {
	status         int // 0 without an answer
	Health, Reason string
}

func (h health) is(what string) bool {
	return h.Health == what && (h.status == http.StatusOK) == (what != "BAD")
}

// health asks a probe's question.
func (p *process) health(t *testing.T, path string) health {
	t.Helper()
	var h health
	status, body, err := p.call(t.Context(), http.MethodGet, path, nil)
	if err == nil && json.Unmarshal(body, &h) == nil {
		h.status = status
	}
	return h
}

// kill ends the process as kill -9 does, and waits for the end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.ended
	p.client.CloseIdleConnections()
}

// signal sends a signal and returns how the process ended.
func (p *process) signal(t *testing.T, s os.Signal) error {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
		return p.err
	case <-time.After(startLimit):
		t.Fatalf("still running %v after %v\n%s", startLimit, s, p.log)
		return nil
	}
}

// call sends a request with the admin token and returns status and body. The
// body, when not nil, is sent as JSON.
func (p *process) call(ctx context.Context, method, path string, body any, headers ...string) (int, []byte, error) {
	status, _, text, err := p.exchange(ctx, method, path, body, headers...)
	return status, text, err
}

// exchange is call with the header of the answer.
func (p *process) exchange(ctx context.Context, method, path string, body any, headers ...string) (int, http.Header, []byte, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.url+path, content)
	if err != nil {
		return 0, nil, nil, err
	}
	request.Header.Set("Authorization", adminSecret)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := p.client.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, text, err
}

// do sends a request that must succeed and decodes the answer into a value
// unless that is nil.
func (p *process) do(t *testing.T, method, path string, body, into any, headers ...string) {
	t.Helper()
	status, text, err := p.call(t.Context(), method, path, body, headers...)
	if err == nil && status >= 300 {
		err = errors.New(http.StatusText(status))
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s %s: %v: %s\n%s", method, path, err, text, p.log)
	}
}

// object is a JSON object.
type object = map[string]any

// newToken creates a token of all projects in development and returns its
// secret.
func (p *process) newToken(t *testing.T, kind, name string) string {
	t.Helper()
	var made struct{ Secret string }
	p.do(t, http.MethodPost, "/api/admin/api-tokens",
		object{"tokenName": name, "type": kind, "environment": "development", "projects": []string{"*"}}, &made)
	return made.Secret
}
