package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/web"
)

type Inner struct {
	Value string  `json:"value" required:"true" minLength:"1"`
	Note  *string `json:"note,omitempty"`
}

type Outer struct {
	_      struct{}       `closed:"true"`
	Name   string         `json:"name" required:"true" pattern:"^[a-z]+$" doc:"What it is called"`
	Count  *int           `json:"count" minimum:"1" maximum:"9"`
	Kind   string         `json:"kind,omitempty" enum:"a,b"`
	Text   web.Text       `json:"text,omitempty"`
	Inner  *Inner         `json:"inner,omitempty"`
	List   []Inner        `json:"list,omitempty" maxItems:"2"`
	Map    map[string]int `json:"map,omitempty"`
	When   time.Time      `json:"when,omitzero"`
	Hidden string         `json:"-"`
}

func TestBodyNamesFieldAndRule(t *testing.T) {
	t.Parallel()
	body := &web.Body[Outer]{}
	for _, c := range []struct{ name, body, path, message string }{
		{"fine", `{"name":"a","count":null,"text":5,"inner":null,"list":[{"value":"x"}],"map":{"a":1}}`, "", ""},
		{"missing", `{}`, "/body/name", "name"},
		{"pattern", `{"name":"A"}`, "/body/name", "regular expression"},
		{"null", `{"name":null}`, "/body/name", "nullable"},
		{"number", `{"name":"a","count":10}`, "/body/count", "at most 9"},
		{"enum", `{"name":"a","kind":"c"}`, "/body/kind", "one of the allowed"},
		{"text", `{"name":"a","text":[]}`, "/body/text", "text"},
		{"nested", `{"name":"a","list":[{"value":""}]}`, "/body/list/0/value", "minimum string length"},
		{"items", `{"name":"a","list":[{"value":"x"},{"value":"x"},{"value":"x"}]}`, "/body/list", "maximum number of items"},
		{"zero character", `{"name":"a","list":[{"value":"x","note":"a\u0000b"}]}`, "/body/list/0/note", "U+0000"},
		{"zero character in a key", `{"name":"a","map":{"\u0000":1}}`, "/body/map", "U+0000"},
		{"closed", `{"name":"a","other":1}`, "/body", `"other" is unsupported`},
	} {
		request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
		request.Header.Set("Content-Type", "application/json")
		_, err := body.Read(httptest.NewRecorder(), request)
		if c.path == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		known := fault.As(err)
		if known == nil || known.Kind != fault.Invalid || len(known.Details) != 1 {
			t.Errorf("%s: %v, want one detail", c.name, err)
			continue
		}
		if got := known.Details[0]; got.Path != c.path || !strings.Contains(got.Message, c.message) {
			t.Errorf("%s: %+v, want %s and %q", c.name, got, c.path, c.message)
		}
	}
}

func TestSchemasOfAnswersAndBodies(t *testing.T) {
	t.Parallel()
	schemas := &web.Schemas{Components: openapi3.Schemas{}}
	body, err := schemas.Body(reflect.TypeFor[Outer]())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := schemas.Answer(reflect.TypeFor[Outer]())
	if err != nil {
		t.Fatal(err)
	}
	if body.Ref != "#/components/schemas/OuterInput" || answer.Ref != "#/components/schemas/Outer" {
		t.Errorf("references %q and %q", body.Ref, answer.Ref)
	}
	if diff := cmp.Diff([]string{"name"}, body.Value.Required); diff != "" {
		t.Errorf("required in a body:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"name", "count"}, answer.Value.Required); diff != "" {
		t.Errorf("required in an answer:\n%s", diff)
	}
	if !answer.Value.Properties["inner"].Value.Nullable || answer.Value.Properties["list"].Value.Items.Ref != "#/components/schemas/Inner" {
		text, _ := json.Marshal(answer.Value)
		t.Errorf("a pointer must be nullable and items referred to: %s", text)
	}
}
