package feature

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/burgeehq/burgee/internal/fault"
)

// WholeWeight is the sum of the weights of the variants that are chosen among.
const WholeWeight = 1000

// payloadTypes are the types a payload may have.
var payloadTypes = []string{"string", "json", "csv", "number"}

// NormalizeVariants returns variants as they are stored: those of type fix
// keep their weight, those of type variable share what remains equally, the
// ones submitted first taking the odd thousandths, so that the weights sum to
// [WholeWeight]; missing weight types and stickiness are filled in; the list
// is sorted by name. The rules are those of Unleash 8.2.0. An Invalid error
// names every rule that is broken; the path is where the list stands in the
// request ("/body/variants"). The input is not changed. No variants are fine.
func NormalizeVariants(path string, variants []Variant) ([]Variant, error) {
	normal := make([]Variant, len(variants))
	for i, v := range variants {
		v.WeightType = cmp.Or(v.WeightType, Variable)
		v.Stickiness = cmp.Or(v.Stickiness, DefaultStickiness)
		normal[i] = v
	}
	if details := checkVariants(path, normal); len(details) > 0 {
		return nil, &fault.Error{Kind: fault.Invalid, Message: details[0].Message, Details: details}
	}
	share(normal)
	slices.SortStableFunc(normal, func(a, b Variant) int { return cmp.Compare(a.Name, b.Name) })
	return normal, nil
}

// share gives the variable variants what the fixed ones leave.
func share(variants []Variant) {
	rest, sharing := WholeWeight, 0
	for _, v := range variants {
		if v.WeightType == Fix {
			rest -= v.Weight
		} else {
			sharing++
		}
	}
	for i := range variants {
		if variants[i].WeightType == Fix {
			continue
		}
		part := rest / sharing
		if rest%sharing != 0 {
			part++ // the first ones take the odd thousandths
		}
		variants[i].Weight = part
		rest -= part
		sharing--
	}
}

func checkVariants(path string, variants []Variant) []fault.Detail {
	var details []fault.Detail
	add := func(at, format string, args ...any) {
		details = append(details, fault.Detail{Path: at, Message: fmt.Sprintf(format, args...)})
	}
	if len(variants) > MaxVariants {
		add(path, "there may be at most %d variants", MaxVariants)
		return details
	}
	names := make(map[string]bool, len(variants))
	fixed, variable := 0, 0
	for i, v := range variants {
		at := path + "/" + strconv.Itoa(i)
		if names[v.Name] {
			add(at+"/name", "name must be unique: there are two variants named %q", v.Name)
		}
		names[v.Name] = true
		switch v.WeightType {
		case Fix:
			fixed += v.Weight
		case Variable:
			variable++
		}
		details = append(details, v.check(at)...)
	}
	if len(variants) > 0 && variable == 0 {
		add(path, "at least one variant must have the weightType variable")
	}
	if fixed > WholeWeight {
		add(path, "the weights of the variants of weightType fix must not sum to more than %d, they sum to %d", WholeWeight, fixed)
	}
	return details
}

// check returns the rules one variant breaks.
func (v Variant) check(path string) []fault.Detail {
	var details []fault.Detail
	add := func(field, format string, args ...any) {
		details = append(details, fault.Detail{Path: path + field, Message: fmt.Sprintf(format, args...)})
	}
	switch {
	case v.Name == "":
		add("/name", "name must not be empty")
	case len([]rune(v.Name)) > MaxName:
		add("/name", "name must not be longer than %d characters", MaxName)
	}
	if v.Weight < 0 || v.Weight > WholeWeight {
		add("/weight", "weight must be between 0 and %d", WholeWeight)
	}
	if v.WeightType != Fix && v.WeightType != Variable {
		add("/weightType", "weightType must be fix or variable")
	}
	if v.Payload != nil {
		if !slices.Contains(payloadTypes, v.Payload.Type) {
			add("/payload/type", "type must be string, json, csv or number")
		}
		if v.Payload.Value == "" {
			add("/payload/value", "value must not be empty: leave the payload out instead")
		}
	}
	for i, o := range v.Overrides {
		if o.ContextName == "" {
			add("/overrides/"+strconv.Itoa(i)+"/contextName", "contextName must name a context field")
		}
	}
	return details
}
