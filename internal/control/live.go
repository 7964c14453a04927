package control

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

const (
	// MaxWatches bounds those who are told of changes by one process.
	MaxWatches = 2000
	// MaxWatchesEach bounds them for one person or token.
	MaxWatchesEach = 20
	// maxNotices is how many notices wait for one who watches, and how many one
	// commit makes. Beyond it, everything is to be read anew.
	maxNotices = 200
	// watchAgain is when one who finds no room is to come back.
	watchAgain = 30 * time.Second
)

// Notice says that something changed, and no more: whoever may see it reads it.
type Notice struct {
	ID          int64                   `json:"id"` // of the event
	Revision    int64                   `json:"revision"`
	Type        string                  `json:"type"` // of the event
	Noun        string                  `json:"noun"` // as the type begins: feature, segment, project, …
	Key         string                  `json:"key,omitempty"`
	Project     feature.ProjectID       `json:"project,omitempty"`
	Environment feature.EnvironmentName `json:"environment,omitempty"`

	by int64 // the user
}

// nouns are what events are about, as their types begin; a longer one stands
// before a shorter one that it begins with.
var nouns = []string{
	"api-token", "application", "addon", "context-field", "environment", "feature-type", "feature", "group", "pat", "project", "public-signup-token",
	"role", "segment", "service-account", "setting", "strategy", "tag-type", "tag", "user",
}

// noticeOf is the notice of an event.
func noticeOf(e store.Event) Notice {
	n := Notice{
		ID: e.ID, Revision: e.Revision, Type: e.Type, Noun: e.Type, Project: e.Project, Environment: e.Environment, by: e.CreatedByUserID,
	}
	if i := slices.IndexFunc(nouns, func(noun string) bool { return strings.HasPrefix(e.Type, noun+"-") }); i >= 0 {
		n.Noun = nouns[i]
	}
	if e.Feature != "" {
		n.Noun, n.Key = "feature", string(e.Feature)
		return n
	}
	for _, raw := range []json.RawMessage{e.Data, e.PreData} {
		var about struct {
			ID   json.RawMessage `json:"id"`
			Name string          `json:"name"`
		}
		if json.Unmarshal(raw, &about) != nil {
			continue
		}
		if n.Key = strings.Trim(string(about.ID), `"`); n.Key == "" || n.Key == "null" {
			n.Key = about.Name
		}
		break
	}
	return n
}

// For reports whether somebody may know of the change.
func (n Notice) For(p access.Principal) bool {
	if p.IsAdmin() {
		return true
	}
	if n.Project != "" && !slices.ContainsFunc(strings.Split(string(n.Project), ","), func(one string) bool {
		return feature.ProjectID(one) == store.AllProjects || p.Sees(one)
	}) {
		return false
	}
	switch n.Noun {
	case "api-token":
		return slices.ContainsFunc([]access.Permission{access.ReadClientToken, access.ReadFrontendToken, access.ReadProjectToken}, p.Grants.HasAnywhere)
	case "pat":
		return n.by == p.UserID
	case "feature", "project":
		own := strings.HasSuffix(n.Type, "favorited")
		return !own || n.by == p.UserID
	case "segment", "context-field", "environment", "feature-type", "strategy", "tag-type", "tag", "application":
		return true
	}
	return false
}

// Access reports whether the change may be one of what somebody may know of.
func (n Notice) Access() bool {
	switch n.Noun {
	case "user", "role", "group", "project", "service-account", "api-token", "pat":
		return true
	}
	return false
}

// Live tells those who watch what changes. It is safe for concurrent use.
type Live struct {
	DB *store.DB

	mu      sync.Mutex
	seen    int64 // the newest revision told of
	watches map[*Watch]string
	closed  bool
}

// NewLive returns what tells of changes from now on, once Receive is subscribed.
func NewLive(db *store.DB) *Live { return &Live{DB: db, seen: db.Seen()} }

// Watch is one who watches.
type Watch struct {
	// Wake receives when there is something to take, or the watch is over.
	Wake <-chan struct{}

	live    *Live
	wake    chan struct{}
	notices []Notice
	lost    bool
}

// Watch begins to watch for somebody. It fails with Unavailable when the process
// has no room, and with RateLimited when whoever asks has too many watches.
func (l *Live) Watch(p access.Principal) (*Watch, error) {
	who := p.DisplayName() + " " + p.TokenID
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.watches) >= MaxWatches {
		return nil, &fault.Error{Kind: fault.Unavailable, Message: "too many are watching changes already", RetryAfter: watchAgain}
	}
	own := 0
	for _, other := range l.watches {
		if other == who {
			own++
		}
	}
	if own >= MaxWatchesEach {
		return nil, &fault.Error{Kind: fault.RateLimited, Message: "you are watching changes too many times already", RetryAfter: watchAgain}
	}
	if l.watches == nil {
		l.watches = make(map[*Watch]string)
	}
	wake := make(chan struct{}, 1)
	w := &Watch{Wake: wake, live: l, wake: wake}
	l.watches[w] = who
	return w, nil
}

// Watches returns how many watch.
func (l *Live) Watches() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.watches)
}

// Take returns what changed since the last call; lost says that there was more
// than that, so that everything is to be read anew. It returns false when the
// watch is over.
func (w *Watch) Take() (notices []Notice, lost, goesOn bool) {
	w.live.mu.Lock()
	defer w.live.mu.Unlock()
	notices, lost = w.notices, w.lost
	w.notices, w.lost = nil, false
	_, goesOn = w.live.watches[w]
	return notices, lost, goesOn
}

// Close ends the watch.
func (w *Watch) Close() {
	w.live.mu.Lock()
	defer w.live.mu.Unlock()
	delete(w.live.watches, w)
}

// Close ends every watch, and lets none begin.
func (l *Live) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for w := range l.watches {
		delete(l.watches, w)
		w.awake()
	}
	l.closed = true
}

func (w *Watch) awake() {
	select {
	case w.wake <- struct{}{}:
	default: // it wakes anyway
	}
}

// Receive takes over a commit, as a subscriber of the database. It reads the
// events of it once for all who watch, and nothing when nobody does.
func (l *Live) Receive(ctx context.Context, c store.Commit) error {
	l.mu.Lock()
	seen, idle := l.seen, len(l.watches) == 0
	l.seen = c.Revision
	l.mu.Unlock()
	if idle {
		return nil
	}
	var notices []Notice
	lost := !c.Complete || seen == 0
	if !lost {
		err := l.DB.View(ctx, func(tx *store.Tx) error {
			events, err := tx.EventsSince(ctx, seen, maxNotices+1)
			for _, e := range events {
				notices = append(notices, noticeOf(e))
			}
			return err
		})
		// Those who watch read everything anew: the change itself is made.
		lost = err != nil || len(notices) > maxNotices
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for w := range l.watches {
		if lost || len(w.notices)+len(notices) > maxNotices {
			w.notices, w.lost = nil, true
		} else {
			w.notices = append(w.notices, notices...)
		}
		w.awake()
	}
	return nil
}
