package adminapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/testkit"
)

const flags = "/api/admin/projects/default/features"

// makeFlags creates flags in the default project.
func makeFlags(s *testkit.Server, names ...string) {
	for _, name := range names {
		s.Run(testkit.Step{Name: "make " + name, Method: "POST", Path: flags, Body: `{"name":"` + name + `"}`, Status: 201})
	}
}

// R4: automation creates and changes flags with an admin token.
func TestFlags(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Run([]testkit.Step{
		{Name: "none", Method: "GET", Path: flags, Status: 200, Contains: []string{`"features":[]`, `"version":2`}},
		{
			Name: "create", Method: "POST", Path: flags, Status: 201,
			Body: `{"name":"a","type":"experiment","description":"d","impressionData":true,"tags":[{"type":"simple","value":" top "}]}`,
			Contains: []string{
				`"name":"a"`, `"type":"experiment"`, `"description":"d"`, `"impressionData":true`, `"project":"default"`, `"stale":false`,
				`"archived":false`, `"archivedAt":null`, `"favorite":false`, `{"type":"simple","value":"top"}`,
				`"name":"development","featureName":"a","environment":"development","type":"development","enabled":false`, `"strategies":[]`,
			},
		},
		{Name: "with defaults", Method: "POST", Path: flags, Body: `{"name":"b"}`, Status: 201, Contains: []string{`"type":"release"`, `"description":null`}},
		{Name: "read", Method: "GET", Path: flags + "/a", Status: 200, Contains: []string{`"createdAt":"2026-11-22T12:00:00Z"`, `"children":[]`, `"dependencies":[]`}},
		{Name: "list", Method: "GET", Path: flags, Status: 200, Contains: []string{`"name":"a"`, `"name":"b"`}},
		{Name: "name taken", Method: "POST", Path: flags, Body: `{"name":"a"}`, Status: 409, Contains: []string{"NameExistsError", `\"a\"`}, Lacks: []string{"archived"}},
		{Name: "case counts", Method: "POST", Path: flags, Body: `{"name":"A"}`, Status: 201},
		{Name: "no name", Method: "POST", Path: flags, Body: `{}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "a name unfit for a URL", Method: "POST", Path: flags, Body: `{"name":"a/b"}`, Status: 400, Contains: []string{`"/body/name"`, "URL friendly"}},
		{Name: "a name too long", Method: "POST", Path: flags, Body: `{"name":"` + strings.Repeat("x", 101) + `"}`, Status: 400, Contains: []string{`"/body/name"`, "100"}},
		{Name: "type unknown", Method: "POST", Path: flags, Body: `{"name":"x","type":"nope"}`, Status: 400, Contains: []string{`"/body/type"`, "nope"}},
		{Name: "tag type unknown", Method: "POST", Path: flags, Body: `{"name":"x","tags":[{"type":"simple","value":"ok"},{"type":"nope","value":"vv"}]}`, Status: 400, Contains: []string{`"/body/tags/1/type"`, "nope"}},
		{Name: "nothing was half-written", Method: "GET", Path: flags + "/x", Status: 404, Contains: []string{`\"x\"`}},
		{Name: "project unknown", Method: "POST", Path: "/api/admin/projects/nope/features", Body: `{"name":"x"}`, Status: 404, Contains: []string{"nope"}},
		{Name: "list of an unknown project", Method: "GET", Path: "/api/admin/projects/nope/features", Status: 404},
		{Name: "in another project", Method: "GET", Path: "/api/admin/projects/nope/features/a", Status: 404},

		{Name: "update", Method: "PUT", Path: flags + "/a", Body: `{"description":"e","type":"release","stale":true}`, Status: 200, Contains: []string{`"description":"e"`, `"type":"release"`, `"stale":true`, `"impressionData":true`}},
		{Name: "update with an unknown type", Method: "PUT", Path: flags + "/a", Body: `{"type":"nope"}`, Status: 400, Contains: []string{`"/body/type"`}},
		{Name: "update of a missing flag", Method: "PUT", Path: flags + "/x", Body: `{}`, Status: 404},
		{Name: "patch", Method: "PATCH", Path: flags + "/a", Body: `[{"op":"replace","path":"/stale","value":false},{"op":"remove","path":"/description"}]`, Status: 200, Contains: []string{`"stale":false`, `"description":null`}},
		{Name: "patch of a field that stays", Method: "PATCH", Path: flags + "/a", Body: `[{"op":"replace","path":"/name","value":"z"}]`, Status: 400, Contains: []string{`"/body/0/path"`}},
		{Name: "patch that adds a field", Method: "PATCH", Path: flags + "/a", Body: `[{"op":"add","path":"/name","value":"z"}]`, Status: 400},
		{Name: "patch to a wrong type", Method: "PATCH", Path: flags + "/a", Body: `[{"op":"replace","path":"/stale","value":"yes"}]`, Status: 400, Contains: []string{`"/body/stale"`}},
		{Name: "patch with a test that fails", Method: "PATCH", Path: flags + "/a", Body: `[{"op":"test","path":"/type","value":"experiment"},{"op":"replace","path":"/stale","value":true}]`, Status: 409},
		{Name: "patch that is none", Method: "PATCH", Path: flags + "/a", Body: `{"stale":true}`, Status: 400},

		{Name: "name is free", Method: "POST", Path: "/api/admin/features/validate", Body: `{"name":"new","projectId":"default"}`, Status: 200},
		{Name: "name is not free", Method: "POST", Path: "/api/admin/features/validate", Body: `{"name":"a"}`, Status: 409},
		{Name: "name is no name", Method: "POST", Path: "/api/admin/features/validate", Body: `{"name":"a b"}`, Status: 400},
		{Name: "name for an unknown project", Method: "POST", Path: "/api/admin/features/validate", Body: `{"name":"new","projectId":"nope"}`, Status: 404},
	}...)
}

func TestFlagArchive(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "a", "b")
	const on = flags + "/a/environments/development/on"
	s.Run([]testkit.Step{
		{Name: "on", Method: "POST", Path: on, Status: 200},
		{Name: "delete a live flag", Method: "DELETE", Path: "/api/admin/archive/a", Status: 409, Contains: []string{"not archived"}},
		{Name: "revive a live flag", Method: "POST", Path: "/api/admin/archive/revive/a", Status: 409, Contains: []string{"not archived"}},
		{Name: "archive", Method: "DELETE", Path: flags + "/a", Status: 202},
		{Name: "archive again", Method: "DELETE", Path: flags + "/a", Status: 409, Contains: []string{"archived"}},
		{Name: "archive what is missing", Method: "DELETE", Path: flags + "/x", Status: 404},
		{Name: "still to be read", Method: "GET", Path: flags + "/a", Status: 200, Contains: []string{`"archived":true`, `"archivedAt":"2026-11-22T12:00:00Z"`}},
		{Name: "not listed", Method: "GET", Path: flags, Status: 200, Lacks: []string{`"name":"a"`}},
		{Name: "listed as archived", Method: "GET", Path: "/api/admin/archive/features", Status: 200, Contains: []string{`"name":"a"`}, Lacks: []string{`"name":"b"`}},
		{Name: "listed as archived in its project", Method: "GET", Path: "/api/admin/archive/features/default", Status: 200, Contains: []string{`"name":"a"`}},
		{Name: "archive of an unknown project", Method: "GET", Path: "/api/admin/archive/features/nope", Status: 404},
		{Name: "the name stays taken", Method: "POST", Path: flags, Body: `{"name":"a"}`, Status: 409, Contains: []string{"archived"}},
		{Name: "change", Method: "PUT", Path: flags + "/a", Body: `{"stale":true}`, Status: 409, Contains: []string{"revive"}},
		{Name: "switch on", Method: "POST", Path: on, Status: 409, Contains: []string{"revive"}},
		{Name: "revive", Method: "POST", Path: "/api/admin/archive/revive/a", Status: 200},
		{Name: "off, with its strategies", Method: "GET", Path: flags + "/a/environments/development", Status: 200, Contains: []string{`"enabled":false`, `"flexibleRollout"`}},
		{Name: "archive by a change", Method: "PATCH", Path: flags + "/a", Body: `[{"op":"replace","path":"/archived","value":true}]`, Status: 200, Contains: []string{`"archived":true`}},
		{Name: "revive by a change", Method: "PUT", Path: flags + "/a", Body: `{"archived":false}`, Status: 200, Contains: []string{`"archived":false`, `"archivedAt":null`}},
		{Name: "archive for good", Method: "DELETE", Path: flags + "/a", Status: 202},
		{Name: "delete", Method: "DELETE", Path: "/api/admin/archive/a", Status: 200},
		{Name: "delete again", Method: "DELETE", Path: "/api/admin/archive/a", Status: 404},
		{Name: "revive what is gone", Method: "POST", Path: "/api/admin/archive/revive/a", Status: 404},
		{Name: "the name is free", Method: "POST", Path: flags, Body: `{"name":"a"}`, Status: 201, Contains: []string{`"strategies":[]`}},
	}...)
}

