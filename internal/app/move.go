package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// MoveConfig is what `burgee migrate` takes. An address is sqlite:// and the
// data directory, or postgres:// as DATABASE_URL has it.
type MoveConfig struct {
	From string `required:"true" help:"Database to copy: sqlite://DIRECTORY with the data directory, or postgres://user:password@host:5432/name. No server may be using it. Set the variable when it holds a password." env:"BURGEE_MIGRATE_FROM" placeholder:"URL"`
	To   string `required:"true" help:"Database to copy into, which must be empty." env:"BURGEE_MIGRATE_TO" placeholder:"URL"`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Move copies everything in one database to another one and verifies it. When
// it fails, the target is as empty as before.
func Move(ctx context.Context, config MoveConfig, streams Streams) (err error) {
	source, err := moveOptions("--from", config.From)
	if err != nil {
		return err
	}
	target, err := moveOptions("--to", config.To)
	if err != nil {
		return err
	}
	if source.URL == "" {
		if _, err := os.Stat(filepath.Join(source.Dir, store.FileName)); err != nil {
			return fmt.Errorf("--from must name the data directory of a server: %w", err)
		}
	}
	if target.URL == "" {
		if err := prepareDataDir(target.Dir); err != nil {
			return err
		}
	}
	from, err := store.Open(ctx, source)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := store.Open(ctx, target)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	moved, err := store.Move(ctx, from, to, moveProgress(streams))
	if err != nil {
		return err //nolint:wrapcheck // it says what to do
	}
	return reportMove(config, moved, streams)
}

// moveOptions reads an address.
func moveOptions(flag, address string) (store.Options, error) {
	o := store.Options{Now: time.Now}
	if dir, file := strings.CutPrefix(address, "sqlite://"); file {
		if o.Dir = strings.TrimSuffix(dir, store.FileName); o.Dir == "" {
			return o, fmt.Errorf("%s must name a directory after sqlite://, as in sqlite:///var/lib/burgee or sqlite://./data", flag)
		}
		return o, nil
	}
	var err error
	if o.URL, err = pgAddress(address); err != nil {
		return o, fmt.Errorf("%s must begin with sqlite:// or postgres://; one of PostgreSQL %w", flag, err)
	}
	return o, nil
}

// moveProgress tells what is being copied: each table once, and a long one
// every two seconds.
func moveProgress(streams Streams) func(string, int64) {
	last := time.Now()
	return func(table string, rows int64) {
		if time.Since(last) < progressEvery {
			return
		}
		last = time.Now()
		_, _ = fmt.Fprintf(streams.Err, "%s: %d\n", table, rows)
	}
}

func reportMove(config MoveConfig, moved []store.Moved, streams Streams) error {
	if config.JSON {
		return streams.printJSON(moved)
	}
	table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
	var rows int64
	_, _ = fmt.Fprintln(table, "TABLE\tROWS\tDIGEST") // the writer keeps its first error until Flush
	for _, m := range moved {
		rows += m.Rows
		if m.Rows > 0 {
			_, _ = fmt.Fprintf(table, "%s\t%d\t%s\n", m.Table, m.Rows, m.Digest[:16])
		}
	}
	_, _ = fmt.Fprintf(table, "all\t%d\tthe same on both sides\n", rows)
	return table.Flush() //nolint:wrapcheck // of standard output
}
