package store

import (
	"context"
	"sync/atomic"
)

type (
	checkKey struct{}
	txKey    struct{}
)

// condition is one of the next Update under a context.
type condition struct {
	waits atomic.Bool
	holds func(context.Context) error
}

// WithCheck returns a context under which the next Update runs a check before
// its work, in the same transaction, and fails when the check does: nobody can
// change anything between the two. Under the context that the check is given,
// View shows what the transaction sees; the check must not call Update.
func WithCheck(ctx context.Context, holds func(context.Context) error) context.Context {
	c := &condition{holds: holds}
	c.waits.Store(true)
	return context.WithValue(ctx, checkKey{}, c)
}

// claimCheck returns what runs the check that waits for this Update, which may
// run more than once; it does nothing when there is none.
func claimCheck(ctx context.Context) func(context.Context, *Tx) error {
	c, given := ctx.Value(checkKey{}).(*condition)
	if !given || !c.waits.CompareAndSwap(true, false) {
		return func(context.Context, *Tx) error { return nil }
	}
	return func(ctx context.Context, tx *Tx) error { return c.holds(context.WithValue(ctx, txKey{}, tx)) }
}

// within returns the transaction that a check under this context runs in.
func within(ctx context.Context) (*Tx, bool) {
	tx, inside := ctx.Value(txKey{}).(*Tx)
	return tx, inside
}