func TestFlagBulk(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "a", "b", "c")
	const project = "/api/admin/projects/default"
	s.Run([]testkit.Step{
		{Name: "on", Method: "POST", Path: project + "/bulk_features/environments/development/on", Body: `{"features":["a","b"]}`, Status: 200},
		{Name: "a is on", Method: "GET", Path: flags + "/a/environments/development", Status: 200, Contains: []string{`"enabled":true`}},
		{Name: "c is not", Method: "GET", Path: flags + "/c/environments/development", Status: 200, Contains: []string{`"enabled":false`}},
		{Name: "off", Method: "POST", Path: project + "/bulk_features/environments/development/off", Body: `{"features":["a"]}`, Status: 200},
		{Name: "a is off", Method: "GET", Path: flags + "/a/environments/development", Status: 200, Contains: []string{`"enabled":false`}},
		{Name: "environment unknown", Method: "POST", Path: project + "/bulk_features/environments/nope/on", Body: `{"features":["a"]}`, Status: 404, Contains: []string{"nope"}},
		{Name: "one unknown, none changed", Method: "POST", Path: project + "/bulk_features/environments/development/on", Body: `{"features":["a","x"]}`, Status: 400, Contains: []string{`"/body/features/1"`}},
		{Name: "a is off still", Method: "GET", Path: flags + "/a/environments/development", Status: 200, Contains: []string{`"enabled":false`}},
		{Name: "stale", Method: "POST", Path: project + "/stale", Body: `{"features":["a","b"],"stale":true}`, Status: 202},
		{Name: "a is stale", Method: "GET", Path: flags + "/a", Status: 200, Contains: []string{`"stale":true`}},
		{Name: "tags", Method: "PUT", Path: project + "/tags", Body: `{"features":["a","b"],"tags":{"addedTags":[{"type":"simple","value":"one"}],"removedTags":[]}}`, Status: 200},
		{Name: "a is tagged", Method: "GET", Path: flags + "/a", Status: 200, Contains: []string{`"value":"one"`}},
		{Name: "tags of an unknown type", Method: "PUT", Path: project + "/tags", Body: `{"features":["a"],"tags":{"addedTags":[{"type":"nope","value":"one"}],"removedTags":[]}}`, Status: 400, Contains: []string{`"/body/tags/addedTags/0/type"`}},

		{Name: "child", Method: "POST", Path: flags + "/b/dependencies", Body: `{"feature":"a"}`, Status: 200},
		{Name: "check a parent", Method: "POST", Path: project + "/archive/validate", Body: `{"features":["a"]}`, Status: 200, Contains: []string{`"parentsWithChildFeatures":["a"]`, `"hasDeletedDependencies":false`}},
		{Name: "check both", Method: "POST", Path: project + "/archive/validate", Body: `{"features":["a","b"]}`, Status: 200, Contains: []string{`"parentsWithChildFeatures":[]`, `"hasDeletedDependencies":true`}},
		{Name: "archive a parent", Method: "POST", Path: project + "/archive", Body: `{"features":["a","c"]}`, Status: 409, Contains: []string{`\"a\"`}},
		{Name: "archive a parent alone", Method: "DELETE", Path: flags + "/a", Status: 409},
		{Name: "c is live still", Method: "GET", Path: flags + "/c", Status: 200, Contains: []string{`"archived":false`}},
		{Name: "archive both", Method: "POST", Path: project + "/archive", Body: `{"features":["a","b"]}`, Status: 202},
		{Name: "archive again", Method: "POST", Path: project + "/archive", Body: `{"features":["a"]}`, Status: 400, Contains: []string{`"/body/features/0"`}},
		{Name: "revive", Method: "POST", Path: project + "/revive", Body: `{"features":["a"]}`, Status: 200},
		{Name: "a is live", Method: "GET", Path: flags + "/a", Status: 200, Contains: []string{`"archived":false`, `"children":[]`}},
		{Name: "delete a live one", Method: "POST", Path: project + "/delete", Body: `{"features":["b","a"]}`, Status: 400, Contains: []string{`"/body/features/1"`}},
		{Name: "delete", Method: "POST", Path: project + "/delete", Body: `{"features":["b"]}`, Status: 200},
		{Name: "b is gone", Method: "GET", Path: flags + "/b", Status: 404},
		{Name: "nothing to do", Method: "POST", Path: project + "/archive", Body: `{"features":[]}`, Status: 202},
		{Name: "too many", Method: "POST", Path: project + "/archive", Body: `{"features":[` + strings.Repeat(`"a",`, 500) + `"a"]}`, Status: 400, Contains: []string{`"/body/features"`}},
	}...)
}

