// Package control holds the use cases of the Admin API, a file a noun.
//
// Main type: [Control]. Flow of every change: check what the permission of the
// route could not know (a scope named in the body), validate, then one
// transaction that makes the change, records its event and says what readers
// must refresh. What does not belong: HTTP, SQL, secrets in events.
package control

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// Control is the use cases over one database. It is safe for concurrent use.
type Control struct {
	DB     *store.DB
	Random io.Reader // of secrets and identifiers; crypto/rand.Reader outside tests
	// URL is where people open the server, base path included, without a slash
	// at its end: links in e-mails begin with it.
	URL string
	// Post sends e-mail; nil when none can be sent.
	Post Post
	// FlushUsage writes what package usage holds in memory, so that a read after
	// it shows everything.
	FlushUsage func(context.Context) error
	// FlushTokens writes what package auth holds in memory of the use of tokens.
	FlushTokens func(context.Context) error
	// Evaluation is how this server evaluates flags.
	Evaluation eval.Options
	// Sealer makes and opens sealed copies of secrets; nil when none are kept.
	Sealer *token.Sealer

	passwords passwords
	refusals  refusals
	reveals   reveals
	resealed  atomic.Bool // everything that can be is sealed under the first key
}

// view runs a read and returns its result.
func view[T any](ctx context.Context, c *Control, read func(*store.Tx) (T, error)) (T, error) {
	var result T
	err := c.DB.View(ctx, func(tx *store.Tx) error {
		var err error
		result, err = read(tx)
		return err
	})
	return result, err
}

// update runs a change and returns its result. Nothing is kept when it fails.
func update[T any](ctx context.Context, c *Control, change func(*store.Tx) (T, error)) (T, error) {
	var result T
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		var err error
		result, err = change(tx)
		return err
	})
	return result, err
}

// changed is what an event tells of a thing: before is nil for a new one,
// after for a deleted one.
type changed[T any] struct {
	event         string
	before, after *T
}

// about is the thing as it is now, or as it was last.
func (c changed[T]) about() *T {
	if c.after != nil {
		return c.after
	}
	return c.before
}

// require returns a Forbidden error unless the actor holds one of the
// permissions in the project and environment.
func require(actor access.Principal, project, environment string, anyOf ...access.Permission) error {
	if actor.Can(project, environment, anyOf...) {
		return nil
	}
	return Denied(anyOf...)
}

// Denied is the error for an actor who holds none of the permissions.
func Denied(anyOf ...access.Permission) error {
	names := make([]string, len(anyOf))
	for i, p := range anyOf {
		names[i] = string(p)
	}
	message := "you need the permission " + names[0]
	if len(names) > 1 {
		message = "you need one of the following permissions: " + strings.Join(names, ", ")
	}
	return &fault.Error{Kind: fault.Forbidden, Message: message, Permissions: names}
}

// taken replaces a Conflict error by one that names the thing.
func taken(err error, format string, args ...any) error {
	if fault.Is(err, fault.Conflict) {
		return nameExists(format, args...)
	}
	return err
}

// free turns the error of looking for a thing by a new name around: that it is
// not found is fine, that it is there is a Conflict.
func free(err error, format string, args ...any) error {
	switch {
	case err == nil:
		return nameExists(format, args...)
	case fault.Is(err, fault.NotFound):
		return nil
	}
	return err
}

func nameExists(format string, args ...any) error {
	return &fault.Error{Kind: fault.Conflict, Code: "NameExistsError", Message: fmt.Sprintf(format, args...)}
}

// takenAt is nameExists, said of one field.
func takenAt(path, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	return &fault.Error{
		Kind: fault.Conflict, Code: "NameExistsError", Message: message, Details: []fault.Detail{{Path: path, Message: message}},
	}
}
