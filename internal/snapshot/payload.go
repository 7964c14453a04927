package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/burgeehq/burgee/internal/feature"
)

// Payload is the answer to a download of all flags of a view: one body, plain
// and compressed, and the name of its content. Each is made once.
type Payload struct {
	view   *View
	inline bool

	described  sync.Once
	query      []byte // JSON
	queryHash  string
	etag       []string
	written    sync.Once
	body       Content
	compressed sync.Once
	zipped     Content
}

// Content is a body, and its length as the value of a header: kept in that
// form, setting it allocates nothing. Neither may be changed.
type Content struct {
	Bytes  []byte
	Length []string
}

func newContent(b []byte) Content { return Content{Bytes: b, Length: []string{strconv.Itoa(len(b))}} }

// wireQuery echoes the effective filter.
type wireQuery struct {
	Tag         [][2]string `json:"tag,omitempty"`
	Project     *[]string   `json:"project,omitempty"`
	NamePrefix  string      `json:"namePrefix,omitempty"`
	Environment string      `json:"environment"`
	Inline      bool        `json:"inlineSegmentConstraints"`
}

type wireMeta struct {
	Revision  int64  `json:"revisionId"`
	ETag      string `json:"etag"`
	QueryHash string `json:"queryHash"`
}

// Revision is the newest change within the scope.
func (p *Payload) Revision() int64 { return p.view.revision }

// ETag names the content, with its quotes, as "hash:revision:v1". The hash
// covers the query and everything that is served for it, so two processes, or
// one before and after a restart, agree on the hash when they serve the same;
// they may differ in the revision. See [SameContent].
func (p *Payload) ETag() string { return p.ETagHeader()[0] }

// ETagHeader is the ETag as the value of a header. It must not be changed.
func (p *Payload) ETagHeader() []string {
	p.described.Do(p.describe)
	return p.etag
}

// SameContent reports whether two ETags name the same content: whether they
// are equal but for the revision.
func SameContent(a, b string) bool {
	if a == b { // nearly always, in one process
		return true
	}
	hashA, restA, foundA := strings.Cut(a, ":")
	hashB, restB, foundB := strings.Cut(b, ":")
	const version = `:v1"`
	return foundA && foundB && hashA == hashB && strings.HasSuffix(restA, version) && strings.HasSuffix(restB, version)
}

const (
	queryHashHex   = 8
	contentHashHex = 16
)

func (p *Payload) describe() {
	scope := &p.view.scope
	query := wireQuery{Environment: string(p.view.name), Inline: p.inline}
	if !scope.Token.AllProjects {
		projects := append([]string{}, scope.Token.Projects...)
		query.Project = &projects
	}
	if f := scope.Filter; f != nil {
		query.NamePrefix = f.NamePrefix
		for _, t := range f.Tags {
			query.Tag = append(query.Tag, [2]string{t.Type, t.Value})
		}
		if scope.Token.AllProjects && len(f.Projects) > 0 {
			query.Project = &f.Projects
		}
	}
	p.query = encode(query)
	sum := sha256.Sum256(p.query)
	p.queryHash = hex.EncodeToString(sum[:])[:queryHashHex]
	content := sha256.New()
	for _, e := range p.view.entries {
		content.Write(e.digest[:])
	}
	hash := p.queryHash + hex.EncodeToString(content.Sum(nil))[:contentHashHex]
	p.etag = []string{fmt.Sprintf(`"%s:%d:v1"`, hash, p.view.revision)}
}

// Body returns the JSON.
func (p *Payload) Body() Content {
	p.written.Do(func() {
		var b bytes.Buffer
		b.Grow(p.view.size + p.view.size/8 + 512)
		p.write(&b)
		p.body = newContent(b.Bytes())
	})
	return p.body
}

// Gzip returns the JSON compressed. Nothing is kept uncompressed for it.
func (p *Payload) Gzip() Content {
	p.compressed.Do(func() {
		var b bytes.Buffer
		zip := gzip.NewWriter(&b)
		p.write(zip)
		_ = zip.Close() // a bytes.Buffer takes everything
		p.zipped = newContent(bytes.Clone(b.Bytes()))
	})
	return p.zipped
}

// sink is a writer that does not fail: a buffer, or a compressor on one.
type sink interface{ Write([]byte) (int, error) }

func (p *Payload) write(to sink) {
	p.described.Do(p.describe)
	put := func(b []byte) { _, _ = to.Write(b) }
	put([]byte(`{"version":2,"features":[`))
	for i, e := range p.view.entries {
		if i > 0 {
			put([]byte(`,`))
		}
		if p.inline {
			put(e.inlined)
		} else {
			put(e.referenced)
		}
	}
	put([]byte(`],"query":`))
	put(p.query)
	if !p.inline {
		put([]byte(`,"segments":[`))
		for i, s := range p.view.segments() {
			if i > 0 {
				put([]byte(`,`))
			}
			put(s.encoded)
		}
		put([]byte(`]`))
	}
	put([]byte(`,"meta":`))
	put(encode(wireMeta{Revision: p.view.revision, ETag: p.etag[0], QueryHash: p.queryHash}))
	put([]byte(`}`))
}

// segments returns the segments that visible flags use, by name.
func (v *View) segments() []*segment {
	seen := make(map[feature.SegmentID]bool)
	var all []*segment
	for _, e := range v.entries {
		for _, s := range e.segments {
			if !seen[s.source.ID] {
				seen[s.source.ID] = true
				all = append(all, s)
			}
		}
	}
	slices.SortFunc(all, func(a, b *segment) int { return strings.Compare(a.source.Name, b.source.Name) })
	return all
}
