package access_test

import (
	"testing"

	"github.com/burgeehq/burgee/internal/access"
)

func TestLacks(t *testing.T) {
	t.Parallel()
	owner, _ := access.BuiltInRole(access.OwnerRole)
	member, _ := access.BuiltInRole(access.MemberRole)
	admin, _ := access.BuiltInRole(access.AdminRole)
	in := access.GrantsOf
	one := func(p access.Permission, environment string) access.Grants {
		return access.Grants{{Permission: p, Project: "p", Environment: environment}}
	}
	for _, c := range []struct {
		name         string
		holds, gives access.Grants
		lacks        bool
	}{
		{"nothing gives nothing", nil, nil, false},
		{"nothing gives something", nil, in(member, "p"), true},
		{"an administrator gives an owner", in(admin, ""), in(owner, "p"), false},
		{"an administrator gives an administrator", in(admin, ""), in(admin, ""), false},
		{"an owner gives an owner", in(owner, "p"), in(owner, "p"), false},
		{"an owner elsewhere", in(owner, "q"), in(owner, "p"), true},
		{"an owner gives an administrator", in(owner, "p"), in(admin, ""), true},
		{"a member gives an owner", in(member, "p"), in(owner, "p"), true},
		{"an owner gives a setting", in(owner, "p"), one(access.WriteProjectAccess, ""), false},
		{"an owner gives what no owner has", in(owner, "p"), one(access.SkipChangeRequest, ""), true},
		{"one environment gives it", one(access.UpdateFeatureEnv, "development"), one(access.UpdateFeatureEnv, "development"), false},
		{"one environment gives another", one(access.UpdateFeatureEnv, "development"), one(access.UpdateFeatureEnv, "production"), true},
		{"one environment gives all", one(access.UpdateFeatureEnv, "development"), one(access.UpdateFeatureEnv, ""), true},
		{"all environments give one", one(access.UpdateFeatureEnv, ""), one(access.UpdateFeatureEnv, "production"), false},
		{"everywhere gives here", access.Grants{{Permission: access.CreateFeature, Project: access.Anywhere}}, one(access.CreateFeature, ""), false},
		{"here gives everywhere", one(access.CreateFeature, ""), access.Grants{{Permission: access.CreateFeature, Project: access.Anywhere}}, true},
	} {
		if right, lacks := c.holds.Lacks(c.gives); lacks != c.lacks {
			t.Errorf("%s: lacks %v (%v), want %v", c.name, lacks, right, c.lacks)
		}
	}
}

func TestSees(t *testing.T) {
	t.Parallel()
	reader, _ := access.BuiltInRole(access.ReaderRole)
	editor, _ := access.BuiltInRole(access.EditorRole)
	grants, member := access.Unite([]access.Holding{{Role: editor}, {Role: reader, Project: "joined"}, {Project: "role-that-is-gone"}})
	p := access.Principal{Grants: grants, Projects: access.Visibility{Open: map[string]bool{"open": true}, Member: member}}
	for project, want := range map[string]bool{
		"open": true, "joined": true, "default": true, "role-that-is-gone": true, "private": false, "": false, access.Anywhere: false,
	} {
		if got := p.Sees(project); got != want {
			t.Errorf("sees %q: %v, want %v", project, got, want)
		}
	}
	if (access.Principal{}).Sees("open") {
		t.Error("nobody sees something")
	}
	if !access.System().Sees("anything") {
		t.Error("the system does not see everything")
	}
}
