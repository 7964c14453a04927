package access

import "context"

type viewerKey struct{}

// WithViewer returns a context for the work that somebody asked for, so that
// whatever is read on the way is cut to what they may know of. Changes take
// who asks as an argument all the same: they name them in the event log.
func WithViewer(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, viewerKey{}, p)
}

// Viewer returns who asked for the work of a context; the server itself when
// nobody did.
func Viewer(ctx context.Context) Principal {
	if p, asked := ctx.Value(viewerKey{}).(Principal); asked {
		return p
	}
	return System()
}
