package test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptsLimit bounds all scripts together.
const scriptsLimit = 2 * time.Minute

// TestScripts runs test/scripts against the real program. Besides testscript's
// own commands a script has:
//
//	address NAME               sets NAME to a free host:port
//	ready ADDRESS              waits until the server there is ready
//	request [-status N] [-H 'Name: value'] METHOD URL [BODY]
//	                           sends it; the status must be N (default 200);
//	                           stdout is the answer's body
//	capture NAME FILE PATTERN  sets NAME to the pattern's first group in FILE,
//	                           which may be stdout or stderr
func TestScripts(t *testing.T) {
	t.Parallel()
	bin := filepath.Dir(binary(t))
	testscript.Run(t, testscript.Params{
		Dir:                "scripts",
		RequireUniqueNames: true,
		Deadline:           time.Now().Add(scriptsLimit), // a start that should fail and serves must not hang
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"address": scriptAddress,
			"ready":   scriptReady,
			"request": scriptRequest,
			"capture": scriptCapture,
		},
	})
}

func scriptAddress(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: address NAME")
	}
	address, err := freeAddress()
	ts.Check(err)
	ts.Setenv(args[0], address)
}

func scriptReady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready ADDRESS")
	}
	client := &http.Client{Timeout: startLimit}
	defer client.CloseIdleConnections()
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		response, err := client.Get("http://" + args[0] + "/ready")
		if err != nil {
			continue
		}
		ts.Check(response.Body.Close())
		if response.StatusCode == http.StatusOK {
			return
		}
	}
	ts.Fatalf("%s is not ready after %v", args[0], startLimit)
}

// headerFlags collects -H flags.
type headerFlags http.Header

// String implements [flag.Value].
func (headerFlags) String() string { return "" }

// Set implements [flag.Value].
func (h headerFlags) Set(text string) error {
	name, value, found := strings.Cut(text, ":")
	if !found {
		return fmt.Errorf("a header is Name: value, not %q", text)
	}
	http.Header(h).Add(name, strings.TrimSpace(value))
	return nil
}

func scriptRequest(ts *testscript.TestScript, neg bool, args []string) {
	const usage = "usage: request [-status N] [-H 'Name: value'] METHOD URL [BODY]"
	header := http.Header{}
	flags := flag.NewFlagSet("request", flag.ContinueOnError)
	want := flags.Int("status", http.StatusOK, "")
	flags.Var(headerFlags(header), "H", "")
	ts.Check(flags.Parse(args))
	if rest := flags.NArg(); neg || rest < 2 || rest > 3 {
		ts.Fatalf(usage)
	}
	body := flags.Arg(2)
	request, err := http.NewRequest(flags.Arg(0), flags.Arg(1), strings.NewReader(body))
	ts.Check(err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, values := range header {
		request.Header[name] = values
	}
	client := &http.Client{Timeout: startLimit}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(text)
	ts.Check(err)
	if response.StatusCode != *want {
		ts.Fatalf("%s %s: status %d, want %d: %s", flags.Arg(0), flags.Arg(1), response.StatusCode, *want, text)
	}
}

func scriptCapture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: capture NAME FILE PATTERN")
	}
	pattern, err := regexp.Compile("(?m)" + args[2])
	ts.Check(err)
	match := pattern.FindStringSubmatch(ts.ReadFile(args[1]))
	if len(match) != 2 {
		ts.Fatalf("%s has no single group of %q", args[1], args[2])
	}
	ts.Setenv(args[0], match[1])
}
