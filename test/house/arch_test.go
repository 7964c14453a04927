package house

import (
	"encoding/json"
	"go/ast"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// rule says which packages of this module one package may import, and why.
type rule struct {
	pkg    string
	may    []string
	reason string
}

// The levels of docs/architecture.md, section 2. Imports go down only.
var (
	level0 = []string{"internal/fault", "internal/token", "internal/access", "internal/feature", "internal/eval"}
	level1 = []string{"internal/store", "internal/snapshot", "internal/telemetry"}
	level2 = []string{"internal/auth", "internal/control", "internal/usage", "internal/edge", "internal/notify"}
	level3 = []string{
		"internal/adminapi", "internal/clientapi", "internal/frontendapi", "internal/edgeapi",
		"internal/authapi", "internal/opsapi", "ui",
	}

	state = slices.Concat(level0, level1)
	doors = slices.Concat(level0, level1, level2, []string{"internal/web"})
	whole = slices.Concat(doors, level3)
)

// rules is the dependency rule: a package that is not here does not exist yet,
// and gets its row before its first file.
var rules = []rule{
	{"internal/fault", nil, "the kinds of error are the vocabulary of all others"},
	{"internal/token", nil, "the grammar of secrets is pure: text in, value out"},
	{"internal/feature", []string{"internal/fault"}, "the nouns know themselves, and say which rule a value breaks"},
	{"internal/access", []string{"internal/token", "internal/feature"}, "a grant is a kind of token and a set of projects and environments"},
	{"internal/eval", []string{"internal/feature"}, "evaluation is a function of flags and a context"},

	{"internal/store", level0, "the store keeps the nouns; it knows no rule of who may do what"},
	{"internal/snapshot", level0, "a snapshot is compiled flags, cut to a grant"},
	{"internal/telemetry", nil, "everything is measured with it, so it depends on nothing"},
	{"internal/web", []string{"internal/fault"}, "the HTTP kit translates faults, and knows no noun"},

	{"internal/auth", state, "looks grants up, keeps them current by the change feed"},
	{"internal/control", state, "use cases: permission, validation, one transaction"},
	{"internal/usage", state, "aggregates and flushes"},
	{"internal/edge", append(slices.Clone(state), "internal/auth", "internal/usage"), "another source of snapshots and verdicts, and another sink of usage; see ADR 4"},
	{"internal/notify", state, "driven by events"},

	{"internal/adminapi", doors, "a door: one Handler that mounts itself"},
	{"internal/clientapi", doors, "a door"},
	{"internal/frontendapi", doors, "a door"},
	{"internal/edgeapi", doors, "a door"},
	{"internal/authapi", doors, "a door"},
	{"internal/opsapi", doors, "a door"},
	{"ui", []string{"internal/web"}, "a client of the public Admin API, embedded"},

	{"internal/app", whole, "the composition root"},
	{"internal/testkit/testdb", []string{"internal/store"}, "a database per test, for tests of packages that know no app"},
	{"internal/testkit", append(slices.Clone(whole), "internal/app", "internal/testkit/testdb"), "starts the real app for tests"},
	{"cmd/burgee", []string{"internal/app"}, "main: command line to options, signals to context"},
}

func ruleFor(pkg string) (rule, bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.pkg == pkg })
	if i < 0 {
		return rule{}, false
	}
	return rules[i], true
}

func TestImportsGoDownOnly(t *testing.T) {
	for _, s := range code(t) {
		r, known := ruleFor(s.dir())
		if !known {
			t.Errorf("%s: package %s has no row in the dependency rule (test/house/arch_test.go); give it one with a reason, and say in docs/architecture.md what it is for", s.path, s.dir())
			continue
		}
		for _, imported := range s.imports() {
			inner, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(r.may, inner) {
				t.Errorf("%s imports %s: %s may import [%s] (%s)", s.path, inner, r.pkg, strings.Join(r.may, " "), r.reason)
			}
		}
	}
}

