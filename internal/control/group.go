package control

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about groups.
const (
	eventGroupCreated = "group-created"
	eventGroupUpdated = "group-updated"
	eventGroupDeleted = "group-deleted"
)

const (
	// MaxGroups is how many groups a server holds.
	MaxGroups = 1000
	// maxMappings is how many groups of an identity provider one group stands for.
	maxMappings = 100
)

// GroupDetail is a group with its members and its projects.
type GroupDetail struct {
	store.Group
	Members  []GroupPerson
	Projects []feature.ProjectID
}

// GroupPerson is one member of a group.
type GroupPerson struct {
	User     store.User
	JoinedAt time.Time
	AddedBy  string
}

// GroupFields is what can be said of a group.
type GroupFields struct {
	Name        string
	Description *string
	MappingsSSO []string
	RootRole    *access.RoleID // nil: none
	Users       []int64        // nil: whoever is in it
}

// Groups returns all groups, by name.
func (c *Control) Groups(ctx context.Context) ([]GroupDetail, error) {
	return view(ctx, c, func(tx *store.Tx) ([]GroupDetail, error) {
		groups, err := tx.Groups(ctx)
		if err != nil {
			return nil, err
		}
		return groupDetails(ctx, tx, groups)
	})
}

// Group returns one group, or a NotFound error.
func (c *Control) Group(ctx context.Context, id int64) (GroupDetail, error) {
	return view(ctx, c, func(tx *store.Tx) (GroupDetail, error) {
		g, err := tx.Group(ctx, id)
		if err != nil {
			return GroupDetail{}, err
		}
		return groupDetail(ctx, tx, g)
	})
}

// GroupsOf returns the groups that a user is in, by name.
func (c *Control) GroupsOf(ctx context.Context, user int64) ([]store.Group, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.Group, error) { return tx.GroupsOf(ctx, user) })
}

func groupDetail(ctx context.Context, tx *store.Tx, g store.Group) (GroupDetail, error) {
	details, err := groupDetails(ctx, tx, []store.Group{g})
	if err != nil {
		return GroupDetail{}, err
	}
	return details[0], nil
}

// groupDetails returns groups as people see them. It takes the same three
// queries for any number of groups.
func groupDetails(ctx context.Context, tx *store.Tx, groups []store.Group) ([]GroupDetail, error) {
	users, err := tx.Users(ctx)
	if err != nil {
		return nil, err
	}
	members, err := tx.GroupMembers(ctx)
	if err != nil {
		return nil, err
	}
	held, err := tx.ProjectGroups(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]store.User, len(users))
	for _, u := range users {
		byID[u.ID] = u
	}
	details := make([]GroupDetail, len(groups))
	at := make(map[int64]*GroupDetail, len(groups))
	for i, g := range groups {
		details[i] = GroupDetail{Group: g, Members: []GroupPerson{}, Projects: []feature.ProjectID{}}
		at[g.ID] = &details[i]
	}
	for _, m := range members {
		if d := at[m.Group]; d != nil {
			d.Members = append(d.Members, GroupPerson{User: byID[m.UserID], JoinedAt: m.JoinedAt, AddedBy: m.AddedBy})
		}
	}
	for _, p := range held {
		if d := at[p.Group]; d != nil && !slices.Contains(d.Projects, p.Project) {
			d.Projects = append(d.Projects, p.Project)
		}
	}
	return details, nil
}

// CreateGroup makes a group.
func (c *Control) CreateGroup(ctx context.Context, actor access.Principal, f GroupFields) (GroupDetail, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return GroupDetail{}, err
	}
	return update(ctx, c, func(tx *store.Tx) (GroupDetail, error) {
		if err := checkGroup(ctx, tx, f, 0); err != nil {
			return GroupDetail{}, err
		}
		all, err := tx.Groups(ctx)
		if err != nil {
			return GroupDetail{}, err
		}
		if len(all) >= MaxGroups {
			return GroupDetail{}, feature.Exceeded("groups", MaxGroups)
		}
		g, err := tx.InsertGroup(ctx, f.apply(store.Group{CreatedBy: actor.DisplayName(), CreatedAt: tx.Now()}))
		if err != nil {
			return GroupDetail{}, err
		}
		return saveMembers(ctx, tx, actor, f, changed[GroupDetail]{event: eventGroupCreated, after: &GroupDetail{Group: g}})
	})
}

