package eval

import (
	"strings"

	"github.com/burgeehq/burgee/internal/feature"
)

// strategy is one compiled strategy.
type strategy struct {
	certain  certainty     // of the whole strategy
	own      conjunction   // its constraints
	segments []conjunction // those of its segments
	rule     rule          // nil: always true
	wants    *want         // without which it does not pass; nil: unknown
	variants variants
}

// rule is what a kind of strategy asks beyond constraints.
type rule func(*Context) bool

func (s *strategy) passes(c *Context) bool {
	switch s.certain {
	case always:
		return true
	case never:
		return false
	case depends:
	}
	if !s.own.holds(c) {
		return false
	}
	for i := range s.segments {
		if !s.segments[i].holds(c) {
			return false
		}
	}
	return s.rule == nil || s.rule(c)
}

func (c *Compiler) strategy(s *feature.Strategy, segment func(feature.SegmentID) *feature.Segment) strategy {
	compiled := strategy{own: c.conjunction(s.Constraints)}
	compiled.wants = compiled.own.wants()
	rule, certain := c.rule(s)
	compiled.rule = rule
	if s.Name == userWithIDName {
		compiled.wants = narrower(compiled.wants, wants(fieldNamed("userId"), splitList(s.Parameters["userIds"])))
	}
	compiled.certain = certain.and(compiled.own.certain)
	for _, id := range s.Segments {
		source := segment(id)
		if source == nil {
			compiled.certain = never
			continue
		}
		constraints := c.segment(source)
		compiled.certain = compiled.certain.and(constraints.certain)
		if constraints.certain == depends {
			compiled.segments = append(compiled.segments, constraints)
			compiled.wants = narrower(compiled.wants, constraints.wants())
		}
	}
	group, ok := s.Parameters["groupId"]
	if !ok {
		group = "undefined" // what the Node engine hashes
	}
	compiled.variants = c.variants(s.Variants, group, s.Parameters["stickiness"])
	return compiled
}

// userWithIDName is the strategy that lists users.
const userWithIDName = "userWithId"

// rule returns what the kind of the strategy asks; nil unless it depends on
// the context.
func (c *Compiler) rule(s *feature.Strategy) (rule, certainty) {
	if r, ok := rolloutOf(s); ok {
		return c.rollout(r)
	}
	p := s.Parameters
	switch s.Name {
	case "default":
		return nil, always
	case userWithIDName:
		return userWithID(p["userIds"])
	case "remoteAddress":
		return remoteAddress(p["IPs"])
	case "applicationHostname":
		return nil, c.hostname(p["hostNames"])
	}
	return nil, never
}

// rollout is what a strategy that is on for a share of contexts says.
type rollout struct {
	percentage, group string
	by                stickiness
}

// rolloutOf returns the rollout of a strategy, and whether its kind has one.
func rolloutOf(s *feature.Strategy) (rollout, bool) {
	p := s.Parameters
	switch s.Name {
	case "flexibleRollout":
		return rollout{p["rollout"], p["groupId"], stickinessNamed(p["stickiness"])}, true
	case "gradualRolloutUserId":
		return rollout{p["percentage"], p["groupId"], stickiness{kind: byUserID}}, true
	case "gradualRolloutSessionId":
		return rollout{p["percentage"], p["groupId"], stickiness{kind: bySessionID}}, true
	case "gradualRolloutRandom":
		return rollout{p["percentage"], "", stickiness{kind: byChance}}, true
	}
	return rollout{}, false
}

func (c *Compiler) rollout(r rollout) (rule, certainty) {
	share, ok := feature.ParseNumber(r.percentage)
	if !ok || share <= 0 {
		return nil, never
	}
	if share >= 100 && r.by.neverMissing() {
		return nil, always
	}
	hash := newHasher(c.options.Hash, 0, r.group)
	return func(c *Context) bool {
		place, ok := r.by.place(c, &hash)
		return ok && float64(place) <= share
	}, depends
}

func userWithID(list string) (rule, certainty) {
	ids := newStringSet(splitList(list))
	return func(c *Context) bool { return c.UserID != "" && ids.has(c.UserID) }, depends
}

// remoteAddress passes addresses in a range, and whatever equals an entry of
// the list. The Node engine knows no version 6 ranges here; we do.
func remoteAddress(list string) (rule, certainty) {
	entries := splitList(list)
	exact, ranges := newStringSet(entries), newRangeSet(entries)
	return func(c *Context) bool {
		if c.RemoteAddress == "" {
			return false
		}
		if exact.has(c.RemoteAddress) {
			return true
		}
		if ranges.empty() {
			return false
		}
		address, ok := c.parseAddress(c.RemoteAddress)
		return ok && ranges.has(address)
	}, depends
}

func (c *Compiler) hostname(list string) certainty {
	own := string(appendLower(nil, c.options.Hostname))
	names := newStringSet(splitList(string(appendLower(nil, list))))
	return certainly(own != "" && names.has(own))
}

// splitList splits at commas and the white space around them. White space at
// the two ends belongs to the first and last entry, as in the Node engine.
func splitList(list string) []string {
	if list == "" {
		return nil
	}
	entries := strings.Split(list, ",")
	for i, e := range entries {
		switch {
		case len(entries) == 1:
		case i == 0:
			entries[i] = strings.TrimPrefix(feature.TrimSpace("|"+e), "|")
		case i == len(entries)-1:
			entries[i] = strings.TrimSuffix(feature.TrimSpace(e+"|"), "|")
		default:
			entries[i] = feature.TrimSpace(e)
		}
	}
	return entries
}

// stickiness says what keeps the answer of a context the same.
type stickiness struct {
	kind  stickinessKind
	field field // for byField
}

type stickinessKind uint8

const (
	byIdentity           stickinessKind = iota // user, else session, else chance
	byIdentityAndAddress                       // user, else session, else address, else chance
	byUserID
	bySessionID
	byField
	byChance
)

func stickinessNamed(name string) stickiness {
	switch name {
	case "", "default":
		return stickiness{kind: byIdentity}
	case "random":
		return stickiness{kind: byChance}
	}
	return stickiness{kind: byField, field: fieldNamed(name)}
}

// id returns the text to hash; or that chance decides; or, with ok false,
// that the context lacks the field.
func (s *stickiness) id(c *Context) (id string, chance, ok bool) {
	switch s.kind {
	case byIdentity, byIdentityAndAddress:
		switch {
		case c.UserID != "":
			return c.UserID, false, true
		case c.SessionID != "":
			return c.SessionID, false, true
		case s.kind == byIdentityAndAddress && c.RemoteAddress != "":
			return c.RemoteAddress, false, true
		}
		return "", true, true
	case byUserID:
		return c.UserID, false, c.UserID != ""
	case bySessionID:
		return c.SessionID, false, c.SessionID != ""
	case byField:
		id, _ = c.value(s.field)
		return id, false, id != ""
	case byChance:
	}
	return "", true, true
}

// place returns the place of a context from 1 to 100; false when the context
// lacks the field.
func (s *stickiness) place(c *Context, hash *hasher) (uint64, bool) {
	id, chance, ok := s.id(c)
	switch {
	case !ok:
		return 0, false
	case chance:
		return uint64(c.random(100)), true
	}
	return hash.normalize(id, 100), true
}

func (s *stickiness) neverMissing() bool {
	return s.kind == byIdentity || s.kind == byIdentityAndAddress || s.kind == byChance
}
