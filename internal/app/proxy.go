package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/frontendapi"
	"github.com/burgeehq/burgee/internal/opsapi"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// Proxy is a running `burgee proxy`: an edge with one token, whose clients show
// keys that the operator chose.
type Proxy struct {
	host

	config   ProxyConfig
	edge     *edge.Edge
	usage    *usage.Usage
	metrics  *telemetry.Metrics
	upstream *edge.Upstream
	stop     context.CancelFunc
	early    atomic.Int64 // reports before there were flags
}

// proxyRevalidation is how often the server above is asked whether the token
// still lives; a Burgee above tells at once.
const proxyRevalidation = time.Minute

// NewProxy asks the server above about the token and begins to work. The caller
// must call Close, or Run, which closes.
func NewProxy(ctx context.Context, config ProxyConfig, now func() time.Time) (*Proxy, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	upstream, err := config.upstream()
	if err != nil {
		return nil, err
	}
	vault, err := config.vault()
	if err != nil {
		return nil, err
	}
	snapshots := snapshot.NewStore(eval.NewCompiler(eval.Options{Hostname: hostname(), Hash: eval.LowByte}))
	mode := edge.Auto
	if config.query() != nil {
		mode = edge.Polling // a stream cannot be narrowed
	}
	p := &Proxy{
		host:   host{listen: config.address(), basePath: config.base()},
		config: config, upstream: upstream, metrics: telemetry.NewMetrics(config.Version),
		edge: edge.New(edge.Options{
			Upstream: upstream, Snapshots: snapshots, Now: now, Tokens: []string{config.UnleashAPIToken}, Strict: true, Closed: true, Mode: mode, Query: config.query(),
			Interval: millis(config.RefreshInterval), Revalidate: proxyRevalidation, Metrics: millis(config.MetricsInterval), Vault: vault,
		}),
	}
	p.release, p.streams = p.close, config.streams()
	if err := p.countUsage(ctx, now, snapshots); err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	p.stop = stop
	err = p.edge.Start(running)
	if grant := p.grant(); err == nil && grant != nil && grant.Kind != token.Client {
		err = fmt.Errorf("must be a client token, and it is one of the kind %s", grant.Kind)
	}
	if err != nil {
		stop()
		p.edge.Wait()
		return nil, fmt.Errorf("--unleash-api-token (UNLEASH_API_TOKEN): %w", err)
	}
	p.mount(snapshots, now)
	p.beside = append(p.beside, config.serveProfiles)
	p.measure()
	return p, nil
}

// grant is what the token of this proxy sees; nil while nobody knows, and when it
// is not live any more.
func (p *Proxy) grant() *auth.Grant {
	return p.edge.Verdicts.Known(token.DigestOf(p.config.UnleashAPIToken))
}

func (c ProxyConfig) upstream() (*edge.Upstream, error) {
	var trust *tls.Config
	if !c.RejectUnauthorized {
		trust = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true} //nolint:gosec // the operator asks for it
	}
	upstream, err := edge.NewUpstream(edge.UpstreamOptions{
		URL: c.upstreamURL(), App: c.UnleashAppName, Instance: c.instance(), Version: c.Version, TLS: trust, Interval: millis(c.RefreshInterval),
	})
	if err != nil {
		return nil, fmt.Errorf("--unleash-url (UNLEASH_URL): %w", err)
	}
	return upstream, nil
}

// vault is where a proxy keeps what it knows; nil for nowhere.
func (c ProxyConfig) vault() (*edge.Vault, error) {
	if c.BackupFolder == "" {
		return nil, nil //nolint:nilnil // nothing is kept
	}
	folder, err := edge.NewFolder(c.BackupFolder)
	if err != nil {
		return nil, fmt.Errorf("--backup-folder (BACKUP_FOLDER): %w", err)
	}
	return edge.NewVault(folder, []string{c.UnleashAPIToken}, c.instance())
}

// countUsage makes what adds up the reports of SDKs.
func (p *Proxy) countUsage(ctx context.Context, now func() time.Time, snapshots *snapshot.Store) error {
	var err error
	if p.usage, err = usageAbove(ctx, p.edge.Forwarder, now, snapshots); err != nil {
		return err
	}
	p.chores = append(p.chores,
		chore{name: "sending usage", every: millis(p.config.MetricsInterval), run: p.sendUsage},
		chore{name: "keeping what is known", every: keepInterval, run: p.keep},
		chore{name: "forgetting applications", every: pruneInterval, run: p.usage.Prune},
	)
	return nil
}

// sendUsage hands what was counted to the server above, late by chance when the
// operator asks for it.
func (p *Proxy) sendUsage(ctx context.Context) error {
	if err := p.usage.Flush(ctx); err != nil {
		return err
	}
	if p.config.MetricsJitter > 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(millis(rand.IntN(p.config.MetricsJitter + 1))):
		}
	}
	return p.edge.Forwarder.Send(ctx)
}

// keep writes what is known to where it survives a restart.
func (p *Proxy) keep(ctx context.Context) error {
	if err := p.usage.Flush(ctx); err != nil {
		return err
	}
	return p.edge.Keep(ctx)
}

