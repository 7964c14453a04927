package edge

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

const (
	// listenPause is how long after its end the stream of news about tokens is
	// opened again, times the number of failures in a row.
	listenPause = time.Second
	// retryListen is how long a server above that has no such stream is not asked
	// for it again.
	retryListen = 10 * time.Minute
	// newsPatience bounds a question about tokens that may have changed. A token
	// of which the server above does not say in time is not let in any more until
	// it does.
	newsPatience = 700 * time.Millisecond
)

// NewsPath is where a Burgee above tells which tokens are not what they were.
const NewsPath = "/edge/stream"

// News is the data of an event of [NewsPath]: digests, of tokens that see
// nothing the listener does not, or that any token may have changed.
type News struct {
	All    bool     `json:"all,omitempty"`
	Tokens []string `json:"tokens,omitempty"`
}

// listen follows what the server above tells about tokens, as long as it does,
// with a client token of ours. After each gap everything is asked about.
func (e *Edge) listen(ctx context.Context, secret string) {
	b := backoff{interval: listenPause}
	for {
		open := false
		err := e.options.Upstream.stream(ctx, NewsPath, secret, "", func(ev event) error {
			if b.failures = 0; !open {
				open = true
				e.listening.Add(1)
			}
			return e.hear(ctx, ev)
		})
		if open {
			e.listening.Add(-1)
		}
		if ctx.Err() != nil {
			return
		}
		wait := b.failed(err)
		if r := refusal(err); r != nil && (r.Status < http.StatusInternalServerError || r.Status == http.StatusNotImplemented) && !r.unauthorised() && r.Wait == 0 {
			wait = retryListen
			slog.InfoContext(ctx, "the server above does not tell when a token is deleted; tokens are asked about at an interval", "reason", err)
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

// hear takes one event over.
func (e *Edge) hear(ctx context.Context, ev event) error {
	var news News
	if err := json.Unmarshal(ev.data, &news); err != nil {
		return fmt.Errorf("the news about tokens are not what they should be: %w", err)
	}
	var known []token.Digest
	foreign := false
	for _, text := range news.Tokens {
		digest, err := token.ParseDigest(text)
		if err != nil {
			return fmt.Errorf("the news about tokens are not what they should be: %w", err)
		}
		if e.Verdicts.Known(digest) != nil {
			known = append(known, digest)
		} else {
			e.Verdicts.Forget(digest)
			foreign = true
		}
	}
	if foreign { // an edge below may know them
		e.news.AllChanged("")
	}
	switch {
	case news.All:
		// The stream must go on to be read meanwhile.
		e.group.Go(func() { _ = e.Verdicts.Revalidate(ctx) })
	case len(known) > 0:
		e.recheck(ctx, known)
	}
	return nil
}

// recheck asks about tokens that have changed, and drops those of which nothing
// is said in time.
func (e *Edge) recheck(ctx context.Context, digests []token.Digest) {
	ctx, cancel := context.WithTimeout(ctx, newsPatience)
	defer cancel()
	if err := e.Verdicts.recheck(ctx, digests); err != nil {
		e.Verdicts.Forget(digests...)
	}
}
