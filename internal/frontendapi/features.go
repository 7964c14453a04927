package frontendapi

import (
	"bytes"
	"hash/crc32"
	"net/http"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// maxKept bounds the buffer, in bytes, that is kept for a later request.
const maxKept = 1 << 20

// question is one request in the making: its context, the flags it names, and
// its answer, plain and compressed. It is used again for later requests.
type question struct {
	context eval.Context
	asked   []feature.Name // empty for all that are on
	answer  []byte
	outcome []byte          // tells the answer apart, and is shorter; empty when there is none
	fixed   *snapshot.Fixed // the answer, when no context changes it; nil otherwise
	zipped  bytes.Buffer
	zip     *gzip.Writer                 // nil until an answer is compressed
	counts  map[feature.Name]usage.Count // of the flags it names; nil when it names none

	// What the token may see, set by place.
	environment *snapshot.Environment
	view        *snapshot.View
}

// reset forgets the request.
func (q *question) reset() {
	properties := q.context.Properties
	clear(properties)
	q.context = eval.Context{Properties: properties}
	q.asked, q.counts, q.environment, q.view, q.fixed = nil, nil, nil, nil, nil
	q.answer, q.outcome = q.answer[:0], q.outcome[:0]
	q.zipped.Reset()
}

// place says what a scope sees at this moment.
func (q *question) place(snapshots *snapshot.Store, scope snapshot.Scope) {
	q.environment = snapshots.Environment(feature.EnvironmentName(scope.Token.Environment))
	q.view = q.environment.View(scope)
}

// question returns an empty one; done takes it back.
func (h *Handler) question() *question {
	if q, kept := h.questions.Get().(*question); kept {
		return q
	}
	return &question{context: eval.Context{Properties: make(map[string]string)}}
}

func (h *Handler) done(q *question) {
	if cap(q.answer) <= maxKept {
		q.reset()
		h.questions.Put(q)
	}
}

// features answers with the flags that are on for the context of the request,
// or with those that it names, on or off.
func (h *Handler) features(w http.ResponseWriter, r *http.Request) error {
	return h.ask(w, r, (*question).stands, (*question).evaluate)
}

// all answers with all flags, those that are off too, unless the request names
// some.
func (h *Handler) all(w http.ResponseWriter, r *http.Request) error {
	return h.ask(w, r, nil, (*question).evaluateAll)
}

// feature answers with one flag, on or off.
func (h *Handler) feature(w http.ResponseWriter, r *http.Request) error {
	name := feature.Name(web.PathParam(r, "name"))
	return h.ask(w, r, nil, func(q *question) error {
		a, visible := q.environment.Answer(q.view, name, &q.context)
		if !visible {
			return fault.New(fault.NotFound, "there is no flag %q that this token may see", name)
		}
		q.answer = a.Append(q.answer)
		return nil
	})
}

// ask reads a request, has it evaluated, and responds. What stands may answer
// before, for a context in the query that would be read and change nothing; it
// may be nil.
func (h *Handler) ask(w http.ResponseWriter, r *http.Request, stands func(*question) bool, evaluate func(*question) error) error {
	grant, err := h.grant(r)
	if err != nil {
		return err
	}
	q := h.question()
	defer h.done(q)
	scope := snapshot.Scope{Token: grant.Scope, Key: grant.ScopeKey}
	if stands != nil && r.Method == http.MethodGet {
		if q.place(h.Snapshots, scope); stands(q) {
			q.respond(w, r, q.tag(), caching)
			return nil
		}
	}
	if err := q.read(w, r); err != nil {
		return err
	}
	h.complete(r, grant, &q.context)
	if q.view == nil {
		q.place(h.Snapshots, scope)
	}
	if err := evaluate(q); err != nil {
		return err
	}
	if q.counts != nil {
		h.Usage.Metrics(reporter(grant, r), usage.Metrics{App: q.context.AppName, Start: h.Now(), Flags: q.counts})
	}
	q.respond(w, r, q.tag(), caching)
	return nil
}

// tag names the answer.
func (q *question) tag() string {
	if len(q.outcome) > 0 {
		return contentTag(q.outcome)
	}
	return contentTag(q.answer)
}

func (q *question) evaluate() error {
	if len(q.asked) > 0 {
		q.evaluateAsked()
		return nil
	}
	if q.stands() {
		return nil
	}
	q.answer, q.outcome = q.environment.Evaluate(q.view, &q.context, q.answer, q.outcome)
	return nil
}

// stands reports whether no context changes which flags are on; that is the
// answer then.
func (q *question) stands() bool {
	fixed, outcome := q.environment.Fixed(q.view)
	if fixed == nil {
		return false
	}
	q.fixed, q.outcome = fixed, append(q.outcome, outcome...)
	return true
}

func (q *question) evaluateAll() error {
	if len(q.asked) > 0 {
		q.evaluateAsked()
		return nil
	}
	q.answer = append(q.answer, `{"toggles":[`...)
	for a := range q.environment.Answers(q.view, &q.context) {
		q.answer = append(a.Append(q.answer), ',')
	}
	q.end()
	return nil
}

// evaluateAsked answers for the flags that the request names, in its order, and
// counts them: who asks for flags by name does not report their use. A flag
// that there is not is off.
func (q *question) evaluateAsked() {
	q.counts = make(map[feature.Name]usage.Count, len(q.asked))
	q.answer = append(q.answer, `{"toggles":[`...)
	for _, name := range q.asked {
		a, visible := q.environment.Answer(q.view, name, &q.context)
		if visible {
			q.answer = a.Append(q.answer)
		} else {
			q.answer = snapshot.AppendOff(q.answer, name, false)
		}
		q.answer = append(q.answer, ',')
		q.count(name, a.Result)
	}
	q.end()
}

func (q *question) count(name feature.Name, r eval.Result) {
	count := q.counts[name]
	if r.Enabled {
		count.Yes++
		if count.Variants == nil {
			count.Variants = make(map[string]int64)
		}
		count.Variants[r.VariantName()]++
	} else {
		count.No++
	}
	q.counts[name] = count
}

// end ends a list of answers, each with a comma after it.
func (q *question) end() {
	q.answer = append(bytes.TrimSuffix(q.answer, []byte{','}), `]}`...)
}

// defaultAppName stands for the name of an application that did not say one.
const defaultAppName = "frontend-api"

// complete fills in what the request left out.
func (h *Handler) complete(r *http.Request, grant *auth.Grant, c *eval.Context) {
	if c.AppName == "" {
		c.AppName = defaultAppName
	}
	if h.Environment != "" {
		c.Environment = h.Environment
	}
	if c.Environment == "" {
		c.Environment = grant.Scope.Environment
	}
	if c.RemoteAddress == "" {
		if address := web.ClientIP(r); address.IsValid() {
			c.RemoteAddress = address.String()
		}
	}
	if c.SessionID == "" {
		c.SessionID = randomSession()
	}
	if c.CurrentTime.IsZero() {
		c.CurrentTime = h.Now().Truncate(time.Millisecond)
	}
}

// caching lets a client keep what it got as long as it asks whether that is
// still current.
const caching = "no-cache"

// minZipped is the least size, in bytes, of an answer worth compressing.
const minZipped = 1024

// respond sends the answer, or says that the client knows it by its tag.
func (q *question) respond(w http.ResponseWriter, r *http.Request, tag, caching string) {
	header := w.Header()
	values := [...]string{"W/" + tag, caching, ""} // one allocation for all three
	header["Etag"], header["Cache-Control"] = values[0:1:1], values[1:2:2]
	if web.NoneMatch(r, func(other string) bool { return other == tag }) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if q.fixed != nil {
		body := q.fixed.Content
		if len(body.Bytes) >= minZipped && web.AcceptsGzip(r) {
			header["Content-Encoding"] = web.GzipCoding
			body = q.fixed.Gzip()
		}
		web.WriteContent(w, body.Bytes, body.Length)
		return
	}
	body := q.answer
	if len(body) >= minZipped && web.AcceptsGzip(r) {
		header["Content-Encoding"] = web.GzipCoding
		body = q.compress()
	}
	values[2] = strconv.Itoa(len(body))
	web.WriteContent(w, body, values[2:3:3])
}

// compress returns the answer as gzip, quickly rather than small: it is for
// this request only.
func (q *question) compress() []byte {
	if q.zip == nil {
		q.zip, _ = gzip.NewWriterLevel(&q.zipped, gzip.BestSpeed) // it fails for unknown levels only
	} else {
		q.zip.Reset(&q.zipped)
	}
	_, _ = q.zip.Write(q.answer) // a bytes.Buffer takes everything
	_ = q.zip.Close()
	return q.zipped.Bytes()
}

// contentTag names a body, or the outcome that it follows from: its length and two checksums that processors
// compute at memory speed. Two of them make an accidental match as unlikely as
// with 64 random bits; nobody gains from making one on purpose.
func contentTag(body []byte) string {
	tag := make([]byte, 0, 32)
	tag = append(tag, '"')
	tag = strconv.AppendInt(tag, int64(len(body)), 16)
	tag = append(tag, '-')
	tag = strconv.AppendUint(tag, uint64(crc32.ChecksumIEEE(body))<<32|uint64(crc32.Checksum(body, castagnoli())), 16)
	return string(append(tag, '"'))
}

// castagnoli is a table that the standard library makes once.
func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }
