package adminapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/testkit"
)

// A flag goes from stage to stage as SDKs and people use it, and begins anew
// when it is revived.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const flag = "/api/admin/projects/default/features/f"
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"f"}`)
	stages := func() []string {
		t.Helper()
		var steps []struct {
			Stage, Status, StatusValue string
			EnteredStageAt             time.Time
		}
		s.Must(http.StatusOK, "GET", flag+"/lifecycle", "").JSON(t, &steps)
		all := []string{}
		for i, step := range steps {
			if i > 0 && !step.EnteredStageAt.After(steps[i-1].EnteredStageAt) {
				t.Errorf("the steps %+v are not in order", steps)
			}
			all = append(all, step.Stage+step.Status+step.StatusValue)
		}
		return all
	}
	see := func(environment string) {
		t.Helper()
		now := s.Clock.Now().Format(time.RFC3339)
		s.Must(http.StatusAccepted, "POST", "/api/client/metrics",
			`{"appName":"a","instanceId":"1","bucket":{"start":"`+now+`","stop":"`+now+`","toggles":{"f":{"yes":1,"no":0}}}}`, "Authorization", s.ClientToken(environment))
		s.Must(http.StatusOK, "GET", "/api/admin/client-metrics/features/f", "")
	}
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"created", func() {}, []string{"initial"}},
		{"seen in development", func() { see("development") }, []string{"initial", "pre-live"}},
		{"seen in production", func() { see("production") }, []string{"initial", "pre-live", "live"}},
		{"seen again", func() { see("development") }, []string{"initial", "pre-live", "live"}},
		{"completed", func() {
			s.Must(http.StatusOK, "POST", flag+"/lifecycle/complete", `{"status":"kept","statusValue":"blue"}`)
		}, []string{"initial", "pre-live", "live", "completedkeptblue"}},
		{"not after all", func() { s.Must(http.StatusOK, "POST", flag+"/lifecycle/uncomplete", "") }, []string{"initial", "pre-live", "live"}},
		{"again", func() { s.Must(http.StatusOK, "POST", flag+"/lifecycle/uncomplete", "") }, []string{"initial", "pre-live", "live"}},
		{"discarded", func() {
			s.Must(http.StatusOK, "POST", flag+"/lifecycle/complete", `{"status":"discarded"}`)
		}, []string{"initial", "pre-live", "live", "completeddiscarded"}},
		{"archived", func() { s.Must(http.StatusAccepted, "DELETE", flag, "") }, []string{"initial", "pre-live", "live", "completeddiscarded", "archived"}},
		{"revived", func() { s.Must(http.StatusOK, "POST", "/api/admin/archive/revive/f", "") }, []string{"initial"}},
		{"seen in production first", func() { see("production") }, []string{"initial", "live"}},
		{"seen in development then", func() { see("development") }, []string{"initial", "live"}},
	} {
		s.Clock.Advance(24 * time.Hour)
		step.do()
		if diff := cmp.Diff(step.want, stages()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	viewer := s.Person("viewer", "Viewer")
	s.Run([]testkit.Step{
		{Name: "in the flag", Method: "GET", Path: flag, Status: 200, Contains: []string{`"lifecycle":{"stage":"live"`}},
		{Name: "counts", Method: "GET", Path: "/api/admin/lifecycle/count", Status: 200, Contains: []string{`"live":1`, `"initial":0`}},
		{Name: "events", Method: "GET", Path: "/api/admin/search/events?type=IS_ANY_OF:feature-completed,feature-uncompleted", Status: 200, Contains: []string{`"total":3`, `"statusValue":"blue"`}},
		{Name: "no outcome", Method: "POST", Path: flag + "/lifecycle/complete", Body: `{"status":"lost"}`, Status: 400, Contains: []string{`"/body/status"`}},
		{Name: "discarded variant", Method: "POST", Path: flag + "/lifecycle/complete", Body: `{"status":"discarded","statusValue":"x"}`, Status: 400, Contains: []string{`"/body/statusValue"`}},
		{Name: "not by a viewer", Method: "POST", Path: flag + "/lifecycle/complete", As: viewer.PAT, Body: `{"status":"kept"}`, Status: 403},
		{Name: "nor back", Method: "POST", Path: flag + "/lifecycle/uncomplete", As: viewer.PAT, Status: 403},
		{Name: "of no flag", Method: "GET", Path: "/api/admin/projects/default/features/g/lifecycle", Status: 404},
	}...)
}

func TestFlagLinks(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const flag = "/api/admin/projects/default/features/f"
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"f"}`)
	links := func() (all []struct{ ID, URL, Title string }) {
		t.Helper()
		var detail struct {
			Links []struct{ ID, URL, Title string }
		}
		s.Must(http.StatusOK, "GET", flag, "").JSON(t, &detail)
		return detail.Links
	}
	viewer := s.Person("viewer", "Viewer")
	s.Run([]testkit.Step{
		{Name: "add", Method: "POST", Path: flag + "/link", Body: `{"url":"https://tracker.example/1","title":"the ticket"}`, Status: 204},
		{Name: "another", Method: "POST", Path: flag + "/link", Body: `{"url":"http://docs.example"}`, Status: 204},
		{Name: "a script", Method: "POST", Path: flag + "/link", Body: `{"url":"javascript:alert(1)"}`, Status: 400, Contains: []string{`"/body/url"`}},
		{Name: "no address", Method: "POST", Path: flag + "/link", Body: `{"url":"https://"}`, Status: 400, Contains: []string{`"/body/url"`}},
		{Name: "by a viewer", Method: "POST", Path: flag + "/link", As: viewer.PAT, Body: `{"url":"https://a.example"}`, Status: 403},
		{Name: "change none", Method: "PUT", Path: flag + "/link/nope", Body: `{"url":"https://a.example"}`, Status: 404},
		{Name: "remove none", Method: "DELETE", Path: flag + "/link/nope", Status: 404},
	}...)
	all := links()
	if len(all) != 2 || all[0].URL != "https://tracker.example/1" && all[1].URL != "https://tracker.example/1" {
		t.Fatalf("links %+v", all)
	}
	one := flag + "/link/" + all[0].ID
	s.Run([]testkit.Step{
		{Name: "change", Method: "PUT", Path: one, Body: `{"url":"https://a.example","title":"new"}`, Status: 204},
		{Name: "change nothing", Method: "PUT", Path: one, Body: `{"url":"https://a.example","title":"new"}`, Status: 204},
		{Name: "remove", Method: "DELETE", Path: flag + "/link/" + all[1].ID, Status: 204},
		{
			Name: "events", Method: "GET", Path: "/api/admin/search/events?type=IS_ANY_OF:feature-link-added,feature-link-updated,feature-link-removed",
			Status: 200, Contains: []string{`"total":4`},
		},
	}...)
	if got := links(); len(got) != 1 || got[0].ID != all[0].ID || got[0].Title != "new" {
		t.Errorf("links %+v", got)
	}
	for range 49 {
		s.Must(http.StatusNoContent, "POST", flag+"/link", `{"url":"https://a.example"}`)
	}
	s.Run(testkit.Step{Name: "too many", Method: "POST", Path: flag + "/link", Body: `{"url":"https://a.example"}`, Status: 400, Contains: []string{"50"}})
}

