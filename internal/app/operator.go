package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// commandLine is who acts when an operator works on the database directly.
// Whoever can write the database file may do everything anyway.
func commandLine() access.Principal {
	p := access.System()
	p.Name = "burgee command line"
	return p
}

// openData opens the database of a server, which may be running: it takes
// changes over within a second. The caller must close it.
func openData(ctx context.Context, config DataConfig, now func() time.Time) (*store.DB, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(config.DataDir, store.FileName)); err != nil && !config.external() {
		return nil, fmt.Errorf("--data-dir must name the data directory of a server: %w", err)
	}
	options := config.options(config.DataDir, now)
	options.Timeout = operatorTimeout
	return store.Open(ctx, options)
}

// operatorTimeout bounds one transaction of a command on PostgreSQL: a whole
// event log is read in one.
const operatorTimeout = time.Hour

// connectData prepares calls to the Admin API that this process answers itself
// from the database, with every right.
func connectData(ctx context.Context, config DataConfig, now func() time.Time) (*apiClient, error) {
	db, err := openData(ctx, config, now)
	if err != nil {
		return nil, err
	}
	router := chi.NewRouter()
	api := &adminapi.Handler{
		Control:   &control.Control{DB: db, Random: rand.Reader},
		Principal: func(*http.Request) (access.Principal, error) { return commandLine(), nil },
		Seen:      func(token.Kind, string) time.Time { return time.Time{} }, // what is stored is all there is
		Uses:      func(token.Kind, string) []auth.SecretUse { return nil },
	}
	api.Mount(router)
	return newClient("http://localhost", "", inProcess{router}, db.Close), nil
}

// inProcess answers requests with a handler, without a network.
type inProcess struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper].
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := &answer{header: http.Header{}, status: http.StatusOK}
	p.handler.ServeHTTP(w, r)
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Header: w.header, Body: io.NopCloser(&w.body), Request: r,
	}, nil
}

// answer keeps what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header { return a.header }

// Write implements [http.ResponseWriter].
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) { a.status = status }

// DataConfig says which database an operator works on.
type DataConfig struct {
	DataDir string `help:"Data directory of the server, which may be running." default:"./data" env:"BURGEE_DATA_DIR"`

	DatabaseConfig

	JSON bool `name:"json" help:"Print JSON."`
}

// shownUser is a user as lists of the command line show one.
type shownUser struct {
	ID       int64      `json:"id"`
	Username string     `json:"username"`
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	RootRole string     `json:"rootRole"`
	Service  bool       `json:"serviceAccount"`
	SeenAt   *time.Time `json:"seenAt"`
}

// ListUsers prints everybody.
func ListUsers(ctx context.Context, config DataConfig, streams Streams, now func() time.Time) (err error) {
	db, err := openData(ctx, config, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	users, err := (&control.Control{DB: db, Random: rand.Reader}).Users(ctx)
	if err != nil {
		return err
	}
	shown, rows := make([]shownUser, len(users)), make([][]string, len(users))
	for i, u := range users {
		role := strconv.FormatInt(int64(u.RootRole), 10)
		if builtIn, known := access.BuiltInRole(u.RootRole); known {
			role = builtIn.Name
		}
		shown[i] = shownUser{u.ID, u.Username, u.Email, u.Name, role, u.Service, u.SeenAt}
		rows[i] = []string{strconv.FormatInt(u.ID, 10), orDash(u.Username), orDash(u.Email), orDash(u.Name), role, day(u.SeenAt)}
	}
	if config.JSON {
		return streams.printJSON(shown)
	}
	return streams.printTable([]string{"ID", "USERNAME", "E-MAIL", "NAME", "ROLE", "SIGNED IN"}, rows)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// ResetPassword gives a user a new password, prints it alone on Out, and ends
// the user's sessions.
func ResetPassword(ctx context.Context, config DataConfig, login string, streams Streams, now func() time.Time) (err error) {
	db, err := openData(ctx, config, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	user, password, err := (&control.Control{DB: db, Random: rand.Reader}).ResetPassword(ctx, commandLine(), login)
	if err != nil {
		return err
	}
	if config.JSON {
		return streams.printJSON(map[string]any{"id": user.ID, "username": user.Username, "email": user.Email, "password": password})
	}
	_, err = fmt.Fprintln(streams.Out, password)
	_, _ = fmt.Fprintf(streams.Err, "new password of user %d, %s; it is shown only once, and all sessions are ended\n", user.ID, printable(login))
	return err
}
