package main

import (
	"context"
	"io"
	"time"

	"github.com/burgeehq/burgee/internal/app"
)

// edgeCommand is `burgee edge`, and what asks a running one.
type edgeCommand struct {
	Run    edgeRunCommand `cmd:"" default:"withargs" help:"Run an edge."`
	Health edgeHealth     `cmd:"" help:"Ask a running edge whether it is well; exit status 1 when it is not."`
	Ready  edgeReady      `cmd:"" help:"Ask a running edge whether it is ready; exit status 1 when it is not."`
}

type edgeRunCommand struct {
	app.EdgeConfig
}

// Run serves until the context ends.
func (c *edgeRunCommand) Run(ctx context.Context) error {
	if err := c.SetLog(); err != nil {
		return err
	}
	c.Version = version
	edge, err := app.NewEdge(ctx, c.EdgeConfig, time.Now)
	if err != nil {
		return err
	}
	return edge.Run(ctx)
}

type edgeHealth struct {
	app.ProbeConfig
}

// Run asks the edge.
func (c *edgeHealth) Run(ctx context.Context, out io.Writer) error {
	return app.Probe(ctx, c.ProbeConfig, "health", out)
}

type edgeReady struct {
	app.ProbeConfig
}

// Run asks the edge.
func (c *edgeReady) Run(ctx context.Context, out io.Writer) error {
	return app.Probe(ctx, c.ProbeConfig, "ready", out)
}
