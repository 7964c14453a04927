package frontendapi

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// proxyPrefix is the path of the proxy's evaluation.
const proxyPrefix = "/proxy"

// proxyCaching is what a proxy lets caches do with flags.
const proxyCaching = "public, max-age=2"

// Proxy is the door of a proxy: what Unleash Proxy 1.4 answers, with its order
// of checks, statuses, headers and texts, and OFREP beside it. Its clients show
// a key, which is a string of any form that the operator chose. It must not be
// copied after first use.
type Proxy struct {
	// Handler evaluates. Its Auth is set by Mount.
	Handler *Handler
	// Grant is what the proxy's own token sees; nil while nobody knows.
	Grant func() *auth.Grant
	// Ended tells when that grant ends, as Watch of [Grants].
	Ended func(*auth.Grant) (ended <-chan struct{}, stop func())
	// Ready returns nil when there are flags.
	Ready func(context.Context) error
	// Clients let pages and programs in, Servers SDKs that download definitions.
	Clients, Servers Keys
	KeyHeader        string // where keys are; Authorization when empty
	All              bool   // serve flags that are off too
	App              string // stands for the name of an application that did not say one
	CORS             CORS
	// Metrics serves what operators may read.
	Metrics http.Handler
	// Early is told of a report that came before the proxy knew what it serves,
	// and could not be counted.
	Early func()
}

// Mount adds the routes to a router, and answers what no route does.
func (p *Proxy) Mount(r chi.Router) {
	p.Handler.Auth = p
	p.Handler.mountOFREP(r)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		p.route(r, method, proxyPrefix, p.toggles)
		p.route(r, method, proxyPrefix+"/all", p.all)
	}
	for _, base := range []string{proxyPrefix, proxyPrefix + "/all"} {
		p.route(r, http.MethodPost, base+"/client/metrics", p.metrics)
		p.route(r, http.MethodPost, base+"/client/register", p.register)
	}
	p.route(r, http.MethodGet, proxyPrefix+"/client/features", p.definitions)
	p.route(r, http.MethodGet, proxyPrefix+"/health", p.health)
	p.route(r, http.MethodGet, proxyPrefix+"/internal-backstage/prometheus", p.prometheus)
	r.NotFound(p.cors(p.notFound).ServeHTTP)
	r.MethodNotAllowed(p.cors(p.notFound).ServeHTTP)
}

func (p *Proxy) route(r chi.Router, method, path string, handler web.Handler) {
	r.Method(method, path, p.cors(handler))
	r.Method(http.MethodOptions, path, p.cors(p.notFound))
}

// cors turns a handler's error into the proxy's own words.
func (p *Proxy) cors(handler web.Handler) http.Handler {
	return p.CORS.cors(p.Handler.Origins, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := handler(w, r); err != nil {
			web.Refuse(w, r, err, func(status int, e fault.Error) { writeProxyError(w, status, e) })
		}
	}))
}

// SDK implements [Grants]: OFREP asks with it. Providers put "Bearer " before
// the key.
func (p *Proxy) SDK(ctx context.Context, r auth.Request, _ token.API) (*auth.Grant, error) {
	if !p.Clients.Match(r.Authorization) && !p.Clients.Match(token.FromHeader(r.Authorization)) {
		return nil, fault.New(fault.Unauthenticated, "OFREP needs one of the proxy's client keys")
	}
	return p.grant(ctx)
}

// Again implements [Grants]: streams are of the proxy's own token.
func (p *Proxy) Again(digest token.Digest, _ auth.Request, _ token.API) (*auth.Grant, error) {
	if grant := p.Grant(); grant != nil && grant.Digest() == digest {
		return grant, nil
	}
	return nil, fault.New(fault.Unauthenticated, "the stream is not of this proxy; evaluate the flags again for its address")
}

// Watch implements [Grants].
func (p *Proxy) Watch(g *auth.Grant) (ended <-chan struct{}, stop func()) { return p.Ended(g) }

