package token

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Form is what a leaked secret was recognised by.
type Form uint8

// The forms of secrets that a [Scanner] knows.
const (
	// FormGenerated is a secret that Burgee generated: its checksum fits.
	FormGenerated Form = iota + 1
	// FormHex is a secret as Unleash generates it: 56 hexadecimal digits after
	// project and environment, or after "user:". It has no checksum.
	FormHex
	// FormSelector is a secret of the second version of Unleash: v2, selector
	// and verifier. It has no checksum.
	FormSelector
)

// Certain reports whether a secret of this form is a secret beyond doubt: of
// four thousand million texts of its shape, one has a checksum that fits by
// chance.
func (f Form) Certain() bool { return f == FormGenerated }

// String names the form for programs.
func (f Form) String() string {
	switch f {
	case FormGenerated:
		return "burgee"
	case FormHex:
		return "unleash"
	case FormSelector:
		return "unleash-v2"
	}
	return "unknown"
}

// Find is a secret that a [Scanner] met in a text. It does not hold the
// secret.
type Find struct {
	// Offset is where the secret begins, in bytes from 0; in UTF-16 it counts
	// units after the byte order mark.
	Offset int64
	Line   int64 // from 1
	Column int64 // in bytes from 1; in UTF-16 in units
	Form   Form
	Kind   Kind // Personal, Admin, or none: client and front-end secrets look alike
	Hint   string
	Digest Digest
}

const (
	selectorLength = 22
	verifierLength = 43
	selectorTotal  = len(selectorMark) + selectorLength + 1 + verifierLength
	selectorMark   = "v2_"

	// stride is the length of the shortest digits that are looked for. Of every
	// stride bytes one is looked at: longer runs cannot hide in between.
	stride = randomHex
	// ahead is how many bytes from the start of the digits decide.
	ahead = selectorTotal + 1
	// maxScanName is the longest project or environment in a prefix.
	maxScanName = 100
	// behind is how many bytes before the digits decide: two names, a colon and
	// a full stop, all of them next to percent-encoded bytes.
	behind = 2*maxScanName + 16

	scanBuffer = 256 << 10
)

// Scanner finds secrets in texts and in any other bytes. It is not safe for
// concurrent use; one that is used again does not allocate.
//
// It knows generated secrets, which their checksum proves, and the shapes that
// Unleash gives its secrets. It does not know secrets that people chose, bare
// hexadecimal digits (every SHA-256 looks like them), and what is compressed,
// encrypted or in base64. Colon, full stop, asterisk and brackets of the prefix
// may be percent-encoded. UTF-16 is read when it begins with a byte order mark.
type Scanner struct {
	size int // of the buffer; 0 means scanBuffer
	buf  []byte

	text   []byte // what is in memory
	base   int64  // offset of text[0]
	done   int    // digits that begin before text[done] are dealt with
	line   int64  // of text[marked]
	start  int64  // offset of the first byte of that line
	marked int
	found  func(Find)
}

// Scan reads r to its end and calls found for every secret, in order. It
// returns how many bytes it read. It fails only when r does.
func (s *Scanner) Scan(r io.Reader, found func(Find)) (int64, error) {
	if s.size == 0 {
		s.size = scanBuffer
	}
	if s.buf == nil {
		s.buf = make([]byte, s.size)
	}
	*s = Scanner{size: s.size, buf: s.buf, text: s.buf[:0], line: 1, found: found}
	for {
		n, err := io.ReadFull(r, s.buf[len(s.text):])
		first := s.base == 0 && len(s.text) == 0
		s.text = s.buf[:len(s.text)+n]
		if mark := byteOrder(s.text); first && mark != 0 {
			wide := &wideReader{r: io.MultiReader(bytes.NewReader(bytes.Clone(s.text[2:])), r), mark: mark}
			read, err := s.Scan(wide, found)
			return 2 + 2*read, err
		}
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return s.base + int64(len(s.text)), fmt.Errorf("reading: %w", err)
		}
		if end {
			s.look(len(s.text))
			return s.base + int64(len(s.text)), nil
		}
		s.look(len(s.text) - ahead)
		s.shift()
	}
}

