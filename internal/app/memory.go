package app

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// memoryShare is how much of what a container may take the Go runtime is told to
// stay below, in percent: the rest is for the program itself, for stacks that it
// does not count, and for what it learns too late.
const memoryShare = 75

// FitMemory makes the process stay below the memory limit of its container, by
// collecting garbage more often instead of being killed. It does nothing where
// there is no limit, and when GOMEMLIMIT is set. Call it first of all.
func FitMemory() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if limit := containerMemory(os.DirFS("/")); limit > 0 {
		debug.SetMemoryLimit(limit / 100 * memoryShare)
	}
}

// containerMemory is the smallest limit of the control groups of this process, in
// bytes; 0 for none. See man 7 cgroups; both versions are understood.
func containerMemory(system fs.FS) int64 {
	groups, err := fs.ReadFile(system, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	smallest := int64(math.MaxInt64)
	for line := range strings.Lines(string(groups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // number, controllers, group
		if len(parts) != 3 {
			continue
		}
		root, file := "sys/fs/cgroup", "memory.max"
		switch {
		case strings.Contains(","+parts[1]+",", ",memory,"):
			root, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		case parts[1] != "":
			continue
		}
		// Seen from inside, the group of a container may be the root.
		for group := path.Clean("/" + parts[2]); ; group = path.Dir(group) {
			if limit, ok := readLimit(system, path.Join(root, group, file)); ok {
				smallest = min(smallest, limit)
			}
			if group == "/" {
				break
			}
		}
	}
	if smallest >= 1<<50 { // version 1 writes a huge number for none
		return 0
	}
	return smallest
}

func readLimit(system fs.FS, file string) (int64, bool) {
	text, err := fs.ReadFile(system, file)
	if err != nil {
		return 0, false
	}
	limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64) // "max" for none
	return limit, err == nil && limit > 0
}