func TestFlagClone(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "a", "parent")
	const variants = `[{"name":"v","weightType":"variable","stickiness":"default","weight":1000}]`
	s.Run([]testkit.Step{
		{Name: "strategy", Method: "POST", Path: flags + "/a/environments/development/strategies", Body: `{"name":"flexibleRollout","title":"T","disabled":true,"parameters":{"rollout":5}}`, Status: 200},
		{Name: "a group of its own", Method: "POST", Path: flags + "/a/environments/production/strategies", Body: `{"name":"flexibleRollout","parameters":{"groupId":"shared"}}`, Status: 200},
		{Name: "variants", Method: "PUT", Path: flags + "/a/environments/production/variants", Body: variants, Status: 200},
		{Name: "tag", Method: "POST", Path: "/api/admin/features/a/tags", Body: `{"type":"simple","value":"one"}`, Status: 201},
		{Name: "dependency", Method: "POST", Path: flags + "/a/dependencies", Body: `{"feature":"parent","enabled":false}`, Status: 200},
		{Name: "on", Method: "POST", Path: flags + "/a/environments/production/on", Status: 200},
		{
			Name: "clone", Method: "POST", Path: flags + "/a/clone", Body: `{"name":"b"}`, Status: 201,
			Contains: []string{
				`"groupId":"b","rollout":"5"`, `"groupId":"shared"`, `"title":"T","disabled":true`, `"enabled":false`, `"variantCount":1`,
				`"value":"one"`, `"dependencies":[{"feature":"parent","enabled":false}]`,
			},
			Lacks: []string{`"enabled":true`},
		},
		{Name: "keep groups", Method: "POST", Path: flags + "/a/clone", Body: `{"name":"c","replaceGroupId":false}`, Status: 201, Contains: []string{`"groupId":"a"`}},
		{Name: "name taken", Method: "POST", Path: flags + "/a/clone", Body: `{"name":"c"}`, Status: 409},
		{Name: "no name", Method: "POST", Path: flags + "/a/clone", Body: `{}`, Status: 400},
		{Name: "of what is missing", Method: "POST", Path: flags + "/x/clone", Body: `{"name":"d"}`, Status: 404},
	}...)
}

