package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/bench/workload"
)

const (
	adminSecret = "*:*.bench-admin"
	startLimit  = 30 * time.Second
	fillers     = 8 // requests at a time that fill a server
)

// process is one that runs, seen from outside.
type process struct {
	address string
	pid     int
}

// cpu is the processor time that it has used.
func (p process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		return 0, err
	}
	// The name of the program, in brackets, may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	const user, system = 11, 12
	if len(fields) <= system {
		return 0, errors.New("an unknown form of /proc/…/stat")
	}
	var ticks int64
	for _, field := range fields[user : system+1] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	const tick = 10 * time.Millisecond // Linux tells users so on every architecture of ours
	return time.Duration(ticks) * tick, nil
}

// resident is its memory in bytes.
func (p process) resident() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0, errors.New("no VmRSS in /proc")
	}
	kilobytes, err := strconv.Atoi(fields[0])
	return kilobytes << 10, err
}

// server is a process with an Admin API, or one below such.
type server struct {
	process

	admin string    // the secret of an admin token
	cmd   *exec.Cmd // nil: somebody else started it, or it is stopped
}

func startServer(ctx context.Context, program, dir string, more ...string) (*server, error) {
	return start(ctx, program, append([]string{"serve", "--data-dir", dir, "--log-level", "error"}, more...),
		"INIT_ADMIN_API_TOKENS="+adminSecret, "UNLEASH_DEFAULT_ADMIN_PASSWORD=Only-For-The-Bench-1")
}

// startEdge starts an edge below a server, with a client token.
func startEdge(ctx context.Context, program string, above *server, secret string) (*server, error) {
	return start(ctx, program, []string{"edge", "--log-level", "error"}, "UPSTREAM_URL=http://"+above.address, "TOKENS="+secret)
}

// startProxy starts a proxy below a server, with a client token and the key of
// its clients.
func startProxy(ctx context.Context, program string, above *server, secret, key string) (*server, error) {
	return start(ctx, program, []string{"proxy", "--log-level", "error"},
		"UNLEASH_URL=http://"+above.address+"/api", "UNLEASH_API_TOKEN="+secret, "UNLEASH_PROXY_CLIENT_KEYS="+key)
}

// start starts a command of the program on a free port and waits until it is
// ready.
func start(ctx context.Context, program string, arguments []string, environment ...string) (*server, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, append(arguments, "--listen", address)...)
	cmd.Env, cmd.Stderr = environment, os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{process: process{address: address, pid: cmd.Process.Pid}, admin: adminSecret, cmd: cmd}
	if err := s.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *server) awaitReady(ctx context.Context) error {
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := s.call(ctx, workload.Request{Method: http.MethodGet, Path: "/ready"}); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%s is not ready after %v", s.address, startLimit)
}

func (s *server) stop() error {
	if s.cmd == nil {
		return nil
	}
	cmd := s.cmd
	s.cmd = nil
	_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	return cmd.Wait()
}

// call sends one Admin API request that must succeed and returns the body.
func (s *server) call(ctx context.Context, r workload.Request) ([]byte, error) {
	var body bytes.Buffer
	if r.Body != nil {
		if err := json.NewEncoder(&body).Encode(r.Body); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, "http://"+s.address+r.Path, &body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", s.admin)
	if r.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	client := &http.Client{Timeout: startLimit}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s: %s", r.Method, r.Path, response.Status, answer)
	}
	return answer, err
}

// fill makes flags.
func (s *server) fill(ctx context.Context, flags []workload.Flag) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(fillers)
	for _, f := range flags {
		group.Go(func() error {
			for _, r := range f.Requests() {
				if _, err := s.call(ctx, r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// token makes a token for development and returns its secret. Projects are
// "*" or ids.
func (s *server) token(ctx context.Context, kind string, projects ...string) (string, error) {
	return s.tokenFor(ctx, kind, "development", projects...)
}

func (s *server) tokenFor(ctx context.Context, kind, environment string, projects ...string) (string, error) {
	answer, err := s.call(ctx, workload.Request{
		Method: http.MethodPost, Path: "/api/admin/api-tokens",
		Body: workload.Object{"tokenName": kind, "type": kind, "environment": environment, "projects": projects},
	})
	if err != nil {
		return "", err
	}
	var made struct{ Secret string }
	return made.Secret, json.Unmarshal(answer, &made)
}

// withServer runs what measures a server, on a directory that is thrown away.
func withServer(ctx context.Context, program string, run func(s *server, dir string) error, more ...string) (err error) {
	dir, err := os.MkdirTemp("", "burgee-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := startServer(ctx, program, dir, more...)
	if err != nil {
		return err
	}
	return errors.Join(run(s, dir), s.stop())
}
