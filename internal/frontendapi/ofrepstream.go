package frontendapi

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

// The stream of refetch notices: it says that something changed in what a token
// sees, and never what. A page cannot send headers with a stream, so its address
// names the token, by the digest of its secret: that opens nothing else, and any
// process that knows the token knows it.
const (
	ofrepStreamPath = ofrepPrefix + "/streams"
	sinceParameter  = "since"
	// ofrepInactivity is how many seconds a page may be hidden before it lets go
	// of its stream.
	ofrepInactivity = 120
	// heartbeat is how long a stream is silent at most.
	heartbeat = 15 * time.Second
)

// ofrepStream is where a provider hears of changes.
type ofrepStream struct {
	Type            string        `json:"type"`
	Endpoint        ofrepEndpoint `json:"endpoint"`
	InactivityDelay int           `json:"inactivityDelaySec"`
}

type ofrepEndpoint struct {
	RequestURI string `json:"requestUri"`
}

// ofrepStreams is the stream of a question's scope, none when there is no
// streaming. Its address says what the answer is of, so that no change between
// the two is missed.
func (h *Handler) ofrepStreams(q *question, grant *auth.Grant) []ofrepStream {
	if !h.streams() {
		return nil
	}
	return []ofrepStream{{
		Type: "sse", InactivityDelay: ofrepInactivity,
		Endpoint: ofrepEndpoint{h.BasePath + ofrepStreamPath + "/" + grant.Digest().String() + "?" + sinceParameter + "=" + strconv.FormatInt(revisionOf(q.view), 10)},
	}}
}

func (h *Handler) streams() bool { return h.Streams != nil && h.Streams.Allowed() }

func revisionOf(v *snapshot.View) int64 { return v.Payload(false).Revision() }

// ofrepFollow streams notices.
func (h *Handler) ofrepFollow(w http.ResponseWriter, r *http.Request) error {
	digest, _ := token.ParseDigest(web.PathParam(r, "token")) // the zero digest is no token's
	grant, err := h.Auth.Again(digest, auth.RequestOf(r.Header, web.ClientIP(r)), token.FrontendAPI)
	if err != nil {
		return err
	}
	since := r.Header.Get("Last-Event-ID")
	if since == "" {
		since = r.URL.Query().Get(sinceParameter)
	}
	known, err := strconv.ParseInt(since, 10, 64)
	if err != nil {
		known = -1 // then there is something new
	}
	if err := h.Streams.Enter(grant); err != nil {
		return err
	}
	web.ServeEvents(w, r, func(ctx context.Context, s *web.EventStream) {
		defer h.Streams.Leave(grant)
		h.notify(ctx, s, grant, known)
	})
	return nil
}

// notify sends a notice whenever the scope of a grant has changed, until the
// reader is gone, the grant ends, or the process stops.
func (h *Handler) notify(ctx context.Context, s *web.EventStream, grant *auth.Grant, known int64) {
	ended, unwatch := h.Auth.Watch(grant)
	defer unwatch()
	beat := time.NewTicker(heartbeat - rand.N(heartbeat/5))
	defer beat.Stop()
	for {
		e := h.Snapshots.Environment(feature.EnvironmentName(grant.Scope.Environment))
		var err error
		if now := revisionOf(e.View(snapshot.Scope{Token: grant.Scope, Key: grant.ScopeKey})); now != known {
			known = now
			err = s.Send("", strconv.FormatInt(now, 10), []byte(`{"type":"refetchEvaluation"}`))
			h.Streams.Told(1)
		}
		for waiting := true; waiting && err == nil; {
			select {
			case <-e.Replaced():
				waiting = false
			case <-beat.C:
				err = s.Beat()
			case <-ended:
				return
			case <-h.Streams.Stopping():
				return
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			if s.Slow() {
				h.Streams.Dropped()
			}
			return
		}
	}
}
