package house

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/requirements.md anew")

const (
	requirementsFile = "docs/requirements.md"
	requirements     = 35 // R1 to R35
)

// planned maps a requirement to the issue that brings it. A planned
// requirement may have tests already; every other one must.
var planned = map[int]int{}

// TestRequirementsTable holds docs/requirements.md to the tests that exist. To
// write it anew: make gen.
func TestRequirementsTable(t *testing.T) {
	found := requirementTests(t)
	for number := range found {
		if number < 1 || number > requirements {
			t.Errorf("%v: there is no requirement R%d", found[number], number)
		}
	}
	committed := read(t, requirementsFile)
	current, rows := withTests(committed, found)
	if want := numbers(); !slices.Equal(rows, want) {
		t.Fatalf("%s has the rows %v, want R1 to R%d in order", requirementsFile, rows, requirements)
	}
	if current == committed {
		return
	}
	if *update {
		if err := os.WriteFile(filepath.Join(root, requirementsFile), []byte(current), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is stale; run make gen\n%s", requirementsFile, firstDifference(committed, current))
}

func TestEveryRequirementHasATest(t *testing.T) {
	found := requirementTests(t)
	for _, number := range numbers() {
		if _, later := planned[number]; !later && len(found[number]) == 0 {
			t.Errorf("R%d has no test: name it in the name or doc comment of the test that proves it", number)
		}
	}
}

func numbers() []int {
	all := make([]int, requirements)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

var requirementRow = regexp.MustCompile(`^\| R(\d+) \| (.*?) \|[^|]*\|$`)

// withTests writes the last column of each row, and returns the numbers of the
// rows in their order.
func withTests(text string, found map[int][]string) (written string, rows []int) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		m := requirementRow.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		number, _ := strconv.Atoi(m[1]) // the pattern has digits only
		rows = append(rows, number)
		lines[i] = fmt.Sprintf("| R%d | %s | %s |", number, m[2], proof(number, found[number]))
	}
	return strings.Join(lines, "\n"), rows
}

func proof(number int, tests []string) string {
	var cell string
	if issue, later := planned[number]; later {
		cell = fmt.Sprintf("planned: issue %d", issue)
		if len(tests) > 0 {
			cell += "; so far "
		}
	}
	return cell + strings.Join(tests, ", ")
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return "committed: " + as[i] + "\ncurrent:   " + bs[i]
		}
	}
	return "one is longer"
}

// requirementTests finds the tests that name each requirement, sorted, each as
// "`package`.TestName", or the path and title of a script's test.
func requirementTests(t *testing.T) map[int][]string {
	t.Helper()
	found := map[int]map[string]bool{}
	add := func(test string, numbers []int) {
		for _, n := range numbers {
			if found[n] == nil {
				found[n] = map[string]bool{}
			}
			found[n][test] = true
		}
	}
	for _, s := range sources(t) {
		if s.test {
			inGo(s, add)
		}
	}
	err := walk(func(name string) error {
		var inText func(string) []int
		switch path.Ext(name) {
		case ".js", ".mjs", ".ts", ".tsx":
			inText = inScript
		case ".txtar":
			inText = inTestscript
		default:
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		add("`"+name+"`", inText(string(text)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sorted := map[int][]string{}
	for n, tests := range found {
		sorted[n] = slices.Sorted(maps.Keys(tests))
	}
	return sorted
}

var (
	// A number in prose: R12, not CVSR12 and not R12x.
	inProse = regexp.MustCompile(`\bR([1-9]\d?)\b`)
	// A number in the name of a Go test: TestR12_X, TestClientTokenR13R15.
	inName = regexp.MustCompile(`R([1-9]\d?)(?:_|[A-Z]|$)`)
	// Numbers at the start of a subtest's name: "R12: ...", "R12 R13 ...".
	atStart = regexp.MustCompile(`^(?:R[1-9]\d?\b[ ,]*)+`)
	// The title of a test in JavaScript or TypeScript.
	scriptTitle = regexp.MustCompile("\\b(?:test|it|describe)(?:\\.\\w+)?\\(\\s*['\"`]([^\n]*?)['\"`]\\s*,")
)

func numbersIn(text string, pattern *regexp.Regexp) []int {
	var numbers []int
	for text != "" {
		at := pattern.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		n, _ := strconv.Atoi(text[at[2]:at[3]]) // the patterns have digits only
		numbers = append(numbers, n)
		text = text[at[3]:] // what ended one number may begin the next
	}
	return numbers
}

// inGo reads names, doc comments and the names of subtests.
func inGo(s source, add func(test string, numbers []int)) {
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !isTest(f.Name.Name) {
			continue
		}
		test := "`" + path.Base(s.dir()) + "." + f.Name.Name + "`"
		add(test, numbersIn(f.Name.Name, inName))
		add(test, numbersIn(f.Doc.Text(), inProse))
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, err := strconv.Unquote(literal.Value)
				if err == nil {
					add(test, numbersIn(atStart.FindString(text), inProse))
				}
			}
			return true
		})
	}
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz")
}

// inScript reads the titles of a JavaScript or TypeScript file's tests.
func inScript(text string) []int {
	var numbers []int
	for _, title := range scriptTitle.FindAllStringSubmatch(text, -1) {
		numbers = append(numbers, numbersIn(title[1], inProse)...)
	}
	return numbers
}

// inTestscript reads the comments of a testscript, up to its files.
func inTestscript(text string) []int {
	var numbers []int
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "-- ") {
			break
		}
		if strings.HasPrefix(line, "#") {
			numbers = append(numbers, numbersIn(line, inProse)...)
		}
	}
	return numbers
}

func TestRequirementNumbersAreFound(t *testing.T) {
	for _, c := range []struct {
		text string
		in   func(string) []int
		want []int
	}{
		{"TestR12_Anyone", func(s string) []int { return numbersIn(s, inName) }, []int{12}},
		{"TestScopeR14R15", func(s string) []int { return numbersIn(s, inName) }, []int{14, 15}},
		{"TestR1CSV", func(s string) []int { return numbersIn(s, inName) }, []int{1}},
		{"TestR2d2", func(s string) []int { return numbersIn(s, inName) }, nil},
		{"proves R13, R14.", func(s string) []int { return numbersIn(s, inProse) }, []int{13, 14}},
		{"ERR13 R130 R0", func(s string) []int { return numbersIn(s, inProse) }, nil},
		{"test('R17: CORS', async () => {\n it(\"R18, R19\",", inScript, []int{17, 18, 19}},
		{"// R17 is elsewhere\ntest('plain', f)", inScript, nil},
		{"# R34: never logged\nexec burgee\n-- a.txt --\n# R1\n", inTestscript, []int{34}},
	} {
		if got := c.in(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q names %v, want %v", c.text, got, c.want)
		}
	}
}
