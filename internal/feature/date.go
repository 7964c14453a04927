package feature

import (
	"strings"
	"time"
)

// ParseDate reads a date as JavaScript's new Date(text) does in V8 with the
// time zone UTC: ISO 8601 and RFC 3339 ("2024-01-01", "2024-01-01T10:00Z") and
// the free forms V8 tolerates ("Jan 1 2024", "1/2/2024 10:00 PM", "Mon, 01 Jan
// 2024 00:00:00 GMT"). The result is in UTC and whole milliseconds. Where a
// time has no zone, UTC is meant. A day past the end of its month runs into
// the next month, as in V8.
//
// Milliseconds since 1970 as text are no date to JavaScript, nor here.
func ParseDate(s string) (time.Time, bool) {
	s = TrimSpace(s)
	if len(s) > 128 {
		return time.Time{}, false
	}
	f, ok := parseISO(s)
	if !ok {
		p := freeDate{rest: s}
		if f, ok = p.parse(); !ok {
			return time.Time{}, false
		}
	}
	const maxYear = 300_000 // further than a JavaScript date reaches
	if f.year > maxYear || f.year < -maxYear {
		return time.Time{}, false
	}
	t := time.Date(f.year, time.Month(f.month), f.day, f.hour, f.minute, f.second, f.milli*int(time.Millisecond), time.UTC)
	t = t.Add(-time.Duration(f.offset) * time.Minute)
	const limit = 8_640_000_000_000_000 // milliseconds either side of 1970
	if ms := t.UnixMilli(); ms > limit || ms < -limit {
		return time.Time{}, false
	}
	return t, true
}

// isEpochMillis reports whether s is a whole number of milliseconds within
// the range of a JavaScript date: the Admin API of Unleash takes that for a
// date, although no SDK reads it.
func isEpochMillis(s string) bool {
	s = skipSign(TrimSpace(s))
	return isNumeric(s) && len(s) <= 16
}

// fields is a date taken apart; offset is minutes east of UTC.
type fields struct {
	year, month, day, hour, minute, second, milli, offset int
}

func (f fields) valid() bool {
	if f.month < 1 || f.month > 12 || f.day < 1 || f.day > 31 || f.minute > 59 || f.second > 59 || f.milli > 999 {
		return false
	}
	return f.hour < 24 || f.hour == 24 && f.minute == 0 && f.second == 0 && f.milli == 0
}

// parseISO reads the date-time format of ECMAScript: a year, or more of
// 2006-01-02T15:04:05.000Z, a zone being Z, +hh:mm or +hhmm.
func parseISO(s string) (fields, bool) {
	f := fields{month: 1, day: 1}
	none := fields{}
	var ok bool
	if f.year, s, ok = isoYear(s); !ok {
		return none, false
	}
	if f.month, s, ok = isoPart(s, "-", 1); !ok {
		return none, false
	}
	if f.day, s, ok = isoPart(s, "-", 1); !ok {
		return none, false
	}
	if s == "" {
		return f, f.valid()
	}
	if s[0] != 'T' && s[0] != 't' || len(s) < len("T00:00") || s[3] != ':' {
		return none, false
	}
	f.hour, s, _ = isoPart(s, s[:1], -1)
	f.minute, s, _ = isoPart(s, ":", -1)
	if f.hour < 0 || f.minute < 0 {
		return none, false
	}
	if f.second, s, ok = isoPart(s, ":", 0); !ok {
		return none, false
	}
	if strings.HasPrefix(s, ".") {
		n := leadingDigits(s[1:])
		if n == 0 {
			return none, false
		}
		f.milli, s = millis(s[1:1+n]), s[1+n:]
	}
	if f.offset, ok = isoZone(s); !ok {
		return none, false
	}
	return f, f.valid()
}

func isoYear(s string) (year int, rest string, ok bool) {
	sign, digits := 1, 4
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = -1
		}
		s, digits = s[1:], 6
	}
	if leadingDigits(s) != digits || sign < 0 && s[:digits] == "000000" {
		return 0, "", false
	}
	return sign * atoi(s[:digits]), s[digits:], true
}

// isoPart reads a separator and two digits. Without the separator it returns
// missing and leaves s; with the separator and no two digits, false.
func isoPart(s, separator string, missing int) (n int, rest string, ok bool) {
	if !strings.HasPrefix(s, separator) {
		return missing, s, true
	}
	if s = s[len(separator):]; leadingDigits(s) != 2 {
		return missing, "", false
	}
	return atoi(s[:2]), s[2:], true
}

func isoZone(s string) (minutes int, ok bool) {
	if s == "" || s == "Z" || s == "z" {
		return 0, true
	}
	sign := 1
	switch s[0] {
	case '+':
	case '-':
		sign = -1
	default:
		return 0, false
	}
	s = s[1:]
	if len(s) == len("00:00") && s[2] == ':' {
		s = s[:2] + s[3:]
	}
	if len(s) != 4 || !isNumeric(s) {
		return 0, false
	}
	hour, minute := atoi(s[:2]), atoi(s[2:])
	return sign * (hour*60 + minute), hour < 24 && minute < 60
}

// millis reads the digits of a fraction of a second down to a thousandth.
func millis(digits string) int {
	return atoi((digits + "00")[:3])
}

// atoi reads digits; from ten significant digits on it gives a number too
// large for any part of a date.
func atoi(digits string) int {
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > 9 {
		return 1_000_000_000
	}
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}