// TestDependencyRuleHasNoCycle checks the table itself: a row may name only
// rows above it, but for access, which stands after what it names.
func TestDependencyRuleHasNoCycle(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules {
		if r.reason == "" {
			t.Errorf("%s has no reason", r.pkg)
		}
		for _, below := range r.may {
			if !seen[below] {
				t.Errorf("%s may import %s, which has no row above it", r.pkg, below)
			}
		}
		if seen[r.pkg] {
			t.Errorf("%s has two rows", r.pkg)
		}
		seen[r.pkg] = true
	}
}

// foreign says where an outside package may be imported: a path, or a path
// that begins with it and a slash.
var foreign = []struct {
	path   string
	only   []string
	reason string
}{
	{"database/sql", []string{"internal/store", "internal/testkit/testdb"}, "SQL in store, and nowhere else"},
	{"modernc.org/sqlite", []string{"internal/store"}, "SQL in store, and nowhere else"},
	{"github.com/jackc/pgx/v5", []string{"internal/store", "internal/testkit/testdb"}, "SQL in store, and nowhere else"},
	{"github.com/pressly/goose/v3", []string{"internal/store"}, "migrations belong to the store"},
	{
		"net/http",
		slices.Concat(level3, []string{"internal/web", "internal/app", "internal/testkit", "cmd/burgee"}, httpClients),
		"HTTP is for the doors, and for the packages that call out",
	},
	{"github.com/gomodule/redigo", []string{"internal/edge"}, "Redis is one place for what an edge keeps"},
	{"github.com/go-chi/chi/v5", slices.Concat(level3, []string{"internal/web", "internal/app"}), "routing is for the doors"},
	{"github.com/alecthomas/kong", []string{"internal/app", "cmd/burgee"}, "the command line ends in options"},
	{"os/exec", []string{"internal/testkit", "internal/testkit/testdb"}, "a flag server starts no process; its tests start PostgreSQL and Redis"},
	{"unsafe", nil, "no benchmark has asked for it"},
	{"plugin", nil, "one binary"},
	{"expvar", nil, "registers itself in net/http's globals"},
	{"net/http/pprof", []string{"internal/opsapi"}, "it registers itself in net/http's globals, which nothing may serve: one place that means it (ADR 8)"},
}

// httpClients may call out by HTTP, and may not answer.
var httpClients = []string{"internal/auth", "internal/edge", "internal/notify"}

func TestOutsidePackagesStayWhereTheyBelong(t *testing.T) {
	for _, s := range code(t) {
		for _, imported := range s.imports() {
			for _, f := range foreign {
				if (imported == f.path || strings.HasPrefix(imported, f.path+"/")) && !slices.Contains(f.only, s.dir()) {
					t.Errorf("%s imports %s: %s", s.path, imported, f.reason)
				}
			}
		}
	}
}

// TestNothingServesTheGlobals: what packages register in net/http's globals,
// such as profiles, is not to be reached.
func TestNothingServesTheGlobals(t *testing.T) {
	globals := []string{"DefaultServeMux", "Handle", "HandleFunc", "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"}
	for _, s := range code(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if x, name, ok := selector(n); ok && x == "http" && slices.Contains(globals, name) {
				t.Errorf("%s uses http.%s: serve a handler of your own", s.position(n), name)
			}
			return true
		})
	}
}

func TestOnlyDoorsAnswerHTTP(t *testing.T) {
	answers := []string{"ResponseWriter", "Handler", "HandlerFunc", "ServeMux", "Server", "Error", "SetCookie"}
	for _, s := range code(t) {
		if !slices.Contains(httpClients, s.dir()) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if x, name, ok := selector(n); ok && x == "http" && slices.Contains(answers, name) {
				t.Errorf("%s uses http.%s: handlers belong to web and the doors", s.position(n), name)
			}
			return true
		})
	}
}

// TestClockIsAnArgument: what a test cannot set, it cannot test.
func TestClockIsAnArgument(t *testing.T) {
	// Those that hand the clock out, and those that time real work.
	clocks := []string{"internal/app", "internal/testkit", "internal/testkit/testdb", "internal/telemetry", "internal/web", "cmd/burgee"}
	for _, s := range code(t) {
		if slices.Contains(clocks, s.dir()) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if x, name, ok := selector(n); ok && x == "time" && (name == "Now" || name == "Since" || name == "Until") {
				t.Errorf("%s uses time.%s: take now func() time.Time", s.position(n), name)
			}
			return true
		})
	}
}

