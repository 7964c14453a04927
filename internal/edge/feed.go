package edge

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// Mode says how a feed keeps current.
type Mode string

// The modes.
const (
	// Auto streams when the server above does, and polls while it does not.
	Auto Mode = "auto"
	// Polling asks at an interval for everything, or nothing new.
	Polling Mode = "polling"
	// Delta asks at an interval for what changed, where the server above can
	// tell, and polls where it cannot.
	Delta Mode = "delta"
	// Streaming is Auto.
	Streaming Mode = "streaming"
)

const (
	// retryWays is how long a way of keeping current that the server above does
	// not have is not tried again.
	retryWays = 5 * time.Minute
	// streamPause is how long after its end a stream is opened again, times the
	// number of failures in a row.
	streamPause = time.Second
)

// feed keeps the document of one token current.
type feed struct {
	of       candidate
	feeds    *Feeds
	stop     context.CancelFunc
	retiring bool // others cover it: to be stopped once they are there

	backoff backoff
	streams backoff
	avoid   time.Time // until when the server above is not asked for streams or deltas
	hash    [sha256.Size]byte

	mu       sync.Mutex // guards what others read
	document *Document
	tag      string
	status   FeedStatus
}

// FeedStatus is what an operator sees of a feed.
type FeedStatus struct {
	Hint        string // of the token
	Environment string
	Projects    []string  // ids, or * alone
	Way         Mode      // how it was last kept current: polling, delta or streaming
	CheckedAt   time.Time // when the server above last said what is current; zero: never
	ChangedAt   time.Time // when something last came
	Revision    int64
	Flags       int
	Failures    int // in a row
	Error       string
	Tag         string
}

// run keeps the document current until the context ends.
func (f *feed) run(ctx context.Context) {
	f.register(ctx)
	wait := time.Duration(0)
	for first := true; sleep(ctx, wait); first = false {
		err := f.poll(ctx)
		if ctx.Err() != nil {
			return
		}
		wait = f.settle(ctx, err)
		if first && err == nil {
			slog.InfoContext(ctx, "flags are there", "environment", f.of.scope.Environment, "token", token.Hint(f.of.secret))
		}
		if err == nil && f.feeds.options.Mode != Polling && f.feeds.options.Mode != Delta && !f.feeds.options.Now().Before(f.avoid) {
			wait = min(wait, f.follow(ctx))
		}
	}
}

// follow streams until the stream ends and returns how long to wait before the
// next poll.
func (f *feed) follow(ctx context.Context) time.Duration {
	began := f.feeds.options.Now()
	err := f.stream(ctx)
	if ctx.Err() != nil {
		return 0
	}
	if f.feeds.options.Now().Sub(began) > time.Minute {
		f.streams.failures = 0
	}
	if r := refusal(err); r != nil && r.Status < 500 && r.Status != http.StatusTooManyRequests || errors.Is(err, errPollInstead) ||
		r != nil && r.Status == http.StatusNotImplemented {
		f.avoid = f.feeds.options.Now().Add(retryWays)
		slog.InfoContext(ctx, "the server above does not stream; polling", "reason", err, "token", token.Hint(f.of.secret))
		return f.backoff.interval
	}
	wait := f.streams.failed(err)
	slog.InfoContext(ctx, "a stream ended; polling and opening it again", "reason", err, "token", token.Hint(f.of.secret))
	return wait
}

// errPollInstead ends a stream at the server's wish.
var errPollInstead = errors.New("the server above asks to poll")

// stream follows the changes until the stream ends.
func (f *feed) stream(ctx context.Context) error {
	var last string
	f.mu.Lock()
	if f.status.Way == Streaming || f.status.Way == Delta { // else the revision is of another numbering
		last = strconv.FormatInt(f.document.Revision, 10)
	}
	f.mu.Unlock()
	return f.feeds.options.Upstream.stream(ctx, "/api/client/streaming", f.of.secret, last, func(e event) error {
		switch e.name {
		case "unleash-connected", "unleash-updated":
			if err := f.take(e.data); err != nil {
				return err
			}
			f.checked(Streaming)
		case "fetch-mode":
			if string(e.data) == string(Polling) {
				return errPollInstead
			}
		}
		return nil
	})
}

// poll asks once.
func (f *feed) poll(ctx context.Context) error {
	if f.feeds.options.Mode == Delta && !f.feeds.options.Now().Before(f.avoid) {
		err := f.delta(ctx)
		if r := refusal(err); r == nil || r.Status != http.StatusNotFound {
			return err
		}
		f.avoid = f.feeds.options.Now().Add(retryWays)
		slog.InfoContext(ctx, "the server above has no delta; polling", "token", token.Hint(f.of.secret))
	}
	asked := f.feeds.options.Now()
	download, err := f.feeds.options.Upstream.Features(ctx, f.of.secret, f.feeds.options.Query, f.tag)
	if err != nil {
		return err
	}
	f.feeds.latency.add(f.feeds.options.Now().Sub(asked))
	if hash := sha256.Sum256(download.Body); download.Body != nil && hash != f.hash {
		d, err := ReadDocument(download.Body, f.of.scope)
		if err != nil {
			return err
		}
		f.put(d, Touched{All: true})
		f.hash = hash
	}
	f.mu.Lock()
	f.tag = download.Tag
	f.mu.Unlock()
	f.checked(Polling)
	return nil
}

