package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about flags.
const (
	eventFlagCreated     = "feature-created"
	eventFlagUpdated     = "feature-metadata-updated"
	eventFlagArchived    = "feature-archived"
	eventFlagRevived     = "feature-revived"
	eventFlagDeleted     = "feature-deleted"
	eventFlagStale       = "feature-stale-on"
	eventFlagNotStale    = "feature-stale-off"
	eventFlagMoved       = "feature-project-change"
	eventFlagOn          = "feature-environment-enabled"
	eventFlagOff         = "feature-environment-disabled"
	eventFlagVariants    = "feature-environment-variants-updated"
	eventStrategyAdded   = "feature-strategy-add"
	eventStrategyUpdated = "feature-strategy-update"
	eventStrategyRemoved = "feature-strategy-remove"
	eventStrategyOrder   = "strategy-order-changed"
	eventDependencyAdded = "feature-dependency-added"
	eventDependencyGone  = "feature-dependency-removed"
	eventDependenciesOff = "feature-dependencies-removed"
	eventFlagTagged      = "feature-tagged"
	eventFlagUntagged    = "feature-untagged"
)

// defaultFlagType is the type of a flag that names none.
const defaultFlagType = "release"

// FlagRef names a flag where a caller expects it: one in another project is
// not found. An empty project leaves that open.
type FlagRef struct {
	Project feature.ProjectID
	Name    feature.Name
}

// FlagPlace names a flag in one environment of its project.
type FlagPlace struct {
	FlagRef
	Environment feature.EnvironmentName
}

// NewFlag is a flag to create.
type NewFlag struct {
	Name           feature.Name
	Project        feature.ProjectID
	Type           string // empty: release
	Description    *string
	ImpressionData bool
	Tags           []feature.Tag
}

// FlagFields is what may change of a flag itself.
type FlagFields struct {
	Description    *string
	Type           string
	Stale          bool
	ImpressionData bool
	Archived       bool
}

// flagWork is one change of flags in progress: its transaction and who asks.
// Its methods make one step each, with its event and what readers must
// refresh.
type flagWork struct {
	*store.Tx
	control *Control
	actor   access.Principal
}

// changeFlags runs a change of flags and returns its result.
func changeFlags[T any](ctx context.Context, c *Control, actor access.Principal, change func(flagWork) (T, error)) (T, error) {
	return update(ctx, c, func(tx *store.Tx) (T, error) {
		return change(flagWork{Tx: tx, control: c, actor: actor})
	})
}

// note records an event about a flag and tells readers to refresh it.
func (w flagWork) note(ctx context.Context, e store.Event, before, after any) error {
	if err := w.Record(ctx, w.actor, e, before, after); err != nil {
		return err
	}
	return w.Touch(ctx, store.NounFeature, string(e.Feature))
}

// aboutFlag starts an event about a flag.
func aboutFlag(eventType string, flag feature.Flag) store.Event {
	return store.Event{Type: eventType, Project: flag.Project, Feature: flag.Name}
}

// findFlag returns a flag, archived or not, where the caller expects it.
func findFlag(ctx context.Context, tx *store.Tx, ref FlagRef) (feature.Flag, error) {
	flag, err := tx.Flag(ctx, ref.Name)
	if err := unlessHidden(ctx, err, flag.Project, "there is no flag named %q", ref.Name); err != nil {
		return flag, err
	}
	if ref.Project != "" && flag.Project != ref.Project {
		return flag, fault.New(fault.NotFound, "there is no flag named %q in project %q", ref.Name, ref.Project)
	}
	return flag, nil
}

// findLiveFlag returns a flag that is not archived.
func findLiveFlag(ctx context.Context, tx *store.Tx, ref FlagRef) (feature.Flag, error) {
	flag, err := findFlag(ctx, tx, ref)
	if err == nil && flag.ArchivedAt != nil {
		err = fault.New(fault.Conflict, "the flag %q is archived: revive it to change it", flag.Name)
	}
	return flag, err
}

