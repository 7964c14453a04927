package auth

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// The least and the most that a client is told to wait before it tries again,
// when there are too many streams.
const (
	leastRetry = 5 * time.Second
	mostRetry  = 15 * time.Second
)

// Streams counts the streams of a process and bounds them. It is safe for
// concurrent use.
type Streams struct {
	most, mostPerSecret int

	mu       sync.Mutex
	open     int
	bySecret map[token.Digest]int
	stopped  bool

	stop    chan struct{} // closed when all are to end
	running sync.WaitGroup

	events, hydrations, slow, full, fullSecret atomic.Int64
}

// NewStreams allows so many streams at a time, and so many with one secret.
// With no streams at all the door does not have the endpoint.
func NewStreams(most, mostPerSecret int) *Streams {
	return &Streams{most: most, mostPerSecret: mostPerSecret, bySecret: make(map[token.Digest]int), stop: make(chan struct{})}
}

// Allowed reports whether there may be streams at all.
func (s *Streams) Allowed() bool { return s.most > 0 }

// StreamStats is what streams have done since the start.
type StreamStats struct {
	Open       int   // at the moment
	Events     int64 // sent, hydrations not counted
	Hydrations int64 // sent
	Slow       int64 // streams that were dropped because their reader was slow
	Full       int64 // streams that were refused because there were too many
	FullSecret int64 // because there were too many with their secret
}

// Stats returns the counts.
func (s *Streams) Stats() StreamStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return StreamStats{
		Open: s.open, Events: s.events.Load(), Hydrations: s.hydrations.Load(),
		Slow: s.slow.Load(), Full: s.full.Load(), FullSecret: s.fullSecret.Load(),
	}
}

// Enter lets a stream in. It fails with RateLimited when there are too many, at
// all or with the secret: SDKs take that as the word to poll instead. When the
// process is stopping it fails with Unavailable, upon which they look for
// another one. Whoever is let in must [Streams.Leave].
func (s *Streams) Enter(g *Grant) error {
	wait := leastRetry + rand.N(mostRetry-leastRetry) // so that not all come back together
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopped:
		return &fault.Error{Kind: fault.Unavailable, Message: "the server is stopping", RetryAfter: wait, Bare: true}
	case s.open >= s.most:
		s.full.Add(1)
		return &fault.Error{Kind: fault.RateLimited, Message: "the server has as many streams as it may; poll, or try again later", RetryAfter: wait, Bare: true}
	case s.bySecret[g.Digest()] >= s.mostPerSecret:
		s.fullSecret.Add(1)
		return &fault.Error{Kind: fault.RateLimited, Message: "the token has as many streams as it may; poll, or try again later", RetryAfter: wait, Bare: true}
	}
	s.open++
	s.bySecret[g.Digest()]++
	s.running.Add(1)
	return nil
}

// Leave is called once for a stream that was let in, when it is over.
func (s *Streams) Leave(g *Grant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	if s.bySecret[g.Digest()]--; s.bySecret[g.Digest()] == 0 {
		delete(s.bySecret, g.Digest())
	}
	s.running.Done()
}

// Stopping returns a channel that is closed when all streams are to end.
func (s *Streams) Stopping() <-chan struct{} { return s.stop }

// Hydrated counts a stream that was sent everything.
func (s *Streams) Hydrated() { s.hydrations.Add(1) }

// Told counts changes that were sent.
func (s *Streams) Told(events int) { s.events.Add(int64(events)) }

// Dropped counts a stream that was dropped because its reader was slow.
func (s *Streams) Dropped() { s.slow.Add(1) }

// Stop lets no more streams in, ends those that are open, and waits for their
// ends, or for that of the context. It may be called again.
func (s *Streams) Stop(ctx context.Context) {
	s.mu.Lock()
	if !s.stopped {
		s.stopped = true
		close(s.stop)
	}
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}
