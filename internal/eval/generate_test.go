package eval

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// generator makes random flags and contexts that meet each other: their
// values come from the same small pools.
type generator struct{ *rand.Rand }

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

func some(g *generator, pool []string, atMost int) []string {
	list := []string{}
	for range g.IntN(atMost + 1) {
		list = append(list, pick(g, pool...))
	}
	return list
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

var (
	poolFields   = []string{"appName", "environment", "userId", "sessionId", "remoteAddress", "region", "plan", "n", "version", "email"}
	poolUsers    = []string{"1", "21", "42", "alice", "BOB", "Zoë", "世界", "u😀", "a b", "c,d", "1000001", "-5", ""}
	poolTexts    = []string{"a", "A", "eu", " eu ", "EU-west", "west", "Straße", "ÆØÅ", "æøå", "ΟΔΟΣ", "οδος", "İ", "i", "", " ", "21", "alice@x.org", "@x.org"}
	poolNumbers  = []string{"21", "21.0", " 21 ", "0x15", "2.1e1", "", "abc", "NaN", "1_000", "21,0", "Infinity", "-Infinity", "5.", ".5", "+5", "-0", "0", "1e3", "1e400", "20.999999999999999999", "0b10101", "0o25", "-0x15", "9007199254740993"}
	poolVersions = []string{"1.2.3", " 1.2.3 ", "1.2.3+b", "v1.2.3", "=1.2.3", "1.2", "01.2.3", "", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3-alpha.11", "1.2.3-alpha.2", "2.0.0-beta.11", "2.0.0-beta.2", "2.0.0", "10.0.0", "1.2.3-01", "1.2.3-0a", "1.2.3-", "1.2.3+", "9007199254740993.0.0", "1.2.3-rc-1"}
	poolDates    = []string{"2024-01-01T00:00:00Z", "2024-06-01", "Jan 1 2025", "2025-01-01T00:00:00.000+02:00", "nope", "1704067200000", "2024-06-01T12:00:00.001Z", "6/1/2024 12:00 PM"}
	poolPatterns = []string{"^a", "eu", "(?i)EU", "^$", "(?=x)", "\\d+", "^\\p{Greek}+$", "[", "a{1001}", "(?P<n>west)", ".", "alice|bob", "ß"}
	poolRanges   = []string{"10.0.0.0/8", "10.0.0.1", "192.168.1.5/24", " 10.1.0.0/16 ", "zzz", "10.0.0.0/33", "2001:db8::/32", "2001:DB8::1", "::1", "::ffff:10.0.0.0/104", "0.0.0.0/0", "::/0", "fe80::/10", "1.2.3.4/32", ""}
	poolAddress  = []string{"10.0.0.1", "10.1.2.3", "192.168.1.77", "10.0.0.1/8", "10.1.0.0/16", "2001:db8::1", "::1", "::ffff:10.0.0.1", "010.0.0.1", " 10.0.0.1 ", "zzz", "1.2.3.4", "fe80::1%eth0", "2001:db8::1/16"}
	poolV4       = []string{"10.0.0.0/8", "10.0.0.1", "192.168.1.5/24", "10.1.0.0/16", "zzz", "10.0.0.0/33", "2001:db8::1", "0.0.0.0/0"}
	poolHash     = []string{"g", "flex.世界", "æ", "", "flag-3"}
)

func (g *generator) constraint() feature.Constraint {
	k := feature.Constraint{
		ContextName:     pick(g, poolFields...),
		Values:          []string{},
		Inverted:        g.chance(25),
		CaseInsensitive: g.chance(40),
	}
	rules := feature.Operators()
	rule := rules[g.IntN(len(rules))]
	k.Operator = rule.Operator
	switch rule.Kind {
	case "text":
		k.ContextName = pick(g, "region", "plan", "email", "userId", "environment", "appName")
		k.Values = some(g, append(poolTexts, poolUsers...), 12)
	case "number":
		k.ContextName, k.Value = pick(g, "n", "n", "userId"), pick(g, poolNumbers...)
	case "date":
		k.Value = pick(g, poolDates...)
	case "version":
		k.ContextName, k.Value = "version", pick(g, poolVersions...)
	case "pattern":
		k.ContextName, k.Value = pick(g, "region", "plan", "email"), pick(g, poolPatterns...)
	case "range":
		k.ContextName, k.Values = pick(g, "remoteAddress", "remoteAddress", "plan"), some(g, poolRanges, 12)
	}
	if !rule.Many && k.Value == "" {
		k.Value = "x"
	}
	if g.chance(3) {
		k.Operator = "BOGUS"
	}
	return k
}

func (g *generator) constraints(atMost int) []feature.Constraint {
	list := []feature.Constraint{}
	for range g.IntN(atMost + 1) {
		list = append(list, g.constraint())
	}
	return list
}

func (g *generator) strategy() feature.Strategy {
	s := feature.Strategy{
		Name:        "default",
		Parameters:  map[string]string{},
		Constraints: g.constraints(2),
		Variants:    g.variants(false),
	}
	for range g.IntN(3) - 1 {
		s.Segments = append(s.Segments, feature.SegmentID(g.IntN(9)+1)) // 9 is missing
	}
	if g.chance(70) {
		s.Parameters["groupId"] = pick(g, poolHash...)
	}
	share := pick(g, "0", "33.5", "50", "100", "101", "", "abc", "0x32", "75", "1", "-1")
	switch g.IntN(9) {
	case 0, 1, 2:
		s.Name = "flexibleRollout"
		s.Parameters["rollout"] = share
		s.Parameters["stickiness"] = pick(g, "default", "default", "userId", "sessionId", "region", "remoteAddress", "none", "")
	case 3:
		s.Name, s.Parameters["percentage"] = "gradualRolloutUserId", share
	case 4:
		s.Name, s.Parameters["percentage"] = "gradualRolloutSessionId", share
	case 5:
		s.Name = "userWithId"
		s.Parameters["userIds"] = strings.Join(some(g, append(poolUsers, " 42"), 12), pick(g, ",", " , ", ", "))
	case 6:
		s.Name = "remoteAddress"
		s.Parameters["IPs"] = strings.Join(some(g, poolV4, 11), pick(g, ",", " , ", ", "))
	case 7:
		s.Name = pick(g, "applicationHostname", "default", "gradualRolloutRandom", "custom")
		s.Parameters["hostNames"] = pick(g, "", "other,HOST-1", "host-1 , x", "x")
		s.Parameters["percentage"] = pick(g, "0", "100")
	}
	return s
}

func (g *generator) variants(overrides bool) []feature.Variant {
	list := []feature.Variant{}
	if g.chance(50) {
		return list
	}
	stickiness := pick(g, "", "default", "userId", "region")
	for i := range g.IntN(4) {
		v := feature.Variant{
			Name:       string(rune('a' + i)),
			Weight:     pick(g, 0, 1, 250, 333, 500, 1000),
			WeightType: feature.Variable,
			Stickiness: stickiness,
		}
		if g.chance(50) {
			v.Payload = &feature.Payload{Type: "string", Value: "payload " + v.Name}
		}
		if overrides && g.chance(30) {
			v.Overrides = []feature.Override{{ContextName: pick(g, "userId", "region", "none"), Values: some(g, append(poolUsers, poolTexts...), 12)}}
		}
		list = append(list, v)
	}
	return list
}

func (g *generator) view(i int) feature.View {
	v := feature.View{
		Name:       feature.Name(fmt.Sprintf("flag-%d", i)),
		Enabled:    g.chance(90),
		Strategies: []feature.Strategy{},
		Variants:   g.variants(true),
	}
	for range g.IntN(4) {
		v.Strategies = append(v.Strategies, g.strategy())
	}
	for i > 0 && g.chance(15) {
		d := feature.Dependency{Parent: feature.Name(fmt.Sprintf("flag-%d", g.IntN(i)))}
		if g.chance(60) {
			enabled := g.chance(50)
			d.Enabled = &enabled
		}
		if g.chance(40) {
			d.Variants = some(g, []string{"a", "b", "disabled"}, 2)
		}
		v.Dependencies = append(v.Dependencies, d)
	}
	return v
}

func (g *generator) context() nodeContext {
	c := nodeContext{
		UserID:        pick(g, poolUsers...),
		SessionID:     pick(g, "s1", "s2", "sé", fmt.Sprint(g.IntN(1000)), ""),
		AppName:       pick(g, "a", "alice", ""),
		Environment:   pick(g, "eu", "A", ""),
		RemoteAddress: pick(g, append(poolAddress, "")...),
		CurrentTime:   time.Date(2024, 6, 1, 12, 0, 0, g.IntN(3)*int(time.Millisecond), time.UTC),
		Properties:    map[string]string{},
	}
	for _, p := range []struct {
		name string
		pool []string
	}{
		{"n", poolNumbers},
		{"version", poolVersions},
		{"plan", append(append(poolAddress, "2001:0db8:0:0:0:0:0:1"), poolTexts...)},
		{"region", poolTexts},
		{"email", poolTexts},
		{"userId", poolUsers},
	} {
		if g.chance(75) {
			c.Properties[p.name] = pick(g, p.pool...)
		}
	}
	return c
}

// dates returns texts that look like dates, and some that are.
func (g *generator) dates() []string {
	list := append([]string{
		"", "2024", "12345", "2024-01", "2024-01-01T00:00", "2024-01-01 10:00:00+02:00", "1/2/2024", "2024/1/2",
		"Mon, 01 Jan 2024 00:00:00 GMT", "1 Jan 2024", "Jan 1", "2024-1-5", "2024-13-01", "2024-02-30", "Feb 30 2024",
		"2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T25:00:00Z", "2024-01-01T10:00:00.1234567Z",
		"2024-01-01T10:00:00+0200", "20240101", "2024-01-01T10Z", " 2024-01-01 ", "2024-01-01t00:00:00z", "10:00",
		"Jan 1 24", "1704067200", "1704067200000", "-1", "1", "12", "32", "50", "100", "2024-01-01T00:00:00 Z",
		"Thu Jan 01 2024 10:00:00 GMT+0100 (CET)", "Jan 1 2024 10:00 PM", "2024-01-01T10:00:00+02", "1.2.2024",
		"2024.1.2", "1 January 2024 EST", "Sept 5 2024", "2024 Jan 5", "01-02-2024", "+002024-01-01",
		"2024-01-01T1:00:00Z", "5 5", "5.5", "abc 5", "2024-01-01Z", "2024-01-01+02:00", `"2024-01-01"`,
		"2024-01-01T00:00:00.000", "1e3", "0", "0005", "000", "-000001-01-01", "275760-09-13", "275761",
		"Jan 1 2024 12:00 AM", "Jan 1 2024 13:00 AM", "Jan 1 2024 10:00:00.5", "Jan 1 2024 10:00 -0530", "1 2 3 4", "abc5",
	}, poolDates...)
	pieces := []string{
		"2024", "1", "31", "12", "99", "0", "Jan", "december", "Mon", "foo", "10:00", "23:59:59", ".5", "AM", "pm",
		"Z", "GMT", "EST", "+02:00", "-0530", "-", "/", ",", " ", " ", " ", "(x)", "T", ":", "+", ".",
	}
	for range 3000 {
		var b strings.Builder
		for range 1 + g.IntN(6) {
			b.WriteString(pick(g, pieces...))
			if g.chance(50) {
				b.WriteByte(' ')
			}
		}
		list = append(list, b.String())
	}
	return list
}

// numbers returns texts that look like numbers.
func (g *generator) numbers() []string {
	list := append([]string{"1e308", "1.8e308", "-1e999", "1e-400", "0x", "0xffffffffffffffffffff", "0x20000000000001", "0b", "0b2", "\ufeff5\u2028", "\u00855", ".", "+", "e5", "5e", "5e+", "infinity", "+Infinity"}, poolNumbers...)
	const letters = "0123456789..eE+-xX _"
	for range 2000 {
		var b strings.Builder
		for range 1 + g.IntN(6) {
			b.WriteByte(letters[g.IntN(len(letters))])
		}
		list = append(list, b.String())
	}
	return list
}

// texts returns words to put into lower case.
func (g *generator) texts() []string {
	var list []string
	runes := []rune("aZΣσςİIıßẞÆΑ.'- \u0301\u00adǅʰ😀\u10a0K")
	for range 2000 {
		var b strings.Builder
		for range 1 + g.IntN(7) {
			b.WriteRune(runes[g.IntN(len(runes))])
		}
		list = append(list, b.String())
	}
	return list
}
