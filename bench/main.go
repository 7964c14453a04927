// Command bench measures the real program from outside, in processes of their
// own on this machine.
//
//	go run ./bench                 the hot reads of server, edge and proxy beside a ceiling, memory and start, streams
//	go run ./bench -peers          the same reads beside those of Unleash and Unleash Proxy from npm
//	go run ./bench -changes        what a change costs, and what readers notice of it
//	go run ./bench -scale          the Admin API of a server with 10,000 flags and 1,000,000 events
//	go run ./bench -tokens         the start of a server with 1,000,000 tokens
//
// The ceiling is a process with a net/http server that writes the same bytes
// under the same headers and does nothing else. Two programs are measured in
// turns, A B A B, and compared pair by pair; figures of one run compare with
// each other and not with other machines'. The load comes from this process,
// over 127.0.0.1, on the same cores. README.md explains the rows. What does not
// belong: micro-benchmarks, which live beside the code that they measure.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// options is what the command line says.
type options struct {
	burgee      string
	seconds     float64
	rounds      int
	connections int
	size        string
	json        string
	streams     int
	readers     int
	database    string
}

func main() {
	var o options
	flag.StringVar(&o.burgee, "burgee", "bin/burgee", "the program to measure")
	flag.Float64Var(&o.seconds, "seconds", 2, "length of each measurement")
	flag.IntVar(&o.rounds, "rounds", 3, "how often a pair is measured")
	flag.IntVar(&o.connections, "connections", 32, "connections, each with one request at a time")
	flag.StringVar(&o.size, "size", "", "measure the reads of this size alone: small, medium or large")
	flag.StringVar(&o.json, "json", "tmp/bench.json", "file for the figures of the reads")
	flag.IntVar(&o.streams, "streams", 20_000, "idle streams; none are measured with 0")
	flag.IntVar(&o.readers, "readers", 5000, "streams that a switch is to reach")
	flag.StringVar(&o.database, "database", "", "PostgreSQL server on which -scale and -writes make a database of their own, as postgres://user@host/postgres; SQLite without it")
	ceiling := flag.Bool("ceiling", false, "be the ceiling: serve the sample on standard input (for the program itself)")
	modes := []struct {
		chosen *bool
		run    func(context.Context, options, io.Writer) error
	}{
		{
			flag.Bool("scale", false, "measure a server with 10,000 flags and 1,000,000 events instead (some minutes)"),
			scale,
		},
		{
			flag.Bool("tokens", false, "measure the start of a server with 1,000,000 tokens instead (a minute)"),
			func(ctx context.Context, o options, out io.Writer) error { return tokens(ctx, o.burgee, out) },
		},
		{flag.Bool("writes", false, "measure switches of flags and reports of SDKs instead (a minute)"), measureWrites},
		{flag.Bool("changes", false, "measure what changes cost instead (a minute)"), changes},
		{flag.Bool("peers", false, "measure Unleash and Unleash Proxy from npm beside ours instead (some minutes)"), peers},
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	run := hot
	for _, m := range modes {
		if *m.chosen {
			run = m.run
		}
	}
	if *ceiling {
		run = func(ctx context.Context, _ options, out io.Writer) error { return serveCeiling(ctx, os.Stdin, out) }
	}
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// hot measures what SDKs and pages read, and what serving them takes.
func hot(ctx context.Context, o options, out io.Writer) error {
	report := &report{out: out}
	if err := reads(ctx, o, out, report.add); err != nil {
		return err
	}
	if err := report.end(o.json); err != nil {
		return err
	}
	if o.size != "" {
		return nil
	}
	if err := footprints(ctx, o, out); err != nil {
		return err
	}
	if o.streams == 0 {
		return nil
	}
	return measureStreams(ctx, o, out)
}
