package adminapi_test

import (
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

func TestContextFields(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/context"
	s.Run([]testkit.Step{
		{Name: "create", Method: "POST", Path: path, Body: `{"name":"plan","stickiness":true}`, Status: 201, Contains: []string{`"name":"plan"`, `"legalValues":[]`}},
		{Name: "read", Method: "GET", Path: path + "/plan", Status: 200, Contains: []string{`"stickiness":true`, `"usedInFeatures":0`}},
		{Name: "list", Method: "GET", Path: path, Status: 200, Contains: []string{`"plan"`, `"userId"`}},
		{Name: "again", Method: "POST", Path: path, Body: `{"name":"plan"}`, Status: 409, Contains: []string{`"NameExistsError"`}},
		{Name: "no name", Method: "POST", Path: path, Body: `{}`, Status: 400, Contains: []string{`"BadDataError"`, `"/body/name"`}},
		{Name: "not URL friendly", Method: "POST", Path: path, Body: `{"name":"a b"}`, Status: 400, Contains: []string{`URL friendly`}},
		{Name: "wrong type", Method: "POST", Path: path, Body: `{"name":"x","stickiness":"yes"}`, Status: 400, Contains: []string{`"/body/stickiness"`}},
		{Name: "not JSON", Method: "POST", Path: path, Body: `{`, Status: 400, Contains: []string{`not valid JSON`}},
		{Name: "unknown", Method: "GET", Path: path + "/nope", Status: 404, Contains: []string{`"NotFoundError"`, `nope`}},
		{Name: "legal value twice", Method: "POST", Path: path, Body: `{"name":"x","legalValues":[{"value":"a"},{"value":"a"}]}`, Status: 400, Contains: []string{`"/body/legalValues/1/value"`}},
		{Name: "legal value empty", Method: "POST", Path: path, Body: `{"name":"x","legalValues":[{"value":""}]}`, Status: 400, Contains: []string{`"/body/legalValues/0/value"`}},

		{Name: "name is free", Method: "POST", Path: path + "/validate", Body: `{"name":"x"}`, Status: 200},
		{Name: "name is not free", Method: "POST", Path: path + "/validate", Body: `{"name":"plan"}`, Status: 409},
		{Name: "name is no name", Method: "POST", Path: path + "/validate", Body: `{"name":"a/b"}`, Status: 400},

		{Name: "change", Method: "PUT", Path: path + "/plan", Body: `{"description":"what they pay","sortOrder":7,"legalValues":[{"value":"free"},{"value":"pro","description":"paid"}]}`, Status: 200},
		{Name: "changed, the rest stays", Method: "GET", Path: path + "/plan", Status: 200, Contains: []string{`"what they pay"`, `"sortOrder":7`, `"stickiness":true`, `"free"`, `"paid"`}},
		{Name: "change what is missing", Method: "PUT", Path: path + "/nope", Body: `{}`, Status: 404},
		{Name: "change to what is not valid", Method: "PUT", Path: path + "/plan", Body: `{"legalValues":[{"value":""}]}`, Status: 400},

		{Name: "add a legal value", Method: "POST", Path: path + "/plan/legal-values", Body: `{"value":"team/a","description":"d"}`, Status: 200},
		{Name: "replace its description", Method: "POST", Path: path + "/plan/legal-values", Body: `{"value":"team/a","description":"new"}`, Status: 200},
		{Name: "it is there once", Method: "GET", Path: path + "/plan", Status: 200, Contains: []string{`{"value":"team/a","description":"new"}]`}},
		{Name: "empty legal value", Method: "POST", Path: path + "/plan/legal-values", Body: `{"value":""}`, Status: 400, Contains: []string{`"/body/value"`}},
		{Name: "delete a legal value", Method: "DELETE", Path: path + "/plan/legal-values/team%2Fa", Status: 200},
		{Name: "it is gone", Method: "GET", Path: path + "/plan", Status: 200, Lacks: []string{`team`}},
		{Name: "delete it again", Method: "DELETE", Path: path + "/plan/legal-values/team%2Fa", Status: 404},

		{Name: "nothing names it", Method: "GET", Path: path + "/plan/strategies", Status: 200, Contains: []string{`{"strategies":[]}`}},
		{Name: "use of what is missing", Method: "GET", Path: path + "/nope/strategies", Status: 404},
		{Name: "delete", Method: "DELETE", Path: path + "/plan", Status: 200},
		{Name: "delete again", Method: "DELETE", Path: path + "/plan", Status: 404},
	}...)
}

func TestContextFieldsOfProjects(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/projects/default/context"
	s.Run([]testkit.Step{
		{Name: "create", Method: "POST", Path: path, Body: `{"name":"tier"}`, Status: 201, Contains: []string{`"project":"default"`}},
		{Name: "create by the body", Method: "POST", Path: "/api/admin/context", Body: `{"name":"shard","project":"default"}`, Status: 201, Contains: []string{`"project":"default"`}},
		{Name: "list", Method: "GET", Path: path, Status: 200, Contains: []string{`"tier"`, `"shard"`}, Lacks: []string{`"userId"`}},
		{Name: "list with the server's", Method: "GET", Path: path + "?include=root", Status: 200, Contains: []string{`"tier"`, `"userId"`}},
		{Name: "not among the server's", Method: "GET", Path: "/api/admin/context", Status: 200, Contains: []string{`"userId"`}, Lacks: []string{`"tier"`}},
		{Name: "unless asked", Method: "GET", Path: "/api/admin/context?include=project", Status: 200, Contains: []string{`"userId"`, `"tier"`}},
		{Name: "read", Method: "GET", Path: path + "/tier", Status: 200, Contains: []string{`"tier"`}},
		{Name: "another's", Method: "GET", Path: path + "/userId", Status: 404},
		{Name: "taken for all", Method: "POST", Path: path, Body: `{"name":"userId"}`, Status: 409},
		{Name: "validate", Method: "POST", Path: path + "/validate", Body: `{"name":"tier"}`, Status: 409},
		{Name: "change", Method: "PUT", Path: path + "/tier", Body: `{"stickiness":true}`, Status: 200},
		{Name: "legal value", Method: "POST", Path: path + "/tier/legal-values", Body: `{"value":"gold"}`, Status: 200},
		{Name: "delete the legal value", Method: "DELETE", Path: path + "/tier/legal-values/gold", Status: 200},
		{Name: "use", Method: "GET", Path: path + "/tier/strategies", Status: 200, Contains: []string{`[]`}},
		{Name: "delete another's", Method: "DELETE", Path: path + "/userId", Status: 404},
		{Name: "delete", Method: "DELETE", Path: path + "/tier", Status: 200},
		{Name: "unknown project", Method: "GET", Path: "/api/admin/projects/nope/context", Status: 404},
		{Name: "create in an unknown project", Method: "POST", Path: "/api/admin/projects/nope/context", Body: `{"name":"x"}`, Status: 404},
		{Name: "name an unknown project", Method: "POST", Path: "/api/admin/context", Body: `{"name":"x","project":"nope"}`, Status: 400, Contains: []string{`"/body/project"`}},
	}...)
}
