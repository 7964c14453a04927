package adminapi_test

import (
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

func TestStrategyDefinitions(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/strategies"
	s.Run([]testkit.Step{
		{Name: "built in", Method: "GET", Path: path, Status: 200, Contains: []string{`"version":1`, `"flexibleRollout"`, `"rollout"`, `"remoteAddress"`}},
		{
			Name: "create", Method: "POST", Path: path, Body: `{"name":"byRegion","description":"d","editable":false,"parameters":[{"name":"region","type":"list","required":true}]}`, Status: 201,
			Contains: []string{`"editable":true`, `"deprecated":false`, `"displayName":null`, `"type":"list"`},
		},
		{Name: "read", Method: "GET", Path: path + "/byRegion", Status: 200, Contains: []string{`"description":"d"`}},
		{Name: "again", Method: "POST", Path: path, Body: `{"name":"byRegion","parameters":[]}`, Status: 409, Contains: []string{"NameExistsError"}},
		{Name: "no name", Method: "POST", Path: path, Body: `{"parameters":[]}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "name not URL friendly", Method: "POST", Path: path, Body: `{"name":"a b","parameters":[]}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "no parameters", Method: "POST", Path: path, Body: `{"name":"x"}`, Status: 400, Contains: []string{`"/body/parameters"`}},
		{Name: "unknown type", Method: "POST", Path: path, Body: `{"name":"x","parameters":[{"name":"a","type":"map"}]}`, Status: 400, Contains: []string{`"/body/parameters/0/type"`}},
		{Name: "parameter twice", Method: "POST", Path: path, Body: `{"name":"x","parameters":[{"name":"a","type":"list"},{"name":"a","type":"list"}]}`, Status: 400, Contains: []string{`"/body/parameters/1/name"`}},
		{Name: "change", Method: "PUT", Path: path + "/byRegion", Body: `{"title":"Region","parameters":[]}`, Status: 200},
		{Name: "changed, the rest stays", Method: "GET", Path: path + "/byRegion", Status: 200, Contains: []string{`"title":"Region"`, `"description":"d"`, `"parameters":[]`}},
		{Name: "change a built-in one", Method: "PUT", Path: path + "/flexibleRollout", Body: `{"parameters":[]}`, Status: 409},
		{Name: "change what is missing", Method: "PUT", Path: path + "/nope", Body: `{"parameters":[]}`, Status: 404},
		{Name: "deprecate", Method: "POST", Path: path + "/byRegion/deprecate", Status: 200},
		{Name: "deprecated", Method: "GET", Path: path + "/byRegion", Status: 200, Contains: []string{`"deprecated":true`}},
		{Name: "reactivate", Method: "POST", Path: path + "/byRegion/reactivate", Status: 200},
		{Name: "reactivated", Method: "GET", Path: path + "/byRegion", Status: 200, Contains: []string{`"deprecated":false`}},
		{Name: "deprecate a built-in one", Method: "POST", Path: path + "/remoteAddress/deprecate", Status: 200},
		{Name: "deprecate the default", Method: "POST", Path: path + "/default/deprecate", Status: 409},
		{Name: "deprecate what is missing", Method: "POST", Path: path + "/nope/deprecate", Status: 404},
		{Name: "delete a built-in one", Method: "DELETE", Path: path + "/default", Status: 409},
		{Name: "delete", Method: "DELETE", Path: path + "/byRegion", Status: 200},
		{Name: "delete again", Method: "DELETE", Path: path + "/byRegion", Status: 404},
	}...)
}

func TestTagTypesAndTags(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const types, tags = "/api/admin/tag-types", "/api/admin/tags"
	s.Run([]testkit.Step{
		{Name: "built in", Method: "GET", Path: types, Status: 200, Contains: []string{`"version":1`, `"simple"`}},
		{Name: "create", Method: "POST", Path: types, Body: `{"name":"team","description":"d","color":"#aAbB00"}`, Status: 201, Contains: []string{`"color":"#aAbB00"`}},
		{Name: "read", Method: "GET", Path: types + "/team", Status: 200, Contains: []string{`"icon":null`}},
		{Name: "again", Method: "POST", Path: types, Body: `{"name":"team"}`, Status: 409},
		{Name: "short", Method: "POST", Path: types, Body: `{"name":"t"}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "not URL friendly", Method: "POST", Path: types, Body: `{"name":"a b"}`, Status: 400},
		{Name: "no colour", Method: "POST", Path: types, Body: `{"name":"xx","color":"red"}`, Status: 400, Contains: []string{`"/body/color"`}},
		{Name: "more than is known", Method: "POST", Path: types, Body: `{"name":"xx","other":1}`, Status: 400},
		{Name: "validate", Method: "POST", Path: types + "/validate", Body: `{"name":"new"}`, Status: 200, Contains: []string{`"valid":true`, `"name":"new"`}},
		{Name: "validate a taken one", Method: "POST", Path: types + "/validate", Body: `{"name":"team"}`, Status: 409},
		{Name: "change", Method: "PUT", Path: types + "/team", Body: `{"icon":"T"}`, Status: 200},
		{Name: "changed, the rest stays", Method: "GET", Path: types + "/team", Status: 200, Contains: []string{`"icon":"T"`, `"description":"d"`}},
		{Name: "change to what is not valid", Method: "PUT", Path: types + "/team", Body: `{"color":"red"}`, Status: 400},
		{Name: "change what is missing", Method: "PUT", Path: types + "/nope", Body: `{}`, Status: 404},

		{Name: "no tags", Method: "GET", Path: tags, Status: 200, Contains: []string{`"tags":[]`}},
		{Name: "tag", Method: "POST", Path: tags, Body: `{"type":"team","value":"  blue/green "}`, Status: 201, Contains: []string{`"tag":{"type":"team","value":"blue/green"}`}},
		{Name: "tag again", Method: "POST", Path: tags, Body: `{"type":"team","value":"blue/green"}`, Status: 409},
		{Name: "tag short", Method: "POST", Path: tags, Body: `{"type":"team","value":" b "}`, Status: 400, Contains: []string{`"/body/value"`}},
		{Name: "tag long", Method: "POST", Path: tags, Body: `{"type":"team","value":"` + strings.Repeat("ä", 51) + `"}`, Status: 400, Contains: []string{`"/body/value"`}},
		{Name: "tag as long as may be", Method: "POST", Path: tags, Body: `{"type":"team","value":"` + strings.Repeat("ä", 50) + `"}`, Status: 201},
		{Name: "tag of an unknown type", Method: "POST", Path: tags, Body: `{"type":"nope","value":"bb"}`, Status: 400, Contains: []string{`"/body/type"`}},
		{Name: "tags of a type", Method: "GET", Path: tags + "/team", Status: 200, Contains: []string{`blue/green`}},
		{Name: "tags of an empty type", Method: "GET", Path: tags + "/simple", Status: 200, Contains: []string{`"tags":[]`}},
		{Name: "tags of a missing type", Method: "GET", Path: tags + "/nope", Status: 404},
		{Name: "read tag", Method: "GET", Path: tags + "/team/blue%2Fgreen", Status: 200, Contains: []string{`"value":"blue/green"`}},
		{Name: "read a missing tag", Method: "GET", Path: tags + "/team/red", Status: 404},
		{Name: "delete tag", Method: "DELETE", Path: tags + "/team/blue%2Fgreen", Status: 200},
		{Name: "delete tag again", Method: "DELETE", Path: tags + "/team/blue%2Fgreen", Status: 404},
		{Name: "delete type with its tags", Method: "DELETE", Path: types + "/team", Status: 200},
		{Name: "its tags are gone", Method: "GET", Path: tags, Status: 200, Contains: []string{`"tags":[]`}},
		{Name: "delete type again", Method: "DELETE", Path: types + "/team", Status: 404},
	}...)
}

func TestFlagTypes(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/feature-types"
	s.Run([]testkit.Step{
		{Name: "list", Method: "GET", Path: path, Status: 200, Contains: []string{`"version":1`, `"id":"release"`, `"lifetimeDays":40`, `"id":"kill-switch"`, `"lifetimeDays":null`}},
		{Name: "set", Method: "PUT", Path: path + "/release/lifetime", Body: `{"lifetimeDays":30}`, Status: 200, Contains: []string{`"lifetimeDays":30`}},
		{Name: "for ever", Method: "PUT", Path: path + "/release/lifetime", Body: `{"lifetimeDays":null}`, Status: 200, Contains: []string{`"lifetimeDays":null`}},
		{Name: "0 is for ever", Method: "PUT", Path: path + "/experiment/lifetime", Body: `{"lifetimeDays":0}`, Status: 200, Contains: []string{`"lifetimeDays":null`}},
		{Name: "negative", Method: "PUT", Path: path + "/release/lifetime", Body: `{"lifetimeDays":-1}`, Status: 400, Contains: []string{`"/body/lifetimeDays"`}},
		{Name: "too large", Method: "PUT", Path: path + "/release/lifetime", Body: `{"lifetimeDays":2147483648}`, Status: 400},
		{Name: "not whole", Method: "PUT", Path: path + "/release/lifetime", Body: `{"lifetimeDays":1.5}`, Status: 400},
		{Name: "missing", Method: "PUT", Path: path + "/release/lifetime", Body: `{}`, Status: 400},
		{Name: "unknown type", Method: "PUT", Path: path + "/nope/lifetime", Body: `{"lifetimeDays":1}`, Status: 404},
	}...)
}
