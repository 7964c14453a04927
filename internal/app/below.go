package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/usage"
)

// below is a process below another server: what an edge and a proxy have in
// common.
type below struct {
	host

	edge     *edge.Edge
	usage    *usage.Usage
	metrics  *telemetry.Metrics
	upstream *edge.Upstream // nil offline
	started  time.Time
	late     time.Duration // by chance, that a body of usage may be
	stop     context.CancelFunc
}

// keepInterval is how much of what is known a crash may lose.
const keepInterval = 10 * time.Second

// countUsage makes what adds up the reports of SDKs, to be sent at an interval.
func (b *below) countUsage(ctx context.Context, now func() time.Time, snapshots *snapshot.Store, every time.Duration) error {
	var err error
	b.usage, err = usage.New(ctx, usage.Options{
		Sink: b.edge.Forwarder, Now: now, Unknown: true,
		Project: func(environment feature.EnvironmentName, name feature.Name) (feature.ProjectID, bool) {
			return snapshots.Environment(environment).Project(name)
		},
	})
	b.chores = append(b.chores,
		chore{name: "sending usage", every: every, run: b.sendUsage},
		chore{name: "keeping what is known", every: keepInterval, run: b.keep},
		chore{name: "forgetting applications", every: pruneInterval, run: func(ctx context.Context) error { return b.usage.Prune(ctx) }},
	)
	return err
}

// begin takes over what was kept, asks about the tokens and begins to work. What
// fails has stopped.
func (b *below) begin(ctx context.Context) error {
	ctx, b.stop = context.WithCancel(context.WithoutCancel(ctx))
	b.release = b.close
	err := b.edge.Start(ctx)
	if err != nil {
		b.giveUp()
	}
	return err
}

// giveUp stops what begin began, and keeps and sends nothing.
func (b *below) giveUp() {
	b.stop()
	b.edge.Wait()
}

// sendUsage hands what was counted to the server above, late by chance when that
// is asked for.
func (b *below) sendUsage(ctx context.Context) error {
	if err := b.usage.Flush(ctx); err != nil {
		return err
	}
	if b.late > 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rand.N(b.late + 1)):
		}
	}
	return b.edge.Forwarder.Send(ctx)
}

// keep writes what is known to where it survives a restart.
func (b *below) keep(ctx context.Context) error {
	if err := b.usage.Flush(ctx); err != nil {
		return err
	}
	return b.edge.Keep(ctx)
}

// Flush hands on and keeps what is in memory, as the process does from time to
// time and at its stop.
func (b *below) Flush(ctx context.Context) error { return errors.Join(b.sendUsage(ctx), b.keep(ctx)) }

// close sends and keeps what is in memory and lets go of everything. It fails
// when usage is lost: when it was neither sent nor kept.
func (b *below) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	b.endStreams(ctx)
	err := b.usage.Flush(ctx)
	if sendErr := b.edge.Forwarder.SendNow(ctx); sendErr != nil {
		slog.WarnContext(ctx, "usage was not sent before the stop", "error", sendErr)
	}
	b.giveUp()
	if keepErr := b.edge.Keep(ctx); keepErr != nil {
		slog.WarnContext(ctx, "what is known was not kept before the stop", "error", keepErr)
		if waiting := b.edge.Forwarder.Stats().Pending; waiting > 0 {
			err = errors.Join(err, fmt.Errorf("%d counts and instances are lost: %w", waiting, keepErr))
		}
	}
	if b.upstream != nil {
		b.upstream.Close()
	}
	return errors.Join(err, b.edge.Close())
}

// describe completes what this process says it is, to the server above and to its
// operator.
func (b *below) describe(i edge.Instance, further []store.Edge) edge.Instance {
	i.Hosting, i.Started, i.Streams = "self-hosted", b.started.UTC(), int64(b.streams.Stats().Open)
	return b.edge.Describe(i, further)
}

// measureBelow adds the metrics that other packages keep.
func (b *below) measureBelow() {
	for name, counter := range map[string]struct {
		help string
		read func() int64
	}{
		"burgee_edge_fetch_failures_total":        {"Times that flags could not be fetched; what was there stays.", b.edge.Feeds.Failures},
		"burgee_edge_usage_sent_total":            {"Counts and instances that the server above took.", func() int64 { return b.edge.Forwarder.Stats().Sent }},
		"burgee_edge_usage_failures_total":        {"Times that usage could not be sent; it is kept and sent later.", func() int64 { return b.edge.Forwarder.Stats().Failures }},
		"burgee_edge_usage_dropped_oldest_total":  {"Counts and instances that were dropped, the oldest first, to make room while the server above took none.", func() int64 { return b.edge.Forwarder.Stats().DroppedOldest }},
		"burgee_edge_usage_dropped_refused_total": {"Counts and instances that were dropped because the server above does not take them.", func() int64 { return b.edge.Forwarder.Stats().DroppedBad }},
		"burgee_edge_keep_failures_total":         {"Times that what is known could not be kept over a restart, or read.", b.edge.KeepFailures},
		"burgee_chore_failures_total":             {"Times that repeated work failed; it is tried again.", b.failures.Load},
	} {
		b.metrics.Counter(name, counter.help, func() float64 { return float64(counter.read()) })
	}
	b.metrics.Gauge("burgee_edge_usage_pending", "Counts and instances that wait to be sent.", func() float64 { return float64(b.edge.Forwarder.Stats().Pending) })
	measureUsage(b.metrics, b.usage)
	measureStreams(b.metrics, b.streams)
}
