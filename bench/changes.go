package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/burgeehq/burgee/bench/workload"
)

const (
	timedSwitches = 100
	writes        = 50 // a second, while readers are measured
	readEvery     = 5 * time.Millisecond
	readers       = 8
	phase         = 4 * time.Second
	phases        = 3 // of each kind, in turns
)

// changes measures what a switch of one flag among 10,000 costs: how long until
// a reader sees it, and what other readers notice of 50 switches a second.
func changes(ctx context.Context, o options, out io.Writer) error {
	many := size{flags: large.flags, environments: large.environments}
	return measure(ctx, o, many, func(s *server) error {
		secret, err := s.environmentToken(ctx, "client", "*")
		if err != nil {
			return err
		}
		page, err := s.environmentToken(ctx, "frontend", string(many.project(many.flags-1)))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight) // keeps its first error until Flush
		_, _ = fmt.Fprintln(table, "\nswitch of one flag among 10,000\tp50\tp99\t")
		if err := s.timeVisible(ctx, secret, table); err != nil {
			return err
		}
		if err := table.Flush(); err != nil {
			return err
		}
		return s.measureReaders(ctx, page, out)
	}, out)
}

// environmentToken makes a token for the first seeded environment.
func (s *server) environmentToken(ctx context.Context, kind string, projects ...string) (string, error) {
	return s.tokenFor(ctx, kind, "env-0", projects...)
}

// flip switches a flag of the first seeded environment.
func (s *server) flip(ctx context.Context, i int, on bool) error {
	to := map[bool]string{true: "on", false: "off"}[on]
	path := "/api/admin/projects/" + bigProject + "/features/" + string(flagName(i)) + "/environments/env-0/" + to
	_, err := s.call(ctx, workload.Request{Method: http.MethodPost, Path: path})
	return err
}

// timeVisible times a switch to its answer, from there until a reader sees it,
// and a download of everything after it.
func (s *server) timeVisible(ctx context.Context, secret string, table io.Writer) error {
	header := http.Header{"Authorization": {secret}}
	one := read{path: "/api/client/features/" + string(flagName(7)), header: header}
	all := read{path: "/api/client/features", header: header}.with("", "Accept-Encoding", "gzip")
	if _, err := all.get(ctx, s.address); err != nil {
		return err
	}
	var answered, visible, downloaded []time.Duration
	for i := range timedSwitches {
		on := i%2 == 0
		began := time.Now()
		if err := s.flip(ctx, 7, on); err != nil {
			return err
		}
		at := time.Now()
		answered = append(answered, at.Sub(began))
		want := fmt.Appendf(nil, `"enabled":%v`, on)
		for {
			got, err := one.get(ctx, s.address)
			if err != nil {
				return err
			}
			if bytes.Contains(got.Body, want) {
				break
			}
		}
		seen := time.Now()
		visible = append(visible, seen.Sub(at))
		if _, err := all.get(ctx, s.address); err != nil {
			return err
		}
		downloaded = append(downloaded, time.Since(seen))
	}
	for _, row := range []struct {
		name string
		took []time.Duration
	}{{"to its answer", answered}, {"from there until a reader sees it", visible}, {"the next download of all, gzip", downloaded}} {
		slices.Sort(row.took)
		_, _ = fmt.Fprintf(table, "%s\t%v\t%v\t\n", row.name, quantile(row.took, 50), quantile(row.took, 99))
	}
	return nil
}

// measureReaders compares the reads of a page, at a steady pace, while nothing
// changes and while 50 flags are switched a second, in turns.
func (s *server) measureReaders(ctx context.Context, page string, out io.Writer) error {
	r := frontendRead("front end", "/api/frontend", page)
	sample, err := r.get(ctx, s.address)
	if err != nil {
		return err
	}
	by := pressure{connections: readers, lasting: phase, every: readEvery}
	var quiet, busy []result
	switched := 0
	for range phases {
		calm, err := load(ctx, s.process, r, sample, by)
		if err != nil {
			return err
		}
		stopped := make(chan error, 1)
		writing, stop := context.WithCancel(ctx)
		go func() { stopped <- s.keepSwitching(writing, &switched) }()
		stressed, err := load(ctx, s.process, r, sample, by)
		stop()
		if failed := <-stopped; failed != nil {
			return failed
		}
		if err != nil {
			return err
		}
		quiet, busy = append(quiet, calm), append(busy, stressed)
	}
	p99 := func(r result) float64 { return milliseconds(r.p99) }
	p999 := func(r result) float64 { return milliseconds(r.p999) }
	_, err = fmt.Fprintf(out, "readers: p99 %.2f ms quiet, %.2f ms during %.0f switches a second, %.2f times; p99.9 %.2f and %.2f ms\n", middle(quiet, p99), middle(busy, p99),
		float64(switched)/(phases*phase.Seconds()), ratio(busy, quiet, p99), middle(quiet, p999), middle(busy, p999))
	return err
}

// keepSwitching switches flags at the pace until the context ends.
func (s *server) keepSwitching(ctx context.Context, count *int) error {
	tick := time.NewTicker(time.Second / writes)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := s.flip(ctx, *count%100, *count/100%2 == 0); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		*count++
	}
}
