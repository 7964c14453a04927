package web_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/web"
)

type patched struct {
	Text  string            `json:"text"`
	None  *string           `json:"none" nullable:"true"`
	Items []int             `json:"items"`
	Deep  map[string]string `json:"deep,omitempty"`
}

func TestApplyPatch(t *testing.T) {
	t.Parallel()
	body := &web.Body[patched]{}
	for _, test := range []struct {
		name, patch string
		want        string // the document, or
		fails       string // what the error says
		kind        fault.Kind
	}{
		{name: "nothing", patch: `[]`, want: `{"text":"a","none":null,"items":[1,2,3],"deep":{"a/b":"x"}}`},
		{name: "replace", patch: `[{"op":"replace","path":"/text","value":"b"}]`, want: `{"text":"b","none":null,"items":[1,2,3],"deep":{"a/b":"x"}}`},
		{name: "escaped", patch: `[{"op":"replace","path":"/deep/a~1b","value":"y"}]`, want: `{"text":"a","none":null,"items":[1,2,3],"deep":{"a/b":"y"}}`},
		{name: "insert", patch: `[{"op":"add","path":"/items/1","value":9}]`, want: `{"text":"a","none":null,"items":[1,9,2,3],"deep":{"a/b":"x"}}`},
		{name: "append", patch: `[{"op":"add","path":"/items/-","value":9},{"op":"add","path":"/items/4","value":8}]`, want: `{"text":"a","none":null,"items":[1,2,3,9,8],"deep":{"a/b":"x"}}`},
		{name: "set null", patch: `[{"op":"add","path":"/none","value":"s"},{"op":"replace","path":"/none","value":null}]`, want: `{"text":"a","none":null,"items":[1,2,3],"deep":{"a/b":"x"}}`},
		{name: "remove", patch: `[{"op":"remove","path":"/items/0"},{"op":"remove","path":"/deep"}]`, want: `{"text":"a","none":null,"items":[2,3]}`},
		{name: "test, then act", patch: `[{"op":"test","path":"/items","value":[1,2,3]},{"op":"replace","path":"/items/2","value":4}]`, want: `{"text":"a","none":null,"items":[1,2,4],"deep":{"a/b":"x"}}`},
		{name: "the whole", patch: `[{"op":"replace","path":"","value":{"text":"w","none":null,"items":[]}}]`, want: `{"text":"w","none":null,"items":[]}`},

		{name: "test fails", patch: `[{"op":"test","path":"/text","value":"b"}]`, fails: "/text", kind: fault.Conflict},
		{name: "replace nothing", patch: `[{"op":"replace","path":"/gone","value":1}]`, fails: "/gone", kind: fault.Invalid},
		{name: "remove nothing", patch: `[{"op":"remove","path":"/deep/c"}]`, fails: "/deep/c", kind: fault.Invalid},
		{name: "remove the whole", patch: `[{"op":"remove","path":""}]`, fails: "cannot act", kind: fault.Invalid},
		{name: "beyond the end", patch: `[{"op":"add","path":"/items/4","value":1}]`, fails: "/items/4", kind: fault.Invalid},
		{name: "before the start", patch: `[{"op":"add","path":"/items/-1","value":1}]`, fails: "/items/-1", kind: fault.Invalid},
		{name: "leading zero", patch: `[{"op":"replace","path":"/items/01","value":1}]`, fails: "/items/01", kind: fault.Invalid},
		{name: "inside a scalar", patch: `[{"op":"add","path":"/text/x","value":1}]`, fails: "/text/x", kind: fault.Invalid},
		{name: "no slash", patch: `[{"op":"add","path":"text","value":1}]`, fails: "slash", kind: fault.Invalid},
		{name: "unknown operation", patch: `[{"op":"copy","path":"/text"}]`, fails: "op must be", kind: fault.Invalid},
		{name: "wrong type", patch: `[{"op":"replace","path":"/text","value":[]}]`, fails: "rules", kind: fault.Invalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var patch web.Patch
			if err := json.Unmarshal([]byte(test.patch), &patch); err != nil {
				t.Fatal(err)
			}
			document := patched{Text: "a", Items: []int{1, 2, 3}, Deep: map[string]string{"a/b": "x"}}
			got, err := web.ApplyPatch(body, patch, document)
			if test.fails != "" {
				if !fault.Is(err, test.kind) || !strings.Contains(err.Error(), test.fails) {
					t.Errorf("error %v, want kind %v with %q", err, test.kind, test.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(text)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(patched{Text: "a", Items: []int{1, 2, 3}, Deep: map[string]string{"a/b": "x"}}, document); diff != "" {
				t.Errorf("the document itself changed: %s", diff)
			}
		})
	}
}
