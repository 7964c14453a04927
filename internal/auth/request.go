package auth

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// Request is what there is to know of a request, other than what it asks for.
type Request struct {
	Authorization string // the header
	Address       netip.Addr
	Origin        string // of the page, from a browser
	App           string // as SDKs name the application, the instance and themselves
	Instance      string
	SDK           string // with its version; of other clients, what they call themselves
}

// RequestOf reads the headers of a request from an address. It does not
// allocate.
func RequestOf(header http.Header, from netip.Addr) Request {
	return Request{
		Authorization: first(header["Authorization"]), Address: from, Origin: first(header["Origin"]),
		App:      cmp.Or(first(header["Unleash-Appname"]), first(header["X-Unleash-Appname"])),
		Instance: cmp.Or(first(header["Unleash-Instanceid"]), first(header["X-Unleash-Connection-Id"]), first(header["Unleash-Connection-Id"])),
		SDK:      cmp.Or(first(header["Unleash-Sdk"]), first(header["X-Unleash-Sdk"]), first(header["User-Agent"])),
	}
}

// first is what a header's Get returns for a name in canonical form, which it
// would spend half of its time to bring it to.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

const (
	// MaxCallers bounds who is remembered of a secret's users; beyond it the one
	// that called longest ago is dropped.
	MaxCallers = 20
	// maxCallerText bounds each text that is kept of a caller, in bytes.
	maxCallerText = 120
)

// Caller is who uses a secret. Of a front-end token, which people's browsers
// send, only App and SDK are known.
type Caller struct {
	App      string
	Instance string
	SDK      string
	Address  netip.Addr
}

// Use is a caller with what it does.
type Use struct {
	Caller
	SeenAt  time.Time
	PerHour int // requests in the last hour; over a full hour it is an estimate
}

// callers are the latest users of a secret, and its requests by hour that are
// not stored yet: of this hour of the clock, and of earlier ones.
type callers struct {
	mu      sync.Mutex
	all     []tally
	hour    int64 // of the count
	count   int64
	waiting []hourCount
}

// hourCount is how many requests came in an hour of the clock.
type hourCount struct{ hour, count int64 }

// maxWaiting bounds the hours that wait to be stored while the database is
// away; the oldest are dropped.
const maxWaiting = 48

// counted counts a request. The caller holds the lock.
func (c *callers) counted(now int64) {
	if hour := now / hourMillis; hour != c.hour {
		c.shelve()
		c.hour = hour
	}
	c.count++
}

// shelve puts the count of the hour to those that wait.
func (c *callers) shelve() {
	if c.count == 0 {
		return
	}
	c.waiting = append(c.waiting, hourCount{c.hour, c.count})
	c.count = 0
	if extra := len(c.waiting) - maxWaiting; extra > 0 {
		c.waiting = slices.Delete(c.waiting, 0, extra)
	}
}

// takeHours returns the requests of a secret that are not stored yet, by hour,
// and forgets them.
func (s *seen) takeHours() []hourCount {
	c := s.callers.Load()
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shelve()
	taken := c.waiting
	c.waiting = nil
	return taken
}

// giveBack returns what could not be stored.
func (s *seen) giveBack(taken []hourCount) {
	c := s.callers.Load()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(taken, c.waiting...)
}

// tally counts the requests of a caller by hours of the clock.
type tally struct {
	Caller
	last    int64 // Unix milliseconds
	hour    int64 // of the count
	count   int
	earlier int // in the hour before
}

const hourMillis = int64(time.Hour / time.Millisecond)

// calledBy counts a request. It allocates for a caller that is not known.
func (s *seen) calledBy(kind token.Kind, r Request, now int64) {
	who := Caller{App: cut(r.App), Instance: cut(r.Instance), SDK: cut(r.SDK), Address: r.Address}
	if kind == token.Frontend {
		who = Caller{App: who.App, SDK: cut(r.SDK)}
	}
	c := s.callers.Load()
	if c == nil {
		s.callers.CompareAndSwap(nil, &callers{})
		c = s.callers.Load()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counted(now)
	i := slices.IndexFunc(c.all, func(t tally) bool { return t.Caller == who })
	if i < 0 {
		i = c.add(who)
	}
	c.all[i].add(now)
}

// add makes room for a caller and returns its place.
func (c *callers) add(who Caller) int {
	// The texts are parts of a request's memory, which must not be kept.
	who.App, who.Instance, who.SDK = strings.Clone(who.App), strings.Clone(who.Instance), strings.Clone(who.SDK)
	if len(c.all) < MaxCallers {
		c.all = append(c.all, tally{Caller: who})
		return len(c.all) - 1
	}
	oldest := 0
	for i, t := range c.all {
		if t.last < c.all[oldest].last {
			oldest = i
		}
	}
	c.all[oldest] = tally{Caller: who}
	return oldest
}

func (t *tally) add(now int64) {
	t.turn(now)
	t.count++
	t.last = max(t.last, now)
}

// turn moves the counts on to the hour of an instant.
func (t *tally) turn(now int64) {
	switch hour := now / hourMillis; hour - t.hour {
	case 0:
		return
	case 1:
		t.hour, t.earlier, t.count = hour, t.count, 0
	default:
		t.hour, t.earlier, t.count = hour, 0, 0
	}
}

// perHour is the requests in the hour before an instant. Those of the last
// hour of the clock count for the part that is not over an hour ago.
func (t tally) perHour(now int64) int {
	t.turn(now)
	return t.count + int(int64(t.earlier)*(hourMillis-now%hourMillis)/hourMillis)
}

// uses returns the callers, latest first; never nil.
func (s *seen) uses(now time.Time) []Use {
	all := []Use{}
	c := s.callers.Load()
	if c == nil {
		return all
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.all {
		all = append(all, Use{Caller: t.Caller, SeenAt: instant(t.last), PerHour: t.perHour(now.UnixMilli())})
	}
	slices.SortStableFunc(all, func(a, b Use) int { return b.SeenAt.Compare(a.SeenAt) })
	return all
}

func cut(text string) string {
	if len(text) > maxCallerText {
		return strings.ToValidUTF8(text[:maxCallerText], "")
	}
	return text
}

// SecretUse is how one secret of a token is used, as far as this process knows
// since it started.
type SecretUse struct {
	Digest token.Digest
	SeenAt time.Time // zero: never
	Users  []Use     // at most MaxCallers
}

// SecretUses returns how the secrets of a token are used, the current one
// first; none for an unknown token. The id of a personal token is its number.
func (a *Auth) SecretUses(kind token.Kind, id string) []SecretUse {
	var all []SecretUse
	for g := a.current(kind, id); g != nil; g = g.older() {
		all = append(all, SecretUse{Digest: g.digest, SeenAt: instant(g.seen.at.Load()), Users: g.seen.uses(a.now())})
	}
	return all
}
