package store

import (
	"context"
	"time"
)

// Edge is what an edge or a proxy says of itself, about once a minute.
type Edge struct {
	ID       string     `json:"-"` // it gives itself, new at each start
	App      string     `json:"app"`
	Version  string     `json:"version"`
	Region   string     `json:"region"`
	Hosting  string     `json:"hosting"`
	Started  *time.Time `json:"started"`
	Streams  int64      `json:"streams"`  // of clients that are connected to it
	Requests int64      `json:"requests"` // to the server above, that its latency is about
	Average  float64    `json:"average"`  // latency of these, in milliseconds
	P99      float64    `json:"p99"`
	Scopes   []EdgeData `json:"scopes"`
	Below    []EdgeLink `json:"below"` // edges that are connected to it, and to those

	Token  string    `json:"-"` // public id of the token that it reports with
	SeenAt time.Time `json:"-"`

	// Read only: of the token.
	TokenName string `json:"-"`
	TokenHint string `json:"-"`
}

// EdgeData is what an edge holds of an environment.
type EdgeData struct {
	Environment string     `json:"environment"`
	Projects    []string   `json:"projects"` // * alone for all
	Revision    int64      `json:"revision"`
	Updated     *time.Time `json:"updated"`
}

// EdgeLink is an edge behind another one.
type EdgeLink struct {
	ID      string `json:"id"`
	App     string `json:"app"`
	Version string `json:"version"`
	Region  string `json:"region"`
	Via     string `json:"via"` // the identifier of the edge that it is connected to
}

// SeeEdges notes what edges said of themselves. Those whose token is gone are
// left out.
func (tx *Tx) SeeEdges(ctx context.Context, edges []Edge) error {
	type row struct {
		Edge

		report string
	}
	rows := make([]row, len(edges))
	for i, e := range edges {
		report, err := encode(e)
		if err != nil {
			return err
		}
		rows[i] = row{e, report}
	}
	return batch[row]{
		columns: []string{"id TEXT", "token TEXT", "report TEXT", "seen_at BIGINT"},
		write: `INSERT INTO edge (id, token, report, seen_at) SELECT id, token, report, seen_at FROM batch
			WHERE EXISTS (SELECT 1 FROM api_token WHERE api_token.id = batch.token)
			ON CONFLICT (id) DO UPDATE SET token = excluded.token, report = excluded.report, seen_at = excluded.seen_at
			WHERE edge.seen_at <= excluded.seen_at`,
		row: func(r row) []any { return []any{r.ID, r.Token, r.report, millis(r.SeenAt)} },
	}.run(ctx, tx, rows)
}

// Edges returns the edges that were seen since an instant, by application and
// identifier.
func (tx *Tx) Edges(ctx context.Context, since time.Time, limit int) ([]Edge, error) {
	return list(ctx, tx, func(s scanner) (Edge, error) {
		var e Edge
		err := s.Scan(&e.ID, &e.Token, document{&e}, instant{&e.SeenAt}, &e.TokenName, &e.TokenHint)
		return e, err
	}, `SELECT edge.id, edge.token, edge.report, edge.seen_at, api_token.name, api_token.hint
		FROM edge JOIN api_token ON api_token.id = edge.token WHERE edge.seen_at >= $1 ORDER BY edge.seen_at DESC, edge.id LIMIT $2`, millis(since), limit)
}

// PruneEdges forgets the edges that were last seen before an instant, and the
// oldest beyond a number of rows.
func (tx *Tx) PruneEdges(ctx context.Context, before time.Time, keep int) error {
	if _, err := tx.exec(ctx, `DELETE FROM edge WHERE seen_at < $1`, millis(before)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `DELETE FROM edge WHERE seen_at <
		(SELECT seen_at FROM edge ORDER BY seen_at DESC LIMIT 1 OFFSET $1)`, keep)
	return err
}
