package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"text/tabwriter"
	"time"

	"github.com/burgeehq/burgee/bench/workload"
)

const (
	scopes        = 100 // of tokens, each of its own
	scopeProjects = 20  // among which the flags are spread
	scopeMost     = 5   // projects of a token
)

// footprints prints the size of the program, and the start and memory of
// servers: an empty one, and ones that have just answered every kind of read.
func footprints(ctx context.Context, o options, out io.Writer) error {
	binary, err := os.Stat(o.burgee)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight) // keeps its first error until Flush
	_, _ = fmt.Fprintf(table, "\nthe program: %.1f MB\n", float64(binary.Size())/1e6)
	_, _ = fmt.Fprintln(table, "server\tready, each start\tmedian\tresident\t")
	for _, c := range []struct {
		name string
		fill func(context.Context, *server) error
		use  func(context.Context, options, *server) error
	}{
		{"empty", func(context.Context, *server) error { return nil }, func(context.Context, options, *server) error { return nil }},
		{"medium, after its reads", func(ctx context.Context, s *server) error { return s.fill(ctx, workload.Medium()) }, readEverything},
		{"large, 100 scopes, each read", func(ctx context.Context, s *server) error { return s.fillScopes(ctx) }, readScopes},
	} {
		err := withServer(ctx, o.burgee, func(s *server, dir string) error {
			if err := c.fill(ctx, s); err != nil {
				return err
			}
			if err := s.stop(); err != nil {
				return err
			}
			started, err := measureStarts(ctx, o.burgee, dir, func(s *server) error { return c.use(ctx, o, s) })
			if err == nil {
				_, _ = fmt.Fprintf(table, "%s\t%v\t%v\t%d MB\t\n", c.name, started.took, median(started.took), started.resident>>20)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return table.Flush()
}

// fillScopes spreads the large workload over projects.
func (s *server) fillScopes(ctx context.Context) error {
	flags := workload.Large()
	for i := range scopeProjects {
		id := scopeProject(i)
		if _, err := s.call(ctx, workload.Request{Method: http.MethodPost, Path: "/api/admin/projects", Body: workload.Object{"id": id, "name": id}}); err != nil {
			return err
		}
	}
	for i := range flags {
		flags[i].Project = scopeProject(i % scopeProjects)
	}
	return s.fill(ctx, flags)
}

func scopeProject(i int) string { return fmt.Sprintf("project-%02d", i) }

// readEverything loads a server with each read for a moment.
func readEverything(ctx context.Context, o options, s *server) error {
	secret, err := s.token(ctx, "client", "*")
	if err != nil {
		return err
	}
	page, err := s.token(ctx, "frontend", "*")
	if err != nil {
		return err
	}
	all, err := clientReads(ctx, s.process, secret)
	if err != nil {
		return err
	}
	for _, r := range append(all, frontendRead("front end", "/api/frontend", page)) {
		sample, err := r.get(ctx, s.address)
		if err != nil {
			return err
		}
		if _, err := load(ctx, s.process, r, sample, pressure{connections: o.connections, lasting: time.Second}); err != nil {
			return err
		}
	}
	return nil
}

// readScopes reads with tokens of 100 different scopes, of one to five
// projects, as a server SDK does that takes gzip, and one that does not.
func readScopes(ctx context.Context, _ options, s *server) error {
	random := rand.New(rand.NewPCG(7, 7))
	for range scopes {
		var projects []string
		for _, i := range random.Perm(scopeProjects)[:1+random.IntN(scopeMost)] {
			projects = append(projects, scopeProject(i))
		}
		secret, err := s.token(ctx, "client", projects...)
		if err != nil {
			return err
		}
		all, err := clientReads(ctx, s.process, secret)
		if err != nil {
			return err
		}
		for _, r := range all {
			if _, err := r.get(ctx, s.address); err != nil {
				return err
			}
		}
	}
	return nil
}
