package control

import (
	"slices"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

// visible leaves those things out of a list that are in projects the actor may
// not know of. The project of a thing of the whole server is empty.
func visible[T any](actor access.Principal, things []T, project func(T) feature.ProjectID) []T {
	return slices.DeleteFunc(things, func(thing T) bool { return !seesProject(actor, project(thing)) })
}

// seesProject reports whether the actor may know of a thing in a project;
// empty is the whole server.
func seesProject(actor access.Principal, project feature.ProjectID) bool {
	return project == "" || actor.Sees(string(project))
}

// mustSee returns the NotFound error of a project that does not exist, unless
// the actor may know of it.
func mustSee(actor access.Principal, project feature.ProjectID) error {
	if seesProject(actor, project) {
		return nil
	}
	return NoProject(project)
}

// NoProject is the error for a project that does not exist for whoever asks.
func NoProject(id feature.ProjectID) error {
	return fault.New(fault.NotFound, "there is no project %q", id)
}