func TestFlagDependencies(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "child", "parent", "other", "gone")
	const dependencies = flags + "/child/dependencies"
	s.Run([]testkit.Step{
		{Name: "archive", Method: "DELETE", Path: flags + "/gone", Status: 202},
		{Name: "no dependencies yet", Method: "GET", Path: "/api/admin/projects/default/dependencies", Status: 200, Contains: []string{"false"}},
		{Name: "options", Method: "GET", Path: flags + "/child/parents", Status: 200, Contains: []string{`["other","parent"]`}},
		{Name: "add", Method: "POST", Path: dependencies, Body: `{"feature":"parent"}`, Status: 200},
		{Name: "dependencies exist", Method: "GET", Path: "/api/admin/projects/default/dependencies", Status: 200, Contains: []string{"true"}},
		{Name: "shown by the child", Method: "GET", Path: flags + "/child", Status: 200, Contains: []string{`"dependencies":[{"feature":"parent","enabled":true}]`}},
		{Name: "shown by the parent", Method: "GET", Path: flags + "/parent", Status: 200, Contains: []string{`"children":["child"]`}},
		{Name: "again, otherwise", Method: "POST", Path: dependencies, Body: `{"feature":"parent","enabled":false}`, Status: 200},
		{Name: "replaced", Method: "GET", Path: flags + "/child", Status: 200, Contains: []string{`"dependencies":[{"feature":"parent","enabled":false}]`}},
		{Name: "on itself", Method: "POST", Path: dependencies, Body: `{"feature":"child"}`, Status: 400, Contains: []string{`"/body/feature"`}},
		{Name: "on what is missing", Method: "POST", Path: dependencies, Body: `{"feature":"x"}`, Status: 400, Contains: []string{`"/body/feature"`}},
		{Name: "on an archived flag", Method: "POST", Path: dependencies, Body: `{"feature":"gone"}`, Status: 400, Contains: []string{`"/body/feature"`, "archived"}},
		{Name: "on a child", Method: "POST", Path: flags + "/other/dependencies", Body: `{"feature":"child"}`, Status: 400, Contains: []string{`"/body/feature"`, "one level"}},
		{Name: "of a parent", Method: "POST", Path: flags + "/parent/dependencies", Body: `{"feature":"other"}`, Status: 400, Contains: []string{"one level"}},
		{Name: "a parent has no options", Method: "GET", Path: flags + "/parent/parents", Status: 200, Contains: []string{`[]`}},
		{Name: "variants of a parent that is off", Method: "POST", Path: dependencies, Body: `{"feature":"parent","enabled":false,"variants":["v"]}`, Status: 400, Contains: []string{`"/body/variants"`}},
		{Name: "variants nobody knows yet", Method: "POST", Path: dependencies, Body: `{"feature":"parent","variants":["later"]}`, Status: 200},
		{Name: "variants", Method: "PUT", Path: flags + "/parent/environments/production/variants", Body: `[{"name":"v"}]`, Status: 200},
		{Name: "strategy variants", Method: "POST", Path: flags + "/parent/environments/development/strategies", Body: `{"name":"default","variants":[{"name":"s","weight":1000,"weightType":"variable","stickiness":"default"}]}`, Status: 200},
		{Name: "options of variants", Method: "GET", Path: flags + "/parent/parent-variants", Status: 200, Contains: []string{`["s","v"]`}},
		{Name: "a variant", Method: "POST", Path: dependencies, Body: `{"feature":"parent","variants":["s"]}`, Status: 200},
		{Name: "no variant of it", Method: "POST", Path: dependencies, Body: `{"feature":"parent","variants":["s","x"]}`, Status: 400, Contains: []string{`"/body/variants/1"`, "x"}},
		{Name: "a second parent", Method: "POST", Path: dependencies, Body: `{"feature":"other"}`, Status: 200},
		{Name: "remove one", Method: "DELETE", Path: dependencies + "/parent", Status: 200},
		{Name: "remove it again", Method: "DELETE", Path: dependencies + "/parent", Status: 404},
		{Name: "one is left", Method: "GET", Path: flags + "/child", Status: 200, Contains: []string{`"dependencies":[{"feature":"other","enabled":true}]`}},
		{Name: "remove all", Method: "DELETE", Path: dependencies, Status: 200},
		{Name: "remove nothing", Method: "DELETE", Path: dependencies, Status: 200},
		{Name: "none is left", Method: "GET", Path: flags + "/child", Status: 200, Contains: []string{`"dependencies":[]`}},
		{Name: "of what is missing", Method: "POST", Path: flags + "/x/dependencies", Body: `{"feature":"child"}`, Status: 404},
		{Name: "options of what is missing", Method: "GET", Path: flags + "/x/parents", Status: 404},
		{Name: "variants of what is missing", Method: "GET", Path: flags + "/x/parent-variants", Status: 404},
	}...)
}