// How a project does: its activity, health, stages and outdated SDKs.
func TestProjectStatus(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const project = "/api/admin/projects/default"
	s.Must(http.StatusCreated, "POST", project+"/features", `{"name":"old","type":"kill-switch"}`)
	s.Clock.Advance(48 * time.Hour)
	s.Must(http.StatusCreated, "POST", project+"/features", `{"name":"new"}`)
	s.Must(http.StatusOK, "POST", project+"/features/old/lifecycle/complete", `{"status":"kept"}`)
	s.Must(http.StatusOK, "PUT", project+"/features/new", `{"stale":true}`)
	s.ClientToken("development", "default")
	s.Must(http.StatusAccepted, "POST", "/api/client/register",
		`{"appName":"shop","instanceId":"1","sdkVersion":"unleash-client-node:4.1.0","strategies":[],"started":"2026-11-24T12:00:00Z","interval":1000}`,
		"Authorization", s.ClientToken("production"))
	outdated := []string{`{"sdks":[{"sdkVersion":"unleash-client-node:4.1.0","applications":["shop"]}]}`}
	s.Run([]testkit.Step{
		{Name: "status", Method: "GET", Path: project + "/status", Status: 200, Contains: []string{
			`{"date":"2026-11-22","count":1}`, `{"date":"2026-11-24","count":4}`, `"health":{"current":50}`, `"technicalDebt":{"current":50}`, `"apiTokens":1`,
			`"staleFlags":{"total":1}`, `"initial":{"averageDays":2,"currentFlags":1}`, `"completed":{"averageDays":null,"currentFlags":1}`,
		}},
		{Name: "health", Method: "GET", Path: project + "/health-report", Status: 200, Contains: []string{`"staleCount":1`, `"activeCount":1`, `"health":50`, `"name":"old"`}},
		{Name: "outdated", Method: "GET", Path: "/api/admin/metrics/sdks/outdated", Status: 200, Contains: outdated},
		{Name: "of the project", Method: "GET", Path: project + "/sdks/outdated", Status: 200, Contains: outdated},
		{Name: "in the list", Method: "GET", Path: "/api/admin/metrics/applications", Status: 200, Contains: []string{`"outdatedSdks":["unleash-client-node:4.1.0"]`}},
		{Name: "in the application", Method: "GET", Path: "/api/admin/metrics/applications/shop/overview", Status: 200, Contains: []string{`"outdatedSdks":["unleash-client-node:4.1.0"]`}},
		{Name: "of none", Method: "GET", Path: "/api/admin/projects/nope/status", Status: 404},
		{Name: "of none", Method: "GET", Path: "/api/admin/projects/nope/health-report", Status: 404},
		{Name: "of none", Method: "GET", Path: "/api/admin/projects/nope/sdks/outdated", Status: 404},
		{Name: "limits", Method: "GET", Path: "/api/admin/resource-limits", Status: 200, Contains: []string{`"featureFlags":`}},
		{Name: "group", Method: "POST", Path: "/api/admin/groups", Body: `{"name":"g"}`, Status: 201},
		{Name: "statistics", Method: "GET", Path: "/api/admin/instance-admin/statistics", Status: 200, Contains: []string{`"groups":1`, `"roles":6`}},
	}...)
}