// grant is what the proxy serves, or an Unavailable error.
func (p *Proxy) grant(ctx context.Context) (*auth.Grant, error) {
	grant := p.Grant()
	if err := p.Ready(ctx); err != nil || grant == nil {
		return nil, fault.New(fault.Unavailable, "the proxy has not read its flags from the server yet")
	}
	return grant, nil
}

// key is what a request shows.
func (p *Proxy) key(r *http.Request) string {
	if p.KeyHeader != "" {
		return r.Header.Get(p.KeyHeader)
	}
	return r.Header.Get("Authorization")
}

func errKey() error {
	return &fault.Error{Kind: fault.Unauthenticated, Message: "Unauthorized"}
}

// toggles answers with the flags that are on, or with those that the request
// names.
func (p *Proxy) toggles(w http.ResponseWriter, r *http.Request) error {
	return p.ask(w, r, (*question).evaluate)
}

// all answers with every flag.
func (p *Proxy) all(w http.ResponseWriter, r *http.Request) error {
	if !p.All {
		return p.withoutAll(w, r)
	}
	return p.ask(w, r, (*question).evaluateAll)
}

// withoutAll says that the operator does not serve flags that are off. It comes
// after all other checks, as in Unleash Proxy.
func (p *Proxy) withoutAll(w http.ResponseWriter, r *http.Request) error {
	q := p.Handler.question()
	defer p.Handler.done(q)
	if _, err := p.admit(w, r, q); err != nil {
		return err
	}
	return plain(w, http.StatusNotImplemented, "text/plain",
		"This proxy does not serve flags that are off: set ENABLE_ALL_ENDPOINT, or --enable-all-endpoint, to let it")
}

// admit reads a request in the order in which Unleash Proxy checks it: the body,
// whether there are flags, the key.
func (p *Proxy) admit(w http.ResponseWriter, r *http.Request, q *question) (*auth.Grant, error) {
	assumeJSON(r)
	if err := q.read(w, r); err != nil {
		return nil, err
	}
	grant, err := p.grant(r.Context())
	if err != nil {
		return nil, err
	}
	if !p.Clients.Match(p.key(r)) {
		return nil, errKey()
	}
	return grant, nil
}

// assumeJSON takes a body of no stated type for JSON.
func assumeJSON(r *http.Request) {
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
}

func (p *Proxy) ask(w http.ResponseWriter, r *http.Request, evaluate func(*question) error) error {
	q := p.Handler.question()
	defer p.Handler.done(q)
	grant, err := p.admit(w, r, q)
	if err != nil {
		return err
	}
	p.complete(r, grant, &q.context)
	q.place(p.Handler.Snapshots, snapshot.Scope{Token: grant.Scope, Key: grant.ScopeKey})
	if err := evaluate(q); err != nil {
		return err
	}
	if q.counts != nil {
		p.Handler.Usage.Metrics(reporter(grant, r), usage.Metrics{App: q.context.AppName, Start: p.Handler.Now(), Flags: q.counts})
	}
	q.respond(w, r, q.tag(), proxyCaching)
	return nil
}

// complete fills in what the request left out.
func (p *Proxy) complete(r *http.Request, grant *auth.Grant, c *eval.Context) {
	if c.AppName == "" {
		c.AppName = p.App
	}
	p.Handler.complete(r, grant, c)
}

// metrics counts what one SDK reports, under its own application's name.
func (p *Proxy) metrics(w http.ResponseWriter, r *http.Request) error {
	raw, err := p.report(w, r)
	if err != nil {
		return err
	}
	metrics, err := usage.ReadMetrics(raw)
	if err == nil {
		err = metrics.Complete()
	}
	if err != nil {
		return err
	}
	if err := p.admitReport(r); err != nil {
		return err
	}
	if grant := p.Grant(); grant != nil {
		p.Handler.Usage.Metrics(reporter(grant, r), metrics)
	} else {
		p.Early()
	}
	return ok(w)
}

// register notes an application that has started.
func (p *Proxy) register(w http.ResponseWriter, r *http.Request) error {
	raw, err := p.report(w, r)
	if err != nil {
		return err
	}
	registration, err := usage.ReadRegistration(raw)
	if err != nil {
		return err
	}
	if err := p.admitReport(r); err != nil {
		return err
	}
	if grant := p.Grant(); grant != nil {
		p.Handler.Usage.Register(reporter(grant, r), registration)
	} else {
		p.Early()
	}
	return ok(w)
}

