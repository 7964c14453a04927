package control

import (
	"context"
	"slices"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// sees reports whether whoever asks may know of a thing in a project. A thing
// of no project, or of all, is everybody's.
func sees(ctx context.Context, project feature.ProjectID) bool {
	return project == "" || project == store.AllProjects || viewer(ctx).Sees(string(project))
}

// visible leaves out of a list what is in projects that whoever asks may not
// know of.
func visible[T any](ctx context.Context, things []T, project func(T) feature.ProjectID) []T {
	return slices.DeleteFunc(things, func(thing T) bool { return !sees(ctx, project(thing)) })
}

// hiddenProjects returns the projects, archived ones included, that whoever
// asks may not know of.
func hiddenProjects(ctx context.Context, tx *store.Tx) ([]feature.ProjectID, error) {
	hidden := []feature.ProjectID{}
	for _, archived := range []bool{false, true} {
		projects, err := tx.Projects(ctx, archived)
		if err != nil {
			return nil, err
		}
		for _, p := range projects {
			if !sees(ctx, p.ID) {
				hidden = append(hidden, p.ID)
			}
		}
	}
	return hidden, nil
}

// unlessHidden is the outcome of reading a thing in a project: NotFound when
// whoever asks may not know of the project, in the same words as when there is
// no such thing.
func unlessHidden(ctx context.Context, err error, project feature.ProjectID, format string, args ...any) error {
	if err == nil && !sees(ctx, project) {
		return fault.New(fault.NotFound, format, args...)
	}
	return err
}

// NoProject is the error for a project that does not exist for whoever asks.
func NoProject(id feature.ProjectID) error {
	return fault.New(fault.NotFound, "there is no project %q", id)
}
