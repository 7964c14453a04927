package adminapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/web"
)

//go:generate go test . -run TestOpenAPIDocument -count=1 -update

// DocumentPath is where a server shows its OpenAPI document, to everybody.
const DocumentPath = "/docs/openapi.json"

// compatible is the version of Unleash whose Admin API this one follows.
const compatible = "8.2.0"

// Param is one query parameter of an operation, or says more of a parameter in
// its path.
type Param struct {
	Name string
	Doc  string
	Type reflect.Type // nil means text
	Many bool         // may be given several times
}

// with declares parameters of a route.
func (r Route) with(params ...Param) Route {
	r.Query = append(r.Query, params...)
	return r
}

// number makes a parameter a whole number.
func number(name, doc string) Param {
	return Param{Name: name, Doc: doc, Type: reflect.TypeFor[int64]()}
}

// text makes a parameter a text.
func text(name, doc string) Param { return Param{Name: name, Doc: doc} }

// yesNo makes a parameter true or false.
func yesNo(name, doc string) Param { return Param{Name: name, Doc: doc, Type: reflect.TypeFor[bool]()} }

// Document builds the OpenAPI document of every route.
func Document() (*openapi3.T, error) {
	schemas := &web.Schemas{Components: openapi3.Schemas{}}
	failure, err := schemas.Answer(reflect.TypeFor[web.ErrorBody]())
	if err != nil {
		return nil, fmt.Errorf("describing errors: %w", err)
	}
	failure.Value.Required = []string{"message"}
	d := &openapi3.T{
		OpenAPI: "3.0.3",
		Info: &openapi3.Info{
			Title:       "Burgee Admin API",
			Description: "Everything that people and automation do, as the Admin API of Unleash " + compatible + " does it.",
			Version:     compatible,
			License:     &openapi3.License{Name: "Apache-2.0", URL: "https://www.apache.org/licenses/LICENSE-2.0"},
		},
		Paths: openapi3.NewPaths(),
		Components: &openapi3.Components{
			Schemas: schemas.Components,
			SecuritySchemes: openapi3.SecuritySchemes{
				"token": {Value: openapi3.NewSecurityScheme().WithType("apiKey").WithIn("header").WithName("Authorization").
					WithDescription("A personal access token or an admin token, as it is or after \"Bearer \".")},
			},
			Responses: openapi3.ResponseBodies{
				"Error": {Value: openapi3.NewResponse().WithDescription("The request was not carried out; nothing has changed.").
					WithContent(openapi3.NewContentWithJSONSchemaRef(failure))},
			},
		},
		Security: openapi3.SecurityRequirements{{"token": []string{}}},
	}
	for _, route := range new(Handler).Routes() {
		operation, err := route.operation(schemas, d.Components.Responses["Error"].Value)
		if err != nil {
			return nil, fmt.Errorf("describing %s: %w", route.ID, err)
		}
		d.AddOperation(Prefix+route.Path, route.Method, operation)
	}
	return d, nil
}

func (r Route) operation(schemas *web.Schemas, failure *openapi3.Response) (*openapi3.Operation, error) {
	operation := &openapi3.Operation{
		OperationID: r.ID, Summary: r.Summary, Description: r.Needs.describe(), Tags: []string{r.Tag},
		Parameters: r.parameters(), Responses: openapi3.NewResponsesWithCapacity(2),
	}
	if r.Body != nil {
		schema, err := schemas.Body(r.Body)
		if err != nil {
			return nil, err
		}
		operation.RequestBody = &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithRequired(true).WithJSONSchemaRef(schema)}
	}
	success := openapi3.NewResponse().WithDescription("Done.")
	if r.Answer != nil {
		schema, err := schemas.Answer(r.Answer)
		if err != nil {
			return nil, err
		}
		success.WithDescription("The answer.").WithJSONSchemaRef(schema)
	}
	if r.stream != nil {
		success.WithDescription("The answer.").
			WithContent(openapi3.NewContentWithSchema(openapi3.NewStringSchema(), []string{r.media}))
	}
	if len(r.covers) > 0 {
		success.Headers = openapi3.Headers{"ETag": {Value: &openapi3.Header{Parameter: openapi3.Parameter{
			Description: "The version of the answer, for If-Match", Schema: openapi3.NewStringSchema().NewRef(),
		}}}}
	}
	operation.Responses.Set(strconv.Itoa(r.Status), &openapi3.ResponseRef{Value: success})
	refused := &openapi3.ResponseRef{Ref: "#/components/responses/Error", Value: failure}
	for _, status := range r.failures() {
		operation.Responses.Set(strconv.Itoa(status), refused)
	}
	operation.Responses.Set("default", refused)
	return operation, nil
}

