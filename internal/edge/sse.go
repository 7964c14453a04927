package edge

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxEventLine bounds one line of a stream, in bytes: a whole download comes in
// one.
const maxEventLine = maxDocument

// maxSilence is how long a stream may be silent; servers send a heartbeat every
// 15 or 30 s.
const maxSilence = 75 * time.Second

// errSilent ends a stream that nothing comes from, not even a heartbeat.
var errSilent = errors.New("nothing came over the stream for too long")

// event is one server-sent event.
type event struct {
	name, id string
	data     []byte
}

// stream opens a stream of events and calls handle with each until it ends,
// which is always an error. It ends too when nothing comes for maxSilence, and
// when handle fails.
func (u *Upstream) stream(ctx context.Context, path, secret, lastID string, handle func(event) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(u.options.ConnectTimeout+u.options.Timeout, func() { cancel(errSilent) })
	defer watchdog.Stop()
	r, err := u.request(ctx, http.MethodGet, path, secret, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Unleash-Sdk-Type", "edge")
	if lastID != "" {
		r.Header.Set("Last-Event-Id", lastID)
	}
	answer, err := u.do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		return &RefusalError{Status: http.StatusNotImplemented} // a page of something between us
	}
	err = readEvents(&alive{answer.Body, watchdog}, handle)
	if cause := context.Cause(ctx); errors.Is(cause, errSilent) {
		return cause
	}
	return err
}

// alive puts a watchdog off with each read.
type alive struct {
	from     io.Reader
	watchdog *time.Timer
}

// Read implements io.Reader.
func (a *alive) Read(p []byte) (int, error) {
	a.watchdog.Reset(maxSilence)
	n, err := a.from.Read(p)
	if err != nil {
		return n, err //nolint:wrapcheck // an io.Reader
	}
	return n, nil
}

// readEvents calls handle with each event until the reader ends.
func readEvents(from io.Reader, handle func(event) error) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), maxEventLine)
	var e event
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			if len(e.data) > 0 || e.name != "" {
				if err := handle(e); err != nil {
					return err
				}
			}
			e = event{id: e.id}
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			if len(e.data) > 0 {
				e.data = append(e.data, '\n')
			}
			if len(e.data)+len(value) > maxDocument {
				return fmt.Errorf("an event of the stream is larger than %d bytes", maxDocument)
			}
			e.data = append(e.data, value...)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading the stream: %w", err)
	}
	return fmt.Errorf("the server above ended the stream")
}
