package feature

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/fault"
)

// TestConstraintValues checks what the Admin API of Unleash 8.2.0 accepts and
// refuses as the value of each kind of operator.
func TestConstraintValues(t *testing.T) {
	for _, test := range []struct {
		operators []Operator
		good, bad []string
	}{
		{[]Operator{In, NotIn, StrStartsWith, StrEndsWith, StrContains}, []string{"a", " a ", "21"}, []string{""}},
		{
			[]Operator{NumEQ, NumGT, NumGTE, NumLT, NumLTE},
			[]string{"5", "5.5", "1e3", "-1", "+5", ".5", "5.", " 5 "},
			[]string{"abc", "", "  ", "0x10", "Infinity", "NaN", "1e999"},
		},
		{
			[]Operator{DateAfter, DateBefore},
			[]string{"2024-01-01T00:00:00Z", "2024-01-01", "1704067200000", "Jan 1 2024", "2024-01-01T00:00:00.000+02:00"},
			[]string{"nope", ""},
		},
		{
			[]Operator{SemverEQ, SemverGT, SemverGTE, SemverLT, SemverLTE},
			[]string{"1.2.3", "1.2.3-alpha.1", "1.2.3+build", "1.2.3-rc.1+b"},
			[]string{"v1.2.3", "1.2", "01.2.3", "*", "=1.2.3", ""},
		},
		{
			[]Operator{Regex},
			[]string{"^a", "(?i)a", `\p{Greek}`, "(?P<n>a)"},
			[]string{"(?=a)", "(?<!a)b", `(a)\1`, "a{1001}", "", "["},
		},
		{
			[]Operator{InCIDR},
			[]string{"10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "::1", " 10.0.0.1 "},
			[]string{"", "zzz", "10.0.0.0/33", "10.0.0", "::/129"},
		},
	} {
		for _, operator := range test.operators {
			rule, ok := ruleOf(operator)
			if !ok {
				t.Fatalf("no rule for %s", operator)
			}
			check := func(value string, good bool) {
				c := Constraint{ContextName: "x", Operator: operator, Value: value}
				if rule.Many {
					c.Value, c.Values = "", []string{value}
				}
				if details := c.Validate("/body"); (len(details) == 0) != good {
					t.Errorf("%s %q: %v", operator, value, details)
				}
			}
			for _, value := range test.good {
				check(value, true)
			}
			for _, value := range test.bad {
				check(value, false)
			}
		}
	}
}

func TestConstraintValidate(t *testing.T) {
	for _, test := range []struct {
		name       string
		constraint Constraint
		want       []fault.Detail
	}{
		{"good", Constraint{ContextName: "x", Operator: In, Values: []string{"a"}}, nil},
		{"no values", Constraint{ContextName: "x", Operator: In, Value: "a"}, []fault.Detail{
			{Path: "/c/values", Message: "values must hold at least one value for IN"},
		}},
		{"one bad value", Constraint{ContextName: "x", Operator: InCIDR, Values: []string{"10.0.0.1", "zzz"}}, []fault.Detail{
			{Path: "/c/values/1", Message: "values[1] must be an IP address or a range such as 10.0.0.0/8 or 2001:db8::/32 for IN_CIDR"},
		}},
		{"only values", Constraint{ContextName: "x", Operator: NumEQ, Values: []string{"5"}}, []fault.Detail{
			{Path: "/c/value", Message: "value must be a finite decimal number for NUM_EQ"},
		}},
		{"inverted pattern", Constraint{ContextName: "x", Operator: Regex, Value: "a", Inverted: true}, []fault.Detail{
			{Path: "/c/inverted", Message: "inverted must be false: REGEX cannot be inverted"},
		}},
		{"long pattern", Constraint{ContextName: "x", Operator: Regex, Value: strings.Repeat("ø", MaxConstraintText+1)}, []fault.Detail{
			{Path: "/c/value", Message: "value must not be longer than 1000 characters"},
		}},
		{"long value", Constraint{ContextName: "x", Operator: In, Values: []string{strings.Repeat("ø", MaxConstraintText), strings.Repeat("a", MaxConstraintText+1)}}, []fault.Detail{
			{Path: "/c/values/1", Message: "values[1] must not be longer than 1000 characters"},
		}},
		{"no field", Constraint{Operator: In, Values: []string{"a"}}, []fault.Detail{
			{Path: "/c/contextName", Message: "contextName must name a context field"},
		}},
	} {
		if diff := cmp.Diff(test.want, test.constraint.Validate("/c")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	details := Constraint{ContextName: "x", Operator: "LIKE", Values: []string{"a"}}.Validate("/c")
	if len(details) != 1 || details[0].Path != "/c/operator" || !strings.Contains(details[0].Message, "IN, NOT_IN") {
		t.Errorf("unknown operator: %v", details)
	}
}

func TestEpochMillisIsNoDateToEvaluation(t *testing.T) {
	if d, ok := ParseDate("1704067200000"); ok {
		t.Errorf("read as %v: no SDK does", d)
	}
	if !isDate("1704067200000") || isDate("99999999999999999") || isDate(time.Now().Format("15:04")) {
		t.Error("the Admin API accepts milliseconds within the range of a date")
	}
}
