package test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to look beneath the API

	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// The faults of docs/operations.md, with real processes. Each of these tests
// is a row of its table.

// pgNode is a node on a database.
func pgNode(t *testing.T, url string, env ...string) *process {
	t.Helper()
	p := nodeToBe(t)
	p.run(t, nodeEnv(url, env...)...)
	return p
}

func nodeToBe(t *testing.T) *process {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return prepare(t, address, []string{"serve"})
}

func nodeEnv(url string, env ...string) []string {
	return append([]string{"DATABASE_URL=" + url, "UNLEASH_DEFAULT_ADMIN_PASSWORD=" + clusterPassword}, env...)
}

// answer is status, body and the header Retry-After of a request.
func (p *process) answer(t *testing.T, method, path string, body any, headers ...string) (status int, text, retryAfter string) {
	t.Helper()
	status, header, raw, err := p.exchange(t.Context(), method, path, body, headers...)
	if err != nil {
		t.Errorf("%s %s: no answer: %v", method, path, err)
		return 0, "", ""
	}
	return status, string(raw), header.Get("Retry-After")
}

// TestANodeWaitsForItsDatabase: it listens, says what it waits for, answers
// nobody 401, becomes ready by itself, and can be stopped meanwhile. For what
// somebody must mend it does not wait.
func TestANodeWaitsForItsDatabase(t *testing.T) {
	t.Parallel()
	server := testdb.StartServer(t)
	url := server.New(t)
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	p, stopped := nodeToBe(t), nodeToBe(t)
	for _, node := range []*process{p, stopped} {
		node.spawn(t, nodeEnv(url)...)
		eventually(t, "it waits", startLimit, func() bool {
			h := node.health(t, "/ready")
			return h.is("BAD") && strings.Contains(h.Reason, "waits for its database") && node.health(t, "/health").is("GOOD")
		})
	}
	for path, secret := range map[string]string{
		"/api/client/features": "*:development.any", "/api/frontend": "*:development.any", "/api/admin/projects": adminSecret, "/edge/validate": "", "/": "",
	} {
		if status, text, after := p.answer(t, http.MethodGet, path, nil, "Authorization", secret); status != http.StatusServiceUnavailable || after == "" {
			t.Errorf("%s while it waits: %d, Retry-After %q: %s", path, status, after, text)
		}
	}
	if !strings.Contains(p.log.String(), "waiting for the database") || strings.Contains(p.log.String(), clusterPassword) {
		t.Errorf("the log does not say what it waits for:\n%s", p.log)
	}
	if err := stopped.signal(t, syscall.SIGTERM); err != nil {
		t.Errorf("stopped while it waits: %v\n%s", err, stopped.log)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	p.awaitReady(t)
	p.newToken(t, "client", "after")

	lost := nodeToBe(t)
	lost.spawn(t, nodeEnv(server.URL("missing"))...)
	select {
	case <-lost.ended:
		if !strings.Contains(lost.log.String(), "there is no such database") {
			t.Errorf("a database that does not exist: %v\n%s", lost.err, lost.log)
		}
	case <-time.After(startLimit):
		t.Errorf("it waits for a database that does not exist:\n%s", lost.log)
	}
}

// TestServingWithoutTheDatabase: SDKs are answered from memory and what they
// report is kept, once; what needs the database says 503 and when to come
// back, and so does an unknown token; probes say degraded and why; and all of
// it works again when the database does.
func TestServingWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	server := testdb.StartServer(t)
	p := pgNode(t, server.New(t))
	client, page := p.newToken(t, "client", "c"), p.newToken(t, "frontend", "f")
	p.do(t, http.MethodPost, "/api/admin/projects/default/features", object{"name": "counted"}, nil)
	session := p.signIn(t, "admin")
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if h := p.health(t, "/ready"); !h.is("DEGRADED") || !strings.Contains(h.Reason, "database") {
		t.Errorf("/ready says %+v", h)
	}
	if h := p.health(t, "/health"); !h.is("GOOD") {
		t.Errorf("/health says %+v", h)
	}
	const reports = 7
	at := time.Now().UTC().Format(time.RFC3339)
	report := object{"appName": "away", "instanceId": "1", "bucket": object{"start": at, "stop": at, "toggles": object{"counted": object{"yes": 3, "no": 2}}}}
	for range reports {
		if status, text, _ := p.answer(t, http.MethodPost, "/api/client/metrics", report, "Authorization", client); status != http.StatusAccepted {
			t.Errorf("a report: %d %s", status, text)
		}
	}
	for _, c := range []struct {
		method, path, secret, session string
		status                        int
	}{
		{"GET", "/api/client/features", client, "", 200},
		{"GET", "/api/frontend", page, "", 200},
		{"GET", "/api/client/features", "*:development.unknown", "", 503},
		{"GET", "/api/frontend", "*:development.unknown", "", 503},
		{"GET", "/api/admin/projects", adminSecret, "", 503},
		{"GET", "/api/admin/projects", "", session, 503},
		{"POST", "/api/admin/projects/default/features/counted/environments/development/on", adminSecret, "", 503},
		{"DELETE", "/api/admin/api-tokens/" + client, adminSecret, "", 503},
	} {
		headers := []string{"Authorization", c.secret, "Cookie", c.session, "Origin", p.url}
		status, text, after := p.answer(t, c.method, c.path, nil, headers...)
		if status != c.status || (status == http.StatusServiceUnavailable) != (after != "") {
			t.Errorf("%s %s: %d, want %d, Retry-After %q: %s", c.method, c.path, status, c.status, after, text)
		}
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	p.awaitReady(t)
	p.do(t, http.MethodPost, "/api/admin/projects/default/features/counted/environments/development/on", nil, nil)
	if status, text, _ := p.answer(t, "GET", "/api/client/features", nil, "Authorization", "*:development.unknown"); status != http.StatusUnauthorized {
		eventually(t, "the unknown token is unknown: "+text, startLimit, func() bool {
			return p.status(t, "/api/client/features", "Authorization", "*:development.unknown") == http.StatusUnauthorized
		})
	}
	if got, want := p.counted(t, "counted"), fmt.Sprint(3*reports, 2*reports); got != want {
		t.Errorf("counts %s, want %s", got, want)
	}
}

// counted is how often a flag was on and off, by the Admin API.
func (p *process) counted(t *testing.T, flag string) string {
	t.Helper()
	var metrics struct{ Data []struct{ Yes, No int } }
	p.do(t, http.MethodGet, "/api/admin/client-metrics/features/"+flag+"/raw", nil, &metrics)
	yes, no := 0, 0
	for _, row := range metrics.Data {
		yes += row.Yes
		no += row.No
	}
	return fmt.Sprint(yes, no)
}

const (
	faultRounds = 8
	writeAtOnce = 4
)

// TestKilledNodeOnPostgres: of two nodes that are written to, one is killed
// again and again. What either acknowledged is there, with its event; what was
// cut off is there whole or not at all; and the other node is not held up.
func TestKilledNodeOnPostgres(t *testing.T) {
	t.Parallel()
	server := testdb.StartServer(t)
	url := server.New(t)
	steady := pgNode(t, url)
	book, other := newLedger(), newLedger()
	lasting, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() { other.write(lasting, steady, "steady") })
	for round := range faultRounds {
		p := pgNode(t, url)
		acknowledged := book.acknowledged()
		var writers sync.WaitGroup
		for w := range killWriters {
			writers.Go(func() { book.write(t.Context(), p, fmt.Sprintf("k%d-w%d", round, w)) })
		}
		eventually(t, "writes", startLimit, func() bool { return book.acknowledged() >= acknowledged+killWriters })
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond) // into the middle of some
		p.kill()
		writers.Wait()
	}
	others := other.acknowledged()
	eventually(t, "the other node goes on writing", startLimit, func() bool { return other.acknowledged() > others+7 })
	stop()
	writing.Wait()
	book.check(t, steady)
	other.check(t, steady)
	checkPostgres(t, url)
	t.Logf("%d kills: %d writes acknowledged, %d cut off; %d on the other node", faultRounds, book.acknowledged(), book.cutOff(), other.acknowledged())
	if book.acknowledged() < faultRounds*killWriters {
		t.Errorf("%d writes were acknowledged: too few to prove anything", book.acknowledged())
	}
}