// delta asks for what changed.
func (f *feed) delta(ctx context.Context) error {
	var tag string
	f.mu.Lock()
	if f.document != nil && f.status.Way == Delta {
		tag = strconv.Quote(strconv.FormatInt(f.document.Revision, 10))
	}
	f.mu.Unlock()
	download, err := f.feeds.options.Upstream.Delta(ctx, f.of.secret, tag)
	if err != nil {
		return err
	}
	if download.Body != nil {
		if err := f.take(download.Body); err != nil {
			return err
		}
	}
	f.checked(Delta)
	return nil
}

// take takes events over.
func (f *feed) take(raw []byte) error {
	d, touched, err := ReadEvents(raw, f.document, f.of.scope)
	if err != nil {
		f.mu.Lock()
		f.status.Way = Polling // so that everything is asked for next
		f.mu.Unlock()
		return err
	}
	f.hash = [sha256.Size]byte{} // what it is of is no longer there
	f.mu.Lock()
	f.tag = ""
	f.mu.Unlock()
	f.put(d, touched)
	return nil
}

// put hands a document on, unless it is what was there: a stream begins with
// everything.
func (f *feed) put(d *Document, touched Touched) {
	if touched.All && f.document != nil && reflect.DeepEqual(f.document, d) {
		return
	}
	f.mu.Lock()
	f.document = d
	f.status.ChangedAt, f.status.Revision, f.status.Flags = f.feeds.options.Now(), d.Revision, len(d.Flags)
	f.mu.Unlock()
	f.feeds.put(f, d, touched)
}

// checked notes that the document is what the server above has.
func (f *feed) checked(way Mode) {
	f.mu.Lock()
	f.status.Way, f.status.CheckedAt, f.status.Failures, f.status.Error = way, f.feeds.options.Now(), 0, ""
	f.mu.Unlock()
}

// settle notes how asking went and returns how long to wait. What was there
// stays, whatever the server above says but that the token is gone.
func (f *feed) settle(ctx context.Context, err error) time.Duration {
	if err == nil {
		if f.backoff.failures > 0 {
			slog.InfoContext(ctx, "the server above answers again", "token", token.Hint(f.of.secret))
		}
		return f.backoff.succeeded()
	}
	f.feeds.failures.Add(1)
	if f.backoff.failures == 0 {
		slog.WarnContext(ctx, "flags cannot be fetched; what is there stays", "error", err, "token", token.Hint(f.of.secret))
	}
	f.mu.Lock()
	f.status.Failures++
	f.status.Error = err.Error()
	f.mu.Unlock()
	if refusal(err).unauthorised() {
		f.feeds.options.Doubt(f.of.digest)
	}
	return f.backoff.failed(err)
}

// register tells the server above that we run. It is told again with the next
// feed if it does not listen.
func (f *feed) register(ctx context.Context) {
	o := f.feeds.options.Upstream.options
	body, err := json.Marshal(map[string]any{
		"appName": o.App, "instanceId": o.Instance, "connectionId": o.Instance, "sdkVersion": "burgee-edge:" + o.Version, "sdkType": "backend",
		"started": f.feeds.options.Now().UTC().Format(time.RFC3339), "interval": int64(o.Interval / time.Second), "strategies": []string{},
		"environment": f.of.scope.Environment,
	})
	if err == nil {
		err = f.feeds.options.Upstream.Post(ctx, "/api/client/register", f.of.secret, body)
	}
	if err != nil && ctx.Err() == nil {
		slog.DebugContext(ctx, "could not register with the server above", "error", err)
	}
}

// view returns what an operator sees.
func (f *feed) view() FeedStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.status
	s.Hint, s.Environment, s.Projects, s.Tag = token.Hint(f.of.secret), f.of.scope.Environment, projectList(f.of.scope), f.tag
	return s
}

// projectList is a scope as the wire has it.
func projectList(s token.Scope) []string {
	if s.AllProjects {
		return []string{"*"}
	}
	return append([]string{}, s.Projects...)
}

// FeedOptions are what feeds need.
type FeedOptions struct {
	Upstream  *Upstream
	Catalogue *Catalogue
	Now       func() time.Time
	Mode      Mode
	Interval  time.Duration // between polls
	// Query narrows downloads; it may be nil. It is for polling only.
	Query url.Values
	// Doubt is told of a token that the server above does not accept.
	Doubt func(token.Digest)
	// Beside runs beside the feed of a token until its context ends; nil for
	// nothing.
	Beside func(ctx context.Context, secret string)
}
