package adminapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/testkit"
)

func TestPersonalDashboard(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, id := range []string{"web", "shop", "secret"} {
		s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"`+id+`","name":"The `+id+`"}`)
	}
	s.Must(http.StatusOK, "PUT", "/api/admin/projects/secret", `{"name":"The secret","mode":"private"}`)
	ada, bob := s.Person("ada", "Viewer"), s.Person("bob", "Viewer")
	s.Join(ada, "web", 4)
	s.Join(bob, "secret", 4)
	s.Run(
		testkit.Step{Name: "hers", Method: "POST", Path: "/api/admin/projects/web/features", Body: `{"name":"first"}`, As: ada.PAT, Status: 201},
		testkit.Step{Name: "hers, later", Method: "POST", Path: "/api/admin/projects/web/features", Body: `{"name":"second","type":"experiment"}`, As: ada.PAT, Status: 201},
		testkit.Step{Name: "not hers", Method: "POST", Path: "/api/admin/projects/web/features", Body: `{"name":"third"}`, Status: 201},
		testkit.Step{Name: "stale", Method: "PATCH", Path: "/api/admin/projects/web/features/third", Body: `[{"op":"replace","path":"/stale","value":true}]`, Status: 200},
	)
	var d adminapi.PersonalDashboard
	s.Do("GET", "/api/admin/personal-dashboard", "", "Authorization", ada.PAT).JSON(t, &d)
	if diff := cmp.Diff([]adminapi.DashboardProject{{ID: "web", Name: "The web", Health: 66, TechnicalDebt: 34, MemberCount: 1, FeatureCount: 3}}, d.Projects); diff != "" {
		t.Errorf("projects (-want +got):\n%s", diff)
	}
	flags := map[string]string{}
	for _, f := range d.Flags {
		flags[string(f.Name)] = f.Type
	}
	if diff := cmp.Diff(map[string]string{"first": "release", "second": "experiment"}, flags); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]adminapi.DashboardOwner{{OwnerType: "user", Name: "ada"}}, d.ProjectOwners); diff != "" {
		t.Errorf("owners of what she may see (-want +got):\n%s", diff)
	}
	if len(d.Admins) != 1 || d.Admins[0].Username != "admin" {
		t.Errorf("administrators: %+v, want admin alone", d.Admins)
	}
	const details = "/api/admin/personal-dashboard/"
	s.Run(
		testkit.Step{Name: "of a project", Method: "GET", Path: details + "web", As: ada.PAT, Status: 200, Contains: []string{
			`"owners":[{"ownerType":"user","name":"ada"}]`, `"roles":[{"id":4,"name":"Owner","type":"project"}]`,
			`"totalFlags":3,"activeFlags":2,"staleFlags":1,"potentiallyStaleFlags":0,"health":66,"technicalDebt":34`,
			`"status":"first-flag-created","feature":"first"`, `feature created, flag second, project web`, `"avgHealthPastWindow":null`,
		}, Lacks: []string{"project created", "project access"}},
		testkit.Step{Name: "nobody's", Method: "GET", Path: details + "shop", As: ada.PAT, Status: 200, Contains: []string{
			`"owners":[{"ownerType":"system"}]`, `"roles":[]`, `"status":"onboarding-started"`, `"latestEvents":[]`,
		}},
		testkit.Step{Name: "private", Method: "GET", Path: details + "secret", As: ada.PAT, Status: 404},
		testkit.Step{Name: "a token is nobody", Method: "GET", Path: "/api/admin/personal-dashboard", Status: 403},
		testkit.Step{Name: "nor in a project", Method: "GET", Path: details + "web", Status: 403},
	)
}

func TestStatisticsAsTable(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.ClientToken("development")
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"f"}`)
	got := s.Must(http.StatusOK, "GET", "/api/admin/instance-admin/statistics/csv", "")
	if kind := got.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") {
		t.Errorf("type %q, want text/csv", kind)
	}
	lines := strings.Split(strings.TrimSpace(got.Body), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want names and values:\n%s", len(lines), got.Body)
	}
	values := map[string]string{}
	row := strings.Split(lines[1], ",")
	for i, name := range strings.Split(lines[0], ",") {
		values[name] = row[i]
	}
	for name, want := range map[string]string{
		"versionOSS": "8.2.0", "users": "1", "featureToggles": "1", "apiTokens.client": "1", "apiTokens.admin": "1", "activeUsers.last7": "0",
		"clientApps.allTime": "0", "clientApps.7d": "0", "SAMLenabled": "false", "previousDayMetricsBucketsCount.enabledCount": "0",
	} {
		if values[name] != want {
			t.Errorf("%s is %q, want %q", name, values[name], want)
		}
	}
}
