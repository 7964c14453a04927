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
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/web"
)

// maxKept bounds the buffer, in bytes, that is kept for a later request.
const maxKept = 1 << 20

// question is one request in the making: its context and its answer, plain and
// compressed. It is used again for later requests.
type question struct {
	context eval.Context
	answer  []byte
	zipped  bytes.Buffer
	zip     *gzip.Writer // nil until an answer is compressed
}

// reset forgets the request.
func (q *question) reset() {
	properties := q.context.Properties
	clear(properties)
	q.context = eval.Context{Properties: properties}
	q.answer = q.answer[:0]
	q.zipped.Reset()
}

// features answers with the flags that are on for the context of the request.
func (h *Handler) features(w http.ResponseWriter, r *http.Request) error {
	grant, err := h.grant(r)
	if err != nil {
		return err
	}
	q, kept := h.questions.Get().(*question)
	if !kept {
		q = &question{context: eval.Context{Properties: make(map[string]string)}}
	}
	defer func() {
		if cap(q.answer) <= maxKept {
			q.reset()
			h.questions.Put(q)
		}
	}()
	if err := readContext(w, r, &q.context); err != nil {
		return err
	}
	h.complete(r, grant, &q.context)
	environment := h.Snapshots.Environment(feature.EnvironmentName(grant.Scope.Environment))
	view := environment.View(snapshot.Scope{Token: grant.Scope, Key: grant.ScopeKey})
	q.answer = environment.Evaluate(view, &q.context, q.answer)
	q.respond(w, r)
	return nil
}

// defaultAppName stands for the name of an application that did not say one.
const defaultAppName = "frontend-api"

// complete fills in what the request left out.
func (h *Handler) complete(r *http.Request, grant *auth.Grant, c *eval.Context) {
	if c.AppName == "" {
		c.AppName = defaultAppName
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

// minZipped is the least size, in bytes, of an answer worth compressing.
const minZipped = 1024

func (q *question) respond(w http.ResponseWriter, r *http.Request) {
	tag := contentTag(q.answer)
	header := w.Header()
	header["Etag"] = []string{"W/" + tag}
	header["Cache-Control"] = []string{"no-cache"}
	if web.NoneMatch(r, func(other string) bool { return other == tag }) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := q.answer
	if len(body) >= minZipped && web.AcceptsGzip(r) {
		header["Content-Encoding"] = []string{"gzip"}
		body = q.compress()
	}
	header["Content-Type"] = []string{"application/json; charset=utf-8"}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	_, _ = w.Write(body) // the client may be gone; nothing to do about it
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

// contentTag names a body: its length and two checksums that processors
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
