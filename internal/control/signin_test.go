package control_test

import (
	"math"
	"runtime"
	"syscall"
	"testing"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

// effort is what a refused sign-in takes, but for waiting: how long it takes on
// a machine that has nothing else to do.
type effort struct {
	micros int64  // of processor time of this process
	memory uint64 // allocated, which the hash of a password does most of
}

func effortOf(t *testing.T, work func()) effort {
	t.Helper()
	measure := func() (e effort) {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			t.Fatal(err)
		}
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		return effort{micros: (used.Utime.Nano() + used.Stime.Nano()) / 1000, memory: memory.TotalAlloc}
	}
	before := measure()
	work()
	after := measure()
	return effort{after.micros - before.micros, after.memory - before.memory}
}

// Whoever tries names learns nothing from the time an answer takes: refusing an
// unknown user is as much work as refusing a wrong password. Skipping the work
// would be hundreds of times faster; half is far from that and from noise. What
// is compared is processor time, the least of several turns each, so that other
// processes make no difference, and the memory of the hash. No other test of
// this package runs meanwhile, as this one is not parallel.
func TestSignInTakesAsLongForNobody(t *testing.T) {
	ctx := t.Context()
	c := newControl(t)
	if _, err := c.CreateFirstAdmin(ctx, control.FirstAdmin{Username: "admin", Password: "right"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateUser(ctx, access.System(), store.User{Username: "no-password", RootRole: access.ViewerRole}, ""); err != nil {
		t.Fatal(err)
	}
	least := map[string]effort{}
	logins := []string{"admin", "nobody", "no-password"}
	for range 9 {
		for _, login := range logins {
			took := effortOf(t, func() {
				if _, err := c.SignIn(ctx, control.SignIn{Login: login, Password: "wrong"}); !fault.Is(err, fault.Unauthenticated) {
					t.Fatalf("%s: %v", login, err)
				}
			})
			if before, ok := least[login]; ok {
				took = effort{min(before.micros, took.micros), min(before.memory, took.memory)}
			}
			least[login] = took
		}
	}
	known := least["admin"]
	for _, login := range logins[1:] {
		took := least[login]
		if took.micros < known.micros/2 || took.micros > 2*known.micros || math.Abs(float64(took.memory)/float64(known.memory)-1) > 0.1 {
			t.Errorf("%s is refused with %+v, a wrong password with %+v", login, took, known)
		}
	}
	if known.memory < 19<<20 {
		t.Errorf("a wrong password took %d bytes: no password was hashed", known.memory)
	}
	t.Logf("%+v", least)
}
