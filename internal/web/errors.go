package web

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/fault"
)

// answers is the only table from the kind of an error to a status and a name
// on the wire. The names are those of Unleash 8.2.0, on which clients match.
var answers = map[fault.Kind]struct {
	status int
	name   string
}{
	fault.Internal:        {http.StatusInternalServerError, "InternalError"},
	fault.Invalid:         {http.StatusBadRequest, "BadDataError"},
	fault.Unauthenticated: {http.StatusUnauthorized, "UnauthorizedError"},
	fault.Forbidden:       {http.StatusForbidden, "PermissionError"},
	fault.NotFound:        {http.StatusNotFound, "NotFoundError"},
	fault.Conflict:        {http.StatusConflict, "ConflictError"},
	fault.Unsupported:     {http.StatusUnsupportedMediaType, "ContentTypeError"},
	fault.TooLarge:        {http.StatusRequestEntityTooLarge, "ContentTooLargeError"},
	fault.Exhausted:       {http.StatusBadRequest, "ExceedsLimitError"},
	fault.RateLimited:     {http.StatusTooManyRequests, "RateLimitError"},
	fault.Unavailable:     {http.StatusServiceUnavailable, "UnavailableError"},
}

// ErrorBody is the JSON of every error of the Admin API.
type ErrorBody struct {
	ID          string        `json:"id" doc:"Identifies this answer in the server's log"`
	Name        string        `json:"name" doc:"The kind of error, stable for clients to match on"`
	Message     string        `json:"message" doc:"What went wrong, for people"`
	Details     []ErrorDetail `json:"details,omitempty" doc:"Each rule that was broken"`
	Permissions []string      `json:"permissions,omitempty" doc:"Any one of these would have been enough"`
	Stale       *Stale        `json:"stale,omitempty" doc:"When If-Match named a version that is not the current one"`
	SignIn
}

// Stale says what has become of a thing that the caller knows an old version of.
type Stale struct {
	ETag      string     `json:"etag" doc:"Of the current version"`
	ChangedBy string     `json:"changedBy,omitempty" doc:"Who changed it last; absent when that is not known"`
	ChangedAt *time.Time `json:"changedAt,omitempty"`
	Change    string     `json:"change,omitempty" doc:"The type of the event"`
	Current   any        `json:"current" doc:"The thing as it is now"`
}

func staleBody(s *fault.Stale) *Stale {
	if s == nil {
		return nil
	}
	body := &Stale{ETag: s.Version, ChangedBy: s.By, Change: s.Change, Current: s.Current}
	if !s.At.IsZero() {
		body.ChangedAt = &s.At
	}
	return body
}

// SignIn tells a client without credential where a person signs in. It is
// absent from all other errors.
type SignIn struct {
	Path          string `json:"path,omitempty" doc:"Where to sign in"`
	Type          string `json:"type,omitempty" doc:"How: password"`
	DefaultHidden *bool  `json:"defaultHidden,omitempty" doc:"Always false: signing in with a password is offered"`
}

// bareBody is the JSON of an error that is a message and nothing else.
type bareBody struct {
	Message string `json:"message"`
}

// ErrorDetail is one broken rule.
type ErrorDetail struct {
	Message string `json:"message"`
	Path    string `json:"path,omitempty" doc:"The field, as in /body/name"`
}

// statusGone is what the log shows when the caller left before the answer.
const statusGone = 499

// StatusOf returns the status of an error's kind.
func StatusOf(err error) int { return answers[fault.KindOf(err)].status }

// WriteError answers with an error. What the caller cannot mend is logged and
// its cause is not sent.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	Refuse(w, r, err, func(status int, known fault.Error) {
		if known.Bare {
			WriteJSON(w, status, bareBody{Message: known.Message})
			return
		}
		WriteJSON(w, status, errorBody(r, known))
	})
}

// errorBody is the JSON of an error that has more to say than a message.
func errorBody(r *http.Request, known fault.Error) ErrorBody {
	body := ErrorBody{ID: RequestID(r), Name: answers[known.Kind].name, Message: known.Message, Permissions: known.Permissions, Stale: staleBody(known.Stale)}
	if known.Code != "" {
		body.Name = known.Code
	}
	if known.SignIn != "" {
		body.SignIn = SignIn{Path: known.SignIn, Type: "password", DefaultHidden: new(bool)}
	}
	for _, d := range known.Details {
		body.Details = append(body.Details, ErrorDetail{Message: d.Message, Path: d.Path})
	}
	if len(body.Details) == 0 {
		body.Details = []ErrorDetail{{Message: known.Message}}
	}
	return body
}

// Refuse answers with an error, the body of which another protocol than ours
// decides: write is given the status and what the caller may know, and writes
// both. What the caller cannot mend is logged.
func Refuse(w http.ResponseWriter, r *http.Request, err error, write func(status int, known fault.Error)) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		w.WriteHeader(statusGone)
		return
	}
	known := fault.Error{Kind: fault.Internal}
	if e := fault.As(err); e != nil {
		known = *e
	}
	status := answers[known.Kind].status
	if status >= http.StatusInternalServerError {
		slog.ErrorContext(r.Context(), "request failed", "id", RequestID(r), "method", r.Method, "route", RoutePattern(r), "error", err)
	}
	if known.Kind == fault.RateLimited || known.Kind == fault.Unavailable {
		w.Header().Set("Retry-After", retryAfter(known.RetryAfter))
	}
	if known.Kind == fault.Internal {
		known.Message = "something went wrong on our side; the server's log has the details under this id"
		known.Details = nil
	}
	write(status, known)
}

// retryAfter is a Retry-After header's value: whole seconds, at least one.
func retryAfter(wait time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(wait.Seconds()))))
}
