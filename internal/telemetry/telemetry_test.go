package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/telemetry"
)

func TestParseLevel(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]slog.Level{
		"": slog.LevelInfo, "debug": slog.LevelDebug, "Info": slog.LevelInfo, "WARN": slog.LevelWarn, "warning": slog.LevelWarn,
		"error": slog.LevelError, "fatal": slog.LevelError,
	} {
		if got, err := telemetry.ParseLevel(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"verbose", "1", " info"} {
		if got, err := telemetry.ParseLevel(text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestLogger(t *testing.T) {
	t.Parallel()
	for _, text := range []bool{true, false} {
		var out bytes.Buffer
		log := telemetry.NewLogger(&out, slog.LevelWarn, text)
		log.Info("too low")
		log.Warn("a line", "key", "with \"quotes\"\nand a break")
		if got := strings.Count(out.String(), "\n"); got != 1 {
			t.Errorf("text %v: %d lines: %s", text, got, out.String())
		}
		var line map[string]any
		if isJSON := json.Unmarshal(out.Bytes(), &line) == nil; isJSON == text {
			t.Errorf("text %v: wrote %s", text, out.String())
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics("v1.2.3")
	m.Request("GET", "/a/{b}", 200, 30*time.Millisecond)
	m.Request("GET", "/a/{b}", 200, time.Minute)
	m.Panicked()
	m.Gauge("test_gauge", "h", func() float64 { return 7 })
	m.Counter("test_total", "h", func() float64 { return 8 }, "reason", "a")
	m.Counter("test_total", "h", func() float64 { return 9 }, "reason", "b")
	families, err := m.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "go_") && !strings.HasPrefix(family.GetName(), "process_") {
			text.WriteString(family.String() + "\n")
		}
	}
	for _, want := range []string{"v1.2.3", "http_requests_total", "http_panics_total", "test_gauge", "sample_count:2", "value:9"} {
		if !strings.Contains(strings.ReplaceAll(text.String(), "  ", " "), want) {
			t.Errorf("the metrics lack %s: %s", want, text.String())
		}
	}
}
