package adminapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

// Verdict is yes, no or, where only an SDK can tell, "unknown".
type Verdict string

// The verdicts.
const (
	yes     Verdict = "true"
	no      Verdict = "false"
	unknown Verdict = "unknown"
)

// MarshalJSON implements json.Marshaler.
func (v Verdict) MarshalJSON() ([]byte, error) {
	if v == unknown {
		return []byte(`"unknown"`), nil
	}
	return []byte(v), nil
}

// JSONSchema implements [web.Schemer].
func (Verdict) JSONSchema() *openapi3.Schema {
	return openapi3.NewAnyOfSchema(openapi3.NewBoolSchema(), openapi3.NewStringSchema().WithEnum(string(unknown)))
}

// ProjectChoice is a list of projects, or nil for all.
type ProjectChoice []feature.ProjectID

const everyProject = `"*"`

// UnmarshalJSON implements json.Unmarshaler.
func (p *ProjectChoice) UnmarshalJSON(raw []byte) error {
	if string(raw) == everyProject || string(raw) == "null" {
		*p = nil
		return nil
	}
	*p = ProjectChoice{}
	if err := json.Unmarshal(raw, (*[]feature.ProjectID)(p)); err != nil {
		return fmt.Errorf("reading a list of projects: %w", err)
	}
	return nil
}

// JSONSchema implements [web.Schemer].
func (ProjectChoice) JSONSchema() *openapi3.Schema {
	return openapi3.NewOneOfSchema(
		openapi3.NewArraySchema().WithItems(openapi3.NewStringSchema()).WithMaxItems(maxFiltered),
		openapi3.NewStringSchema().WithEnum("*"),
	)
}

// SDKContext is what an SDK says of who asks: fields it knows, and any others,
// which are properties.
type SDKContext map[string]any

// JSONSchema implements [web.Schemer].
func (SDKContext) JSONSchema() *openapi3.Schema {
	schema := openapi3.NewObjectSchema().
		WithProperty("appName", openapi3.NewStringSchema().WithMinLength(1)).
		WithProperty("environment", openapi3.NewStringSchema()).
		WithProperty("userId", openapi3.NewStringSchema()).
		WithProperty("sessionId", openapi3.NewStringSchema()).
		WithProperty("remoteAddress", openapi3.NewStringSchema()).
		WithProperty(currentTime, openapi3.NewDateTimeSchema()).
		WithProperty("properties", openapi3.NewObjectSchema().WithAnyAdditionalProperties()).
		WithAnyAdditionalProperties()
	schema.Required = []string{"appName"}
	return schema
}

const (
	currentTime = "currentTime"
	// maxContextFields bounds the fields of a context, properties included.
	maxContextFields = 1000
)

// fields returns the fields of a context by name, properties among them, and
// the names of those that cannot be evaluated, sorted.
func (s SDKContext) fields() (fields, properties map[string]string, ignored []string) {
	fields, properties, ignored = make(map[string]string), make(map[string]string), []string{}
	keep := func(to map[string]string, name string, value any) {
		if text, ok := textOf(value); ok {
			to[name] = text
		} else if value != nil {
			ignored = append(ignored, name)
		}
	}
	for name, value := range s {
		switch name {
		case "properties", currentTime:
		case "appName", "environment", "userId", "sessionId", "remoteAddress":
			keep(fields, name, value)
		default:
			keep(properties, name, value)
		}
	}
	given, _ := s["properties"].(map[string]any)
	for name, value := range given {
		keep(properties, name, value)
	}
	slices.Sort(ignored)
	return fields, properties, ignored
}

// textOf returns a JSON value as a text, and whether it is a text, a number or
// a truth value.
func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// read returns the one context that this is, and what of it is ignored.
func (s SDKContext) read() (eval.Context, []string, error) {
	fields, properties, ignored := s.fields()
	now, err := s.time()
	if len(fields)+len(properties) > maxContextFields {
		err = fault.Field("/body/context", "context must not have more than %d fields", maxContextFields)
	}
	return newContext(fields, properties, now), ignored, err
}

func (s SDKContext) time() (time.Time, error) {
	text, given := s[currentTime].(string)
	if !given {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fault.Field("/body/context/"+currentTime, "currentTime must be a date and time as in 2026-01-31T12:00:00Z")
	}
	return at.UTC(), nil
}

func newContext(fields, properties map[string]string, now time.Time) eval.Context {
	return eval.Context{
		AppName: fields["appName"], Environment: fields["environment"], UserID: fields["userId"], SessionID: fields["sessionId"],
		RemoteAddress: fields["remoteAddress"], CurrentTime: now, Properties: properties,
	}
}

// severalValues is a field of a context with the values it takes in turn.
type severalValues struct {
	name     string
	property bool
	values   []string
}

// combinations returns a context for each combination of the values that commas
// separate, the last field changing fastest, and what is ignored.
func (s SDKContext) combinations() ([]eval.Context, []string, error) {
	one, ignored, err := s.read()
	if err != nil {
		return nil, nil, err
	}
	fields, properties, _ := s.fields()
	var list []severalValues
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		list = append(list, severalValues{name, false, unique(splitValues(fields[name]))})
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		list = append(list, severalValues{name, true, unique(splitValues(properties[name]))})
	}
	total := 1
	for _, field := range list {
		if total *= len(field.values); total > control.MaxPlayground {
			return nil, nil, fault.Field("/body/context", "context must not stand for more than %d combinations of values", control.MaxPlayground)
		}
	}
	all := make([]eval.Context, total)
	for n := range all {
		all[n] = combination(list, n, one.CurrentTime)
	}
	return all, ignored, nil
}

// combination is the one of a number.
func combination(list []severalValues, n int, now time.Time) eval.Context {
	fields, properties := make(map[string]string), make(map[string]string)
	for _, field := range slices.Backward(list) {
		value := field.values[n%len(field.values)]
		n /= len(field.values)
		if field.property {
			properties[field.name] = value
		} else {
			fields[field.name] = value
		}
	}
	return newContext(fields, properties, now)
}

// askedContext shows a context, without what is missing.
func askedContext(c *eval.Context) map[string]any {
	all := make(map[string]any)
	for name, value := range c.Properties {
		all[name] = value
	}
	for name, value := range map[string]string{
		"appName": c.AppName, "environment": c.Environment, "userId": c.UserID, "sessionId": c.SessionID, "remoteAddress": c.RemoteAddress,
	} {
		if value != "" {
			all[name] = value
		}
	}
	if !c.CurrentTime.IsZero() {
		all[currentTime] = c.CurrentTime
	}
	return all
}
