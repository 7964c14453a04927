package frontendapi

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
)

// targetingKey is how OpenFeature names who is asking.
const targetingKey = "targetingKey"

// readOFREP reads {"context": {"targetingKey": …, …}}. The targeting key is the
// user id, unless the context has one too; fields that are known have their
// name in camel case; the rest are properties, of which lists and objects are
// left out. Only an object named properties is taken for what Unleash means by
// it.
func readOFREP(raw []byte, into *eval.Context) error {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var body struct {
		Context any `json:"context"`
	}
	if err := decoder.Decode(&body); err != nil {
		return &fault.Error{Kind: fault.Invalid, Code: codeParse, Message: "the body must be a JSON object"}
	}
	if body.Context == nil {
		return nil
	}
	context, ok := body.Context.(map[string]any)
	if !ok {
		return invalidContext("context must be an object")
	}
	if err := readTargetingKey(context, into); err != nil {
		return err
	}
	nested, _ := context["properties"].(map[string]any)
	for key, value := range context {
		if err := readAttribute(key, value, into); err != nil {
			return err
		}
	}
	for key, value := range nested {
		if text, simple := textOf(value); simple {
			into.Properties[key] = text
		}
	}
	if len(into.Properties) > maxProperties {
		return invalidContext("a context must not have more than " + strconv.Itoa(maxProperties) + " attributes")
	}
	return nil
}

func readTargetingKey(context map[string]any, into *eval.Context) error {
	value, given := context[targetingKey]
	if !given {
		return nil
	}
	text, simple := textOf(value)
	switch {
	case value == nil || text == "" && simple:
		return &fault.Error{
			Kind: fault.Invalid, Code: codeNoKey,
			Message: "targetingKey is empty: send who is asking, or leave it out for somebody whom nobody knows",
		}
	case !simple:
		return invalidContext("targetingKey must be a string")
	}
	into.UserID = text
	return nil
}

// readAttribute reads one attribute of the context that is not the targeting
// key. Null is missing.
func readAttribute(key string, value any, into *eval.Context) error {
	text, simple := textOf(value)
	field := fieldOf(into, key)
	switch {
	case value == nil || key == targetingKey:
	case key == currentTime:
		t, ok := parseTime(text)
		if !ok {
			return invalidContext("currentTime must be a date and time as in 2026-01-31T12:00:00Z")
		}
		into.CurrentTime = t
	case field != nil && !simple:
		return invalidContext(key + " must be a string")
	case field != nil && text != "":
		*field = text
	case field == nil && simple:
		into.Properties[key] = text
	}
	return nil
}

func invalidContext(message string) error {
	return &fault.Error{Kind: fault.Invalid, Code: codeContext, Message: message}
}
