// Package house holds the conventions of the house as tests: layout, imports,
// size, documentation, globals, requirements.
//
// Each convention is a table or a small function over the parsed sources, so
// that breaking it fails with the sentence a reviewer would have written. Flow:
// [sources] parses every Go file of the main module once; each test walks the
// result. What does not belong: anything that runs the program (package test),
// and tests of one package, which live beside it.
package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the import path of the main module.
const module = "github.com/burgeehq/burgee"

// root is the top of the repository, seen from this package's directory.
const root = "../.."

// source is one parsed Go file.
type source struct {
	path string // slash-separated, from the top of the repository
	test bool   // a _test.go file
	fset *token.FileSet
	file *ast.File
}

// dir is the directory of the file, which names its package: "internal/token".
func (s source) dir() string { return path.Dir(s.path) }

// position says where a node stands, as file:line.
func (s source) position(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.line(n.Pos()))
}

func (s source) line(p token.Pos) int { return s.fset.Position(p).Line }

// imports lists the import paths of the file.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

// skipped are directories without code of the main module.
var skipped = map[string]bool{
	".git": true, "bin": true, "data": true, "dist": true, "node_modules": true,
	"testdata": true, "tmp": true, "tools": true,
}

// walk calls visit for every file of the repository outside the skipped
// directories, with its slash-separated path.
func walk(visit func(path string) error) error {
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipped[entry.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(rel))
	})
}

var parseOnce = sync.OnceValues(func() ([]source, error) {
	var all []source
	fset := token.NewFileSet()
	err := walk(func(name string) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(fset, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, source{path: name, test: strings.HasSuffix(name, "_test.go"), fset: fset, file: file})
		return nil
	})
	return all, err
})

// sources returns every Go file of the main module, in the order of its path.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := parseOnce()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// code returns the files that ship: no _test.go files, and nothing below test
// and bench, which only developers run.
func code(t *testing.T) []source {
	t.Helper()
	var shipped []source
	for _, s := range sources(t) {
		if !s.test && !strings.HasPrefix(s.path, "test/") && !strings.HasPrefix(s.path, "bench/") {
			shipped = append(shipped, s)
		}
	}
	return shipped
}

// read returns a file of the repository, named from its top.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
