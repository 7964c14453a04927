package feature

import (
	"net/netip"
	"regexp"
	"time"
)

// The operators. What each means is defined in package eval; what values each
// takes, in [Operators].
const (
	In            Operator = "IN"
	NotIn         Operator = "NOT_IN"
	StrStartsWith Operator = "STR_STARTS_WITH"
	StrEndsWith   Operator = "STR_ENDS_WITH"
	StrContains   Operator = "STR_CONTAINS"
	NumEQ         Operator = "NUM_EQ"
	NumGT         Operator = "NUM_GT"
	NumGTE        Operator = "NUM_GTE"
	NumLT         Operator = "NUM_LT"
	NumLTE        Operator = "NUM_LTE"
	DateAfter     Operator = "DATE_AFTER"
	DateBefore    Operator = "DATE_BEFORE"
	SemverEQ      Operator = "SEMVER_EQ"
	SemverGT      Operator = "SEMVER_GT"
	SemverGTE     Operator = "SEMVER_GTE"
	SemverLT      Operator = "SEMVER_LT"
	SemverLTE     Operator = "SEMVER_LTE"
	Regex         Operator = "REGEX"
	InCIDR        Operator = "IN_CIDR"
)

// OperatorRule says what an operator takes. [Operators] lists them all;
// validation and the user interface derive from that list.
type OperatorRule struct {
	Operator Operator
	Many     bool   // reads Constraint.Values; otherwise Constraint.Value
	Kind     string // of a value: text, number, date, version, pattern or range
	Want     string // what a value must be, in words: "a finite decimal number"
	NoInvert bool   // Constraint.Inverted is refused
	accepts  func(string) bool
}

// Accepts reports whether value may stand in a constraint of this operator.
func (r OperatorRule) Accepts(value string) bool { return r.accepts(value) }

// Operators returns the rules of all operators, in the order a list shows
// them. The caller owns the slice.
func Operators() []OperatorRule {
	var (
		text    = OperatorRule{Many: true, Kind: "text", Want: "text that is not empty", accepts: isText}
		number  = OperatorRule{Kind: "number", Want: "a finite decimal number", accepts: accepted(parseDecimal)}
		date    = OperatorRule{Kind: "date", Want: "a date such as 2024-01-31T12:00:00Z", accepts: isDate}
		version = OperatorRule{Kind: "version", Want: "a semantic version such as 1.2.3, without a leading v", accepts: accepted(ParseVersion)}
		pattern = OperatorRule{Kind: "pattern", Want: "a regular expression in RE2 syntax", NoInvert: true, accepts: isPattern}
		ranges  = OperatorRule{Many: true, Kind: "range", Want: "an IP address or a range such as 10.0.0.0/8 or 2001:db8::/32", accepts: isRange}
	)
	return []OperatorRule{
		named(In, text), named(NotIn, text),
		named(StrStartsWith, text), named(StrEndsWith, text), named(StrContains, text),
		named(NumEQ, number), named(NumGT, number), named(NumGTE, number), named(NumLT, number), named(NumLTE, number),
		named(DateAfter, date), named(DateBefore, date),
		named(SemverEQ, version), named(SemverGT, version), named(SemverGTE, version),
		named(SemverLT, version), named(SemverLTE, version),
		named(Regex, pattern),
		named(InCIDR, ranges),
	}
}

func named(operator Operator, rule OperatorRule) OperatorRule {
	rule.Operator = operator
	return rule
}

// accepted turns a parser into a check.
func accepted[T float64 | time.Time | Version | netip.Prefix](parse func(string) (T, bool)) func(string) bool {
	return func(s string) bool {
		_, ok := parse(s)
		return ok
	}
}

func isText(s string) bool { return s != "" }

func isDate(s string) bool {
	_, ok := ParseDate(s)
	return ok || isEpochMillis(s)
}

func isPattern(s string) bool {
	_, err := regexp.Compile(s)
	return s != "" && err == nil
}

func isRange(s string) bool {
	_, ok := ParseRange(TrimSpace(s))
	return ok
}
