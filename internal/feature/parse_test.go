package feature

import (
	"math"
	"net/netip"
	"testing"
	"time"
)

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"21": 21, "21.0": 21, " 21 ": 21, "0x15": 21, "0X15": 21, "0b101": 5, "0o17": 15, "2.1e1": 21, "5.": 5, ".5": .5,
		"+5": 5, "-1": -1, "1e3": 1000, "": 0, "  ": 0, "\u00a07\ufeff": 7, "Infinity": math.Inf(1), "-Infinity": math.Inf(-1),
		"1e999": math.Inf(1), "0x20000000000000000": math.Pow(2, 65),
	} {
		if got, ok := ParseNumber(text); !ok || got != want {
			t.Errorf("ParseNumber(%q) = %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"abc", "NaN", "1_000", "21,0", ".", "+", "1e", "0x", "0xg", "-0x15", "infinity", "Inf", "1 2", "\u00855"} {
		if got, ok := ParseNumber(text); ok {
			t.Errorf("ParseNumber(%q) = %v, want no number", text, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	midnight := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2024-01-01T00:00:00Z":          midnight,
		"2024-01-01T00:00:00.000Z":      midnight,
		"2024-01-01T02:00:00+02:00":     midnight,
		"2023-12-31T19:00-0500":         midnight,
		"2024-01-01":                    midnight,
		"2024":                          midnight,
		" 2024-01 ":                     midnight,
		"Jan 1 2024":                    midnight,
		"1 January 2024":                midnight,
		"1/1/2024":                      midnight,
		"2024/1/1":                      midnight,
		"Mon, 01 Jan 2024 00:00:00 GMT": midnight,
		"2024-01-01 00:00:00":           midnight,
		"Jan 1 2024 12:00 AM":           midnight,
		"Jan 1 2024 3:30 PM":            midnight.Add(15*time.Hour + 30*time.Minute),
		"2024-01-01T00:00:00.0019Z":     midnight.Add(time.Millisecond),
		"2023-12-31T24:00:00Z":          midnight,
	} {
		if got, ok := ParseDate(text); !ok || !got.Equal(want) {
			t.Errorf("ParseDate(%q) = %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "nope", "2024-13-01", "10:00", "1704067200000", "2024-01-01T25:00:00Z", "2024-01-01T1:00:00Z", "1 2 3 4", "275761", "Jan 1 2024 foo"} {
		if got, ok := ParseDate(text); ok {
			t.Errorf("ParseDate(%q) = %v, want no date", text, got)
		}
	}
}

func TestParseVersion(t *testing.T) {
	ordered := []string{
		"0.0.0", "0.0.1", "0.1.0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.2", "1.0.0-alpha.11",
		"1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc-1", "1.0.0", "1.2.3", "1.10.0", "2.0.0-0", "2.0.0",
	}
	for i, a := range ordered {
		for j, b := range ordered {
			v, ok1 := ParseVersion(a)
			w, ok2 := ParseVersion(b + "+build.007")
			if !ok1 || !ok2 {
				t.Fatalf("%s, %s: not versions", a, b)
			}
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := v.Compare(w); got != want {
				t.Errorf("%s against %s is %d, want %d", a, b, got, want)
			}
		}
	}
	for _, text := range []string{"", "v1.2.3", "=1.2.3", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3+", "1.2.3-01", "1.2.3-a..b", "1.2.3-é", "*", " 1.2.3", "9007199254740992.0.0"} {
		if v, ok := ParseVersion(text); ok {
			t.Errorf("ParseVersion(%q) = %v, want no version", text, v)
		}
	}
}

func TestParseRange(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.1": "10.0.0.1/32", "10.1.2.3/8": "10.1.2.3/8", "2001:DB8::1": "2001:db8::1/128", "::/0": "::/0",
		"fe80::1%eth0": "fe80::1/128", "::ffff:10.0.0.1": "::ffff:10.0.0.1/128",
	} {
		if got, ok := ParseRange(text); !ok || got != netip.MustParsePrefix(want) {
			t.Errorf("ParseRange(%q) = %v, %v; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "zzz", "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/08", "010.0.0.1", " 10.0.0.1", "::/129", "10.0.0"} {
		if got, ok := ParseRange(text); ok {
			t.Errorf("ParseRange(%q) = %v, want no range", text, got)
		}
	}
}

// FuzzParsers checks that no text breaks a parser, and what the parsers
// promise of a text they accept.
func FuzzParsers(f *testing.F) {
	for _, seed := range []string{
		"", " 21 ", "0x15", "1e400", "-Infinity", "1_000", "2024-01-01T00:00:00.000+02:00", "Mon Jan 1 2024 10:00:00.5 PM GMT+0100 (CET)",
		"+275760-09-13", "1.2.3-alpha.1+b.2", "v1.2.3", "10.0.0.0/8", "2001:db8::1%eth0/32", "((((", "1:2:3:4:5.6", "99999999999999999999",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, ok := ParseNumber(text); ok && math.IsNaN(n) {
			t.Errorf("ParseNumber(%q) is NaN", text)
		}
		if d, ok := ParseDate(text); ok {
			written := d.Format("2006-01-02T15:04:05.000Z07:00")
			if again, ok := ParseDate(written); d.Year() >= 0 && d.Year() <= 9999 && (!ok || !again.Equal(d)) {
				t.Errorf("ParseDate(%q) = %v, read again as %v", text, d, again)
			}
		}
		if v, ok := ParseVersion(text); ok {
			release := Version{v.Major, v.Minor, v.Patch, ""}
			if again, _ := ParseVersion(text); v.Compare(again) != 0 || (v.Compare(release) == 0) != (v.Pre == "") || v.Compare(release) > 0 {
				t.Errorf("version %q is out of order", text)
			}
		}
		if r, ok := ParseRange(text); ok {
			if again, ok := ParseRange(r.String()); !ok || again != r {
				t.Errorf("ParseRange(%q) = %v, read again as %v", text, r, again)
			}
		}
		for _, rule := range Operators() {
			rule.Accepts(text)
		}
	})
}
