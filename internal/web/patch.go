package web

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/fault"
)

// Patch is a JSON Patch document (RFC 6902) without copy and move: no client
// known to us sends them, and copies can be made to grow without bound.
type Patch []PatchOperation

// PatchOperation is one step of a [Patch].
type PatchOperation struct {
	Op    string `json:"op" required:"true" enum:"add,remove,replace,test"`
	Path  string `json:"path" required:"true" doc:"Where to act, a JSON Pointer (RFC 6901) such as /description"`
	Value any    `json:"value,omitempty" nullable:"true" doc:"The value of add, replace and test"`
}

// maxPatch bounds the operations of a patch.
const maxPatch = 1000

// ApplyPatch returns a document with a patch applied, read as a T under the
// same rules as a body of that type. The document encodes to JSON and is not
// changed. A step that cannot be taken fails with Invalid, a test that does
// not hold with Conflict; both name the step.
func ApplyPatch[T any](body *Body[T], patch Patch, document any) (T, error) {
	var none T
	if len(patch) > maxPatch {
		return none, fault.Field("/body", "a patch must not have more than %d operations", maxPatch)
	}
	text, err := json.Marshal(document)
	if err != nil {
		return none, fmt.Errorf("encoding the document to patch: %w", err)
	}
	var node any
	if err := json.Unmarshal(text, &node); err != nil {
		return none, fmt.Errorf("reading the document to patch: %w", err)
	}
	for i, operation := range patch {
		if node, err = operation.apply(node, "/body/"+strconv.Itoa(i)); err != nil {
			return none, err
		}
	}
	if text, err = json.Marshal(node); err != nil {
		return none, fmt.Errorf("encoding the patched document: %w", err)
	}
	return body.Parse(text)
}

func (o PatchOperation) apply(node any, at string) (any, error) {
	path, err := pointer(at+"/path", o.Path)
	if err != nil {
		return nil, err
	}
	var ok bool
	switch o.Op {
	case "add":
		node, ok = edit(node, path, put{value: o.Value})
	case "replace":
		node, ok = edit(node, path, put{value: o.Value, only: true})
	case "remove":
		node, ok = edit(node, path, take{})
	case "test":
		var value any
		if value, ok = find(node, path); ok && !reflect.DeepEqual(value, o.Value) {
			return nil, fault.New(fault.Conflict, "the test of %q does not hold: there is another value", o.Path)
		}
	default:
		return nil, fault.Field(at+"/op", "op must be add, remove, replace or test")
	}
	if !ok {
		return nil, fault.Field(at+"/path", "%s cannot act at %q: there is no such place", o.Op, o.Path)
	}
	return node, nil
}

// pointer splits a JSON Pointer. The empty pointer is the whole document.
func pointer(at, text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	if text[0] != '/' {
		return nil, fault.Field(at, "%q must be empty or start with a slash", text)
	}
	parts := strings.Split(text[1:], "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
	}
	return parts, nil
}

func find(node any, path []string) (any, bool) {
	for _, part := range path {
		switch parent := node.(type) {
		case map[string]any:
			child, ok := parent[part]
			if !ok {
				return nil, false
			}
			node = child
		case []any:
			index, ok := indexIn(part, len(parent)-1)
			if !ok {
				return nil, false
			}
			node = parent[index]
		default:
			return nil, false
		}
	}
	return node, true
}

// indexIn reads an index of a list, at most the highest one given.
func indexIn(part string, highest int) (int, bool) {
	index, err := strconv.Atoi(part)
	canonical := err == nil && strconv.Itoa(index) == part
	return index, canonical && index >= 0 && index <= highest
}

// change is what an operation does where its path ends. Each reports whether
// there is such a place.
type change interface {
	whole() (any, bool)
	member(parent map[string]any, name string) bool
	element(parent []any, part string) ([]any, bool)
}

// edit makes a change where the path leads and returns the document.
func edit(node any, path []string, c change) (any, bool) {
	if len(path) == 0 {
		return c.whole()
	}
	part, rest := path[0], path[1:]
	switch parent := node.(type) {
	case map[string]any:
		if len(rest) == 0 {
			return parent, c.member(parent, part)
		}
		child, ok := parent[part]
		if !ok {
			return nil, false
		}
		parent[part], ok = edit(child, rest, c)
		return parent, ok
	case []any:
		if len(rest) == 0 {
			return c.element(parent, part)
		}
		index, ok := indexIn(part, len(parent)-1)
		if !ok {
			return nil, false
		}
		parent[index], ok = edit(parent[index], rest, c)
		return parent, ok
	default:
		return nil, false
	}
}

// put sets a value; only where one is already, when it says so.
type put struct {
	value any
	only  bool
}

func (p put) whole() (any, bool) { return p.value, true }

func (p put) member(parent map[string]any, name string) bool {
	if _, ok := parent[name]; p.only && !ok {
		return false
	}
	parent[name] = p.value
	return true
}

func (p put) element(parent []any, part string) ([]any, bool) {
	if p.only {
		index, ok := indexIn(part, len(parent)-1)
		if ok {
			parent[index] = p.value
		}
		return parent, ok
	}
	if part == "-" {
		return append(parent, p.value), true
	}
	index, ok := indexIn(part, len(parent))
	if !ok {
		return nil, false
	}
	return slices.Insert(parent, index, p.value), true
}

// take removes a value.
type take struct{}

func (take) whole() (any, bool) { return nil, false }

func (take) member(parent map[string]any, name string) bool {
	_, ok := parent[name]
	delete(parent, name)
	return ok
}

func (take) element(parent []any, part string) ([]any, bool) {
	index, ok := indexIn(part, len(parent)-1)
	if !ok {
		return nil, false
	}
	return slices.Delete(parent, index, index+1), true
}
