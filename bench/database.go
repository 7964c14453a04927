package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// newDatabase makes a database on the server that --database names, and returns
// its address and what drops it. Without one it is SQLite, and there is nothing
// to make.
func (o options) newDatabase(ctx context.Context) (address string, drop func() error, err error) {
	if o.database == "" {
		return "", func() error { return nil }, nil
	}
	parts, err := url.Parse(o.database)
	if err != nil {
		return "", nil, fmt.Errorf("--database: %w", err)
	}
	server, err := sql.Open("pgx", o.database)
	if err != nil {
		return "", nil, fmt.Errorf("--database: %w", err)
	}
	name := "burgee_bench_" + strings.ToLower(rand.Text())
	if _, err := server.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(fmt.Errorf("making a database: %w", err), server.Close())
	}
	parts.Path = "/" + name
	return parts.String(), func() error {
		_, err := server.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		return errors.Join(err, server.Close())
	}, nil
}

// onDatabase are the arguments of a server on a database; none for SQLite.
func onDatabase(address string) []string {
	if address == "" {
		return nil
	}
	return []string{"--database-url", address}
}
