package usage

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// Limits of what a report may name, in bytes; the rest of longer texts that
// only people read is cut off.
const (
	maxText    = 255
	maxVariant = 255
	// maxCount is the largest count in one report. Larger ones are no counts.
	maxCount = 1 << 40
)

// Metrics is one report of counts.
type Metrics struct {
	App      string
	Instance string
	SDK      string
	Start    time.Time // of the time that the counts are of
	Flags    map[feature.Name]Count
}

// Count is how often a flag was on, off, and each of its variants.
type Count struct {
	Yes, No  int64
	Variants map[string]int64 // each above 0
}

func (c Count) empty() bool { return c.Yes == 0 && c.No == 0 && len(c.Variants) == 0 }

// Registration is what an application says of itself at its start.
type Registration struct {
	App        string
	Instance   string
	SDK        string   // name:version
	Strategies []string // that it implements; nil when it does not say
	Started    *time.Time
	Frontend   bool
}

// Bulk is what an edge collected from SDKs.
type Bulk struct {
	Applications []Registration
	Metrics      []Metrics // one flag each
	// SeenTokens are the secrets that SDKs used at the edge. They are not to be
	// kept.
	SeenTokens []string
}

// The wire types read what real SDKs send: whatever is not needed may be of any
// type, null or absent. What is needed is checked after decoding, so that an
// error can name the field.
type (
	wireApp struct {
		App      anyText `json:"appName"`
		Instance anyText `json:"instanceId"`
		SDK      anyText `json:"sdkVersion"`
	}
	wireRegistration struct {
		wireApp

		Environment anyText    `json:"environment"`
		SDKType     anyText    `json:"sdkType"`
		Started     instant    `json:"started"`
		Interval    number     `json:"interval"`
		Strategies  *[]anyText `json:"strategies"`
	}
	wireMetrics struct {
		wireApp

		Bucket *struct {
			Start   instant               `json:"start"`
			Stop    instant               `json:"stop"`
			Toggles *map[string]*wireFlag `json:"toggles"`
		} `json:"bucket"`
	}
	wireFlag struct {
		Yes      number            `json:"yes"`
		No       number            `json:"no"`
		Variants map[string]number `json:"variants"`
	}
	wireBulk struct {
		Applications *[]wireRegistration `json:"applications"`
		Metrics      *[]wireBulkCount    `json:"metrics"`
		SeenTokens   []anyText           `json:"seenTokens"`
	}
	wireBulkCount struct {
		wireApp
		wireFlag

		Feature     anyText `json:"featureName"`
		Environment anyText `json:"environment"`
		Timestamp   instant `json:"timestamp"`
	}
)

// ReadMetrics reads the body of POST /api/client/metrics. An Invalid error
// names the field that breaks a rule.
func ReadMetrics(raw []byte) (Metrics, error) {
	var w wireMetrics
	if err := decode(raw, &w); err != nil {
		return Metrics{}, err
	}
	m, err := w.metrics("/body")
	if err != nil || w.Bucket == nil {
		return m, err // a report of impact metrics only
	}
	if m.Start, err = w.Bucket.Start.required("/body/bucket/start"); err != nil {
		return m, err
	}
	if _, err := w.Bucket.Stop.optional("/body/bucket/stop"); err != nil {
		return m, err
	}
	if w.Bucket.Toggles == nil {
		return m, fault.Field("/body/bucket/toggles", "bucket.toggles is required: an object with the counts of each flag")
	}
	m.Flags = make(map[feature.Name]Count, len(*w.Bucket.Toggles))
	for name, flag := range *w.Bucket.Toggles {
		if flag == nil {
			continue
		}
		if m.Flags[feature.Name(name)], err = flag.count("/body/bucket/toggles/" + name); err != nil {
			return m, err
		}
	}
	return m, nil
}

// Complete reports what Unleash Proxy asks of a report and Unleash does not: an
// Invalid error that names the field.
func (m Metrics) Complete() error {
	switch {
	case m.Instance == "":
		return fault.Field("/body/instanceId", "instanceId is required: what tells this copy of the application from others")
	case m.Flags == nil:
		return fault.Field("/body/bucket", "bucket is required: the counts of a span of time")
	}
	return nil
}

