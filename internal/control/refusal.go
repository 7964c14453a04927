package control

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
)

const eventSignInRefused = "sign-in-refused"

// How many refused sign-ins the event log keeps a minute, from one address and
// in all, so that a flood cannot fill it. The next event says how many were
// left out.
const (
	RefusalsPerAddress = 5
	RefusalsInAll      = 60
)

// refusals decides which refused sign-ins reach the event log. Its memory is
// bounded: it knows the addresses of one minute's events. Its zero value is
// ready.
type refusals struct {
	mu      sync.Mutex
	minute  time.Time
	all     int
	by      map[netip.Prefix]int
	skipped int // since the last one that was kept
}

// take counts a refusal. It returns whether to keep it and, if so, how many
// were skipped since the last one that was kept.
func (r *refusals) take(now time.Time, address string) (keep bool, skipped int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if minute := now.Truncate(time.Minute); r.by == nil || !minute.Equal(r.minute) {
		r.minute, r.all, r.by = minute, 0, map[netip.Prefix]int{}
	}
	from := subscriber(address)
	if r.all >= RefusalsInAll || r.by[from] >= RefusalsPerAddress {
		r.skipped++
		return false, 0
	}
	r.all++
	r.by[from]++
	skipped, r.skipped = r.skipped, 0
	return true, skipped
}

// skip counts refusals that nobody asks to keep.
func (r *refusals) skip(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skipped += n
}

// subscriber is what one subscriber holds: an IPv4 address, or the /64 of an
// IPv6 address. Addresses that cannot be read count as one.
func subscriber(address string) netip.Prefix {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, _ := addr.Prefix(bits) // both lengths exist
	return prefix
}

// refusalEvent is what the event log keeps of a refused sign-in. The name that
// was typed is kept only when it is somebody's: people type passwords into the
// wrong field.
type refusalEvent struct {
	Reason   string `json:"reason"`
	UserID   int64  `json:"userId,omitempty"`
	Username string `json:"username,omitempty"`
	Email    string `json:"email,omitempty"`
	Skipped  int    `json:"skipped,omitempty"` // refused since the last such event, without an event
}

// refuse records that a sign-in was refused. The user is the one of the name,
// or nobody.
func (c *Control) refuse(ctx context.Context, in SignIn, u store.User) error {
	now, err := view(ctx, c, func(tx *store.Tx) (time.Time, error) { return tx.Now(), nil })
	if err != nil {
		return err
	}
	keep, skipped := c.refusals.take(now, in.Address)
	if !keep {
		return nil
	}
	data := refusalEvent{Reason: "wrong password", UserID: u.ID, Username: u.Username, Email: u.Email, Skipped: skipped}
	switch {
	case u.ID == 0:
		data.Reason = "unknown user"
	case u.Service:
		data.Reason = "service account"
	case u.DisabledAt != nil:
		data.Reason = "disabled user"
	case u.PasswordHash == "":
		data.Reason = "no password"
	}
	actor := access.System()
	actor.Address = in.Address
	err = c.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, actor, store.Event{Type: eventSignInRefused}, nil, data)
	})
	if err != nil {
		c.refusals.skip(skipped + 1)
	}
	return err
}

// CountRefusal counts a sign-in that was refused unread, because too many came
// from its address. The next event of a refused sign-in tells of it.
func (c *Control) CountRefusal() { c.refusals.skip(1) }
