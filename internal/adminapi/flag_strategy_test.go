package adminapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/testkit"
)

func TestFlagSwitch(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "a", "b")
	const development = flags + "/a/environments/development"
	s.Run([]testkit.Step{
		{Name: "off at first", Method: "GET", Path: development, Status: 200, Contains: []string{`"enabled":false`, `"strategies":[]`, `"hasStrategies":false`, `"lastSeenAt":null`}},
		{Name: "on gives a strategy", Method: "POST", Path: development + "/on", Status: 200, Contains: []string{`"groupId":"a","rollout":"100","stickiness":"default"`, `"hasEnabledStrategies":true`}},
		{Name: "on again", Method: "POST", Path: development + "/on", Status: 200},
		{Name: "one strategy", Method: "GET", Path: development, Status: 200, Contains: []string{`"sortOrder":0,"segments"`, `"enabled":true`}, Lacks: []string{`"sortOrder":1,"segments"`}},
		{Name: "elsewhere off", Method: "GET", Path: flags + "/a/environments/production", Status: 200, Contains: []string{`"enabled":false`}},
		{Name: "off", Method: "POST", Path: development + "/off", Status: 200},
		{Name: "it keeps the strategy", Method: "GET", Path: development, Status: 200, Contains: []string{`"enabled":false`, `"flexibleRollout"`}},
		{Name: "environment unknown", Method: "POST", Path: flags + "/a/environments/nope/on", Status: 404, Contains: []string{"nope"}},
		{Name: "read in an unknown environment", Method: "GET", Path: flags + "/a/environments/nope", Status: 404, Contains: []string{"nope"}},
		{Name: "flag unknown", Method: "POST", Path: flags + "/x/environments/development/on", Status: 404},
	}...)

	const b = flags + "/b/environments/development"
	first := strategyOf(t, s, "b", `{"name":"default"}`)
	second := strategyOf(t, s, "b", `{"name":"default","disabled":true}`)
	s.Run([]testkit.Step{
		{Name: "on", Method: "POST", Path: b + "/on", Status: 200},
		{Name: "without its last enabled strategy", Method: "PUT", Path: b + "/strategies/" + string(first), Body: `{"disabled":true}`, Status: 200, Contains: []string{`"disabled":true`}},
		{Name: "it is off", Method: "GET", Path: b, Status: 200, Contains: []string{`"enabled":false`, `"hasStrategies":true`, `"hasEnabledStrategies":false`}},
		{Name: "on with a new one", Method: "POST", Path: b + "/on", Status: 200, Contains: []string{`"rollout":"100"`}},
		{Name: "enable another", Method: "PATCH", Path: b + "/strategies/" + string(second), Body: `[{"op":"replace","path":"/disabled","value":false}]`, Status: 200},
		{Name: "delete one of two", Method: "DELETE", Path: b + "/strategies/" + string(second), Status: 200},
		{Name: "it is on still", Method: "GET", Path: b, Status: 200, Contains: []string{`"enabled":true`}},
	}...)
	var in control.FlagEnvironment
	s.Do("GET", b, "").JSON(t, &in)
	for _, strategy := range in.Strategies {
		s.Run(testkit.Step{Name: "delete all", Method: "DELETE", Path: b + "/strategies/" + string(strategy.ID), Status: 200})
	}
	s.Run(testkit.Step{Name: "off without strategies", Method: "GET", Path: b, Status: 200, Contains: []string{`"enabled":false`, `"strategies":[]`}})
}