// ReadRegistration reads the body of POST /api/client/register. An Invalid
// error names the field that breaks a rule.
func ReadRegistration(raw []byte) (Registration, error) {
	var w wireRegistration
	if err := decode(raw, &w); err != nil {
		return Registration{}, err
	}
	for _, rule := range []struct {
		broken  bool
		field   string
		message string
	}{
		{!w.Started.present, "started", "started is required: a date-time or a number of milliseconds"},
		{!w.Interval.present, "interval", "interval is required: a number"},
		{w.Strategies == nil, "strategies", "strategies is required: a list of names"},
	} {
		if rule.broken {
			return Registration{}, fault.Field("/body/"+rule.field, "%s", rule.message)
		}
	}
	return w.registration("/body")
}

// ReadBulk reads the body of POST /api/client/metrics/bulk. An Invalid error
// names the field that breaks a rule; then nothing of the body counts.
func ReadBulk(raw []byte) (Bulk, error) {
	var w wireBulk
	var b Bulk
	if err := decode(raw, &w); err != nil {
		return b, err
	}
	if w.Applications == nil {
		return b, fault.Field("/body/applications", "applications is required: a list")
	}
	if w.Metrics == nil {
		return b, fault.Field("/body/metrics", "metrics is required: a list")
	}
	for i := range *w.Applications {
		path := "/body/applications/" + strconv.Itoa(i)
		app := &(*w.Applications)[i]
		if app.Environment == "" {
			return b, fault.Field(path+"/environment", "environment is required: the name of an environment")
		}
		registration, err := app.registration(path)
		if err != nil {
			return b, err
		}
		b.Applications = append(b.Applications, registration)
	}
	for i := range *w.Metrics {
		metrics, err := (*w.Metrics)[i].metrics("/body/metrics/" + strconv.Itoa(i))
		if err != nil {
			return b, err
		}
		b.Metrics = append(b.Metrics, metrics)
	}
	for _, secret := range w.SeenTokens {
		b.SeenTokens = append(b.SeenTokens, string(secret))
	}
	return b, nil
}

// app returns the name of an application, which every report must have.
func (w wireApp) app(path string) (string, error) {
	name := string(w.App)
	switch {
	case strings.TrimSpace(name) == "":
		return "", fault.Field(path+"/appName", "appName is required: the name of the application")
	case len(name) > store.MaxApplicationName:
		return "", fault.Field(path+"/appName", "appName must not be longer than %d bytes", store.MaxApplicationName)
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", fault.Field(path+"/appName", "appName must not hold control characters")
	}
	return name, nil
}

func (w wireApp) metrics(path string) (Metrics, error) {
	app, err := w.app(path)
	return Metrics{App: app, Instance: w.Instance.short(), SDK: w.SDK.short()}, err
}

func (w *wireRegistration) registration(path string) (Registration, error) {
	app, err := w.app(path)
	if err != nil {
		return Registration{}, err
	}
	r := Registration{App: app, Instance: w.Instance.short(), SDK: w.SDK.short(), Frontend: w.SDKType == "frontend"}
	if r.Started, err = w.Started.optional(path + "/started"); err != nil {
		return r, err
	}
	if _, err := w.Interval.value(path + "/interval"); err != nil {
		return r, err
	}
	if w.Strategies == nil {
		return r, nil
	}
	const most = 100
	r.Strategies = make([]string, 0, min(len(*w.Strategies), most))
	for _, name := range *w.Strategies {
		if text := name.short(); text != "" && len(r.Strategies) < most {
			r.Strategies = append(r.Strategies, text)
		}
	}
	return r, nil
}

func (w *wireBulkCount) metrics(path string) (Metrics, error) {
	m, err := w.wireApp.metrics(path)
	if err != nil {
		return m, err
	}
	if w.Feature == "" {
		return m, fault.Field(path+"/featureName", "featureName is required: the name of a flag")
	}
	if w.Environment == "" {
		return m, fault.Field(path+"/environment", "environment is required: the name of an environment")
	}
	at, err := w.Timestamp.optional(path + "/timestamp")
	if err != nil {
		return m, err
	}
	if at != nil {
		m.Start = *at
	}
	c, err := w.count(path)
	m.Flags = map[feature.Name]Count{feature.Name(w.Feature): c}
	return m, err
}