// checkPostgres looks at the rows beneath the API.
func checkPostgres(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	checkRows(t, db)
}

// TestKilledPostgres: PostgreSQL is killed again and again while two nodes are
// written to. A write is acknowledged and there, or answered 503; the nodes go
// on by themselves and end up the same.
func TestKilledPostgres(t *testing.T) {
	t.Parallel()
	server := testdb.StartServer(t)
	url := server.New(t)
	nodes := []*process{pgNode(t, url), pgNode(t, url)}
	book := disturbed(t, nodes, func() error {
		if err := server.Kill(); err != nil {
			return err
		}
		return server.Start()
	})
	for _, p := range nodes {
		p.awaitReady(t)
		book.check(t, p)
	}
	checkPostgres(t, url)
}

// TestCutConnections: a proxy cuts all connections of a node to PostgreSQL
// again and again while it is written to, and refuses new ones for a while.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	server := testdb.StartServer(t)
	url := server.New(t)
	wire := testdb.NewProxy(t, server.Socket())
	near, far := pgNode(t, url), pgNode(t, wire.URL(t, url))
	book := disturbed(t, []*process{far}, func() error {
		wire.Cut()
		wire.Refuse(true)
		time.Sleep(20 * time.Millisecond)
		wire.Refuse(false)
		return nil
	})
	for _, p := range []*process{near, far} {
		p.awaitReady(t)
		book.check(t, p)
	}
	checkPostgres(t, url)
}

