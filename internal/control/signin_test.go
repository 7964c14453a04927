package control_test

import (
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

// Whoever tries names learns nothing from the time an answer takes: refusing an
// unknown user is as much work as refusing a wrong password. Skipping the work
// would be hundreds of times faster; half is far from that and from noise.
func TestSignInTakesAsLongForNobody(t *testing.T) {
	ctx := t.Context()
	c := newControl(t)
	if _, err := c.CreateFirstAdmin(ctx, control.FirstAdmin{Username: "admin", Password: "right"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateUser(ctx, access.System(), store.User{Username: "no-password", RootRole: access.ViewerRole}, ""); err != nil {
		t.Fatal(err)
	}
	fastest := func(login string) time.Duration {
		best := time.Hour
		for range 7 {
			start := time.Now()
			_, err := c.SignIn(ctx, control.SignIn{Login: login, Password: "wrong"})
			best = min(best, time.Since(start))
			if !fault.Is(err, fault.Unauthenticated) {
				t.Fatalf("%s: %v", login, err)
			}
		}
		return best
	}
	known := fastest("admin")
	for _, login := range []string{"nobody", "no-password"} {
		if took := fastest(login); took < known/2 || took > 2*known {
			t.Errorf("%s is refused in %v, a wrong password in %v", login, took, known)
		}
	}
}
