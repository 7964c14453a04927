package house

import (
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestNoMutableGlobals lets a package-level variable be a table, a sentinel
// error or a compiled pattern: something that is complete where it is declared
// and that nobody changes afterwards. State lives in a value that app builds.
func TestNoMutableGlobals(t *testing.T) {
	packages := map[string][]source{}
	for _, s := range code(t) {
		packages[s.dir()] = append(packages[s.dir()], s)
	}
	for dir, files := range packages {
		g := resolve(dir, files)
		for _, s := range files {
			for _, problem := range g.declarations(s) {
				t.Error(problem)
			}
			for _, problem := range g.changes(s) {
				t.Error(problem)
			}
		}
	}
}

// globals resolves the identifiers of one package.
type globals struct {
	scope *types.Scope
	uses  map[*ast.Ident]types.Object
}

// resolve type-checks as far as identifiers go. Imports are empty stand-ins,
// so that no other package is read; what follows from their absence is
// ignored.
func resolve(dir string, files []source) globals {
	var parsed []*ast.File
	for _, s := range files {
		parsed = append(parsed, s.file)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: standIns{}, Error: func(error) {}}
	pkg, _ := config.Check(dir, files[0].fset, parsed, info) // errors come from the stand-ins
	return globals{scope: pkg.Scope(), uses: info.Uses}
}

// standIns imports every path as an empty package.
type standIns struct{}

var _ types.Importer = standIns{}

// Import implements [types.Importer].
func (standIns) Import(name string) (*types.Package, error) {
	if name == "unsafe" {
		return importer.Default().Import(name)
	}
	base := path.Base(name)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(name)) // the major version is no name
	}
	pkg := types.NewPackage(name, base)
	pkg.MarkComplete()
	return pkg, nil
}

// global reports whether e is a package-level variable, or a part of one:
// x, x.field, x[i], *x.
func (g globals) global(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		v, ok := g.uses[e].(*types.Var)
		return e.Name, ok && v.Parent() == g.scope
	case *ast.SelectorExpr:
		return g.global(e.X)
	case *ast.IndexExpr:
		return g.global(e.X)
	case *ast.StarExpr:
		return g.global(e.X)
	case *ast.ParenExpr:
		return g.global(e.X)
	}
	return "", false
}

// declarations finds variables whose declaration says that they will change.
func (g globals) declarations(s source) []string {
	var problems []string
	for _, d := range s.file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.VAR {
			continue
		}
		for _, d := range decl.Specs {
			spec := d.(*ast.ValueSpec)
			if spec.Names[0].Name == "_" || embedded(decl, spec) {
				continue
			}
			if len(spec.Values) == 0 {
				problems = append(problems, s.position(spec)+": "+spec.Names[0].Name+" has no value where it is declared, so something must set it")
			}
			for _, part := range append(slices.Clone(spec.Values), spec.Type) {
				if word := changeable(part); word != "" {
					problems = append(problems, s.position(spec)+": "+spec.Names[0].Name+" is state ("+word+"); hold it in a value that app builds")
				}
			}
		}
	}
	return problems
}

// embedded reports whether the compiler fills the variable.
func embedded(decl *ast.GenDecl, spec *ast.ValueSpec) bool {
	for _, group := range []*ast.CommentGroup{decl.Doc, spec.Doc} {
		if group == nil {
			continue
		}
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

// changeable names what makes an initial value or a type state, or is empty.
func changeable(e ast.Expr) string {
	if e == nil {
		return ""
	}
	found := ""
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // what a function of a table does is its own affair
		case *ast.ChanType:
			found = "a channel"
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "make" || f.Name == "new") {
				found = f.Name
			}
		case *ast.SelectorExpr:
			x, name, _ := selector(n)
			// OnceValue computes a table on first use; it is set once, for all.
			if (x == "sync" && !strings.HasPrefix(name, "OnceValue")) || x == "atomic" || x == "prometheus" {
				found = x + "." + name
			}
		}
		return found == ""
	})
	return found
}

// changes finds the places where a package-level variable is changed, or
// handed to somebody who could.
func (g globals) changes(s source) []string {
	var problems []string
	report := func(n ast.Node, e ast.Expr, how string) {
		if name, ok := g.global(e); ok {
			problems = append(problems, s.position(n)+": "+how+" package-level "+name)
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				report(n, left, "assigns to")
			}
		case *ast.IncDecStmt:
			report(n, n.X, "changes")
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				report(n, n.X, "takes the address of")
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				report(n, n.Key, "assigns to")
			}
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.Ident)
			if ok && len(n.Args) > 0 && slices.Contains([]string{"delete", "clear", "copy"}, f.Name) {
				report(n, n.Args[0], f.Name+" on")
			}
		}
		return true
	})
	return problems
}
