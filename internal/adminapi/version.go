package adminapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// Whoever reads one thing is told its version, as an ETag. Whoever changes it
// may send that version back, as If-Match: the change is then made only if
// nobody has changed the thing since, which is looked at in the transaction of
// the change.

// versioned says that the answer of a route is one thing that people change,
// at the route's own path, below it, and at others.
func (r Route) versioned(others ...string) Route {
	r.covers = append([]string{r.Path}, others...)
	return r
}

// guarded gives each route that changes something the one that reads what it
// changes: the closest at or above its path.
func guarded(routes []Route) []Route {
	readers := make(map[string]*Route)
	for i := range routes {
		for _, path := range routes[i].covers {
			readers[path] = &routes[i]
		}
	}
	for i := range routes {
		route := &routes[i]
		for path := route.Path; path != "" && route.Method != http.MethodGet && route.guard == nil; path = path[:strings.LastIndexByte(path, '/')] {
			route.guard = readers[path]
		}
	}
	return routes
}

// lasting is an answer of which some parts are no part of its version: what
// nobody changes on purpose, and what belongs to whoever asks.
type lasting interface{ Lasting() any }

// etag is the version of an answer.
func etag(answer any) (string, error) {
	if partly, ok := answer.(lasting); ok {
		answer = partly.Lasting()
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		return "", fmt.Errorf("encoding what is versioned: %w", err)
	}
	sum := sha256.Sum256(raw)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`, nil
}

// tag tells the version of the answer, when it has one.
func (c *Call) tag(route Route, answer any) error {
	changed := route.guard != nil && route.Answer != nil && route.guard.Answer == route.Answer && slices.Contains(route.guard.covers, route.Path)
	if len(route.covers) == 0 && !changed {
		return nil
	}
	version, err := etag(answer)
	if err == nil {
		c.w.Header().Set("ETag", version)
	}
	return err
}

// precondition sees to it that a change with If-Match is made to no other
// version.
func (h *Handler) precondition(c *Call, route Route) error {
	wanted := c.r.Header.Values("If-Match")
	if len(wanted) == 0 || route.Method == http.MethodGet {
		return nil
	}
	if route.guard == nil {
		return fault.Field("/headers/If-Match", "If-Match cannot be held against anything here: what this changes has no version")
	}
	if err := route.guard.Needs.check(c); err != nil {
		return err
	}
	ctx := c.r.Context()
	c.r = c.r.WithContext(store.WithCheck(ctx, func(inside context.Context) error {
		look := &Call{w: c.w, r: c.r.WithContext(inside), Actor: c.Actor}
		current, err := route.guard.handle(look)
		if err != nil {
			return err
		}
		version, err := etag(current)
		if err != nil || matches(wanted, version) {
			return err
		}
		return h.stale(look, version, current)
	}))
	return nil
}

// matches reports whether an If-Match header lists a version, or any.
func matches(header []string, version string) bool {
	for _, line := range header {
		for tag := range strings.SplitSeq(line, ",") {
			tag = strings.TrimSpace(tag)
			// A proxy that compresses makes a tag weak, and some add to it.
			tag = strings.TrimPrefix(tag, "W/")
			tag = strings.Replace(tag, `-gzip"`, `"`, 1)
			if tag == "*" || tag == version {
				return true
			}
		}
	}
	return false
}

// stale is the error of a change of an old version. It says who changed the
// thing last.
func (h *Handler) stale(c *Call, version string, current any) error {
	s := &fault.Stale{Version: version, Current: current}
	message := "it has changed since you read it"
	last, found, err := h.lastChange(c)
	if err != nil {
		return err
	}
	if found {
		s.By, s.At, s.Change = last.CreatedBy, last.CreatedAt, last.Type
		message = fmt.Sprintf("it has changed since you read it: last by %s at %s (%s)", last.CreatedBy, last.CreatedAt.Format("2006-01-02 15:04:05Z"), last.Type)
	}
	return &fault.Error{Kind: fault.Conflict, Code: "StaleVersionError", Message: message, Stale: s}
}

// lookedThrough bounds the events among which the last change is looked for.
const lookedThrough = 100

// nounEvents are the types of the events that change a thing, and what of the
// path says which, by the first part of its path.
var nounEvents = map[string]struct {
	parameter string
	types     []string
}{
	"segments":        {"id", []string{"segment-created", "segment-updated"}},
	"context":         {"contextField", []string{"context-field-created", "context-field-updated"}},
	"strategies":      {"name", []string{"strategy-created", "strategy-updated", "strategy-deprecated", "strategy-reactivated"}},
	"tag-types":       {"name", []string{"tag-type-created", "tag-type-updated"}},
	"environments":    {"name", []string{"environment-created", "environment-updated"}},
	"roles":           {"roleId", []string{"role-created", "role-updated"}},
	"groups":          {"groupId", []string{"group-created", "group-updated"}},
	"user-admin":      {"id", []string{"user-created", "user-updated"}},
	"service-account": {"id", []string{"service-account-created", "service-account-updated"}},
}

// lastChange returns the last event that changed what the path names.
func (h *Handler) lastChange(c *Call) (store.Event, bool, error) {
	filter, is := c.changes()
	if is == nil {
		return store.Event{}, false, nil
	}
	filter.Limit = lookedThrough
	page, err := h.Control.Events(c.r.Context(), filter)
	if err != nil {
		return store.Event{}, false, err
	}
	at := slices.IndexFunc(page.Events, is)
	if at < 0 {
		return store.Event{}, false, nil
	}
	return page.Events[at], true, nil
}

// changes says which events change what the path names; nil for none that are
// known.
func (c *Call) changes() (store.EventFilter, func(store.Event) bool) {
	parts := strings.Split(strings.TrimPrefix(chi.RouteContext(c.r.Context()).RoutePattern(), Prefix+"/"), "/")
	if flag := c.flag().Name; flag != "" {
		environment := c.environment()
		return store.EventFilter{Features: []feature.Name{flag}}, func(e store.Event) bool {
			return environment == "" || e.Environment == "" || e.Environment == environment
		}
	}
	if project := c.project(); project != "" && (len(parts) < 3 || parts[2] != "context") {
		return store.EventFilter{Projects: []feature.ProjectID{project}}, func(e store.Event) bool { return strings.HasPrefix(e.Type, "project-") }
	}
	noun := parts[0]
	if len(parts) > 2 && parts[2] == "context" {
		noun = "context"
	}
	about, known := nounEvents[noun]
	if !known {
		return store.EventFilter{}, nil
	}
	key := c.Param(about.parameter)
	return store.EventFilter{Types: about.types}, func(e store.Event) bool { return isAbout(e, key) }
}

// isAbout reports whether the data of an event has an id or a name.
func isAbout(e store.Event, key string) bool {
	var data struct {
		ID   json.RawMessage `json:"id"`
		Name string          `json:"name"`
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return false
	}
	return data.Name == key || strings.Trim(string(data.ID), `"`) == key
}

// Lasting leaves out how much the segment is used.
func (s Segment) Lasting() any {
	s.UsedInFeatures, s.UsedInProjects = 0, 0
	return s
}

// Lasting leaves out how much the field is used.
func (f ContextField) Lasting() any { return f.ContextField }

// Lasting leaves out how much the environment is used.
func (e Environment) Lasting() any { return e.Environment }

// Lasting leaves out what is counted.
func (o ProjectOverview) Lasting() any {
	return ProjectOverview{
		Name: o.Name, Description: o.Description, DefaultStickiness: o.DefaultStickiness, Mode: o.Mode, ArchivedAt: o.ArchivedAt,
		Environments: o.Environments,
	}
}

// Lasting leaves out when members signed in last.
func (g Group) Lasting() any {
	g.Users = slices.Clone(g.Users)
	for i := range g.Users {
		g.Users[i].User.SeenAt = nil
	}
	return g
}
