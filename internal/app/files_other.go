//go:build !unix

package app

// openFiles is how many files the process may have open; these systems have no
// such limit.
func openFiles() (int, bool) { return 0, false }
