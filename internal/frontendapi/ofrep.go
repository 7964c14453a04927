package frontendapi

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// OFREP is the OpenFeature Remote Evaluation Protocol, version 0.3.0
// (github.com/open-feature/protocol): what its providers ask of any vendor's
// server. It opens to front-end tokens, in the Authorization header or in
// X-API-Key.
const ofrepPrefix = "/ofrep/v1"

// ofrepApp stands for the name of an application that did not say one.
const ofrepApp = "ofrep"

// The codes of errors that providers know. TARGETING_KEY_MISSING is for a
// context whose key is empty; one without a key at all is that of a visitor
// whom nobody knows.
const (
	codeParse         = "PARSE_ERROR"
	codeNoKey         = "TARGETING_KEY_MISSING"
	codeContext       = "INVALID_CONTEXT"
	codeFlagNotFound  = "FLAG_NOT_FOUND"
	codeGeneral       = "GENERAL"
	reasonStatic      = "STATIC"
	reasonMatch       = "TARGETING_MATCH"
	reasonSplit       = "SPLIT"
	reasonDisabled    = "DISABLED"
	reasonUnknown     = "UNKNOWN"
	payloadJSON       = "json"
	payloadNumber     = "number"
	ofrepExposed      = "ETag, Retry-After"
	ofrepEvaluatePath = ofrepPrefix + "/evaluate/flags"
)

// ofrepFlag is the evaluation of one flag, or why there is none.
type ofrepFlag struct {
	Key          feature.Name   `json:"key,omitempty"`
	Value        any            `json:"value,omitempty"` // absent: the default in the code counts
	Reason       string         `json:"reason,omitempty"`
	Variant      string         `json:"variant,omitempty"`
	Metadata     *ofrepMetadata `json:"metadata,omitempty"`
	ErrorCode    string         `json:"errorCode,omitempty"`
	ErrorDetails string         `json:"errorDetails,omitempty"`
}

// ofrepList is the evaluation of all flags, and where to hear of changes.
type ofrepList struct {
	Flags        []ofrepFlag   `json:"flags"`
	EventStreams []ofrepStream `json:"eventStreams,omitempty"`
}

// ofrepMetadata is what a value does not tell.
type ofrepMetadata struct {
	FeatureEnabled bool   `json:"featureEnabled"`
	ImpressionData bool   `json:"impressionData"`
	PayloadType    string `json:"payloadType,omitempty"`
}

func (h *Handler) mountOFREP(r chi.Router) {
	r.Handle(ofrepPrefix+"/*", h.ofrep(h.ofrepUnknown))
	if h.streams() {
		r.Method(http.MethodGet, ofrepStreamPath+"/{token}", h.ofrep(h.ofrepFollow))
	}
	r.Method(http.MethodPost, ofrepEvaluatePath, h.ofrep(h.ofrepFlags))
	r.Method(http.MethodPost, ofrepEvaluatePath+"/{key}", h.ofrep(h.ofrepFlag))
}

// ofrep turns a handler's error into the protocol's.
func (h *Handler) ofrep(handler web.Handler) http.Handler {
	cross := h.CORS
	cross.Expose = ofrepExposed
	return cross.cors(h.Origins, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := handler(w, r); err != nil {
			web.Refuse(w, r, err, func(status int, e fault.Error) { writeOFREPError(w, r, status, e) })
		}
	}))
}

func writeOFREPError(w http.ResponseWriter, r *http.Request, status int, e fault.Error) {
	body := ofrepFlag{ErrorDetails: e.Message}
	switch e.Kind {
	case fault.Invalid, fault.NotFound:
		body.Key, body.ErrorCode = feature.Name(web.PathParam(r, "key")), e.Code
		if e.Code == "" {
			body.ErrorCode = codeParse // the body is no JSON
		}
	case fault.TooLarge, fault.Unsupported, fault.Conflict, fault.Exhausted, fault.Internal:
		body.Key, body.ErrorCode = feature.Name(web.PathParam(r, "key")), codeGeneral
	case fault.Unauthenticated, fault.Forbidden, fault.RateLimited, fault.Unavailable:
	}
	web.WriteJSON(w, status, body)
}

// ofrepUnknown answers for paths and methods that do not exist, to known
// clients only.
func (h *Handler) ofrepUnknown(_ http.ResponseWriter, r *http.Request) error {
	if _, err := h.ofrepGrant(r); err != nil {
		return err
	}
	return &fault.Error{Kind: fault.NotFound, Code: codeGeneral, Message: "OFREP has no such path, or the path does not take this method"}
}

// ofrepGrant returns what the request's token may see.
func (h *Handler) ofrepGrant(r *http.Request) (*auth.Grant, error) {
	request := auth.RequestOf(r.Header, web.ClientIP(r))
	if request.Authorization == "" {
		request.Authorization = r.Header.Get("X-Api-Key")
	}
	return h.Auth.SDK(r.Context(), request, token.FrontendAPI)
}

