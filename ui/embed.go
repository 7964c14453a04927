// Package ui is the door of the admin UI: the React app of this directory,
// built by `make build` into dist/ and embedded in the binary.
//
// Main type: [Handler], which mounts itself. Flow: an address of a page is
// answered with the one index page, whose script reads the address and asks
// the Admin API; scripts and styles have a digest in their names and are kept
// by browsers for good. What does not belong: data, permissions, templates.
//
// The app is a client of the public Admin API like any other. How it is built
// is told in docs/ui.md.
package ui

import (
	"embed"
	"io/fs"
)

// built holds what `make build` made; only a placeholder in a fresh checkout.
//
//go:embed all:dist
var built embed.FS

// Built returns the files of the app as the build left them, without index.html
// when the UI was not built.
func Built() fs.FS {
	dist, err := fs.Sub(built, "dist")
	if err != nil { // only for a name that is no path
		return built
	}
	return dist
}
