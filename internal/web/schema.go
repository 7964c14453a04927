package web

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3gen"
)

// Schemer is a type that describes its own JSON, where its Go shape does not.
type Schemer interface{ JSONSchema() *openapi3.Schema }

// SchemaOf derives the schema of a Go type's JSON. A field's tags add rules:
//
//	required:"true"        must be present
//	nullable:"true"        may be null
//	minLength, maxLength   in characters
//	minimum, maximum       for numbers
//	minItems, maxItems     for arrays
//	pattern, format, enum  as in JSON Schema; enum is separated by commas
//	doc:"…"                what it is, for people
//
// A struct with a field `_ struct{}` tagged `closed:"true"` refuses properties it does
// not know. With components, named types are put there and referred to.
func SchemaOf(t reflect.Type, components openapi3.Schemas) (*openapi3.SchemaRef, error) {
	options := []openapi3gen.Option{openapi3gen.SchemaCustomizer(customize), openapi3gen.ThrowErrorOnCycle()}
	if components != nil {
		options = append(options, openapi3gen.CreateComponentSchemas(openapi3gen.ExportComponentSchemasOptions{
			ExportComponentSchemas: true, ExportTopLevelSchema: true,
		}))
	}
	return openapi3gen.NewGenerator(options...).NewSchemaRefForValue(reflect.New(t).Elem().Interface(), components)
}

// customize applies our tags to the schema that the library derived.
func customize(_ string, t reflect.Type, tag reflect.StructTag, schema *openapi3.Schema) error {
	if described, ok := reflect.New(t).Interface().(Schemer); ok {
		*schema = *described.JSONSchema()
	}
	if t.Kind() == reflect.Struct {
		requireFields(t, schema)
	}
	applyText(tag, schema)
	return applyNumbers(tag, schema)
}

func requireFields(t reflect.Type, schema *openapi3.Schema) {
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Name == "_" && field.Tag.Get("closed") == "true" {
			schema.AdditionalProperties = openapi3.AdditionalProperties{Has: openapi3.Ptr(false)}
		}
		if field.Tag.Get("required") == "true" {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			schema.Required = append(schema.Required, name)
		}
	}
}

func applyText(tag reflect.StructTag, schema *openapi3.Schema) {
	if doc := tag.Get("doc"); doc != "" {
		schema.Description = doc
	}
	if pattern := tag.Get("pattern"); pattern != "" {
		schema.Pattern = pattern
	}
	if format := tag.Get("format"); format != "" {
		schema.Format = format
	}
	if enum := tag.Get("enum"); enum != "" {
		schema.Enum = nil
		for _, value := range strings.Split(enum, ",") {
			schema.Enum = append(schema.Enum, value)
		}
	}
	if tag.Get("nullable") == "true" {
		schema.Nullable = true
	}
}

func applyNumbers(tag reflect.StructTag, schema *openapi3.Schema) error {
	var failed error
	number := func(key string, apply func(uint64)) {
		text := tag.Get(key)
		if text == "" {
			return
		}
		value, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			failed = err
			return
		}
		apply(value)
	}
	number("minLength", func(n uint64) { schema.MinLength = n })
	number("maxLength", func(n uint64) { schema.MaxLength = &n })
	number("minItems", func(n uint64) { schema.MinItems = n })
	number("maxItems", func(n uint64) { schema.MaxItems = &n })
	number("minimum", func(n uint64) { schema.Min = openapi3.Ptr(float64(n)) })
	number("maximum", func(n uint64) { schema.Max = openapi3.Ptr(float64(n)) })
	return failed
}

// Text is a string that also reads a JSON number or boolean as its text, as
// the servers that clients grew up with do.
type Text string

// JSONSchema implements [Schemer].
func (Text) JSONSchema() *openapi3.Schema {
	return &openapi3.Schema{Type: &openapi3.Types{openapi3.TypeString, openapi3.TypeNumber, openapi3.TypeBoolean}}
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil // as encoding/json does for a string
	}
	if len(raw) == 0 || raw[0] != '"' {
		*t = Text(raw)
		return nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("reading a string: %w", err)
	}
	*t = Text(text)
	return nil
}
