package adminapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

func TestEnvironments(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/environments"
	s.Run([]testkit.Step{
		{Name: "first ones", Method: "GET", Path: path, Status: 200, Contains: []string{`"version":1`, `"name":"development","type":"development","enabled":true`, `"projectCount":1`}},
		{Name: "create", Method: "POST", Path: path, Body: `{"name":"staging","type":"pre-production"}`, Status: 201, Contains: []string{`"enabled":true`, `"protected":false`, `"sortOrder":3`, `"projectCount":0`}},
		{Name: "create as told", Method: "POST", Path: path, Body: `{"name":"qa","type":"test","enabled":false,"sortOrder":9}`, Status: 201, Contains: []string{`"enabled":false`, `"sortOrder":9`}},
		{Name: "read", Method: "GET", Path: path + "/staging", Status: 200, Contains: []string{`"type":"pre-production"`, `"apiTokenCount":0`, `"enabledToggleCount":0`}},
		{Name: "read what is missing", Method: "GET", Path: path + "/nope", Status: 404},
		{Name: "again", Method: "POST", Path: path, Body: `{"name":"staging","type":"test"}`, Status: 409, Contains: []string{"NameExistsError"}},
		{Name: "not URL friendly", Method: "POST", Path: path, Body: `{"name":"a:b","type":"test"}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "no type", Method: "POST", Path: path, Body: `{"name":"x"}`, Status: 400, Contains: []string{`"/body/type"`}},
		{Name: "blank type", Method: "POST", Path: path, Body: `{"name":"x","type":" "}`, Status: 400, Contains: []string{`"/body/type"`}},
		{Name: "with approvals", Method: "POST", Path: path, Body: `{"name":"x","type":"test","requiredApprovals":2}`, Status: 400, Contains: []string{`"/body/requiredApprovals"`}},
		{Name: "change to approvals", Method: "PUT", Path: path + "/update/staging", Body: `{"requiredApprovals":1}`, Status: 400, Contains: []string{`"/body/requiredApprovals"`}},
		{Name: "without approvals", Method: "PUT", Path: path + "/update/staging", Body: `{"requiredApprovals":null}`, Status: 200},
		{Name: "name is free", Method: "POST", Path: path + "/validate", Body: `{"name":"x"}`, Status: 200},
		{Name: "name is not free", Method: "POST", Path: path + "/validate", Body: `{"name":"staging"}`, Status: 409},
		{Name: "name is no name", Method: "POST", Path: path + "/validate", Body: `{"name":""}`, Status: 400},

		{Name: "change", Method: "PUT", Path: path + "/update/staging", Body: `{"type":"test"}`, Status: 200, Contains: []string{`"type":"test"`, `"sortOrder":3`}},
		{Name: "change to a blank type", Method: "PUT", Path: path + "/update/staging", Body: `{"type":""}`, Status: 400},
		{Name: "change what is missing", Method: "PUT", Path: path + "/update/nope", Body: `{}`, Status: 404},
		{Name: "sort", Method: "PUT", Path: path + "/sort-order", Body: `{"staging":1,"development":5}`, Status: 200},
		{Name: "sorted", Method: "GET", Path: path + "/development", Status: 200, Contains: []string{`"sortOrder":5`}},
		{Name: "sort what is missing", Method: "PUT", Path: path + "/sort-order", Body: `{"staging":7,"nope":1}`, Status: 404},
		{Name: "nothing half sorted", Method: "GET", Path: path + "/staging", Status: 200, Contains: []string{`"sortOrder":1`}},
		{Name: "sort by words", Method: "PUT", Path: path + "/sort-order", Body: `{"staging":"first"}`, Status: 400, Contains: []string{`"/body/staging"`}},
		{Name: "off", Method: "POST", Path: path + "/staging/off", Status: 204},
		{Name: "is off", Method: "GET", Path: path + "/staging", Status: 200, Contains: []string{`"enabled":false`}},
		{Name: "new projects do not use it", Method: "POST", Path: "/api/admin/projects", Body: `{"name":"p"}`, Status: 201, Contains: []string{`"environments":["production","development"]`}},
		{Name: "on", Method: "POST", Path: path + "/staging/on", Status: 204},
		{Name: "new projects use it", Method: "POST", Path: "/api/admin/projects", Body: `{"name":"q"}`, Status: 201, Contains: []string{`"staging"`}},
		{Name: "switch what is missing", Method: "POST", Path: path + "/nope/on", Status: 404},
		{Name: "delete", Method: "DELETE", Path: path + "/staging", Status: 200},
		{Name: "delete again", Method: "DELETE", Path: path + "/staging", Status: 404},
		{Name: "one project has this only", Method: "POST", Path: "/api/admin/projects", Body: `{"name":"r","environments":["qa"]}`, Status: 201},
		{Name: "delete the only one", Method: "DELETE", Path: path + "/qa", Status: 409, Contains: []string{`project \"r\"`}},
	}...)
}

func TestCloneEnvironment(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const flags = "/api/admin/projects/default/features"
	const development = flags + "/f/environments/development"
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"other","name":"x"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/other/features", `{"name":"g"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/segments", `{"name":"seg","constraints":[{"contextName":"userId","operator":"IN","values":["a"]}]}`)
	s.Run([]testkit.Step{
		{Name: "flag", Method: "POST", Path: flags, Body: `{"name":"f"}`, Status: 201},
		{Name: "strategy", Method: "POST", Path: development + "/strategies", Body: `{"name":"flexibleRollout","parameters":{"rollout":"42"},"segments":[1],"variants":[{"name":"v","weight":1000,"weightType":"variable","stickiness":"default"}]}`, Status: 200},
		{Name: "on", Method: "POST", Path: development + "/on", Status: 200},
		{Name: "clone", Method: "POST", Path: "/api/admin/environments/development/clone", Body: `{"name":"copy","type":"test","projects":["default"]}`, Status: 200, Contains: []string{`"name":"copy"`, `"projectCount":1`, `"enabledToggleCount":1`, `"apiTokenCount":0`}},
		{Name: "clone for all", Method: "POST", Path: "/api/admin/environments/development/clone", Body: `{"name":"full","type":"test"}`, Status: 200, Contains: []string{`"projectCount":2`}},
		{Name: "clone what is missing", Method: "POST", Path: "/api/admin/environments/nope/clone", Body: `{"name":"x","type":"test"}`, Status: 404},
		{Name: "clone to a taken name", Method: "POST", Path: "/api/admin/environments/development/clone", Body: `{"name":"production","type":"test"}`, Status: 409},
		{Name: "clone for a missing project", Method: "POST", Path: "/api/admin/environments/development/clone", Body: `{"name":"x","type":"test","projects":["default","nope"]}`, Status: 400, Contains: []string{`"/body/projects/1"`}},
		{Name: "nothing half made", Method: "GET", Path: "/api/admin/environments/x", Status: 404},
	}...)
	s.Run(
		testkit.Step{Name: "as in the original", Method: "GET", Path: "/api/client/features", As: s.ClientToken("copy"), Status: 200, Contains: []string{`"enabled":true`, `"rollout":"42"`, `"name":"v"`, `"userId"`}, Lacks: []string{`"name":"g"`}},
		testkit.Step{Name: "two strategies use the segment in the original and the copies", Method: "GET", Path: "/api/admin/segments/1/strategies", Status: 200, Contains: []string{`"environment":"development"`, `"environment":"copy"`, `"environment":"full"`}},
	)
}

// R15, R22: a token does not outlive its environment, and a new environment of
// the name does not bring it back.
func TestTokensOfDeletedEnvironments(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client, other := s.ClientToken("production"), s.ClientToken("development")
	frontend := s.FrontendToken("production", "default")
	s.Must(http.StatusOK, "DELETE", "/api/admin/environments/production", "")
	gone := []testkit.Step{
		{Name: "client token", Method: "GET", Path: "/api/client/features", As: client, Status: 401},
		{Name: "front-end token", Method: "GET", Path: "/api/frontend", As: frontend, Status: 401},
		{Name: "of another environment", Method: "GET", Path: "/api/client/features", As: other, Status: 200},
		{Name: "not listed", Method: "GET", Path: "/api/admin/api-tokens", Status: 200, Lacks: []string{`"production"`}},
	}
	s.Run(gone...)
	if n := strings.Count(s.Do("GET", "/api/admin/events", "").Body, "api-token-deleted"); n != 2 {
		t.Errorf("%d events of deleted tokens, want 2", n)
	}
	s.Must(http.StatusCreated, "POST", "/api/admin/environments", `{"name":"production","type":"production"}`)
	s.Run(gone...)
}