func (p *Proxy) report(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	assumeJSON(r)
	return web.ReadJSON(w, r, maxReport)
}

// admitReport lets clients and servers report, before there are flags too.
func (p *Proxy) admitReport(r *http.Request) error {
	if key := p.key(r); !p.Clients.Match(key) && !p.Servers.Match(key) {
		return errKey()
	}
	return nil
}

// definitions answers server SDKs with what flags are made of, the constraints
// of segments put where they are used.
func (p *Proxy) definitions(w http.ResponseWriter, r *http.Request) error {
	grant, err := p.grant(r.Context())
	if err != nil {
		return err
	}
	if !p.Servers.Match(p.key(r)) {
		return errKey()
	}
	q := p.Handler.question()
	defer p.Handler.done(q)
	q.place(p.Handler.Snapshots, snapshot.Scope{Token: grant.Scope, Key: grant.ScopeKey})
	q.answer = append(q.answer, q.view.Payload(true).Body().Bytes...)
	q.respond(w, r, q.tag(), proxyCaching)
	return nil
}

func (p *Proxy) health(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.grant(r.Context()); err != nil {
		return err
	}
	return plain(w, http.StatusOK, "text/html", "ok")
}

func (p *Proxy) prometheus(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.grant(r.Context()); err != nil {
		return err
	}
	p.Metrics.ServeHTTP(w, r)
	return nil
}

// notFound answers for paths and methods that the proxy does not know.
func (p *Proxy) notFound(w http.ResponseWriter, r *http.Request) error {
	return plain(w, http.StatusNotFound, "text/html",
		fmt.Sprintf("<!DOCTYPE html><title>Not found</title><p>The proxy has no such path for %s requests. Flags are at %s.", html.EscapeString(strings.ToUpper(r.Method)), proxyPrefix))
}

func plain(w http.ResponseWriter, status int, media, text string) error {
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // the client may be gone
	return nil
}

// proxyProblem is the body of a request that breaks a rule.
type proxyProblem struct {
	Error      string           `json:"error"`
	Validation []proxyViolation `json:"validation,omitempty"`
}

// proxyViolation is one broken rule, in the form of a JSON schema validator.
type proxyViolation struct {
	InstancePath string   `json:"instancePath"`
	SchemaPath   string   `json:"schemaPath"`
	Keyword      string   `json:"keyword"`
	Params       struct{} `json:"params"`
	Message      string   `json:"message"`
}

func writeProxyError(w http.ResponseWriter, status int, e fault.Error) {
	switch e.Kind {
	case fault.Unauthenticated:
		_ = plain(w, status, "text/plain", e.Message)
	case fault.Unavailable:
		_ = plain(w, status, "text/html", "The proxy has not read its flags from the server above yet. Please try again.")
	case fault.Unsupported:
		w.WriteHeader(status)
	case fault.Invalid:
		writeProxyProblem(w, status, e)
	case fault.Internal, fault.Forbidden, fault.NotFound, fault.Conflict, fault.TooLarge, fault.Exhausted, fault.RateLimited:
		web.WriteJSON(w, status, proxyProblem{Error: e.Message})
	}
}

func writeProxyProblem(w http.ResponseWriter, status int, e fault.Error) {
	body := proxyProblem{Error: "Request validation failed"}
	for _, d := range e.Details {
		where := strings.TrimPrefix(strings.TrimPrefix(d.Path, "/body"), "/query")
		if d.Path == "/body" {
			body = proxyProblem{Error: "We were unable to parse the data that you sent: " + d.Message}
			break
		}
		violation := proxyViolation{InstancePath: where, SchemaPath: "#/properties" + where, Keyword: "type", Message: d.Message}
		if strings.Contains(d.Message, "is required") {
			violation.Keyword = "required"
		}
		body.Validation = append(body.Validation, violation)
	}
	web.WriteJSON(w, status, body)
}
