package adminapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

// maxExplained bounds each list of names in an explanation.
const maxExplained = 100

// TokenExplanation says what a token can do.
type TokenExplanation struct {
	ID          string              `json:"id"`
	TokenName   string              `json:"tokenName"`
	Type        string              `json:"type" enum:"client,frontend,admin"`
	Projects    []string            `json:"projects" doc:"[\"*\"] for all; empty for a token that sees nothing, as its projects or its environment are deleted"`
	Environment string              `json:"environment"`
	Disabled    bool                `json:"disabled" doc:"It opens nothing until it is enabled"`
	Permissions []GrantedPermission `json:"permissions" doc:"Of an admin token"`
	APIs        []string            `json:"apis" doc:"The APIs that accept the token, by the paths under which they are"`
	Flags       ExplainedNames      `json:"flags" doc:"The flags that it sees"`
	Segments    ExplainedNames      `json:"segments" doc:"The segments that it sees: of a client or front-end token, those that its flags use"`
	Request     *ExplainedRequest   `json:"request,omitempty" doc:"What would become of the request that the query describes"`
}

// ExplainedNames are some of the names of what a token sees.
type ExplainedNames struct {
	Total int      `json:"total"`
	Names []string `json:"names" doc:"The first 100"`
}

// ExplainedRequest says what would become of a request.
type ExplainedRequest struct {
	Allowed     bool     `json:"allowed"`
	Status      int      `json:"status" doc:"Of the answer, as far as the token decides it; 200 when it does not refuse"`
	Reason      string   `json:"reason" doc:"Why the token would be refused; empty when it would not"`
	Permissions []string `json:"permissions,omitempty" doc:"Any one of these would have been enough"`
}

// apis are the APIs by the paths under which they are.
func apis() []struct {
	api    token.API
	prefix string
} {
	return []struct {
		api    token.API
		prefix string
	}{{token.AdminAPI, Prefix}, {token.ClientAPI, "/api/client"}, {token.FrontendAPI, "/api/frontend"}}
}

func (h *Handler) tokenExplainRoutes(need Need) []Route {
	request := []Param{
		text("path", "Path of a request to judge, such as /api/client/features"),
		text("method", "Its method; GET when absent"),
		text("address", "The network address it comes from; your own when absent"),
		text("origin", "The page it comes from, as in the Origin header"),
	}
	return []Route{
		read("/api-tokens/{token}/explain", "explainApiToken", "See what an API token can do, and why a request is refused",
			need, h.explainToken).with(request...),
		read("/projects/{projectId}/api-tokens/{token}/explain", "explainProjectApiToken", "See what an API token of a project can do, and why a request is refused",
			in(access.ReadProjectToken), h.explainToken).with(request...),
	}
}

func (h *Handler) explainToken(c *Call) (TokenExplanation, error) {
	t, err := h.token(c)
	if err != nil {
		return TokenExplanation{}, err
	}
	from, err := c.explainedFrom()
	if err != nil {
		return TokenExplanation{}, err
	}
	path := c.Query("path")
	api, known := apiOf(path)
	judged, err := h.Judge(t.Kind, t.ID, api, from)
	if err != nil {
		return TokenExplanation{}, err
	}
	e := TokenExplanation{
		ID: t.ID, TokenName: t.Name, Type: t.Kind.String(), Environment: t.Scope.Environment, Disabled: t.DisabledAt != nil,
		Projects: append([]string{}, judged.Grant.Scope.Projects...), Permissions: showGrants(judged.Principal.Grants),
	}
	if judged.Grant.Scope.AllProjects {
		e.Projects = []string{access.Anywhere}
	}
	for _, one := range apis() {
		if t.Kind.Opens(one.api) {
			e.APIs = append(e.APIs, one.prefix)
		}
	}
	if e.Flags, e.Segments, err = h.seenBy(c, judged); err != nil || path == "" {
		return e, err
	}
	refusal := judged.Refusal
	switch {
	case !known:
		refusal = fault.New(fault.NotFound, "no API that takes tokens is under this path")
	case refusal == nil && api == token.AdminAPI:
		refusal = h.judgeRoute(c, judged.Principal, path)
	}
	e.Request = explained(refusal)
	return e, nil
}

