package adminapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/testkit"
)

// Requests with a token are counted by hour, in the database, with both of its
// secrets.
func TestTokenHours(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Clock.Advance(20 * time.Minute)
	var made struct{ ID, Secret string }
	s.Must(http.StatusCreated, "POST", "/api/admin/api-tokens?details=true", `{"tokenName":"t","type":"client","environment":"development","projects":["*"]}`).JSON(t, &made)
	use := func(secret string, times int) {
		t.Helper()
		for range times {
			s.Must(http.StatusOK, "GET", "/api/client/features", "", "Authorization", secret)
		}
	}
	hours := func(path string) []string {
		t.Helper()
		var usage struct {
			Hours []struct {
				Timestamp time.Time
				Requests  int
			}
		}
		s.Must(http.StatusOK, "GET", path, "").JSON(t, &usage)
		all := []string{}
		for _, h := range usage.Hours {
			all = append(all, h.Timestamp.Format("15:04")+" "+string(rune('0'+h.Requests)))
		}
		return all
	}
	path := "/api/admin/api-tokens/" + made.ID + "/usage"
	use(made.Secret, 3)
	s.Clock.Advance(time.Hour)
	use(made.Secret, 1)
	var rotated struct{ Secret string }
	s.Must(http.StatusOK, "POST", "/api/admin/api-tokens/"+made.ID+"/rotate", `{"overlapSeconds":3600}`).JSON(t, &rotated)
	use(made.Secret, 1)
	use(rotated.Secret, 2)
	if diff := cmp.Diff([]string{"12:00 3", "13:00 4"}, hours(path)); diff != "" {
		t.Errorf("hours (-want +got):\n%s", diff)
	}
	use(rotated.Secret, 1)
	if diff := cmp.Diff([]string{"13:00 5"}, hours(path + "?hoursBack=1")[1:]); diff != "" {
		t.Errorf("later (-want +got):\n%s", diff)
	}
	s.Clock.Advance(5 * time.Hour)
	if got := hours(path + "?hoursBack=2"); len(got) != 0 {
		t.Errorf("hours %v, want none in the last two", got)
	}
	s.Run(testkit.Step{Name: "not a number", Method: "GET", Path: path + "?hoursBack=x", Status: 400, Contains: []string{`"/query/hoursBack"`}})
}

// Evaluations are added up by hour, environment and application, for projects
// that the caller may know of.
func TestEvaluations(t *testing.T) {
	t.Parallel()
	s := withPrivateProject(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"f"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"g"}`)
	report := func(app, environment string) {
		t.Helper()
		now := s.Clock.Now().Format(time.RFC3339)
		s.Must(http.StatusAccepted, "POST", "/api/client/metrics", `{"appName":"`+app+`","instanceId":"1","bucket":{"start":"`+now+`","stop":"`+now+
			`","toggles":{"f":{"yes":2,"no":1,"variants":{"a":2}},"g":{"yes":1,"no":0}}}}`, "Authorization", s.ClientToken(environment))
	}
	report("shop", "development")
	report("shop", "production")
	s.Clock.Advance(time.Hour)
	report("shop", "development")
	report("till", "development")
	stranger := s.Person("stranger", "Viewer")
	const path = "/api/admin/metrics/evaluations"
	const noon, one = `"timestamp":"2026-11-22T12:00:00Z"`, `"timestamp":"2026-11-22T13:00:00Z"`
	s.Run([]testkit.Step{
		{Name: "all", Method: "GET", Path: path, As: stranger.PAT, Status: 200, Lacks: []string{hush}, Contains: []string{
			`{` + noon + `,"environment":"development","appName":"shop","yes":3,"no":1},{` + noon + `,"environment":"production","appName":"shop","yes":3,"no":1},`,
			`{` + one + `,"environment":"development","appName":"shop","yes":3,"no":1},{` + one + `,"environment":"development","appName":"till","yes":3,"no":1}]`,
		}},
		{Name: "admin", Method: "GET", Path: path, Status: 200, Contains: []string{"hush-app"}},
		{Name: "of an application", Method: "GET", Path: path + "?appName=till", Status: 200, Contains: []string{`{"data":[{` + one}},
		{Name: "of an environment", Method: "GET", Path: path + "?environment=production", Status: 200, Contains: []string{`"data":[{` + noon}, Lacks: []string{"development", one}},
		{Name: "of a project", Method: "GET", Path: path + "?project=hush", Status: 200, Contains: []string{"hush-app"}, Lacks: []string{"shop"}},
		{Name: "of a hidden project", Method: "GET", Path: path + "?project=hush", As: stranger.PAT, Status: 400, Contains: []string{`"/query/project"`}},
		{Name: "of no project", Method: "GET", Path: path + "?project=nope", Status: 400, Contains: []string{`"/query/project"`}},
		{Name: "not hours", Method: "GET", Path: path + "?hoursBack=0", Status: 400, Contains: []string{`"/query/hoursBack"`}},
	}...)
}
