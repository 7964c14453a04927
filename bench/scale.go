package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/burgeehq/burgee/bench/workload"
)

// The two sizes that are compared.
var (
	small = size{flags: 100, environments: 5, events: 0}
	large = size{flags: 10_000, environments: 5, events: 1_000_000}
)

const (
	pageReads = 20
	switches  = 200
	mostTimes = 10 // as long may a switch take on the large server
)

// scale measures the pages of the Admin API on a large server, and a switch of
// one flag on a small one and on the large one.
func scale(ctx context.Context, o options, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight) // keeps its first error until Flush
	_, _ = fmt.Fprintln(table, "server\trequest\tbytes\tp50\tworst\t")
	var switched []time.Duration
	for _, c := range []struct {
		name  string
		size  size
		pages []string
	}{
		{"100 flags", small, nil},
		{"10,000 flags, 1,000,000 events", large, []string{
			"/api/admin/projects", "/api/admin/projects/small-7/overview", "/api/admin/projects/small-7/features", "/api/admin/projects/big/features",
			"/api/admin/search/features", "/api/admin/search/features?query=009", "/api/admin/search/features?offset=9900&limit=100",
			"/api/admin/search/features?project=IS:big&sortBy=createdAt&sortOrder=desc", "/api/admin/search/features?sortBy=lastSeenAt",
			"/api/admin/events", "/api/admin/events?offset=900000", "/api/admin/events?project=big", "/api/admin/events/flag-000700",
			"/api/admin/search/events?type=IS:feature-strategy-update", "/api/admin/search/events?type=IS_ANY_OF:feature-strategy-update,feature-environment-enabled&environment=IS:env-2",
			"/api/admin/search/events?query=flag-00070", "/api/admin/search/events?query=nowhere", "/api/admin/search/events?createdBy=IS:person-7",
			"/api/admin/search/events?project=IS:small-3&from=IS:2020-01-01", "/api/admin/event-creators",
		}},
	} {
		if err := measure(ctx, o, c.size, func(s *server) error {
			took, err := s.measureScale(ctx, table, c.name, c.pages)
			switched = append(switched, took)
			return err
		}, out); err != nil {
			return err
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	times := float64(switched[1]) / float64(switched[0])
	_, _ = fmt.Fprintf(out, "a switch takes %.1f times as long as on the small server\n", times)
	if times > mostTimes {
		return fmt.Errorf("that is more than %d times", mostTimes)
	}
	return nil
}

// measure makes a server of a size and runs what measures it.
func measure(ctx context.Context, o options, of size, run func(*server) error, out io.Writer) (err error) {
	url, drop, err := o.newDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	return onSeeded(ctx, o.burgee, url, func(dir string) error { return of.seed(ctx, dir, url, out) }, func(dir string) error {
		began := time.Now()
		s, err := startServer(ctx, o.burgee, dir, onDatabase(url)...)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "%d flags, %d events: ready after %v\n", of.flags, of.events, time.Since(began).Round(time.Millisecond))
		return errors.Join(run(s), s.stop())
	})
}

// onSeeded fills a database beneath a server that has made it and is stopped,
// and runs what starts a server on it.
func onSeeded(ctx context.Context, program, url string, seed, run func(dir string) error) (err error) {
	dir, err := os.MkdirTemp("", "burgee-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := startServer(ctx, program, dir, onDatabase(url)...) // makes the schema and what every server has
	if err != nil {
		return err
	}
	if err := s.stop(); err != nil {
		return err
	}
	if err := seed(dir); err != nil {
		return fmt.Errorf("seeding: %w", err)
	}
	return run(dir)
}

// measureScale adds rows to the table and returns how long a switch takes.
func (s *server) measureScale(ctx context.Context, table io.Writer, name string, pages []string) (time.Duration, error) {
	for _, path := range pages {
		var took []time.Duration
		var bytes int
		for range pageReads {
			began := time.Now()
			answer, err := s.call(ctx, workload.Request{Method: http.MethodGet, Path: path})
			if err != nil {
				return 0, err
			}
			took, bytes = append(took, time.Since(began)), len(answer)
		}
		line(table, name, path, bytes, took)
	}
	var took []time.Duration
	for i := range switches {
		to := []string{"on", "off"}[i%2]
		began := time.Now()
		path := "/api/admin/projects/" + bigProject + "/features/" + string(flagName(7)) + "/environments/env-0/" + to
		if _, err := s.call(ctx, workload.Request{Method: http.MethodPost, Path: path}); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	line(table, name, "switch of one flag", 0, took)
	return took[len(took)/2], nil
}

// line writes a row of the table.
func line(table io.Writer, name, what string, bytes int, took []time.Duration) {
	slices.Sort(took)
	_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%.1f ms\t%.1f ms\t\n", name, what, bytes,
		milliseconds(took[len(took)/2]), milliseconds(took[len(took)-1]))
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
