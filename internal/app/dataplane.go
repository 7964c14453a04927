package app

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/clientapi"
	"github.com/burgeehq/burgee/internal/edgeapi"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/frontendapi"
	"github.com/burgeehq/burgee/internal/snapshot"
)

// dataPlane is what SDKs talk to.
type dataPlane struct {
	snapshots *snapshot.Store
	client    *clientapi.Handler
	frontend  *frontendapi.Handler
	edge      *edgeapi.Handler
}

// newDataPlane loads all flags and keeps them current from then on.
func newDataPlane(ctx context.Context, s *Server, now func() time.Time) (dataPlane, error) {
	s.control.Evaluation = eval.Options{Hostname: hostname(), Hash: eval.LowByte}
	snapshots := snapshot.NewStore(eval.NewCompiler(s.control.Evaluation))
	origins := &frontendapi.Origins{}
	f := &feed{db: s.db, snapshots: snapshots, origins: func(ctx context.Context) error {
		list, err := s.control.FrontendOrigins(ctx)
		if list == nil {
			list = s.config.FrontendOrigins
		}
		if err == nil {
			origins.Set(list)
		}
		return err
	}}
	if err := f.start(ctx); err != nil {
		return dataPlane{}, fmt.Errorf("loading the flags: %w", err)
	}
	return dataPlane{
		snapshots: snapshots,
		client: &clientapi.Handler{
			Auth: s.auth, Snapshots: snapshots, Usage: s.usage, Edges: s.edges, CatchUp: s.auth.CatchUp, Version: s.config.Version,
			Streams: s.streams,
		},
		frontend: &frontendapi.Handler{Auth: s.auth, Snapshots: snapshots, Usage: s.usage, Origins: origins, Streams: s.streams, Now: now, BasePath: s.config.BasePath},
		edge:     edgeapi.New(s.auth, now),
	}, nil
}

func (d dataPlane) mount(r chi.Router) {
	d.client.Mount(r)
	d.frontend.Mount(r)
	d.edge.Mount(r)
}

// hostname is the name of this machine for strategies; without one, the strategy
// applicationHostname matches none.
func hostname() string {
	host := os.Getenv("HOSTNAME") // as the Node engine: the variable first
	if host == "" {
		host, _ = os.Hostname()
	}
	return host
}
