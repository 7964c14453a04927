package feature

import "strings"

// freeDate reads the date forms outside ISO 8601 that V8 tolerates. It walks
// the text once: numbers go to the time (when a colon follows), the zone
// (after a sign) or the day; words are months, zones or AM/PM; before the
// first number any word is skipped, after it an unknown word is an error;
// text in parentheses and punctuation mean nothing.
type freeDate struct {
	rest string

	days   [3]int // the numbers of the day, in the order of the text
	nDays  int
	month  int // by name; 0 when none
	times  [4]int
	nTimes int  // how many of times are filled; 4 closes the time
	pm     int  // 0, or 12 after PM
	half   bool // AM or PM was read

	zoned    bool
	sign     int // of the zone
	zoneHour int
	zoneMin  int // -1 while minutes may follow
	numbers  bool
}

func (p *freeDate) parse() (fields, bool) {
	p.isoYear()
	for p.rest != "" {
		c := p.rest[0]
		ok := true
		switch {
		case c >= '0' && c <= '9':
			ok = p.number()
		case isLetter(c):
			ok = p.word()
		case c == '+' || c == '-':
			ok = p.signed()
		case c == ')':
			ok = !p.numbers
			p.rest = p.rest[1:]
		case c == '(':
			p.parenthesis()
		default:
			p.rest = p.rest[1:]
		}
		if !ok {
			return fields{}, false
		}
	}
	return p.compose()
}

// isoYear reads the year that a text in the manner of ISO 8601 begins with,
// whatever follows it.
func (p *freeDate) isoYear() {
	if year, rest, ok := isoYear(p.rest); ok {
		p.days[0], p.nDays, p.numbers = year, 1, true
		p.rest = strings.TrimPrefix(rest, "-")
	}
}

func (p *freeDate) number() bool {
	p.numbers = true
	digits := leadingDigits(p.rest)
	text := p.rest[:digits]
	n := atoi(text)
	p.rest = p.rest[digits:]
	switch {
	case p.peek(':'):
		p.rest = p.rest[1:]
		if p.nTimes >= 3 {
			return false
		}
		p.addTime(n)
		return true
	case p.peek('.') && p.expectsTime(n):
		p.addTime(n)
		fraction := leadingDigits(p.rest[1:])
		if fraction == 0 {
			return false
		}
		p.addTime(millis(p.rest[1 : 1+fraction])) // as seconds, when there were none
		p.nTimes = len(p.times)
		p.rest = p.rest[1+fraction:]
		return true
	case p.zoned && p.zoneMin < 0 && n < 60:
		p.zoneMin = n
		return true
	case p.expectsTime(n):
		p.addTime(n)
		p.nTimes = len(p.times)
		return p.rest == "" || strings.ContainsRune(" \tZz+-", rune(p.rest[0]))
	}
	if p.nDays == len(p.days) {
		return false
	}
	p.days[p.nDays] = n
	p.nDays++
	if p.peek('-') {
		p.rest = p.rest[1:]
	}
	return true
}

func (p *freeDate) peek(c byte) bool { return p.rest != "" && p.rest[0] == c }

func (p *freeDate) addTime(n int) {
	if p.nTimes < len(p.times) {
		p.times[p.nTimes] = n
		p.nTimes++
	}
}

// expectsTime reports whether n can be the next part of a time begun.
func (p *freeDate) expectsTime(n int) bool {
	return (p.nTimes == 1 || p.nTimes == 2) && n < 60 || p.nTimes == 3 && n < 1000
}

