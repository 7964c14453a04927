package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/token"
)

// ScanConfig is what `burgee token scan` takes.
type ScanConfig struct {
	Remote
	Paths []string `arg:"" optional:"" help:"Files and directories to read, with all that is in them; - or nothing for standard input."`
	Live  bool     `help:"Ask the server at --url which of the secrets are tokens of it. It gets their SHA-256, not the secrets; the token must be an administrator's."`
	JSON  bool     `name:"json" help:"Print one JSON object a line."`
}

const (
	// maxFinds bounds what is reported of one file.
	maxFinds = 1000
	// scanQueue bounds the files that are read ahead of the one whose turn it is.
	scanQueue = 64
	// lookupBatch is how many secrets the server is asked about at once.
	lookupBatch = 1000
)

// Scan looks for leaked secrets and prints where they are, never what they
// are. It fails with status 1 when it finds one, and with status 2 when it
// finds none but could not read everything.
func Scan(ctx context.Context, config ScanConfig, streams Streams, now func() time.Time) error {
	report := &scanReport{json: config.JSON, streams: streams, now: now}
	if config.Live {
		api, err := config.connect(streams)
		if err != nil {
			return &ExitError{exitFailed, err}
		}
		defer func() { _ = api.close() }() // idle connections
		report.api = api
	}
	if len(config.Paths) == 0 {
		config.Paths = []string{"-"}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop() // the walk and the readers
	for file := range readFiles(ctx, config.Paths, streams.In) {
		select {
		case read := <-file.read:
			report.add(ctx, file.name, read)
		case <-ctx.Done():
			return &ExitError{exitFailed, ctx.Err()}
		}
	}
	if err := ctx.Err(); err != nil {
		return &ExitError{exitFailed, err}
	}
	return report.end(ctx)
}

// scanned is one file, or what kept it from being read.
type scanned struct {
	name string
	open func() (io.ReadCloser, error)
	read chan scanResult // gets one result
}

type scanResult struct {
	finds []token.Find
	more  int // beyond maxFinds
	bytes int64
	err   error
}

// readFiles reads files, as many at once as there are processors, and sends
// them in the order of the walk.
func readFiles(ctx context.Context, paths []string, stdin io.Reader) <-chan scanned {
	order, work := make(chan scanned, scanQueue), make(chan scanned, scanQueue)
	send := func(file scanned) bool {
		file.read = make(chan scanResult, 1)
		for _, to := range []chan scanned{order, work} {
			select {
			case to <- file:
			case <-ctx.Done():
				return false
			}
		}
		return true
	}
	go func() {
		defer close(order)
		defer close(work)
		for _, path := range paths {
			if !walk(path, stdin, send) {
				return
			}
		}
	}()
	for range runtime.GOMAXPROCS(0) {
		go func() {
			var scanner token.Scanner
			for file := range work {
				file.read <- scanFile(&scanner, file.open)
			}
		}()
	}
	return order
}

// walk sends the files of one path. A path that is named is followed when it
// is a symbolic link; links below it, pipes, sockets and devices are not read.
func walk(root string, stdin io.Reader, send func(scanned) bool) bool {
	if root == "-" {
		return send(scanned{name: "standard input", open: func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }})
	}
	info, err := os.Stat(root)
	if err != nil {
		return send(unreadable(root, err))
	}
	if !info.IsDir() {
		return send(fileAt(root))
	}
	going, top := true, root
	if linked, err := filepath.EvalSymlinks(root); err == nil {
		top = linked
	}
	_ = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error { // it returns what this returns
		name := path
		if below, failed := filepath.Rel(top, path); failed == nil {
			name = filepath.Join(root, below)
		}
		switch {
		case err != nil:
			going = send(unreadable(name, err))
		case entry.Type().IsRegular():
			going = send(fileAt(name))
		}
		if !going {
			return fs.SkipAll
		}
		return nil
	})
	return going
}

