package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/testkit"
)

func TestSegments(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/segments"
	const constraint = `{"contextName":"userId","operator":"IN","values":["a",5]}`
	s.Run([]testkit.Step{
		{Name: "empty", Method: "GET", Path: path, Status: 200, Contains: []string{`{"segments":[]}`}},
		{
			Name: "create", Method: "POST", Path: path, Body: `{"name":"beta","description":"d","constraints":[` + constraint + `]}`, Status: 201,
			Contains: []string{`"id":1`, `"values":["a","5"]`, `"createdAt"`, `"usedInFeatures":0`},
		},
		{Name: "read", Method: "GET", Path: path + "/1", Status: 200, Contains: []string{`"name":"beta"`, `"description":"d"`}, Lacks: []string{`"project"`}},
		{Name: "of a project", Method: "POST", Path: path, Body: `{"name":"of default","project":"default","constraints":[]}`, Status: 201, Contains: []string{`"project":"default"`, `"constraints":[]`}},
		{Name: "list", Method: "GET", Path: path, Status: 200, Contains: []string{`"beta"`, `"of default"`}},
		{Name: "name taken", Method: "POST", Path: path, Body: `{"name":"beta","constraints":[]}`, Status: 409, Contains: []string{"NameExistsError", "beta"}},
		{Name: "no name", Method: "POST", Path: path, Body: `{"constraints":[]}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "blank name", Method: "POST", Path: path, Body: `{"name":"  ","constraints":[]}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "no constraints", Method: "POST", Path: path, Body: `{"name":"x"}`, Status: 400, Contains: []string{`"/body/constraints"`}},
		{Name: "unknown operator", Method: "POST", Path: path, Body: `{"name":"x","constraints":[{"contextName":"a","operator":"NEAR","values":["1"]}]}`, Status: 400, Contains: []string{`"/body/constraints/0/operator"`}},
		{Name: "no values", Method: "POST", Path: path, Body: `{"name":"x","constraints":[` + constraint + `,{"contextName":"a","operator":"IN","values":[]}]}`, Status: 400, Contains: []string{`"/body/constraints/1/values"`}},
		{Name: "more than is known", Method: "POST", Path: path, Body: `{"name":"x","constraints":[{"contextName":"a","operator":"IN","values":["1"],"extra":1}]}`, Status: 400, Contains: []string{`extra`}},
		{Name: "too many values", Method: "POST", Path: path, Body: `{"name":"x","constraints":[` + manyValues(feature.MaxSegmentValues+1) + `]}`, Status: 400, Contains: []string{`1000 values`}},
		{Name: "as many values as may be", Method: "POST", Path: path, Body: `{"name":"large","constraints":[` + manyValues(feature.MaxSegmentValues) + `]}`, Status: 201},
		{Name: "project unknown", Method: "POST", Path: path, Body: `{"name":"x","project":"nope","constraints":[]}`, Status: 400, Contains: []string{`"/body/project"`, "nope"}},
		{Name: "replace", Method: "PUT", Path: path + "/1", Body: `{"name":"gamma","constraints":[]}`, Status: 204},
		{Name: "replaced", Method: "GET", Path: path + "/1", Status: 200, Contains: []string{`"gamma"`, `"description":null`, `"constraints":[]`}},
		{Name: "replace with a taken name", Method: "PUT", Path: path + "/1", Body: `{"name":"of default","constraints":[]}`, Status: 409},
		{Name: "replace what is missing", Method: "PUT", Path: path + "/99", Body: `{"name":"x","constraints":[]}`, Status: 404},
		{Name: "name is free", Method: "POST", Path: path + "/validate", Body: `{"name":"new"}`, Status: 204},
		{Name: "name is not free", Method: "POST", Path: path + "/validate", Body: `{"name":"gamma"}`, Status: 409},
		{Name: "name is no name", Method: "POST", Path: path + "/validate", Body: `{"name":""}`, Status: 400},
		{Name: "nothing uses it", Method: "GET", Path: path + "/1/strategies", Status: 200, Contains: []string{`{"strategies":[]}`}},
		{Name: "use of what is missing", Method: "GET", Path: path + "/99/strategies", Status: 404},
		{Name: "delete", Method: "DELETE", Path: path + "/1", Status: 204},
		{Name: "delete again", Method: "DELETE", Path: path + "/1", Status: 404},
		{Name: "not a number", Method: "GET", Path: path + "/abc", Status: 400, Contains: []string{`"/params/id"`}},
		{Name: "larger than a number", Method: "GET", Path: path + "/99999999999999999999", Status: 400},
		{Name: "strategy unknown", Method: "GET", Path: path + "/strategies/nope", Status: 404},
	}...)
}

// manyValues is a constraint with so many values.
func manyValues(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf(`"v%d"`, i)
	}
	return `{"contextName":"userId","operator":"IN","values":[` + strings.Join(values, ",") + `]}`
}

func TestSegmentLimit(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for i := range feature.MaxSegments {
		if got := s.Do("POST", "/api/admin/segments", fmt.Sprintf(`{"name":"s%d","constraints":[]}`, i)); got.Status != http.StatusCreated {
			t.Fatalf("segment %d: %d %s", i, got.Status, got.Body)
		}
	}
	got := s.Do("POST", "/api/admin/segments", `{"name":"one more","constraints":[]}`)
	if got.Status != http.StatusBadRequest || !strings.Contains(got.Body, "ExceedsLimitError") {
		t.Errorf("one more than the limit: %d %s", got.Status, got.Body)
	}
}
