package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	manyTokens = 1_000_000
	tokenRuns  = 5
)

// tokens measures how long a server with a million client tokens needs from
// its start until it is ready, and its memory, in turns with an empty server.
func tokens(ctx context.Context, program string, out io.Writer) (err error) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight) // keeps its first error until Flush
	_, _ = fmt.Fprintln(table, "tokens\tready, each run\tmedian\tresident\t")
	var dirs []string
	defer func() {
		for _, dir := range dirs {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	counts := []int{0, manyTokens}
	for _, n := range counts {
		dir, err := os.MkdirTemp("", "burgee-bench-")
		if err != nil {
			return err
		}
		dirs = append(dirs, dir)
		if err := withTokens(ctx, program, dir, n); err != nil {
			return err
		}
	}
	took, resident := make([][]time.Duration, len(counts)), make([]int, len(counts))
	for range tokenRuns {
		for i, dir := range dirs {
			began := time.Now()
			s, err := startServer(ctx, program, dir)
			if err != nil {
				return err
			}
			took[i] = append(took[i], time.Since(began).Round(time.Millisecond))
			resident[i], err = s.resident()
			if err := errors.Join(err, s.stop()); err != nil {
				return err
			}
		}
	}
	for i, n := range counts {
		_, _ = fmt.Fprintf(table, "%d\t%s\t", n, strings.Trim(fmt.Sprint(took[i]), "[]"))
		slices.Sort(took[i])
		_, _ = fmt.Fprintf(table, "%v\t%d MB\t\n", took[i][len(took[i])/2], resident[i]>>20)
	}
	return table.Flush()
}

// withTokens makes a database with n client tokens of a project each.
func withTokens(ctx context.Context, program, dir string, n int) error {
	s, err := startServer(ctx, program, dir) // makes the schema and what every server has
	if err != nil {
		return err
	}
	if err := s.stop(); err != nil {
		return err
	}
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
