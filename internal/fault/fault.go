// Package fault names the ways a request can fail, without saying how a
// protocol reports them.
//
// Main types: [Error], one failure with its [Kind]; [Detail], one broken rule
// of one field. Flow: a lower package returns a *Error (or wraps one with %w),
// package web turns its kind into a status and a body, in one table. What does
// not belong: status codes, HTTP, logging.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong, in the terms of the domain.
type Kind uint8

// The kinds. The zero value is Internal: an error nobody classified is ours.
const (
	Internal        Kind = iota // a bug or a broken machine; the caller learns nothing more
	Invalid                     // the input breaks a rule; Details names field and rule
	Unauthenticated             // no credential, or one that is not known
	Forbidden                   // a known caller without the right
	NotFound                    // the thing is not there, or the caller may not know of it
	Conflict                    // the thing is there already, or changed meanwhile
	Unsupported                 // the content type cannot be read
	TooLarge                    // the body exceeds its limit
	Exhausted                   // a stated limit on the number of things is reached
	RateLimited                 // too many attempts; RetryAfter says when to come back
	Unavailable                 // a part is down; RetryAfter says when to come back
)

// Detail is one broken rule.
type Detail struct {
	// Path points at the field as in "/body/name" or "/query/tag"; empty when
	// the rule is about no single field.
	Path string
	// Message says the rule in words, naming the field.
	Message string
}

// Stale says what has become of a thing that somebody changes by a version of it
// that is not the current one.
type Stale struct {
	Version string    // that is current
	By      string    // who changed it last; empty when that is not known
	At      time.Time // when; zero when that is not known
	Change  string    // the type of that event
	Current any       // the thing as it is now
}

// Error is one failure. It is immutable once returned.
type Error struct {
	Kind    Kind
	Code    string   // overrides the wire name of the kind (e.g. "NameExistsError"); usually empty
	Message string   // safe to show to the caller: never a secret, never SQL
	Details []Detail // at least one for Invalid
	// Permissions lists, for Forbidden, the rights of which any one would do.
	Permissions []string
	RetryAfter  time.Duration // for RateLimited and Unavailable; zero means one second
	// Stale is, for Conflict, set when the caller changes a version that is no
	// longer the current one.
	Stale *Stale
	// SignIn is, for Unauthenticated, where a person signs in: set when no
	// credential at all was sent, so that a client can offer it.
	SignIn string
	// Bare says that the answer is the message and nothing else, as SDKs have
	// always been told about tokens.
	Bare bool
	Err  error // the cause, for the log only
}

// Error returns the message and the cause, for logs.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of a kind with a message safe to show to the caller.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Field returns an Invalid error about one field. The path is as in
// [Detail.Path]; the message names the field and the rule.
func Field(path, format string, args ...any) *Error {
	message := fmt.Sprintf(format, args...)
	return &Error{Kind: Invalid, Message: message, Details: []Detail{{Path: path, Message: message}}}
}

// Wrap returns an error of a kind that carries its cause for the log.
func Wrap(kind Kind, err error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Err: err}
}

// As returns the first *Error in err's chain, or nil when there is none.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// KindOf returns the kind of err; Internal when nobody classified it.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
