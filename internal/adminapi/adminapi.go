// Package adminapi is the door for people, automation and the UI: everything
// under /api/admin.
//
// Main types: [Handler], which mounts itself; [Route], one operation with its
// permission, its types and its handler. Each noun has a file with a method
// that returns its routes; [Handler.Routes] lists them all. The OpenAPI
// document (api/openapi.json) derives from the same list. What does not
// belong: rules (package control), SQL, error statuses (package web).
package adminapi

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

// Prefix is the path under which every route of this package lives.
const Prefix = "/api/admin"

// Handler is the Admin API.
type Handler struct {
	Control *control.Control
	// Live tells what changes.
	Live *control.Live
	// Principal says who is asking, or returns an Unauthenticated error.
	Principal func(*http.Request) (access.Principal, error)
	// Seen says when a token was last used, newer than what is stored; the zero
	// time for never.
	Seen func(kind token.Kind, id string) time.Time
	// Uses says how the secrets of a token are used, the current one first.
	Uses func(kind token.Kind, id string) []auth.SecretUse
	// Judge says what a token may do, and what would become of a request.
	Judge func(kind token.Kind, id string, api token.API, r auth.Request) (auth.Judgement, error)
	// Download returns what SDKs download with a token.
	Download func(*auth.Grant) []byte
	// Revision returns that of the newest change within a scope.
	Revision func(token.Scope) int64
	// SealTools are programs that need secrets back, by User-Agent without version
	// or by unleash-appname.
	SealTools []string
	Version   string // of the build
	BasePath  string // before every path of the server; empty or like "/flags"
}

// Routes returns every operation of the Admin API.
func (h *Handler) Routes() []Route {
	var all []Route
	for _, routes := range [][]Route{
		h.contextRoutes(), h.segmentRoutes(), h.definitionRoutes(), h.tagRoutes(), h.flagTypeRoutes(),
		h.projectRoutes(), h.environmentRoutes(), h.eventRoutes(), h.instanceRoutes(),
		h.usageRoutes(), h.applicationRoutes(), h.edgeRoutes(),
		h.tokenRoutes(), h.tokenExplainRoutes(tokenReaders()), h.tokenPolicyRoutes(), h.tokenLookupRoutes(), h.projectTokenRoutes(), h.personalTokenRoutes(),
		h.meRoutes(), h.sessionRoutes(), h.userRoutes(), h.roleRoutes(), h.groupRoutes(), h.memberRoutes(),
		h.serviceRoutes(), h.holderRoutes(), h.rightsRoutes(), h.inviteRoutes(),
		h.flagRoutes(),
		h.flagSearchRoutes(),
		h.favoriteRoutes(),
		h.liveRoutes(),
		h.playgroundRoutes(),
		h.flagLifeRoutes(),
		h.projectStatusRoutes(),
		h.dashboardRoutes(),
		h.flagStateRoutes(),
		h.flagStrategyRoutes(),
		h.flagDependencyRoutes(),
		h.flagTagRoutes(),
		h.bulkFlagRoutes(),
		h.integrationRoutes(),
	} {
		all = append(all, routes...)
	}
	return guarded(all)
}

// Mount adds the routes to a router.
func (h *Handler) Mount(r chi.Router) {
	for _, route := range h.Routes() {
		var handler http.Handler = web.Handler(func(w http.ResponseWriter, r *http.Request) error { return h.serve(route, w, r) })
		if route.stream == nil {
			handler = web.Compress(handler)
		}
		r.Method(route.Method, Prefix+route.Path, handler)
	}
	r.Method(http.MethodGet, DocumentPath, web.Compress(serveDocument()))
	r.Handle(Prefix+"/*", web.Handler(h.notFound))
}

// notFound answers for every path and method that no route has. Who is not
// known learns nothing of which exist.
func (h *Handler) notFound(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Principal(r); err != nil {
		return err
	}
	web.NotFound(w, r)
	return nil
}

func (h *Handler) serve(route Route, w http.ResponseWriter, r *http.Request) error {
	actor, err := h.Principal(r)
	if err != nil {
		return err
	}
	call := &Call{w: w, r: r.WithContext(control.WithViewer(r.Context(), actor)), Actor: actor}
	if err := call.mayKnow(); err != nil {
		return err
	}
	if err := route.Needs.check(call); err != nil {
		return err
	}
	if route.stream != nil {
		return route.stream(call)
	}
	if err := h.precondition(call, route); err != nil {
		return err
	}
	answer, err := route.handle(call)
	if err != nil {
		return err
	}
	if err := call.tag(route, answer); err != nil {
		return err
	}
	if answer == nil {
		w.WriteHeader(route.Status)
		return nil
	}
	web.WriteJSON(w, route.Status, answer)
	return nil
}

// Route is one operation.
type Route struct {
	Method  string
	Path    string // below Prefix, with {parameters}
	ID      string // operation id, as the public OpenAPI document of Unleash names it
	Tag     string // groups operations in the document
	Summary string
	Needs   Need
	Status  int          // of success
	Query   []Param      // parameters of the query, and more about those of the path
	Body    reflect.Type // nil when the operation reads none
	Answer  reflect.Type // nil when it answers without a body
	// covers are the paths of which an answer is the version; see version.go.
	covers []string
	stream func(*Call) error // answers by itself, with media, instead of handle
	media  string            // the type of what stream answers
	guard  *Route            // what an If-Match is held against; nil for nothing
	handle func(*Call) (any, error)
}

