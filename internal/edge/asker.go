package edge

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	// askBatch and askBytes bound one question about tokens.
	askBatch = 500
	askBytes = 64 << 10
	// askRate and askBurst bound how many questions a second the server above is
	// asked: Burgee itself takes two a second from an address.
	askRate  = 1
	askBurst = 10
	// maxWaiting bounds the secrets that wait for an answer.
	maxWaiting = 5000
	// askPatience is how long a request waits for the verdict on its token.
	askPatience = 5 * time.Second
)

// asker asks the server above about secrets: several at once, one question at a
// time, each secret once however many requests wait for it.
type asker struct {
	upstream *Upstream
	now      func() time.Time
	limiter  *rate.Limiter

	mu      sync.Mutex
	waiting []*question
	open    map[token.Digest]*question // waiting, or asked right now
	asking  bool
	until   time.Time // the server above asked us to wait
}

// question is one secret that somebody wants to know of.
type question struct {
	secret string
	done   chan struct{}
	terms  *auth.Terms // nil: not live
	err    error
}

func newAsker(u *Upstream, now func() time.Time) *asker {
	return &asker{upstream: u, now: now, limiter: rate.NewLimiter(askRate, askBurst), open: map[token.Digest]*question{}}
}

// ask returns the terms of a secret; nil when it is not live. It fails with
// Unavailable when the server above does not tell within 5 s, or when too many
// secrets wait already.
func (a *asker) ask(ctx context.Context, digest token.Digest, secret string) (*auth.Terms, error) {
	a.mu.Lock()
	q := a.open[digest]
	if q == nil {
		if len(a.waiting) >= maxWaiting {
			a.mu.Unlock()
			return nil, unavailable(nil)
		}
		q = &question{secret: secret, done: make(chan struct{})}
		a.open[digest] = q
		a.waiting = append(a.waiting, q)
		if !a.asking {
			a.asking = true
			go a.run(context.WithoutCancel(ctx))
		}
	}
	a.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	select {
	case <-q.done:
		return q.terms, q.err
	case <-ctx.Done():
		return nil, unavailable(ctx.Err())
	}
}

func unavailable(err error) error {
	return fault.Wrap(fault.Unavailable, err, "tokens cannot be looked up at the moment; try again")
}

// run asks until nothing waits.
func (a *asker) run(ctx context.Context) {
	for {
		if err := a.limiter.Wait(ctx); err != nil {
			return // the context does not end
		}
		batch := a.take()
		if len(batch) == 0 {
			return
		}
		a.answer(ctx, batch)
	}
}

// take returns what is to be asked next, and ends the run when there is nothing.
func (a *asker) take() []*question {
	a.mu.Lock()
	defer a.mu.Unlock()
	size, n := 0, 0
	for n < len(a.waiting) && n < askBatch && size < askBytes {
		size += len(a.waiting[n].secret)
		n++
	}
	batch := a.waiting[:n:n]
	a.waiting = a.waiting[n:]
	if n == 0 {
		a.waiting, a.asking = nil, false
	}
	return batch
}

// answer asks one question and tells those who wait.
func (a *asker) answer(ctx context.Context, batch []*question) {
	secrets := make([]string, len(batch))
	for i, q := range batch {
		secrets[i] = q.secret
	}
	terms, err := a.inquire(ctx, secrets)
	if err != nil {
		slog.WarnContext(ctx, "the server above was asked about tokens and did not say", "error", err, "tokens", len(batch))
		err = unavailable(err)
	}
	a.mu.Lock()
	for _, q := range batch {
		delete(a.open, token.DigestOf(q.secret))
	}
	a.mu.Unlock()
	for _, q := range batch {
		q.err = err
		if t, live := terms[q.secret]; live {
			q.terms = &t
		}
		close(q.done)
	}
}

// inquire asks the server above which of some secrets are live. When it cannot
// take them together, they are asked in parts: one that it chokes on does not
// speak for the others, and counts as not live.
func (a *asker) inquire(ctx context.Context, secrets []string) (map[string]auth.Terms, error) {
	a.mu.Lock()
	wait := a.until.Sub(a.now())
	a.mu.Unlock()
	if wait > 0 {
		return nil, &RefusalError{Status: http.StatusTooManyRequests, Wait: wait}
	}
	verdicts, err := a.upstream.validate(ctx, secrets)
	if err == nil {
		return readVerdicts(verdicts, secrets), nil
	}
	r := refusal(err)
	switch {
	case r == nil:
		return nil, err
	case r.Wait > 0:
		a.mu.Lock()
		a.until = a.now().Add(r.Wait)
		a.mu.Unlock()
		return nil, err
	case r.Status != http.StatusBadRequest && r.Status != http.StatusRequestEntityTooLarge && r.Status != http.StatusUnprocessableEntity:
		return nil, err
	case len(secrets) == 1:
		return nil, nil //nolint:nilnil // not live
	case !a.limiter.Allow():
		return nil, err
	}
	all := map[string]auth.Terms{}
	for _, part := range [][]string{secrets[:len(secrets)/2], secrets[len(secrets)/2:]} {
		some, err := a.inquire(ctx, part)
		if err != nil {
			return nil, err
		}
		for secret, terms := range some {
			all[secret] = terms
		}
	}
	return all, nil
}