func TestFlagTags(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "a")
	const tags = "/api/admin/features/a/tags"
	s.Run([]testkit.Step{
		{Name: "none", Method: "GET", Path: tags, Status: 200, Contains: []string{`{"version":1,"tags":[]}`}},
		{Name: "add", Method: "POST", Path: tags, Body: `{"type":"simple","value":"a b/c"}`, Status: 201, Contains: []string{`{"type":"simple","value":"a b/c"}`}},
		{Name: "add again", Method: "POST", Path: tags, Body: `{"type":"simple","value":"a b/c"}`, Status: 201},
		{Name: "once only", Method: "GET", Path: tags, Status: 200, Contains: []string{`"tags":[{"type":"simple","value":"a b/c"}]`}},
		{Name: "type unknown", Method: "POST", Path: tags, Body: `{"type":"nope","value":"aa"}`, Status: 400, Contains: []string{`"/body/type"`}},
		{Name: "value too short", Method: "POST", Path: tags, Body: `{"type":"simple","value":" a "}`, Status: 400, Contains: []string{`"/body/value"`}},
		{Name: "change", Method: "PUT", Path: tags, Body: `{"addedTags":[{"type":"simple","value":"bb"}],"removedTags":[{"type":"simple","value":"a b/c"}]}`, Status: 200, Contains: []string{`"tags":[{"type":"simple","value":"bb"}]`}},
		{Name: "change, none on error", Method: "PUT", Path: tags, Body: `{"addedTags":[{"type":"simple","value":"x"}],"removedTags":[{"type":"simple","value":"bb"}]}`, Status: 400, Contains: []string{`"/body/addedTags/0/value"`}},
		{Name: "as it was", Method: "GET", Path: tags, Status: 200, Contains: []string{`"bb"`}},
		{Name: "add with a slash", Method: "POST", Path: tags, Body: `{"type":"simple","value":"x/y"}`, Status: 201},
		{Name: "remove it", Method: "DELETE", Path: tags + "/simple/x%2Fy", Status: 200},
		{Name: "remove", Method: "DELETE", Path: tags + "/simple/bb", Status: 200},
		{Name: "remove again", Method: "DELETE", Path: tags + "/simple/bb", Status: 200},
		{Name: "none left", Method: "GET", Path: tags, Status: 200, Contains: []string{`"tags":[]`}},
		{Name: "of what is missing", Method: "GET", Path: "/api/admin/features/x/tags", Status: 404},
		{Name: "on what is missing", Method: "POST", Path: "/api/admin/features/x/tags", Body: `{"type":"simple","value":"aa"}`, Status: 404},
	}...)
}

