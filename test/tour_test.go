package test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	tourHeading = "## A five-minute tour"
	tourLimit   = 3 * time.Minute
	tourMark    = "\x1e" // ends the output of a step
)

// tourStep is one block of commands and the output pasted after it; want is
// empty where nothing is pasted.
type tourStep struct{ commands, want string }

// TestReadmeTour (R1, R5, R35): the README's tour does what it says. Its
// commands run as written, in one shell, against the real program; each output
// must be the pasted one, in which … stands for what differs from run to run.
// White space does not count: the README wraps long lines.
func TestReadmeTour(t *testing.T) {
	t.Parallel()
	steps := tourSteps(t)
	outputs := runTour(t, steps)
	for i, step := range steps {
		t.Logf("step %d:\n%s\n%s", i+1, step.commands, outputs[i])
		if step.want == "" {
			continue
		}
		if !tourPattern(step.want).MatchString(squeeze(outputs[i])) {
			t.Errorf("step %d:\n%s\nprinted\n%s\nand the README says\n%s", i+1, step.commands, outputs[i], step.want)
		}
	}
}

var tourBlock = regexp.MustCompile("(?s)\n```(\\w+)\n(.*?)\n```\n")

// tourSteps reads the tour: blocks marked sh are commands, blocks marked text
// or json are the output of the commands before them.
func tourSteps(t *testing.T) []tourStep {
	t.Helper()
	_, section, found := strings.Cut(read(t, "README.md"), tourHeading+"\n")
	if !found {
		t.Fatalf("README.md has no section %q", tourHeading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var steps []tourStep
	for _, block := range tourBlock.FindAllStringSubmatch(section, -1) {
		switch kind, content := block[1], block[2]; {
		case kind == "sh":
			steps = append(steps, tourStep{commands: content})
		case (kind == "text" || kind == "json") && len(steps) > 0 && steps[len(steps)-1].want == "":
			steps[len(steps)-1].want = content
		default:
			t.Fatalf("the tour has a %s block that is neither commands (sh) nor their output (text, json):\n%s", kind, content)
		}
	}
	if len(steps) < 8 {
		t.Fatalf("the tour has only %d steps", len(steps))
	}
	return steps
}

// runTour runs all steps in one shell and returns what each wrote to its
// standard output. The only differences from the README are the address and
// that bin/burgee is the program under test.
func runTour(t *testing.T, steps []tourStep) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(binary(t), filepath.Join(dir, "bin", "burgee")); err != nil {
		t.Fatal(err)
	}
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	script.WriteString("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n")
	for _, step := range steps {
		fmt.Fprintf(&script, "%s\nprintf '\\n%s'\n", strings.ReplaceAll(step.commands, "localhost:4242", address), tourMark)
	}
	ctx, cancel := context.WithTimeout(t.Context(), tourLimit)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", script.String())
	shell.Dir = dir
	shell.Env = append(os.Environ(), "BURGEE_LISTEN="+address)
	shell.WaitDelay = startLimit
	var out, log output
	shell.Stdout, shell.Stderr = &out, &log
	err = shell.Run()
	outputs := strings.Split(out.String(), tourMark)
	if err != nil || len(outputs) != len(steps)+1 {
		t.Fatalf("the tour ended in step %d: %v\n%s\n%s", len(outputs), err, out.String(), log.String())
	}
	return outputs
}

var blank = regexp.MustCompile(`\s+`)

func squeeze(text string) string { return blank.ReplaceAllString(text, "") }

// tourPattern matches the squeezed output that a pasted text stands for.
func tourPattern(want string) *regexp.Regexp {
	parts := strings.Split(squeeze(want), "…")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*?") + "$")
}
