package testkit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/burgeehq/burgee/internal/adminapi"
)

// contract is the Admin API's own OpenAPI document and what says which of its
// paths a request means.
type contract struct {
	document *openapi3.T
	match    func(method, path string) string
}

// adminContract is built once: it is the same for every server.
var adminContract = sync.OnceValues(func() (contract, error) {
	document, err := adminapi.Document()
	if err != nil {
		return contract{}, err
	}
	return contract{document: document, match: adminapi.Matcher()}, nil
})

// checkContract fails the test when an answer of the Admin API is not what its
// OpenAPI document promises.
func (s *Server) checkContract(method, path string, answer Answer) {
	s.t.Helper()
	c, err := adminContract()
	if err != nil {
		s.t.Fatalf("building the OpenAPI document: %v", err)
	}
	path, _, _ = strings.Cut(path, "?")
	if err := c.check(method, path, answer); err != nil {
		s.t.Errorf("%s %s: the answer breaks the contract in api/openapi.json: %v\n%.2000s", method, path, err, answer.Body)
	}
}

func (c contract) check(method, path string, answer Answer) error {
	item := c.document.Paths.Value(c.match(method, path))
	if item == nil || item.GetOperation(method) == nil {
		return nil // not a route of the Admin API
	}
	responses := item.GetOperation(method).Responses
	promised := responses.Status(answer.Status)
	if promised == nil {
		if answer.Status < http.StatusBadRequest {
			return fmt.Errorf("status %d is not promised", answer.Status)
		}
		promised = responses.Default()
	}
	if kind, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";"); kind != "" && kind != "application/json" && promised.Value.Content[kind] != nil {
		return nil // promised, and no JSON to look into
	}
	media := promised.Value.Content.Get("application/json")
	if media == nil {
		if answer.Body != "" {
			return fmt.Errorf("status %d promises no body", answer.Status)
		}
		return nil
	}
	var value any
	if err := json.Unmarshal([]byte(answer.Body), &value); err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	return media.Schema.Value.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.MultiErrors())
}
