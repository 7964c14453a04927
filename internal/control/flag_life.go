package control

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// indexed is the path of one element of a list in the request.
func indexed(path string, i int) string { return path + "/" + strconv.Itoa(i) }

// findFlags returns the flags that a request names, each once: Invalid names
// the first that is not in the project, or archived when live ones are asked
// for, or the other way round.
func findFlags(ctx context.Context, tx *store.Tx, project feature.ProjectID, names []feature.Name, archived bool) ([]feature.Flag, error) {
	flags, err := tx.Flags(ctx, store.FlagFilter{Project: project, Names: append([]feature.Name{}, names...), Archived: archived})
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		if slices.ContainsFunc(flags, func(f feature.Flag) bool { return f.Name == name }) {
			continue
		}
		kind := "flag that is not archived"
		if archived {
			kind = "archived flag"
		}
		return nil, fault.Field(indexed("/body/features", i), "features[%d]: there is no %s named %q in project %q", i, kind, name, project)
	}
	return flags, nil
}

// changeAll runs a change of several flags of one project.
func (c *Control) changeAll(ctx context.Context, actor access.Principal, batch Batch, change func(flagWork, []feature.Flag) error) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flags, err := findFlags(ctx, w.Tx, batch.Project, batch.Names, batch.Archived)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, change(w, flags)
	})
	return err
}

// Batch names several flags of one project, at most 500.
type Batch struct {
	Project  feature.ProjectID
	Names    []feature.Name
	Archived bool // the flags must be archived; otherwise they must not be
}

// ArchiveFlag archives one flag.
func (c *Control) ArchiveFlag(ctx context.Context, actor access.Principal, ref FlagRef) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := findLiveFlag(ctx, w.Tx, ref)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.archiveAll(ctx, []feature.Flag{flag})
	})
	return err
}

// ArchiveFlags archives several flags, all or none.
func (c *Control) ArchiveFlags(ctx context.Context, actor access.Principal, project feature.ProjectID, names []feature.Name) error {
	return c.changeAll(ctx, actor, Batch{Project: project, Names: names}, func(w flagWork, flags []feature.Flag) error {
		return w.archiveAll(ctx, flags)
	})
}

// archiveAll archives flags together with their dependencies on others. A flag
// on which one depends that stays cannot go.
func (w flagWork) archiveAll(ctx context.Context, flags []feature.Flag) error {
	for _, flag := range flags {
		if err := require(w.actor, string(flag.Project), "", access.DeleteFeature); err != nil {
			return err
		}
	}
	parents, err := w.parentsOfOthers(ctx, flags)
	if err != nil {
		return err
	}
	if len(parents) > 0 {
		return fault.New(fault.Conflict, "other flags depend on %s: archive those too, or remove the dependencies", quoted(parents))
	}
	for _, flag := range flags {
		if len(flag.Dependencies) > 0 {
			if err := w.removeDependencies(ctx, &flag); err != nil {
				return err
			}
		}
		before := flag
		now := w.Now()
		flag.ArchivedAt = &now
		if err := w.UpdateFlag(ctx, flag); err != nil {
			return err
		}
		if err := w.note(ctx, aboutFlag(eventFlagArchived, flag), before, flag); err != nil {
			return err
		}
	}
	return nil
}

// parentsOfOthers returns the flags on which a live flag depends that is not
// among them.
func (w flagWork) parentsOfOthers(ctx context.Context, flags []feature.Flag) ([]feature.Name, error) {
	names := make([]feature.Name, len(flags))
	for i, flag := range flags {
		names[i] = flag.Name
	}
	children, err := w.LiveChildren(ctx, names)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(names), func(parent feature.Name) bool {
		return !slices.ContainsFunc(children[parent], func(child feature.Name) bool { return !slices.Contains(names, child) })
	}), nil
}

func quoted(names []feature.Name) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = strconv.Quote(string(name))
	}
	return strings.Join(words, ", ")
}

