package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	manyTokens = 1_000_000
	starts     = 5
)

// tokens measures how long a server with a million client tokens needs from
// its start until it is ready, and its memory, beside an empty server.
func tokens(ctx context.Context, program string, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight) // keeps its first error until Flush
	_, _ = fmt.Fprintln(table, "tokens\tready, each start\tmedian\tresident\t")
	for _, n := range []int{0, manyTokens} {
		err := onSeeded(ctx, program, "", func(dir string) error { return seedTokens(ctx, dir, n) }, func(dir string) error {
			started, err := measureStarts(ctx, program, dir, nil)
			if err == nil {
				_, _ = fmt.Fprintf(table, "%d\t%v\t%v\t%d MB\t\n", n, started.took, median(started.took), started.resident>>20)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return table.Flush()
}

// seedTokens adds client tokens of a project each.
func seedTokens(ctx context.Context, dir string, n int) error {
	db, err := store.Open(ctx, store.Options{Dir: dir, Now: time.Now})
	if err != nil {
		return err
	}
	return errors.Join(inBatches(ctx, db, n, func(tx *store.Tx, i int) error {
		secret := fmt.Sprintf("default:development.%064x", i)
		return tx.InsertAPIToken(ctx, store.APIToken{
			ID: fmt.Sprintf("%026d", i), Digest: token.DigestOf(secret), Hint: token.Hint(secret), Name: "token-" + strconv.Itoa(i),
			Kind: token.Client, Scope: token.Scope{Projects: []string{"default"}, Environment: string(feature.Development)},
			CreatedAt: tx.Now(), CreatedBy: "bench",
		})
	}), db.Close())
}

// footprint is what several starts of a server took.
type footprint struct {
	took     []time.Duration // from the start of the process to ready
	resident int             // bytes, of the last one
}

// measureStarts starts a server on a directory again and again; use, which
// may be nil, runs on the last one before its memory is read.
func measureStarts(ctx context.Context, program, dir string, use func(*server) error) (footprint, error) {
	var f footprint
	for i := range starts {
		began := time.Now()
		s, err := startServer(ctx, program, dir)
		if err != nil {
			return f, err
		}
		f.took = append(f.took, time.Since(began).Round(time.Millisecond))
		if use != nil && i == starts-1 {
			err = use(s)
		}
		if err == nil {
			f.resident, err = s.resident()
		}
		if err := errors.Join(err, s.stop()); err != nil {
			return f, err
		}
	}
	return f, nil
}
