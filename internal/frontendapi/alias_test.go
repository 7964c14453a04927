package frontendapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/testkit"
)

const (
	noVariant = `{"name":"disabled","enabled":false,"feature_enabled":true,"featureEnabled":true}`
	offEnd    = `,"enabled":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":false,"featureEnabled":false},"impressionData":`
)

// TestAliases (R1): clients of edges and proxies find everything below the
// paths that they know, and it is the same everywhere.
func TestAliases(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Flag("default", dev, "b-on")
	s.Flag("default", dev, "c-seven", testkit.Constrained(`{"contextName":"userId","operator":"IN","values":["7"]}`))
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"a-off","impressionData":true}`)
	s.Must(http.StatusCreated, "POST", "/api/admin/projects", `{"id":"other","name":"Other"}`)
	s.Flag("other", dev, "d-elsewhere")
	secret := s.FrontendToken(dev, "default")
	const (
		aOff   = `{"name":"a-off"` + offEnd + `true}`
		bOn    = `{"name":"b-on","enabled":true,"variant":` + noVariant + `,"impressionData":false}`
		cOff   = `{"name":"c-seven"` + offEnd + `false}`
		cOn    = `{"name":"c-seven","enabled":true,"variant":` + noVariant + `,"impressionData":false}`
		hidden = `{"name":"d-elsewhere"` + offEnd + `false}`
	)
	for _, prefix := range []string{"/api/frontend", "/api/proxy", "/proxy"} {
		for _, tc := range []struct {
			method, path, body string
			status             int
			want               string
		}{
			{"GET", "", "", 200, `{"toggles":[` + bOn + `]}`},
			{"GET", "?userId=7", "", 200, `{"toggles":[` + bOn + `,` + cOn + `]}`},
			{"POST", "", `{"context":{"userId":7}}`, 200, `{"toggles":[` + bOn + `,` + cOn + `]}`},
			{"POST", "", `{"userId":7}`, 200, `{"toggles":[` + bOn + `,` + cOn + `]}`},
			{"POST", "", `{"context":{},"toggles":[]}`, 200, `{"toggles":[` + bOn + `]}`},
			{"POST", "", `{"context":{"userId":"7"},"toggles":["c-seven","a-off","d-elsewhere"]}`, 200, `{"toggles":[` + cOn + `,` + aOff + `,` + hidden + `]}`},
			{"GET", "/all", "", 200, `{"toggles":[` + aOff + `,` + bOn + `,` + cOff + `]}`},
			{"POST", "/all", `{"userId":"7"}`, 200, `{"toggles":[` + aOff + `,` + bOn + `,` + cOn + `]}`},
			{"POST", "/all", `{"toggles":["b-on"]}`, 200, `{"toggles":[` + bOn + `]}`},
			{"GET", "/features/c-seven?userId=7", "", 200, cOn},
			{"POST", "/features/c-seven", `{"userId":"8"}`, 200, cOff},
			{"GET", "/features/d-elsewhere", "", 404, ""},
			{"GET", "/features/nothing", "", 404, ""},
		} {
			got := s.Do(tc.method, prefix+tc.path, tc.body, "Authorization", secret, "Origin", "https://shop.example")
			if got.Status != tc.status || tc.want != "" && got.Body != tc.want {
				t.Errorf("%s %s%s %s: status %d (-want +got):\n%s", tc.method, prefix, tc.path, tc.body, got.Status, cmp.Diff(tc.want, got.Body))
			}
			if got.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s %s%s: a page cannot read the answer", tc.method, prefix, tc.path)
			}
		}
		checkConditional(t, s, prefix+"/all", secret)
		checkConditional(t, s, prefix+"/features/b-on", secret)
	}
}

// checkConditional: who knows the answer gets 304.
func checkConditional(t *testing.T, s *testkit.Server, path, secret string) {
	t.Helper()
	tag := s.Do("GET", path, "", "Authorization", secret).Header.Get("ETag")
	if got := s.Do("GET", path, "", "Authorization", secret, "If-None-Match", tag); tag == "" || got.Status != http.StatusNotModified {
		t.Errorf("%s with If-None-Match %s: %d", path, tag, got.Status)
	}
}

// TestAliasesTakeReports: reports count the same below every path, and naming
// flags in a request counts as their use.
func TestAliasesTakeReports(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Flag("default", dev, "mine")
	page := s.FrontendToken(dev)
	bases := []string{"/api/frontend", "/api/frontend/all", "/api/proxy", "/api/proxy/all", "/proxy", "/proxy/all"}
	for _, base := range bases {
		s.Must(http.StatusOK, "POST", base+"/client/register", `{"appName":"page","strategies":[],"started":"2026-11-22T12:00:00Z","interval":15}`, "Authorization", page)
		s.Must(http.StatusOK, "POST", base+"/client/metrics", `{"appName":"page","instanceId":"i",
			"bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{"mine":{"yes":1,"no":0}}}}`, "Authorization", page)
	}
	s.Must(http.StatusOK, "POST", "/proxy", `{"context":{"appName":"script"},"toggles":["mine","mine","gone"]}`, "Authorization", page)
	s.Must(http.StatusOK, "POST", "/proxy", `{"context":{"appName":"script"}}`, "Authorization", page)
	var raw struct {
		Data []struct {
			AppName string
			Yes, No int
		}
	}
	s.Must(http.StatusOK, "GET", "/api/admin/client-metrics/features/mine/raw", "").JSON(t, &raw)
	got := map[string]int{}
	for _, row := range raw.Data {
		got[row.AppName] += row.Yes
	}
	if diff := cmp.Diff(map[string]int{"page": len(bases), "script": 2}, got); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
	if unknown := s.Must(http.StatusOK, "GET", "/api/admin/metrics/unknown-flags", ""); !strings.Contains(unknown.Body, `"gone"`) {
		t.Errorf("a name that no flag has is not listed: %s", unknown.Body)
	}
}
