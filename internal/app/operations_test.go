package app_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/burgeehq/burgee/internal/app"
	"github.com/burgeehq/burgee/internal/testkit"
)

// operations returns docs/operations.md.
func operations(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// settings is the table of settings that the documentation must have.
func settings(t *testing.T) string {
	t.Helper()
	parser, err := kong.New(&app.ServeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	for _, flag := range parser.Model.Flags {
		if flag.Name == "help" {
			continue
		}
		cells := []string{"", "`" + strings.Join(flag.Envs, "`, `") + "`", "", flag.Help}
		if !flag.Hidden { // a secret does not belong on a command line
			cells[0] = "`--" + flag.Name + "`"
		}
		if flag.Default != "" {
			cells[2] = "`" + flag.Default + "`"
		}
		rows.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return rows.String()
}

// TestSettingsAreDocumented: the table in docs/operations.md is what the
// program accepts.
func TestSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	const head = "| flag | variable | default | |\n|---|---|---|---|\n"
	want := settings(t)
	_, table, found := strings.Cut(operations(t), head)
	table, _, _ = strings.Cut(table, "\n\n")
	if !found || strings.TrimSpace(table) != strings.TrimSpace(want) {
		t.Errorf("the settings in docs/operations.md must read:\n%s%s", head, want)
	}
}

// TestMetricsAreDocumented: the metrics of docs/operations.md are those that
// the program has, but for those of the process and the Go runtime.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	s.Must(http.StatusOK, http.MethodGet, "/health", "") // so that there are requests to measure
	served := regexp.MustCompile(`(?m)^# TYPE (\S+) `).FindAllStringSubmatch(s.Must(http.StatusOK, http.MethodGet, "/internal-backstage/prometheus", "").Body, -1)
	var names []string
	for _, match := range served {
		if name := match[1]; !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") {
			names = append(names, name)
		}
	}
	var documented []string
	for _, match := range regexp.MustCompile("(?m)^\\| `([a-z_]+)(?:\\{[^}]*\\})?` \\|").FindAllStringSubmatch(operations(t), -1) {
		documented = append(documented, match[1])
	}
	slices.Sort(names)
	slices.Sort(documented)
	if !slices.Equal(names, documented) {
		t.Errorf("docs/operations.md tells of\n%s\nthe program has\n%s", strings.Join(documented, "\n"), strings.Join(names, "\n"))
	}
}
