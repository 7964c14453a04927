package eval

import (
	"regexp"
	"strings"

	"github.com/burgeehq/burgee/internal/feature"
)

// operator is how one operator is evaluated.
type operator struct {
	name    feature.Operator
	clock   bool // compares the current time, whatever field is named
	negates bool // the answer is the opposite of the compiled test
	lists   bool // the test passes the trimmed values and no others
	// compile returns the test for a value that is present; nil when no value
	// can pass. A field without value never passes the test.
	compile func(*feature.Constraint) test
}

// operators is the table of all operators, one row each.
func operators() []operator {
	return []operator{
		{name: feature.In, compile: oneOf, lists: true},
		{name: feature.NotIn, compile: oneOf, negates: true, lists: true},

		{name: feature.StrStartsWith, compile: text(prefix)},
		{name: feature.StrEndsWith, compile: text(suffix)},
		{name: feature.StrContains, compile: text(anywhere)},

		{name: feature.NumEQ, compile: number(func(a, b float64) bool { return a == b })},
		{name: feature.NumGT, compile: number(func(a, b float64) bool { return a > b })},
		{name: feature.NumGTE, compile: number(func(a, b float64) bool { return a >= b })},
		{name: feature.NumLT, compile: number(func(a, b float64) bool { return a < b })},
		{name: feature.NumLTE, compile: number(func(a, b float64) bool { return a <= b })},

		{name: feature.DateAfter, clock: true, compile: date(func(now, then int64) bool { return now > then })},
		{name: feature.DateBefore, clock: true, compile: date(func(now, then int64) bool { return now < then })},

		{name: feature.SemverEQ, compile: version(func(order int) bool { return order == 0 })},
		{name: feature.SemverGT, compile: version(func(order int) bool { return order > 0 })},
		{name: feature.SemverGTE, compile: version(func(order int) bool { return order >= 0 })},
		{name: feature.SemverLT, compile: version(func(order int) bool { return order < 0 })},
		{name: feature.SemverLTE, compile: version(func(order int) bool { return order <= 0 })},

		{name: feature.Regex, compile: pattern},
		{name: feature.InCIDR, compile: inRange},
	}
}

// trimmed returns the values of a constraint: empty ones dropped, then white
// space around each dropped. The value of the context is never trimmed.
func trimmed(values []string) []string {
	var list []string
	for _, v := range values {
		if v != "" {
			list = append(list, feature.TrimSpace(v))
		}
	}
	return list
}

func oneOf(k *feature.Constraint) test {
	values := newStringSet(trimmed(k.Values))
	if values.empty() {
		return nil
	}
	return func(value string, _ *Context) bool { return values.has(value) }
}

func number(compare func(a, b float64) bool) func(*feature.Constraint) test {
	return func(k *feature.Constraint) test {
		want, ok := feature.ParseNumber(k.Value)
		if !ok || k.Value == "" {
			return nil
		}
		return func(value string, _ *Context) bool {
			n, ok := feature.ParseNumber(value)
			return ok && compare(n, want)
		}
	}
}

func date(compare func(now, then int64) bool) func(*feature.Constraint) test {
	return func(k *feature.Constraint) test {
		t, ok := feature.ParseDate(k.Value)
		if !ok {
			return nil
		}
		then := t.UnixMilli()
		return func(_ string, c *Context) bool { return compare(c.CurrentTime.UnixMilli(), then) }
	}
}

func version(accept func(order int) bool) func(*feature.Constraint) test {
	return func(k *feature.Constraint) test {
		// Here, not in the context, a leading v is forgiven.
		want, ok := feature.ParseVersion(strings.TrimPrefix(feature.TrimSpace(k.Value), "v"))
		if !ok {
			return nil
		}
		return func(value string, _ *Context) bool {
			v, ok := feature.ParseVersion(feature.TrimSpace(value))
			return ok && accept(v.Compare(want))
		}
	}
}

func pattern(k *feature.Constraint) test {
	expression := k.Value
	if expression == "" {
		return nil
	}
	if k.CaseInsensitive {
		expression = "(?i)" + expression
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		return nil
	}
	return func(value string, _ *Context) bool { return re.MatchString(value) }
}

// inRange matches an address in a range. A value with a mask ("10.0.0.1/8")
// is a range itself, and matches when it lies in a range wholly or its address
// is named.
func inRange(k *feature.Constraint) test {
	ranges := newRangeSet(trimmed(k.Values))
	if ranges.empty() {
		return nil
	}
	return func(value string, c *Context) bool {
		address, ok := c.parseAddress(value)
		return ok && (ranges.has(address) || !address.IsSingleIP() && ranges.names(address.Addr()))
	}
}
