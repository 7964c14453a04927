package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// startCeiling starts a process that writes the sample to whoever asks: this
// program with -ceiling, so that both are measured from outside.
func startCeiling(ctx context.Context, sample answer) (p process, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return process{}, nil, err
	}
	given, err := json.Marshal(sample)
	if err != nil {
		return process{}, nil, err
	}
	ctx, kill := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, self, "-ceiling")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(given), os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		kill()
		return process{}, nil, err
	}
	stop = func() {
		kill()
		_ = cmd.Wait() // it was killed
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return process{}, nil, fmt.Errorf("starting the ceiling: %w", err)
	}
	return process{address: strings.TrimSpace(address), pid: cmd.Process.Pid}, stop, nil
}

// serveCeiling reads a sample, prints the address where it is served and
// serves until the context ends.
func serveCeiling(ctx context.Context, in io.Reader, out io.Writer) error {
	var sample answer
	if err := json.NewDecoder(in).Decode(&sample); err != nil {
		return fmt.Errorf("reading the sample: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	s := &http.Server{ReadHeaderTimeout: startLimit, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), sample.Header)
		w.WriteHeader(sample.Status)
		_, _ = w.Write(sample.Body) // a 304 takes no body, and a loader that left is no failure
	})}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
