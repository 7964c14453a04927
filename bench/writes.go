package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/bench/workload"
)

const (
	switchers      = 16    // clients that switch flags
	wantSwitches   = 200   // a second, sustained
	reporters      = 1_000 // applications that report
	reportRate     = 5_000 // reports a second, of all of them
	reportSenders  = 32    // connections that send them
	flagsInReport  = 10    // of 100
	writesMinimum  = 10    // seconds of each measurement
	switchesOfFlag = "/api/admin/projects/" + bigProject + "/features/%s/environments/env-0/%s"
)

// measureWrites measures how many flags can be switched in a second, and whether what
// many applications report is taken as fast as it comes. It fails when an
// answer is an error, or an event or a count is missing afterwards.
func measureWrites(ctx context.Context, o options, out io.Writer) error {
	seconds := max(o.seconds, writesMinimum)
	return measure(ctx, o, small, func(s *server) error {
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight) // keeps its first error until Flush
		_, _ = fmt.Fprintln(table, "writes\twanted a second\ta second\tp50\tp99\tprocessor\t")
		for _, measure := range []func(context.Context, io.Writer, time.Duration) error{s.measureSwitches, s.measureReports} {
			if err := measure(ctx, table, time.Duration(seconds*float64(time.Second))); err != nil {
				return err
			}
		}
		return table.Flush()
	}, out)
}

// client sends requests over connections that stay open.
func client(connections int) *http.Client {
	return &http.Client{Timeout: startLimit, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
}

// post sends one request and reads the answer.
func post(ctx context.Context, c *http.Client, url, secret, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", secret)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.Do(request)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return errors.Join(err, answer.Body.Close())
}

// written is what was measured of one kind of writes.
type written struct {
	what          string
	wanted        int // a second
	took          []time.Duration
	elapsed, used time.Duration // used: processor time of the server
}

// line adds a row to the table.
func (w written) line(table io.Writer) {
	slices.Sort(w.took)
	_, _ = fmt.Fprintf(table, "%s\t%d\t%.0f\t%.1f ms\t%.1f ms\t%.0f %%\t\n", w.what, w.wanted, float64(len(w.took))/w.elapsed.Seconds(),
		milliseconds(quantile(w.took, 50)), milliseconds(quantile(w.took, 99)), 100*w.used.Seconds()/w.elapsed.Seconds())
}

// measureSwitches switches flags, each client another one, on and off as fast as
// it can.
func (s *server) measureSwitches(ctx context.Context, table io.Writer, last time.Duration) error {
	before, err := s.events(ctx)
	if err != nil {
		return err
	}
	usedBefore, err := s.cpu()
	if err != nil {
		return err
	}
	c := client(switchers)
	defer c.CloseIdleConnections()
	var mu sync.Mutex
	var all []time.Duration
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for i := range switchers {
		group.Go(func() error {
			var took []time.Duration
			for n := 0; time.Since(began) < last; n++ {
				url := "http://" + s.address + fmt.Sprintf(switchesOfFlag, flagName(i), []string{"on", "off"}[(n+i)%2])
				sent := time.Now()
				if err := post(ctx, c, url, s.admin, ""); err != nil {
					return fmt.Errorf("switching a flag: %w", err)
				}
				took = append(took, time.Since(sent))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	elapsed := time.Since(began)
	used, err := s.cpu()
	if err != nil {
		return err
	}
	written{"flags switched, 16 clients", wantSwitches, all, elapsed, used - usedBefore}.line(table)
	after, err := s.events(context.WithoutCancel(ctx))
	if err == nil && after-before < len(all)-switchers || after-before > len(all) { // the first of some changes nothing
		err = fmt.Errorf("%d switches made %d events", len(all), after-before)
	}
	return err
}

// events is how many events there are: their ids have no gap.
func (s *server) events(ctx context.Context) (int, error) {
	raw, err := s.call(ctx, workload.Request{Method: http.MethodGet, Path: "/api/admin/events?limit=1"})
	if err != nil {
		return 0, err
	}
	var answer struct{ Events []struct{ ID int } }
	if err := json.Unmarshal(raw, &answer); err != nil || len(answer.Events) == 0 {
		return 0, err
	}
	return answer.Events[0].ID, nil
}

// measureReports sends reports at the wanted rate, whether or not the server
// keeps up: those that it falls behind with are late, and that counts as time.
func (s *server) measureReports(ctx context.Context, table io.Writer, last time.Duration) error {
	secret, err := s.tokenFor(ctx, "client", "env-0", "*")
	if err != nil {
		return err
	}
	bodies := make([]string, reporters)
	for i := range bodies {
		bodies[i] = reportOf(i)
	}
	usedBefore, err := s.cpu()
	if err != nil {
		return err
	}
	c := client(reportSenders)
	defer c.CloseIdleConnections()
	total := int64(last.Seconds() * reportRate)
	var next atomic.Int64
	took := make([]time.Duration, total)
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for range reportSenders {
		group.Go(func() error {
			for {
				n := next.Add(1) - 1
				if n >= total {
					return nil
				}
				due := began.Add(time.Duration(n) * time.Second / reportRate)
				time.Sleep(time.Until(due))
				if err := post(ctx, c, "http://"+s.address+"/api/client/metrics", secret, bodies[n%reporters]); err != nil {
					return fmt.Errorf("a report: %w", err)
				}
				took[n] = time.Since(due)
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	elapsed := time.Since(began)
	used, err := s.cpu()
	if err != nil {
		return err
	}
	written{"reports, 1,000 applications", reportRate, took, elapsed, used - usedBefore}.line(table)
	counted, err := s.counted(context.WithoutCancel(ctx))
	if want := total * flagsInReport; err == nil && counted != want {
		err = fmt.Errorf("%d counts of %d arrived", counted, want)
	}
	return err
}

// reportOf is what an application reports.
func reportOf(i int) string {
	at := time.Now().UTC().Format(time.RFC3339)
	var flags []string
	for n := range flagsInReport {
		flags = append(flags, fmt.Sprintf(`%q:{"yes":1,"no":0}`, flagName((i+n)%small.flags)))
	}
	return fmt.Sprintf(`{"appName":"app-%d","instanceId":"i","bucket":{"start":%q,"stop":%q,"toggles":{%s}}}`, i, at, at, strings.Join(flags, ","))
}

// counted is how many counts there are of all flags.
func (s *server) counted(ctx context.Context) (int64, error) {
	var sum int64
	for i := range small.flags {
		raw, err := s.call(ctx, workload.Request{Method: http.MethodGet, Path: "/api/admin/client-metrics/features/" + string(flagName(i)) + "/raw"})
		if err != nil {
			return 0, err
		}
		var answer struct{ Data []struct{ Yes int64 } }
		if err := json.Unmarshal(raw, &answer); err != nil {
			return 0, err
		}
		for _, row := range answer.Data {
			sum += row.Yes
		}
	}
	return sum, nil
}
