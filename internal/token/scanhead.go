package token

import (
	"bytes"
	"io"
)

// head is what stands before the digits of a secret.
type head struct {
	project     []byte // "user" for a personal token
	environment []byte // nil for a personal token
	from        int    // where the project begins in the text
	// slack is how many bytes at the start of the project may belong to
	// something before it, as in "token-default:development.": only a checksum
	// tells. escape of them follow a per cent sign.
	slack, escape int
}

func (h head) text() []byte {
	text := append(bytes.Clone(h.project), ':')
	if h.environment != nil {
		text = append(append(text, h.environment...), '.')
	}
	return text
}

// readHead reads the end of a text backwards: a project, a colon, an
// environment and a full stop; or "user:".
func readHead(text []byte) (head, bool) {
	if rest, ok := cutSign(text, ':'); ok {
		if !bytes.HasSuffix(rest, []byte("user")) {
			return head{}, false
		}
		from := len(rest) - len("user")
		return head{project: rest[from:], from: from}, true
	}
	rest, ok := cutSign(text, '.')
	if !ok {
		return head{}, false
	}
	var h head
	if before, star := cutSign(rest, '*'); star {
		h.environment, rest = []byte("*"), before
	} else if before, several := cutSigns(rest, '[', ']'); several {
		h.environment, rest = []byte("[]"), before
	} else {
		from := len(rest) - nameLength(rest)
		h.environment, rest = rest[from:], rest[:from]
		if len(h.environment) > 2 && isEscape(rest, h.environment, ':') { // "%3Adevelopment"
			h.environment, rest = h.environment[2:], text[:from+2]
		}
	}
	if rest, ok = cutSign(rest, ':'); !ok || len(h.environment) == 0 {
		return head{}, false
	}
	return h.readProject(rest)
}

// readProject reads the project at the end of a text.
func (h head) readProject(text []byte) (head, bool) {
	if before, ok := cutSign(text, '*'); ok {
		h.project, h.from = []byte("*"), len(before)
		return h, true
	}
	if before, ok := cutSigns(text, '[', ']'); ok {
		h.project, h.from = []byte("[]"), len(before)
		return h, true
	}
	n := nameLength(text)
	if n == 0 {
		return h, false
	}
	h.from = len(text) - n
	h.project = text[h.from:]
	if n > 2 && h.from > 0 && text[h.from-1] == '%' { // "%20default"
		h.escape = 2
	}
	h.slack = n - 1
	return h, true
}

// cutSigns cuts two signs off the end of a text.
func cutSigns(text []byte, first, second byte) ([]byte, bool) {
	before, ok := cutSign(text, second)
	if !ok {
		return text, false
	}
	return cutSign(before, first)
}

// cutSign cuts a sign off the end of a text, as it is or percent-encoded.
func cutSign(text []byte, sign byte) ([]byte, bool) {
	n := len(text)
	if n > 0 && text[n-1] == sign {
		return text[:n-1], true
	}
	if n > 2 && isEscape(text[:n-2], text[n-2:], sign) {
		return text[:n-3], true
	}
	return text, false
}

// isEscape reports whether before ends with a per cent sign that, with the
// first two digits of after, encodes a sign.
func isEscape(before, after []byte, sign byte) bool {
	const hexits = "0123456789ABCDEF"
	return len(before) > 0 && before[len(before)-1] == '%' && len(after) >= 2 &&
		after[0] == hexits[sign>>4] && (after[1] == hexits[sign&0xf] || after[1] == hexits[sign&0xf]|0x20)
}

// nameLength is how many bytes at the end of a text may be a project or an
// environment, with the digits of a percent-encoded byte before it.
func nameLength(text []byte) int {
	n := 0
	for n < len(text) && n < maxScanName+2 {
		c := text[len(text)-1-n]
		if !inRun[c] && c != '.' && c != '~' {
			break
		}
		n++
	}
	return n
}

// inRun says which bytes a run of digits is made of: those of base64url, which
// has the hexadecimal ones among them.
var inRun = [256]bool{
	'-': true, '_': true,
	'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
	'A': true, 'B': true, 'C': true, 'D': true, 'E': true, 'F': true, 'G': true, 'H': true, 'I': true, 'J': true, 'K': true, 'L': true, 'M': true,
	'N': true, 'O': true, 'P': true, 'Q': true, 'R': true, 'S': true, 'T': true, 'U': true, 'V': true, 'W': true, 'X': true, 'Y': true, 'Z': true,
	'a': true, 'b': true, 'c': true, 'd': true, 'e': true, 'f': true, 'g': true, 'h': true, 'i': true, 'j': true, 'k': true, 'l': true, 'm': true,
	'n': true, 'o': true, 'p': true, 'q': true, 'r': true, 's': true, 't': true, 'u': true, 'v': true, 'w': true, 'x': true, 'y': true, 'z': true,
}

// byteOrder returns which byte of a pair holds ASCII in a text that begins with
// the byte order mark of UTF-16: 1 for the first, 2 for the second, 0 for a
// text that does not.
func byteOrder(text []byte) int {
	switch {
	case len(text) < 2:
	case text[0] == 0xff && text[1] == 0xfe:
		return 1
	case text[0] == 0xfe && text[1] == 0xff:
		return 2
	}
	return 0
}

// wideReader reads UTF-16 as one byte a unit: what is not ASCII becomes 0x1a,
// which no secret has.
type wideReader struct {
	r    io.Reader
	mark int // see byteOrder
	buf  [4096]byte
	kept int
}

// Read implements [io.Reader].
func (w *wideReader) Read(p []byte) (int, error) {
	const substitute = 0x1a
	for {
		n, err := w.r.Read(w.buf[w.kept:min(len(w.buf), max(2, 2*len(p)))])
		n += w.kept
		units := min(n/2, len(p))
		for i := range units {
			low, high := w.buf[2*i], w.buf[2*i+1]
			if w.mark == 2 {
				low, high = high, low
			}
			if p[i] = low; high != 0 {
				p[i] = substitute
			}
		}
		w.kept = copy(w.buf[:], w.buf[2*units:n])
		if units > 0 || err != nil || len(p) == 0 {
			return units, err
		}
	}
}
