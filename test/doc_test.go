// Package test runs the built program from outside, with its real clients.
//
// Main types: process, the real binary with a data directory of its own. Flow:
// a test starts one, talks HTTP to it, stops or kills it, and looks at what it
// left. Scripts are in scripts/, the SDKs from npm in sdk/. What does not
// belong: the conventions of the house (package house), and tests of one
// package, which live beside it.
package test

import (
	"os"
	"path/filepath"
	"testing"
)

// root is the top of the repository, seen from this package's directory.
const root = ".."

// read returns a file of the repository, named from its top.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