func TestFlagStrategies(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "a", "b")
	const path = flags + "/a/environments/development/strategies"
	s.Run([]testkit.Step{
		{Name: "none", Method: "GET", Path: path, Status: 200, Contains: []string{`[]`}},
		{Name: "segment", Method: "POST", Path: "/api/admin/segments", Body: `{"name":"s","constraints":[]}`, Status: 201, Contains: []string{`"id":1`}},
		{
			Name: "add", Method: "POST", Path: path, Status: 200,
			Body: `{"name":"flexibleRollout","title":"T","parameters":{"rollout":33.5,"extra":true},"segments":[1],
				"constraints":[{"contextName":"userId","operator":"IN","values":[" a ",7]},{"contextName":"n","operator":"NUM_GT","value":5}],
				"variants":[{"name":"z","weight":0,"weightType":"variable","stickiness":"default"},{"name":"a","weight":100,"weightType":"fix","stickiness":"userId","payload":{"type":"json","value":"{}"}}]}`,
			Contains: []string{
				`"title":"T"`, `"disabled":false`, `"featureName":"a"`, `"sortOrder":0`, `"segments":[1]`,
				`{"contextName":"userId","operator":"IN","values":[" a ","7"]}`, `{"contextName":"n","operator":"NUM_GT","values":[],"value":"5"}`,
				`{"name":"a","weight":100,"weightType":"fix","stickiness":"userId","payload":{"type":"json","value":"{}"}}`, `{"name":"z","weight":900`,
				`"parameters":{"extra":"true","groupId":"a","rollout":"33.5","stickiness":"default"}`,
			},
		},
		{Name: "the next one comes last", Method: "POST", Path: path, Body: `{"name":"default","title":null,"disabled":null}`, Status: 200, Contains: []string{`"sortOrder":1`, `"title":null`, `"parameters":{}`}},
		{Name: "where it is told to", Method: "POST", Path: path, Body: `{"name":"default","sortOrder":9}`, Status: 200, Contains: []string{`"sortOrder":9`}},
		{Name: "name unknown", Method: "POST", Path: path, Body: `{"name":"nope"}`, Status: 400, Contains: []string{`"/body/name"`, "nope"}},
		{Name: "no name", Method: "POST", Path: path, Body: `{}`, Status: 400, Contains: []string{`"/body/name"`}},
		{Name: "title too long", Method: "POST", Path: path, Body: `{"name":"default","title":"` + strings.Repeat("x", 101) + `"}`, Status: 400, Contains: []string{`"/body/title"`}},
		{Name: "parameter no text", Method: "POST", Path: path, Body: `{"name":"default","parameters":{"a":[]}}`, Status: 400, Contains: []string{`"/body/parameters/a"`}},
		{Name: "constraint broken", Method: "POST", Path: path, Body: `{"name":"default","constraints":[{"contextName":"a","operator":"NUM_EQ","value":"x"}]}`, Status: 400, Contains: []string{`"/body/constraints/0/value"`}},
		{Name: "constraint with more", Method: "POST", Path: path, Body: `{"name":"default","constraints":[{"contextName":"a","operator":"IN","values":["x"],"more":1}]}`, Status: 400, Contains: []string{"more"}},
		{Name: "too many constraints", Method: "POST", Path: path, Body: `{"name":"default","constraints":[` + repeated(`{"contextName":"a","operator":"IN","values":["x"]}`, 31) + `]}`, Status: 400, Contains: []string{`"/body/constraints"`, "30"}},
		{Name: "too many values", Method: "POST", Path: path, Body: `{"name":"default","constraints":[{"contextName":"a","operator":"IN","values":[` + repeated(`"x"`, 251) + `]}]}`, Status: 400, Contains: []string{`"/body/constraints/0/values"`, "250"}},
		{Name: "too many segments", Method: "POST", Path: path, Body: `{"name":"default","segments":[1,2,3,4,5,6]}`, Status: 400, Contains: []string{`"/body/segments"`, "5"}},
		{Name: "segment unknown", Method: "POST", Path: path, Body: `{"name":"default","segments":[1,99]}`, Status: 400, Contains: []string{`"/body/segments"`, "99"}},
		{Name: "variants all fixed", Method: "POST", Path: path, Body: `{"name":"default","variants":[{"name":"a","weight":1000,"weightType":"fix","stickiness":"default"}]}`, Status: 400, Contains: []string{`"/body/variants"`, "variable"}},
		{Name: "variant with an empty payload", Method: "POST", Path: path, Body: `{"name":"default","variants":[{"name":"a","weightType":"variable","payload":{"type":"string","value":""}}]}`, Status: 400, Contains: []string{`"/body/variants/0/payload/value"`}},
		{Name: "environment unknown", Method: "POST", Path: flags + "/a/environments/nope/strategies", Body: `{"name":"default"}`, Status: 404},
		{Name: "flag unknown", Method: "POST", Path: flags + "/x/environments/development/strategies", Body: `{"name":"default"}`, Status: 404},
	}...)
	var all []control.StrategyDetail
	s.Do("GET", path, "").JSON(t, &all)
	if len(all) != 3 {
		t.Fatalf("%d strategies, want the 3 that were accepted", len(all))
	}
	one := path + "/" + string(all[0].ID)
	s.Run([]testkit.Step{
		{Name: "read", Method: "GET", Path: one, Status: 200, Contains: []string{`"title":"T"`}},
		{Name: "read by another flag", Method: "GET", Path: flags + "/b/environments/development/strategies/" + string(all[0].ID), Status: 404},
		{Name: "read in another environment", Method: "GET", Path: flags + "/a/environments/production/strategies/" + string(all[0].ID), Status: 404},
		{Name: "read what is missing", Method: "GET", Path: path + "/nope", Status: 404},
		{Name: "change", Method: "PUT", Path: one, Body: `{"title":"","parameters":{"rollout":"7"},"constraints":[]}`, Status: 200, Contains: []string{`"title":null`, `"rollout":"7"`, `"groupId":"a"`, `"constraints":[]`, `"segments":[1]`, `"weight":900`}},
		{Name: "change nothing", Method: "PUT", Path: one, Body: `{}`, Status: 200, Contains: []string{`"rollout":"7"`}},
		{Name: "take segments and variants away", Method: "PUT", Path: one, Body: `{"segments":[],"variants":[]}`, Status: 200, Contains: []string{`"segments":[]`, `"variants":[]`}},
		{Name: "change to a wrong constraint", Method: "PUT", Path: one, Body: `{"constraints":[{"contextName":"a","operator":"NEAR"}]}`, Status: 400, Contains: []string{`"/body/constraints/0/operator"`}},
		{Name: "change to an unknown segment", Method: "PUT", Path: one, Body: `{"segments":[99]}`, Status: 400},
		{
			Name: "patch", Method: "PATCH", Path: one, Status: 200,
			Body:     `[{"op":"replace","path":"/parameters/rollout","value":8},{"op":"add","path":"/constraints/-","value":{"contextName":"a","operator":"IN","values":[1]}},{"op":"add","path":"/segments/0","value":1},{"op":"add","path":"/title","value":"P"}]`,
			Contains: []string{`"rollout":"8"`, `{"contextName":"a","operator":"IN","values":["1"]}`, `"segments":[1]`, `"title":"P"`},
		},
		{Name: "patch of the id", Method: "PATCH", Path: one, Body: `[{"op":"replace","path":"/id","value":"x"}]`, Status: 400},
		{Name: "patch to a wrong type", Method: "PATCH", Path: one, Body: `[{"op":"replace","path":"/segments","value":{}}]`, Status: 400, Contains: []string{`"/body/segments"`}},
		{Name: "change what is missing", Method: "PUT", Path: path + "/nope", Body: `{}`, Status: 404},
		{Name: "order", Method: "POST", Path: path + "/set-sort-order", Body: fmt.Sprintf(`[{"id":%q,"sortOrder":5},{"id":%q,"sortOrder":2}]`, all[0].ID, all[2].ID), Status: 200},
		{Name: "order of what is missing", Method: "POST", Path: path + "/set-sort-order", Body: fmt.Sprintf(`[{"id":%q,"sortOrder":1},{"id":"nope","sortOrder":2}]`, all[0].ID), Status: 400, Contains: []string{`"/body/1/id"`}},
	}...)
	var sorted []control.StrategyDetail
	s.Do("GET", path, "").JSON(t, &sorted)
	ids := func(list []control.StrategyDetail) (ids []feature.StrategyID) {
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		return ids
	}
	if diff := cmp.Diff([]feature.StrategyID{all[1].ID, all[2].ID, all[0].ID}, ids(sorted)); diff != "" {
		t.Errorf("order of strategies: %s", diff)
	}
	s.Run([]testkit.Step{
		{Name: "delete", Method: "DELETE", Path: one, Status: 200},
		{Name: "delete again", Method: "DELETE", Path: one, Status: 404},
		{Name: "gone", Method: "GET", Path: one, Status: 404},
	}...)
}

