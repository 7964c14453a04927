package app

import (
	"context"
	"errors"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/usage"
)

const (
	usageInterval = 10 * time.Second // how much of the counts a crash may lose
	pruneInterval = time.Hour
)

// countUsage makes what adds up the reports of SDKs.
func (s *Server) countUsage(ctx context.Context, now func() time.Time) error {
	var err error
	s.usage, err = usage.New(ctx, usage.Options{
		Sink: usage.Database{DB: s.db, Keep: s.config.retention()}, Now: now,
		Project: func(environment feature.EnvironmentName, name feature.Name) (feature.ProjectID, bool) {
			return s.sdk.snapshots.Environment(environment).Project(name)
		},
	})
	if err != nil {
		return err
	}
	s.edges = usage.NewEdges(now)
	flushEdges := func(ctx context.Context) error { return s.edges.Flush(ctx, s.db) }
	s.control.FlushUsage = func(ctx context.Context) error { return errors.Join(s.usage.Flush(ctx), flushEdges(ctx)) }
	s.chores = append(s.chores,
		chore{name: "storing usage", every: usageInterval, run: s.usage.Flush, atStop: true},
		chore{name: "storing what edges report", every: usageInterval, run: flushEdges, atStop: true},
		chore{name: "pruning usage", every: pruneInterval, run: s.usage.Prune},
	)
	measureUsage(s.metrics, s.usage)
	s.metrics.Gauge("burgee_edges_connected", "Edges and proxies that reported to this process in the last 15 minutes.", func() float64 {
		return float64(len(s.edges.List()))
	})
	s.metrics.Counter("burgee_edges_dropped_total", "Reports of edges that were dropped because there are too many.", func() float64 {
		return float64(s.edges.Dropped())
	})
	return nil
}

// measureUsage adds what adding up keeps of itself.
func measureUsage(metrics *telemetry.Metrics, u *usage.Usage) {
	metrics.Gauge("burgee_usage_pending", "Rows of usage that wait in memory to be written.", func() float64 {
		return float64(u.Stats().Pending)
	})
	metrics.Counter("burgee_usage_written_total", "Rows of usage written.", func() float64 {
		return float64(u.Stats().Written)
	})
	metrics.Counter("burgee_usage_flush_failures_total", "Times that writing usage failed; it is tried again.", func() float64 {
		return float64(u.Stats().FlushFailures)
	})
	for reason, read := range map[string]func(usage.Dropped) int64{
		"series":       func(d usage.Dropped) int64 { return d.Series },
		"applications": func(d usage.Dropped) int64 { return d.Applications },
		"instances":    func(d usage.Dropped) int64 { return d.Instances },
		"unknown":      func(d usage.Dropped) int64 { return d.Unknown },
		"scope":        func(d usage.Dropped) int64 { return d.Scope },
		"refused":      func(d usage.Dropped) int64 { return d.Refused },
	} {
		metrics.Counter("burgee_usage_dropped_total", "Reported usage that was not kept, by the bound that was reached, or because the token may not see the flag.",
			func() float64 { return float64(read(u.Stats().Dropped)) }, "reason", reason)
	}
}
