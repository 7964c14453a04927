package adminapi

import (
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
)

// EdgeList is the edges and proxies that are connected.
type EdgeList struct {
	Edges []Edge `json:"edges" doc:"Last seen first; one that says nothing for 15 minutes is gone"`
}

// Edge is an edge or a proxy that is connected to this server.
type Edge struct {
	Identifier                string      `json:"identifier" doc:"It gives itself, new at each start"`
	AppName                   string      `json:"appName"`
	EdgeVersion               string      `json:"edgeVersion"`
	Region                    string      `json:"region"`
	Hosting                   string      `json:"hosting"`
	Started                   *time.Time  `json:"started" nullable:"true"`
	LastSeenAt                time.Time   `json:"lastSeenAt"`
	ConnectedStreamingClients int64       `json:"connectedStreamingClients"`
	LatencyUpstream           EdgeLatency `json:"latencyUpstream"`
	Environments              []EdgeScope `json:"environments" doc:"What it serves"`
	ConnectedEdges            []EdgeBelow `json:"connectedEdges" doc:"Edges behind it"`
	Token                     EdgeToken   `json:"token" doc:"With which it reports"`
}

// EdgeLatency is how long an edge waits for this server.
type EdgeLatency struct {
	Avg   float64 `json:"avg" doc:"Milliseconds"`
	P99   float64 `json:"p99" doc:"Milliseconds"`
	Count int64   `json:"count"`
}

// EdgeScope is what an edge holds of an environment.
type EdgeScope struct {
	Environment       string     `json:"environment"`
	Projects          []string   `json:"projects"`
	RevisionID        int64      `json:"revisionId" doc:"Of what it serves"`
	CurrentRevisionID int64      `json:"currentRevisionId" doc:"Of what this server would serve"`
	Behind            bool       `json:"behind" doc:"It did not have the newest change when it reported"`
	LastUpdated       *time.Time `json:"lastUpdated" nullable:"true"`
}

// EdgeBelow is an edge behind another one.
type EdgeBelow struct {
	Identifier  string `json:"identifier"`
	AppName     string `json:"appName"`
	EdgeVersion string `json:"edgeVersion"`
	Region      string `json:"region"`
	Via         string `json:"via" doc:"The edge that it is connected to"`
}

// EdgeToken is a token without its secret.
type EdgeToken struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Hint string `json:"hint" doc:"Head and tail of the secret"`
}

// allProjects stands for every project in what an edge says.
const allProjects = "*"

func (h *Handler) edgeRoutes() []Route {
	return []Route{
		read("/metrics/edges", "getConnectedEdges", "List the edges and proxies that are connected",
			in(access.AdminAll, access.ReadClientToken), h.edges),
	}
}

func (h *Handler) edges(c *Call) (EdgeList, error) {
	known, err := h.Control.Edges(c.r.Context(), usage.KeepEdges, usage.MaxEdges)
	list := EdgeList{Edges: make([]Edge, 0, len(known))}
	for i := range known {
		list.Edges = append(list.Edges, h.edge(&known[i]))
	}
	return list, err
}

func (h *Handler) edge(e *store.Edge) Edge {
	shown := Edge{
		Identifier: e.ID, AppName: e.App, EdgeVersion: e.Version, Region: e.Region, Hosting: e.Hosting,
		Started: e.Started, LastSeenAt: e.SeenAt, ConnectedStreamingClients: e.Streams,
		LatencyUpstream: EdgeLatency{Avg: e.Average, P99: e.P99, Count: e.Requests},
		Environments:    []EdgeScope{}, ConnectedEdges: []EdgeBelow{}, Token: EdgeToken{ID: e.Token, Name: e.TokenName, Hint: e.TokenHint},
	}
	for _, s := range e.Scopes {
		current := h.Revision(token.Scope{AllProjects: slices.Contains(s.Projects, allProjects), Projects: s.Projects, Environment: s.Environment})
		shown.Environments = append(shown.Environments, EdgeScope{
			Environment: s.Environment, Projects: s.Projects, RevisionID: s.Revision, CurrentRevisionID: current,
			Behind: s.Revision < current, LastUpdated: s.Updated,
		})
	}
	for _, b := range e.Below {
		shown.ConnectedEdges = append(shown.ConnectedEdges, EdgeBelow{
			Identifier: b.ID, AppName: b.App, EdgeVersion: b.Version, Region: b.Region, Via: b.Via,
		})
	}
	return shown
}
