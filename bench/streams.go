package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/bench/workload"
)

const (
	spareFiles  = 600 // open files that a process needs besides its streams; the server keeps 500
	dialers     = 64  // streams that are opened at a time
	rounds      = 20  // switches that are timed
	roundLimit  = 10 * time.Second
	settleDown  = 20 * time.Second // longer than the time between two heartbeats
	streamsPath = "/api/client/streaming"
)

// measureStreams opens as many idle streams as asked and prints what they cost
// the server, then times how long a switch takes to reach the readers.
func measureStreams(ctx context.Context, o options, out io.Writer) error {
	idle, err := affordable(o.streams)
	if err != nil {
		return err
	}
	return withServer(ctx, o.burgee, func(s *server, _ string) error { return s.measureStreams(ctx, o, idle, out) },
		"--max-streams", strconv.Itoa(idle), "--max-streams-per-token", strconv.Itoa(idle))
}

func (s *server) measureStreams(ctx context.Context, o options, idle int, out io.Writer) error {
	if err := s.fill(ctx, workload.Medium()); err != nil {
		return err
	}
	secret, err := s.token(ctx, "client", "*")
	if err != nil {
		return err
	}
	empty, err := s.resident()
	if err != nil {
		return err
	}
	began := time.Now()
	streams, err := s.open(ctx, secret, idle)
	if err != nil {
		return err
	}
	defer streams.close()
	took := time.Since(began)
	atOnce, err := s.resident()
	if err != nil {
		return err
	}
	time.Sleep(settleDown)
	settled, err := s.resident()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "streams\topened in\tresident before\tjust after\tlater\ta stream\t")
	_, _ = fmt.Fprintf(table, "%d\t%v\t%d MB\t%d MB\t%d MB\t%.1f kB\t\n", idle, took.Round(time.Millisecond),
		empty>>20, atOnce>>20, settled>>20, float64(settled-empty)/float64(idle)/1024)
	_, _ = fmt.Fprintln(table, "readers\tswitches\tp50\tp99\tmost\t\t")
	streams.keep(min(o.readers, idle))
	all, err := streams.timeSwitches(ctx, s)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(table, "%d\t%d\t%v\t%v\t%v\t\t\n", len(streams.conns), rounds,
		quantile(all, 50), quantile(all, 99), quantile(all, 100))
	return table.Flush()
}

// affordable is how many streams the limit of open files allows. Both sides
// need a file for each.
func affordable(streams int) (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	return min(streams, int(min(limit.Max, 1<<30))-spareFiles), nil
}

// streamSet is open streams.
type streamSet struct {
	mu      sync.Mutex
	conns   []net.Conn
	arrived chan time.Time // one for each event that came
}

// open opens streams and waits until each has its hydration.
func (s *server) open(ctx context.Context, secret string, count int) (*streamSet, error) {
	wire, err := read{path: streamsPath, header: http.Header{"Authorization": {secret}}}.request(ctx, s.address)
	if err != nil {
		return nil, err
	}
	set := &streamSet{arrived: make(chan time.Time, count)}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(dialers)
	for range count {
		group.Go(func() error {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.address)
			if err != nil {
				return err
			}
			set.mu.Lock()
			set.conns = append(set.conns, conn)
			set.mu.Unlock()
			if _, err := conn.Write(wire); err != nil {
				return err
			}
			hydrated := make(chan struct{})
			go set.follow(conn, hydrated)
			select {
			case <-hydrated:
				return nil
			case <-time.After(startLimit):
				return errors.New("a stream without a hydration")
			}
		})
	}
	if err := group.Wait(); err != nil {
		set.close()
		return nil, err
	}
	return set, nil
}

// follow reads a stream to its end. Parts of a large event may come in any
// number of reads; an update of one flag comes in one.
func (set *streamSet) follow(conn net.Conn, hydrated chan<- struct{}) {
	end, update := []byte("]}]}\n\n"), []byte("event: unleash-updated")
	buffer := make([]byte, 4<<10)
	waiting, kept := true, 0
	for {
		n, err := conn.Read(buffer[kept:])
		if err != nil {
			return
		}
		text := buffer[:kept+n]
		switch {
		case waiting && bytes.Contains(text, end):
			close(hydrated)
			waiting, kept = false, 0
		case waiting: // the end of the hydration may be in two reads
			kept = copy(buffer, text[max(0, len(text)-len(end)):])
		case bytes.Contains(text, update):
			set.arrived <- time.Now()
		}
	}
}

func (set *streamSet) close() {
	for _, conn := range set.conns {
		_ = conn.Close()
	}
}

// keep closes all but so many.
func (set *streamSet) keep(count int) {
	for _, conn := range set.conns[count:] {
		_ = conn.Close()
	}
	set.conns = set.conns[:count]
	time.Sleep(time.Second) // until the server knows
}

// timeSwitches switches a flag again and again, and returns how long each took
// to reach each reader, from before the request to the Admin API, sorted.
func (set *streamSet) timeSwitches(ctx context.Context, s *server) ([]time.Duration, error) {
	var all []time.Duration
	name := workload.Medium()[0].Name
	for i := range rounds {
		began := time.Now()
		to := []string{"off", "on"}[i%2]
		if _, err := s.call(ctx, workload.Request{
			Method: http.MethodPost, Path: "/api/admin/projects/default/features/" + name + "/environments/development/" + to,
		}); err != nil {
			return nil, err
		}
		limit := time.After(roundLimit)
		for range set.conns {
			select {
			case at := <-set.arrived:
				all = append(all, at.Sub(began))
			case <-limit:
				return nil, fmt.Errorf("a switch has not reached everybody after %v", roundLimit)
			}
		}
	}
	slices.Sort(all)
	return all, nil
}

func quantile(sorted []time.Duration, percent int) time.Duration {
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)].Round(100 * time.Microsecond)
}
