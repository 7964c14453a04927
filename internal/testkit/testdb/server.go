package testdb

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	_ "embed" // the script
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"github.com/burgeehq/burgee/internal/store"
)

//go:embed postgres.sh
var script string

// startLimit bounds the start of a server, far above what it takes.
const startLimit = time.Minute

// Server is a PostgreSQL server on a socket in a directory of its own.
type Server struct {
	Dir   string // of the socket, .s.PGSQL.5432, and of data and log
	sql   *sql.DB
	count atomic.Int64 // of databases
	after string       // what happens to Dir when the server ends: keep or remove
	stop  io.Closer    // ends the server, and with it cmd
	cmd   *exec.Cmd
}

// shared is the server of this process. Nobody stops it: it ends when the
// process does, since its standard input then ends, and removes its files.
var shared = sync.OnceValues(func() (*Server, error) {
	s, err := newServer("remove")
	if err != nil {
		return nil, err
	}
	if err := s.run("CREATE DATABASE " + template); err != nil {
		return nil, err
	}
	db, err := store.Open(context.Background(), store.Options{URL: s.URL(template), Now: time.Now})
	if err != nil {
		return nil, err
	}
	return s, db.Close()
})

// StartServer starts a server of the test's own, whatever engine other tests
// use. It ends with the test.
func StartServer(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := newServer("keep", settings...)
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.sql.Close(), s.Stop(), os.RemoveAll(s.Dir)); err != nil {
			t.Errorf("stopping PostgreSQL: %v", err)
		}
	})
	return s
}

func newServer(after string, settings ...string) (*Server, error) {
	dir, err := os.MkdirTemp("", "burgee-pg-") // short: the path of a socket has a limit
	if err != nil {
		return nil, err
	}
	s := &Server{Dir: dir, after: after}
	if s.sql, err = sql.Open("pgx", s.URL("postgres")); err != nil {
		return nil, err
	}
	return s, s.Start(settings...)
}

// Start starts the server, again after Stop or Kill, with settings such as
// "max_connections=20".
func (s *Server) Start(settings ...string) error {
	s.cmd = exec.CommandContext(context.Background(), "bash", append([]string{"-c", script, "postgres.sh", s.after, s.Dir}, settings...)...)
	stop, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.stop = stop
	said, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var failure bytes.Buffer
	s.cmd.Stderr = &failure
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ready := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(said).ReadString('\n') // what it says else is in failure
		ready <- line
	}()
	select {
	case line := <-ready:
		if strings.TrimSpace(line) == "ready" {
			return nil
		}
		_ = s.cmd.Wait() // failure says more
		return fmt.Errorf("%s", failure.String())
	case <-time.After(startLimit):
		return errors.Join(fmt.Errorf("not ready within %s", startLimit), s.Stop())
	}
}

// Stop ends the server as an operator does: transactions are rolled back and
// connections are closed. It does nothing when the server does not run.
func (s *Server) Stop() error {
	if s.cmd == nil {
		return nil
	}
	err := s.stop.Close()
	_ = s.cmd.Wait() // a server that was killed ends with a status
	s.cmd = nil
	return err
}

// Kill ends the server's processes at once, as a crash of the machine does,
// and waits until they are gone.
func (s *Server) Kill() error {
	content, err := os.ReadFile(filepath.Join(s.Dir, "data", "postmaster.pid"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return err
	}
	// The others end by themselves when the first one is gone.
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	return s.Stop()
}

// URL is the address of one of its databases.
func (s *Server) URL(name string) string {
	return "postgres://burgee@/" + name + "?host=" + s.Dir + "&sslmode=disable"
}

// Socket is the path of the socket, for a proxy in front of it.
func (s *Server) Socket() string { return filepath.Join(s.Dir, ".s.PGSQL.5432") }

// New makes an empty database and returns its address.
func (s *Server) New(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("own_%d", s.next())
	if err := s.run("CREATE DATABASE " + name); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	return s.URL(name)
}

func (s *Server) next() int64 { return s.count.Add(1) }

func (s *Server) run(statement string) error {
	_, err := s.sql.ExecContext(context.Background(), statement)
	return err
}