// ArchiveCheck says what archiving some flags would meet.
type ArchiveCheck struct {
	ParentsWithChildFeatures []feature.Name `json:"parentsWithChildFeatures" doc:"Flags that cannot be archived because others depend on them"`
	HasDeletedDependencies   bool           `json:"hasDeletedDependencies" doc:"Archiving removes dependencies of these flags"`
}

// CheckArchive says what archiving flags of a project would meet.
func (c *Control) CheckArchive(ctx context.Context, project feature.ProjectID, names []feature.Name) (ArchiveCheck, error) {
	return view(ctx, c, func(tx *store.Tx) (ArchiveCheck, error) {
		check := ArchiveCheck{ParentsWithChildFeatures: []feature.Name{}}
		flags, err := findFlags(ctx, tx, project, names, false)
		if err != nil {
			return check, err
		}
		check.HasDeletedDependencies = slices.ContainsFunc(flags, func(f feature.Flag) bool { return len(f.Dependencies) > 0 })
		parents, err := flagWork{Tx: tx}.parentsOfOthers(ctx, flags)
		check.ParentsWithChildFeatures = append(check.ParentsWithChildFeatures, parents...)
		return check, err
	})
}

// ReviveFlag makes one archived flag live again, off in every environment.
func (c *Control) ReviveFlag(ctx context.Context, actor access.Principal, name feature.Name) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := w.findArchivedFlag(ctx, name)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.reviveAll(ctx, []feature.Flag{flag})
	})
	return err
}

// ReviveFlags makes several archived flags live again, all or none.
func (c *Control) ReviveFlags(ctx context.Context, actor access.Principal, project feature.ProjectID, names []feature.Name) error {
	return c.changeAll(ctx, actor, Batch{Project: project, Names: names, Archived: true}, func(w flagWork, flags []feature.Flag) error {
		return w.reviveAll(ctx, flags)
	})
}

func (w flagWork) findArchivedFlag(ctx context.Context, name feature.Name) (feature.Flag, error) {
	flag, err := findFlag(ctx, w.Tx, FlagRef{Name: name})
	if err == nil && flag.ArchivedAt == nil {
		err = fault.New(fault.Conflict, "the flag %q is not archived", name)
	}
	return flag, err
}

// reviveAll makes flags live again and switches them off everywhere: the
// world has changed since they were on.
func (w flagWork) reviveAll(ctx context.Context, flags []feature.Flag) error {
	if err := w.checkRoom(ctx, len(flags)); err != nil {
		return err
	}
	for _, flag := range flags {
		if err := require(w.actor, string(flag.Project), "", access.DeleteFeature, access.UpdateFeature); err != nil {
			return err
		}
		if err := requireLiveProject(ctx, w.Tx, flag.Project); err != nil {
			return err
		}
		before := flag
		flag.ArchivedAt = nil
		if err := w.UpdateFlag(ctx, flag); err != nil {
			return err
		}
		if err := w.SwitchOff(ctx, flag.Name); err != nil {
			return err
		}
		if err := w.BeginAnew(ctx, flag.Name); err != nil {
			return err
		}
		if err := w.note(ctx, aboutFlag(eventFlagRevived, flag), before, flag); err != nil {
			return err
		}
	}
	return nil
}

// DeleteFlag removes one archived flag for good.
func (c *Control) DeleteFlag(ctx context.Context, actor access.Principal, name feature.Name) error {
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := w.findArchivedFlag(ctx, name)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.deleteAll(ctx, []feature.Flag{flag})
	})
	return err
}

// DeleteFlags removes several archived flags for good, all or none.
func (c *Control) DeleteFlags(ctx context.Context, actor access.Principal, project feature.ProjectID, names []feature.Name) error {
	return c.changeAll(ctx, actor, Batch{Project: project, Names: names, Archived: true}, func(w flagWork, flags []feature.Flag) error {
		return w.deleteAll(ctx, flags)
	})
}

