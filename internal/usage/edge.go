package usage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

const (
	// MaxEdges is how many edges are known at a time. Reports of further ones are
	// dropped and counted.
	MaxEdges = 1_000
	// KeepEdges is how long an edge that says nothing counts as connected. They
	// report once a minute, and after errors every eleven at the least.
	KeepEdges = 15 * time.Minute
)

// What is kept of one report.
const (
	maxEdgeScopes   = 100
	maxEdgeProjects = 100
	maxEdgesBelow   = 100
	maxEdgeDepth    = 5
)

type (
	wireEdge struct {
		ID      anyText    `json:"identifier"`
		App     anyText    `json:"appName"`
		Version anyText    `json:"edgeVersion"`
		Region  anyText    `json:"region"`
		Hosting anyText    `json:"hosting"`
		Started instant    `json:"started"`
		Streams number     `json:"connectedStreamingClients"`
		Below   []wireEdge `json:"connectedEdges"`
		Latency struct {
			Features struct {
				Average number `json:"avg"`
				Count   number `json:"count"`
				P99     number `json:"p99"`
			} `json:"features"`
		} `json:"latencyUpstream"`
		// Two names: that of the document, and that of Unleash Edge.
		Keys     []wireEdgeKey `json:"apiKeyRevisionIds"`
		EdgeKeys []wireEdgeKey `json:"edgeApiKeyRevisionIds"`
	}
	wireEdgeKey struct {
		Environment anyText   `json:"environment"`
		Projects    []anyText `json:"projects"`
		Revision    number    `json:"revisionId"`
		Updated     instant   `json:"lastUpdated"`
	}
)

// ReadEdge reads the body of POST /api/client/metrics/edge: what an edge says
// of itself. An Invalid error names the field that breaks a rule. Beyond bounds
// that are generous the rest of a list is left out.
func ReadEdge(raw []byte) (store.Edge, error) {
	var w wireEdge
	if err := decode(raw, &w); err != nil {
		return store.Edge{}, err
	}
	e := store.Edge{
		ID: w.ID.short(), App: w.App.short(), Version: w.Version.short(), Region: w.Region.short(), Hosting: w.Hosting.short(),
		Average: w.Latency.Features.Average.float, P99: w.Latency.Features.P99.float,
	}
	if e.ID == "" {
		return e, fault.Field("/body/identifier", "identifier is required: what tells this edge from others")
	}
	if strings.TrimSpace(e.App) == "" {
		return e, fault.Field("/body/appName", "appName is required: the name of the edge")
	}
	var err error
	if e.Started, err = w.Started.optional("/body/started"); err != nil {
		return e, err
	}
	if e.Streams, err = w.Streams.value("/body/connectedStreamingClients"); err != nil {
		return e, err
	}
	if e.Requests, err = w.Latency.Features.Count.value("/body/latencyUpstream/features/count"); err != nil {
		return e, err
	}
	if e.Scopes, err = readScopes(append(w.Keys, w.EdgeKeys...)); err != nil {
		return e, err
	}
	e.Below = w.below(nil, maxEdgeDepth)
	return e, nil
}

func readScopes(keys []wireEdgeKey) ([]store.EdgeData, error) {
	var scopes []store.EdgeData
	for _, key := range keys[:min(len(keys), maxEdgeScopes)] {
		revision, err := key.Revision.value("/body/apiKeyRevisionIds/revisionId")
		if err != nil {
			return nil, err
		}
		updated, err := key.Updated.optional("/body/apiKeyRevisionIds/lastUpdated")
		if err != nil {
			return nil, err
		}
		scope := store.EdgeData{Environment: key.Environment.short(), Revision: revision, Updated: updated, Projects: []string{}}
		for _, project := range key.Projects[:min(len(key.Projects), maxEdgeProjects)] {
			scope.Projects = append(scope.Projects, project.short())
		}
		scopes = append(scopes, scope)
	}
	return scopes, nil
}

// below lists the edges behind one, nearest first.
func (w *wireEdge) below(known []store.EdgeLink, depth int) []store.EdgeLink {
	for i := range w.Below {
		if b := &w.Below[i]; depth > 0 && len(known) < maxEdgesBelow {
			known = append(known, store.EdgeLink{
				ID: b.ID.short(), App: b.App.short(), Version: b.Version.short(), Region: b.Region.short(), Via: w.ID.short(),
			})
			known = b.below(known, depth-1)
		}
	}
	return known
}

// Edges knows the edges that report to this process. It is safe for concurrent
// use. Make it with [NewEdges].
type Edges struct {
	now func() time.Time

	mu      sync.Mutex
	all     map[string]store.Edge
	changed map[string]bool // since the last flush
	dropped int64
}

// NewEdges returns an empty list.
func NewEdges(now func() time.Time) *Edges {
	return &Edges{now: now, all: map[string]store.Edge{}, changed: map[string]bool{}}
}

// Add notes what an edge said with a token of the public id.
func (l *Edges) Add(e store.Edge, token string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Token, e.SeenAt = token, l.now()
	if _, known := l.all[e.ID]; !known && len(l.all) >= MaxEdges {
		l.forget()
		if len(l.all) >= MaxEdges {
			l.dropped++
			return
		}
	}
	l.all[e.ID] = e
	l.changed[e.ID] = true
}

// forget drops edges that said nothing for long.
func (l *Edges) forget() {
	for id, e := range l.all {
		if e.SeenAt.Before(l.now().Add(-KeepEdges)) {
			delete(l.all, id)
			delete(l.changed, id)
		}
	}
}

// List returns the edges that are connected, by application and identifier.
func (l *Edges) List() []store.Edge {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget()
	list := make([]store.Edge, 0, len(l.all))
	for _, e := range l.all {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b store.Edge) int {
		return strings.Compare(a.App+"\x00"+a.ID, b.App+"\x00"+b.ID)
	})
	return list
}

// Dropped returns how many reports were dropped because MaxEdges are connected.
func (l *Edges) Dropped() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

// Flush stores what was reported since the last call. What could not be stored
// waits for the next.
func (l *Edges) Flush(ctx context.Context, db *store.DB) error {
	fresh := l.take()
	if len(fresh) == 0 {
		return nil
	}
	err := db.Tally(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.SeeEdges(ctx, fresh), tx.PruneEdges(ctx, tx.Now().Add(-KeepEdges), MaxEdges))
	})
	if err != nil {
		l.giveBack(fresh)
		return fmt.Errorf("storing edges: %w", err)
	}
	return nil
}

func (l *Edges) take() []store.Edge {
	l.mu.Lock()
	defer l.mu.Unlock()
	fresh := make([]store.Edge, 0, len(l.changed))
	for id := range l.changed {
		fresh = append(fresh, l.all[id])
	}
	clear(l.changed)
	return fresh
}

func (l *Edges) giveBack(edges []store.Edge) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range edges {
		if _, known := l.all[e.ID]; known {
			l.changed[e.ID] = true
		}
	}
}
