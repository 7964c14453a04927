package adminapi_test

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"testing"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/testkit"
)

var update = flag.Bool("update", false, "write api/openapi.json")

const documentFile = "../../api/openapi.json"

func TestOpenAPIDocument(t *testing.T) {
	t.Parallel()
	document, err := adminapi.Document()
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(t.Context()); err != nil {
		t.Errorf("the document breaks the rules of OpenAPI: %v", err)
	}
	want, err := adminapi.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(documentFile, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if testing.Short() {
		return // between two landings the file may lag; the full run insists
	}
	got, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("api/openapi.json is stale: run make gen and commit it")
	}
}

func TestDocumentIsServedToEverybody(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	document, err := adminapi.Document()
	if err != nil {
		t.Fatal(err)
	}
	want, err := adminapi.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	got := s.Do(http.MethodGet, adminapi.DocumentPath, "", "Authorization", "")
	if got.Status != http.StatusOK || got.Body != string(want) {
		t.Errorf("status %d, %d bytes; want 200 and a document of %d bytes", got.Status, len(got.Body), len(want))
	}
}

// The guard: no route without a permission, a name and a summary, no two of
// one name or address, none left out of the router.
func TestEveryRouteIsDeclared(t *testing.T) {
	t.Parallel()
	handler := &adminapi.Handler{}
	match := adminapi.Matcher()
	ids, addresses := map[string]bool{}, map[string]bool{}
	for _, route := range handler.Routes() {
		address := route.Method + " " + route.Path
		if !route.Needs.Declared() {
			t.Errorf("%s declares no permission", address)
		}
		for _, p := range route.Needs.AnyOf {
			if _, known := access.Lookup(p); !known {
				t.Errorf("%s needs the unknown permission %s", address, p)
			}
		}
		if route.Summary == "" || route.Tag == "" || route.ID == "" {
			t.Errorf("%s lacks a summary, a tag or an operation id", address)
		}
		if ids[route.ID] || addresses[address] {
			t.Errorf("%s (%s) is there twice", address, route.ID)
		}
		ids[route.ID], addresses[address] = true, true
		if got := match(route.Method, adminapi.Prefix+route.Path); got != adminapi.Prefix+route.Path {
			t.Errorf("%s leads to %q", address, got)
		}
	}
}
