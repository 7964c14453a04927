package test

import (
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"
)

// TestStopLosesNothing (R4, R13): SIGTERM in the middle of writes ends the
// process without an error; every write that was acknowledged is there at the
// next start, and so is what SDKs had reported.
func TestStopLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	secret := p.newToken(t, "client", "reporter")
	p.do(t, http.MethodPost, "/api/admin/projects/default/features", object{"name": "reported"}, nil)

	const reports = 5
	at := time.Now().UTC().Format(time.RFC3339)
	for range reports {
		p.do(t, http.MethodPost, "/api/client/metrics", object{
			"appName": "stopping", "instanceId": "1",
			"bucket": object{"start": at, "stop": at, "toggles": object{"reported": object{"yes": 2, "no": 1}}},
		}, nil, "Authorization", secret)
	}
	book := newLedger()
	done := make(chan struct{})
	go func() {
		defer close(done)
		book.write(t.Context(), p, "stop")
	}()
	for end := time.Now().Add(startLimit); book.acknowledged() < 20; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d writes in %v\n%s", book.acknowledged(), startLimit, p.log)
		}
	}
	if err := p.signal(t, syscall.SIGTERM); err != nil {
		t.Fatalf("the server ended with %v\n%s", err, p.log)
	}
	<-done

	p = start(t, dir)
	book.check(t, p)
	var metrics struct {
		Data []struct {
			AppName string
			Yes, No int
		}
	}
	p.do(t, http.MethodGet, "/api/admin/client-metrics/features/reported/raw", nil, &metrics)
	yes, no := 0, 0
	for _, row := range metrics.Data {
		if row.AppName == "stopping" {
			yes += row.Yes
			no += row.No
		}
	}
	if got, want := fmt.Sprint(yes, no), fmt.Sprint(2*reports, reports); got != want {
		t.Errorf("counts after the restart are %s, want %s", got, want)
	}
}
