package app

import (
	"testing"
	"testing/fstest"
)

// TestContainerMemory: the limit of a container is found in both versions of
// control groups, from inside and from outside, the smallest of those that hold.
func TestContainerMemory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		groups string
		files  map[string]string
		want   int64
	}{
		"no groups":            {"", nil, 0},
		"no limit":             {"0::/\n", map[string]string{"memory.max": "max\n"}, 0},
		"in a container":       {"0::/\n", map[string]string{"memory.max": "134217728\n"}, 134217728},
		"the group is outside": {"0::/docker/x\n", map[string]string{"memory.max": "1000000\n"}, 1000000},
		"a service":            {"0::/a/b\n", map[string]string{"a/b/memory.max": "max\n", "a/memory.max": "2000000\n", "memory.max": "3000000\n"}, 2000000},
		"version 1":            {"5:cpu,memory:/x\n4:devices:/x\n", map[string]string{"memory/x/memory.limit_in_bytes": "5000000\n", "memory/memory.limit_in_bytes": "9223372036854771712\n"}, 5000000},
		"version 1, no limit":  {"5:memory:/x\n", map[string]string{"memory/x/memory.limit_in_bytes": "9223372036854771712\n"}, 0},
		"both":                 {"5:memory:/x\n0::/x\n", map[string]string{"memory/x/memory.limit_in_bytes": "5000000\n", "x/memory.max": "4000000\n"}, 4000000},
		"nonsense":             {"what\n0::/\n", map[string]string{"memory.max": "-1\n"}, 0},
	} {
		system := fstest.MapFS{}
		if c.groups != "" {
			system["proc/self/cgroup"] = &fstest.MapFile{Data: []byte(c.groups)}
		}
		for file, text := range c.files {
			system["sys/fs/cgroup/"+file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := containerMemory(system); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
