package frontendapi_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/testkit"
)

const ofrepFlags = "/ofrep/v1/evaluate/flags"

// variants returns a strategy for everybody with one variant.
func variants(variant string) string {
	return `{"name":"flexibleRollout","parameters":{"rollout":"100","stickiness":"default","groupId":"g"},"constraints":[],"variants":[` + variant + `]}`
}

// seedOFREP makes a flag of each kind.
func seedOFREP(t *testing.T) (*testkit.Server, string) {
	t.Helper()
	s := testkit.Start(t)
	for name, payload := range map[string]string{
		"v-json":   `,"payload":{"type":"json","value":"{\"px\": [1, 2]}"}`,
		"v-number": `,"payload":{"type":"number","value":"4.50"}`,
		"v-string": `,"payload":{"type":"string","value":"<b>"}`,
		"v-csv":    `,"payload":{"type":"csv","value":"1,2"}`,
		"v-none":   ``,
	} {
		s.Flag("default", dev, name, variants(`{"name":"one","weight":1000,"weightType":"variable","stickiness":"default"`+payload+`}`))
	}
	s.Flag("default", dev, "v-off", variants(`{"name":"one","weight":1000,"weightType":"variable","stickiness":"default"}`))
	s.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/v-off/environments/"+dev+"/off", "")
	s.Flag("default", dev, "plain")
	s.Flag("default", dev, "seven", testkit.Constrained(`{"contextName":"userId","operator":"IN","values":["7"]}`))
	s.Flag("default", dev, "pro", testkit.Constrained(`{"contextName":"plan","operator":"IN","values":["pro"]}`))
	s.Flag("default", dev, "zero", testkit.Constrained(`{"contextName":"n","operator":"NUM_EQ","value":"0"}`))
	s.Must(http.StatusCreated, "POST", "/api/admin/projects/default/features", `{"name":"never","impressionData":true}`)
	return s, s.FrontendToken(dev)
}

// TestOFREPFlag: what a flag of each kind is to a provider.
func TestOFREPFlag(t *testing.T) {
	t.Parallel()
	s, secret := seedOFREP(t)
	on := func(more string) string {
		return `"metadata":{"featureEnabled":true,"impressionData":false` + more + `}}`
	}
	const off = `"metadata":{"featureEnabled":false,"impressionData":false}}`
	for _, tc := range []struct {
		key, context string
		status       int
		want         string
	}{
		{"plain", `{}`, 200, `{"key":"plain","value":true,"reason":"STATIC",` + on("")},
		{"never", `{}`, 200, `{"key":"never","value":false,"reason":"DISABLED","metadata":{"featureEnabled":false,"impressionData":true}}`},
		{"seven", `{"targetingKey":"7"}`, 200, `{"key":"seven","value":true,"reason":"TARGETING_MATCH",` + on("")},
		{"seven", `{"targetingKey":7}`, 200, `{"key":"seven","value":true,"reason":"TARGETING_MATCH",` + on("")},
		{"seven", `{"targetingKey":"8","userId":"7"}`, 200, `{"key":"seven","value":true,"reason":"TARGETING_MATCH",` + on("")},
		{"seven", `{"targetingKey":"8"}`, 200, `{"key":"seven","value":false,"reason":"DISABLED",` + off},
		{"pro", `{"plan":"pro","nested":{"a":1},"list":[1],"gone":null}`, 200, `{"key":"pro","value":true,"reason":"TARGETING_MATCH",` + on("")},
		{"pro", `{"properties":{"plan":"pro"}}`, 200, `{"key":"pro","value":true,"reason":"TARGETING_MATCH",` + on("")},
		{"zero", `{"n":0}`, 200, `{"key":"zero","value":true,"reason":"TARGETING_MATCH",` + on("")},
		{"v-json", `{}`, 200, `{"key":"v-json","value":{"px":[1,2]},"reason":"SPLIT","variant":"one",` + on(`,"payloadType":"json"`)},
		{"v-number", `{}`, 200, `{"key":"v-number","value":4.50,"reason":"SPLIT","variant":"one",` + on(`,"payloadType":"number"`)},
		{"v-string", `{}`, 200, `{"key":"v-string","value":"\u003cb\u003e","reason":"SPLIT","variant":"one",` + on(`,"payloadType":"string"`)},
		{"v-csv", `{}`, 200, `{"key":"v-csv","value":"1,2","reason":"SPLIT","variant":"one",` + on(`,"payloadType":"csv"`)},
		{"v-none", `{}`, 200, `{"key":"v-none","value":"one","reason":"SPLIT","variant":"one",` + on("")},
		{"v-off", `{}`, 200, `{"key":"v-off","reason":"DISABLED",` + off},
		{"nothing", `{}`, 404, `{"key":"nothing","errorCode":"FLAG_NOT_FOUND","errorDetails":"there is no flag of this key that the token may see"}`},
	} {
		got := s.Do("POST", ofrepFlags+"/"+tc.key, `{"context":`+tc.context+`}`, "Authorization", "Bearer "+secret)
		if diff := cmp.Diff(tc.want, got.Body); got.Status != tc.status || diff != "" {
			t.Errorf("%s %s: status %d (-want +got):\n%s", tc.key, tc.context, got.Status, diff)
		}
	}
}

