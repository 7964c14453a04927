package control

import (
	"context"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// unusedAfter is how long an account is not used until it counts as inactive.
const unusedAfter = 180 * 24 * time.Hour

// Rights is all that an account holds, with where it comes from.
type Rights struct {
	User         store.User
	RootRole     access.Role
	ProjectRoles []access.Role // in the project that was asked about, alone or in a group
	Groups       []store.Group
	Held         []HeldRole // every role, on the server first, then by project
	Grants       access.Grants
}

// HeldRole is a role that an account holds in one place.
type HeldRole struct {
	Role    access.Role
	Project feature.ProjectID // empty: on the whole server
	Group   *store.Group      // that gives it; nil: the account holds it itself
}

// RightsOf returns what a person or a service account holds, and which roles in
// a project; empty for no project.
func (c *Control) RightsOf(ctx context.Context, id int64, service bool, project feature.ProjectID) (Rights, error) {
	return view(ctx, c, func(tx *store.Tx) (Rights, error) {
		var r Rights
		var err error
		if r.User, err = findAccount(ctx, tx, id, service); err != nil {
			return r, err
		}
		if project != "" {
			if _, err := tx.Project(ctx, project); err != nil {
				return r, err
			}
		}
		if r.Groups, err = tx.GroupsOf(ctx, id); err != nil {
			return r, err
		}
		held, err := tx.HoldingsOf(ctx, id)
		if err != nil {
			return r, err
		}
		all, err := roles(ctx, tx)
		return r.unite(held, all, project), err
	})
}

// unite fills in what follows from the roles that are held.
func (r Rights) unite(held []store.Holding, all []access.Role, project feature.ProjectID) Rights {
	r.ProjectRoles = []access.Role{}
	var holdings []access.Holding
	for _, h := range held {
		i := slices.IndexFunc(all, func(role access.Role) bool { return role.ID == h.Role })
		if i < 0 {
			continue
		}
		holdings = append(holdings, access.Holding{Role: all[i], Project: string(h.Project)})
		r.Held = append(r.Held, HeldRole{Role: all[i], Project: h.Project, Group: groupIn(r.Groups, h.Group)})
		switch {
		case h.Project == "" && h.Group == 0:
			r.RootRole = all[i]
		case h.Project != "" && h.Project == project && !slices.ContainsFunc(r.ProjectRoles, func(role access.Role) bool { return role.ID == h.Role }):
			r.ProjectRoles = append(r.ProjectRoles, all[i])
		}
	}
	r.Grants, _ = access.Unite(holdings)
	return r
}

// groupIn returns the group of an id, or nil.
func groupIn(groups []store.Group, id int64) *store.Group {
	if i := slices.IndexFunc(groups, func(g store.Group) bool { return g.ID == id }); i >= 0 {
		return &groups[i]
	}
	return nil
}

// AccountAccess is what an account belongs to.
type AccountAccess struct {
	User     store.User
	RootRole string
	Projects []feature.ProjectID // in which it holds a role or a right; all for an administrator
	Groups   []string
}

// AccessOverview returns what everybody, service accounts included, belongs to,
// in the order of their ids.
func (c *Control) AccessOverview(ctx context.Context) ([]AccountAccess, error) {
	return view(ctx, c, func(tx *store.Tx) ([]AccountAccess, error) {
		users, err := tx.Users(ctx)
		if err != nil {
			return nil, err
		}
		holdings, err := tx.Holdings(ctx)
		if err != nil {
			return nil, err
		}
		of := map[int64][]store.Holding{}
		for _, h := range holdings {
			of[h.UserID] = append(of[h.UserID], h)
		}
		groups, err := groupNames(ctx, tx)
		if err != nil {
			return nil, err
		}
		projects, err := tx.Projects(ctx, false)
		if err != nil {
			return nil, err
		}
		all, err := roles(ctx, tx)
		overview := make([]AccountAccess, len(users))
		for i, u := range users {
			r := Rights{}.unite(of[u.ID], all, "")
			overview[i] = AccountAccess{User: u, RootRole: r.RootRole.Name, Groups: append([]string{}, groups[u.ID]...), Projects: belonging(r.Grants, of[u.ID], projects)}
		}
		return overview, err
	})
}

// belonging returns the projects in which somebody holds a role or a right.
func belonging(grants access.Grants, held []store.Holding, projects []feature.Project) []feature.ProjectID {
	in := []feature.ProjectID{}
	for _, p := range projects {
		right := func(g access.Grant) bool { return g.Permission == access.AdminAll || g.Project == string(p.ID) }
		role := func(h store.Holding) bool { return h.Project == p.ID }
		if slices.ContainsFunc(grants, right) || slices.ContainsFunc(held, role) {
			in = append(in, p.ID)
		}
	}
	return in
}

// groupNames returns the names of everybody's groups, sorted.
func groupNames(ctx context.Context, tx *store.Tx) (map[int64][]string, error) {
	groups, err := tx.Groups(ctx)
	if err != nil {
		return nil, err
	}
	details, err := groupDetails(ctx, tx, groups)
	names := map[int64][]string{}
	for _, g := range details {
		for _, m := range g.Members {
			names[m.User.ID] = append(names[m.User.ID], g.Name)
		}
	}
	return names, err
}

// InactiveUser is a person who has not been here for long.
type InactiveUser struct {
	store.User
	TokenSeenAt *time.Time // the last use of a personal token
}

// InactiveUsers returns the people who have neither signed in nor used a
// personal token in the last 180 days, nor been made in that time.
func (c *Control) InactiveUsers(ctx context.Context) ([]InactiveUser, error) {
	return view(ctx, c, func(tx *store.Tx) ([]InactiveUser, error) {
		users, err := tx.Users(ctx)
		if err != nil {
			return nil, err
		}
		tokens, err := tx.PersonalTokens(ctx)
		used := map[int64]*time.Time{}
		for _, t := range tokens {
			if t.SeenAt != nil && (used[t.UserID] == nil || t.SeenAt.After(*used[t.UserID])) {
				used[t.UserID] = t.SeenAt
			}
		}
		limit := tx.Now().Add(-unusedAfter)
		inactive := []InactiveUser{}
		for _, u := range users {
			recent := func(at *time.Time) bool { return at != nil && at.After(limit) }
			if !u.Service && !recent(&u.CreatedAt) && !recent(u.SeenAt) && !recent(used[u.ID]) {
				inactive = append(inactive, InactiveUser{User: u, TokenSeenAt: used[u.ID]})
			}
		}
		return inactive, err
	})
}

// DeleteUsers deletes several people, all or none. It fails as DeleteUser does.
func (c *Control) DeleteUsers(ctx context.Context, actor access.Principal, ids []int64) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		for _, id := range distinct(ids) {
			u, err := findAccount(ctx, tx, id, false)
			if err != nil {
				return unknownIn(err, "/body/ids", "user", id)
			}
			if err := deleteAccount(ctx, tx, actor, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// AdminCount is how many hold the role Admin themselves.
type AdminCount struct {
	Password   int `json:"password" doc:"People who can sign in with a password"`
	NoPassword int `json:"noPassword" doc:"People who cannot"`
	Service    int `json:"service" doc:"Service accounts"`
}

// CountAdmins returns how many hold the role Admin themselves.
func (c *Control) CountAdmins(ctx context.Context) (AdminCount, error) {
	users, err := c.Accounts(ctx)
	var n AdminCount
	for _, u := range users {
		switch {
		case u.RootRole != access.AdminRole:
		case u.Service:
			n.Service++
		case u.PasswordHash == "":
			n.NoPassword++
		default:
			n.Password++
		}
	}
	return n, err
}