// failures are the statuses of an error that the shape of a route allows.
func (r Route) failures() []int {
	all := []int{http.StatusUnauthorized}
	if r.Needs.how != anybody {
		all = append(all, http.StatusForbidden)
	}
	if strings.Contains(r.Path, "{") {
		all = append(all, http.StatusNotFound)
	}
	if r.guard != nil && r.Body == nil {
		all = append(all, http.StatusConflict)
	}
	if r.Body != nil {
		all = append(all, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return all
}

// describe says who may call, for the document.
func (n Need) describe() string {
	if n.how == anybody {
		return "Everybody who is signed in may call it."
	}
	names := make([]string, len(n.AnyOf))
	for i, p := range n.AnyOf {
		names[i] = string(p)
	}
	return "Needs " + strings.Join(names, " or ") + "."
}

func (r Route) parameters() openapi3.Parameters {
	var all openapi3.Parameters
	declared := make(map[string]Param, len(r.Query))
	for _, p := range r.Query {
		declared[p.Name] = p
	}
	for _, name := range pathParameters(r.Path) {
		p := declared[name]
		delete(declared, name)
		parameter := openapi3.NewPathParameter(name).WithSchema(p.schema()).WithDescription(p.Doc)
		all = append(all, &openapi3.ParameterRef{Value: parameter})
	}
	for _, p := range r.Query {
		if _, ok := declared[p.Name]; !ok {
			continue
		}
		parameter := openapi3.NewQueryParameter(p.Name).WithSchema(p.schema()).WithDescription(p.Doc)
		all = append(all, &openapi3.ParameterRef{Value: parameter})
	}
	if r.guard != nil {
		parameter := openapi3.NewHeaderParameter("If-Match").WithSchema(openapi3.NewStringSchema()).
			WithDescription("Versions, as " + r.guard.ID + " tells them in ETag: with another one, nothing changes and the answer is a 409 that says so")
		all = append(all, &openapi3.ParameterRef{Value: parameter})
	}
	return all
}

func (p Param) schema() *openapi3.Schema {
	schema := openapi3.NewStringSchema()
	switch {
	case p.Type == nil:
	case p.Type.Kind() == reflect.Bool:
		schema = openapi3.NewBoolSchema()
	default:
		schema = openapi3.NewIntegerSchema()
	}
	if p.Many {
		return openapi3.NewArraySchema().WithItems(schema)
	}
	return schema
}

func pathParameters(path string) []string {
	var names []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// Matcher returns a function that says which path of the document a request
// to an address means; empty when it means none.
func Matcher() func(method, path string) string {
	router := chi.NewRouter()
	new(Handler).Mount(router)
	return func(method, path string) string { return router.Find(chi.NewRouteContext(), method, path) }
}

// Marshal is the document as it is served and committed.
func Marshal(d *openapi3.T) ([]byte, error) {
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the OpenAPI document: %w", err)
	}
	return append(raw, '\n'), nil
}

// serveDocument answers with the OpenAPI document, which is built once.
func serveDocument() web.Handler {
	built := sync.OnceValues(func() ([]byte, error) {
		d, err := Document()
		if err != nil {
			return nil, err
		}
		return Marshal(d)
	})
	return func(w http.ResponseWriter, _ *http.Request) error {
		raw, err := built()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
		_, _ = w.Write(raw) // the client may be gone
		return nil
	}
}