// TestPurePackagesTouchNothing: level 0 has no I/O, no log, and nothing to
// wait for.
func TestPurePackagesTouchNothing(t *testing.T) {
	outside := []string{"os", "io/fs", "net/http", "database/sql", "log/slog", "context", "os/signal", "syscall"}
	for _, s := range code(t) {
		if !slices.Contains(level0, s.dir()) {
			continue
		}
		for _, imported := range s.imports() {
			if slices.Contains(outside, imported) {
				t.Errorf("%s imports %s: %s is pure", s.path, imported, s.dir())
			}
		}
	}
}

func TestPackageNamesSayWhatIsInside(t *testing.T) {
	vague := []string{"pkg", "util", "utils", "common", "helper", "helpers", "model", "models", "types", "service", "services", "manager", "base", "misc", "shared"}
	for _, s := range sources(t) {
		for element := range strings.SplitSeq(s.dir(), "/") {
			if slices.Contains(vague, element) {
				t.Errorf("%s: %q says nothing; name the package after what it provides", s.path, element)
			}
		}
		name := s.file.Name.Name
		base := path.Base(s.dir())
		if name != "main" && name != base && name != base+"_test" {
			t.Errorf("%s: package %s in directory %s", s.path, name, base)
		}
	}
}

func TestEveryPackageHasOneDocComment(t *testing.T) {
	documented := map[string][]string{}
	onlyTests := map[string]bool{}
	for _, s := range sources(t) {
		if only, seen := onlyTests[s.dir()]; s.test && (only || !seen) {
			onlyTests[s.dir()] = true
		} else {
			onlyTests[s.dir()] = false
		}
		if s.file.Doc == nil {
			continue
		}
		text := s.file.Doc.Text()
		if s.test && !strings.HasPrefix(text, "Package ") {
			continue // a word about one test file
		}
		if !strings.HasPrefix(text, "Package "+s.file.Name.Name+" ") && !strings.HasPrefix(text, "Command ") {
			t.Errorf("%s: the doc comment begins with %q, want \"Package %s \" or \"Command \"", s.path, strings.SplitN(text, "\n", 2)[0], s.file.Name.Name)
		}
		documented[s.dir()] = append(documented[s.dir()], s.path)
	}
	for dir := range onlyTests {
		if files := documented[dir]; len(files) != 1 {
			t.Errorf("package %s has %d doc comments %v, want one: purpose, main types, flow, what does not belong", dir, len(files), files)
		}
	}
}

func TestNoInitFunctions(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: func init: build it in a constructor that app calls", s.position(f))
			}
		}
	}
}

func TestModuleFile(t *testing.T) {
	const budget = 20
	command := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", "go.mod")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Module  struct{ Path string }
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []struct{ Old, New struct{ Path string } }
		Tool    []struct{ Path string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	if mod.Module.Path != module {
		t.Errorf("module %s, want %s", mod.Module.Path, module)
	}
	for _, r := range mod.Replace {
		t.Errorf("go.mod replaces %s by %s: a replace is ignored by whoever installs us with go install", r.Old.Path, r.New.Path)
	}
	for _, tool := range mod.Tool {
		t.Errorf("go.mod has the tool %s: tools live in tools/go.mod", tool.Path)
	}
	var direct []string
	for _, r := range mod.Require {
		if !r.Indirect {
			direct = append(direct, r.Path)
		}
	}
	if len(direct) > budget {
		t.Errorf("%d direct dependencies, the budget is %d: %v", len(direct), budget, direct)
	}
	decisions := read(t, "docs/adr/0002-dependencies.md")
	for _, p := range direct {
		if !strings.Contains(decisions, "`"+p+"`") {
			t.Errorf("%s is a direct dependency without its line in docs/adr/0002-dependencies.md", p)
		}
	}
}

// selector returns the parts of a qualified identifier such as time.Now.
func selector(n ast.Node) (x, name string, ok bool) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return "", "", false
	}
	ident, ok := sel.X.(*ast.Ident)
	if !ok {
		return "", "", false
	}
	return ident.Name, sel.Sel.Name, true
}
