package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFaultsHaveTests: every row of the table of faults in docs/operations.md
// names tests that there are, or says that there can be none.
func TestFaultsHaveTests(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| fault | what users see | for how long | test |\n|---|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	if !found || len(rows) < 5 {
		t.Fatal("docs/operations.md has no table of faults")
	}
	tests := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test {
				tests[f.Name.Name] = true
			}
		}
	}
	name := regexp.MustCompile("`(Test[A-Za-z0-9]+)`")
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		last := cells[len(cells)-1]
		named := name.FindAllStringSubmatch(last, -1)
		if len(named) == 0 && !strings.HasPrefix(last, "not tested:") {
			t.Errorf("the fault %q has no test", cells[0])
		}
		for _, match := range named {
			if !tests[match[1]] {
				t.Errorf("the fault %q names %s, which does not exist", cells[0], match[1])
			}
		}
	}
}