func (p *Proxy) mount(snapshots *snapshot.Store, now func() time.Time) {
	peers, _ := p.config.trusted() // Check has seen the error
	p.router = chi.NewRouter()
	p.router.Use(web.Stack(web.StackOptions{
		TrustedProxies: peers, BasePath: p.basePath, Everywhere: opsapi.Serves,
		Observe:  func(o web.Observation) { p.metrics.Request(o.Method, o.Route, o.Status, o.Elapsed) },
		Panicked: p.metrics.Panicked,
	})...)
	origins := &frontendapi.Origins{}
	origins.Set(list(p.config.CORSOrigin))
	door := &frontendapi.Proxy{
		Handler: &frontendapi.Handler{
			Snapshots: snapshots, Usage: p.usage, Origins: origins, CORS: p.config.cors(), Streams: p.streams, Now: now, BasePath: p.basePath, Environment: p.config.Environment,
		},
		Grant: p.grant, Ended: p.edge.Watch, Ready: p.ready,
		Clients: frontendapi.NewKeys(p.config.clientKeys()), Servers: frontendapi.NewKeys(list(p.config.ServerTokens)), KeyHeader: p.config.KeyHeader,
		All: bool(p.config.AllEndpoint), App: p.config.UnleashAppName, CORS: p.config.cors(),
		Metrics: promhttp.HandlerFor(p.metrics.Gatherer(), promhttp.HandlerOpts{MaxRequestsInFlight: 4}),
		Early:   func() { p.early.Add(1) },
	}
	door.Mount(p.router)
	(&opsapi.Handler{Ready: p.ready, Metrics: p.metrics.Gatherer()}).Mount(p.router)
}

// ready returns a fault that says why requests should not be sent here.
func (p *Proxy) ready(ctx context.Context) error {
	if p.stopping.Load() {
		return fault.New(fault.Unavailable, "the proxy is stopping")
	}
	if err := p.edge.Ready(ctx); err != nil {
		return err
	}
	if p.grant() == nil {
		return fault.New(fault.Unavailable, "the server above no longer knows the token of this proxy")
	}
	return nil
}

// measure adds the metrics that other packages keep, and those of Unleash Proxy
// by their names.
func (p *Proxy) measure() {
	feed := func(read func(edge.FeedStatus) time.Time) func() float64 {
		return func() float64 {
			var newest time.Time
			for _, s := range p.edge.Feeds.Status() {
				if at := read(s); at.After(newest) {
					newest = at
				}
			}
			if newest.IsZero() {
				return 0
			}
			return float64(newest.UnixMilli())
		}
	}
	p.metrics.Gauge("unleash_proxy_up", "1 while the proxy runs.", func() float64 { return 1 })
	p.metrics.Gauge("last_metrics_update_epoch_timestamp_ms", "When flags last changed, in Unix milliseconds; 0 for never.",
		feed(func(s edge.FeedStatus) time.Time { return s.ChangedAt }))
	p.metrics.Gauge("last_metrics_fetch_epoch_timestamp_ms", "When the server above last said what is current, in Unix milliseconds; 0 for never.",
		feed(func(s edge.FeedStatus) time.Time { return s.CheckedAt }))
	for name, counter := range map[string]struct {
		help string
		read func() int64
	}{
		"burgee_proxy_early_reports_total":        {"Reports of usage that came before the server above had said what the token may see, and were not counted.", p.early.Load},
		"burgee_edge_fetch_failures_total":        {"Times that flags could not be fetched; what was there stays.", p.edge.Feeds.Failures},
		"burgee_edge_usage_sent_total":            {"Counts and instances that the server above took.", func() int64 { return p.edge.Forwarder.Stats().Sent }},
		"burgee_edge_usage_failures_total":        {"Times that usage could not be sent; it is kept and sent later.", func() int64 { return p.edge.Forwarder.Stats().Failures }},
		"burgee_edge_usage_dropped_oldest_total":  {"Counts and instances that were dropped, the oldest first, to make room while the server above took none.", func() int64 { return p.edge.Forwarder.Stats().DroppedOldest }},
		"burgee_edge_usage_dropped_refused_total": {"Counts and instances that were dropped because the server above does not take them.", func() int64 { return p.edge.Forwarder.Stats().DroppedBad }},
		"burgee_edge_keep_failures_total":         {"Times that what is known could not be kept over a restart, or read.", p.edge.KeepFailures},
		"burgee_chore_failures_total":             {"Times that repeated work failed; it is tried again.", p.failures.Load},
	} {
		p.metrics.Counter(name, counter.help, func() float64 { return float64(counter.read()) })
	}
	measureUsage(p.metrics, p.usage)
	measureStreams(p.metrics, p.streams)
}

// close sends and keeps what is in memory and lets go of everything.
func (p *Proxy) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	err := p.usage.Flush(ctx)
	if sendErr := p.edge.Forwarder.SendNow(ctx); sendErr != nil {
		slog.WarnContext(ctx, "usage was not sent before the stop", "error", sendErr)
	}
	p.stop()
	p.edge.Wait()
	err = errors.Join(err, p.edge.Keep(ctx), p.edge.Close())
	p.upstream.Close()
	return err
}
