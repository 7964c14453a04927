package adminapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/web"
)

// The events of the stream of changes.
const (
	liveReady  = "ready"  // the stream has begun: what is read from now on misses nothing
	liveChange = "change" // a control.Notice
	liveReload = "reload" // more changed than the stream tells: read everything anew
	liveEnd    = "end"    // the credential no longer holds, or the server stops
)

// liveBeat is how often a stream is kept in use and its credential looked at.
const liveBeat = 15 * time.Second

func (h *Handler) liveRoutes() []Route {
	return []Route{{
		Method: http.MethodGet, Path: "/live", ID: "getLive", Tag: "live", Needs: signedIn(), Status: http.StatusOK,
		Summary: "Be told what changes, as server-sent events: ready, change, reload, end", stream: h.live, media: "text/event-stream",
	}}
}

// live streams notices of what changes to whoever may know of it.
func (h *Handler) live(c *Call) error {
	watch, err := h.Live.Watch(c.Actor)
	if err != nil {
		return err
	}
	// The request itself ends with its handler.
	asked := c.r.Clone(context.WithoutCancel(c.r.Context()))
	viewer := &viewer{who: c.Actor, again: func() (access.Principal, error) { return h.Principal(asked) }}
	web.ServeEvents(c.w, c.r, func(ctx context.Context, s *web.EventStream) {
		defer watch.Close()
		_ = watching(ctx, s, watch, viewer) // the client is gone, or has been told
	})
	return nil
}

// viewer is somebody whose rights may change while they watch.
type viewer struct {
	who   access.Principal
	again func() (access.Principal, error)
}

// refresh looks at the credential again and reports whether it still holds.
func (v *viewer) refresh() bool {
	who, err := v.again()
	v.who = who
	return err == nil
}

func watching(ctx context.Context, s *web.EventStream, watch *control.Watch, v *viewer) error {
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	err := s.Send(liveReady, "", []byte("{}"))
	for err == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
			if !v.refresh() {
				return s.Send(liveEnd, "", []byte("{}"))
			}
			err = s.Beat()
		case <-watch.Wake:
			var goesOn bool
			if goesOn, err = tell(s, watch, v); !goesOn && err == nil {
				return s.Send(liveEnd, "", []byte("{}"))
			}
		}
	}
	return err
}

// tell sends what has changed and reports whether the stream goes on.
func tell(s *web.EventStream, watch *control.Watch, v *viewer) (bool, error) {
	notices, lost, goesOn := watch.Take()
	for _, n := range notices {
		if n.Access() && !v.refresh() {
			return false, nil
		}
	}
	if lost {
		return goesOn && v.refresh(), s.Send(liveReload, "", []byte("{}"))
	}
	for _, n := range notices {
		if !n.For(v.who) {
			continue
		}
		raw, err := json.Marshal(n)
		if err == nil {
			err = s.Send(liveChange, strconv.FormatInt(n.ID, 10), raw)
		}
		if err != nil {
			return false, err
		}
	}
	return goesOn, nil
}
