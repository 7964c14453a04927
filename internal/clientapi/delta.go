package clientapi

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/web"
)

// heartbeat is how long a stream is silent at most. Readers give up after 60 s
// of silence (Node SDK) or 90 s (edges), and many proxies after 30 s or 60 s.
const heartbeat = 15 * time.Second

// The names of the events of a stream: that of the first one, and of all others.
const (
	eventConnected = "unleash-connected"
	eventUpdated   = "unleash-updated"
)

// listener is a client of deltas: what it may see, and what it knows.
type listener struct {
	grant *auth.Grant
	scope snapshot.Scope
	// last is the id of the last event that it knows; negative for none.
	last int64
}

// listener reads a request. The header is the one that holds the last id.
func (h *Handler) listener(r *http.Request, header string) (listener, error) {
	grant, err := h.grant(r)
	if err != nil {
		return listener{}, err
	}
	filter, err := h.filter(r)
	if err != nil {
		return listener{}, err
	}
	scope := snapshot.Scope{Token: grant.Scope, Key: grant.ScopeKey, Filter: filter}
	return listener{grant: grant, scope: scope, last: lastID(r.Header.Get(header))}, nil
}

// ahead reports whether a listener knows of a revision that is not known here:
// it comes from another process, which was faster, or from another database.
// In the first case it is known here afterwards. When nobody can tell, the
// listener gets what is here.
func (h *Handler) ahead(ctx context.Context, l *listener) bool {
	if h.CatchUp == nil || l.last <= h.Snapshots.State().Revision() {
		return false
	}
	_ = h.CatchUp(ctx) // as said
	return true
}

// lastID reads the id of an event, with quotes and the mark of a weak tag or
// without; negative when there is none. What it cannot read counts as none.
func lastID(text string) int64 {
	id, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(strings.TrimSpace(text), "W/"), `"`), 10, 64)
	if err != nil {
		return -1
	}
	return id
}

// news returns what a listener must be told; nil for nothing.
func (l *listener) news(state *snapshot.State) *snapshot.Delta {
	e := state.Environment(l.environment())
	// An id from the future is one of another database, or of a process that is
	// ahead; one from before the scope became what it is says nothing about it.
	if l.last >= l.grant.ScopeRevision() && l.last <= state.Revision() {
		if d, ok := e.Since(l.scope, l.last); ok {
			return d
		}
	}
	return e.Hydration(l.scope, min(l.grant.ScopeRevision(), state.Revision()))
}

func (l *listener) environment() feature.EnvironmentName {
	return feature.EnvironmentName(l.scope.Token.Environment)
}

// delta answers with what changed since the id in If-None-Match.
func (h *Handler) delta(w http.ResponseWriter, r *http.Request) error {
	state := h.Snapshots.State() // before the grant, which then is at least as new
	l, err := h.listener(r, "If-None-Match")
	if err != nil {
		return err
	}
	if h.ahead(r.Context(), &l) {
		state = h.Snapshots.State()
		if l, err = h.listener(r, "If-None-Match"); err != nil {
			return err
		}
	}
	header := w.Header()
	web.NoPage(r)
	header["Cache-Control"] = []string{"no-cache"}
	d := l.news(state)
	if d == nil {
		header["Etag"] = []string{etagOf(l.last)}
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	header["Etag"] = []string{etagOf(d.ID)}
	header["Content-Type"] = []string{"application/json; charset=utf-8"}
	header["Content-Length"] = []string{strconv.Itoa(d.Size)}
	for _, part := range d.Parts {
		_, _ = w.Write(part) // the client may be gone; nothing to do about it
	}
	return nil
}

func etagOf(id int64) string { return `"` + strconv.FormatInt(id, 10) + `"` }

// stream answers with events as they happen.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request) error {
	l, err := h.listener(r, "Last-Event-ID")
	if err != nil {
		return err
	}
	web.NoPage(r)
	if r.Method == http.MethodHead {
		web.ServeEvents(w, r, nil)
		return nil
	}
	if err := h.Streams.Enter(l.grant); err != nil {
		return err
	}
	h.ahead(r.Context(), &l)
	web.ServeEvents(w, r, func(ctx context.Context, s *web.EventStream) {
		defer h.Streams.Leave(l.grant)
		h.follow(ctx, s, l)
	})
	return nil
}

// follow sends what a listener must be told until it is gone, its grant ends,
// or the process stops. Nothing is queued for it: it is told what there is when
// it has taken what there was.
func (h *Handler) follow(ctx context.Context, s *web.EventStream, l listener) {
	ended, unwatch := h.Auth.Watch(l.grant)
	defer unwatch()
	beat := time.NewTimer(pause())
	defer beat.Stop()
	for name := eventConnected; ; {
		state := h.Snapshots.State()
		select {
		case <-ended: // looked at after the state: nothing is sent that came with the end of the scope
			return
		default:
		}
		if d := l.news(state); d != nil {
			if !h.tell(s, name, d) {
				return
			}
			name = eventUpdated
			l.last = max(l.last, d.ID)
			beat.Reset(pause())
		}
		e := state.Environment(l.environment())
		l.last = max(l.last, e.Newest())
		for waiting := true; waiting; {
			select {
			case <-e.Replaced():
				waiting = false
			case <-beat.C:
				if err := s.Beat(); err != nil {
					h.drop(s)
					return
				}
				beat.Reset(pause())
			case <-ended:
				return
			case <-h.Streams.Stopping():
				return
			case <-ctx.Done():
				return
			}
		}
	}
}

// pause is how long a stream is silent before it beats: of streams that were
// told of the same change, not all beat at the same time.
func pause() time.Duration { return heartbeat - rand.N(heartbeat/5) }

// tell sends a delta and reports whether the stream goes on.
func (h *Handler) tell(s *web.EventStream, name string, d *snapshot.Delta) bool {
	if err := s.Send(name, strconv.FormatInt(d.ID, 10), d.Parts...); err != nil {
		h.drop(s)
		return false
	}
	if d.Hydration {
		h.Streams.Hydrated()
	} else {
		h.Streams.Told(d.Events)
	}
	return true
}

// drop counts a stream that could not be written to, if that is its reader's
// fault.
func (h *Handler) drop(s *web.EventStream) {
	if s.Slow() {
		h.Streams.Dropped()
	}
}
