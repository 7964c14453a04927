package clientapi

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/web"
)

// specHeader says which version of the client specification an SDK follows.
const specHeader = "Unleash-Client-Spec"

const (
	// maxQuery bounds a query, in bytes: the answers to some are kept.
	maxQuery = 8 << 10
	// maxFilterValues bounds the tags, and the projects, of one request.
	maxFilterValues = 100
)

// features answers with all flags that the token may see.
func (h *Handler) features(w http.ResponseWriter, r *http.Request) error {
	grant, err := h.grant(r)
	if err != nil {
		return err
	}
	inline, err := inlinesSegments(r)
	if err != nil {
		return err
	}
	filter, err := h.filter(r)
	if err != nil {
		return err
	}
	payload := h.view(grant, filter).Payload(inline)
	etag := payload.ETagHeader()
	header := w.Header()
	setCaching(r, header)
	header["Etag"] = etag
	if web.NoneMatch(r, func(tag string) bool { return snapshot.SameContent(tag, etag[0]) }) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if web.AcceptsGzip(r) {
		header["Content-Encoding"] = web.GzipCoding
		web.WriteContent(w, payload.Gzip().Bytes, payload.Gzip().Length)
		return nil
	}
	web.WriteContent(w, payload.Body().Bytes, payload.Body().Length)
	return nil
}

// feature answers with one flag.
func (h *Handler) feature(w http.ResponseWriter, r *http.Request) error {
	grant, err := h.grant(r)
	if err != nil {
		return err
	}
	inline, err := inlinesSegments(r)
	if err != nil {
		return err
	}
	name := web.PathParam(r, "name")
	body, visible := h.view(grant, nil).Feature(feature.Name(name), inline)
	if !visible {
		return noSuchFlag(name)
	}
	setCaching(r, w.Header())
	web.WriteContent(w, body, []string{strconv.Itoa(len(body))})
	return nil
}

// What a header keeps of every answer: setting it allocates nothing.
var (
	varyByEncoding = []string{"Accept-Encoding"}
	askAgain       = []string{"no-cache"}
)

// setCaching lets a client keep what it got as long as it asks whether that is
// still current.
func setCaching(r *http.Request, header http.Header) {
	web.NoPage(r)
	header["Vary"] = varyByEncoding
	header["Cache-Control"] = askAgain
}

// inlinesSegments reports whether the client does not know segments: it names
// no version of the specification, or one before 4.2.0.
func inlinesSegments(r *http.Request) (bool, error) {
	text := r.Header.Get(specHeader)
	if text == "" {
		return true, nil
	}
	version, ok := feature.ParseVersion(text)
	if !ok {
		return false, fault.Field("/headers/"+strings.ToLower(specHeader),
			"%s must be a semantic version of three numbers, as in 5.2.0", specHeader)
	}
	return version.Compare(feature.Version{Major: 4, Minor: 2}) < 0, nil
}

// filter returns what the query narrows; nil when it does not.
func (h *Handler) filter(r *http.Request) (*snapshot.Filter, error) {
	f, err := readFilter(r)
	if err == nil && h.Tagless && f != nil && len(f.Tags) > 0 {
		return nil, fault.Field("/query/tag", "tag cannot be used here: an edge does not know the tags of flags; ask the server above")
	}
	return f, err
}

// readFilter returns what the query narrows; nil when it does not. Parameters
// that are not known are ignored, and so is environment: the token has one.
func readFilter(r *http.Request) (*snapshot.Filter, error) {
	if r.URL.RawQuery == "" {
		return nil, nil //nolint:nilnil // no filter is an answer
	}
	if len(r.URL.RawQuery) > maxQuery {
		return nil, fault.Field("/query", "the query must not be longer than %d bytes", maxQuery)
	}
	query := r.URL.Query()
	var f snapshot.Filter
	for _, text := range query["tag"] {
		class, value, found := strings.Cut(text, ":")
		if !found || class == "" || value == "" {
			return nil, fault.Field("/query/tag", "tag must be a type and a value with a colon between them, as in simple:beta")
		}
		f.Tags = append(f.Tags, feature.Tag{Type: class, Value: value})
	}
	if prefixes, given := query["namePrefix"]; given {
		if f.NamePrefix = prefixes[0]; f.NamePrefix == "" {
			return nil, fault.Field("/query/namePrefix", "namePrefix must not be empty")
		}
	}
	f.Projects = slices.DeleteFunc(query["project"], func(id string) bool { return id == "" })
	if len(f.Tags) > maxFilterValues || len(f.Projects) > maxFilterValues {
		return nil, fault.Field("/query", "tag and project must not be given more than %d times", maxFilterValues)
	}
	if len(f.Tags) == 0 && len(f.Projects) == 0 && f.NamePrefix == "" {
		return nil, nil //nolint:nilnil // no filter is an answer
	}
	return &f, nil
}
