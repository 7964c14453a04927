package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/testkit"
)

type played struct {
	Name                          string
	IsEnabled                     bool
	IsEnabledInCurrentEnvironment bool
	HasUnsatisfiedDependency      bool
	UnsatisfiedDependencies       []string
	Environment                   string
	Context                       map[string]any
	Variant                       struct {
		Name           string
		FeatureEnabled bool `json:"feature_enabled"`
	}
	Strategies struct {
		Result any
		Data   []struct {
			Result struct {
				EvaluationStatus string
				Enabled          any
				Variant          *struct{ Name string }
			}
			Rollout *struct {
				Stickiness string
				Place      int
				Share      float64
			}
			Segments []struct {
				Name        string
				Result      bool
				Constraints []struct{ Result bool }
			}
			Constraints []struct {
				ContextName string
				Result      bool
			}
			Links struct{ Edit string }
		}
	}
}

// withFlagsToPlay starts a server with flags that are on, off and in between
// for many reasons.
func withFlagsToPlay(t *testing.T) *testkit.Server {
	t.Helper()
	s := testkit.Start(t)
	constraint := func(field, value string) string {
		return `{"contextName":"` + field + `","operator":"IN","values":["` + value + `"]}`
	}
	s.Must(http.StatusCreated, "POST", "/api/admin/segments", `{"name":"friends","constraints":[`+constraint("userId", "ann")+`]}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/strategies", `{"name":"custom","parameters":[]}`)
	variants := `[{"name":"blue","weight":1000,"weightType":"variable","stickiness":"default","payload":{"type":"string","value":"b"}}]`
	s.Flag("default", "development", "plain", `{"name":"flexibleRollout","parameters":{"rollout":"100"}}`)
	s.Flag("default", "development", "friends", `{"name":"default","segments":[1],"variants":`+variants+`}`)
	s.Flag("default", "development", "narrow", testkit.Constrained(constraint("userId", "ann"), constraint("plan", "pro")))
	s.Flag("default", "development", "none", `{"name":"flexibleRollout","parameters":{"rollout":"0","stickiness":"userId"}}`)
	s.Flag("default", "development", "sdk", `{"name":"custom","parameters":{}}`)
	s.Flag("default", "development", "child", `{"name":"default"}`)
	s.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/child/dependencies", `{"feature":"none"}`)
	s.Flag("default", "development", "partly", `{"name":"default","disabled":true}`, testkit.Constrained(constraint("userId", "ann")))
	return s
}

func TestPlayground(t *testing.T) {
	t.Parallel()
	s := withFlagsToPlay(t)
	ask := func(body string) map[string]played {
		t.Helper()
		var answer struct{ Features []played }
		s.Must(http.StatusOK, "POST", "/api/admin/playground", body).JSON(t, &answer)
		byName := make(map[string]played)
		for _, f := range answer.Features {
			byName[f.Name] = f
		}
		return byName
	}
	ann := ask(`{"environment":"development","projects":"*","context":{"appName":"a","userId":"ann","properties":{"plan":"free"}}}`)
	got := make(map[string]string)
	for name, f := range ann {
		got[name] = fmt.Sprint(f.IsEnabled, " ", f.Strategies.Result, " ", f.Variant.Name)
	}
	if diff := cmp.Diff(map[string]string{
		"plain": "true true disabled", "friends": "true true blue", "narrow": "false false disabled", "none": "false false disabled",
		"sdk": "false unknown disabled", "child": "false true disabled", "partly": "true true disabled",
	}, got); diff != "" {
		t.Errorf("ann (-want +got):\n%s", diff)
	}
	if r := ann["plain"].Strategies.Data[0].Rollout; r == nil || r.Place < 1 || r.Place > 100 || r.Share != 100 || r.Stickiness != "userId" {
		t.Errorf("the rollout of plain is %+v", r)
	}
	if g := ann["friends"].Strategies.Data[0].Segments; len(g) != 1 || g[0].Name != "friends" || !g[0].Result || !g[0].Constraints[0].Result {
		t.Errorf("the segments of friends are %+v", g)
	}
	if k := ann["narrow"].Strategies.Data[0].Constraints; len(k) != 2 || !k[0].Result || k[1].Result || k[1].ContextName != "plan" {
		t.Errorf("the constraints of narrow are %+v", k)
	}
	if r := ann["sdk"].Strategies.Data[0].Result; r.EvaluationStatus != "incomplete" || r.Enabled != "unknown" {
		t.Errorf("the strategy of sdk is %+v", r)
	}
	if f := ann["child"]; !f.HasUnsatisfiedDependency || !cmp.Equal(f.UnsatisfiedDependencies, []string{"none"}) {
		t.Errorf("child does not say what it lacks: %+v", f)
	}
	if d := ann["partly"].Strategies.Data; d[0].Result.EvaluationStatus != "unevaluated" || !cmp.Equal([]any{d[0].Result.Enabled, d[1].Result.Enabled}, []any{false, true}) {
		t.Errorf("the strategies of partly are %+v", d)
	}
	if edit := ann["plain"].Strategies.Data[0].Links.Edit; !strings.HasPrefix(edit, "/projects/default/features/plain/strategies/edit?environmentId=development&strategyId=") {
		t.Errorf("the page to edit is %q", edit)
	}
	elsewhere := ask(`{"environment":"production","projects":["default"],"features":["plain"],"context":{"appName":"a"}}`)
	if f := elsewhere["plain"]; len(elsewhere) != 1 || f.IsEnabled || f.IsEnabledInCurrentEnvironment {
		t.Errorf("in production: %+v", elsewhere)
	}
}

// What the playground says is what the front-end API answers.
func TestPlaygroundAgreesWithTheFrontend(t *testing.T) {
	t.Parallel()
	s := withFlagsToPlay(t)
	secret := s.FrontendToken("development")
	for _, user := range []string{"ann", "ben"} {
		var answer struct{ Features []played }
		s.Must(http.StatusOK, "POST", "/api/admin/playground", `{"environment":"development","context":{"appName":"a","userId":"`+user+`","plan":"pro"}}`).JSON(t, &answer)
		var served struct{ Toggles []played }
		s.Must(http.StatusOK, "GET", "/api/frontend?appName=a&userId="+user+"&plan=pro", "", "Authorization", secret).JSON(t, &served)
		want, got := map[string]string{}, map[string]string{}
		for _, f := range served.Toggles {
			want[f.Name] = f.Variant.Name
		}
		for _, f := range answer.Features {
			if f.IsEnabled {
				got[f.Name] = f.Variant.Name
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
			t.Errorf("%s (-front end +playground):\n%s", user, diff)
		}
	}
}

func TestAdvancedPlayground(t *testing.T) {
	t.Parallel()
	s := withFlagsToPlay(t)
	var answer struct {
		Features []struct {
			Name         string
			Environments map[string][]played
		}
		Warnings struct{ InvalidContextProperties []string }
	}
	s.Must(http.StatusOK, "POST", "/api/admin/playground/advanced",
		`{"environments":["development","production","development"],"features":["narrow"],
		"context":{"appName":"a","userId":"ann, ben","properties":{"plan":"pro,free"},"list":[1],"deep":{"a":1},"n":1.5}}`).JSON(t, &answer)
	if diff := cmp.Diff([]string{"deep", "list"}, answer.Warnings.InvalidContextProperties); diff != "" {
		t.Errorf("warnings: %s", diff)
	}
	if len(answer.Features) != 1 || len(answer.Features[0].Environments["development"]) != 4 || len(answer.Features[0].Environments["production"]) != 4 {
		t.Fatalf("answers %+v", answer.Features)
	}
	for _, f := range answer.Features[0].Environments["development"] {
		if want := f.Context["userId"] == "ann" && f.Context["plan"] == "pro"; f.IsEnabled != want || f.Context["n"] != "1.5" {
			t.Errorf("%v is on: %v", f.Context, f.IsEnabled)
		}
	}
	const many = "1,2,3,4,5,6,7,8,9,10"
	s.Run([]testkit.Step{
		{
			Name: "too many combinations", Method: "POST", Path: "/api/admin/playground/advanced", Status: 400, Contains: []string{`"/body/context"`},
			Body: `{"environments":["development"],"context":{"appName":"a","a":"` + many + `","b":"` + many + `","c":"` + many + `","d":"` + many + `","e":"` + many + `"}}`,
		},
		{
			Name: "too many answers", Method: "POST", Path: "/api/admin/playground/advanced", Status: 400, Contains: []string{"20000"},
			Body: `{"environments":["development"],"context":{"appName":"a","a":"` + many + `","b":"` + many + `","c":"` + many + `","d":"` + many + `"}}`,
		},
		{Name: "no environment", Method: "POST", Path: "/api/admin/playground/advanced", Body: `{"environments":[],"context":{"appName":"a"}}`, Status: 400},
		{Name: "unknown environment", Method: "POST", Path: "/api/admin/playground", Body: `{"environment":"nope","context":{"appName":"a"}}`, Status: 400, Contains: []string{`"/body/environments/0"`}},
		{Name: "unknown project", Method: "POST", Path: "/api/admin/playground", Body: `{"environment":"development","projects":["nope"],"context":{"appName":"a"}}`, Status: 400, Contains: []string{`"/body/projects/0"`}},
		{Name: "no application", Method: "POST", Path: "/api/admin/playground", Body: `{"environment":"development","context":{}}`, Status: 400, Contains: []string{`appName`}},
		{Name: "not a time", Method: "POST", Path: "/api/admin/playground", Body: `{"environment":"development","context":{"appName":"a","currentTime":"now"}}`, Status: 400, Contains: []string{`currentTime: must be a date and time as in 2026-01-31T12:00:00Z`}},
		{Name: "not projects", Method: "POST", Path: "/api/admin/playground", Body: `{"environment":"development","projects":"web","context":{"appName":"a"}}`, Status: 400},
	}...)
}

func TestPlaygroundHidesPrivateProjects(t *testing.T) {
	t.Parallel()
	s := withPrivateProject(t)
	stranger := s.Person("stranger", "Editor")
	s.Run([]testkit.Step{
		{Name: "admin", Method: "POST", Path: "/api/admin/playground", Body: `{"environment":"development","context":{"appName":"a"}}`, Status: 200, Contains: []string{"hush-flag"}},
		{Name: "all", Method: "POST", Path: "/api/admin/playground", As: stranger.PAT, Body: `{"environment":"development","context":{"appName":"a"}}`, Status: 200, Lacks: []string{hush}},
		{Name: "by name", Method: "POST", Path: "/api/admin/playground", As: stranger.PAT, Body: `{"environment":"development","features":["hush-flag"],"context":{"appName":"a"}}`, Status: 200, Contains: []string{`"features":[]`}},
		{Name: "by project", Method: "POST", Path: "/api/admin/playground", As: stranger.PAT, Body: `{"environment":"development","projects":["hush"],"context":{"appName":"a"}}`, Status: 400},
	}...)
}
