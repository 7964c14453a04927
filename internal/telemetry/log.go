package telemetry

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

// ParseLevel reads the level of a log: debug, info, warn or error, in any
// case; fatal, which deployments of Unleash know, means error.
func ParseLevel(text string) (slog.Level, error) {
	switch strings.ToLower(text) {
	case "debug":
		return slog.LevelDebug, nil
	case "info", "":
		return slog.LevelInfo, nil
	case "warn", "warning":
		return slog.LevelWarn, nil
	case "error", "fatal":
		return slog.LevelError, nil
	}
	return 0, fmt.Errorf("%q is no log level: use debug, info, warn or error", text)
}

// NewLogger returns a logger that writes lines of text for people, or of JSON
// for machines.
func NewLogger(w io.Writer, level slog.Level, text bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if text {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// SetLogger makes the process log to a file: as text when it is a terminal, as
// JSON elsewhere. Call it once, at the start.
func SetLogger(file *os.File, level slog.Level) { SetFormat(file, level, terminal(file)) }

// SetFormat makes the process log to a file, as text or as JSON. Call it once,
// at the start.
func SetFormat(file *os.File, level slog.Level, text bool) {
	slog.SetDefault(NewLogger(file, level, text))
}

// terminal reports whether a person reads the file as it is written.
func terminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
