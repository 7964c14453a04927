package adminapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

// R7: what a person may do with flags is what their roles give, at each
// request. A viewer reads; a member works on flags of their project only;
// nobody else moves flags.
func TestFlagAccess(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Run(testkit.Step{Name: "project", Method: "POST", Path: "/api/admin/projects", Body: `{"id":"mine","name":"Mine"}`, Status: 201})
	makeFlags(s, "a", "parent")
	viewer, member := s.Person("viewer", "Viewer"), s.Person("member", "Viewer")
	s.Join(member, "mine", 5)
	s.Run(testkit.Step{Name: "the member's flag", Method: "POST", Path: "/api/admin/projects/mine/features", Body: `{"name":"m"}`, Status: 201, As: member.PAT, Contains: []string{`"createdBy":{"id":` + fmt.Sprint(member.ID) + `,"name":"member","imageUrl":`}})
	s.Run(testkit.Step{Name: "its parent", Method: "POST", Path: "/api/admin/projects/mine/features", Body: `{"name":"mparent"}`, Status: 201, As: member.PAT})
	strategy := strategyOf(t, s, "a", `{"name":"default"}`)
	for _, step := range []testkit.Step{
		{Method: "POST", Path: "", Body: `{"name":"new"}`},
		{Method: "PUT", Path: "/a", Body: `{"stale":true}`},
		{Method: "PATCH", Path: "/a", Body: `[]`},
		{Method: "DELETE", Path: "/a"},
		{Method: "POST", Path: "/a/clone", Body: `{"name":"new"}`},
		{Method: "POST", Path: "/a/changeProject", Body: `{"newProjectId":"mine"}`},
		{Method: "POST", Path: "/a/environments/development/on"},
		{Method: "POST", Path: "/a/environments/development/off"},
		{Method: "POST", Path: "/a/environments/development/strategies", Body: `{"name":"default"}`},
		{Method: "POST", Path: "/a/environments/development/strategies/set-sort-order", Body: `[]`},
		{Method: "PUT", Path: "/a/environments/development/strategies/" + string(strategy), Body: `{}`},
		{Method: "PATCH", Path: "/a/environments/development/strategies/" + string(strategy), Body: `[]`},
		{Method: "DELETE", Path: "/a/environments/development/strategies/" + string(strategy)},
		{Method: "PUT", Path: "/a/environments/development/variants", Body: `[]`},
		{Method: "PATCH", Path: "/a/environments/development/variants", Body: `[]`},
		{Method: "PUT", Path: "/a/variants-batch", Body: `{"variants":[],"environments":["development"]}`},
		{Method: "POST", Path: "/a/dependencies", Body: `{"feature":"parent"}`},
		{Method: "DELETE", Path: "/a/dependencies"},
		{Method: "DELETE", Path: "/a/dependencies/parent"},
		{Method: "POST", Path: "/../archive", Body: `{"features":["a"]}`},
		{Method: "POST", Path: "/../archive/validate", Body: `{"features":["a"]}`},
		{Method: "POST", Path: "/../delete", Body: `{"features":[]}`},
		{Method: "POST", Path: "/../revive", Body: `{"features":[]}`},
		{Method: "POST", Path: "/../stale", Body: `{"features":["a"],"stale":true}`},
		{Method: "PUT", Path: "/../tags", Body: `{"features":["a"],"tags":{"addedTags":[],"removedTags":[]}}`},
		{Method: "POST", Path: "/../bulk_features/environments/development/on", Body: `{"features":["a"]}`},
		{Method: "POST", Path: "/../bulk_features/environments/development/off", Body: `{"features":["a"]}`},
	} {
		path := flags + step.Path
		if rest, ok := strings.CutPrefix(step.Path, "/.."); ok {
			path = "/api/admin/projects/default" + rest
		}
		for name, as := range map[string]string{"viewer": viewer.PAT, "member of another project": member.PAT} {
			s.Run(testkit.Step{Name: name, Method: step.Method, Path: path, Body: step.Body, As: as, Status: 403, Contains: []string{`"PermissionError"`, `"permissions"`}})
		}
	}
	const mine = "/api/admin/projects/mine/features/m"
	s.Run([]testkit.Step{
		{Name: "a viewer reads", Method: "GET", Path: flags + "/a", As: viewer.PAT, Status: 200},
		{Name: "a viewer lists", Method: "GET", Path: flags, As: viewer.PAT, Status: 200},
		{Name: "nobody reads nothing", Method: "GET", Path: flags, As: "nobody", Status: 401},
		{Name: "nothing of it happened", Method: "GET", Path: flags + "/a", As: viewer.PAT, Status: 200, Contains: []string{`"stale":false`, `"enabled":false`, string(strategy)}},
		{Name: "tag of another project's flag", Method: "POST", Path: "/api/admin/features/a/tags", Body: `{"type":"simple","value":"xx"}`, As: member.PAT, Status: 403},
		{Name: "untag of another project's flag", Method: "DELETE", Path: "/api/admin/features/a/tags/simple/xx", As: member.PAT, Status: 403},
		{Name: "through the own project's path", Method: "POST", Path: "/api/admin/projects/mine/features/a/environments/development/on", As: member.PAT, Status: 404},
		{Name: "in bulk through the own project's path", Method: "POST", Path: "/api/admin/projects/mine/archive", Body: `{"features":["a"]}`, As: member.PAT, Status: 400},

		{Name: "switch", Method: "POST", Path: mine + "/environments/production/on", As: member.PAT, Status: 200},
		{Name: "strategy", Method: "POST", Path: mine + "/environments/production/strategies", Body: `{"name":"default"}`, As: member.PAT, Status: 200},
		{Name: "variants", Method: "PUT", Path: mine + "/variants-batch", Body: `{"variants":[{"name":"v"}],"environments":["production"]}`, As: member.PAT, Status: 200},
		{Name: "depend", Method: "POST", Path: mine + "/dependencies", Body: `{"feature":"mparent"}`, As: member.PAT, Status: 200},
		{Name: "depend on another project's flag", Method: "POST", Path: mine + "/dependencies", Body: `{"feature":"a"}`, As: member.PAT, Status: 400},
		{Name: "tag", Method: "POST", Path: "/api/admin/features/m/tags", Body: `{"type":"simple","value":"xx"}`, As: member.PAT, Status: 201},
		{Name: "move", Method: "POST", Path: mine + "/changeProject", Body: `{"newProjectId":"default"}`, As: member.PAT, Status: 403},
		{Name: "archive", Method: "DELETE", Path: mine, As: member.PAT, Status: 202},
		{Name: "revive, by another", Method: "POST", Path: "/api/admin/archive/revive/m", As: viewer.PAT, Status: 403},
		{Name: "delete", Method: "DELETE", Path: "/api/admin/archive/m", As: member.PAT, Status: 200},
	}...)
}