// UpdateGroup replaces what is said of a group. When it returns, its members
// have the rights that it gives now, and who left has them no more.
func (c *Control) UpdateGroup(ctx context.Context, actor access.Principal, id int64, f GroupFields) (GroupDetail, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return GroupDetail{}, err
	}
	return update(ctx, c, func(tx *store.Tx) (GroupDetail, error) {
		g, err := tx.Group(ctx, id)
		if err != nil {
			return GroupDetail{}, err
		}
		before, err := groupDetail(ctx, tx, g)
		if err != nil {
			return before, err
		}
		if err := checkGroup(ctx, tx, f, id); err != nil {
			return before, err
		}
		after := before
		after.Group = f.apply(g)
		if err := tx.UpdateGroup(ctx, after.Group); err != nil {
			return before, err
		}
		return saveMembers(ctx, tx, actor, f, changed[GroupDetail]{event: eventGroupUpdated, before: &before, after: &after})
	})
}

// DeleteGroup deletes a group. When it returns, its members have lost the
// rights that it gave.
func (c *Control) DeleteGroup(ctx context.Context, actor access.Principal, id int64) error {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		g, err := tx.Group(ctx, id)
		if err != nil {
			return err
		}
		before, err := groupDetail(ctx, tx, g)
		if err != nil {
			return err
		}
		if err := tx.DeleteGroup(ctx, id); err != nil {
			return err
		}
		return groupChanged(ctx, tx, actor, changed[GroupDetail]{event: eventGroupDeleted, before: &before})
	})
}

// saveMembers makes the users of the fields the members of a group, records
// the change and returns the group as it is then.
func saveMembers(ctx context.Context, tx *store.Tx, actor access.Principal, f GroupFields, c changed[GroupDetail]) (GroupDetail, error) {
	group := c.after.Group
	if f.Users != nil {
		for _, m := range c.after.Members {
			if !slices.Contains(f.Users, m.User.ID) {
				if err := tx.RemoveGroupMember(ctx, group.ID, m.User.ID); err != nil {
					return *c.after, err
				}
			}
		}
	}
	for i, id := range f.Users {
		if _, err := tx.User(ctx, id); err != nil {
			return *c.after, unknownIn(err, "/body/users/"+strconv.Itoa(i), "user", id)
		}
		err := tx.AddGroupMember(ctx, store.GroupMember{Group: group.ID, UserID: id, JoinedAt: tx.Now(), AddedBy: actor.DisplayName()})
		if err != nil {
			return *c.after, err
		}
	}
	after, err := groupDetail(ctx, tx, group)
	if err != nil {
		return after, err
	}
	c.after = &after
	return after, groupChanged(ctx, tx, actor, c)
}

func (f GroupFields) apply(g store.Group) store.Group {
	g.Name, g.Description, g.RootRole = f.Name, f.Description, f.RootRole
	g.MappingsSSO = append([]string{}, f.MappingsSSO...)
	return g
}

func checkGroup(ctx context.Context, tx *store.Tx, f GroupFields, id int64) error {
	if err := feature.CheckTitle("/body/name", "name", f.Name); err != nil {
		return err
	}
	if err := feature.CheckText("/body/description", "description", f.Description); err != nil {
		return err
	}
	if len(f.MappingsSSO) > maxMappings {
		return fault.Field("/body/mappingsSSO", "mappingsSSO must not hold more than %d names", maxMappings)
	}
	for i, name := range f.MappingsSSO {
		path := "/body/mappingsSSO/" + strconv.Itoa(i)
		if err := feature.CheckTitle(path, "mappingsSSO", name); err != nil {
			return err
		}
	}
	if f.RootRole != nil {
		if _, err := roleToGive(ctx, tx, "/body/rootRole", *f.RootRole, true); err != nil {
			return err
		}
	}
	all, err := tx.Groups(ctx)
	for _, other := range all {
		if other.Name == f.Name && other.ID != id {
			return takenAt("/body/name", "a group named %q exists already", f.Name)
		}
	}
	return err
}

// groupEvent is what the event log keeps of a group.
type groupEvent struct {
	ID          int64          `json:"id"`
	Name        string         `json:"name"`
	Description *string        `json:"description"`
	MappingsSSO []string       `json:"mappingsSSO"`
	RootRole    *access.RoleID `json:"rootRole"`
	Users       []int64        `json:"users"`
}

func groupChanged(ctx context.Context, tx *store.Tx, actor access.Principal, c changed[GroupDetail]) error {
	if err := tx.Record(ctx, actor, store.Event{Type: c.event}, groupData(c.before), groupData(c.after)); err != nil {
		return err
	}
	return tx.Touch(ctx, store.NounGroup, strconv.FormatInt(c.about().ID, 10))
}

func groupData(g *GroupDetail) any {
	if g == nil {
		return nil
	}
	e := groupEvent{
		ID: g.ID, Name: g.Name, Description: g.Description, MappingsSSO: g.MappingsSSO, RootRole: g.RootRole, Users: []int64{},
	}
	for _, m := range g.Members {
		e.Users = append(e.Users, m.User.ID)
	}
	return e
}
