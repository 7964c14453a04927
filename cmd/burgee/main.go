// Command burgee is the feature flag server: one binary, a command for each
// way to run it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/burgeehq/burgee/internal/app"
)

// commandLine is what the program accepts.
type commandLine struct {
	Serve serveCommand `cmd:"" help:"Run the server."`
}

type serveCommand struct {
	app.ServeConfig
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context) error {
	server, err := app.NewServer(ctx, c.ServeConfig, time.Now)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "burgee:", err)
		os.Exit(1)
	}
}

// run runs the command until it ends or the process is told to stop.
func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := app.LoadSecretFiles(); err != nil {
		return err
	}
	var line commandLine
	parsed := kong.Parse(&line, kong.Name("burgee"), kong.Description("Feature flags in one binary, compatible with Unleash."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.UsageOnError())
	return parsed.Run()
}
