package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// Streams are what a command reads and writes. Out is for what scripts take,
// Err for what people read beside it.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// ExitError ends the process with a status of its own. Without Err everything
// has been said.
type ExitError struct {
	Code int
	Err  error
}

// Error implements error.
func (e *ExitError) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// Unwrap returns the cause.
func (e *ExitError) Unwrap() error { return e.Err }

// The statuses of commands that look for something, as grep has them.
const (
	exitFound  = 1
	exitFailed = 2
)

// printJSON writes a value as indented JSON.
func (s Streams) printJSON(value any) error {
	encoder := json.NewEncoder(s.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return nil
}

// printTable writes rows in columns, under a header.
func (s Streams) printTable(header []string, rows [][]string) error {
	table := tabwriter.NewWriter(s.Out, 0, 8, 2, ' ', 0)
	for _, row := range append([][]string{header}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = printable(cell)
		}
		if _, err := fmt.Fprintln(table, strings.TrimRight(strings.Join(cells, "\t"), "\t")); err != nil {
			return fmt.Errorf("writing the table: %w", err)
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

// printable is a text without anything that moves a terminal's cursor.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

// day is an instant as tables show it; "never" for none.
func day(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}
