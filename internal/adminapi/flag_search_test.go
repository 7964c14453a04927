package adminapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/testkit"
)

type foundFlags struct {
	Features []struct {
		Name           string
		Favorite       bool
		DependencyType *string
		Segments       []string
		CreatedBy      struct {
			ID   int64
			Name string
		}
		Lifecycle    struct{ Stage, Status string }
		Environments []struct {
			Name    string
			Enabled bool
			Yes, No int
		}
	}
	Total int
}

func (f foundFlags) names() []string {
	names := []string{}
	for _, flag := range f.Features {
		names = append(names, flag.Name)
	}
	return names
}

// withFlagsToFind starts a server with flags that differ in everything a search
// looks at. The person made beta.
func withFlagsToFind(t *testing.T) (*testkit.Server, testkit.Person) {
	t.Helper()
	s := testkit.Start(t)
	person := s.Person("ann", "Editor")
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"web","name":"x"}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/segments", `{"name":"friends","constraints":[]}`)
	s.Flag("default", "development", "alpha", `{"name":"flexibleRollout","segments":[1],"parameters":{"rollout":"100"}}`)
	s.Clock.Advance(24 * time.Hour)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features",
		`{"name":"beta","type":"experiment","description":"100% Odd_Words","tags":[{"type":"simple","value":"red"},{"type":"simple","value":"a, b"}]}`,
		"Authorization", person.PAT)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"gamma","type":"kill-switch","tags":[{"type":"simple","value":"red"}]}`)
	s.Clock.Advance(24 * time.Hour)
	s.Flag("web", "production", "delta")
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/web/features", `{"name":"gone"}`)
	s.Must(http.StatusAccepted, "DELETE", "/api/admin/projects/web/features/gone", "")
	s.Must(http.StatusOK, "PUT", "/api/admin/projects/default/features/gamma", `{"stale":true}`)
	s.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/beta/dependencies", `{"feature":"gamma"}`)
	report := func(secret, counts string) {
		start := s.Clock.Now().Format(time.RFC3339)
		s.Must(http.StatusAccepted, "POST", "/api/client/metrics",
			`{"appName":"shop","instanceId":"1","bucket":{"start":"`+start+`","stop":"`+start+`","toggles":{`+counts+`}}}`, "Authorization", secret)
	}
	report(s.ClientToken("development"), `"alpha":{"yes":3,"no":2},"beta":{"yes":0,"no":1}`)
	s.Clock.Advance(24 * time.Hour)
	report(s.ClientToken("production"), `"delta":{"yes":7,"no":0}`)
	s.Must(http.StatusOK, "GET", "/api/admin/client-metrics/features/delta", "") // stores what waits in memory
	s.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/gamma/favorites", "", "Authorization", person.PAT)
	return s, person
}

func TestSearchFlags(t *testing.T) {
	t.Parallel()
	s, person := withFlagsToFind(t)
	search := func(query string) foundFlags {
		t.Helper()
		var found foundFlags
		s.Must(http.StatusOK, "GET", "/api/admin/search/features?"+query, "", "Authorization", person.PAT).JSON(t, &found)
		return found
	}
	for _, tc := range []struct{ query, want string }{
		{"", "alpha beta gamma delta"},
		{"sortOrder=desc", "delta beta gamma alpha"},
		{"sortBy=name&sortOrder=desc", "gamma delta beta alpha"},
		{"sortBy=type", "beta gamma alpha delta"},
		{"sortBy=project&sortOrder=desc", "delta alpha beta gamma"},
		{"sortBy=lastSeenAt&sortOrder=desc", "delta alpha beta gamma"},
		{"sortBy=lifecycle&sortOrder=desc", "delta alpha beta gamma"},
		{"sortBy=stale&sortOrder=desc", "gamma alpha beta delta"},
		{"sortBy=environment:production&sortOrder=desc", "delta alpha beta gamma"},
		{"favoritesFirst=true", "gamma alpha beta delta"},
		{"limit=2", "alpha beta"},
		{"limit=2&offset=3", "delta"},
		{"limit=2&offset=30", ""},
		{"query=ALP", "alpha"},
		{"query=" + url.QueryEscape("100% odd_"), "beta"},
		{"query=oddXwords", ""},
		{"query=simple:re", "beta gamma"},
		{"query=alp,delt", "alpha delta"},
		{"project=IS:web", "delta"},
		{"project=IS_NOT:web", "alpha beta gamma"},
		{"project=IS_ANY_OF:web,%20default&limit=1", "alpha"},
		{"project=IS_NONE_OF:web,default", ""},
		{"type=IS_ANY_OF:experiment,kill-switch", "beta gamma"},
		{"state=IS:stale", "gamma"},
		{"state=IS_NOT:stale", "alpha beta delta"},
		{"state=IS:active", "alpha beta delta"},
		{"state=IS:potentially-stale", ""},
		{"lifecycle=IS:live", "delta"},
		{"lifecycle=IS_ANY_OF:initial,pre-live", "alpha beta gamma"},
		{"tag=INCLUDE:simple:red", "beta gamma"},
		{"tag=INCLUDE:" + url.QueryEscape("simple:a, b"), "beta"},
		{"tag=DO_NOT_INCLUDE:simple:red", "alpha delta"},
		{"tag=INCLUDE_ALL_OF:" + url.QueryEscape("simple:red,simple:a, b"), "beta"},
		{"tag=INCLUDE_ANY_OF:" + url.QueryEscape("simple:red,simple:a, b"), "beta gamma"},
		{"tag=EXCLUDE_IF_ANY_OF:simple:red", "alpha delta"},
		{"tag=EXCLUDE_ALL:" + url.QueryEscape("simple:red,simple:a, b"), "alpha gamma delta"},
		{"segment=INCLUDE:friends", "alpha"},
		{"segment=DO_NOT_INCLUDE:friends", "beta gamma delta"},
		{"status=production:enabled", "delta"},
		{"status=production:enabled&status=development:enabled", "alpha delta"},
		{"status[]=production:enabled&status[]=development:enabled", "alpha delta"},
		{"status=development:disabled", "beta gamma delta"},
		{"createdAt=IS_ON_OR_AFTER:2026-11-24", "delta"},
		{"createdAt=IS_BEFORE:2026-11-24", "alpha beta gamma"},
		{"lastSeenAt=IS_ON_OR_AFTER:2026-11-25", "delta"},
		{"lastSeenAt=IS_BEFORE:2026-11-25", "alpha beta"},
		{"createdBy=IS:" + person.IDText(), "beta"},
		{"createdBy=IS_NOT:" + person.IDText(), "alpha gamma delta"},
		{"archived=IS:true", "gone"},
		{"archived=IS:false&type=IS:experiment", "beta"},
		{"favorite=IS:true", "gamma"},
		{"favorite=IS:false", "alpha beta delta"},
		{"favorite=IS_ANY_OF:true,false", "alpha beta gamma delta"},
		{"project=IS:default&tag=INCLUDE:simple:red&state=IS_NOT:stale&query=be&limit=500", "beta"},
	} {
		if diff := cmp.Diff(tc.want, strings.Join(search(tc.query).names(), " ")); diff != "" {
			t.Errorf("search %s (-want +got):\n%s", tc.query, diff)
		}
	}
	if got := search("limit=1").Total; got != 4 {
		t.Errorf("the total of a page is %d, want 4", got)
	}
	checkFoundFlags(t, search(""), person)
}

func checkFoundFlags(t *testing.T, found foundFlags, person testkit.Person) {
	t.Helper()
	if len(found.Features) != 4 {
		t.Fatalf("found %v", found.names())
	}
	alpha, beta, gamma, delta := found.Features[0], found.Features[1], found.Features[2], found.Features[3]
	if diff := cmp.Diff([]string{"friends"}, alpha.Segments); diff != "" {
		t.Errorf("segments of alpha: %s", diff)
	}
	if e := alpha.Environments[0]; e.Name != "development" || !e.Enabled || e.Yes != 0 {
		t.Errorf("alpha in development is %+v: it was evaluated a day ago", e)
	}
	if e := delta.Environments[1]; e.Name != "production" || !e.Enabled || e.Yes != 7 {
		t.Errorf("delta in production is %+v, want 7 yes", e)
	}
	if beta.CreatedBy.ID != person.ID || beta.CreatedBy.Name != "ann" || alpha.CreatedBy.ID != -42 {
		t.Errorf("makers: %+v and %+v", beta.CreatedBy, alpha.CreatedBy)
	}
	if *beta.DependencyType != "child" || *gamma.DependencyType != "parent" || alpha.DependencyType != nil {
		t.Error("the kinds of dependency are wrong")
	}
	if !gamma.Favorite || beta.Favorite {
		t.Error("gamma alone is a favourite")
	}
	if alpha.Lifecycle.Stage != "pre-live" || gamma.Lifecycle.Stage != "initial" || delta.Lifecycle.Stage != "live" {
		t.Errorf("stages %v %v %v", alpha.Lifecycle, gamma.Lifecycle, delta.Lifecycle)
	}
}

// What a search cannot understand is refused, naming the parameter.
func TestSearchFlagsRefuses(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	for _, query := range []string{
		"project=web", "type=ANY:x", "state=IS:old", "lifecycle=IS:nope", "createdBy=IS:ann", "favorite=IS:yes", "archived=IS:1",
		"tag=INCLUDE:red", "tag=IS:simple:red", "segment=IS:x", "status=production", "createdAt=IS_BEFORE:2026-02-30", "lastSeenAt=IS:2026-02-03",
		"sortBy=nothing", "sortOrder=up", "favoritesFirst=yes", "limit=0", "offset=-1", "query=" + strings.Repeat("a,", 12),
		"type=IS_ANY_OF:" + strings.Repeat("a,", 101),
	} {
		name, _, _ := strings.Cut(query, "=")
		s.Run(testkit.Step{Name: query, Method: "GET", Path: "/api/admin/search/features?" + query, Status: 400, Contains: []string{`"/query/` + name + `"`}})
	}
}

// Nobody finds flags of projects they may not know of.
func TestSearchHidesPrivateProjects(t *testing.T) {
	t.Parallel()
	s := withPrivateProject(t)
	stranger := s.Person("stranger", "Editor")
	for _, query := range []string{"", "query=hush", "project=IS:hush", "archived=IS:true", "project=IS_NOT:default"} {
		path := "/api/admin/search/features?" + query
		s.Run(
			testkit.Step{Name: "admin", Method: "GET", Path: path, Status: 200, Contains: []string{hush}},
			testkit.Step{Name: "stranger", Method: "GET", Path: path, As: stranger.PAT, Status: 200, Lacks: []string{hush}, Contains: []string{`"total":0`}},
		)
	}
}

// Favourites are a person's own, and shown wherever flags and projects are.
func TestFavorites(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	ann, ben := s.Person("ann", "Viewer"), s.Person("ben", "Viewer")
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"f"}`)
	const flag, project = "/api/admin/projects/default/features/f", "/api/admin/projects/default"
	yes, no := []string{`"favorite":true`}, []string{`"favorite":false`}
	s.Run([]testkit.Step{
		{Name: "flag", Method: "POST", Path: flag + "/favorites", As: ann.PAT, Status: 200},
		{Name: "again", Method: "POST", Path: flag + "/favorites", As: ann.PAT, Status: 200},
		{Name: "project", Method: "POST", Path: project + "/favorites", As: ann.PAT, Status: 200},
		{Name: "hers", Method: "GET", Path: flag, As: ann.PAT, Status: 200, Contains: yes},
		{Name: "in a list", Method: "GET", Path: project + "/features", As: ann.PAT, Status: 200, Contains: yes},
		{Name: "hers", Method: "GET", Path: "/api/admin/projects", As: ann.PAT, Status: 200, Contains: yes},
		{Name: "in its overview", Method: "GET", Path: project + "/overview", As: ann.PAT, Status: 200, Contains: yes},
		{Name: "not his", Method: "GET", Path: flag, As: ben.PAT, Status: 200, Contains: no},
		{Name: "not his", Method: "GET", Path: project + "/overview", As: ben.PAT, Status: 200, Contains: no},
		{Name: "no more", Method: "DELETE", Path: flag + "/favorites", As: ann.PAT, Status: 200},
		{Name: "no more", Method: "DELETE", Path: project + "/favorites", As: ann.PAT, Status: 200},
		{Name: "no more", Method: "GET", Path: flag, As: ann.PAT, Status: 200, Contains: no},
		{Name: "no more", Method: "GET", Path: project + "/overview", As: ann.PAT, Status: 200, Contains: no},
		{Name: "of a token", Method: "POST", Path: flag + "/favorites", Status: 403},
		{Name: "of no flag", Method: "POST", Path: project + "/features/g/favorites", As: ann.PAT, Status: 404},
		{Name: "of no project", Method: "POST", Path: "/api/admin/projects/nope/favorites", As: ann.PAT, Status: 404},
		{
			Name: "events", Method: "GET", Path: "/api/admin/search/events?type=IS_ANY_OF:feature-favorited,feature-unfavorited,project-favorited,project-unfavorited",
			Status: 200, Contains: []string{`"total":4`},
		},
		{Name: "makers", Method: "GET", Path: project + "/flag-creators", Status: 200, Contains: []string{`[]`}},
		{Name: "her flag", Method: "POST", Path: project + "/features", Body: `{"name":"g"}`, As: s.Person("eve", "Editor").PAT, Status: 201},
		{Name: "makers", Method: "GET", Path: project + "/flag-creators", Status: 200, Contains: []string{`"name":"eve"`}},
	}...)
}