// ofrepAsk reads a request into a question.
func (h *Handler) ofrepAsk(w http.ResponseWriter, r *http.Request, q *question) (*auth.Grant, error) {
	grant, err := h.ofrepGrant(r)
	if err != nil {
		return nil, err
	}
	raw, err := web.ReadJSON(w, r, maxContext)
	if err != nil {
		return nil, err
	}
	if err := readOFREP(raw, &q.context); err != nil {
		return nil, err
	}
	if q.context.AppName == "" {
		q.context.AppName = ofrepApp
	}
	h.complete(r, grant, &q.context)
	q.place(h.Snapshots, snapshot.Scope{Token: grant.Scope, Key: grant.ScopeKey})
	return grant, nil
}

// ofrepFlag evaluates one flag. It counts as use of the flag, which providers
// do not report.
func (h *Handler) ofrepFlag(w http.ResponseWriter, r *http.Request) error {
	q := h.question()
	defer h.done(q)
	grant, err := h.ofrepAsk(w, r, q)
	if err != nil {
		return err
	}
	name := feature.Name(web.PathParam(r, "key"))
	a, visible := q.environment.Answer(q.view, name, &q.context)
	q.counts = make(map[feature.Name]usage.Count, 1)
	q.count(name, a.Result)
	h.Usage.Metrics(reporter(grant, r), usage.Metrics{App: q.context.AppName, Start: h.Now(), Flags: q.counts})
	if !visible {
		return &fault.Error{Kind: fault.NotFound, Code: codeFlagNotFound, Message: "there is no flag of this key that the token may see"}
	}
	flag := ofrepOf(a)
	if flag.ErrorCode != "" {
		return &fault.Error{Kind: fault.Invalid, Code: flag.ErrorCode, Message: flag.ErrorDetails}
	}
	web.WriteJSON(w, http.StatusOK, flag)
	return nil
}

// ofrepFlags evaluates all flags that the token sees. Those that are off are
// listed too: a provider takes one that is not for unknown.
func (h *Handler) ofrepFlags(w http.ResponseWriter, r *http.Request) error {
	q := h.question()
	defer h.done(q)
	grant, err := h.ofrepAsk(w, r, q)
	if err != nil {
		return err
	}
	body := ofrepList{Flags: []ofrepFlag{}}
	for a := range q.environment.Answers(q.view, &q.context) {
		body.Flags = append(body.Flags, ofrepOf(a))
	}
	text, err := json.Marshal(body)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "encoding an evaluation failed")
	}
	// The tag is of the flags and the token: the address of the stream is another
	// after each change, even of a flag that this context does not see change.
	tag := contentTag(append(text, grant.Digest().String()...))
	body.EventStreams = h.ofrepStreams(q, grant)
	if text, err = json.Marshal(body); err != nil {
		return fault.Wrap(fault.Internal, err, "encoding an evaluation failed")
	}
	q.answer = append(q.answer, text...)
	q.respond(w, r, tag, caching)
	return nil
}

// ofrepOf is an answer as providers read it. A flag without variants is a
// boolean. One with variants has the value of the chosen one: its payload by
// type, or its name when it has none; when none is chosen it has no value, and
// the default in the code counts.
func ofrepOf(a snapshot.Answer) ofrepFlag {
	flag := ofrepFlag{Key: a.Flag.Name, Metadata: &ofrepMetadata{FeatureEnabled: a.Enabled, ImpressionData: a.Flag.ImpressionData}}
	switch {
	case a.Variant != nil:
		flag.Reason, flag.Variant, flag.Value = reasonSplit, a.Variant.Name, a.Variant.Name
		if a.Variant.Payload != nil {
			flag.Metadata.PayloadType = a.Variant.Payload.Type
			flag.setValue(a.Variant.Payload)
		}
	case !a.Enabled:
		flag.Reason = reasonDisabled
	case hasVariants(a.Flag):
		flag.Reason = reasonUnknown
	case a.Fixed:
		flag.Reason = reasonStatic
	default:
		flag.Reason = reasonMatch
	}
	if a.Variant == nil && !hasVariants(a.Flag) {
		flag.Value = a.Enabled
	}
	return flag
}

// setValue sets the value that a payload stands for.
func (f *ofrepFlag) setValue(p *feature.Payload) {
	f.Value = p.Value
	if p.Type != payloadJSON && p.Type != payloadNumber {
		return
	}
	if !json.Valid([]byte(p.Value)) {
		*f = ofrepFlag{
			Key: f.Key, Metadata: f.Metadata, ErrorCode: codeParse,
			ErrorDetails: "the payload of the variant " + f.Variant + " is not of its type, " + p.Type,
		}
		return
	}
	f.Value = json.RawMessage(p.Value)
}

func hasVariants(v *feature.View) bool {
	return len(v.Variants) > 0 || slices.ContainsFunc(v.Strategies, func(s feature.Strategy) bool { return len(s.Variants) > 0 && !s.Disabled })
}