// requireLiveProject returns a NotFound error for a project that is missing or
// archived.
func requireLiveProject(ctx context.Context, tx *store.Tx, id feature.ProjectID) error {
	project, err := tx.Project(ctx, id)
	err = unlessHidden(ctx, err, id, "there is no project %q", id)
	if err == nil && project.ArchivedAt != nil {
		err = fault.New(fault.NotFound, "the project %q is archived", id)
	}
	return err
}

// Flags returns the flags of a project, or of all projects when it is empty:
// the archived ones, or those that are not.
func (c *Control) Flags(ctx context.Context, project feature.ProjectID, archived bool) ([]FlagSummary, error) {
	return view(ctx, c, func(tx *store.Tx) ([]FlagSummary, error) {
		if project != "" {
			if _, err := tx.Project(ctx, project); err != nil {
				return nil, err
			}
		}
		flags, err := tx.Flags(ctx, store.FlagFilter{Project: project, Archived: archived})
		if err != nil {
			return nil, err
		}
		flags = visible(ctx, flags, func(f feature.Flag) feature.ProjectID { return f.Project })
		return flagSummaries(ctx, tx, flags)
	})
}

// Flag returns one flag, archived or not.
func (c *Control) Flag(ctx context.Context, ref FlagRef) (FlagDetail, error) {
	return view(ctx, c, func(tx *store.Tx) (FlagDetail, error) {
		flag, err := findFlag(ctx, tx, ref)
		if err != nil {
			return FlagDetail{}, err
		}
		return flagDetail(ctx, tx, flag)
	})
}

// ValidateFlagName reports a name that a new flag cannot have: Invalid by its
// form, Conflict when a flag, archived ones included, has it.
func (c *Control) ValidateFlagName(ctx context.Context, name feature.Name, project feature.ProjectID) error {
	if err := feature.CheckName("/body/name", "name", string(name)); err != nil {
		return err
	}
	return c.DB.View(ctx, func(tx *store.Tx) error {
		if project != "" {
			if err := requireLiveProject(ctx, tx, project); err != nil {
				return err
			}
		}
		flag, err := tx.Flag(ctx, name)
		switch {
		case fault.Is(err, fault.NotFound):
			return nil
		case err != nil:
			return err
		default:
			return nameTaken(flag)
		}
	})
}

// nameTaken is the error for the name of a flag that exists.
func nameTaken(flag feature.Flag) error {
	if flag.ArchivedAt != nil {
		return nameExists("a flag named %q exists already and is archived: revive it, delete it for good or choose another name", flag.Name)
	}
	return nameExists("a flag named %q exists already", flag.Name)
}

// CreateFlag stores a new flag, off in every environment.
func (c *Control) CreateFlag(ctx context.Context, actor access.Principal, n NewFlag) (FlagDetail, error) {
	flag := feature.Flag{Name: n.Name, Project: n.Project, Type: n.Type, Description: n.Description, ImpressionData: n.ImpressionData}
	if flag.Type == "" {
		flag.Type = defaultFlagType
	}
	return changeFlags(ctx, c, actor, func(w flagWork) (FlagDetail, error) {
		flag, err := w.create(ctx, flag)
		if err != nil {
			return FlagDetail{}, err
		}
		for i, tag := range n.Tags {
			if err := w.tag(ctx, flag, tag, indexed("/body/tags", i)); err != nil {
				return FlagDetail{}, err
			}
		}
		return flagDetail(ctx, w.Tx, flag)
	})
}

// create checks and stores a new flag.
func (w flagWork) create(ctx context.Context, flag feature.Flag) (feature.Flag, error) {
	flag.CreatedAt = w.Now()
	if w.actor.Person() {
		flag.CreatedBy = w.actor.UserID
	}
	if err := requireLiveProject(ctx, w.Tx, flag.Project); err != nil {
		return flag, err
	}
	if err := feature.CheckName("/body/name", "name", string(flag.Name)); err != nil {
		return flag, err
	}
	if err := w.checkFields(ctx, flag.Type, flag.Description); err != nil {
		return flag, err
	}
	if err := w.checkRoom(ctx, 1); err != nil {
		return flag, err
	}
	if known, err := w.Flag(ctx, flag.Name); !fault.Is(err, fault.NotFound) {
		if err == nil {
			err = nameTaken(known)
		}
		return flag, err
	}
	if err := w.InsertFlag(ctx, flag); err != nil {
		return flag, err
	}
	return flag, w.note(ctx, aboutFlag(eventFlagCreated, flag), nil, flag)
}

