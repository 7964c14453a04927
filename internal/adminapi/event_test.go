package adminapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/testkit"
)

type eventLog struct {
	Events []struct {
		Type            string
		CreatedBy       string
		CreatedByUserID int64
		TokenID         *string
		IP              *string
		Project         *string
		FeatureName     *string
		GroupID         string
		Data, PreData   map[string]any
	}
	Total, TotalEvents int
}

func (l eventLog) types() []string {
	types := []string{}
	for _, e := range l.Events {
		types = append(types, e.Type)
	}
	return types
}

// Every change leaves its event, with what was before and after.
func TestEventLog(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	editor := s.Person("editor", "Editor")
	first := s.Do("GET", "/api/admin/events", "")
	var before eventLog
	first.JSON(t, &before)
	s.Run([]testkit.Step{
		{Name: "tag type", Method: "POST", Path: "/api/admin/tag-types", As: editor.PAT, Body: `{"name":"team"}`, Status: 201},
		{Name: "refused", Method: "POST", Path: "/api/admin/tag-types", As: editor.PAT, Body: `{"name":"team"}`, Status: 409},
		{Name: "change", Method: "PUT", Path: "/api/admin/tag-types/team", Body: `{"icon":"T"}`, Status: 200},
	}...)
	s.Clock.Advance(48 * time.Hour)
	s.Run([]testkit.Step{
		{Name: "project", Method: "POST", Path: "/api/admin/projects", Body: `{"id":"p_1","name":"x"}`, Status: 201},
		{Name: "flag", Method: "POST", Path: "/api/admin/projects/p_1/features", Body: `{"name":"f","description":"100% Odd_Name"}`, Status: 201},
	}...)
	read := func(path string) eventLog {
		t.Helper()
		var log eventLog
		s.Must(http.StatusOK, "GET", path, "").JSON(t, &log)
		return log
	}
	log := read("/api/admin/events")
	made := log.Events[:len(log.Events)-len(before.Events)]
	if want := []string{"feature-created", "project-created", "tag-type-updated", "tag-type-created"}; !cmp.Equal(want, log.types()[:len(made)]) {
		t.Fatalf("new events %v, want %v", log.types()[:len(made)], want)
	}
	if e := made[3]; e.CreatedBy != "editor" || e.CreatedByUserID != editor.ID || e.TokenID == nil || e.PreData != nil || e.Data["name"] != "team" {
		t.Errorf("R8: the event of a personal token is %+v, want its owner's name and the token", e)
	}
	if e := made[2]; e.CreatedByUserID != -42 || e.PreData["icon"] != nil || e.Data["icon"] != "T" {
		t.Errorf("the event of an admin token is %+v", e)
	}
	if e := made[2]; e.IP == nil || *e.IP != "127.0.0.1" {
		t.Errorf("the address of an event is %v, want the caller's", e.IP)
	}
	var ofFlag eventLog
	s.Must(http.StatusOK, "GET", "/api/admin/events/f", "", "Authorization", editor.PAT).JSON(t, &ofFlag)
	if len(ofFlag.Events) != 1 || ofFlag.Events[0].IP != nil {
		t.Errorf("who may not read the whole log sees %+v, want one event without address", ofFlag.Events)
	}
	search := func(query string) []string {
		t.Helper()
		return read("/api/admin/search/events?" + query).types()
	}
	for query, want := range map[string][]string{
		"type=IS:tag-type-created":                           {"tag-type-created"},
		"type=IS_ANY_OF:tag-type-created,%20project-created": {"project-created", "tag-type-created"},
		"type=IS:nope":                                 {},
		"project=IS:p_1":                               {"feature-created", "project-created"},
		"project=IS:p_1&feature=IS:f":                  {"feature-created"},
		"createdBy=IS:editor&type=IS:tag-type-created": {"tag-type-created"},
		fmt.Sprintf("createdBy=IS:%d&type=IS:tag-type-created", editor.ID):  {"tag-type-created"},
		"groupId=IS:" + made[0].GroupID:                                     {"feature-created"},
		"query=" + url.QueryEscape("100% odd_name"):                         {"feature-created"},
		"query=" + url.QueryEscape("100%name"):                              {},
		"query=oddXname":                                                    {},
		"from=IS:2026-11-24":                                                {"feature-created", "project-created"},
		"from=IS:2026-11-25":                                                {},
		"from=IS:2026-11-24&to=IS:2026-11-24":                               {"feature-created", "project-created"},
		"to=IS:2026-11-23&type=IS_ANY_OF:tag-type-updated,tag-type-created": {"tag-type-updated", "tag-type-created"},
		"limit=1":          {"feature-created"},
		"limit=1&offset=1": {"project-created"},
		"offset=100000":    {},
		"token=IS:" + *made[3].TokenID + "&type=IS_ANY_OF:tag-type-created,tag-type-updated": {"tag-type-created"},
		"token=IS:nope": {},
	} {
		if diff := cmp.Diff(want, search(query)); diff != "" {
			t.Errorf("search %s (-want +got):\n%s", query, diff)
		}
	}
	if all := read("/api/admin/search/events?limit=1"); all.Total != log.TotalEvents {
		t.Errorf("total %d of one page, want %d", all.Total, log.TotalEvents)
	}
	if got := read("/api/admin/events?project=p_1").types(); !cmp.Equal(got, []string{"feature-created", "project-created"}) {
		t.Errorf("events of the project: %v", got)
	}
	if got := read("/api/admin/events/f").types(); !cmp.Equal(got, []string{"feature-created"}) {
		t.Errorf("events of the flag: %v", got)
	}
	s.Run([]testkit.Step{
		{Name: "no such flag ever", Method: "GET", Path: "/api/admin/events/nope", Status: 200, Contains: []string{`"events":[]`}},
		{Name: "creators", Method: "GET", Path: "/api/admin/event-creators", Status: 200, Contains: []string{`"name":"editor"`, `"id":-42`}},
		{Name: "filter without form", Method: "GET", Path: "/api/admin/search/events?type=tag", Status: 400, Contains: []string{`"/query/type"`}},
		{Name: "not a day", Method: "GET", Path: "/api/admin/search/events?from=IS:2026-02-30", Status: 400, Contains: []string{`"/query/from"`}},
		{Name: "not a number", Method: "GET", Path: "/api/admin/search/events?id=IS:one", Status: 400, Contains: []string{`"/query/id"`}},
		{Name: "not a limit", Method: "GET", Path: "/api/admin/search/events?limit=0", Status: 400, Contains: []string{`"/query/limit"`}},
		{Name: "too many values", Method: "GET", Path: "/api/admin/search/events?type=IS_ANY_OF:" + strings.Repeat("a,", 100), Status: 400},
		{Name: "not for an editor", Method: "GET", Path: "/api/admin/events", As: editor.PAT, Status: 403},
		{Name: "nor a search", Method: "GET", Path: "/api/admin/search/events", As: editor.PAT, Status: 403},
		{Name: "nor the creators", Method: "GET", Path: "/api/admin/event-creators", As: editor.PAT, Status: 403},
		{Name: "but the log of a flag", Method: "GET", Path: "/api/admin/events/f", As: editor.PAT, Status: 200, Contains: []string{`"feature-created"`}},
	}...)
}