// TestOFREPFlags: the list has every flag, and its tag names the answer.
func TestOFREPFlags(t *testing.T) {
	t.Parallel()
	s, secret := seedOFREP(t)
	ask := func(body string, headers ...string) testkit.Answer {
		return s.Do("POST", ofrepFlags, body, append(headers, "X-Api-Key", secret, "Authorization", "")...)
	}
	first := ask(`{"context":{"targetingKey":"7"}}`)
	var body struct {
		Flags []struct {
			Key   string
			Value any
		}
	}
	first.JSON(t, &body)
	got := map[string]any{}
	for _, f := range body.Flags {
		got[f.Key] = f.Value
	}
	want := map[string]any{
		"plain": true, "seven": true, "pro": false, "zero": false, "never": false, "v-json": map[string]any{"px": []any{1.0, 2.0}},
		"v-number": 4.5, "v-string": "<b>", "v-csv": "1,2", "v-none": "one", "v-off": nil,
	}
	if diff := cmp.Diff(want, got); first.Status != http.StatusOK || diff != "" {
		t.Errorf("status %d (-want +got):\n%s", first.Status, diff)
	}
	tag := first.Header.Get("ETag")
	for context, status := range map[string]int{`{"targetingKey":"7"}`: 304, `{"userId":"7"}`: 304, `{"targetingKey":"8"}`: 200} {
		if got := ask(`{"context":`+context+`}`, "If-None-Match", tag); got.Status != status || status == 304 && got.Body != "" {
			t.Errorf("%s with If-None-Match: %d %s", context, got.Status, got.Body)
		}
	}
	s.Must(http.StatusOK, "POST", "/api/admin/projects/default/features/plain/environments/"+dev+"/off", "")
	if got := ask(`{"context":{"targetingKey":"7"}}`, "If-None-Match", tag); got.Status != http.StatusOK {
		t.Errorf("after a change: %d", got.Status)
	}
}

// TestOFREPRefuses: R16, R19. Who may ask, and what is wrong with a request, in
// the protocol's own terms.
func TestOFREPRefuses(t *testing.T) {
	t.Parallel()
	s, secret := seedOFREP(t)
	client := s.ClientToken(dev)
	for _, tc := range []struct {
		name, body, secret string
		status             int
		code               string
	}{
		{"no token", `{}`, "", 401, ""},
		{"unknown token", `{}`, secret + "x", 401, ""},
		{"client token", `{}`, client, 403, ""},
		{"admin token", `{}`, testkit.AdminToken, 403, ""},
		{"no JSON", `{`, secret, 400, "PARSE_ERROR"},
		{"a list", `[]`, secret, 400, "PARSE_ERROR"},
		{"context a text", `{"context":"x"}`, secret, 400, "INVALID_CONTEXT"},
		{"context a list", `{"context":[]}`, secret, 400, "INVALID_CONTEXT"},
		{"userId an object", `{"context":{"userId":{}}}`, secret, 400, "INVALID_CONTEXT"},
		{"bad time", `{"context":{"currentTime":"soon"}}`, secret, 400, "INVALID_CONTEXT"},
		{"too many attributes", `{"context":{` + strings.Repeat(`"a":1,`, 3) + manyAttributes() + `}}`, secret, 400, "INVALID_CONTEXT"},
		{"empty key", `{"context":{"targetingKey":""}}`, secret, 400, "TARGETING_KEY_MISSING"},
		{"null key", `{"context":{"targetingKey":null}}`, secret, 400, "TARGETING_KEY_MISSING"},
		{"key an object", `{"context":{"targetingKey":{}}}`, secret, 400, "INVALID_CONTEXT"},
		{"too large", `{"context":{"a":"` + strings.Repeat("x", 200<<10) + `"}}`, secret, 413, "GENERAL"},
	} {
		for path, key := range map[string]string{ofrepFlags: "", ofrepFlags + "/plain": "plain"} {
			got := s.Do("POST", path, tc.body, "Authorization", tc.secret, "Origin", "https://shop.example")
			var body map[string]string
			got.JSON(t, &body)
			want := map[string]string{"errorDetails": body["errorDetails"]}
			if tc.code != "" {
				want["errorCode"] = tc.code
				if key != "" {
					want["key"] = key
				}
			}
			if got.Status != tc.status || body["errorDetails"] == "" || !cmp.Equal(want, body) {
				t.Errorf("%s: %s: status %d, %s", path, tc.name, got.Status, got.Body)
			}
			if got.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(got.Header.Get("Access-Control-Expose-Headers"), "Retry-After") {
				t.Errorf("%s: %s: a page cannot read why: %v", path, tc.name, got.Header)
			}
		}
	}
	if got := s.Do("GET", "/ofrep/v1/configuration", "", "Authorization", secret); got.Status != http.StatusNotFound || !strings.Contains(got.Body, `"errorCode"`) {
		t.Errorf("a path that OFREP 0.3.0 has not: %d %s", got.Status, got.Body)
	}
	if got := s.Do("GET", "/ofrep/v1/configuration", "", "Authorization", ""); got.Status != http.StatusUnauthorized {
		t.Errorf("the same without a token: %d", got.Status)
	}
}

func manyAttributes() string {
	attributes := map[string]int{}
	for i := range 1001 {
		attributes["p"+strconv.Itoa(i)] = i
	}
	text, _ := json.Marshal(attributes)
	return strings.Trim(string(text), "{}")
}

// TestOFREPCountsUse: an evaluation of one flag is a use of it, since providers
// report none; a list of all is not.
func TestOFREPCountsUse(t *testing.T) {
	t.Parallel()
	s, secret := seedOFREP(t)
	for _, path := range []string{ofrepFlags, ofrepFlags + "/v-none", ofrepFlags + "/v-none"} {
		s.Must(http.StatusOK, "POST", path, `{"context":{"appName":"checkout"}}`, "Authorization", secret)
	}
	got := s.Must(http.StatusOK, "GET", "/api/admin/client-metrics/features/v-none/raw", "")
	if !strings.Contains(got.Body, `"appName":"checkout"`) || !strings.Contains(got.Body, `"yes":2,"no":0,"variants":{"one":2}`) {
		t.Errorf("counts: %s", got.Body)
	}
}
