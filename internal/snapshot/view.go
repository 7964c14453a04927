package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	// maxViews bounds the views an environment remembers, and maxFiltered those
	// among them that a request's filter narrows.
	maxViews    = 1000
	maxFiltered = 100
	// maxViewBytes bounds the size of the bodies of remembered views, counting
	// one uncompressed body a view.
	maxViewBytes = 64 << 20
)

// Scope is what a request may see and asks to see.
type Scope struct {
	Token token.Scope
	// Key is equal for two scopes exactly when Token is.
	Key string
	// Filter narrows; nil does not.
	Filter *Filter
}

// Filter narrows a scope to some of its flags. Empty fields do not narrow.
type Filter struct {
	Tags       []feature.Tag // a flag with any of them
	Projects   []string      // only for scopes of all projects
	NamePrefix string
}

// key returns a text that is equal for equal filters only; empty for none.
func (f *Filter) key() string {
	if f == nil {
		return ""
	}
	return fmt.Sprintf("%q %q %q", f.Tags, f.Projects, f.NamePrefix)
}

// allows reports whether a flag is visible in the scope.
func (s *Scope) allows(e *entry) bool { return s.covers(e.name(), e.project(), e.tags) }

// covers is allows for a flag of a name, in a project, with tags.
func (s *Scope) covers(name feature.Name, project feature.ProjectID, tags []feature.Tag) bool {
	if !s.Token.Allows(string(project)) {
		return false
	}
	if s.Filter == nil {
		return true
	}
	f := s.Filter
	if s.Token.AllProjects && len(f.Projects) > 0 && !slices.Contains(f.Projects, string(project)) {
		return false
	}
	if !strings.HasPrefix(string(name), f.NamePrefix) {
		return false
	}
	return len(f.Tags) == 0 || slices.ContainsFunc(tags, func(t feature.Tag) bool { return slices.Contains(f.Tags, t) })
}

// allowsProject reports whether flags of a project may be visible.
func (s *Scope) allowsProject(id feature.ProjectID) bool { return s.Token.Allows(string(id)) }

// View is an environment as one scope sees it. It is safe for concurrent use.
// Bodies are made when they are first asked for.
type View struct {
	scope    Scope
	name     feature.EnvironmentName
	entries  []*entry // visible ones, by name
	revision int64    // the newest change within the scope
	size     int      // of one body, about
	used     atomic.Bool

	referenced, inlined Payload

	planned sync.Once
	plan    plan

	hydration atomic.Pointer[Delta] // the one that was asked for last
}

func newView(e *Environment, scope Scope) *View {
	v := &View{scope: scope, name: e.name}
	for _, entry := range e.entries {
		if !scope.allows(entry) {
			continue
		}
		v.entries = append(v.entries, entry)
		v.revision = max(v.revision, entry.revision)
		v.size += len(entry.inlined)
	}
	for project, revision := range e.gone {
		if scope.allowsProject(project) {
			v.revision = max(v.revision, revision)
		}
	}
	if scope.Filter != nil && len(scope.Filter.Tags) > 0 {
		for project, revision := range e.retagged {
			if scope.allowsProject(project) {
				v.revision = max(v.revision, revision)
			}
		}
	}
	v.referenced.view, v.inlined.view = v, v
	v.inlined.inline = true
	return v
}

// Payload returns what server SDKs download: with segments in a list of their
// own, or inlined into the strategies that use them.
func (v *View) Payload(inline bool) *Payload {
	if inline {
		return &v.inlined
	}
	return &v.referenced
}

// Feature returns the JSON of one flag, with segments referenced or inlined,
// and whether it is visible.
func (v *View) Feature(name feature.Name, inline bool) ([]byte, bool) {
	e := findEntry(v.entries, name)
	switch {
	case e == nil:
		return nil, false
	case inline:
		return e.inlined, true
	default:
		return e.referenced, true
	}
}

// unaffected reports whether the view is what it would be after a change.
func (v *View) unaffected(d *difference, children []*entry) bool {
	for name, after := range d.after {
		if before := d.before[name]; before != nil && v.scope.allows(before) {
			return false
		}
		if after != nil && v.scope.allows(after) {
			return false
		}
	}
	return !slices.ContainsFunc(children, v.scope.allows)
}

// viewKey identifies a view within an environment.
type viewKey struct{ scope, filter string }

// views are what an environment remembers. Looking one up takes no lock and
// does not allocate.
type views struct {
	add   sync.Mutex
	table atomic.Pointer[map[viewKey]*View]
}

// View returns the environment as a scope sees it. It is remembered: when more
// than 1000 views, 100 filtered ones or 64 MiB of bodies come together, those
// that nobody asked for since the last time are forgotten, or all when there
// are none; a view that was forgotten is made again when it is asked for.
func (e *Environment) View(scope Scope) *View {
	key := viewKey{scope.Key, scope.Filter.key()}
	if table := e.views.table.Load(); table != nil {
		if v := (*table)[key]; v != nil {
			if !v.used.Load() {
				v.used.Store(true)
			}
			return v
		}
	}
	return e.views.insert(key, newView(e, scope))
}

// insert remembers a view and returns the one that is remembered under the
// key, which another request may have put there first.
func (vs *views) insert(key viewKey, v *View) *View {
	vs.add.Lock()
	defer vs.add.Unlock()
	next := make(map[viewKey]*View)
	if table := vs.table.Load(); table != nil {
		if known := (*table)[key]; known != nil {
			return known
		}
		for k, old := range *table {
			next[k] = old
		}
	}
	if full(next, key, v) {
		forget(next)
	}
	if full(next, key, v) {
		clear(next)
	}
	next[key] = v
	vs.table.Store(&next)
	return v
}

// full reports whether a view more would exceed a limit.
func full(table map[viewKey]*View, key viewKey, v *View) bool {
	size, filtered := v.size, 0
	for k, known := range table {
		size += known.size
		if k.filter != "" {
			filtered++
		}
	}
	return len(table) >= maxViews || size > maxViewBytes || key.filter != "" && filtered >= maxFiltered
}

// forget removes the views that were not used since the last time.
func forget(table map[viewKey]*View) {
	for key, v := range table {
		if !v.used.Swap(false) {
			delete(table, key)
		}
	}
}

// Views returns how many views all environments remember together, and the
// size of their bodies in bytes, counting one a view.
func (s *Store) Views() (count, size int) {
	for _, e := range s.current.Load().environments {
		if table := e.views.table.Load(); table != nil {
			for _, v := range *table {
				count++
				size += v.size
			}
		}
	}
	return count, size
}

// inherit takes over the views of the state before that a change leaves as
// they are.
func (vs *views) inherit(before *views, e *Environment, d *difference) {
	table := before.table.Load()
	if table == nil {
		return
	}
	changed := make(map[feature.Name]bool, len(d.after))
	for name := range d.after {
		changed[name] = true
	}
	var children []*entry
	for _, entry := range e.children {
		if entry.dependsOn(changed) {
			children = append(children, entry)
		}
	}
	next := make(map[viewKey]*View, len(*table))
	for key, v := range *table {
		if v.unaffected(d, children) {
			next[key] = v
		}
	}
	vs.table.Store(&next)
}
