package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/testkit"
)

// edgeReport is a report as Unleash Edge 20 sends it.
func edgeReport(id string, revision int64) string {
	return fmt.Sprintf(`{"identifier":%q,"appName":"unleash-edge","hosting":"self-hosted","region":"eu-north-1","edgeVersion":"20.4.1",
		"processMetrics":{"cpuUsage":0.1,"memoryUsage":12345},"started":"2026-11-22T11:00:00Z",
		"traffic":{"get":{"/api/frontend":{"avg":0.1,"count":3,"p99":0.4}},"post":{},"accessDenied":{},"cachedResponses":{}},
		"latencyUpstream":{"features":{"avg":1.5,"count":12,"p99":4},"metrics":{"avg":0,"count":0,"p99":0},"edge":{"avg":0,"count":0,"p99":0}},
		"requestsSinceLastReport":{},"connectedStreamingClients":7,
		"connectedEdges":[{"identifier":"below","appName":"edge-2","edgeVersion":"20.4.0","started":"2026-11-22T11:30:00Z","connectedEdges":[{"identifier":"last","appName":"edge-3"}]}],
		"connectionConsumptionSinceLastReport":{"features":[],"metrics":[]},"requestConsumptionSinceLastReport":[],
		"edgeApiKeyRevisionIds":[{"environment":"development","projects":["*"],"revisionId":%d,"lastUpdated":"2026-11-22T11:59:00Z"}]}`, id, revision)
}

// TestEdges: who is connected, how far behind, and with which token, by its
// hint.
func TestEdges(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.ClientToken("development")
	report := func(status int, body string) testkit.Answer {
		return s.Must(status, "POST", "/api/client/metrics/edge", body, "Authorization", secret)
	}
	list := func() adminapi.EdgeList {
		var l adminapi.EdgeList
		got := s.Must(http.StatusOK, "GET", "/api/admin/metrics/edges", "")
		if strings.Contains(got.Body, secret) {
			t.Errorf("the list shows a secret: %s", got.Body)
		}
		got.JSON(t, &l)
		return l
	}
	report(http.StatusAccepted, edgeReport("one", 0))
	if got := list().Edges; len(got) != 1 || got[0].Environments[0].Behind {
		t.Errorf("an edge that has everything there is: %+v", got)
	}
	s.Flag("default", "development", "new")
	edges := list().Edges
	if len(edges) != 1 {
		t.Fatalf("edges: %+v", edges)
	}
	got, started, updated := edges[0], s.Clock.Now().Add(-time.Hour), s.Clock.Now().Add(-time.Minute)
	want := adminapi.Edge{
		Identifier: "one", AppName: "unleash-edge", EdgeVersion: "20.4.1", Region: "eu-north-1", Hosting: "self-hosted",
		Started: &started, LastSeenAt: s.Clock.Now(), ConnectedStreamingClients: 7, LatencyUpstream: adminapi.EdgeLatency{Avg: 1.5, P99: 4, Count: 12},
		Environments: []adminapi.EdgeScope{{
			Environment: "development", Projects: []string{"*"}, CurrentRevisionID: got.Environments[0].CurrentRevisionID, Behind: true, LastUpdated: &updated,
		}},
		ConnectedEdges: []adminapi.EdgeBelow{
			{Identifier: "below", AppName: "edge-2", EdgeVersion: "20.4.0", Via: "one"}, {Identifier: "last", AppName: "edge-3", Via: "below"},
		},
		Token: got.Token,
	}
	if diff := cmp.Diff(want, got); diff != "" || got.Token.ID == "" || !strings.HasSuffix(secret, got.Token.Hint[len(got.Token.Hint)-4:]) {
		t.Errorf("token %+v (-want +got):\n%s", got.Token, diff)
	}
	report(http.StatusAccepted, edgeReport("one", got.Environments[0].CurrentRevisionID))
	report(http.StatusAccepted, `{"identifier":"two","appName":"burgee"}`)
	if got := list().Edges; len(got) != 2 || got[0].Environments == nil {
		t.Errorf("two edges: %+v", got)
	}
	s.Clock.Advance(16 * time.Minute)
	if got := list().Edges; len(got) != 0 {
		t.Errorf("edges that say nothing for long are listed: %+v", got)
	}
}

// TestEdgesRefuses: what an edge must say, and who may see it.
func TestEdgesRefuses(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client, page := s.ClientToken("development"), s.FrontendToken("development")
	const path, list = "/api/client/metrics/edge", "/api/admin/metrics/edges"
	s.Run(
		testkit.Step{Name: "no identifier", Method: "POST", Path: path, As: client, Body: `{"appName":"a"}`, Status: 400, Contains: []string{`"/body/identifier"`}},
		testkit.Step{Name: "no name", Method: "POST", Path: path, As: client, Body: `{"identifier":"a"}`, Status: 400, Contains: []string{`"/body/appName"`}},
		testkit.Step{Name: "no object", Method: "POST", Path: path, As: client, Body: `[]`, Status: 400},
		testkit.Step{Name: "bad time", Method: "POST", Path: path, As: client, Body: `{"identifier":"a","appName":"a","started":"soon"}`, Status: 400, Contains: []string{`"/body/started"`}},
		testkit.Step{Name: "bad number", Method: "POST", Path: path, As: client, Body: `{"identifier":"a","appName":"a","connectedStreamingClients":-1}`, Status: 400},
		testkit.Step{Name: "a page", Method: "POST", Path: path, As: page, Body: edgeReport("x", 1), Status: 403},
		testkit.Step{Name: "nobody", Method: "POST", Path: path, As: client + "x", Body: edgeReport("x", 1), Status: 401},
		testkit.Step{Name: "a client token", Method: "GET", Path: list, As: client, Status: 403},
	)
	if got := s.Must(http.StatusOK, "GET", list, ""); got.Body != `{"edges":[]}` {
		t.Errorf("refused reports are listed: %s", got.Body)
	}
}
