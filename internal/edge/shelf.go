package edge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is a [Shelf]: a file for each name.
type Folder struct{ path string }

// NewFolder returns a shelf in a folder, which is made when it is missing. It
// fails when the folder cannot be written.
func NewFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder for what is kept: %w", err)
	}
	probe, err := os.CreateTemp(path, ".burgee-*")
	if err != nil {
		return nil, fmt.Errorf("the folder for what is kept cannot be written: %w", err)
	}
	return &Folder{path: path}, errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func (f *Folder) file(name string) string {
	return filepath.Join(f.path, "burgee-edge-"+filepath.Base(name)+".sealed")
}

// Put implements [Shelf]. It writes beside the file and renames, so that a crash
// or a full disk leaves what was there.
func (f *Folder) Put(_ context.Context, name string, content []byte) error {
	beside, err := os.CreateTemp(f.path, ".burgee-*")
	if err != nil {
		return fmt.Errorf("writing into the folder for what is kept: %w", err)
	}
	_, err = beside.Write(content)
	if err == nil {
		err = beside.Sync()
	}
	err = errors.Join(err, beside.Close())
	if err == nil {
		err = os.Rename(beside.Name(), f.file(name))
	}
	if err != nil {
		return fmt.Errorf("writing into the folder for what is kept: %w", errors.Join(err, os.Remove(beside.Name())))
	}
	return nil
}

// Get implements [Shelf].
func (f *Folder) Get(_ context.Context, name string) ([]byte, error) {
	content, err := os.ReadFile(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was kept: %w", err)
	}
	return content, nil
}

// Close implements [Shelf].
func (f *Folder) Close() error { return nil }
