package control

import (
	"cmp"
	"context"
	"slices"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// PersonalDashboard is what concerns one person.
type PersonalDashboard struct {
	Projects []CountedProject // in which the person holds a role
	Flags    []FoundFlag      // that the person made, the latest first
	Admins   []store.User
	Owners   []ProjectOwner // of projects that the person may see, each once
}

// ProjectOwner is who holds the owner's role in a project.
type ProjectOwner struct {
	Kind string // user or group
	Name string
}

// PersonalDashboard returns what concerns a person, with at most so many flags.
func (c *Control) PersonalDashboard(ctx context.Context, user int64, flags int) (PersonalDashboard, error) {
	var d PersonalDashboard
	visible, err := c.Projects(ctx, false)
	if err != nil {
		return d, err
	}
	mine, err := c.ProjectsOf(ctx, user)
	if err != nil {
		return d, err
	}
	seen := make([]feature.ProjectID, len(visible))
	for i := range visible {
		seen[i] = visible[i].ID
		if slices.Contains(mine, visible[i].ID) {
			d.Projects = append(d.Projects, visible[i])
		}
	}
	if d.Owners, err = c.ProjectOwners(ctx, seen...); err != nil {
		return d, err
	}
	found, err := c.SearchFlags(ctx, store.FlagSearch{
		Creators: store.OneOf[int64]{Values: []int64{user}}, Sort: store.SortCreated, Descending: true, Limit: flags,
	})
	if err != nil {
		return d, err
	}
	d.Flags = found.Features
	d.Admins, err = c.Users(ctx)
	d.Admins = slices.DeleteFunc(d.Admins, func(u store.User) bool { return u.RootRole != access.AdminRole || u.DisabledAt != nil })
	return d, err
}

// ProjectOwners returns who holds the owner's role in any of the projects, each
// once, people first.
func (c *Control) ProjectOwners(ctx context.Context, projects ...feature.ProjectID) ([]ProjectOwner, error) {
	return view(ctx, c, func(tx *store.Tx) ([]ProjectOwner, error) {
		owners := []ProjectOwner{}
		add := func(o ProjectOwner) {
			if !slices.Contains(owners, o) {
				owners = append(owners, o)
			}
		}
		members, err := tx.Members(ctx)
		if err != nil {
			return nil, err
		}
		users, err := tx.Users(ctx)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if m.Role != access.OwnerRole || !slices.Contains(projects, m.Project) {
				continue
			}
			if i := slices.IndexFunc(users, func(u store.User) bool { return u.ID == m.UserID }); i >= 0 {
				add(ProjectOwner{Kind: "user", Name: cmp.Or(users[i].Name, users[i].Label())})
			}
		}
		teams, err := tx.ProjectGroups(ctx)
		if err != nil {
			return nil, err
		}
		groups, err := tx.Groups(ctx)
		for _, t := range teams {
			if t.Role != access.OwnerRole || !slices.Contains(projects, t.Project) {
				continue
			}
			if i := slices.IndexFunc(groups, func(g store.Group) bool { return g.ID == t.Group }); i >= 0 {
				add(ProjectOwner{Kind: "group", Name: groups[i].Name})
			}
		}
		return owners, err
	})
}
