package web

import (
	"bufio"
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"
)

// sendTimeout is how long a reader of a stream may take for one piece of at
// most pieceSize. One that takes longer is dropped.
const (
	sendTimeout = 10 * time.Second
	pieceSize   = 16 << 10 // bytes
)

// EventStream is an answer that goes on: server-sent events, as the HTML
// standard defines them. Its methods are for one goroutine at a time. It keeps
// nothing of what was sent and has no queue: a send waits for the reader.
type EventStream struct {
	out     func([]byte) (int, error)
	flush   func() error
	limit   func(time.Time) error // sets the deadline of writes
	chunked bool
	slow    bool
}

// ServeEvents answers with a stream of events, which work writes until it
// returns or the context ends because the client is gone. What work needs to
// stop for it must watch itself; a returning work ends the stream cleanly.
//
// A connection of HTTP/1 is taken over, so that a stream that waits costs two
// small goroutines and no buffers: ServeEvents then returns at once and work
// runs on. It must hold on to neither the request nor the writer. In HTTP/2 work
// runs before ServeEvents returns. A request for the header only, HEAD, gets
// that, and work is not called; in all other cases it is.
func ServeEvents(w http.ResponseWriter, r *http.Request, work func(context.Context, *EventStream)) {
	h := w.Header()
	h["Content-Type"] = []string{"text/event-stream; charset=utf-8"}
	h["Cache-Control"] = []string{"no-store, no-transform"} // no-transform: nothing on the way may compress it
	h["X-Accel-Buffering"] = []string{"no"}                 // for nginx, which else waits for its buffers to fill
	delete(h, "Content-Length")
	control := http.NewResponseController(w)
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return
	}
	if r.ProtoMajor == 1 {
		if conn, _, err := control.Hijack(); err == nil {
			s := &EventStream{out: conn.Write, limit: conn.SetWriteDeadline, chunked: r.ProtoAtLeast(1, 1)}
			go s.own(conn, s.head(h), panicked(r), work) //nolint:gosec // the request's context ends with the handler, and holds on to the request
			return
		}
	}
	s := &EventStream{out: w.Write, flush: control.Flush, limit: control.SetWriteDeadline}
	w.WriteHeader(http.StatusOK)
	_ = s.write() // what fails here fails again
	work(r.Context(), s)
}

// panicked returns what counts a panic of what a handler leaves running; may be
// nil.
func panicked(r *http.Request) func() {
	if e := exchangeOf(r); e != nil {
		return e.panicked
	}
	return nil
}

// head is the status line and the header of a connection that was taken over.
func (s *EventStream) head(h http.Header) []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	h.Set("Connection", "close") // it ends with the stream
	if s.chunked {
		h.Set("Transfer-Encoding", "chunked")
	}
	_ = h.Write(&b) // a bytes.Buffer takes everything
	b.WriteString("\r\n")
	return b.Bytes()
}

// own writes a stream to a connection that was taken over, and closes it.
func (s *EventStream) own(conn net.Conn, head []byte, panicked func(), work func(context.Context, *EventStream)) {
	ctx, cancel := context.WithCancel(context.Background())
	defer conn.Close() //nolint:errcheck // what was written was written
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			slog.Error("a stream panicked", "panic", cause, "stack", string(debug.Stack()))
			if panicked != nil {
				panicked()
			}
		}
	}()
	go awaitEnd(conn, cancel)
	if s.piece(head) != nil {
		cancel()
	}
	work(ctx, s)
	if s.chunked && !s.slow {
		_ = s.piece([]byte("0\r\n\r\n")) // the client may be gone
	}
}

// awaitEnd cancels when the client hangs up. A client of a stream has nothing
// more to say: anything it sends ends the stream too.
func awaitEnd(conn net.Conn, cancel func()) {
	var one [1]byte
	_, _ = conn.Read(one[:])
	cancel()
}

// Send sends one event and waits until it is on its way. An empty name is that
// of a plain message, and an empty id is left out. The data, which may come in
// parts, must be one line. A stream of which a send failed is over.
func (s *EventStream) Send(name, id string, data ...[]byte) error {
	parts := make([][]byte, 0, len(data)+2)
	var head []byte
	if name != "" {
		head = append(append(append(head, "event: "...), name...), '\n')
	}
	if id != "" {
		head = append(append(append(head, "id: "...), id...), '\n')
	}
	parts = append(append(parts, append(head, "data: "...)), data...)
	return s.write(append(parts, []byte("\n\n"))...)
}

// Beat sends a comment, which readers ignore: it keeps the connection in use,
// and finds out that it is broken.
func (s *EventStream) Beat() error { return s.write([]byte(":\n\n")) }

// Slow reports whether a send failed because the reader took too long.
func (s *EventStream) Slow() bool { return s.slow }

// write sends parts as one chunk.
func (s *EventStream) write(parts ...[]byte) error {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	const around = 16 // of a chunk: its length and two line breaks
	buffer := bufio.NewWriterSize(pieces{s}, min(size+around, pieceSize))
	// The buffer keeps its first error until Flush.
	if s.chunked && size > 0 {
		_, _ = buffer.Write(append(strconv.AppendInt(buffer.AvailableBuffer(), int64(size), 16), "\r\n"...))
	}
	for _, part := range parts {
		_, _ = buffer.Write(part)
	}
	if s.chunked && size > 0 {
		_, _ = buffer.WriteString("\r\n")
	}
	if err := buffer.Flush(); err != nil || s.flush == nil {
		return err //nolint:wrapcheck // callers ask Slow
	}
	return s.timed(func() error { return s.flush() })
}

// pieces writes to a stream, each piece with a deadline of its own.
type pieces struct{ s *EventStream }

func (p pieces) Write(data []byte) (int, error) {
	for piece := range slices.Chunk(data, pieceSize) {
		if err := p.s.piece(piece); err != nil {
			return 0, err
		}
	}
	return len(data), nil
}

func (s *EventStream) piece(data []byte) error {
	return s.timed(func() error {
		_, err := s.out(data)
		return err
	})
}

// timed bounds one write. Afterwards there is no deadline: in HTTP/2 one that
// passes ends the stream, even when nothing is being written.
func (s *EventStream) timed(write func() error) error {
	start := time.Now()
	if err := s.limit(start.Add(sendTimeout)); err != nil && s.chunked {
		return err
	}
	if err := write(); err != nil {
		s.slow = time.Since(start) >= sendTimeout
		return err
	}
	_ = s.limit(time.Time{}) // as above
	return nil
}