// A change of a flag reaches SDKs with the request that made it.
func TestFlagReachesSDKs(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Run(testkit.Step{Name: "project", Method: "POST", Path: "/api/admin/projects", Body: `{"id":"mine","name":"Mine"}`, Status: 201})
	makeFlags(s, "a", "parent")
	token := s.ClientToken("development", "default")
	const client = "/api/client/features"
	const development = flags + "/a/environments/development"
	s.Run([]testkit.Step{
		{Name: "there, off", Method: "GET", Path: client + "/a", As: token, Status: 200, Contains: []string{`"enabled":false`, `"strategies":[]`, `"variants":[]`}},
		{Name: "on", Method: "POST", Path: development + "/on", Status: 200},
		{Name: "on with its strategy", Method: "GET", Path: client + "/a", As: token, Status: 200, Contains: []string{`"enabled":true`, `"rollout":"100"`}, Lacks: []string{`"id"`, `"title"`}},
		{Name: "variants", Method: "PUT", Path: development + "/variants", Body: `[{"name":"v"}]`, Status: 200},
		{Name: "with variants", Method: "GET", Path: client + "/a", As: token, Status: 200, Contains: []string{`"name":"v"`}},
		{Name: "depend", Method: "POST", Path: flags + "/a/dependencies", Body: `{"feature":"parent","enabled":false}`, Status: 200},
		{Name: "with dependencies", Method: "GET", Path: client + "/a", As: token, Status: 200, Contains: []string{`"dependencies":[{"feature":"parent","enabled":false}]`}},
		{Name: "independent", Method: "DELETE", Path: flags + "/a/dependencies", Status: 200},
		{Name: "archive", Method: "DELETE", Path: flags + "/parent", Status: 202},
		{Name: "archived flags are not there", Method: "GET", Path: client + "/parent", As: token, Status: 404},
		{Name: "revive", Method: "POST", Path: "/api/admin/archive/revive/parent", Status: 200},
		{Name: "revived ones are", Method: "GET", Path: client + "/parent", As: token, Status: 200},
		{Name: "move", Method: "POST", Path: flags + "/a/changeProject", Body: `{"newProjectId":"mine"}`, Status: 200},
		{Name: "moved out of the token's sight", Method: "GET", Path: client + "/a", As: token, Status: 404},
		{Name: "into another's", Method: "GET", Path: client + "/a", As: s.ClientToken("development", "mine"), Status: 200, Contains: []string{`"project":"mine"`}},
	}...)
}
