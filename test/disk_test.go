package test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// onSmallDisk runs a server whose data directory is a file system of its own of
// a few megabytes, in memory, and returns the path by which the test reaches
// it. That takes root, or a kernel that gives users namespaces of their own.
func onSmallDisk(t *testing.T, megabytes int) (p *process, dir string) {
	t.Helper()
	mounted := t.TempDir()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p = prepare(t, address, []string{"serve", "--data-dir", mounted})
	script := fmt.Sprintf(`mount -t tmpfs -o size=%dm burgee-test "$0" && exec "$@"`, megabytes)
	args := append([]string{"--mount", "sh", "-c", script, mounted}, p.cmd.Args...)
	if os.Getuid() != 0 {
		args = append([]string{"--map-root-user"}, args...)
	}
	p.cmd = exec.Command("unshare", args...)
	p.run(t)
	return p, filepath.Join("/proc", fmt.Sprint(p.cmd.Process.Pid), "root", mounted)
}

// fill takes all the room that there is.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// TestFullDisk: while the disk of SQLite is full, SDKs and readers are answered
// and what changes something says 503 and why; no write is there in part, none
// that was acknowledged is gone; and all goes on once there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	p, dir := onSmallDisk(t, 24)
	client := p.newToken(t, "client", "reader")
	p.do(t, http.MethodPost, "/api/admin/projects/default/features", object{"name": "counted"}, nil)
	book := newLedger()
	book.away = true
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	for i := range killWriters {
		writing.Go(func() { book.write(ctx, p, fmt.Sprint("w", i)) })
	}
	for round := range 3 {
		acknowledged := book.acknowledged()
		eventually(t, "writes", startLimit, func() bool { return book.acknowledged() > acknowledged+10 })
		filler := filepath.Join(dir, fmt.Sprint("filler", round))
		fill(t, filler)
		refused := book.refusals503()
		eventually(t, "writes are refused", startLimit, func() bool {
			if book.refusals503() > refused+10 {
				return true
			}
			more, err := os.OpenFile(filler, os.O_APPEND|os.O_WRONLY, 0) // what a checkpoint has freed since
			if err == nil {
				_, _ = more.Write(make([]byte, 1<<20))
				_ = more.Close()
			}
			return false
		})
		if round == 0 {
			p.whileFull(t, client)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	acknowledged := book.acknowledged()
	eventually(t, "writes go on", startLimit, func() bool { return book.acknowledged() > acknowledged+10 })
	stop()
	writing.Wait()
	p.awaitReady(t)
	book.check(t, p)
	if got := p.counted(t, "counted"); got != "3 2" {
		t.Errorf("what was reported while the disk was full counts %s, want 3 2", got)
	}
	// The file system goes with the process: what is on it is looked at elsewhere.
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	p.kill()
	again := start(t, copied)
	book.check(t, again)
	checkFile(t, copied)
	t.Logf("%d writes acknowledged, %d refused", book.acknowledged(), book.refusals503())
}

func (p *process) whileFull(t *testing.T, client string) {
	t.Helper()
	for path, secret := range map[string]string{"/api/client/features": client, "/api/admin/projects/default/features": adminSecret, "/api/admin/events": adminSecret} {
		if status := p.status(t, path, "Authorization", secret); status != http.StatusOK {
			t.Errorf("%s while the disk is full: %d", path, status)
		}
	}
	at := time.Now().UTC().Format(time.RFC3339)
	report := object{"appName": "full", "instanceId": "1", "bucket": object{"start": at, "stop": at, "toggles": object{"counted": object{"yes": 3, "no": 2}}}}
	p.do(t, http.MethodPost, "/api/client/metrics", report, nil, "Authorization", client)
	eventually(t, "a write says why it is refused", startLimit, func() bool {
		status, text, after := p.answer(t, http.MethodPost, "/api/admin/projects/default/features", object{"name": "no-room-" + fmt.Sprint(time.Now().UnixNano())})
		return status == http.StatusServiceUnavailable && strings.Contains(text, "disk of the database is full") && after != ""
	})
}
