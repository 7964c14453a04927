package eval

import (
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// vector is one constraint, one value of its field, and the answer.
type vector struct {
	operator feature.Operator
	with     string // the constraint's value, or its only element of values
	value    string // of the context
	want     bool
}

// vectors are the edge values of the contract, verified on a live Unleash.
func vectors() []vector {
	list := []vector{
		{feature.In, "eu", "eu", true},
		{feature.In, " eu ", "eu", true},
		{feature.In, " eu ", " eu ", false},
		{feature.In, "EU", "eu", false},
		{feature.In, "", "", false},
		{feature.NotIn, "eu", "us", true},
		{feature.NotIn, "eu", "eu", false},
		{feature.NotIn, "eu", "", true},

		{feature.StrStartsWith, "ab", "abc", true},
		{feature.StrStartsWith, "b", "abc", false},
		{feature.StrStartsWith, "AB", "abc", false},
		{feature.StrEndsWith, "bc", "abc", true},
		{feature.StrEndsWith, "b", "abc", false},
		{feature.StrContains, "b", "abc", true},
		{feature.StrContains, "x", "abc", false},
		{feature.StrContains, " b ", "abc", true},

		{feature.NumGT, "21", "22", true},
		{feature.NumGT, "21", "21", false},
		{feature.NumGT, "21", "-Infinity", false},
		{feature.NumGT, "21", "Infinity", true},
		{feature.NumGTE, "21", "21", true},
		{feature.NumGTE, "21", "20.9", false},
		{feature.NumLTE, "21", "21", true},
		{feature.NumLTE, "21", "21.1", false},
		{feature.NumEQ, "abc", "abc", false},
		{feature.NumEQ, " 5. ", "5", true},
		{feature.NumEQ, "", "0", false},

		{feature.SemverGT, "2.0.0-beta.2", "2.0.0-beta.11", true},
		{feature.SemverGT, "1.2.3", "1.2.3", false},
		{feature.SemverGTE, "1.2.3", "1.2.3", true},
		{feature.SemverGTE, "1.2.3", "1.2.2", false},
		{feature.SemverLTE, "1.2.3", "1.2.3", true},
		{feature.SemverLTE, "1.2.3", "1.2.4", false},

		{feature.Regex, "^a.c$", "abc", true},
		{feature.Regex, "b", "abc", true},
		{feature.Regex, "B", "abc", false},
		{feature.Regex, "(?i)B", "abc", true},
		{feature.Regex, "(?=x)", "x", false},
		{feature.Regex, "a{1001}", "a", false},
		{feature.Regex, "[", "[", false},
		{feature.Regex, "", "x", false},

		{feature.InCIDR, "10.0.0.0/8", "10.1.2.3", true},
		{feature.InCIDR, "10.0.0.0/8", "11.1.2.3", false},
		{feature.InCIDR, " 10.1.1.1/8 ", "10.9.9.9", true},
		{feature.InCIDR, "10.0.0.1", "10.0.0.1", true},
		{feature.InCIDR, "2001:db8::/32", "2001:db8::1", true},
		{feature.InCIDR, "::/0", "10.0.0.1", false},
		{feature.InCIDR, "0.0.0.0/0", "2001:db8::1", false},
		{feature.InCIDR, "10.0.0.0/8", "::ffff:10.0.0.1", false},
		{feature.InCIDR, "2001:DB8::1", "2001:0db8:0:0:0:0:0:1", true},
		{feature.InCIDR, "zzz", "10.0.0.1", false},
		{feature.InCIDR, "10.0.0.0/8", "zzz", false},
		{feature.InCIDR, "10.0.0.0/8", " 10.0.0.1 ", false},
		{feature.InCIDR, "10.0.0.0/8", "10.0.0.1/8", true},
		{feature.InCIDR, "10.0.0.0/16", "10.0.0.1/8", false},

		// The field is ignored, the current time is 2024-06-01T12:00:00.001Z.
		{feature.DateAfter, "2024-06-01T12:00:00.000Z", "x", true},
		{feature.DateAfter, "2024-06-01T12:00:00.001Z", "x", false},
		{feature.DateAfter, "2024-06-01", "x", true},
		{feature.DateAfter, "Jan 1 2025", "x", false},
		{feature.DateBefore, "2024-06-01T14:00:00.002+02:00", "x", true},
		{feature.DateBefore, "2024-06-01T12:00:00.001Z", "x", false},
		{feature.DateBefore, "nope", "x", false},
		{feature.DateAfter, "nope", "x", false},
		{feature.DateAfter, "1704067200000", "x", false},
	}
	for _, row := range []struct {
		value  string
		eq, lt bool // NUM_EQ 21, NUM_LT 21
	}{
		{"21", true, false},
		{"21.0", true, false},
		{" 21 ", true, false},
		{"0x15", true, false},
		{"2.1e1", true, false},
		{"", false, true},
		{"abc", false, false},
		{"NaN", false, false},
		{"1_000", false, false},
		{"21,0", false, false},
		{"Infinity", false, false},
		{"-Infinity", false, true},
	} {
		list = append(list, vector{feature.NumEQ, "21", row.value, row.eq}, vector{feature.NumLT, "21", row.value, row.lt})
	}
	for _, row := range []struct {
		value  string
		eq, lt bool // SEMVER_EQ 1.2.3, SEMVER_LT 1.2.3
	}{
		{"1.2.3", true, false},
		{" 1.2.3 ", true, false},
		{"1.2.3+b", true, false},
		{"1.2.3-alpha", false, true},
		{"v1.2.3", false, false},
		{"=1.2.3", false, false},
		{"1.2", false, false},
		{"01.2.3", false, false},
		{"", false, false},
	} {
		list = append(list, vector{feature.SemverEQ, "1.2.3", row.value, row.eq}, vector{feature.SemverLT, "1.2.3", row.value, row.lt})
	}
	return list
}

func (v vector) constraint() feature.Constraint {
	return feature.Constraint{ContextName: "x", Operator: v.operator, Value: v.with, Values: []string{v.with}}
}

var noon = time.Date(2024, 6, 1, 12, 0, 0, int(time.Millisecond), time.UTC)

// holds evaluates a flag with one constraint.
func holds(k feature.Constraint, c *Context) bool {
	return evaluate(feature.View{Strategies: []feature.Strategy{{Name: "default", Constraints: []feature.Constraint{k}}}}, c).Enabled
}

// evaluate evaluates one flag, switched on.
func evaluate(v feature.View, c *Context) Result {
	v.Name, v.Enabled = "flag", true
	set := compileAll(Options{}, []feature.View{v}, nil)
	return set.Evaluate(set.Flag("flag"), c)
}

func TestOperatorVectors(t *testing.T) {
	for _, v := range vectors() {
		k := v.constraint()
		c := &Context{CurrentTime: noon, Properties: map[string]string{"x": v.value}}
		if got := holds(k, c); got != v.want {
			t.Errorf("%s %q, context %q: %v, want %v", v.operator, v.with, v.value, got, v.want)
		}
		k.Inverted = true
		if got := holds(k, c); got == v.want {
			t.Errorf("%s %q inverted, context %q: %v, want %v", v.operator, v.with, v.value, got, !v.want)
		}
	}
}

// TestOperatorGuard fails when an operator lacks an implementation here or a
// vector that passes and one that does not.
func TestOperatorGuard(t *testing.T) {
	rows := map[feature.Operator]bool{}
	for _, op := range operators() {
		if rows[op.name] {
			t.Errorf("two rows for %s", op.name)
		}
		rows[op.name] = true
	}
	passed, failed := map[feature.Operator]bool{}, map[feature.Operator]bool{}
	for _, v := range vectors() {
		passed[v.operator] = passed[v.operator] || v.want
		failed[v.operator] = failed[v.operator] || !v.want
	}
	for _, rule := range feature.Operators() {
		op := rule.Operator
		if !rows[op] {
			t.Errorf("package feature has the operator %s, operators.go has no row for it", op)
		}
		if !passed[op] || !failed[op] {
			t.Errorf("%s needs a vector that passes and one that fails in vectors()", op)
		}
		delete(rows, op)
	}
	for op := range rows {
		t.Errorf("operators.go has %s, package feature has not", op)
	}
}

func TestMissingField(t *testing.T) {
	for _, rule := range feature.Operators() {
		if rule.Kind == "date" {
			continue // compares the current time
		}
		k := feature.Constraint{ContextName: "x", Operator: rule.Operator, Value: "1.2.3", Values: []string{"10.0.0.1"}}
		if rule.Kind == "number" {
			k.Value = "1"
		}
		want := rule.Operator == feature.NotIn
		for _, inverted := range []bool{false, true} {
			k.Inverted = inverted
			if got := holds(k, &Context{}); got != (want != inverted) {
				t.Errorf("%s, inverted %v, without the field: %v", rule.Operator, inverted, got)
			}
		}
	}
}

func TestUnknownOperator(t *testing.T) {
	for _, inverted := range []bool{false, true} {
		k := feature.Constraint{ContextName: "x", Operator: "LIKE", Values: []string{"a"}, Inverted: inverted}
		if holds(k, &Context{Properties: map[string]string{"x": "a"}}) {
			t.Errorf("an unknown operator holds (inverted %v)", inverted)
		}
	}
}

func TestCaseInsensitive(t *testing.T) {
	for _, test := range []struct {
		operator    feature.Operator
		with, value string
		want        bool
	}{
		{feature.StrContains, "ÆØÅ", "xæøåx", true},
		{feature.StrStartsWith, "hello", "HELLO world", true},
		{feature.StrEndsWith, "WORLD", "hello world", true},
		{feature.StrContains, "ß", "SS", false},
		{feature.StrEndsWith, "ΟΔΟΣ", "οδος", true}, // final sigma
		{feature.StrContains, "i", "İ", true},
		{feature.In, "A", "a", false}, // ignored by IN
		{feature.Regex, "^HELLO$", "hello", true},
	} {
		k := feature.Constraint{ContextName: "x", Operator: test.operator, Value: test.with, Values: []string{test.with}, CaseInsensitive: true}
		if got := holds(k, &Context{Properties: map[string]string{"x": test.value}}); got != test.want {
			t.Errorf("%s %q, %q: %v, want %v", test.operator, test.with, test.value, got, test.want)
		}
	}
}

func TestValue(t *testing.T) {
	c := &Context{
		AppName: "app", Environment: "env", SessionID: "session", RemoteAddress: "10.0.0.1",
		Properties: map[string]string{"userId": "from properties", "appName": "hidden", "empty": "", "currentTime": "text"},
	}
	for name, want := range map[string]string{
		"appName": "app", "environment": "env", "sessionId": "session", "remoteAddress": "10.0.0.1",
		"userId": "from properties", "empty": "", "currentTime": "text",
	} {
		if got, ok := c.Value(name); !ok || got != want {
			t.Errorf("Value(%s) = %q, %v; want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{"none", "UserID", ""} {
		if got, ok := c.Value(name); ok {
			t.Errorf("Value(%s) = %q, want none", name, got)
		}
	}
}

// TestLongLists checks that a list long enough for an index answers as short
// ones do.
func TestLongLists(t *testing.T) {
	ranges := []string{"10.0.0.0/8", "192.168.1.7/24", "2001:db8::/32", "::1", "1.2.3.4", "172.16.0.0/12", "9.9.9.0/25", "fe80::/10", "8.8.8.8", "zzz"}
	for address, want := range map[string]bool{
		"10.255.0.1": true, "11.0.0.1": false, "192.168.1.200": true, "192.168.2.1": false, "2001:db8:ffff::1": true, "2001:db9::": false,
		"::1": true, "::2": false, "1.2.3.4": true, "1.2.3.5": false, "9.9.9.127": true, "9.9.9.128": false, "10.0.0.1/8": true,
		"10.0.0.1/7": false, "8.8.8.8/8": true, "8.8.8.9/8": false, "zzz": false,
	} {
		k := feature.Constraint{ContextName: "remoteAddress", Operator: feature.InCIDR, Values: ranges}
		if got := holds(k, &Context{RemoteAddress: address}); got != want {
			t.Errorf("IN_CIDR %s: %v, want %v", address, got, want)
		}
	}
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", " i ", "j"}
	for value, want := range map[string]bool{"a": true, "i": true, "j": true, "k": false, "": false} {
		k := feature.Constraint{ContextName: "x", Operator: feature.In, Values: names}
		if got := holds(k, &Context{Properties: map[string]string{"x": value}}); got != want {
			t.Errorf("IN %q: %v, want %v", value, got, want)
		}
	}
}
