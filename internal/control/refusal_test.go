package control

import (
	"crypto/rand"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

// TestRefusedSignInsAreRecorded: with address and reason, without the password
// and without names that are nobody's.
func TestRefusedSignInsAreRecorded(t *testing.T) {
	t.Parallel()
	ctx, at := t.Context(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	db := testdb.New(t).Open(t, func() time.Time { return at })
	c := &Control{DB: db, Random: rand.Reader}
	if _, err := c.CreateFirstAdmin(ctx, FirstAdmin{Password: "right-Passw0rd"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateUser(ctx, access.System(), store.User{Email: "eve@example.org", RootRole: access.ViewerRole}, ""); err != nil {
		t.Fatal(err)
	}
	attempt := func(login, password, address string) {
		t.Helper()
		_, err := c.SignIn(ctx, SignIn{Login: login, Password: password, Address: address})
		if !fault.Is(err, fault.Unauthenticated) {
			t.Fatalf("%s: %v, want a refusal", login, err)
		}
	}
	attempt("admin", "wrong-secret-1", "192.0.2.1")
	attempt("typed-into-the-wrong-field", "", "192.0.2.2")
	attempt("EVE@example.org", "wrong-secret-2", "2001:db8::1")
	if _, err := c.SignIn(ctx, SignIn{Login: "admin", Password: "right-Passw0rd"}); err != nil {
		t.Fatal(err)
	}
	c.CountRefusal()
	for range RefusalsPerAddress + 1 { // one was from this address before
		attempt("admin", "wrong-secret-3", "192.0.2.1")
	}
	at = at.Add(time.Minute)
	attempt("admin", "wrong-secret-4", "192.0.2.1")

	var events []store.Event
	err := db.View(ctx, func(tx *store.Tx) error {
		var err error
		events, _, err = tx.Events(ctx, store.EventFilter{Limit: 100})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		if raw, err := json.Marshal(e); err != nil || strings.Contains(string(raw), "wrong-") {
			t.Errorf("the log has what was typed: %s, %v", raw, err)
		}
		if e.Type == eventSignInRefused {
			got = append([]string{e.Address + " " + string(e.Data)}, got...)
		}
	}
	const admin = `"userId":1,"username":"admin"`
	want := []string{
		`192.0.2.1 {"reason":"wrong password",` + admin + `}`,
		`192.0.2.2 {"reason":"unknown user"}`,
		`2001:db8::1 {"reason":"no password","userId":2,"email":"eve@example.org"}`,
		`192.0.2.1 {"reason":"wrong password",` + admin + `,"skipped":1}`,
		`192.0.2.1 {"reason":"wrong password",` + admin + `}`,
		`192.0.2.1 {"reason":"wrong password",` + admin + `}`,
		`192.0.2.1 {"reason":"wrong password",` + admin + `}`,
		`192.0.2.1 {"reason":"wrong password",` + admin + `,"skipped":2}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestAFloodOfRefusalsDoesNotFillTheLog: neither from one address, nor from a
// subscriber's whole IPv6 network, nor from everywhere.
func TestAFloodOfRefusalsDoesNotFillTheLog(t *testing.T) {
	t.Parallel()
	const flood = 100_000
	for name, c := range map[string]struct {
		address func(int) string
		kept    int
	}{
		"one address":  {func(int) string { return "192.0.2.1" }, RefusalsPerAddress},
		"one network":  {func(i int) string { return "2001:db8::" + strconv.FormatInt(int64(i%0xffff), 16) }, RefusalsPerAddress},
		"no addresses": {func(i int) string { return "?" + strconv.Itoa(i) }, RefusalsPerAddress},
		"everywhere": {func(i int) string {
			return "10." + strconv.Itoa(i>>16) + "." + strconv.Itoa(i>>8&255) + "." + strconv.Itoa(i&255)
		}, RefusalsInAll},
		"every network":   {func(i int) string { return "2001:db8:0:" + strconv.FormatInt(int64(i%0xffff), 16) + "::1" }, RefusalsInAll},
		"zone of address": {func(int) string { return "fe80::1%eth0" }, RefusalsPerAddress},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r refusals
			now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
			for range 3 {
				kept, told := 0, 0
				for i := range flood {
					if keep, skipped := r.take(now.Add(time.Duration(i)*time.Minute/flood), c.address(i)); keep {
						kept++
						told += skipped
					}
				}
				if kept != c.kept || len(r.by) > c.kept {
					t.Errorf("kept %d of %d and %d addresses, want %d", kept, flood, len(r.by), c.kept)
				}
				if told > 0 && told != flood-c.kept {
					t.Errorf("the events tell of %d that were skipped, want %d", told, flood-c.kept)
				}
				now = now.Add(time.Minute)
			}
			if _, skipped := r.take(now, ""); skipped != flood-c.kept {
				t.Errorf("the last event tells of %d that were skipped, want %d", skipped, flood-c.kept)
			}
		})
	}
}