func (w flagWork) deleteAll(ctx context.Context, flags []feature.Flag) error {
	for _, flag := range flags {
		if err := require(w.actor, string(flag.Project), "", access.DeleteFeature); err != nil {
			return err
		}
		detail, err := flagDetail(ctx, w.Tx, flag)
		if err != nil {
			return err
		}
		detail.Favorite = false // that is of one person, and no part of the flag
		if err := w.Tx.DeleteFlag(ctx, flag.Name); err != nil {
			return err
		}
		if err := w.note(ctx, aboutFlag(eventFlagDeleted, flag), detail, nil); err != nil {
			return err
		}
	}
	return nil
}

// MarkStale marks several flags as stale or not, all or none.
func (c *Control) MarkStale(ctx context.Context, actor access.Principal, batch Batch, stale bool) error {
	return c.changeAll(ctx, actor, batch, func(w flagWork, flags []feature.Flag) error {
		for _, flag := range flags {
			if err := w.setStale(ctx, &flag, stale); err != nil {
				return err
			}
		}
		return nil
	})
}

// MoveFlag moves a flag to another project. It needs the permission to move in
// both. A flag stays where it is while it has dependencies or others depend on
// it, uses segments of its project, or is on in an environment that the other
// project lacks.
func (c *Control) MoveFlag(ctx context.Context, actor access.Principal, ref FlagRef, to feature.ProjectID) error {
	if !sees(ctx, to) {
		return unknownTarget(to)
	}
	if err := require(actor, string(to), "", access.MoveFeature); err != nil {
		return err
	}
	_, err := changeFlags(ctx, c, actor, func(w flagWork) (struct{}, error) {
		flag, err := findLiveFlag(ctx, w.Tx, ref)
		if err != nil {
			return struct{}{}, err
		}
		if _, err := w.Project(ctx, to); fault.Is(err, fault.NotFound) {
			return struct{}{}, unknownTarget(to)
		}
		if err := requireLiveProject(ctx, w.Tx, to); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.move(ctx, flag, to)
	})
	return err
}

func unknownTarget(to feature.ProjectID) error {
	return fault.Field("/body/newProjectId", "newProjectId must name a project: there is no %q", to)
}

func (w flagWork) move(ctx context.Context, flag feature.Flag, to feature.ProjectID) error {
	if flag.Project == to {
		return nil
	}
	if err := w.checkMove(ctx, flag, to); err != nil {
		return err
	}
	from := flag.Project
	flag.Project = to
	if err := w.UpdateFlag(ctx, flag); err != nil {
		return err
	}
	type project struct {
		Old feature.ProjectID `json:"oldProject"`
		New feature.ProjectID `json:"newProject"`
	}
	return w.note(ctx, aboutFlag(eventFlagMoved, flag), nil, project{Old: from, New: to})
}

func (w flagWork) checkMove(ctx context.Context, flag feature.Flag, to feature.ProjectID) error {
	children, err := w.LiveChildren(ctx, []feature.Name{flag.Name})
	if err != nil {
		return err
	}
	if len(flag.Dependencies) > 0 || len(children) > 0 {
		return fault.New(fault.Conflict, "the flag %q cannot move: it has dependencies, which may not cross projects", flag.Name)
	}
	places, err := w.Places(ctx, []feature.ProjectID{to})
	if err != nil {
		return err
	}
	states, err := w.States(ctx, []feature.Name{flag.Name})
	if err != nil {
		return err
	}
	for environment, state := range states[flag.Name] {
		known := slices.ContainsFunc(places[to], func(p store.Place) bool { return p.Name == environment })
		if state.Enabled && !known {
			return fault.New(fault.Conflict, "the flag %q cannot move: it is on in the environment %q, which project %q does not have", flag.Name, environment, to)
		}
		for _, strategy := range state.Strategies {
			foreign, err := w.ForeignSegments(ctx, to, strategy.Segments)
			if err != nil {
				return err
			}
			if len(foreign) > 0 {
				return fault.New(fault.Conflict, "the flag %q cannot move: in %q it uses segment %d, which belongs to its project", flag.Name, environment, foreign[0])
			}
		}
	}
	return nil
}
