package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// millis is a time as stored: Unix milliseconds.
func millis(t time.Time) int64 { return t.UnixMilli() }

// optionalMillis stores nil as NULL.
func optionalMillis(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}

// instant scans Unix milliseconds into a time in UTC.
type instant struct{ to *time.Time }

// Scan implements sql.Scanner.
func (i instant) Scan(value any) error {
	ms, ok := value.(int64)
	if !ok {
		return fmt.Errorf("a time column holds %T, not an integer", value)
	}
	*i.to = time.UnixMilli(ms).UTC()
	return nil
}

// optionalInstant scans NULL as nil.
type optionalInstant struct{ to **time.Time }

// Scan implements sql.Scanner.
func (i optionalInstant) Scan(value any) error {
	if value == nil {
		*i.to = nil
		return nil
	}
	var t time.Time
	if err := (instant{&t}).Scan(value); err != nil {
		return err
	}
	*i.to = &t
	return nil
}

// document scans a JSON column into a value; NULL leaves it alone.
type document struct{ to any }

// Scan implements sql.Scanner.
func (d document) Scan(value any) error {
	switch text := value.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(text), d.to)
	case []byte:
		return json.Unmarshal(text, d.to)
	default:
		return fmt.Errorf("a JSON column holds %T, not text", value)
	}
}

// encode is a value as a JSON column stores it.
func encode(value any) (string, error) {
	bytes, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("encoding a JSON column: %w", err)
	}
	return string(bytes), nil
}

// optionalText stores an empty string as NULL.
func optionalText[T ~string](text T) *string {
	if text == "" {
		return nil
	}
	s := string(text)
	return &s
}

// text scans NULL as the empty string.
type text[T ~string] struct{ to *T }

// Scan implements sql.Scanner.
func (t text[T]) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*t.to = ""
	case string:
		*t.to = T(v)
	case []byte:
		*t.to = T(v)
	default:
		return fmt.Errorf("a text column holds %T", value)
	}
	return nil
}
