package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"sync/atomic"
	"time"

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
	"github.com/burgeehq/burgee/internal/web"
)

// Proxy is a running `burgee proxy`: an edge with one token, whose clients show
// keys that the operator chose.
type Proxy struct {
	below

	config ProxyConfig
	early  atomic.Int64 // reports before there were flags
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
	p := &Proxy{config: config}
	p.host = host{listen: config.address(), basePath: config.base(), streams: config.streams()}
	p.upstream, p.metrics, p.started, p.late = upstream, telemetry.NewMetrics(config.Version), now(), millis(config.MetricsJitter)
	p.edge = edge.New(edge.Options{
		Upstream: upstream, Snapshots: snapshots, Now: now, Tokens: []string{config.UnleashAPIToken}, Strict: true, Closed: true, Mode: mode, Query: config.query(),
		Interval: millis(config.RefreshInterval), Revalidate: proxyRevalidation, Metrics: millis(config.MetricsInterval), Vault: vault, Describe: p.instanceData,
	})
	if err := p.countUsage(ctx, now, snapshots, millis(config.MetricsInterval)); err != nil {
		return nil, err
	}
	err = p.begin(ctx)
	if grant := p.grant(); err == nil && grant != nil && grant.Kind != token.Client {
		p.giveUp()
		err = fmt.Errorf("must be a client token, and it is one of the kind %s", grant.Kind)
	}
	if err != nil {
		return nil, fmt.Errorf("--unleash-api-token (UNLEASH_API_TOKEN): %w", err)
	}
	p.mount(snapshots, now)
	p.measure()
	return p, nil
}

// instanceData is what this proxy is.
func (p *Proxy) instanceData() edge.Instance {
	return p.describe(edge.Instance{ID: p.config.instance(), App: p.config.UnleashAppName, Version: p.config.Version}, nil)
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
		URL: withoutAPI(c.UnleashURL), App: c.UnleashAppName, Instance: c.instance(), Version: c.Version, TLS: trust, Interval: millis(c.RefreshInterval),
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

func (p *Proxy) mount(snapshots *snapshot.Store, now func() time.Time) {
	router := web.NewRouter()
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
	door.Mount(router)
	(&opsapi.Handler{Ready: p.ready, Metrics: p.metrics.Gatherer()}).Mount(router)
	peers, _ := p.config.trusted() // Check has seen the error
	p.handler = stack(p.metrics, peers, p.basePath, router)
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
	p.metrics.Counter("burgee_proxy_early_reports_total", "Reports of usage that came before the server above had said what the token may see, and were not counted.",
		func() float64 { return float64(p.early.Load()) })
	p.measureBelow()
}
