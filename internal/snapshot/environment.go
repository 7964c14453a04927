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
	// gone is the revision at which a project last lost a flag here.
	gone  map[feature.ProjectID]int64
	views views
}

func newEnvironment(name feature.EnvironmentName) *Environment {
	return &Environment{name: name, set: eval.NewSet(nil)}
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
	i, ok := slices.BinarySearchFunc(entries, name, func(e *entry, n feature.Name) int { return cmp.Compare(e.name(), n) })
	if !ok {
		return nil
	}
	return entries[i]
}

// difference is what changed between two states of an environment.
type difference struct {
	before, after map[feature.Name]*entry // of flags that changed; nil where there was or is none
}

func (d *difference) add(before, after *entry, name feature.Name) {
	d.before[name], d.after[name] = before, after
}

// environment returns the state after a change; the state before when nothing
// in it changed. Before is nil for a new environment.
func (b *builder) environment(before *Environment, c EnvironmentChange) *Environment {
	if before == nil {
		before = newEnvironment(c.Name)
	}
	d := difference{make(map[feature.Name]*entry), make(map[feature.Name]*entry)}
	mentioned := b.compare(before, c, &d)
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
	if len(d.after) == 0 {
		return before
	}
	return b.next(before, &d)
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
	e := &Environment{name: before.name, gone: maps.Clone(before.gone)}
	if e.gone == nil {
		e.gone = make(map[feature.ProjectID]int64)
	}
	var compiled []*eval.Flag
	var removed []feature.Name
	fresh := make([]*entry, 0, len(d.after))
	for name, after := range d.after {
		if old := d.before[name]; old != nil && (after == nil || after.project() != old.project()) {
			e.gone[old.project()] = b.revision
		}
		if after == nil {
			removed = append(removed, name)
			continue
		}
		after.flag = b.compiler.Flag(after.view, b.source)
		fresh = append(fresh, after)
		compiled = append(compiled, after.flag)
	}
	e.entries = merge(before.entries, fresh, d.after)
	e.set = nextSet(before.set, e.entries, compiled, removed)
	e.views.inherit(&before.views, e, d)
	return e
}

// nextSet returns the set of the entries: built anew when much of it changed,
// since putting flags in one by one takes quadratic time.
func nextSet(before *eval.Set, entries []*entry, changed []*eval.Flag, removed []feature.Name) *eval.Set {
	if len(changed) <= len(entries)/8 {
		return before.With(changed, removed)
	}
	all := make([]*eval.Flag, len(entries))
	for i, e := range entries {
		all[i] = e.flag
	}
	return eval.NewSet(all)
}

// merge returns entries without those that changed and with the fresh ones, by
// name.
func merge(entries, fresh []*entry, changed map[feature.Name]*entry) []*entry {
	slices.SortFunc(fresh, func(a, b *entry) int { return cmp.Compare(a.name(), b.name()) })
	all := make([]*entry, 0, len(entries)+len(fresh))
	for _, e := range entries {
		for len(fresh) > 0 && fresh[0].name() < e.name() {
			all = append(all, fresh[0])
			fresh = fresh[1:]
		}
		if _, replaced := changed[e.name()]; !replaced {
			all = append(all, e)
		}
	}
	return append(all, fresh...)
}