func TestFlagLimit(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "a")
	strategies := flags + "/a/environments/development/strategies"
	for range feature.MaxStrategies {
		s.Run(testkit.Step{Name: "strategy", Method: "POST", Path: strategies, Body: `{"name":"default","disabled":true}`, Status: 200})
	}
	s.Run([]testkit.Step{
		{Name: "one strategy more", Method: "POST", Path: strategies, Body: `{"name":"default"}`, Status: 400, Contains: []string{"ExceedsLimitError", "30"}},
		{Name: "one more by switching on", Method: "POST", Path: flags + "/a/environments/development/on", Status: 400, Contains: []string{"ExceedsLimitError"}},
		{Name: "off still", Method: "GET", Path: flags + "/a/environments/development", Status: 200, Contains: []string{`"enabled":false`}},
		{Name: "on with those it has", Method: "POST", Path: flags + "/a/environments/development/on?shouldActivateDisabledStrategies=true", Status: 200, Lacks: []string{`"disabled":true`}},
		{Name: "other environments have room", Method: "POST", Path: flags + "/a/environments/production/strategies", Body: `{"name":"default"}`, Status: 200},
	}...)
}

// strategyOf adds a strategy and returns its id.
func strategyOf(t *testing.T, s *testkit.Server, flag, body string) feature.StrategyID {
	t.Helper()
	answer := s.Do("POST", fmt.Sprintf("%s/%s/environments/development/strategies", flags, flag), body)
	if answer.Status != 200 {
		t.Fatalf("adding a strategy: %d %s", answer.Status, answer.Body)
	}
	var strategy control.StrategyDetail
	answer.JSON(t, &strategy)
	return strategy.ID
}
