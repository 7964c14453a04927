package app

import "runtime/debug"

// Version names the build: a release's tag, or what Go derives from the commit.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
