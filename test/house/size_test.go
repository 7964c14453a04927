package house

import (
	"go/ast"
	"testing"
)

// The size budget of docs/architecture.md, section 5. Tests are exempt.
const (
	maxFunctionLines    = 80 // of the body, comments not counted
	maxFileLines        = 500
	maxInterfaceMethods = 5
	maxParameters       = 5
)

// overBudget lists what may have more parameters, and why.
var overBudget = map[string]string{
	"internal/adminapi/adminapi.go act":   "a row of the route table: each argument is a column",
	"internal/adminapi/adminapi.go write": "a row of the route table: each argument is a column",
}

func TestSizeBudget(t *testing.T) {
	for _, s := range code(t) {
		if ast.IsGenerated(s.file) {
			continue
		}
		if lines := s.line(s.file.FileEnd); lines > maxFileLines {
			t.Errorf("%s has %d lines, the budget is %d", s.path, lines, maxFileLines)
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Body == nil {
					return false
				}
				if lines := functionLines(s, n); lines > maxFunctionLines {
					t.Errorf("%s: %s has %d lines, the budget is %d", s.position(n), n.Name.Name, lines, maxFunctionLines)
				}
				if params := n.Type.Params.NumFields(); params > maxParameters && overBudget[s.path+" "+n.Name.Name] == "" {
					t.Errorf("%s: %s has %d parameters, the budget is %d", s.position(n), n.Name.Name, params, maxParameters)
				}
			case *ast.InterfaceType:
				if methods := len(n.Methods.List); methods > maxInterfaceMethods {
					t.Errorf("%s: an interface of %d methods, the budget is %d", s.position(n), methods, maxInterfaceMethods)
				}
			}
			return true
		})
	}
}

// functionLines counts the lines between the braces, without those that hold
// nothing but a comment.
func functionLines(s source, f *ast.FuncDecl) int {
	lines := s.line(f.End()) - s.line(f.Pos()) - 1
	for _, group := range s.file.Comments {
		if group.Pos() < f.Body.Pos() || group.End() > f.Body.End() {
			continue
		}
		for _, c := range group.List {
			lines -= s.line(c.End()) - s.line(c.Pos()) + 1
		}
		if trailing(s, f, group) {
			lines++ // it shares its first line with code
		}
	}
	return max(lines, 0)
}

// trailing reports whether code of f stands before the comment on its line.
func trailing(s source, f *ast.FuncDecl, comment *ast.CommentGroup) bool {
	line, found := s.line(comment.Pos()), false
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil || found || n.Pos() > comment.Pos() {
			return false
		}
		if s.line(n.Pos()) == line || (n.End() <= comment.Pos() && s.line(n.End()) == line) {
			found = true
		}
		return !found
	})
	return found
}
