package house

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestThreatsAreTested: every test that docs/security.md names exists, and
// every threat in its table names one.
func TestThreatsAreTested(t *testing.T) {
	t.Parallel()
	exists := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test && f.Recv == nil {
				exists[f.Name.Name] = true
			}
		}
	}
	err := walk(func(name string) error {
		exists[path.Base(name)] = exists[path.Base(name)] || path.Ext(name) == ".txtar"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w*|[\\w-]+\\.txtar)`")
	document := read(t, "docs/security.md")
	for _, match := range named.FindAllStringSubmatch(document, -1) {
		if !exists[match[1]] {
			t.Errorf("docs/security.md names %s, which does not exist", match[1])
		}
	}
	_, table, found := strings.Cut(document, "| threat | what protects | proved by |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	if !found || len(rows) < 2 {
		t.Fatal("docs/security.md has no table of threats")
	}
	for _, row := range rows {
		cells := strings.Split(row, " | ")
		if len(cells) != 3 || !named.MatchString(cells[2]) {
			t.Errorf("docs/security.md: no test proves this: %s", row)
		}
	}
}