func fileAt(path string) scanned {
	return scanned{name: path, open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

func unreadable(path string, err error) scanned {
	return scanned{name: path, open: func() (io.ReadCloser, error) { return nil, err }}
}

func scanFile(scanner *token.Scanner, open func() (io.ReadCloser, error)) (result scanResult) {
	file, err := open()
	if err != nil {
		return scanResult{err: err}
	}
	defer func() { _ = file.Close() }() // it was only read
	result.bytes, result.err = scanner.Scan(file, func(f token.Find) {
		if len(result.finds) < maxFinds {
			result.finds = append(result.finds, f)
		} else {
			result.more++
		}
	})
	return result
}

// scanReport prints finds in batches and keeps count.
type scanReport struct {
	json    bool
	api     *apiClient // nil: the server is not asked
	streams Streams
	now     func() time.Time

	waiting              []located
	files, finds, failed int
	bytes                int64
	err                  error // of writing
}

type located struct {
	file string
	token.Find
}

func (r *scanReport) add(ctx context.Context, name string, read scanResult) {
	r.files++
	r.bytes += read.bytes
	r.finds += len(read.finds) + read.more
	for _, f := range read.finds {
		r.waiting = append(r.waiting, located{name, f})
	}
	if r.api == nil || len(r.waiting) >= lookupBatch {
		r.flush(ctx)
	}
	if read.more > 0 {
		r.warn("%s: %d more secrets, not shown", printable(name), read.more)
	}
	if read.err != nil {
		r.failed++
		r.warn("%s", printable(withPath(name, read.err)))
	}
}

// withPath names the path once.
func withPath(name string, err error) string {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return name + ": " + err.Error()
}

func (r *scanReport) warn(format string, args ...any) {
	_, _ = fmt.Fprintf(r.streams.Err, format+"\n", args...) // nobody is left to tell
}

// flush prints what waits, a thousand at a time.
func (r *scanReport) flush(ctx context.Context) {
	for len(r.waiting) > 0 {
		batch := r.waiting[:min(lookupBatch, len(r.waiting))]
		r.waiting = r.waiting[len(batch):]
		known := r.ask(ctx, batch)
		for _, f := range batch {
			if err := r.print(f, known); err != nil && r.err == nil {
				r.err = err
			}
		}
	}
}

// ask returns which of the secrets the server knows; nil when it is not asked
// or does not answer, after which it is not asked again.
func (r *scanReport) ask(ctx context.Context, batch []located) map[string]adminapi.KnownToken {
	if r.api == nil {
		return nil
	}
	digests := make([]token.Digest, len(batch))
	for i, f := range batch {
		digests[i] = f.Digest
	}
	tokens, err := r.api.lookup(ctx, digests)
	if err != nil {
		r.api = nil
		r.warn("which secrets are live is not known: %s", err)
		return nil
	}
	known := make(map[string]adminapi.KnownToken, len(tokens))
	for _, t := range tokens {
		known[t.Digest] = t
	}
	return known
}

// shownFind is a find as --json prints it.
type shownFind struct {
	File    string               `json:"file"`
	Line    int64                `json:"line"`
	Column  int64                `json:"column"` // in bytes
	Kind    string               `json:"kind"`
	Form    string               `json:"form"`
	Certain bool                 `json:"certain"`
	Hint    string               `json:"hint"`
	Digest  string               `json:"digest"`
	Status  string               `json:"status,omitempty"` // live, disabled, expired or unknown, when the server was asked
	Token   *adminapi.KnownToken `json:"token,omitempty"`
}

func (r *scanReport) print(f located, known map[string]adminapi.KnownToken) error {
	shown := shownFind{
		File: f.file, Line: f.Line, Column: f.Column, Kind: "client or frontend",
		Form: f.Form.String(), Certain: f.Form.Certain(), Hint: f.Hint, Digest: f.Digest.String(),
	}
	if f.Kind != 0 {
		shown.Kind = f.Kind.String()
	}
	if known != nil {
		shown.Status = "unknown"
		if t, found := known[shown.Digest]; found {
			shown.Status, shown.Token, shown.Kind = "live", &t, t.Kind
			if t.Disabled {
				shown.Status = "disabled"
			}
			if t.ExpiresAt != nil && !r.now().Before(*t.ExpiresAt) {
				shown.Status = "expired"
			}
		}
	}
	if !r.json {
		_, err := fmt.Fprintln(r.streams.Out, shown.sentence())
		return err
	}
	encoder := json.NewEncoder(r.streams.Out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(shown)
}

// sentence is a find as a line of text, beginning as compilers do.
func (f shownFind) sentence() string {
	certainty := "certain"
	if !f.Certain {
		certainty = "likely, in a form of Unleash"
	}
	line := fmt.Sprintf("%s:%d:%d: %s token %s (%s)", printable(f.File), f.Line, f.Column, f.Kind, printable(f.Hint), certainty)
	switch {
	case f.Token != nil:
		line += fmt.Sprintf("; %s: %s, %s", f.Status, f.Token.ID, printable(f.Token.Name))
		if f.Token.Owner != "" {
			line += " of " + printable(f.Token.Owner)
		}
	case f.Status != "":
		line += "; the server does not know it"
	}
	return line
}

// end prints the rest and the sum.
func (r *scanReport) end(ctx context.Context) error {
	r.flush(ctx)
	r.warn("%s found in %s of %d files", count(r.finds, "secret"), megabytes(r.bytes), r.files-r.failed)
	switch {
	case r.finds > 0:
		return &ExitError{exitFound, r.err}
	case r.failed > 0:
		return &ExitError{exitFailed, fmt.Errorf("%s could not be read", count(r.failed, "path"))}
	case r.err != nil:
		return &ExitError{exitFailed, r.err}
	}
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