func (w *wireFlag) count(path string) (Count, error) {
	var c Count
	var err error
	if c.Yes, err = w.Yes.value(path + "/yes"); err != nil {
		return c, err
	}
	if c.No, err = w.No.value(path + "/no"); err != nil {
		return c, err
	}
	for name, times := range w.Variants {
		n, err := times.value(path + "/variants/" + name)
		if err != nil {
			return c, err
		}
		if n == 0 || name == "" || len(name) > maxVariant || strings.ContainsFunc(name, unicode.IsControl) {
			continue // no variant of ours has such a name
		}
		if c.Variants == nil {
			c.Variants = make(map[string]int64, len(w.Variants))
		}
		c.Variants[name] = n
	}
	return c, nil
}

// decode reads JSON whose syntax is known to be right.
func decode(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil && string(raw) != "null":
		return nil
	case errors.As(err, &mismatch) && mismatch.Field != "":
		return fault.Field("/body/"+strings.ReplaceAll(mismatch.Field, ".", "/"), "%s must not be of type %s", mismatch.Field, mismatch.Value)
	default:
		return fault.Field("/body", "the body must be a JSON object")
	}
}

// anyText is a string; everything else reads as empty.
type anyText string

// UnmarshalJSON implements json.Unmarshaler.
func (t *anyText) UnmarshalJSON(raw []byte) error {
	var text string
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err //nolint:wrapcheck // a json.Unmarshaler
		}
	}
	*t = anyText(text)
	return nil
}

// short is the text without control characters, cut to maxText bytes.
func (t anyText) short() string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, string(t))
	if len(text) <= maxText {
		return text
	}
	text = text[:maxText]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

// number is a JSON number; null reads as absent.
type number struct {
	float   float64
	present bool
	wrong   bool // something else
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	n.present = true
	n.wrong = json.Unmarshal(raw, &n.float) != nil
	return nil
}

// value is the whole part of a number that is not negative; 0 when absent.
func (n number) value(path string) (int64, error) {
	if n.wrong || n.float < 0 || n.float > maxCount {
		return 0, fault.Field(path, "%s must be a number from 0 to %d", lastOf(path), int64(maxCount))
	}
	return int64(n.float), nil
}

// instant is an RFC 3339 date-time, or a number of milliseconds (of seconds,
// when it would otherwise be before March 1973); null reads as absent.
type instant struct {
	at      time.Time
	present bool
	wrong   bool // something else
}

// UnmarshalJSON implements json.Unmarshaler.
func (i *instant) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	i.present = true
	var text string
	if json.Unmarshal(raw, &text) == nil {
		at, err := time.Parse(time.RFC3339, text)
		i.at, i.wrong = at, err != nil
		return nil
	}
	const seconds, end = 100_000_000_000, 253_402_300_800_000 // the year 10000
	var n float64
	switch err := json.Unmarshal(raw, &n); {
	case err != nil, n < 0, n >= end:
		i.wrong = true
	case n < seconds:
		i.at = time.Unix(int64(n), 0)
	default:
		i.at = time.UnixMilli(int64(n))
	}
	return nil
}

func (i instant) optional(path string) (*time.Time, error) {
	switch {
	case i.wrong:
		return nil, fault.Field(path, "%s must be a date-time such as 2026-01-02T15:04:05Z, or a number of milliseconds", lastOf(path))
	case !i.present:
		return nil, nil //nolint:nilnil // absent is allowed
	}
	return &i.at, nil
}

func (i instant) required(path string) (time.Time, error) {
	at, err := i.optional(path)
	if err == nil && at == nil {
		err = fault.Field(path, "%s is required: a date-time or a number of milliseconds", lastOf(path))
	}
	if err != nil {
		return time.Time{}, err
	}
	return *at, nil
}

// lastOf is the field that a path ends with.
func lastOf(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
