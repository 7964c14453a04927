package test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// clockVariable makes this test binary be a server whose clock is wrong: by the
// first of the offsets, and by the next one after each SIGUSR1.
const clockVariable = "BURGEE_TEST_CLOCK_OFFSETS"

// serveShifted is `burgee serve` with another clock.
func serveShifted(list string) error {
	var config app.ServeConfig
	parser, err := kong.New(&config)
	if err != nil {
		return err
	}
	if _, err := parser.Parse(os.Args[1:]); err != nil {
		return err
	}
	if err := config.SetLog(); err != nil {
		return err
	}
	var offset atomic.Int64
	offsets := strings.Split(list, ",")
	next := func() error {
		d, err := time.ParseDuration(offsets[0])
		offsets = offsets[1:]
		offset.Store(int64(d))
		return err
	}
	if err := next(); err != nil {
		return err
	}
	jumps := make(chan os.Signal, 1)
	signal.Notify(jumps, syscall.SIGUSR1)
	go func() {
		for range jumps {
			if err := next(); err != nil {
				panic(err)
			}
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	return app.Serve(ctx, config, func() time.Time { return time.Now().Add(time.Duration(offset.Load())) })
}

// shifted is a node whose clock is wrong.
func shifted(t *testing.T, url, offsets string) *process {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p := prepare(t, address, nil)
	p.cmd = exec.Command(os.Args[0], "--listen", address)
	p.run(t, nodeEnv(url, clockVariable+"="+offsets)...)
	return p
}

// TestWrongClock: one of two nodes has a clock that is an hour fast, then an
// hour slow, then right. Writes of both are kept, in one order; what one revokes
// the other refuses; counts are exact; sessions and tokens without an end work on
// both. Only the end of a token that has one is judged by each node's clock.
func TestWrongClock(t *testing.T) {
	t.Parallel()
	server := testdb.StartServer(t)
	url := server.New(t)
	right := pgNode(t, url)
	wrong := shifted(t, url, "1h,-1h,0s")
	nodes := []*process{right, wrong}
	session := wrong.signIn(t, "admin")
	kept := wrong.newToken(t, "client", "kept")
	limited := newLimited(t, wrong)
	right.do(t, http.MethodPost, "/api/admin/projects/default/features", object{"name": "counted"}, nil)
	const features, reports = "/api/client/features", 5
	book, counted := newLedger(), 0
	for round, skew := range []time.Duration{time.Hour, -time.Hour, 0} {
		if round > 0 {
			if err := wrong.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
				t.Fatal(err)
			}
		}
		// A token that ends in 30 minutes by the right clock.
		ends := right.endingToken(t, fmt.Sprint("ends", round), time.Now().Add(30*time.Minute))
		eventually(t, "each judges the end by its clock", startLimit, func() bool {
			want := http.StatusOK
			if skew > 30*time.Minute {
				want = http.StatusUnauthorized
			}
			return wrong.status(t, features, "Authorization", ends) == want && right.status(t, features, "Authorization", ends) == http.StatusOK
		})
		for i, from := range nodes {
			to := nodes[1-i]
			if !book.writeFlag(t.Context(), from, fmt.Sprintf("r%d-n%d", round, i)) {
				t.Error("a write failed")
			}
			revoked := from.newToken(t, "client", fmt.Sprintf("revoked-%d-%d", round, i))
			eventually(t, "the other takes it", startLimit, func() bool { return to.status(t, features, "Authorization", revoked) == http.StatusOK })
			from.do(t, http.MethodDelete, "/api/admin/api-tokens/"+revoked, nil, nil)
			if status := from.status(t, features, "Authorization", revoked); status != http.StatusUnauthorized {
				t.Errorf("a revoked token: %d", status)
			}
			eventually(t, "the other refuses it", startLimit, func() bool { return to.status(t, features, "Authorization", revoked) == http.StatusUnauthorized })
			if status := from.status(t, "/api/admin/user", "Authorization", "", "Cookie", session); status != http.StatusOK {
				t.Errorf("round %d, node %d: a session of 48 hours: %d", round, i, status)
			}
			for name, secret := range map[string]string{"without an end": kept, "with a rate": limited} {
				eventually(t, "a token "+name, startLimit, func() bool { return from.status(t, features, "Authorization", secret) == http.StatusOK })
			}
			for range reports {
				at := time.Now().UTC().Format(time.RFC3339)
				from.do(t, http.MethodPost, "/api/client/metrics", object{
					"appName": "clock", "instanceId": fmt.Sprint(i),
					"bucket": object{"start": at, "stop": at, "toggles": object{"counted": object{"yes": 1}}},
				}, nil, "Authorization", kept)
				counted++
			}
		}
	}
	for _, p := range nodes {
		eventually(t, "the counts of both nodes", startLimit, func() bool { return p.counted(t, "counted") == fmt.Sprint(counted, 0) })
		book.check(t, p)
		if err := p.signal(t, syscall.SIGTERM); err != nil {
			t.Errorf("ended with %v\n%s", err, p.log)
		}
	}
	checkPostgres(t, url)
	verify := exec.Command(binary(t), "audit", "verify")
	verify.Env = []string{"DATABASE_URL=" + url}
	if text, err := verify.CombinedOutput(); err != nil {
		t.Errorf("the event log: %v: %s", err, text)
	}
}

// newLimited creates a token that may make 20 requests a second.
func newLimited(t *testing.T, p *process) string {
	t.Helper()
	var made struct{ Secret string }
	p.do(t, http.MethodPost, "/api/admin/api-tokens",
		object{"tokenName": "limited", "type": "client", "environment": "development", "projects": []string{"*"}, "requestsPerSecond": 20}, &made)
	return made.Secret
}

// endingToken creates a client token that ends.
func (p *process) endingToken(t *testing.T, name string, at time.Time) string {
	t.Helper()
	var made struct{ Secret string }
	p.do(t, http.MethodPost, "/api/admin/api-tokens",
		object{"tokenName": name, "type": "client", "environment": "development", "projects": []string{"*"}, "expiresAt": at.UTC().Format(time.RFC3339)}, &made)
	return made.Secret
}