// What changes nothing leaves no event and moves no revision, so that nobody
// who repeats himself wakes the SDKs.
func TestNoEventWithoutChange(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusCreated, "POST", "/api/admin/segments", `{"name":"s","constraints":[{"contextName":"a","operator":"NUM_GT","value":"1"}]}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/strategies", `{"name":"custom","parameters":[{"name":"p","type":"list","description":"","required":false}]}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/context", `{"name":"plan","description":"d","legalValues":[{"value":"v"}]}`)
	s.Must(http.StatusNoContent, "POST", "/api/admin/ui-config/cors", `{"frontendApiOrigins":["https://a.example"]}`)
	count := func() int {
		t.Helper()
		var log eventLog
		s.Must(http.StatusOK, "GET", "/api/admin/events", "").JSON(t, &log)
		return log.TotalEvents
	}
	before := count()
	for _, step := range []testkit.Step{
		{Name: "segment", Method: "PUT", Path: "/segments/1", Body: `{"name":"s","constraints":[{"contextName":"a","operator":"NUM_GT","value":1}]}`, Status: 204},
		{Name: "definition", Method: "PUT", Path: "/strategies/custom", Body: `{"parameters":[{"name":"p","type":"list"}]}`, Status: 200},
		{Name: "reactivate", Method: "POST", Path: "/strategies/custom/reactivate", Status: 200},
		{Name: "context field", Method: "PUT", Path: "/context/plan", Body: `{"description":"d","legalValues":[{"value":"v"}]}`, Status: 200},
		{Name: "legal value", Method: "POST", Path: "/context/plan/legal-values", Body: `{"value":"v"}`, Status: 200},
		{Name: "tag type", Method: "PUT", Path: "/tag-types/simple", Body: `{"icon":"#"}`, Status: 200},
		{Name: "flag type", Method: "PUT", Path: "/feature-types/release/lifetime", Body: `{"lifetimeDays":40}`, Status: 200},
		{Name: "project", Method: "PUT", Path: "/projects/default", Body: `{"name":"Default","mode":"open"}`, Status: 200},
		{Name: "environment", Method: "PUT", Path: "/environments/update/production", Body: `{"type":"production"}`, Status: 200},
		{Name: "environment on", Method: "POST", Path: "/environments/production/on", Status: 204},
		{Name: "sort order", Method: "PUT", Path: "/environments/sort-order", Body: `{"production":2}`, Status: 200},
		{Name: "origins", Method: "POST", Path: "/ui-config/cors", Body: `{"frontendApiOrigins":["https://a.example","https://a.example"]}`, Status: 204},
	} {
		step.Path = "/api/admin" + step.Path
		s.Run(step)
		if got := count(); got != before {
			t.Errorf("%s: %d events, want the %d of before", step.Name, got, before)
			before = got
		}
	}
}