// explainedFrom is where the request comes from that the query describes.
func (c *Call) explainedFrom() (auth.Request, error) {
	from := auth.Request{Address: web.ClientIP(c.r), Origin: c.Query("origin")}
	if text := c.Query("address"); text != "" {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return from, fault.Field("/query/address", "address must be an IPv4 or IPv6 address")
		}
		from.Address = address.Unmap().WithZone("")
	}
	return from, nil
}

func apiOf(path string) (token.API, bool) {
	for _, one := range apis() {
		if path == one.prefix || strings.HasPrefix(path, one.prefix+"/") {
			return one.api, true
		}
	}
	return 0, false
}

// judgeRoute returns why a principal may not use a route of this API, by the
// same checks that serve makes.
func (h *Handler) judgeRoute(c *Call, who access.Principal, path string) error {
	target, err := url.Parse(path)
	if err != nil {
		return fault.Field("/query/path", "path must be the path of a URL")
	}
	routes := chi.NewRouter()
	needs := map[string]Need{}
	for _, route := range h.Routes() {
		routes.Method(route.Method, Prefix+route.Path, http.NotFoundHandler())
		needs[route.Method+" "+Prefix+route.Path] = route.Needs
	}
	method := cmp.Or(strings.ToUpper(c.Query("method")), http.MethodGet)
	found := chi.NewRouteContext()
	if !routes.Match(found, method, target.EscapedPath()) {
		return fault.New(fault.NotFound, "there is no operation %s %s", method, target.Path)
	}
	request := (&http.Request{Method: method, URL: target}).WithContext(
		context.WithValue(control.WithViewer(c.r.Context(), who), chi.RouteCtxKey, found))
	request.URL.RawPath = target.EscapedPath() // the parameters are escaped
	call := &Call{r: request, Actor: who}
	if err := call.mayKnow(); err != nil {
		return err
	}
	return needs[method+" "+found.RoutePattern()].check(call)
}

func explained(refusal error) *ExplainedRequest {
	if refusal == nil {
		return &ExplainedRequest{Allowed: true, Status: http.StatusOK}
	}
	r := &ExplainedRequest{Status: web.StatusOf(refusal), Reason: refusal.Error()}
	if known := fault.As(refusal); known != nil {
		r.Reason, r.Permissions = known.Message, known.Permissions
	}
	return r
}

// seenBy returns what a token sees: of a token for SDKs what these download, of
// an admin token what there is in its projects.
func (h *Handler) seenBy(c *Call, judged auth.Judgement) (flags, segments ExplainedNames, err error) {
	if judged.Grant.Kind.Opens(token.AdminAPI) {
		all, used, err := h.Control.FlagsAndSegments(control.WithViewer(c.r.Context(), judged.Principal))
		return firstOf(all), firstOf(used), err
	}
	var all download
	if err := json.Unmarshal(h.Download(judged.Grant), &all); err != nil {
		return flags, segments, fmt.Errorf("reading what a token downloads: %w", err)
	}
	seen, used := all.seenBy(c.Actor)
	return firstOf(seen), firstOf(used), nil
}

// download is what is read of what SDKs download.
type download struct {
	Features []struct {
		Name, Project string
		Strategies    []struct{ Segments []int64 }
	}
	Segments []struct {
		ID   int64
		Name string
	}
}

// seenBy returns the names of the flags whose projects an actor may know of,
// and of the segments that these use: a token may cover other projects too.
func (d download) seenBy(actor access.Principal) (flags, segments []string) {
	used := make(map[int64]bool)
	for _, f := range d.Features {
		if !actor.Sees(f.Project) {
			continue
		}
		flags = append(flags, f.Name)
		for _, s := range f.Strategies {
			for _, id := range s.Segments {
				used[id] = true
			}
		}
	}
	for _, s := range d.Segments {
		if used[s.ID] {
			segments = append(segments, s.Name)
		}
	}
	slices.Sort(flags)
	slices.Sort(segments)
	return flags, segments
}

func firstOf(names []string) ExplainedNames {
	return ExplainedNames{Total: len(names), Names: append([]string{}, names[:min(len(names), maxExplained)]...)}
}
