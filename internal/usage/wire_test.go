package usage_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/usage"
)

// TestReadMetrics: what real SDKs send is read, with everything that is not
// needed of any type; what breaks a rule is refused with the field's path.
func TestReadMetrics(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	const bucket = `"bucket":{"start":"2026-11-22T12:00:00.000Z","stop":"2026-11-22T12:01:00Z","toggles":`
	ok := func(flags map[feature.Name]usage.Count) usage.Metrics {
		return usage.Metrics{App: "x", Start: at, Flags: flags}
	}
	none := map[feature.Name]usage.Count{}
	for _, c := range []struct {
		name, body string
		want       usage.Metrics
		path       string // of the error
	}{
		{
			"node", `{"appName":"x","instanceId":"i","connectionId":"c","sdkVersion":"unleash-node-sdk:6.12.1","yggdrasilVersion":null,"platformName":"bun",` +
				bucket + `{"f":{"yes":3,"no":1,"variants":{"a":2,"disabled":1}}}},"impactMetrics":[]}`,
			usage.Metrics{App: "x", Instance: "i", SDK: "unleash-node-sdk:6.12.1", Start: at, Flags: map[feature.Name]usage.Count{
				"f": {Yes: 3, No: 1, Variants: map[string]int64{"a": 2, "disabled": 1}},
			}},
			"",
		},
		{"browser", `{"appName":"x","instanceId":"browser",` + bucket + `{}},"impactMetrics":[]}`, usage.Metrics{App: "x", Instance: "browser", Start: at, Flags: none}, ""},
		{"bucket null", `{"appName":"x","bucket":null,"impactMetrics":[{"name":"n"}]}`, usage.Metrics{App: "x"}, ""},
		{"no bucket", `{"appName":"x"}`, usage.Metrics{App: "x"}, ""},
		{"nulls", `{"appName":"x","instanceId":null,"sdkVersion":null,` + bucket + `{"f":{"yes":null,"no":null,"variants":null},"g":null}}}`, ok(map[feature.Name]usage.Count{"f": {}}), ""},
		{"odd types", `{"appName":"x","instanceId":5,"sdkVersion":[],"platformName":{},"specVersion":1,"connectionId":true,` + bucket + `{}}}`, ok(none), ""},
		{"milliseconds", `{"appName":"x","bucket":{"start":1795348800000,"stop":1795348860000,"toggles":{}}}`, ok(none), ""},
		{"seconds", `{"appName":"x","bucket":{"start":1795348800,"stop":1795348860,"toggles":{}}}`, ok(none), ""},
		{"no stop", `{"appName":"x","bucket":{"start":1795348800,"toggles":{}}}`, ok(none), ""},
		{"fractions", `{"appName":"x",` + bucket + `{"f":{"yes":2.0,"no":1e2}}}}`, ok(map[feature.Name]usage.Count{"f": {Yes: 2, No: 100}}), ""},
		{"unusable variants", `{"appName":"x",` + bucket + `{"f":{"yes":1,"variants":{"":1,"z":0,"` + strings.Repeat("v", 300) + `":1}}}}}`, ok(map[feature.Name]usage.Count{"f": {Yes: 1}}), ""},
		{"long texts", `{"appName":"x","instanceId":"` + strings.Repeat("é", 200) + `","sdkVersion":"a\u0000b"}`, usage.Metrics{App: "x", Instance: strings.Repeat("é", 127), SDK: "ab"}, ""},

		{"no application", `{` + bucket + `{}}}`, usage.Metrics{}, "/body/appName"},
		{"empty application", `{"appName":""}`, usage.Metrics{}, "/body/appName"},
		{"blank application", `{"appName":" "}`, usage.Metrics{}, "/body/appName"},
		{"application of another type", `{"appName":5}`, usage.Metrics{}, "/body/appName"},
		{"application too long", `{"appName":"` + strings.Repeat("a", 256) + `"}`, usage.Metrics{}, "/body/appName"},
		{"application with NUL", `{"appName":"a\u0000"}`, usage.Metrics{}, "/body/appName"},
		{"no start", `{"appName":"x","bucket":{"toggles":{}}}`, usage.Metrics{}, "/body/bucket/start"},
		{"bad start", `{"appName":"x","bucket":{"start":"yesterday","toggles":{}}}`, usage.Metrics{}, "/body/bucket/start"},
		{"start of another type", `{"appName":"x","bucket":{"start":true,"toggles":{}}}`, usage.Metrics{}, "/body/bucket/start"},
		{"start before time", `{"appName":"x","bucket":{"start":-1,"toggles":{}}}`, usage.Metrics{}, "/body/bucket/start"},
		{"start beyond time", `{"appName":"x","bucket":{"start":1e300,"toggles":{}}}`, usage.Metrics{}, "/body/bucket/start"},
		{"bad stop", `{"appName":"x","bucket":{"start":1,"stop":"no","toggles":{}}}`, usage.Metrics{}, "/body/bucket/stop"},
		{"no toggles", `{"appName":"x","bucket":{"start":1,"stop":1}}`, usage.Metrics{}, "/body/bucket/toggles"},
		{"toggles null", `{"appName":"x","bucket":{"start":1,"stop":1,"toggles":null}}`, usage.Metrics{}, "/body/bucket/toggles"},
		{"toggles a list", `{"appName":"x","bucket":{"start":1,"stop":1,"toggles":[]}}`, usage.Metrics{}, "/body/bucket/toggles"},
		{"negative", `{"appName":"x",` + bucket + `{"f":{"yes":-1}}}}`, usage.Metrics{}, "/body/bucket/toggles/f/yes"},
		{"a text", `{"appName":"x",` + bucket + `{"f":{"no":"1"}}}}`, usage.Metrics{}, "/body/bucket/toggles/f/no"},
		{"too much", `{"appName":"x",` + bucket + `{"f":{"no":1e300}}}}`, usage.Metrics{}, "/body/bucket/toggles/f/no"},
		{"negative variant", `{"appName":"x",` + bucket + `{"f":{"variants":{"v":-1}}}}}`, usage.Metrics{}, "/body/bucket/toggles/f/variants/v"},
		{"a list", `[]`, usage.Metrics{}, "/body"},
		{"null", `null`, usage.Metrics{}, "/body"},
		{"a number", `5`, usage.Metrics{}, "/body"},
	} {
		got, err := usage.ReadMetrics([]byte(c.body))
		check(t, c.name, c.path, err)
		if c.path != "" {
			continue
		}
		got.Start = got.Start.UTC()
		if got.Start.IsZero() {
			got.Start = c.want.Start
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// check fails the test unless an error is about the path, or nil for none.
func check(t *testing.T, name, path string, err error) {
	t.Helper()
	switch known := fault.As(err); {
	case path == "" && err == nil:
	case path == "" || known == nil || known.Kind != fault.Invalid || len(known.Details) != 1 || known.Details[0].Path != path:
		t.Errorf("%s: the error is %#v, want one about %q", name, err, path)
	}
}

// TestReadRegistration: interval and started come in any unit and form.
func TestReadRegistration(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, body string
		want       usage.Registration
		path       string
	}{
		{
			"node", `{"appName":"x","instanceId":"i","connectionId":"c","sdkVersion":"s:1","strategies":["default","custom"],"started":"2026-11-22T12:00:00.000Z","interval":10000,
			"platformName":"node","platformVersion":"v22","yggdrasilVersion":null,"specVersion":"5.2.0"}`,
			usage.Registration{App: "x", Instance: "i", SDK: "s:1", Strategies: []string{"default", "custom"}, Started: &at},
			"",
		},
		{"go", `{"appName":"x","strategies":[],"started":1795348800,"interval":15}`, usage.Registration{App: "x", Strategies: []string{}, Started: &at}, ""},
		{"fraction of a second", `{"appName":"x","strategies":[],"started":1795348800000,"interval":0.5}`, usage.Registration{App: "x", Strategies: []string{}, Started: &at}, ""},
		{"odd strategies", `{"appName":"x","strategies":["a",5,null,""],"started":1795348800,"interval":0}`, usage.Registration{App: "x", Strategies: []string{"a"}, Started: &at}, ""},

		{"no application", `{"strategies":[],"started":1,"interval":1}`, usage.Registration{}, "/body/appName"},
		{"no start", `{"appName":"x","strategies":[],"interval":1}`, usage.Registration{}, "/body/started"},
		{"bad start", `{"appName":"x","strategies":[],"started":"no","interval":1}`, usage.Registration{}, "/body/started"},
		{"no interval", `{"appName":"x","strategies":[],"started":1}`, usage.Registration{}, "/body/interval"},
		{"bad interval", `{"appName":"x","strategies":[],"started":1,"interval":"15s"}`, usage.Registration{}, "/body/interval"},
		{"negative interval", `{"appName":"x","strategies":[],"started":1,"interval":-1}`, usage.Registration{}, "/body/interval"},
		{"no strategies", `{"appName":"x","started":1,"interval":1}`, usage.Registration{}, "/body/strategies"},
		{"strategies of another type", `{"appName":"x","started":1,"interval":1,"strategies":"default"}`, usage.Registration{}, "/body/strategies"},
		{"nothing", `{}`, usage.Registration{}, "/body/started"},
	} {
		got, err := usage.ReadRegistration([]byte(c.body))
		check(t, c.name, c.path, err)
		if c.path != "" {
			continue
		}
		if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestReadBulk: one bad item refuses the whole body and is named.
func TestReadBulk(t *testing.T) {
	t.Parallel()
	const app = `{"appName":"x","instanceId":"i","environment":"development","sdkType":"frontend","connectVia":[{"appName":"edge","instanceId":"e"}]}`
	const item = `{"featureName":"f","appName":"x","environment":"development","timestamp":"2026-11-22T12:00:00Z","yes":1,"no":2,"variants":{"v":1}}`
	for _, c := range []struct {
		name, body string
		want       string // apps, metrics, tokens
		path       string
	}{
		{"edge", `{"applications":[` + app + `],"metrics":[` + item + `],"impactMetrics":[],"seenTokens":["a","b"]}`, "1 1 2", ""},
		{"empty", `{"applications":[],"metrics":[]}`, "0 0 0", ""},
		{"no applications", `{"metrics":[]}`, "", "/body/applications"},
		{"no metrics", `{"applications":[]}`, "", "/body/metrics"},
		{"no environment", `{"applications":[{"appName":"x","instanceId":"i"}],"metrics":[]}`, "", "/body/applications/0/environment"},
		{"no name", `{"applications":[` + app + `,{"environment":"development"}],"metrics":[]}`, "", "/body/applications/1/appName"},
		{"no flag", `{"applications":[],"metrics":[{"appName":"x","environment":"development"}]}`, "", "/body/metrics/0/featureName"},
		{"no environment of a count", `{"applications":[],"metrics":[{"appName":"x","featureName":"f"}]}`, "", "/body/metrics/0/environment"},
		{"bad time", `{"applications":[],"metrics":[{"appName":"x","featureName":"f","environment":"e","timestamp":"no"}]}`, "", "/body/metrics/0/timestamp"},
		{"negative", `{"applications":[],"metrics":[` + item + `,{"appName":"x","featureName":"f","environment":"e","no":-1}]}`, "", "/body/metrics/1/no"},
	} {
		got, err := usage.ReadBulk([]byte(c.body))
		check(t, c.name, c.path, err)
		if c.path != "" {
			continue
		}
		if n, err := json.Marshal([]int{len(got.Applications), len(got.Metrics), len(got.SeenTokens)}); err != nil || string(n) != "["+strings.ReplaceAll(c.want, " ", ",")+"]" {
			t.Errorf("%s: %s of each (%v), want %s", c.name, n, err, c.want)
		}
	}
}

// FuzzRead: no body makes a reader panic, and every refusal is the caller's
// fault.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"appName":"x","bucket":{"start":1,"stop":1,"toggles":{"f":{"yes":1}}}}`))
	f.Add([]byte(`{"appName":"x","strategies":[],"started":1,"interval":1}`))
	f.Add([]byte(`{"applications":[{}],"metrics":[{}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		_, err1 := usage.ReadMetrics(raw)
		_, err2 := usage.ReadRegistration(raw)
		_, err3 := usage.ReadBulk(raw)
		for _, err := range []error{err1, err2, err3} {
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", raw, err)
			}
		}
	})
}
