package test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

// eventually waits until a condition holds, and fails the test when it does not
// in time.
func eventually(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

// sees reports whether a process serves the flag "chained" in a state.
func (p *process) sees(ctx context.Context, secret string, on bool) bool {
	status, answer, err := p.call(ctx, http.MethodGet, "/api/client/features/chained", nil, "Authorization", secret)
	return err == nil && status == http.StatusOK && strings.Contains(string(answer), fmt.Sprintf(`"enabled":%t`, on))
}

// TestEdgesInAChain (R1, R34): a server and two edges as real processes, one
// keeping what it knows in Redis and one in a folder. Changes and revocations
// pass through; the server is killed, edges are killed and start without it,
// Redis is killed; when the server is back, so is everything.
func TestEdgesInAChain(t *testing.T) {
	t.Parallel()
	dir, folder := t.TempDir(), t.TempDir()
	// Secrets of version 1, and those that an operator chose, say nothing of what
	// they are for.
	const hexadecimal, chosen = "56907a2fa53c1d16101d509a10b78e36190b0f918d9f122d0123456789abcdef", "any-secret-will-do"
	server := start(t, dir, "INIT_CLIENT_API_TOKENS="+hexadecimal, "INIT_FRONTEND_API_TOKENS="+chosen)
	address := strings.TrimPrefix(server.url, "http://")
	flags := "/api/admin/projects/default/features"
	server.do(t, http.MethodPost, flags, object{"name": "chained"}, nil)
	place := flags + "/chained/environments/development"
	server.do(t, http.MethodPost, place+"/strategies", object{"name": "default"}, nil)
	own, client, page := server.newToken(t, "client", "edges"), server.newToken(t, "client", "app"), server.newToken(t, "frontend", "page")
	redis := testkit.StartRedis(t)
	common := []string{"TOKENS=" + own, "FEATURES_REFRESH_INTERVAL_SECONDS=1", "METRICS_INTERVAL_SECONDS=1"}
	runUpper := func(at string) *process {
		env := append([]string{"UPSTREAM_URL=http://" + address, "REDIS_URL=redis://" + redis.Address, "INSTANCE_ID=upper"}, common...)
		return launchAt(t, at, []string{"edge"}, env...)
	}
	upperAt, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	upper := runUpper(upperAt)
	runLower := func() *process {
		return launch(t, []string{"edge"}, append([]string{"UPSTREAM_URL=http://" + upperAt, "BACKUP_FOLDER=" + folder, "INSTANCE_ID=lower"}, common...)...)
	}
	lower := runLower()
	for _, on := range []bool{true, false, true} {
		server.do(t, http.MethodPost, place+map[bool]string{true: "/on", false: "/off"}[on], nil, nil)
		eventually(t, fmt.Sprintf("the flag is on at the lower edge: %t", on), 10*time.Second, func() bool { return lower.sees(t.Context(), client, on) })
	}
	for _, secret := range []string{page, chosen} {
		if status, answer, err := lower.call(t.Context(), http.MethodGet, "/api/frontend", nil, "Authorization", secret); err != nil || status != http.StatusOK || !strings.Contains(string(answer), `"chained"`) {
			t.Fatalf("a page at the lower edge: %d %s %v", status, answer, err)
		}
	}
	if !lower.sees(t.Context(), hexadecimal, true) {
		t.Error("a secret of version 1 is not let in")
	}

	var connected struct {
		Edges []struct {
			Identifier   string
			EdgeVersion  string
			Environments []struct{ Environment string }
			Token        struct{ Name string }
		}
	}
	eventually(t, "the server lists the upper edge", 15*time.Second, func() bool {
		server.do(t, http.MethodGet, "/api/admin/metrics/edges", nil, &connected)
		return len(connected.Edges) > 0
	})
	if e := connected.Edges[0]; e.Identifier != "upper" || e.EdgeVersion == "" || len(e.Environments) != 1 || e.Environments[0].Environment != "development" || e.Token.Name != "edges" {
		t.Errorf("the server lists %+v", connected.Edges)
	}

	doomed := server.newToken(t, "client", "doomed")
	eventually(t, "a new token is let in", 10*time.Second, func() bool { return lower.sees(t.Context(), doomed, true) })
	server.do(t, http.MethodDelete, "/api/admin/api-tokens/"+doomed, nil, nil)
	eventually(t, "a deleted token is refused at the lower edge", time.Second, func() bool {
		status, _, err := lower.call(t.Context(), http.MethodGet, "/api/client/features", nil, "Authorization", doomed)
		return err == nil && status == http.StatusUnauthorized
	})

	// What is kept is kept every ten seconds and at a stop; the lower edge is
	// stopped as an operator does, the upper one killed.
	eventually(t, "Redis has it", 15*time.Second, func() bool { return redis.Holds("burgee-edge:flags", "burgee-edge:tokens") })
	server.kill()
	if err := lower.signal(t, os.Interrupt); err != nil {
		t.Fatalf("the lower edge stopped with %v\n%s", err, lower.log)
	}
	upper.kill()
	upper, lower = runUpper(upperAt), runLower() // launch waits until they are ready
	for name, p := range map[string]*process{"upper": upper, "lower": lower} {
		if !p.sees(t.Context(), client, true) {
			t.Errorf("the %s edge does not serve without the server\n%s", name, p.log)
		}
	}
	redis.Kill()
	if !upper.sees(t.Context(), client, true) {
		t.Errorf("the upper edge does not serve without Redis\n%s", upper.log)
	}

	server = launchAt(t, address, []string{"serve", "--data-dir", dir})
	server.do(t, http.MethodPost, place+"/off", nil, nil)
	eventually(t, "a change after the server is back", 40*time.Second, func() bool { return lower.sees(t.Context(), client, false) })
	for _, p := range []*process{upper, lower} {
		for _, secret := range []string{own, client, page, doomed} {
			if strings.Contains(p.log.String(), secret) {
				t.Error("a secret is in a log")
			}
		}
	}
}