// Call is one request to a route.
type Call struct {
	w     http.ResponseWriter
	r     *http.Request
	Actor access.Principal
}

// mayKnow returns a NotFound error when the path names a project that the
// caller may not know of: it then does not exist, whatever is asked of it.
func (c *Call) mayKnow() error {
	project := c.Param("projectId")
	if project == "" || c.Actor.Sees(project) {
		return nil
	}
	return control.NoProject(feature.ProjectID(project))
}

// Param returns a path parameter, unescaped.
func (c *Call) Param(name string) string { return web.PathParam(c.r, name) }

// ID returns a path parameter that is a number, or an Invalid error.
func (c *Call) ID(name string) (int64, error) {
	id, ok := wholeNumber(c.Param(name))
	if !ok {
		return 0, fault.Field("/params/"+name, "%s must be a whole number that is not negative", name)
	}
	return id, nil
}

// wholeNumber returns a text as a whole number that is not negative, and whether
// it is one.
func wholeNumber(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0
}

// Query returns the first value of a query parameter; empty when absent.
func (c *Call) Query(name string) string { return c.r.URL.Query().Get(name) }

// Bool returns a query parameter that is true or false, or an Invalid error;
// false when absent.
func (c *Call) Bool(name string) (bool, error) {
	switch c.Query(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, fault.Field("/query/"+name, "%s must be true or false", name)
}

// Need is the permission that a route declares.
type Need struct {
	AnyOf []access.Permission
	how   needs
}

type needs uint8

const (
	undeclared needs = iota
	byScope          // one of AnyOf, at root or in the project and environment of the path
	somewhere        // one of AnyOf in any place; control decides with the body or the stored thing
	anybody          // every known caller
)

// in declares a permission in the project and environment that the path names.
func in(anyOf ...access.Permission) Need { return Need{AnyOf: anyOf, how: byScope} }

// inSome declares permissions of which the caller must hold one somewhere;
// control checks the exact scope.
func inSome(anyOf ...access.Permission) Need { return Need{AnyOf: anyOf, how: somewhere} }

// signedIn declares that every known caller may.
func signedIn() Need { return Need{how: anybody} }

// Declared reports whether the route says who may call it.
func (n Need) Declared() bool {
	return n.how == anybody || (n.how != undeclared && len(n.AnyOf) > 0)
}

func (n Need) check(c *Call) error {
	switch n.how {
	case anybody:
		return nil
	case byScope:
		if c.Actor.Can(c.Param("projectId"), c.Param("environment"), n.AnyOf...) {
			return nil
		}
	case somewhere:
		for _, p := range n.AnyOf {
			if c.Actor.Grants.HasAnywhere(p) {
				return nil
			}
		}
	case undeclared:
	}
	if len(n.AnyOf) == 0 {
		return fault.New(fault.Forbidden, "nobody may call this route: it declares no permission")
	}
	return control.Denied(n.AnyOf...)
}

// None is the answer of an operation without a body.
type None struct{}

// read makes a route that reads no body and answers 200 with an A.
func read[A any](path, id, summary string, needs Need, handle func(*Call) (A, error)) Route {
	return Route{
		Method: http.MethodGet, Path: path, ID: id, Tag: tagOf(path), Summary: summary, Needs: needs, Status: http.StatusOK,
		Answer: answerType[A](), handle: func(c *Call) (any, error) { return answerOf(handle(c)) },
	}
}

// act makes a route that reads no body and answers with an A, or with nothing
// when A is [None].
//
//nolint:revive // a row of the route table: each argument is a column
func act[A any](method, path, id, summary string, needs Need, status int, handle func(*Call) (A, error)) Route {
	route := read(path, id, summary, needs, handle)
	route.Method, route.Status = method, status
	return route
}

// write makes a route that reads a B and answers with an A, or with nothing
// when A is [None]. The body is read after the permission is checked.
//
//nolint:revive // a row of the route table: each argument is a column
func write[B, A any](method, path, id, summary string, needs Need, status int, handle func(*Call, B) (A, error)) Route {
	body := &web.Body[B]{}
	return Route{
		Method: method, Path: path, ID: id, Tag: tagOf(path), Summary: summary, Needs: needs, Status: status,
		Body: reflect.TypeFor[B](), Answer: answerType[A](),
		handle: func(c *Call) (any, error) {
			in, err := body.Read(c.w, c.r)
			if err != nil {
				return nil, err
			}
			return answerOf(handle(c, in))
		},
	}
}

func answerType[A any]() reflect.Type {
	if t := reflect.TypeFor[A](); t != reflect.TypeFor[None]() {
		return t
	}
	return nil
}

func answerOf[A any](answer A, err error) (any, error) {
	if err != nil || answerType[A]() == nil {
		return nil, err
	}
	return answer, nil
}

// tagOf groups a route by the first segment of its path.
func tagOf(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}
