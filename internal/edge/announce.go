package edge

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// announceInterval is between reports of what this edge is.
const announceInterval = time.Minute

// Instance is what an edge says it is: to the server above, and to its operator.
type Instance struct {
	ID        string        `json:"identifier"`
	App       string        `json:"appName"`
	Version   string        `json:"edgeVersion"`
	Region    string        `json:"region"`
	Hosting   string        `json:"hosting"`
	Started   time.Time     `json:"started"`
	Streams   int64         `json:"connectedStreamingClients"`
	Latencies Latencies     `json:"latencyUpstream"`
	Keys      []InstanceKey `json:"edgeApiKeyRevisionIds"`
	Below     []Instance    `json:"connectedEdges"`
}

// Latencies are how long the server above takes.
type Latencies struct {
	Features Latency `json:"features"`
}

// Latency is in milliseconds, of the latest downloads.
type Latency struct {
	Average float64 `json:"avg"`
	P99     float64 `json:"p99"`
	Count   int64   `json:"count"` // since the start
}

// InstanceKey is what an edge holds with one token.
type InstanceKey struct {
	Environment string     `json:"environment"`
	Projects    []string   `json:"projects"`
	Revision    int64      `json:"revisionId"`
	Updated     *time.Time `json:"lastUpdated"`
}

// Describe completes what an edge says it is with what its feeds and the edges
// below it say.
func (e *Edge) Describe(i Instance, below []store.Edge) Instance {
	i.Latencies.Features = e.Feeds.latency.read()
	i.Keys, i.Below = []InstanceKey{}, []Instance{}
	for _, s := range e.Feeds.Status() {
		i.Keys = append(i.Keys, InstanceKey{s.Environment, s.Projects, s.Revision, orNil(s.ChangedAt)})
	}
	for _, b := range below {
		i.Below = append(i.Below, instanceOf(b))
	}
	return i
}

func instanceOf(b store.Edge) Instance {
	i := Instance{
		ID: b.ID, App: b.App, Version: b.Version, Region: b.Region, Hosting: b.Hosting, Streams: b.Streams,
		Latencies: Latencies{Latency{b.Average, b.P99, b.Requests}}, Keys: []InstanceKey{}, Below: []Instance{},
	}
	if b.Started != nil {
		i.Started = *b.Started
	}
	for _, s := range b.Scopes {
		i.Keys = append(i.Keys, InstanceKey{s.Environment, s.Projects, s.Revision, s.Updated})
	}
	for _, link := range b.Below {
		i.Below = append(i.Below, Instance{ID: link.ID, App: link.App, Version: link.Version, Region: link.Region, Keys: []InstanceKey{}, Below: []Instance{}})
	}
	return i
}

// announce tells the server above what this edge is, at the interval; less often
// when it does not want to know.
func (e *Edge) announce(ctx context.Context) {
	b := backoff{interval: announceInterval}
	for wait := jitter(announceInterval/20, 2); sleep(ctx, wait); {
		secret := e.Feeds.anySecret()
		if secret == "" {
			continue
		}
		body, err := json.Marshal(e.options.Describe())
		if err == nil {
			err = e.options.Upstream.Post(ctx, "/api/client/metrics/edge", secret, body)
		}
		if err == nil {
			wait = b.succeeded()
			continue
		}
		slog.DebugContext(ctx, "the server above does not want to know what this edge is", "error", err)
		wait = b.failed(err)
	}
}

// latency remembers how long the latest downloads took.
type latency struct {
	mu    sync.Mutex
	last  []time.Duration // at most maxLatencies, as a ring
	count int64
}

const maxLatencies = 100

func (l *latency) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) < maxLatencies {
		l.last = append(l.last, d)
	} else {
		l.last[l.count%maxLatencies] = d
	}
	l.count++
}

func (l *latency) read() Latency {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == 0 {
		return Latency{}
	}
	sorted := slices.Sorted(slices.Values(l.last))
	var sum time.Duration
	for _, d := range sorted {
		sum += d
	}
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Latency{
		Average: milliseconds(sum / time.Duration(len(sorted))), P99: milliseconds(sorted[(len(sorted)*99-1)/100]), Count: l.count,
	}
}
