package feature_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
)

func TestNormalizeVariantsSharesWeights(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		in   string // name, colon, fixed weight or v for variable
		want string // name, colon, weight
	}{
		{"none", "", ""},
		{"one", "a:v", "a:1000"},
		{"halves", "blue:v red:v", "blue:500 red:500"},
		{"the first take the odd thousandths", "x:v y:v z:v", "x:334 y:333 z:333"},
		{"first as submitted, then by name", "z:v a:v m:v", "a:333 m:333 z:334"},
		{"two odd thousandths", "f:v e:v d:v c:v b:v a:v", "a:166 b:166 c:167 d:167 e:167 f:167"},
		{"fixed ones keep theirs", "b:v a:250 c:v", "a:250 b:375 c:375"},
		{"fixed ones take all", "a:1000 b:v", "a:1000 b:0"},
		{"fixed at nothing", "a:0 b:v", "a:0 b:1000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := feature.NormalizeVariants("/body/variants", variants(test.in))
			if err != nil {
				t.Fatalf("error %v", err)
			}
			var words []string
			for _, v := range got {
				words = append(words, fmt.Sprintf("%s:%d", v.Name, v.Weight))
			}
			if diff := cmp.Diff(test.want, strings.Join(words, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func variants(text string) []feature.Variant {
	var all []feature.Variant
	for _, word := range strings.Fields(text) {
		name, weight, _ := strings.Cut(word, ":")
		v := feature.Variant{Name: name, WeightType: feature.Variable, Weight: 7} // what variable ones submit does not count
		if weight != "v" {
			v.WeightType = feature.Fix
			_, _ = fmt.Sscan(weight, &v.Weight)
		}
		all = append(all, v)
	}
	return all
}

func TestNormalizeVariantsSumsToTheWhole(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var in []feature.Variant
		left := feature.WholeWeight
		for i := range 1 + random.IntN(12) {
			v := feature.Variant{Name: fmt.Sprintf("v%02d", 99-i)}
			if i > 0 && random.IntN(2) == 0 {
				v.WeightType, v.Weight = feature.Fix, random.IntN(left+1)
				left -= v.Weight
			}
			in = append(in, v)
		}
		before := slices.Clone(in)
		got, err := feature.NormalizeVariants("", in)
		if err != nil {
			t.Fatalf("%v: %v", in, err)
		}
		sum, low, high := 0, feature.WholeWeight, 0
		for _, v := range got {
			sum += v.Weight
			if v.WeightType == feature.Variable {
				low, high = min(low, v.Weight), max(high, v.Weight)
			}
		}
		if sum != feature.WholeWeight || high-low > 1 {
			t.Fatalf("%v became %v: sum %d, shares from %d to %d", in, got, sum, low, high)
		}
		if !slices.IsSortedFunc(got, func(a, b feature.Variant) int { return strings.Compare(a.Name, b.Name) }) {
			t.Fatalf("%v is not sorted by name", got)
		}
		if diff := cmp.Diff(before, in); diff != "" {
			t.Fatalf("the input changed: %s", diff)
		}
		again, err := feature.NormalizeVariants("", got)
		if err != nil || len(again) != len(got) {
			t.Fatalf("what is stored is refused: %v", err)
		}
	}
}

func TestNormalizeVariantsRefuses(t *testing.T) {
	t.Parallel()
	variable := feature.Variant{Name: "ok", WeightType: feature.Variable}
	for _, test := range []struct {
		name string
		in   []feature.Variant
		path string
	}{
		{"no name", []feature.Variant{{}}, "/v/0/name"},
		{"name twice", []feature.Variant{variable, variable}, "/v/1/name"},
		{"a name too long", []feature.Variant{{Name: strings.Repeat("ü", feature.MaxName+1)}}, "/v/0/name"},
		{"all fixed", []feature.Variant{{Name: "a", WeightType: feature.Fix, Weight: 1000}}, "/v"},
		{"fixed ones too heavy", []feature.Variant{variable, {Name: "a", WeightType: feature.Fix, Weight: 600}, {Name: "b", WeightType: feature.Fix, Weight: 401}}, "/v"},
		{"below nothing", []feature.Variant{{Name: "a", Weight: -1}}, "/v/0/weight"},
		{"more than all", []feature.Variant{{Name: "a", Weight: 1001}}, "/v/0/weight"},
		{"weight type", []feature.Variant{variable, {Name: "a", WeightType: "half"}}, "/v/1/weightType"},
		{"payload type", []feature.Variant{{Name: "a", Payload: &feature.Payload{Type: "xml", Value: "x"}}}, "/v/0/payload/type"},
		{"payload value", []feature.Variant{{Name: "a", Payload: &feature.Payload{Type: "json"}}}, "/v/0/payload/value"},
		{"override", []feature.Variant{{Name: "a", Overrides: []feature.Override{{}}}}, "/v/0/overrides/0/contextName"},
		{"too many", slices.Repeat([]feature.Variant{variable}, feature.MaxVariants+1), "/v"},
	} {
		_, err := feature.NormalizeVariants("/v", test.in)
		known := fault.As(err)
		if known == nil || known.Kind != fault.Invalid {
			t.Errorf("%s: error %v, want an Invalid one", test.name, err)
			continue
		}
		if !slices.ContainsFunc(known.Details, func(d fault.Detail) bool { return d.Path == test.path && d.Message != "" }) {
			t.Errorf("%s: details %v lack %s", test.name, known.Details, test.path)
		}
	}
}

func TestStrategyDefaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		in   feature.Strategy
		want map[string]string
	}{
		{"all missing", feature.Strategy{Name: "flexibleRollout"}, map[string]string{"groupId": "flag", "rollout": "100", "stickiness": "default"}},
		{
			"empty ones count as missing",
			feature.Strategy{Name: "flexibleRollout", Parameters: map[string]string{"groupId": "", "rollout": "0"}},
			map[string]string{"groupId": "flag", "rollout": "0", "stickiness": "default"},
		},
		{"others get none", feature.Strategy{Name: "default"}, map[string]string{}},
	} {
		got := test.in.WithDefaults("flag")
		if diff := cmp.Diff(test.want, got.Parameters); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if got.Constraints == nil || got.Variants == nil {
			t.Errorf("%s: a list is nil: %+v", test.name, got)
		}
	}
	segments := feature.Strategy{Name: "default", Segments: []feature.SegmentID{3, 1, 3}}.WithDefaults("flag").Segments
	if diff := cmp.Diff([]feature.SegmentID{1, 3}, segments); diff != "" {
		t.Error(diff)
	}
}
