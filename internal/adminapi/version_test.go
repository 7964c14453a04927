package adminapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

// Whoever changes an old version of a thing is told so, by whom and when it was
// changed, and what it is now; who sends no version changes it as ever.
func TestStaleVersions(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Clock.Advance(time.Minute)
	ann := s.Person("ann", "Admin")
	s.Must(http.StatusCreated, "POST", "/api/admin/segments", `{"name":"s","constraints":[]}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/context", `{"name":"plan"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/strategies", `{"name":"custom","parameters":[]}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/groups", `{"name":"g"}`)
	role := s.RootRole("r")
	s.Flag("default", "development", "f", `{"name":"default"}`)
	const flag = "/api/admin/projects/default/features/f"
	strategy := flag + "/environments/development/strategies/" + string(strategyOf(t, s, "f", `{"name":"default"}`))
	for _, tc := range []struct {
		name, read, method, write, body, again string
		status                                 int
		event                                  string
	}{
		{"flag", flag, "PUT", flag, `{"description":"a"}`, `{"description":"b"}`, 200, "feature-metadata-updated"},
		{"flag by patch", flag, "PATCH", flag, `[{"op":"replace","path":"/stale","value":true}]`, `[{"op":"replace","path":"/stale","value":false}]`, 200, "feature-stale-on"},
		{"its tags", flag, "POST", "/api/admin/features/f/tags", `{"type":"simple","value":"aa"}`, `{"type":"simple","value":"bb"}`, 201, "feature-tagged"},
		{"flag in an environment", flag + "/environments/development", "POST", flag + "/environments/development/off", "", "", 200, "feature-environment-disabled"},
		{"strategy", strategy, "PUT", strategy, `{"title":"a"}`, `{"title":"b"}`, 200, "feature-strategy-update"},
		{"segment", "/api/admin/segments/1", "PUT", "/api/admin/segments/1", `{"name":"t","constraints":[]}`, `{"name":"u","constraints":[]}`, 204, "segment-updated"},
		{"context field", "/api/admin/context/plan", "PUT", "/api/admin/context/plan", `{"description":"a"}`, `{"description":"b"}`, 200, "context-field-updated"},
		{"strategy definition", "/api/admin/strategies/custom", "PUT", "/api/admin/strategies/custom", `{"title":"a","parameters":[]}`, `{"title":"b","parameters":[]}`, 200, "strategy-updated"},
		{"environment", "/api/admin/environments/production", "PUT", "/api/admin/environments/update/production", `{"sortOrder":5}`, `{"sortOrder":6}`, 200, "environment-updated"},
		{"project", "/api/admin/projects/default/overview", "PUT", "/api/admin/projects/default", `{"name":"a"}`, `{"name":"b"}`, 200, "project-updated"},
		{"project by settings", "/api/admin/projects/default/overview", "PUT", "/api/admin/projects/default/settings", `{"mode":"protected"}`, `{"mode":"open"}`, 200, "project-updated"},
		{"tag type", "/api/admin/tag-types/simple", "PUT", "/api/admin/tag-types/simple", `{"icon":"a"}`, `{"icon":"b"}`, 200, "tag-type-updated"},
		{"group", "/api/admin/groups/1", "PUT", "/api/admin/groups/1", `{"name":"h"}`, `{"name":"i"}`, 200, "group-updated"},
		{"role", "/api/admin/roles/" + strconv.FormatInt(role, 10), "PUT", "/api/admin/roles/" + strconv.FormatInt(role, 10), `{"name":"a","type":"root-custom","permissions":[]}`, `{"name":"b","type":"root-custom","permissions":[]}`, 200, "role-updated"},
		{"user", "/api/admin/user-admin/" + ann.IDText(), "PUT", "/api/admin/user-admin/" + ann.IDText(), `{"name":"a"}`, `{"name":"b"}`, 200, "user-updated"},
	} {
		old := s.Must(http.StatusOK, "GET", tc.read, "").Header.Get("ETag")
		if old == "" {
			t.Errorf("%s: no ETag", tc.name)
			continue
		}
		made := s.Must(tc.status, tc.method, tc.write, tc.body, "If-Match", old, "Authorization", ann.PAT)
		now := s.Must(http.StatusOK, "GET", tc.read, "").Header.Get("ETag")
		if now == old {
			t.Errorf("%s: a change leaves the version as it was", tc.name)
		}
		if told := made.Header.Get("ETag"); told != "" && told != now {
			t.Errorf("%s: the change tells the version %s, reading %s", tc.name, told, now)
		}
		var refused struct {
			Name  string
			Stale struct {
				ETag, ChangedBy, Change string
				ChangedAt               time.Time
				Current                 map[string]any
			}
		}
		s.Must(http.StatusConflict, tc.method, tc.write, tc.again, "If-Match", old).JSON(t, &refused)
		if r := refused; r.Name != "StaleVersionError" || r.Stale.ETag != now || r.Stale.ChangedBy != "ann" || r.Stale.Change != tc.event ||
			!r.Stale.ChangedAt.Equal(s.Clock.Now()) || len(r.Stale.Current) == 0 {
			t.Errorf("%s: refused with %+v, want version %s and event %s", tc.name, r, now, tc.event)
		}
		if got := s.Must(http.StatusOK, "GET", tc.read, "").Header.Get("ETag"); got != now {
			t.Errorf("%s: the refused change was made", tc.name)
		}
		s.Must(tc.status, tc.method, tc.write, tc.again, "If-Match", `"other", W/`+now)
		s.Must(tc.status, tc.method, tc.write, tc.body)
		s.Must(tc.status, tc.method, tc.write, tc.body, "If-Match", "*")
	}
}

// What nobody changes on purpose is no part of a version.
func TestVersionsLast(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ann := s.Person("ann", "Editor")
	const flag = "/api/admin/projects/default/features/f"
	s.Flag("default", "development", "f", `{"name":"default"}`)
	paths := []string{flag, flag + "/environments/development", "/api/admin/projects/default/overview", "/api/admin/user-admin/" + ann.IDText(), "/api/admin/environments/development"}
	versions := func() (all []string) {
		t.Helper()
		for _, path := range paths {
			all = append(all, s.Must(http.StatusOK, "GET", path, "").Header.Get("ETag"))
		}
		return all
	}
	before := versions()
	now := s.Clock.Now().Format(time.RFC3339)
	s.Must(http.StatusAccepted, "POST", "/api/client/metrics", `{"appName":"a","instanceId":"1","bucket":{"start":"`+now+`","stop":"`+now+`","toggles":{"f":{"yes":1,"no":0}}}}`,
		"Authorization", s.ClientToken("development"))
	s.Must(http.StatusOK, "GET", "/api/admin/client-metrics/features/f", "")
	s.Must(http.StatusOK, "POST", flag+"/favorites", "", "Authorization", ann.PAT)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"g"}`)
	s.Clock.Advance(time.Hour)
	s.SignIn("ann", "correct horse battery staple")
	for i, after := range versions() {
		if after != before[i] {
			t.Errorf("the version of %s changed without a change", paths[i])
		}
	}
	s.Run(
		testkit.Step{Name: "of what has none", Method: "GET", Path: "/api/admin/context", Status: 200},
		testkit.Step{Name: "of a missing flag", Method: "GET", Path: "/api/admin/projects/default/features/none", Status: 404},
	)
	s.Must(http.StatusBadRequest, "POST", "/api/admin/context", `{"name":"x"}`, "If-Match", `"a"`)
	s.Must(http.StatusNotFound, "PUT", "/api/admin/projects/default/features/none", `{}`, "If-Match", `"a"`)
	s.Must(http.StatusForbidden, "PUT", flag, `{}`, "If-Match", `"a"`, "Authorization", s.Person("eve", "Viewer").PAT)
}

// Of many who change the same version at once, one does.
func TestStaleVersionsInARace(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const flag = "/api/admin/projects/default/features/f"
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"f"}`)
	version := s.Must(http.StatusOK, "GET", flag, "").Header.Get("ETag")
	var group sync.WaitGroup
	statuses := make([]int, 12)
	for i := range statuses {
		group.Go(func() {
			statuses[i] = s.Do("PUT", flag, `{"description":"`+strings.Repeat("x", i+1)+`"}`, "If-Match", version).Status
		})
	}
	group.Wait()
	won := 0
	for _, status := range statuses {
		switch status {
		case http.StatusOK:
			won++
		case http.StatusConflict:
		default:
			t.Errorf("status %d", status)
		}
	}
	if won != 1 {
		t.Errorf("%d changes of one version were made, want 1", won)
	}
}
