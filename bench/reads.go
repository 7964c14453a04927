package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/burgeehq/burgee/bench/workload"
)

const (
	fixedProject = "fixed"
	proxyKey     = "a-key-of-the-bench"
	frontendPath = "?userId=42&appName=web&properties%5Bplan%5D=pro"
)

// subject is a program with what is read from it.
type subject struct {
	name  string
	at    process
	reads []read
}

// row is what one read of one program came to, beside another program on the
// same machine in the same minute.
type row struct {
	Size, Program, Read string
	Bytes               int
	PerSecond           float64 // the median of the rounds, as all below
	P50, P99, P999      float64 // milliseconds
	CPU                 float64 // microseconds of the program for a request
	Beside              string  // the other program: the ceiling, or a peer
	BesidePerSecond     float64
	BesideP99           float64
	BesideCPU           float64
	Share               float64 // of the other's rate, the median of the pairs
	P99Share            float64 // of the other's p99, the median of the pairs
}

// side is one of two programs that are measured in turns.
type side struct {
	program string
	at      process
	read    read
	sample  answer
}

// pair measures two sides in turns, A B A B, and adds them up to a row.
func pair(ctx context.Context, o options, size string, a, b side) (row, error) {
	by := pressure{connections: o.connections, lasting: time.Duration(o.seconds * float64(time.Second))}
	var results [2][]result
	for range o.rounds {
		for i, s := range []side{a, b} {
			measured, err := load(ctx, s.at, s.read, s.sample, by)
			if err != nil {
				return row{}, fmt.Errorf("%s, %s: %w", s.program, s.read.name, err)
			}
			results[i] = append(results[i], measured)
		}
	}
	ours, theirs := results[0], results[1]
	rate := func(r result) float64 { return r.rate }
	p99 := func(r result) float64 { return milliseconds(r.p99) }
	cpu := func(r result) float64 { return float64(r.cpu) / float64(time.Microsecond) }
	return row{
		Size: size, Program: a.program, Read: a.read.name, Bytes: len(a.sample.Body), Beside: b.program,
		PerSecond: middle(ours, rate), P50: middle(ours, func(r result) float64 { return milliseconds(r.p50) }),
		P99: middle(ours, p99), P999: middle(ours, func(r result) float64 { return milliseconds(r.p999) }), CPU: middle(ours, cpu),
		BesidePerSecond: middle(theirs, rate), BesideP99: middle(theirs, p99), BesideCPU: middle(theirs, cpu),
		Share: ratio(ours, theirs, rate), P99Share: ratio(ours, theirs, p99),
	}, nil
}

// middle is the median of a figure.
func middle(all []result, figure func(result) float64) float64 {
	var figures []float64
	for _, r := range all {
		figures = append(figures, figure(r))
	}
	return median(figures)
}

// ratio is the median of a figure's ratios, pair by pair.
func ratio(ours, theirs []result, figure func(result) float64) float64 {
	var ratios []float64
	for i := range ours {
		ratios = append(ratios, figure(ours[i])/figure(theirs[i]))
	}
	return median(ratios)
}

func median[T cmp.Ordered](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// besideCeiling measures each read of a subject beside a process that only
// writes the same bytes.
func (u subject) besideCeiling(ctx context.Context, o options, size string, add func(row)) error {
	for _, r := range u.reads {
		sample, err := r.get(ctx, u.at.address)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", u.name, r.name, err)
		}
		ceiling, stop, err := startCeiling(ctx, sample)
		if err != nil {
			return err
		}
		line, err := pair(ctx, o, size, side{u.name, u.at, r, sample}, side{"ceiling", ceiling, r, sample})
		stop()
		if err != nil {
			return err
		}
		add(line)
	}
	return nil
}

// clientReads are what server SDKs ask for.
func clientReads(ctx context.Context, at process, secret string) ([]read, error) {
	plain := read{name: "client", path: "/api/client/features", header: http.Header{"Authorization": {secret}}}
	sample, err := plain.get(ctx, at.address)
	if err != nil {
		return nil, err
	}
	return []read{
		plain, plain.with("client, gzip", "Accept-Encoding", "gzip"),
		plain.with("client, unchanged", "If-None-Match", sample.Header.Get("ETag")),
	}, nil
}

// frontendRead is what a page asks for.
func frontendRead(name, path, secret string) read {
	return read{name: name, path: path + frontendPath, header: http.Header{"Authorization": {secret}}}
}

// reads measures server, edge and proxy, on each size.
func reads(ctx context.Context, o options, out io.Writer, add func(row)) error {
	for _, size := range []struct {
		name  string
		flags []workload.Flag
	}{{"small", workload.Small()}, {"medium", workload.Medium()}, {"large", workload.Large()}} {
		if o.size != "" && o.size != size.name {
			continue
		}
		_, _ = fmt.Fprintf(out, "filling a server with %d flags\n", len(size.flags))
		err := withServer(ctx, o.burgee, func(s *server, _ string) error {
			return s.measureReads(ctx, o, size.name, size.flags, add)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", size.name, err)
		}
	}
	return nil
}

func (s *server) measureReads(ctx context.Context, o options, size string, flags []workload.Flag, add func(row)) (err error) {
	if err := s.fill(ctx, flags); err != nil {
		return err
	}
	if size == "medium" {
		if err := s.fillFixed(ctx); err != nil {
			return err
		}
	}
	client, err := s.token(ctx, "client", workload.DefaultProject)
	if err != nil {
		return err
	}
	// An edge downloads for all of its tokens at once, so that it needs one that
	// sees every project.
	all, err := s.token(ctx, "client", "*")
	if err != nil {
		return err
	}
	frontends, err := s.frontendReads(ctx, size)
	if err != nil {
		return err
	}
	edge, err := startEdge(ctx, o.burgee, s, all)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edge.stop()) }()
	proxy, err := startProxy(ctx, o.burgee, s, client, proxyKey)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, proxy.stop()) }()
	for _, u := range []subject{{name: "serve", at: s.process}, {name: "edge", at: edge.process}} {
		if u.reads, err = clientReads(ctx, u.at, client); err != nil {
			return fmt.Errorf("%s: %w", u.name, err)
		}
		u.reads = append(u.reads, frontends...)
		if err := u.besideCeiling(ctx, o, size, add); err != nil {
			return err
		}
	}
	below := subject{name: "proxy", at: proxy.process, reads: []read{frontendRead("proxy", "/proxy", proxyKey)}}
	return below.besideCeiling(ctx, o, size, add)
}

// fillFixed adds the project whose flags depend on no context.
func (s *server) fillFixed(ctx context.Context) error {
	project := workload.Request{Method: http.MethodPost, Path: "/api/admin/projects", Body: workload.Object{"id": fixedProject, "name": fixedProject}}
	if _, err := s.call(ctx, project); err != nil {
		return err
	}
	return s.fill(ctx, workload.Fixed(fixedProject))
}

// frontendReads are those of a size: of flags that depend on the context, and
// for the medium size of flags that do not.
func (s *server) frontendReads(ctx context.Context, size string) ([]read, error) {
	secret, err := s.token(ctx, "frontend", workload.DefaultProject)
	if err != nil {
		return nil, err
	}
	all := []read{frontendRead("front end", "/api/frontend", secret)}
	if size == "medium" {
		if secret, err = s.token(ctx, "frontend", fixedProject); err != nil {
			return nil, err
		}
		all = append(all, frontendRead("front end, fixed", "/api/frontend", secret))
	}
	return all, nil
}
