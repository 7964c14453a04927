package snapshot

import (
	"cmp"
	"maps"
	"slices"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// Environment is one state of one environment. What it serves never changes;
// it remembers the views that were asked for. It is safe for concurrent use.
type Environment struct {
	name    feature.EnvironmentName
	entries []*entry  // by name
	set     *eval.Set // of the same flags
	// children are the entries of flags that depend on others, by name.
	children []*entry
	// gone is the revision at which a project last lost a flag here.
	gone map[feature.ProjectID]int64
	// retagged is the revision at which a flag of a project last got other tags.
	retagged map[feature.ProjectID]int64
	views    *views

	history history
	deltas  deltas
	next    chan struct{} // closed when another state takes the place of this one
}

// newEnvironment returns an environment without flags, of which nothing is
// known before a revision.
func newEnvironment(name feature.EnvironmentName, revision int64) *Environment {
	return &Environment{
		name: name, set: eval.NewSet(nil), views: new(views), next: make(chan struct{}),
		history: history{base: revision, jump: revision},
	}
}

// Replaced returns a channel that is closed when another state, with other
// flags, has taken the place of this one.
func (e *Environment) Replaced() <-chan struct{} { return e.next }

// Newest is the revision of the last change that is known of the environment.
func (e *Environment) Newest() int64 {
	if moves := e.history.moves; len(moves) > 0 {
		return moves[len(moves)-1].to
	}
	return e.history.base
}

// Name returns the name of the environment.
func (e *Environment) Name() feature.EnvironmentName { return e.name }

// Project returns the project of a flag; false when there is no such flag. It
// does not allocate.
func (e *Environment) Project(name feature.Name) (feature.ProjectID, bool) {
	if found := e.find(name); found != nil {
		return found.project(), true
	}
	return "", false
}

// Revision returns that of the newest change within a scope.
func (e *Environment) Revision(scope token.Scope) int64 {
	return newView(e, Scope{Token: scope}).revision
}

// find returns the entry of a name, nil when there is none.
func (e *Environment) find(name feature.Name) *entry { return findEntry(e.entries, name) }

func findEntry(entries []*entry, name feature.Name) *entry {
	i, ok := search(entries, name)
	if !ok {
		return nil
	}
	return entries[i]
}

// search returns the place of a name, where it is or would be, and whether it
// is there.
func search(entries []*entry, name feature.Name) (int, bool) {
	return slices.BinarySearchFunc(entries, name, func(e *entry, n feature.Name) int { return cmp.Compare(e.name(), n) })
}

// difference is what changed between two states of an environment.
type difference struct {
	before, after map[feature.Name]*entry // of flags that changed; nil where there was or is none
}

func (d *difference) add(before, after *entry, name feature.Name) {
	d.before[name], d.after[name] = before, after
}

// touchesChildren reports whether a flag that changed depends on others, or did.
func (d *difference) touchesChildren() bool {
	for name, after := range d.after {
		for _, e := range []*entry{d.before[name], after} {
			if e != nil && len(e.view.Dependencies) > 0 {
				return true
			}
		}
	}
	return false
}

// environment returns the state after a change; the state before when nothing
// in it changed. Before is nil for a new environment.
func (b *builder) environment(before *Environment, c EnvironmentChange) *Environment {
	if before == nil {
		before = newEnvironment(c.Name, b.revision)
	}
	d := difference{make(map[feature.Name]*entry), make(map[feature.Name]*entry)}
	mentioned := b.compare(before, c, &d)
	if c.Complete || len(b.touched) > 0 { // else the cost is that of what is mentioned
		b.compareRest(before, c, &d, mentioned)
	}
	if len(d.after) == 0 {
		return b.same(before)
	}
	return b.next(before, &d)
}

// compareRest notes the flags that a change does not mention and that are not
// what they were.
func (b *builder) compareRest(before *Environment, c EnvironmentChange, d *difference, mentioned map[feature.Name]bool) {
	for _, e := range before.entries {
		name := e.name()
		switch {
		case mentioned[name]:
		case c.Complete:
			d.add(e, nil, name)
		case slices.ContainsFunc(e.uses, func(id feature.SegmentID) bool { return b.touched[id] }):
			d.add(e, b.entry(e.view, e.tags), name)
		}
	}
}

// same returns the state after a change that left the flags as they were. When
// revisions were skipped, the state remembers that: it may have been another in
// between.
func (b *builder) same(before *Environment) *Environment {
	if b.revision <= b.before+1 || before.history.base == b.revision {
		return before
	}
	return &Environment{
		name: before.name, entries: before.entries, set: before.set, children: before.children, gone: before.gone, retagged: before.retagged,
		views: before.views, next: before.next, history: before.history.then(move{from: b.before, to: b.revision}),
	}
}

// compare notes the flags that a change names and that are not what they were,
// and returns all that it names.
func (b *builder) compare(before *Environment, c EnvironmentChange, d *difference) map[feature.Name]bool {
	mentioned := make(map[feature.Name]bool, len(c.Flags)+len(c.Gone))
	for _, name := range c.Gone {
		mentioned[name] = true
		if old := before.find(name); old != nil {
			d.add(old, nil, name)
		}
	}
	for i := range c.Flags {
		view := c.Flags[i].View
		mentioned[view.Name] = true
		old := before.find(view.Name)
		fresh := b.entry(&view, c.Flags[i].Tags)
		if old != nil && old.equal(fresh) {
			continue
		}
		if old != nil && old.digest == fresh.digest {
			fresh.revision = old.revision // only its tags changed
		}
		d.add(old, fresh, view.Name)
	}
	return mentioned
}

// next returns a state that differs as told and shares the rest.
func (b *builder) next(before *Environment, d *difference) *Environment {
	e := &Environment{
		name: before.name, gone: noted(before.gone), retagged: noted(before.retagged), views: new(views), next: make(chan struct{}),
		history: before.history,
	}
	if e.history.base != b.revision { // else it is new, and nobody knows anything older
		e.history = e.history.then(move{from: b.before, to: b.revision, changes: d.changes()})
	}
	var compiled []*eval.Flag
	var removed []feature.Name
	for name, after := range d.after {
		if old := d.before[name]; old != nil && (after == nil || after.project() != old.project()) {
			e.gone[old.project()] = b.revision
		}
		if after == nil {
			removed = append(removed, name)
			continue
		}
		if old := d.before[name]; old != nil && !slices.Equal(old.tags, after.tags) {
			e.retagged[after.project()] = b.revision
		}
		after.flag = b.compiler.Flag(after.view, b.source)
		compiled = append(compiled, after.flag)
	}
	e.entries = merge(before.entries, d.after)
	e.children = before.children
	if d.touchesChildren() {
		e.children = slices.DeleteFunc(slices.Clone(e.entries), func(e *entry) bool { return len(e.view.Dependencies) == 0 })
	}
	e.set = before.set.With(compiled, removed)
	e.views.inherit(before.views, e, d)
	return e
}

// noted returns a copy of revisions by project, never nil.
func noted(before map[feature.ProjectID]int64) map[feature.ProjectID]int64 {
	if before == nil {
		return make(map[feature.ProjectID]int64)
	}
	return maps.Clone(before)
}

// merge returns entries, by name, with those that changed replaced; by nil, they
// are left out.
func merge(entries []*entry, changed map[feature.Name]*entry) []*entry {
	all := make([]*entry, 0, len(entries)+len(changed))
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		i, found := search(entries, name)
		all = append(all, entries[:i]...)
		if after := changed[name]; after != nil {
			all = append(all, after)
		}
		if found {
			i++
		}
		entries = entries[i:]
	}
	return append(all, entries...)
}