// disturbed writes to nodes while something is done to them, faultRounds times,
// and returns what was acknowledged. Some is in every pause.
func disturbed(t *testing.T, nodes []*process, disturb func() error) *ledger {
	t.Helper()
	book := newLedger()
	book.away = true
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	for i := range writeAtOnce {
		writing.Go(func() { book.write(ctx, nodes[i%len(nodes)], fmt.Sprint("w", i)) })
	}
	await := func(what string) {
		acknowledged := book.acknowledged()
		eventually(t, what, startLimit, func() bool { return book.acknowledged() > acknowledged+20 })
	}
	await("writes before")
	for range faultRounds {
		if err := disturb(); err != nil {
			t.Error(err)
		}
		await("writes go on")
	}
	stop()
	writing.Wait()
	t.Logf("%d times: %d writes acknowledged, %d answered 503", faultRounds, book.acknowledged(), book.refusals503())
	if book.refusals503() == 0 {
		t.Error("no write was disturbed: this proves nothing")
	}
	return book
}

// TestPartitionedNode: a node whose way to the database swallows everything. It
// says that it is degraded, goes on with what it knows, answers 503 for the
// rest, and believes no token any more once the grace is over: one that was
// revoked meanwhile opens nothing from then on. When the way is back it knows
// of the revocation before it is believed to be well.
func TestPartitionedNode(t *testing.T) {
	t.Parallel()
	server := testdb.StartServer(t)
	url := server.New(t)
	wire := testdb.NewProxy(t, server.Socket())
	const grace = 6 * time.Second
	near, far := pgNode(t, url), pgNode(t, wire.URL(t, url), "BURGEE_DATABASE_GRACE="+grace.String(), "BURGEE_DATABASE_TIMEOUT=5s")
	kept, revoked := near.newToken(t, "client", "kept"), near.newToken(t, "client", "revoked")
	const features = "/api/client/features"
	for _, secret := range []string{kept, revoked} {
		eventually(t, "both know the tokens", startLimit, func() bool { return far.status(t, features, "Authorization", secret) == http.StatusOK })
	}
	wire.Hold(true)
	held := time.Now()
	near.do(t, http.MethodDelete, "/api/admin/api-tokens/"+revoked, nil, nil)
	if status := near.status(t, features, "Authorization", revoked); status != http.StatusUnauthorized {
		t.Errorf("the node that revoked it: %d", status)
	}
	if h := far.health(t, "/ready"); !h.is("DEGRADED") {
		t.Errorf("/ready of the node that is cut off: %+v", h)
	}
	if status := far.status(t, features, "Authorization", kept); status != http.StatusOK {
		t.Errorf("a known token within the grace: %d", status)
	}
	if status, text, after := far.answer(t, http.MethodGet, features, nil, "Authorization", "*:development.unknown"); status != http.StatusServiceUnavailable || after == "" {
		t.Errorf("an unknown token: %d %s", status, text)
	}
	if status, text, after := far.answer(t, http.MethodPost, "/api/admin/projects/default/features", object{"name": "cut-off"}); status != http.StatusServiceUnavailable || after == "" {
		t.Errorf("a write: %d %s", status, text)
	}
	eventually(t, "no token is believed after the grace", startLimit, func() bool {
		statuses := []int{far.status(t, features, "Authorization", kept), far.status(t, features, "Authorization", revoked)}
		return slices.Equal(statuses, []int{503, 503})
	})
	t.Logf("no token was believed any more %s after the cut, with a grace of %s", time.Since(held).Round(time.Millisecond), grace)
	if h := far.health(t, "/ready"); !h.is("BAD") {
		t.Errorf("/ready after the grace: %+v", h)
	}
	wire.Hold(false)
	back := time.Now()
	eventually(t, "the kept token works again", startLimit, func() bool {
		if status := far.status(t, features, "Authorization", revoked); status != http.StatusServiceUnavailable && status != http.StatusUnauthorized {
			t.Errorf("a revoked token got %d from the node that was cut off", status)
		}
		return far.status(t, features, "Authorization", kept) == http.StatusOK
	})
	t.Logf("it worked again %s after the way was back", time.Since(back).Round(time.Millisecond))
	eventually(t, "the revoked token is unknown", startLimit, func() bool { return far.status(t, features, "Authorization", revoked) == http.StatusUnauthorized })
	far.awaitReady(t)
}
