package edgeapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

const (
	// maxStreams bounds the edges that listen at a time.
	maxStreams = 2000
	// heartbeat is between signs of life on a stream.
	heartbeat = 15 * time.Second
)

// The names of the events of a stream.
const (
	eventConnected = "connected" // the first: what was before may have been missed
	eventTokens    = "tokens"
)

// stream tells an edge which tokens are not what they were, until its own token
// ends. It is told of tokens that see nothing its own does not.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request) error {
	grant, err := h.tokens.SDK(r.Context(), auth.RequestOf(r.Header, web.ClientIP(r)), token.ClientAPI)
	if err != nil {
		return err
	}
	if h.open.Load() >= maxStreams {
		return &fault.Error{Kind: fault.Unavailable, RetryAfter: heartbeat, Message: "too many edges listen; try again later"}
	}
	web.ServeEvents(w, r, func(ctx context.Context, s *web.EventStream) {
		h.open.Add(1)
		defer h.open.Add(-1)
		h.tell(ctx, grant, s)
	})
	return nil
}

// tell writes to a stream until it ends.
func (h *Handler) tell(ctx context.Context, grant *auth.Grant, s *web.EventStream) {
	ended, unwatch := h.tokens.Watch(grant)
	defer unwatch()
	follower, unfollow := h.tokens.Follow(grant.Scope)
	defer unfollow()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	err := send(s, eventConnected, edge.News{All: true})
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-ended:
			return
		case <-h.stopping:
			return
		case <-beat.C:
			err = s.Beat()
		case <-follower.Bell():
			changes := follower.Take()
			news := edge.News{All: changes.All}
			for _, digest := range changes.Digests {
				news.Tokens = append(news.Tokens, digest.String())
			}
			err = send(s, eventTokens, news)
		}
	}
}

func send(s *web.EventStream, name string, news edge.News) error {
	data, err := json.Marshal(news)
	if err != nil {
		return err //nolint:wrapcheck // it always encodes
	}
	return s.Send(name, "", data) //nolint:wrapcheck // the client is gone
}

// Open returns how many edges listen.
func (h *Handler) Open() int64 { return h.open.Load() }

// Stop ends the streams, so that edges look for another server.
func (h *Handler) Stop() { h.stop.Do(func() { close(h.stopping) }) }
