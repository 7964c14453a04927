package usage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/usage"
)

// picky is a sink that refuses what one application reports, and, when told to,
// is away.
type picky struct {
	usage.Sink

	app  string
	away bool
}

// Write implements usage.Sink.
func (p *picky) Write(ctx context.Context, b usage.Batch) error {
	for _, c := range b.Counts {
		if c.App == p.app {
			return fault.New(fault.Invalid, "texts must not hold NUL")
		}
	}
	if p.away && len(b.Counts) > 0 {
		return fault.Wrap(fault.Unavailable, errors.New("away"), "away")
	}
	return p.Sink.Write(ctx, b) //nolint:wrapcheck // a test
}

// TestARowThatCannotBeStored: it is dropped and counted, and everything else is
// stored, once, also when the sink goes away while the row is looked for.
func TestARowThatCannotBeStored(t *testing.T) {
	t.Parallel()
	b := start(t)
	sink := &picky{Sink: b.sink(), app: "app-7", away: true}
	u := b.node(sink)
	const apps = 20
	for i := range apps {
		u.Metrics(everything, report(fmt.Sprint("app-", i), noon, map[feature.Name]usage.Count{"a": {Yes: 2, No: 1}}))
	}
	if err := u.Flush(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("flush without a sink: %v", err)
	}
	sink.away = false
	if err := u.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	counts := b.counts("a")
	for i := range apps {
		want := "2 1"
		if i == 7 {
			want = ""
		}
		if got := counts[fmt.Sprintf("app-%d development %s ", i, noon.Format("01-02T15"))]; got != want {
			t.Errorf("app-%d: %q, want %q", i, got, want)
		}
	}
	if s := u.Stats(); s.Dropped.Refused != 1 || s.Pending != 0 {
		t.Errorf("%+v", s)
	}
}

// TestTextsThatPostgresCannotStore: past the doors, which refuse or clean them,
// they cost themselves and nothing else.
func TestTextsThatPostgresCannotStore(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, text := range []string{"a\x00b", "a\xffb"} {
		b.Metrics(everything, usage.Metrics{App: text, Instance: text, SDK: text, Start: noon, Flags: map[feature.Name]usage.Count{
			"a": {Yes: 1, Variants: map[string]int64{text: 1}}, feature.Name(text): {Yes: 1},
		}})
	}
	b.Metrics(everything, report("good", noon, map[feature.Name]usage.Count{"a": {Yes: 2, No: 1}}))
	b.flush()
	if got := b.counts("a")["good development "+noon.Format("01-02T15")+" "]; got != "2 1" {
		t.Errorf("counts %q beside texts that cannot be stored", got)
	}
}
