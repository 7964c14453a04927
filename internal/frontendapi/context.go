package frontendapi

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/web"
)

const (
	// maxContext bounds the body of a POST, in bytes.
	maxContext = 128 << 10
	// maxProperties bounds the properties of one context.
	maxProperties = 1000
	// maxAsked bounds the flags that one request names.
	maxAsked = 1000
)

// read reads the context from the query of a GET or the body of a POST, which
// may also name the flags to answer for.
func (q *question) read(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		return readQuery(r.URL.RawQuery, &q.context)
	}
	raw, err := web.ReadJSON(w, r, maxContext)
	if err != nil {
		return err
	}
	q.asked, err = readBody(raw, &q.context)
	return err
}

// readQuery reads userId=1&properties[plan]=pro&anything=x. What is empty is
// missing, but for a property in brackets; of a field that is given twice the
// first counts; a property in brackets beats one without.
func readQuery(query string, into *eval.Context) error {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, _ := strings.Cut(pair, "=")
		key, value = unescape(key), unescape(value)
		if field := fieldOf(into, key); field != nil {
			if *field == "" {
				*field = value
			}
			continue
		}
		if key == currentTime {
			if t, ok := parseTime(value); ok {
				into.CurrentTime = t
			}
			continue
		}
		setProperty(into, key, value)
		if len(into.Properties) > maxProperties {
			return fault.Field("/query", "a context must not have more than %d properties", maxProperties)
		}
	}
	return nil
}

const currentTime = "currentTime"

// setProperty stores a parameter of the query that is no field.
func setProperty(into *eval.Context, key, value string) {
	name, bracketed := strings.CutPrefix(key, "properties[")
	if bracketed {
		name, bracketed = strings.CutSuffix(name, "]")
		if bracketed && name != "" && !strings.ContainsAny(name, "[]") {
			into.Properties[name] = value
		}
		return
	}
	_, taken := into.Properties[key]
	if value == "" || key == "" || key == "properties" || taken || strings.HasSuffix(key, "]") {
		return
	}
	into.Properties[key] = value
}

// fieldOf returns the field of a name, nil when that is a property.
func fieldOf(c *eval.Context, name string) *string {
	switch name {
	case "appName":
		return &c.AppName
	case "environment":
		return &c.Environment
	case "userId":
		return &c.UserID
	case "sessionId":
		return &c.SessionID
	case "remoteAddress":
		return &c.RemoteAddress
	}
	return nil
}

// unescape reads a part of a query; one that is escaped wrongly stays as it is.
func unescape(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// parseTime reads a date and time as RFC 3339 has it.
func parseTime(text string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, text)
	return t.UTC(), err == nil
}

// readBody reads {"context": {…, "properties": {…}}, "toggles": ["name", …]},
// or the same without context around its fields, and returns the names.
func readBody(raw []byte, into *eval.Context) ([]feature.Name, error) {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var body any
	if err := decoder.Decode(&body); err != nil {
		return nil, fault.Field("/body", "the body is not valid JSON")
	}
	object, ok := body.(map[string]any)
	if !ok {
		return nil, fault.Field("/body", "the body must be an object")
	}
	asked, err := readAsked(object["toggles"])
	if err != nil {
		return nil, err
	}
	given, wrapped := object["context"]
	if !wrapped {
		delete(object, "toggles")
		return asked, readFields("/body", object, into)
	}
	context, ok := given.(map[string]any)
	if !ok {
		return nil, fault.Field("/body/context", "context must be an object")
	}
	return asked, readFields("/body/context", context, into)
}

// readAsked reads the names of the flags to answer for; none for all that are
// on.
func readAsked(value any) ([]feature.Name, error) {
	list, ok := value.([]any)
	if value != nil && !ok || len(list) > maxAsked {
		return nil, fault.Field("/body/toggles", "toggles must be a list of at most %d names of flags", maxAsked)
	}
	names := make([]feature.Name, 0, len(list))
	for i, item := range list {
		name, ok := item.(string)
		if !ok {
			return nil, fault.Field("/body/toggles/"+strconv.Itoa(i), "toggles must hold names of flags, which are strings")
		}
		names = append(names, feature.Name(name))
	}
	return names, nil
}

// readFields reads the keys of a context at a path of the body.
func readFields(path string, context map[string]any, into *eval.Context) error {
	for key, value := range context {
		if err := readField(path, key, value, into); err != nil {
			return err
		}
	}
	if err := readProperties(path+"/properties", context["properties"], into); err != nil {
		return err
	}
	if len(into.Properties) > maxProperties {
		return fault.Field(path+"/properties", "a context must not have more than %d properties", maxProperties)
	}
	return nil
}

// readField reads one key of the context. Null is missing.
func readField(path, key string, value any, into *eval.Context) error {
	text, simple := textOf(value)
	field := fieldOf(into, key)
	switch {
	case value == nil || key == "properties":
		return nil
	case key == "appName" && simple && text == "":
		return fault.Field(path+"/appName", "appName must not be empty")
	case key == currentTime:
		t, ok := parseTime(text)
		if !ok {
			return fault.Field(path+"/currentTime", "currentTime must be a date and time as in 2026-01-31T12:00:00Z")
		}
		into.CurrentTime = t
	case field != nil && !simple:
		return fault.Field(path+"/"+key, "%s must be a string", key)
	case field != nil:
		*field = text
	case simple && !falsy(value):
		into.Properties[key] = text
	}
	return nil
}

// readProperties reads the properties, which beat keys of the same name beside
// them.
func readProperties(path string, value any, into *eval.Context) error {
	if value == nil {
		return nil
	}
	properties, ok := value.(map[string]any)
	if !ok {
		return fault.Field(path, "properties must be an object")
	}
	for key, value := range properties {
		text, simple := textOf(value)
		switch {
		case value == nil:
			delete(into.Properties, key)
		case !simple:
			return fault.Field(path+"/"+key, "%s must be a string", key)
		default:
			into.Properties[key] = text
		}
	}
	return nil
}

// falsy reports whether JavaScript takes a value for false.
func falsy(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case json.Number:
		f, err := v.Float64()
		return err == nil && f == 0
	}
	return false
}

// textOf returns a JSON value as the text that JavaScript makes of it, and
// whether it is neither null, an object nor a list.
func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return numberText(v.String()), true
	}
	return "", false
}

// numberText returns a number as JavaScript writes it, but for whole numbers
// too large for it, which stay as they are.
func numberText(text string) string {
	if !strings.ContainsAny(text, ".eE") && text != "-0" {
		return text
	}
	f, err := strconv.ParseFloat(text, 64)
	switch size := math.Abs(f); {
	case err != nil && f > 0:
		return "Infinity"
	case err != nil:
		return "-Infinity"
	case size == 0:
		return "0"
	case size >= 1e-6 && size < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	written := strconv.FormatFloat(f, 'e', -1, 64)
	return strings.Replace(strings.Replace(written, "e-0", "e-", 1), "e+0", "e+", 1)
}

// randomSession returns the identifier of a session that nobody keeps: it
// spreads requests without one evenly over gradual rollouts.
func randomSession() string { return strconv.FormatUint(rand.Uint64(), 10) }
