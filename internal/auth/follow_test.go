package auth_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// An index that followed changes, each of which reads little anew, knows what
// one knows that reads everything: after random changes of roles, groups,
// projects and environments, and of who holds and covers them.
func TestFollowingIsAsGoodAsLoading(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := followed{world: w, random: rand.New(rand.NewPCG(3, 2026))}
	for i := range 6 {
		f.people = append(f.people, w.person("p"+strconv.Itoa(i), access.ViewerRole).ID)
		f.groups = append(f.groups, f.group(i))
		f.roles = append(f.roles, f.role(i))
	}
	for i := range 8 {
		scope := token.Scope{Projects: []string{"default", "other"}[:1+i%2], Environment: []string{"development", "later"}[i/2%2], AllProjects: i > 5}
		w.add(fmt.Sprintf("t%d", i), []token.Kind{token.Client, token.Admin}[i/4], scope, nil)
	}
	for step := range 80 {
		what := f.change()
		fresh, err := auth.New(t.Context(), auth.Options{DB: w.db, Now: w.clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f.known(fresh), f.known(w.auth)); diff != "" {
			t.Fatalf("step %d, %s: loaded anew and followed differ (-loaded +followed):\n%s", step, what, diff)
		}
	}
}

// followed makes random changes to a world.
type followed struct {
	*world
	random                *rand.Rand
	people, groups, roles []int64
}

func pick[T any](f *followed, from ...T) T { return from[f.random.IntN(len(from))] }

func (f *followed) group(i int) int64 {
	var id int64
	f.update(func(tx *store.Tx) error {
		g, err := tx.InsertGroup(f.t.Context(), store.Group{Name: "g" + strconv.Itoa(i)})
		id = g.ID
		return err
	})
	return id
}

func (f *followed) role(i int) int64 {
	var id int64
	f.update(func(tx *store.Tx) error {
		r, err := tx.InsertRole(f.t.Context(), access.Role{Name: "r" + strconv.Itoa(i), Type: access.CustomProjectRole})
		id = int64(r.ID)
		return err
	})
	return id
}

// change makes one change and says which.
func (f *followed) change() string {
	user, group, role := pick(f, f.people...), pick(f, f.groups...), access.RoleID(pick(f, f.roles...))
	project, environment := pick[feature.ProjectID](f, "default", "other"), feature.EnvironmentName("later")
	held := [][]access.RoleID{nil, {role}, {access.MemberRole, role}}[f.random.IntN(3)]
	permission := access.RolePermission{Permission: pick(f, access.CreateFeature, access.UpdateFeature)}
	touched, key := store.NounUser, strconv.FormatInt(user, 10)
	var work func(context.Context, *store.Tx) error
	what := f.random.IntN(8)
	switch what {
	case 0:
		work = func(ctx context.Context, tx *store.Tx) error { return tx.SetMember(ctx, project, user, held) }
	case 1:
		touched, key = store.NounGroup, strconv.FormatInt(group, 10)
		work = func(ctx context.Context, tx *store.Tx) error { return tx.SetProjectGroup(ctx, project, group, held) }
	case 2:
		touched, key = store.NounGroup, strconv.FormatInt(group, 10)
		work = func(ctx context.Context, tx *store.Tx) error {
			return tx.AddGroupMember(ctx, store.GroupMember{Group: group, UserID: user})
		}
	case 3:
		touched, key = store.NounGroup, strconv.FormatInt(group, 10)
		work = func(ctx context.Context, tx *store.Tx) error { return tx.RemoveGroupMember(ctx, group, user) }
	case 4:
		touched, key = store.NounRole, strconv.FormatInt(int64(role), 10)
		work = func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateRole(ctx, access.Role{ID: role, Name: key, Type: access.CustomProjectRole, Permissions: []access.RolePermission{permission}})
		}
	case 5:
		touched, key = store.NounEnvironment, string(environment)
		work = func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Environment(ctx, environment); err == nil {
				return tx.DeleteEnvironment(ctx, environment)
			}
			return tx.InsertEnvironment(ctx, feature.Environment{Name: environment})
		}
	case 6:
		touched, key = store.NounProject, string(project)
		mode := pick(f, feature.ModePrivate, "open")
		work = func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateProject(ctx, feature.Project{ID: project, Name: key, Mode: mode})
		}
	default:
		touched, key = store.NounProject, string(project)
		work = func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Project(ctx, project); err == nil {
				return tx.DeleteProject(ctx, project)
			}
			return tx.InsertProject(ctx, feature.Project{ID: project, Name: key, Mode: "open"})
		}
	}
	_ = f.db.Update(f.t.Context(), func(tx *store.Tx) error { // what is in a project that is gone fails, and changes nothing
		if err := work(f.t.Context(), tx); err != nil {
			return err
		}
		return tx.Touch(f.t.Context(), touched, key)
	})
	return fmt.Sprintf("change %d of %s %s", what, touched, key)
}

// known is what an index knows.
func (f *followed) known(a *auth.Auth) map[string]any {
	all := map[string]any{}
	for i := range f.people {
		who, err := a.Principal(f.t.Context(), with("user:p"+strconv.Itoa(i)), "")
		if err != nil {
			f.t.Fatal(err)
		}
		all["p"+strconv.Itoa(i)] = fmt.Sprintf("%+v %+v", who.Grants, who.Projects)
	}
	for i := range 8 {
		grant, err := a.Token(f.t.Context(), fmt.Sprintf("t%d", i))
		if err != nil || grant == nil {
			f.t.Fatal(grant, err)
		}
		all[fmt.Sprintf("t%d", i)] = fmt.Sprintf("%+v", grant.Scope)
	}
	return all
}