func (p *freeDate) word() bool {
	end := 0
	for end < len(p.rest) && isLetter(p.rest[end]) {
		end++
	}
	word := strings.ToLower(p.rest[:end])
	p.rest = p.rest[end:]
	if month := monthNamed(word); month != 0 {
		p.month = month
		if p.peek('-') {
			p.rest = p.rest[1:]
		}
		return true
	}
	if (word == "am" || word == "pm") && p.nTimes > 0 {
		p.half = true
		if p.pm = 0; word == "pm" {
			p.pm = 12
		}
		return true
	}
	if hours, ok := zoneNamed(word); ok && p.numbers {
		p.zoned, p.sign, p.zoneHour, p.zoneMin = true, 1, hours, 0
		if hours < 0 {
			p.sign, p.zoneHour = -1, -hours
		}
		return true
	}
	return !p.numbers && (p.rest == "" || p.rest[0] < '0' || p.rest[0] > '9')
}

// signed reads a sign: of an offset once a time or UTC was read, else a dash.
func (p *freeDate) signed() bool {
	c := p.rest[0]
	p.rest = p.rest[1:]
	utc := p.zoned && p.zoneHour == 0 && p.zoneMin == 0
	if !utc && p.nTimes == 0 {
		return !p.numbers
	}
	digits := leadingDigits(p.rest)
	n := atoi(p.rest[:digits])
	p.rest = p.rest[digits:]
	p.numbers, p.zoned, p.sign = true, true, 1
	if c == '-' {
		p.sign = -1
	}
	switch {
	case p.peek(':'):
		p.rest = p.rest[1:]
		p.zoneHour, p.zoneMin = n, -1
	case digits == 1 || digits == 2:
		p.zoneHour, p.zoneMin = n, 0
	case digits == 3 || digits == 4:
		p.zoneHour, p.zoneMin = n/100, n%100
	default:
		return false
	}
	return true
}

func (p *freeDate) parenthesis() {
	depth := 0
	for i := range len(p.rest) {
		switch p.rest[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			p.rest = p.rest[i+1:]
			return
		}
	}
	p.rest = ""
}

// compose gives the numbers of the day their meaning: with a named month, day
// and year (or year and day); without, year-month-day when the first number
// cannot be a day, else month-day-year. What is missing is 1; years below 50
// are of this century, below 100 of the last.
func (p *freeDate) compose() (fields, bool) {
	if p.nDays == 0 {
		return fields{}, false
	}
	for i := p.nDays; i < len(p.days); i++ {
		p.days[i] = 1
	}
	a, b, c := p.days[0], p.days[1], p.days[2]
	yearFirst := a < 1 || a > 31
	f := fields{hour: p.times[0], minute: p.times[1], second: p.times[2], milli: p.times[3]}
	switch {
	case p.month != 0 && yearFirst:
		f.year, f.month, f.day = a, p.month, b
	case p.month != 0:
		f.year, f.month, f.day = b, p.month, a
	case yearFirst:
		f.year, f.month, f.day = a, b, c
	default:
		f.month, f.day, f.year = a, b, c
	}
	if f.year >= 0 && f.year < 50 {
		f.year += 2000
	} else if f.year >= 50 && f.year < 100 {
		f.year += 1900
	}
	if p.half {
		if f.hour > 12 {
			return fields{}, false
		}
		f.hour = f.hour%12 + p.pm
	}
	if p.zoned {
		f.offset = p.sign * (p.zoneHour*60 + max(p.zoneMin, 0))
	}
	return f, f.valid() && p.zoneHour < 1000
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// monthNamed returns the month whose first three letters word begins with.
func monthNamed(word string) int {
	if len(word) < 3 {
		return 0
	}
	const months = "jan feb mar apr may jun jul aug sep oct nov dec"
	if i := strings.Index(months, word[:3]); i >= 0 {
		return i/4 + 1
	}
	return 0
}

// zoneNamed returns the hours east of UTC of a zone with a name.
func zoneNamed(word string) (int, bool) {
	switch word {
	case "z", "ut", "utc", "gmt":
		return 0, true
	case "est", "cdt":
		return -5, true
	case "edt":
		return -4, true
	case "cst", "mdt":
		return -6, true
	case "mst", "pdt":
		return -7, true
	case "pst":
		return -8, true
	}
	return 0, false
}
