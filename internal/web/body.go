package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/burgeehq/burgee/internal/fault"
)

// DefaultBodyLimit bounds a request body, in bytes, where a route states no
// other limit.
const DefaultBodyLimit = 1 << 20

// Body reads and checks the JSON body of one Go type. Its schema is derived
// from the type once.
type Body[T any] struct {
	// Limit bounds the body in bytes; zero means [DefaultBodyLimit].
	Limit int64

	once   sync.Once
	schema *openapi3.Schema
	err    error
}

// Read returns the request's body as a T. It fails with Unsupported when the
// content type is not JSON, TooLarge beyond the limit, and Invalid with one
// detail for each broken rule of the schema.
func (b *Body[T]) Read(w http.ResponseWriter, r *http.Request) (T, error) {
	raw, err := ReadJSON(w, r, b.Limit)
	if err != nil {
		var none T
		return none, err
	}
	return b.Parse(raw)
}

// Parse returns JSON as a T, under the same rules as Read.
func (b *Body[T]) Parse(raw []byte) (T, error) {
	var value T
	b.once.Do(func() {
		var ref *openapi3.SchemaRef
		if ref, b.err = new(Schemas).Body(reflect.TypeFor[T]()); b.err == nil {
			b.schema = ref.Value
		}
	})
	if b.err != nil {
		return value, b.err
	}
	err := decode(raw, b.schema, &value)
	return value, err
}

// ReadJSON returns the raw JSON body after checking content type, size and
// syntax.
func ReadJSON(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if limit == 0 {
		limit = DefaultBodyLimit
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || (media != "application/json" && !strings.HasSuffix(media, "+json")) {
		return nil, fault.New(fault.Unsupported, "the Content-Type header must be application/json")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.New(fault.TooLarge, "the body is larger than %d bytes", limit)
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, err, "the body could not be read to its end")
	case !json.Valid(raw):
		return nil, fault.Field("/body", "the body is not valid JSON: %s", syntaxProblem(raw))
	}
	return raw, nil
}

func syntaxProblem(raw []byte) string {
	var ignored any
	err := json.Unmarshal(raw, &ignored)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("%s at byte %d", syntax.Error(), syntax.Offset)
	}
	return "it does not parse"
}

func decode(raw []byte, schema *openapi3.Schema, into any) error {
	var generic any
	if err := json.Unmarshal(raw, &generic); err != nil {
		return fault.Field("/body", "the body is not valid JSON")
	}
	if path, found := zeroCharacter(generic, "/body"); found {
		return fault.Field(path, "text must not hold the character U+0000")
	}
	if err := schema.VisitJSON(generic, openapi3.MultiErrors()); err != nil {
		return &fault.Error{Kind: fault.Invalid, Message: "the body breaks the rules of this endpoint", Details: details(err)}
	}
	err := json.Unmarshal(raw, into)
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mismatch):
		path := "/body/" + strings.ReplaceAll(mismatch.Field, ".", "/")
		return fault.Field(path, "%s must be %s, not %s", mismatch.Field, mismatch.Type, mismatch.Value)
	case fault.As(err) != nil:
		return err
	default:
		return fault.Field("/body", "the body cannot be read: %s", err.Error())
	}
}

// zeroCharacter finds a text with U+0000, which PostgreSQL cannot store.
func zeroCharacter(value any, path string) (string, bool) {
	switch v := value.(type) {
	case string:
		return path, strings.ContainsRune(v, 0)
	case []any:
		for i, item := range v {
			if at, found := zeroCharacter(item, path+"/"+strconv.Itoa(i)); found {
				return at, true
			}
		}
	case map[string]any:
		for key, item := range v {
			if strings.ContainsRune(key, 0) {
				return path, true
			}
			if at, found := zeroCharacter(item, path+"/"+key); found {
				return at, true
			}
		}
	}
	return "", false
}

// details flattens the schema's errors into one detail a rule.
func details(err error) []fault.Detail {
	var many openapi3.MultiError
	if errors.As(err, &many) {
		var all []fault.Detail
		for _, one := range many {
			all = append(all, details(one)...)
		}
		return all
	}
	var broken *openapi3.SchemaError
	if !errors.As(err, &broken) {
		return []fault.Detail{{Path: "/body", Message: err.Error()}}
	}
	pointer := broken.JSONPointer()
	path := "/body"
	if len(pointer) > 0 {
		path += "/" + strings.Join(pointer, "/")
	}
	field := "the body"
	if len(pointer) > 0 {
		field = strings.Join(pointer, ".")
	}
	return []fault.Detail{{Path: path, Message: field + ": " + reason(broken)}}
}

// reason says which rule is broken; for dates in words, where the schema has a
// pattern.
func reason(broken *openapi3.SchemaError) string {
	if broken.SchemaField == "format" && broken.Schema != nil && broken.Schema.Format == "date-time" {
		return "must be a date and time as in 2026-01-31T12:00:00Z"
	}
	return broken.Reason
}