// look deals with all digits that begin in text[done:limit].
func (s *Scanner) look(limit int) {
	text := s.text
	for i := s.done + stride - 1; i < len(text); i += stride {
		if !inRun[text[i]] {
			continue
		}
		from := i
		for from > 0 && from >= s.done-len("3A") && inRun[text[from-1]] {
			from--
		}
		for i < len(text) && inRun[text[i]] {
			i++
		}
		if at := from + escaped(text[:from], text[from:i]); at >= s.done && at < limit {
			s.try(at, i)
		}
	}
	s.done = max(s.done, limit)
}

// escaped returns how many bytes at the start of a run belong to a
// percent-encoded colon or full stop: 2 in "%3Aabc", where the run is "3Aabc".
func escaped(before, run []byte) int {
	if isEscape(before, run, ':') || isEscape(before, run, '.') {
		return 2
	}
	return 0
}

// try reports the secret whose digits begin at text[at], if there is one. The
// run of digits, letters, hyphens and underscores ends before text[end], or
// later if end is the end of what is in memory.
func (s *Scanner) try(at, end int) {
	tail, form := digits(s.text[at:end])
	if form == 0 {
		return
	}
	h, ok := readHead(s.text[:at])
	if !ok {
		return
	}
	var room [behind + ahead]byte
	secret := append(append(room[:0], h.text()...), tail...)
	first := h.escape
	if form == FormGenerated {
		sum := len(secret) - checksumHex
		for first = 0; ; first++ {
			if first > h.slack {
				return
			}
			if sumFits(secret[first:sum], secret[sum:]) {
				break
			}
		}
	}
	s.report(h.from+first, form, string(secret[first:]))
}

func (s *Scanner) report(at int, form Form, secret string) {
	s.mark(at)
	offset := s.base + int64(at)
	s.found(Find{
		Offset: offset, Line: s.line, Column: offset - s.start + 1,
		Form: form, Kind: Apparent(secret), Hint: Hint(secret), Digest: DigestOf(secret),
	})
}

// mark counts lines up to text[at].
func (s *Scanner) mark(at int) {
	if at <= s.marked {
		return
	}
	passed := s.text[s.marked:at]
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		s.line += int64(bytes.Count(passed, []byte{'\n'}))
		s.start = s.base + int64(s.marked+last+1)
	}
	s.marked = at
}

// shift drops what cannot belong to a secret any more.
func (s *Scanner) shift() {
	drop := s.done - behind
	if drop <= 0 {
		return
	}
	s.mark(drop)
	s.text = s.buf[:copy(s.buf, s.text[drop:])]
	s.base += int64(drop)
	s.done -= drop
	s.marked -= drop
}

// digits returns the digits of a secret at the start of a run, and the form
// that they suggest: 0 when they are none.
func digits(run []byte) ([]byte, Form) {
	switch {
	case len(run) >= GeneratedHex && hexOnly(run[:GeneratedHex]):
		return run[:GeneratedHex], FormGenerated
	case len(run) == randomHex && hexOnly(run):
		return run, FormHex
	case len(run) == selectorTotal && string(run[:len(selectorMark)]) == selectorMark && run[selectorTotal-verifierLength-1] == '_':
		return run, FormSelector
	}
	return nil, 0
}

func hexOnly(text []byte) bool {
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// sumFits reports whether digits are the checksum of a head.
func sumFits(head, digits []byte) bool {
	var sum [checksumHex / 2]byte
	_, err := hex.Decode(sum[:], digits)
	return err == nil && binary.BigEndian.Uint32(sum[:]) == crc32.ChecksumIEEE(head)
}
