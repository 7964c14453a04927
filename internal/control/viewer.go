package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
)

type viewerKey struct{}

// WithViewer returns a context for the work that somebody asked for, so that
// whatever is read on the way is cut to what they may know of. Changes take
// who asks as an argument all the same: they name them in the event log.
func WithViewer(ctx context.Context, p access.Principal) context.Context {
	return context.WithValue(ctx, viewerKey{}, p)
}

// viewer returns who asked for the work of a context; the server itself when
// nobody did.
func viewer(ctx context.Context) access.Principal {
	if p, asked := ctx.Value(viewerKey{}).(access.Principal); asked {
		return p
	}
	return access.System()
}
