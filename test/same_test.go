package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/burgeehq/burgee/bench/workload"
)

// place is one process that evaluates, with what it is asked.
type place struct {
	name, path, secret string
	process            *process
}

// TestSameAnswersEverywhere (R30, R31, R33): 1,000 random contexts and 350 flags
// give the same answers, to the byte, on a server, on an edge and on a proxy,
// and the same by OFREP.
func TestSameAnswersEverywhere(t *testing.T) {
	t.Parallel()
	server := start(t, t.TempDir())
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	for _, f := range workload.Medium() {
		group.Go(func() error { return create(ctx, server, f) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	const key = "a key of this test"
	client, page := server.newToken(t, "client", "upstream"), server.newToken(t, "frontend", "page")
	edge := launch(t, []string{"edge"}, "UPSTREAM_URL="+server.url, "TOKENS="+client)
	proxy := launch(t, []string{"proxy"}, "UNLEASH_URL="+server.url+"/api", "UNLEASH_API_TOKEN="+client, "UNLEASH_PROXY_CLIENT_KEYS="+key)
	places := []place{
		{"server", "/api/frontend", page, server}, {"edge", "/api/frontend", page, edge}, {"proxy", "/proxy", key, proxy},
	}
	random, listed := rand.New(rand.NewPCG(11, 11)), 0
	for i := range 1000 {
		listed += compare(t, places, object{"context": randomContext(random)}, "")
		if i%10 == 0 {
			context := randomContext(random)
			context["targetingKey"] = strconv.Itoa(random.IntN(5000))
			compare(t, places, object{"context": context}, "/ofrep/v1/evaluate/flags")
		}
		if t.Failed() {
			t.FailNow() // one difference is enough to read
		}
	}
	if mean := listed / 1000; mean < 10_000 {
		t.Errorf("an answer has %d bytes on average: too few flags are on for this to mean anything", mean)
	}
}

// compare asks every place the same, at a path of its own or at one path, and
// returns the size of the answer.
func compare(t *testing.T, places []place, body object, path string) int {
	t.Helper()
	var first []byte
	for i, p := range places {
		at := path
		if at == "" {
			at = p.path
		}
		status, answer, err := p.process.call(t.Context(), http.MethodPost, at, body, "Authorization", p.secret)
		if err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d %s %v\n%s", p.name, status, answer, err, p.process.log)
		}
		if path != "" {
			answer = flagsOf(t, answer)
		}
		if i == 0 {
			first = answer
		} else if !bytes.Equal(first, answer) {
			t.Errorf("%v: the %s answers\n%s\nand the %s\n%s", body, places[0].name, first, p.name, answer)
		}
	}
	return len(first)
}

// flagsOf is the evaluations in an answer by OFREP, without the address of the
// stream, which is of the process.
func flagsOf(t *testing.T, answer []byte) []byte {
	t.Helper()
	var body struct{ Flags json.RawMessage }
	if err := json.Unmarshal(answer, &body); err != nil || len(body.Flags) == 0 {
		t.Fatalf("no flags in %s: %v", answer, err)
	}
	return body.Flags
}

// randomContext has a session always: without one, chance has a part in the
// answer.
func randomContext(random *rand.Rand) object {
	c := object{
		"sessionId":   strconv.Itoa(random.IntN(1_000_000)),
		"currentTime": fmt.Sprintf("%d-06-01T12:00:00Z", 2022+random.IntN(5)),
	}
	if random.IntN(4) > 0 {
		c["userId"] = strconv.Itoa(random.IntN(5000))
	}
	if random.IntN(2) == 0 {
		c["appName"] = []string{"web", "ios-app", "WEBSHOP", "android", "backend"}[random.IntN(5)]
	} else {
		c["appName"] = "app-" + strconv.Itoa(random.IntN(100))
	}
	if random.IntN(3) == 0 {
		c["remoteAddress"] = fmt.Sprintf("10.0.%d.%d", random.IntN(256), random.IntN(256))
	}
	if random.IntN(2) == 0 {
		c["properties"] = object{"plan": []string{"pro", "free", ""}[random.IntN(3)], "n": random.IntN(100)}
	}
	return c
}
