package control_test

import (
	"testing"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

// Who does not take what comes is told to read everything anew, and what waits
// for them stays small.
func TestSlowWatchesLoseTheirPlace(t *testing.T) {
	t.Parallel()
	live := &control.Live{}
	watch, err := live.Watch(access.System())
	if err != nil {
		t.Fatal(err)
	}
	if err := live.Receive(t.Context(), store.Commit{Revision: 5}); err != nil {
		t.Fatal(err)
	}
	<-watch.Wake
	if notices, lost, goesOn := watch.Take(); len(notices) != 0 || !lost || !goesOn {
		t.Errorf("after a commit that is not complete: %v %v %v", notices, lost, goesOn)
	}
	live.Close()
	<-watch.Wake
	if _, _, goesOn := watch.Take(); goesOn {
		t.Error("the watch goes on after the end")
	}
	if _, err := live.Watch(access.System()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("watching after the end: %v", err)
	}
	if live.Watches() != 0 {
		t.Errorf("%d watches are left", live.Watches())
	}
}
