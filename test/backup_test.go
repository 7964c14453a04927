package test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// acknowledged collects the flags whose creation a server has acknowledged.
type acknowledged struct {
	mu    sync.Mutex
	flags []string
}

func (a *acknowledged) add(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flags = append(a.flags, name)
}

func (a *acknowledged) soFar() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string{}, a.flags...)
}

// TestBackupWhileWriting: backups are taken while clients write. A server on
// each restored one has every write that was acknowledged before the backup
// began, its event log is intact, and it goes on from there. Replacing the
// database of a running server is refused; after kill -9 it works.
func TestBackupWhileWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	p := start(t, data)
	book := &acknowledged{}
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	for writer := range 3 {
		writing.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				name := fmt.Sprintf("flag-%d-%d", writer, n)
				status, _, err := p.call(ctx, http.MethodPost, "/api/admin/projects/default/features", object{"name": name})
				if err == nil && status == http.StatusCreated {
					book.add(name)
				}
			}
		})
	}
	const backups = 3
	var before [backups][]string
	for i := range backups {
		for len(book.soFar()) < 20*(i+1) {
			if ctx.Err() != nil {
				t.Fatal(ctx.Err())
			}
			time.Sleep(time.Millisecond)
		}
		before[i] = book.soFar()
		command(t, true, "backup", filepath.Join(dir, fmt.Sprint("backup-", i)), "--data-dir", data)
	}
	command(t, false, "restore", filepath.Join(dir, "backup-0"), "--data-dir", data, "--force")
	stop()
	writing.Wait()
	p.kill() // leaves a log of writes beside the file
	if written := len(book.soFar()); written <= len(before[backups-1]) {
		t.Errorf("%d writes in all, %d before the last backup: nothing was written during it", written, len(before[backups-1]))
	}

	for i, flags := range before {
		target := filepath.Join(dir, fmt.Sprint("restored-", i))
		if i == 0 {
			target = data
		}
		command(t, true, "restore", filepath.Join(dir, fmt.Sprint("backup-", i)), "--data-dir", target, "--force")
		checkRestored(t, target, flags)
	}
}

func checkRestored(t *testing.T, dir string, flags []string) {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "burgee.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the database is %v, %v; want it for its owner alone", info, err)
	}
	restored := start(t, dir)
	var list struct{ Features []struct{ Name string } }
	restored.do(t, http.MethodGet, "/api/admin/projects/default/features", nil, &list)
	found := map[string]bool{}
	for _, flag := range list.Features {
		found[flag.Name] = true
	}
	for _, name := range flags {
		if !found[name] {
			t.Errorf("%s was acknowledged before the backup and is not there", name)
		}
	}
	restored.do(t, http.MethodPost, "/api/admin/projects/default/features", object{"name": "after"}, nil)
	if err := restored.signal(t, syscall.SIGTERM); err != nil {
		t.Errorf("stopping: %v", err)
	}
	checkFile(t, dir)
	command(t, true, "audit", "verify", "--data-dir", dir)
}

// command runs the program with arguments and wants it to succeed or to fail.
func command(t *testing.T, succeed bool, arguments ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary(t), arguments...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	if text, err := cmd.CombinedOutput(); (err == nil) != succeed {
		t.Fatalf("burgee %v: %v: %s", arguments, err, text)
	}
}