func repeated(text string, n int) string {
	return strings.TrimSuffix(strings.Repeat(text+",", n), ",")
}

func TestFlagVariants(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	makeFlags(s, "a")
	const path = flags + "/a/environments/development/variants"
	s.Run([]testkit.Step{
		{Name: "none", Method: "GET", Path: path, Status: 200, Contains: []string{`{"version":1,"variants":[]}`}},
		{Name: "none anywhere", Method: "GET", Path: flags + "/a/variants", Status: 200, Contains: []string{`"variants":[]`}},
		{
			Name: "set", Method: "PUT", Path: path, Status: 200,
			Body: `[{"name":"z"},{"name":"a","payload":{"type":"number","value":5}},{"name":"m","overrides":[{"contextName":"userId","values":["1",2]}]}]`,
			Contains: []string{
				`{"name":"a","weight":333,"weightType":"variable","stickiness":"default","payload":{"type":"number","value":"5"}}`,
				`{"name":"m","weight":333,"weightType":"variable","stickiness":"default","overrides":[{"contextName":"userId","values":["1","2"]}]}`,
				`{"name":"z","weight":334`,
			},
		},
		{Name: "read", Method: "GET", Path: path, Status: 200, Contains: []string{`"name":"z","weight":334`}},
		{Name: "elsewhere none", Method: "GET", Path: flags + "/a/environments/production/variants", Status: 200, Contains: []string{`"variants":[]`}},
		{Name: "the first there are", Method: "GET", Path: flags + "/a/variants", Status: 200, Contains: []string{`"name":"z"`}},
		{Name: "patch", Method: "PATCH", Path: path, Body: `[{"op":"remove","path":"/1"},{"op":"replace","path":"/0/weightType","value":"fix"},{"op":"replace","path":"/0/weight","value":10}]`, Status: 200, Contains: []string{`"name":"a","weight":10`, `"name":"z","weight":990`}},
		{Name: "patch beyond the end", Method: "PATCH", Path: path, Body: `[{"op":"remove","path":"/7"}]`, Status: 400},
		{Name: "weight too large", Method: "PUT", Path: path, Body: `[{"name":"a","weight":1001,"weightType":"fix"}]`, Status: 400, Contains: []string{`"/body/0/weight"`}},
		{Name: "name twice", Method: "PUT", Path: path, Body: `[{"name":"a"},{"name":"a"}]`, Status: 400, Contains: []string{`"/body/1/name"`}},
		{Name: "payload type unknown", Method: "PUT", Path: path, Body: `[{"name":"a","payload":{"type":"xml","value":"x"}}]`, Status: 400, Contains: []string{`"/body/0/payload/type"`}},
		{Name: "in several environments", Method: "PUT", Path: flags + "/a/variants-batch", Body: `{"environments":["development","production"],"variants":[{"name":"p"}]}`, Status: 200, Contains: []string{`"name":"p","weight":1000`}},
		{Name: "in production too", Method: "GET", Path: flags + "/a/environments/production/variants", Status: 200, Contains: []string{`"name":"p"`}},
		{Name: "in an unknown environment", Method: "PUT", Path: flags + "/a/variants-batch", Body: `{"environments":["development","nope"],"variants":[]}`, Status: 400, Contains: []string{`"/body/environments/1"`}},
		{Name: "nothing was half-written", Method: "GET", Path: path, Status: 200, Contains: []string{`"name":"p"`}},
		{Name: "take away", Method: "PUT", Path: path, Body: `[]`, Status: 200, Contains: []string{`"variants":[]`}},
		{Name: "environment unknown", Method: "PUT", Path: flags + "/a/environments/nope/variants", Body: `[]`, Status: 404},
	}...)
}

func TestConstraintValidation(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const path = "/api/admin/constraints/validate"
	s.Run([]testkit.Step{
		{Name: "fine", Method: "POST", Path: path, Body: `{"contextName":"a","operator":"SEMVER_GT","value":"1.2.3"}`, Status: 204},
		{Name: "value", Method: "POST", Path: path, Body: `{"contextName":"a","operator":"SEMVER_GT","value":"v1"}`, Status: 400, Contains: []string{`"/body/value"`}},
		{Name: "operator", Method: "POST", Path: path, Body: `{"contextName":"a","operator":"NEAR"}`, Status: 400, Contains: []string{`"/body/operator"`}},
		{Name: "more", Method: "POST", Path: path, Body: `{"contextName":"a","operator":"IN","values":["x"],"more":1}`, Status: 400},
		{Name: "too many values", Method: "POST", Path: path, Body: `{"contextName":"a","operator":"IN","values":[` + repeated(`"x"`, 251) + `]}`, Status: 400, Contains: []string{`"/body/values"`}},
	}...)
}
