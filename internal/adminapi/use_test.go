package adminapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

func TestSegmentsInUse(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/segments"
	const constraints = `"constraints":[{"contextName":"userId","operator":"IN","values":["alice"]}]`
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"web","name":"x"}`)
	s.Must(http.StatusCreated, "POST", path, `{"name":"one",`+constraints+`}`)
	s.Must(http.StatusCreated, "POST", path, `{"name":"of web","project":"web","constraints":[]}`)
	s.Must(http.StatusCreated, "POST", flags, `{"name":"f"}`)
	s.Must(http.StatusOK, "POST", flags+"/f/environments/development/on", "")
	strategy := string(strategyOf(t, s, "f", `{"name":"default"}`))
	client := s.ClientToken("development")
	assign := func(project, segments string) string {
		return fmt.Sprintf(`{"projectId":%q,"strategyId":%q,"environmentId":"development","segmentIds":%s}`, project, strategy, segments)
	}
	s.Run([]testkit.Step{
		{Name: "assign", Method: "POST", Path: path + "/strategies", Body: assign("default", "[1,1]"), Status: 201, Contains: []string{`"segmentIds":[1`}},
		{Name: "SDKs see it", Method: "GET", Path: "/api/client/features", As: client, Status: 200, Contains: []string{"alice"}},
		{Name: "of the strategy", Method: "GET", Path: path + "/strategies/" + strategy, Status: 200, Contains: []string{`"name":"one"`, `"usedInFeatures":1`, `"usedInProjects":1`}},
		{Name: "used by", Method: "GET", Path: path + "/1/strategies", Status: 200, Contains: []string{strategy, `"featureName":"f"`, `"projectId":"default"`, `"environment":"development"`, `"strategyName":"default"`}},
		{Name: "foreign segment", Method: "POST", Path: path + "/strategies", Body: assign("default", "[2]"), Status: 400},
		{Name: "missing segment", Method: "POST", Path: path + "/strategies", Body: assign("default", "[99]"), Status: 400},
		{Name: "too many", Method: "POST", Path: path + "/strategies", Body: assign("default", "[1,2,3,4,5,6]"), Status: 400, Contains: []string{`"/body/segmentIds"`}},
		{Name: "in another project", Method: "POST", Path: path + "/strategies", Body: assign("web", "[1]"), Status: 404},
		{Name: "of a missing strategy", Method: "POST", Path: path + "/strategies", Body: `{"projectId":"default","strategyId":"nope","environmentId":"development","segmentIds":[]}`, Status: 404},

		{Name: "in use", Method: "DELETE", Path: path + "/1", Status: 409, Contains: []string{"flag f"}},
		{Name: "leave the flag's project", Method: "PUT", Path: path + "/1", Body: `{"name":"one","project":"web",` + constraints + `}`, Status: 409, Contains: []string{"flag f"}},
		{Name: "belong to the flag's project", Method: "PUT", Path: path + "/1", Body: `{"name":"one","project":"default",` + constraints + `}`, Status: 204},
		{Name: "belong to all again", Method: "PUT", Path: path + "/1", Body: `{"name":"one","constraints":[{"contextName":"userId","operator":"IN","values":["bob"]}]}`, Status: 204},
		{Name: "SDKs see the change", Method: "GET", Path: "/api/client/features", As: client, Status: 200, Contains: []string{"bob"}, Lacks: []string{"alice"}},
		{Name: "archive the flag", Method: "DELETE", Path: flags + "/f", Status: 202},
		{Name: "used by nothing live", Method: "GET", Path: path + "/1/strategies", Status: 200, Contains: []string{`[]`}},
		{Name: "but by an archived flag", Method: "DELETE", Path: path + "/1", Status: 409, Contains: []string{"archived flag f"}},
		{Name: "revive", Method: "POST", Path: "/api/admin/projects/default/revive", Body: `{"features":["f"]}`, Status: 200},
		{Name: "take it away", Method: "POST", Path: path + "/strategies", Body: assign("default", "[]"), Status: 201},
		{Name: "default strategy", Method: "POST", Path: "/api/admin/projects/default/environments/production/default-strategy", Body: `{"name":"flexibleRollout","segments":[1]}`, Status: 200},
		{Name: "in use by that", Method: "DELETE", Path: path + "/1", Status: 409, Contains: []string{"default strategy of project default in production"}},
		{Name: "default strategy without", Method: "POST", Path: "/api/admin/projects/default/environments/production/default-strategy", Body: `{"name":"flexibleRollout"}`, Status: 200},
		{Name: "in use no more", Method: "DELETE", Path: path + "/1", Status: 204},
	}...)
}

func TestDefinitionsAndContextFieldsInUse(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Run([]testkit.Step{
		{Name: "definition", Method: "POST", Path: "/api/admin/strategies", Body: `{"name":"byRegion","parameters":[]}`, Status: 201},
		{Name: "field", Method: "POST", Path: "/api/admin/context", Body: `{"name":"re_gion"}`, Status: 201},
		{Name: "field of a name alike", Method: "POST", Path: "/api/admin/context", Body: `{"name":"reXgion"}`, Status: 201},
		{Name: "flag", Method: "POST", Path: flags, Body: `{"name":"f"}`, Status: 201},
		{Name: "flag of a name alike", Method: "POST", Path: flags, Body: `{"name":"g"}`, Status: 201},
	}...)
	strategy := string(strategyOf(t, s, "f", `{"name":"byRegion","constraints":[{"contextName":"re_gion","operator":"IN","values":["reXgion"]}]}`))
	alike := string(strategyOf(t, s, "g", `{"name":"default","constraints":[{"contextName":"reXgion","operator":"IN","values":["re_gion"]}]}`))
	s.Run([]testkit.Step{
		{Name: "named by", Method: "GET", Path: "/api/admin/context/re_gion/strategies", Status: 200, Contains: []string{strategy}, Lacks: []string{alike}},
		{Name: "counted", Method: "GET", Path: "/api/admin/context/re_gion", Status: 200, Contains: []string{`"usedInFeatures":1`, `"usedInProjects":1`}},
		{Name: "delete a field in use", Method: "DELETE", Path: "/api/admin/context/re_gion", Status: 200},
		{Name: "the constraint stays", Method: "GET", Path: "/api/client/features", As: s.ClientToken("development"), Status: 200, Contains: []string{`"contextName":"re_gion"`}},
		{Name: "delete a definition in use", Method: "DELETE", Path: "/api/admin/strategies/byRegion", Status: 409, Contains: []string{"flag f"}},
		{Name: "deprecate it", Method: "POST", Path: "/api/admin/strategies/byRegion/deprecate", Status: 200},
		{Name: "archive the flag", Method: "DELETE", Path: flags + "/f", Status: 202},
		{Name: "still in use", Method: "DELETE", Path: "/api/admin/strategies/byRegion", Status: 409, Contains: []string{"archived flag f"}},
		{Name: "delete the flag", Method: "DELETE", Path: "/api/admin/archive/f", Status: 200},
		{Name: "in use no more", Method: "DELETE", Path: "/api/admin/strategies/byRegion", Status: 200},
	}...)
}

// Tags narrow what SDKs get, so that SDKs must notice when a tag goes.
func TestDeletedTagsLeaveFlags(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client := s.ClientToken("development")
	s.Run([]testkit.Step{
		{Name: "flag", Method: "POST", Path: flags, Body: `{"name":"f"}`, Status: 201},
		{Name: "tag", Method: "POST", Path: "/api/admin/features/f/tags", Body: `{"type":"simple","value":"blue"}`, Status: 201},
		{Name: "SDKs find it", Method: "GET", Path: "/api/client/features?tag=simple:blue", As: client, Status: 200, Contains: []string{`"name":"f"`}},
		{Name: "delete the tag", Method: "DELETE", Path: "/api/admin/tags/simple/blue", Status: 200},
		{Name: "SDKs do not", Method: "GET", Path: "/api/client/features?tag=simple:blue", As: client, Status: 200, Lacks: []string{`"name":"f"`}},
		{Name: "the flag has none", Method: "GET", Path: "/api/admin/features/f/tags", Status: 200, Contains: []string{`"tags":[]`}},
		{Name: "tag again", Method: "POST", Path: "/api/admin/features/f/tags", Body: `{"type":"simple","value":"blue"}`, Status: 201},
		{Name: "delete the type", Method: "DELETE", Path: "/api/admin/tag-types/simple", Status: 200},
		{Name: "SDKs do not find it either", Method: "GET", Path: "/api/client/features?tag=simple:blue", As: client, Status: 200, Lacks: []string{`"name":"f"`}},
	}...)
}
