// Command bench measures the three hot reads of the real program, filled with
// the medium workload, against a ceiling: a process with a net/http server
// that writes the same bytes and does nothing else.
//
//	go run ./bench -burgee bin/burgee
//	go run ./bench -burgee bin/burgee -scale
//	go run ./bench -burgee bin/burgee -tokens
//
// With -scale it measures the Admin API of a large server instead, and with
// -tokens the start of one with a million tokens. The load comes from this
// process, over 127.0.0.1, on the same cores; figures of one run compare with each other and not with other machines'. What does
// not belong: micro-benchmarks, which live beside the code that they measure.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/burgeehq/burgee/bench/workload"
)

const (
	adminSecret = "*:*.bench-admin"
	startLimit  = 30 * time.Second
)

// options is what the command line says.
type options struct {
	burgee      string
	seconds     float64
	connections int
	ceiling     bool
	scale       bool
	tokens      bool
	streams     int
	readers     int
}

func main() {
	var o options
	flag.StringVar(&o.burgee, "burgee", "bin/burgee", "the program to measure")
	flag.Float64Var(&o.seconds, "seconds", 4, "length of each measurement")
	flag.IntVar(&o.connections, "connections", 32, "connections, each with one request at a time")
	flag.IntVar(&o.streams, "streams", 20_000, "idle streams; none are measured with 0")
	flag.IntVar(&o.readers, "readers", 5000, "streams that a switch is to reach")
	flag.BoolVar(&o.ceiling, "ceiling", false, "be the ceiling: serve the sample on standard input (for the program itself)")
	flag.BoolVar(&o.scale, "scale", false, "measure a server with 10,000 flags and 1,000,000 events instead (some minutes)")
	flag.BoolVar(&o.tokens, "tokens", false, "measure the start of a server with 1,000,000 tokens instead (a minute)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var err error
	switch {
	case o.ceiling:
		err = serveCeiling(ctx, os.Stdin, os.Stdout)
	case o.scale:
		err = scale(ctx, o.burgee, os.Stdout)
	case o.tokens:
		err = tokens(ctx, o.burgee, os.Stdout)
	default:
		err = run(ctx, o, os.Stdout)
		if err == nil && o.streams > 0 {
			err = measureStreams(ctx, o, os.Stdout)
		}
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "burgee-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := startServer(ctx, o.burgee, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	cases, err := s.prepare(ctx)
	if err != nil {
		return err
	}
	// The writer keeps its first error until Flush.
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "read\tbytes\treq/s\tp50\tp99\tceiling req/s\tof ceiling\t")
	for _, c := range cases {
		sample, err := c.get(ctx, s.address)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		ours, err := load(ctx, s.address, c, sample, o)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		ceiling, err := loadCeiling(ctx, c, sample, o)
		if err != nil {
			return fmt.Errorf("the ceiling of %s: %w", c.name, err)
		}
		_, _ = fmt.Fprintf(table, "%s\t%d\t%.0f\t%v\t%v\t%.0f\t%.0f %%\t\n",
			c.name, len(sample.Body), ours.rate, ours.p50, ours.p99, ceiling.rate, 100*ours.rate/ceiling.rate)
	}
	return table.Flush()
}

// server is the measured process.
type server struct {
	address string
	cmd     *exec.Cmd
}

func startServer(ctx context.Context, program, dir string, more ...string) (*server, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "serve", "--listen", address, "--data-dir", dir)
	cmd.Env = []string{"INIT_ADMIN_API_TOKENS=" + adminSecret, "UNLEASH_DEFAULT_ADMIN_PASSWORD=Only-For-The-Bench-1"}
	cmd.Stderr = os.Stderr
	cmd.Args = append(append(cmd.Args, "--log-level", "error"), more...)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{address: address, cmd: cmd}
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
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	return s.cmd.Wait()
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
	request.Header.Set("Authorization", adminSecret)
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

// prepare fills the server and returns what to measure.
func (s *server) prepare(ctx context.Context) ([]read, error) {
	if err := s.fill(ctx); err != nil {
		return nil, err
	}
	client, err := s.token(ctx, "client")
	if err != nil {
		return nil, err
	}
	frontend, err := s.token(ctx, "frontend")
	if err != nil {
		return nil, err
	}
	features := read{name: "client", path: "/api/client/features", header: http.Header{"Authorization": {client}}}
	zipped := features.with("client, gzip", "Accept-Encoding", "gzip")
	sample, err := features.get(ctx, s.address)
	if err != nil {
		return nil, err
	}
	return []read{
		features, zipped, features.with("client, unchanged", "If-None-Match", sample.Header.Get("ETag")),
		{name: "front end", path: "/api/frontend?userId=42&appName=web&properties%5Bplan%5D=pro", header: http.Header{"Authorization": {frontend}}},
	}, nil
}

// fill makes the flags of the medium workload.
func (s *server) fill(ctx context.Context) error {
	for _, f := range workload.Medium() {
		for _, r := range f.Requests() {
			if _, err := s.call(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *server) token(ctx context.Context, kind string) (string, error) {
	answer, err := s.call(ctx, workload.Request{
		Method: http.MethodPost, Path: "/api/admin/api-tokens",
		Body: workload.Object{"tokenName": kind, "type": kind, "environment": "development", "projects": []string{"*"}},
	})
	if err != nil {
		return "", err
	}
	var made struct{ Secret string }
	return made.Secret, json.Unmarshal(answer, &made)
}
