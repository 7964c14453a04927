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
	SignIn
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
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		w.WriteHeader(statusGone)
		return
	}
	known := fault.As(err)
	if known == nil {
		known = fault.Wrap(fault.Internal, err, "something went wrong on our side")
	}
	answer := answers[known.Kind]
	body := ErrorBody{ID: RequestID(r), Name: answer.name, Message: known.Message, Permissions: known.Permissions}
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
	if answer.status >= http.StatusInternalServerError {
		slog.ErrorContext(r.Context(), "request failed", "id", body.ID, "method", r.Method, "route", RoutePattern(r), "error", err)
	}
	if known.Kind == fault.RateLimited || known.Kind == fault.Unavailable {
		w.Header().Set("Retry-After", retryAfter(known.RetryAfter))
	}
	if known.Kind == fault.Internal {
		body.Message = "something went wrong on our side; the server's log has the details under this id"
		body.Details = []ErrorDetail{{Message: body.Message}}
	}
	if known.Bare {
		WriteJSON(w, answer.status, bareBody{Message: body.Message})
		return
	}
	WriteJSON(w, answer.status, body)
}

// retryAfter is a Retry-After header's value: whole seconds, at least one.
func retryAfter(wait time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(wait.Seconds()))))
}
