package notify

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	// hookTimeout bounds one delivery.
	hookTimeout = 5 * time.Second
	// hookBatch is how many events an integration is looked through for at a
	// time, and hookSends how many of them are sent.
	hookBatch = 500
	hookSends = 8
	// hookLease keeps other nodes off an integration while one works on it. It is
	// longer than hookSends deliveries that take their whole time.
	hookLease = time.Minute
	// hookTries is how often an event is tried; the pause after a failure doubles
	// from hookPause on.
	hookTries = 8
	hookPause = 2 * time.Second
	// maxBehind is how many events an integration may be behind; what is older
	// is skipped.
	maxBehind = 10_000
	// hooksAtOnce bounds how many integrations are worked on at a time.
	hooksAtOnce = 8
)

// States of a delivery.
const (
	stateSuccess = "success"
	stateFailed  = "failed"
)

// Hooks tells integrations of events. The event log is the queue, of which each
// integration has its place in the database: nothing waits in memory, a restart
// loses nothing, and of several nodes one at a time works on an integration. A
// node that dies between sending an event and noting that sends it again.
type Hooks struct {
	DB     *store.DB
	Sealer *token.Sealer // opens the secrets of integrations; nil when none are sealed
	// Networks are those to which events are sent although they are not public.
	Networks Networks

	sent, failed, givenUp, skipped atomic.Int64
}

// HookCounts says what became of events since the start.
type HookCounts struct {
	Sent    int64
	Failed  int64 // tries
	GivenUp int64 // events, after as many tries as there are
	Skipped int64 // events, because an integration was too far behind
}

// Counts returns what became of events.
func (h *Hooks) Counts() HookCounts {
	return HookCounts{h.sent.Load(), h.failed.Load(), h.givenUp.Load(), h.skipped.Load()}
}

// Deliver tells each integration that is due of its next events. Call it about
// once a second. A failure to deliver is no error: it is tried again later.
func (h *Hooks) Deliver(ctx context.Context) error {
	var due []store.Integration
	err := h.DB.View(ctx, func(tx *store.Tx) error {
		var err error
		due, err = tx.DueIntegrations(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading integrations: %w", err)
	}
	work := errgroup.Group{}
	work.SetLimit(hooksAtOnce)
	for _, one := range due {
		work.Go(func() error { return h.tell(ctx, one) })
	}
	return work.Wait()
}

// tell claims an integration and tells it of its next events.
func (h *Hooks) tell(ctx context.Context, i store.Integration) error {
	claimed := false
	var events []store.Event
	err := h.DB.Update(ctx, func(tx *store.Tx) error {
		var err error
		if claimed, err = tx.ClaimIntegration(ctx, i, hookLease); err != nil || !claimed {
			return err
		}
		events, err = tx.EventsAfter(ctx, i.Position, hookBatch)
		return err
	})
	if err != nil || !claimed {
		return err
	}
	progress := store.Progress{Position: i.Position, Attempts: i.Attempts}
	if err := h.skip(ctx, i, &progress, &events); err != nil {
		return err
	}
	h.send(ctx, i, &progress, events)
	lasting := context.WithoutCancel(ctx) // a stop does not undo what was sent
	err = h.DB.Update(lasting, func(tx *store.Tx) error { return tx.Advance(lasting, i, progress) })
	if err != nil {
		return fmt.Errorf("noting what integration %d was told: %w", i.ID, err)
	}
	return nil
}

// skip leaves out what is too old, when an integration is too far behind.
func (h *Hooks) skip(ctx context.Context, i store.Integration, p *store.Progress, events *[]store.Event) error {
	return h.DB.View(ctx, func(tx *store.Tx) error {
		head, err := tx.ChainHead(ctx)
		if err != nil || head.ID-i.Position <= maxBehind {
			return err
		}
		p.Position, p.Attempts = head.ID-maxBehind, 0
		h.skipped.Add(p.Position - i.Position)
		slog.WarnContext(ctx, "an integration is too far behind: events were skipped", "integration", i.ID, "events", p.Position-i.Position)
		p.Done = append(p.Done, store.Delivery{
			State: stateFailed, Event: p.Position, Details: fmt.Sprintf("%d events up to this one were skipped: the integration was too far behind", p.Position-i.Position),
		})
		*events, err = tx.EventsAfter(ctx, p.Position, hookBatch)
		return err
	})
}

// send sends events in their order, until one fails, and keeps the progress.
func (h *Hooks) send(ctx context.Context, i store.Integration, p *store.Progress, events []store.Event) {
	hook, err := h.hook(i)
	sends := 0
	for _, e := range events {
		if !i.Wants(e) {
			p.Position, p.Attempts = e.ID, 0
			continue
		}
		if sends++; sends > hookSends || ctx.Err() != nil {
			return
		}
		failed := err
		if failed == nil {
			failed = hook.send(ctx, e)
		}
		if failed == nil {
			h.sent.Add(1)
			p.Position, p.Attempts = e.ID, 0
			p.Done = append(p.Done, store.Delivery{State: stateSuccess, Event: e.ID, Details: "delivered"})
			continue
		}
		if ctx.Err() != nil {
			return // we are stopping: nobody is to blame
		}
		h.fail(ctx, p, e, failed)
		return
	}
}

// fail notes a failure and when to try again, or gives the event up.
func (h *Hooks) fail(ctx context.Context, p *store.Progress, e store.Event, failed error) {
	h.failed.Add(1)
	p.Attempts++
	details := fmt.Sprintf("try %d of %d: %s", p.Attempts, hookTries, failed)
	p.Done = append(p.Done, store.Delivery{State: stateFailed, Event: e.ID, Details: details})
	if p.Attempts >= hookTries {
		h.givenUp.Add(1)
		slog.WarnContext(ctx, "an integration could not be told of an event, which is given up", "event", e.ID, "type", e.Type, "error", failed)
		p.Position, p.Attempts = e.ID, 0
		return
	}
	p.Pause = hookPause<<(p.Attempts-1) + rand.N(hookPause/2)
}
