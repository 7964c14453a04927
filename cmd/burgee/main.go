// Command burgee is the feature flag server: one binary, a command for each
// way to run it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/burgeehq/burgee/internal/app"
)

// version is set by the linker: -X main.version=v1.2.3.
var version = "dev"

// commandLine is what the program accepts.
type commandLine struct {
	Serve   serveCommand   `cmd:"" help:"Run the server."`
	Edge    edgeCommand    `cmd:"" help:"Run an edge: SDKs are answered from what a server above has."`
	Proxy   proxyCommand   `cmd:"" help:"Run a proxy in the place of Unleash Proxy: clients show keys that you choose."`
	Token   tokenCommand   `cmd:"" help:"Create, list, rotate, explain and revoke API tokens, and find leaked ones."`
	User    userCommand    `cmd:"" help:"Let people in again, directly on the database."`
	Audit   auditCommand   `cmd:"" help:"Prove that the event log is as it was written."`
	Backup  backupCommand  `cmd:"" help:"Copy the SQLite database to a file and verify it, also while the server runs."`
	Restore restoreCommand `cmd:"" help:"Put a backup in the place of the database of a stopped server."`
	Migrate migrateCommand `cmd:"" help:"Copy everything from SQLite to PostgreSQL, or back, and verify it."`
	Health  healthCommand  `cmd:"" help:"Ask a running server whether it is well; exit status 1 when it is not. For containers."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

type serveCommand struct {
	app.ServeConfig
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context) error {
	if err := c.SetLog(); err != nil {
		return err
	}
	c.Version = version
	return app.Serve(ctx, c.ServeConfig, time.Now)
}

type healthCommand struct {
	app.HealthConfig
}

// Run asks the server.
func (c *healthCommand) Run(ctx context.Context, out io.Writer) error {
	return app.Health(ctx, c.HealthConfig, out)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(out io.Writer) error {
	_, err := fmt.Fprintf(out, "burgee %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func main() {
	err := run(os.Args[1:])
	if err == nil {
		return
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "burgee:", text)
	}
	var exit *app.ExitError
	if errors.As(err, &exit) {
		os.Exit(exit.Code)
	}
	os.Exit(1)
}

// run runs the command until it ends or the process is told to stop. A second
// signal ends the process at once.
func run(arguments []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	app.FitMemory()
	if err := app.LoadEnvironment(); err != nil {
		return err
	}
	parsed, err := parse(arguments)
	if err != nil {
		return err
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run()
}

// usageStatus is the exit status for a command line that cannot be understood.
const usageStatus = 2

// parse reads the command line and the environment. It prints help and ends
// the process when asked to.
func parse(arguments []string) (*kong.Context, error) {
	parser, err := kong.New(&commandLine{}, kong.Name("burgee"), kong.BindTo(os.Stdout, (*io.Writer)(nil)),
		kong.Bind(app.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}),
		kong.Description("Feature flags in one binary, compatible with Unleash. Every flag can be set by the variable named beside it."))
	if err != nil {
		return nil, fmt.Errorf("preparing the command line: %w", err)
	}
	parsed, err := parser.Parse(arguments)
	if err != nil {
		return nil, &app.ExitError{Code: usageStatus, Err: fmt.Errorf("%w\nRun \"burgee --help\" for what it accepts", err)}
	}
	return parsed, nil
}