func (w flagWork) checkFields(ctx context.Context, flagType string, description *string) error {
	if err := feature.CheckText("/body/description", "description", description); err != nil {
		return err
	}
	_, err := w.FlagType(ctx, flagType)
	if fault.Is(err, fault.NotFound) {
		return fault.Field("/body/type", "type must be one of the flag types of this server: there is no %q", flagType)
	}
	return err
}

// checkRoom reports whether some more live flags are allowed.
func (w flagWork) checkRoom(ctx context.Context, more int) error {
	n, err := w.CountFlags(ctx)
	if err == nil && n+more > feature.MaxFlags {
		err = feature.Exceeded("flags", feature.MaxFlags)
	}
	return err
}

// UpdateFlag changes the fields of a flag. The function is given them as they
// are and returns them as they shall be. Archiving and reviving need the
// permission for that.
func (c *Control) UpdateFlag(ctx context.Context, actor access.Principal, ref FlagRef, change func(FlagFields) (FlagFields, error)) (FlagDetail, error) {
	return changeFlags(ctx, c, actor, func(w flagWork) (FlagDetail, error) {
		flag, err := findFlag(ctx, w.Tx, ref)
		if err != nil {
			return FlagDetail{}, err
		}
		before := FlagFields{
			Description: flag.Description, Type: flag.Type, Stale: flag.Stale,
			ImpressionData: flag.ImpressionData, Archived: flag.ArchivedAt != nil,
		}
		after, err := change(before)
		if err != nil {
			return FlagDetail{}, err
		}
		if err := w.setFields(ctx, flag, before, after); err != nil {
			return FlagDetail{}, err
		}
		if flag, err = w.Flag(ctx, flag.Name); err != nil {
			return FlagDetail{}, err
		}
		return flagDetail(ctx, w.Tx, flag)
	})
}

func (w flagWork) setFields(ctx context.Context, flag feature.Flag, before, after FlagFields) error {
	if before.Archived && !after.Archived {
		if err := w.reviveAll(ctx, []feature.Flag{flag}); err != nil {
			return err
		}
		flag.ArchivedAt = nil
	}
	if before.Archived && after.Archived {
		return fault.New(fault.Conflict, "the flag %q is archived: revive it to change it", flag.Name)
	}
	if err := w.setMetadata(ctx, &flag, after); err != nil {
		return err
	}
	if err := w.setStale(ctx, &flag, after.Stale); err != nil {
		return err
	}
	if after.Archived {
		return w.archiveAll(ctx, []feature.Flag{flag})
	}
	return nil
}

func (w flagWork) setMetadata(ctx context.Context, flag *feature.Flag, after FlagFields) error {
	old := *flag
	if old.Type == after.Type && old.ImpressionData == after.ImpressionData && sameText(old.Description, after.Description) {
		return nil
	}
	if err := w.checkFields(ctx, after.Type, after.Description); err != nil {
		return err
	}
	flag.Type, flag.ImpressionData, flag.Description = after.Type, after.ImpressionData, after.Description
	if err := w.Tx.UpdateFlag(ctx, *flag); err != nil {
		return err
	}
	return w.note(ctx, aboutFlag(eventFlagUpdated, *flag), old, *flag)
}

// setStale marks a flag as stale or not; it does nothing when it is so.
func (w flagWork) setStale(ctx context.Context, flag *feature.Flag, stale bool) error {
	if flag.Stale == stale {
		return nil
	}
	old := *flag
	flag.Stale = stale
	if err := w.Tx.UpdateFlag(ctx, *flag); err != nil {
		return err
	}
	eventType := eventFlagNotStale
	if stale {
		eventType = eventFlagStale
	}
	return w.note(ctx, aboutFlag(eventType, *flag), old, *flag)
}

func sameText(a, b *string) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}
