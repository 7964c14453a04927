package eval

import (
	"slices"

	"github.com/burgeehq/burgee/internal/feature"
)

// variants is a compiled list of variants.
type variants struct {
	choices   []choice
	total     uint64 // of the weights; 0 when there is nothing to choose
	by        stickiness
	hash      hasher
	overrides bool // some choice has one
}

type choice struct {
	variant   Variant
	upTo      uint64 // sum of the weights so far
	weight    uint64
	overrides []override
}

type override struct {
	field  field
	values stringSet
}

// variants compiles a list. The group is hashed with the id; stickiness is
// the one to use when the first variant names none.
func (c *Compiler) variants(list []feature.Variant, group, stickiness string) variants {
	var vs variants
	if len(list) == 0 {
		return vs
	}
	for i := range list {
		v := &list[i]
		ch := choice{
			variant: Variant{Name: v.Name, Payload: v.Payload, FeatureEnabled: true},
			weight:  uint64(max(v.Weight, 0)),
		}
		for _, o := range v.Overrides {
			ch.overrides = append(ch.overrides, override{fieldNamed(o.ContextName), newStringSet(o.Values)})
			vs.overrides = true
		}
		vs.total += ch.weight
		ch.upTo = vs.total
		vs.choices = append(vs.choices, ch)
	}
	if list[0].Stickiness != "" {
		stickiness = list[0].Stickiness
	}
	vs.by = stickinessNamed(stickiness)
	if vs.by.kind == byIdentity {
		vs.by.kind = byIdentityAndAddress
	}
	vs.hash = newHasher(c.options.Hash, variantSeed, group)
	return vs
}

// pick returns the variant of a context, nil when there is none.
func (vs *variants) pick(c *Context) *Variant {
	if vs.total == 0 {
		return nil
	}
	if vs.overrides {
		if v := vs.overridden(c); v != nil {
			return v
		}
	}
	target := vs.target(c)
	for i := range vs.choices {
		if ch := &vs.choices[i]; ch.weight > 0 && target <= ch.upTo {
			return &ch.variant
		}
	}
	return nil
}

// target returns the place of a context among the weights, from 1 to total.
// A context without the field that sticks is placed by chance.
func (vs *variants) target(c *Context) uint64 {
	id, chance, ok := vs.by.id(c)
	if ok && !chance {
		return vs.hash.normalize(id, vs.total)
	}
	return uint64(c.random(uint32(min(vs.total, 1<<32-1))))
}

// overridden returns the first variant in list order with an override that
// matches.
func (vs *variants) overridden(c *Context) *Variant {
	for i := range vs.choices {
		ch := &vs.choices[i]
		for j := range ch.overrides {
			o := &ch.overrides[j]
			if value, ok := c.value(o.field); ok && o.values.has(value) {
				return &ch.variant
			}
		}
	}
	return nil
}

// constant returns the variant when every context gets the same.
func (vs *variants) constant() (*Variant, bool) {
	if vs.total == 0 {
		return nil, true
	}
	if vs.overrides {
		return nil, false
	}
	i := slices.IndexFunc(vs.choices, func(c choice) bool { return c.weight > 0 })
	return &vs.choices[i].variant, vs.choices[i].weight == vs.total
}
