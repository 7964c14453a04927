//go:build unix

package app

import "syscall"

// openFiles is how many files the process may have open; false when the system
// does not tell. Go raises the limit to the highest allowed at the start.
func openFiles() (int, bool) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, false
	}
	const plenty = 1 << 30
	return int(min(limit.Cur, plenty)), true
}
