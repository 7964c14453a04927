package app

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/edgeapi"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
)

// backstage is what the operator of an edge may see.
func (e *Edge) backstage(snapshots *snapshot.Store) *edgeapi.Backstage {
	b := &edgeapi.Backstage{Ready: func(r *http.Request) error { return e.ready(r.Context()) }}
	if !e.config.DisableMetrics {
		b.Metrics = promhttp.HandlerFor(e.metrics.Gatherer(), promhttp.HandlerOpts{MaxRequestsInFlight: 4})
	}
	if !e.config.DisableFeatures {
		b.Features = func() any {
			all := map[string]json.RawMessage{}
			for _, name := range e.edge.Catalogue.Environments() {
				environment := snapshots.Environment(feature.EnvironmentName(name))
				scope := token.Scope{AllProjects: true, Environment: name}
				all[name] = environment.View(snapshot.Scope{Token: scope, Key: name + "\x00*"}).Payload(false).Body().Bytes
			}
			return all
		}
	}
	if !e.config.DisableTokens {
		b.Tokens = func() any { return e.edge.Report() }
	}
	if !e.config.DisableMetricsBatch {
		b.MetricsBatch = func() any { return e.edge.Forwarder.Waiting() }
	}
	if !e.config.DisableInstance {
		b.Instance = func() any {
			i := e.instanceData()
			return map[string]any{"this_instance": i, "connected_instances": i.Below}
		}
	}
	return b
}

// instanceData is what this edge is.
func (e *Edge) instanceData() edge.Instance {
	return e.describe(edge.Instance{ID: e.config.instance(), App: e.config.AppName, Region: e.config.Region, Version: e.config.Version}, e.further.List())
}

// measure adds the metrics that other packages keep.
func (e *Edge) measure() {
	gauge := func(name, help string, read func() int) {
		e.metrics.Gauge(name, help, func() float64 { return float64(read()) })
	}
	gauge("burgee_edge_tokens", "Live tokens that are remembered.", func() int { return e.edge.Verdicts.Stats().Known })
	gauge("burgee_edge_tokens_refused", "Secrets that are remembered not to be live.", func() int { return e.edge.Verdicts.Stats().Refused })
	gauge("burgee_edge_tokens_waiting", "Secrets that the server above is being asked about.", func() int { return e.edge.Verdicts.Stats().Waiting })
	gauge("burgee_edge_environments", "Environments that there are flags of.", func() int { return len(e.edge.Catalogue.Environments()) })
	gauge("burgee_edges_listening", "Edges below that are told which tokens have ended.", func() int { return int(e.edges.Open()) })
	gauge("burgee_edges_connected", "Edges below that reported in the last 15 minutes.", func() int { return len(e.further.List()) })
	e.metrics.Gauge("burgee_edge_checked_timestamp_seconds", "When the server above last said, of the feed for which that is longest ago, what is current.", e.checkedAt)
	for name, counter := range map[string]struct {
		help string
		read func() int64
	}{
		"burgee_edge_tokens_revoked_total": {"Tokens that were live and then not any more.", func() int64 { return e.edge.Verdicts.Stats().Revoked }},
		"burgee_edge_tokens_evicted_total": {"Live tokens that were forgotten to make room; they are asked about again.", func() int64 { return e.edge.Verdicts.Stats().Evicted }},
		"burgee_edge_tokens_denied_total":  {"Requests with a secret that is not live.", func() int64 { return e.edge.Verdicts.Stats().Denied }},
	} {
		e.metrics.Counter(name, counter.help, func() float64 { return float64(counter.read()) })
	}
	e.measureBelow()
}

// checkedAt is in Unix seconds; 0 while a feed has nothing yet.
func (e *Edge) checkedAt() float64 {
	var oldest time.Time
	for i, s := range e.edge.Feeds.Status() {
		if i == 0 || s.CheckedAt.Before(oldest) {
			oldest = s.CheckedAt
		}
	}
	if oldest.IsZero() {
		return 0
	}
	return float64(oldest.UnixMilli()) / 1000
}

// ProbeConfig is every setting of `burgee edge health` and `burgee edge ready`.
type ProbeConfig struct {
	EdgeURL     string `short:"e" help:"Address of the edge, with its base path." default:"http://localhost:3063" env:"EDGE_URL"`
	Certificate string `short:"c" name:"ca-certificate-file" help:"PEM file with certificates to believe." env:"CA_CERTIFICATE_FILE"`
}

// Probe asks a running edge one of the questions health and ready, for
// containers without curl. It returns nil for status 200 and says on out what
// the edge said.
func Probe(ctx context.Context, config ProbeConfig, question string, out io.Writer) error {
	address, err := url.Parse(strings.TrimRight(config.EdgeURL, "/") + "/internal-backstage/" + question)
	if err != nil || address.Host == "" {
		return fmt.Errorf("--edge-url %q is no address such as http://localhost:3063", config.EdgeURL)
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if config.Certificate != "" {
		if trust.RootCAs, err = certificates("--ca-certificate-file", config.Certificate); err != nil {
			return err
		}
	}
	return probe(ctx, address, trust, out)
}
