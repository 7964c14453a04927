package web

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Schemer is a type that describes its own JSON, where its Go shape does not.
type Schemer interface{ JSONSchema() *openapi3.Schema }

// Schemas derives the schemas of Go types' JSON. A field's tags add rules:
//
//	required:"true"        must be present
//	nullable:"true"        may be null; pointers may be so anyway
//	minLength, maxLength   in characters
//	minimum, maximum       for numbers
//	minItems, maxItems     for arrays
//	pattern, format, enum  as in JSON Schema; enum is separated by commas
//	doc:"…"                what it is, for people
//
// A struct with a field `_ struct{}` tagged `closed:"true"` refuses properties it does
// not know.
type Schemas struct {
	// Components receives the schema of each named struct, which is then
	// referred to. Nil puts everything in place.
	Components openapi3.Schemas

	types map[string]reflect.Type // of the components, by name
}

// Body returns the schema of a type that a client sends: only fields tagged so
// are required.
func (s *Schemas) Body(t reflect.Type) (*openapi3.SchemaRef, error) {
	return s.ref(t, false, nil)
}

// Answer returns the schema of a type that the server sends: every field is
// required unless its JSON leaves out empty values.
func (s *Schemas) Answer(t reflect.Type) (*openapi3.SchemaRef, error) {
	return s.ref(t, true, nil)
}

func (s *Schemas) ref(t reflect.Type, answer bool, parents []reflect.Type) (*openapi3.SchemaRef, error) {
	if described, ok := reflect.New(t).Interface().(Schemer); ok {
		return openapi3.NewSchemaRef("", described.JSONSchema()), nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.optional(t.Elem(), answer, parents)
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			return openapi3.NewSchemaRef("", openapi3.NewDateTimeSchema()), nil
		}
		return s.object(t, answer, parents)
	case reflect.Slice:
		if t == reflect.TypeFor[json.RawMessage]() {
			return openapi3.NewSchemaRef("", &openapi3.Schema{Nullable: true}), nil
		}
		items, err := s.ref(t.Elem(), answer, parents)
		array := openapi3.NewArraySchema()
		array.Items = items
		return openapi3.NewSchemaRef("", array), err
	case reflect.Map:
		values, err := s.ref(t.Elem(), answer, parents)
		object := openapi3.NewObjectSchema()
		object.AdditionalProperties = openapi3.AdditionalProperties{Schema: values}
		return openapi3.NewSchemaRef("", object), err
	case reflect.Interface:
		return openapi3.NewSchemaRef("", &openapi3.Schema{Nullable: true}), nil
	default:
		schema, err := scalar(t)
		return openapi3.NewSchemaRef("", schema), err
	}
}

func scalar(t reflect.Type) (*openapi3.Schema, error) {
	switch t.Kind() {
	case reflect.String:
		return openapi3.NewStringSchema(), nil
	case reflect.Bool:
		return openapi3.NewBoolSchema(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return openapi3.NewIntegerSchema(), nil
	case reflect.Float32, reflect.Float64:
		return openapi3.NewFloat64Schema(), nil
	default:
		return nil, fmt.Errorf("no schema for the Go type %s", t)
	}
}

// optional is the schema of a pointer. A struct is put in place: beside a
// reference, "nullable" means nothing in OpenAPI 3.0.
func (s *Schemas) optional(t reflect.Type, answer bool, parents []reflect.Type) (*openapi3.SchemaRef, error) {
	ref, err := s.ref(t, answer, parents)
	if err != nil {
		return nil, err
	}
	if ref.Ref != "" {
		if ref, err = s.fields(t, answer, parents); err != nil {
			return nil, err
		}
	}
	ref.Value.Nullable = true
	return ref, nil
}

func (s *Schemas) object(t reflect.Type, answer bool, parents []reflect.Type) (*openapi3.SchemaRef, error) {
	for _, parent := range parents {
		if parent == t {
			return nil, fmt.Errorf("the Go type %s contains itself", t)
		}
	}
	name := componentName(t, answer)
	if s.Components == nil || name == "" {
		return s.fields(t, answer, append(parents, t))
	}
	if known, ok := s.types[name]; ok && known != t {
		return nil, fmt.Errorf("the Go types %s and %s would share the schema %s", known, t, name)
	}
	if _, ok := s.Components[name]; !ok {
		object, err := s.fields(t, answer, append(parents, t))
		if err != nil {
			return nil, err
		}
		if s.types == nil {
			s.types = make(map[string]reflect.Type)
		}
		s.types[name], s.Components[name] = t, object
	}
	return openapi3.NewSchemaRef("#/components/schemas/"+name, s.Components[name].Value), nil
}

// componentName is what a named struct is called; empty when it has no name
// fit for a component. A type that is sent and received has two schemas.
func componentName(t reflect.Type, answer bool) string {
	switch {
	case strings.Contains(t.Name(), "["):
		return ""
	case answer, t.Name() == "", strings.HasSuffix(t.Name(), "Body"):
		return t.Name()
	default:
		return t.Name() + "Input"
	}
}

func (s *Schemas) fields(t reflect.Type, answer bool, parents []reflect.Type) (*openapi3.SchemaRef, error) {
	object := openapi3.NewObjectSchema()
	object.Properties = openapi3.Schemas{}
	if err := s.addFields(object, t, answer, parents); err != nil {
		return nil, err
	}
	return openapi3.NewSchemaRef("", object), nil
}

func (s *Schemas) addFields(object *openapi3.Schema, t reflect.Type, answer bool, parents []reflect.Type) error {
	for field := range t.Fields() {
		if field.Name == "_" && field.Tag.Get("closed") == "true" {
			object.AdditionalProperties = openapi3.AdditionalProperties{Has: openapi3.Ptr(false)}
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			if err := s.addFields(object, field.Type, answer, parents); err != nil {
				return err
			}
			continue
		}
		if !field.IsExported() || name == "-" || name == "" {
			continue
		}
		ref, err := s.ref(field.Type, answer, parents)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t, field.Name, err)
		}
		if ref.Value, err = withTags(ref, field.Tag); err != nil {
			return fmt.Errorf("%s.%s: %w", t, field.Name, err)
		}
		object.Properties[name] = ref
		if field.Tag.Get("required") == "true" || (answer && !strings.Contains(options, "omit")) {
			object.Required = append(object.Required, name)
		}
	}
	return nil
}

// withTags applies a field's tags. A schema that is referred to stays as it
// is: its rules are its own.
func withTags(ref *openapi3.SchemaRef, tag reflect.StructTag) (*openapi3.Schema, error) {
	if ref.Ref != "" {
		return ref.Value, nil
	}
	applyText(tag, ref.Value)
	return ref.Value, applyNumbers(tag, ref.Value)
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
		for value := range strings.SplitSeq(enum, ",") {
			schema.Enum = append(schema.Enum, value)
		}
		if schema.Nullable {
			schema.Enum = append(schema.Enum, nil)
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
	return openapi3.NewAnyOfSchema(openapi3.NewStringSchema(), openapi3.NewFloat64Schema(), openapi3.NewBoolSchema())
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
